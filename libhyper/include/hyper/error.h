/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Errors: a frozen code, one line of text, and where it came from.
 *
 * The same table maps a code to an HTTP status and to the slug of a
 * problem+json document (RFC 9457), so an error is the same in process and
 * across HTTP. libhyper/docs/ERRORS.md lists all of them.
 */
#ifndef HYPER_ERROR_H
#define HYPER_ERROR_H

#include <hyper/common.h>

HYPER_BEGIN_DECLS

/** What went wrong. The numbers are frozen. @since 0.1 */
enum hyper_code {
	/** Success. */
	HYPER_OK = 0,
	/** An argument or a field is wrong; hyper_error_field() names it. */
	HYPER_ERR_INVALID = -1,
	/** No such machine, image, operation, file, … */
	HYPER_ERR_NOT_FOUND = -2,
	/** The id or name is taken. */
	HYPER_ERR_EXISTS = -3,
	/** The machine's state does not allow the call. */
	HYPER_ERR_STATE = -4,
	/** Somebody else holds what is needed; trying later may work. */
	HYPER_ERR_BUSY = -5,
	/** The driver or the connection cannot do this at all. */
	HYPER_ERR_NOT_SUPPORTED = -6,
	/** Not allowed: read-only connection, file permissions, … */
	HYPER_ERR_DENIED = -7,
	/** The server wants a (valid) token. */
	HYPER_ERR_AUTH = -8,
	/** It did not happen in the time allowed. */
	HYPER_ERR_TIMEOUT = -9,
	/** Somebody cancelled the operation. */
	HYPER_ERR_CANCELLED = -10,
	/** The engine or the server cannot be reached. */
	HYPER_ERR_CONNECT = -11,
	/** The engine refused or failed; the text is the engine's. */
	HYPER_ERR_DRIVER = -12,
	/** No driver of that name is loaded, or it is unavailable. */
	HYPER_ERR_NO_DRIVER = -13,
	/** The other side said something that makes no sense. */
	HYPER_ERR_PROTOCOL = -14,
	/** Larger, longer or more than is allowed. */
	HYPER_ERR_LIMIT = -15,
	/** Reading or writing failed: disk full, I/O error, … */
	HYPER_ERR_IO = -16,
	/** Out of memory. */
	HYPER_ERR_NOMEM = -17,
	/** A bug in hyper. */
	HYPER_ERR_INTERNAL = -18
};

/** An error. Immutable once returned. */
typedef struct hyper_error hyper_error;

/**
 * The code of an error.
 *
 * @param err  the error, or NULL
 * @return the code; HYPER_OK for NULL
 *
 * @since 0.1
 */
HYPER_API int hyper_error_code(const hyper_error *err);

/**
 * One line that says what happened, without a newline.
 *
 * @param err  the error, or NULL
 * @return [borrowed from err], never NULL; "no error" for NULL
 *
 * @since 0.1
 */
HYPER_API const char *hyper_error_message(const hyper_error *err);

/**
 * The driver that reported the error.
 *
 * @param err  the error, or NULL
 * @return [borrowed from err] its name, or NULL when no driver was involved
 *
 * @since 0.1
 */
HYPER_API const char *hyper_error_driver(const hyper_error *err);

/**
 * The argument or field that is wrong, such as "mem" or "labels.tier".
 *
 * @param err  the error, or NULL
 * @return [borrowed from err] or NULL when it is not about a field
 *
 * @since 0.1
 */
HYPER_API const char *hyper_error_field(const hyper_error *err);

/**
 * The request that was answered with the error, as the log of the server has
 * it.
 *
 * @param err  the error, or NULL
 * @return [borrowed from err] or NULL when it came over no server
 *
 * @since 0.1
 */
HYPER_API const char *hyper_error_request_id(const hyper_error *err);

/**
 * The error that caused this one.
 *
 * @param err  the error, or NULL
 * @return [borrowed from err] or NULL at the end of the chain
 *
 * @since 0.1
 */
HYPER_API const hyper_error *hyper_error_cause(const hyper_error *err);

/**
 * The name of a code: "INVALID", "NOT_FOUND", … "OK".
 *
 * @param code  an enum hyper_code
 * @return [borrowed from the library]; "UNKNOWN" for a number that is none
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_code_name(int code);

/**
 * The HTTP status that the REST service answers for a code (RFC 9110 §15).
 *
 * @param code  an enum hyper_code
 * @return 200 for HYPER_OK, else 4xx or 5xx; 500 for an unknown number
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_code_http_status(int code);

/**
 * The stable slug of a code, the last part of `type` in problem+json:
 * "invalid", "not-found", …
 *
 * @param code  an enum hyper_code
 * @return [borrowed from the library]
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_code_slug(int code);

/**
 * Report an error through an `err` argument: what a driver, or a program that
 * wraps the library, calls on failure.
 *
 * @param err     where to, or NULL to drop it; an older error there is freed
 * @param code    an enum hyper_code other than HYPER_OK
 * @param field   [borrowed] the field that is wrong, or NULL
 * @param format  as in printf(3); the text should be one line, no full stop
 * @return the code, so that one can `return hyper_error_set(…)`
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_error_set(hyper_error **err, int code, const char *field,
			      const char *format, ...) HYPER_PRINTF(4, 5);

/**
 * Report an error that has a cause: as hyper_error_set(), but what `*err` held
 * becomes the cause of the new one.
 *
 * @param err     where to, or NULL to drop it
 * @param code    an enum hyper_code other than HYPER_OK
 * @param field   [borrowed] the field that is wrong, or NULL
 * @param format  as in printf(3)
 * @return the code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_error_wrap(hyper_error **err, int code, const char *field,
			       const char *format, ...) HYPER_PRINTF(4, 5);

/**
 * A copy of an error, with its causes.
 *
 * @param err  the error, or NULL
 * @return [new], or NULL for NULL and when out of memory
 *
 * @since 0.1
 */
HYPER_API hyper_error *hyper_error_copy(const hyper_error *err);

/**
 * The error as a problem+json document (RFC 9457): type, title, status,
 * detail, code, and where known field, driver and causes. It is the same
 * wherever the error happened, so the request is not named.
 *
 * @param err       the error
 * @param flags     0
 * @param ret_json  [new] one line of JSON; free with hyper_free()
 * @return 0, HYPER_ERR_INVALID or HYPER_ERR_NOMEM
 *
 * @since 0.1
 */
HYPER_API int hyper_error_to_json(const hyper_error *err, uint32_t flags,
				  char **ret_json);

/**
 * Free an error and its causes.
 *
 * @param err  [takes] the error, or NULL
 *
 * @since 0.1
 */
HYPER_API void hyper_error_free(hyper_error *err);

HYPER_END_DECLS

#endif
