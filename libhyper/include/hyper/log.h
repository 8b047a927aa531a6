/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The one log hook. The library itself never prints.
 */
#ifndef HYPER_LOG_H
#define HYPER_LOG_H

#include <hyper/common.h>

HYPER_BEGIN_DECLS

/** How much a log line matters. @since 0.1 */
enum hyper_log_level {
	HYPER_LOG_ERROR = 0,   /**< something was not done, or is lost */
	HYPER_LOG_WARNING = 1, /**< it goes on, but somebody should look */
	HYPER_LOG_INFO = 2,    /**< what it does */
	HYPER_LOG_DEBUG = 3    /**< how it does it */
};

/**
 * Receives the log. Called from any thread, at times from several at once; it
 * must not call back into the library.
 *
 * @param level  an enum hyper_log_level
 * @param text   [borrowed] one line, without a newline
 * @param data   what was given to hyper_log_set()
 *
 * @since 0.1
 */
typedef void (*hyper_log_fn)(int level, const char *text, void *data);

/**
 * Set the log hook of this process. None is set at first.
 *
 * @param fn     the function, or NULL to be quiet again
 * @param level  the least important level that is wanted
 * @param data   passed to fn as it is
 *
 * Any thread, but a line already under way may still reach the old function.
 * @since 0.1
 */
HYPER_API void hyper_log_set(hyper_log_fn fn, int level, void *data);

/**
 * Write a line to the log: for drivers and for programs that want to share
 * the library's log.
 *
 * @param level   an enum hyper_log_level
 * @param format  as in printf(3); what follows are its arguments
 *
 * Any thread. @since 0.1
 */
HYPER_API void hyper_log(int level, const char *format, ...)
	HYPER_PRINTF(2, 3);

HYPER_END_DECLS

#endif
