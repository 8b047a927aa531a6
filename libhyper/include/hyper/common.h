/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What every public header needs: export marks, and the rules.
 *
 * Three words tell who owns what, wherever something is handed over:
 *
 *  - [new]             the caller owns it and frees it with the destructor of
 *                      its type (plain strings: hyper_free());
 *  - [borrowed from X] it belongs to X and is valid while X is, unchanged;
 *  - [takes]           the callee owns it from then on, also on failure.
 *
 * Destructors accept NULL. Functions that can fail return 0 or a negative
 * enum hyper_code. On failure `ret_*` is untouched; on success `*err` is.
 * `err` may be NULL; otherwise `*err` must be NULL or an earlier error, which
 * is freed and replaced. Unknown flag bits are refused with HYPER_ERR_INVALID.
 * Texts are UTF-8. Times are milliseconds since 1970-01-01T00:00:00Z.
 */
#ifndef HYPER_COMMON_H
#define HYPER_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define HYPER_API		__attribute__((visibility("default")))
#define HYPER_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define HYPER_API
#define HYPER_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
#define HYPER_BEGIN_DECLS extern "C" {
#define HYPER_END_DECLS	  }
#else
#define HYPER_BEGIN_DECLS
#define HYPER_END_DECLS
#endif

HYPER_BEGIN_DECLS

/**
 * Flags of calls. One number space, so that a flag means the same everywhere;
 * each function names the ones that it takes.
 *
 * @since 0.1
 */
enum hyper_flags {
	/** Return as soon as the operation is recorded; see operation.h. */
	HYPER_ASYNC = 1u << 0,
	/** stop: kill what does not stop in time. remove: stop it first.
	 * adopt: also what bears the mark of another hyper. */
	HYPER_FORCE = 1u << 1,
	/** Ask the drivers first (at most 2 s), then answer. */
	HYPER_REFRESH = 1u << 2,
	/** doctor: mend what can be mended. */
	HYPER_REPAIR = 1u << 3,
	/** remove: only forget it, and leave it with its engine. */
	HYPER_KEEP = 1u << 4,
	/** Change nothing: check the request, and tell what it would do; see
	 * hyper_operation_plan(). */
	HYPER_DRY_RUN = 1u << 5
};

/**
 * Free a plain string or buffer that the library returned as [new].
 *
 * @param p  [takes] what to free, or NULL
 *
 * Any thread. @since 0.1
 */
HYPER_API void hyper_free(void *p);

HYPER_END_DECLS

#endif
