/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The REST service without a server: a plain request in, a plain response
 * out. hyperd adapts it to a socket; any other HTTP server can do the same.
 * libhyper/docs/API.md describes what travels.
 */
#ifndef HYPER_REST_H
#define HYPER_REST_H

#include <hyper/conn.h>

HYPER_BEGIN_DECLS

/** Largest body that is taken, in bytes, unless the server says less. */
#define HYPER_REST_BODY_MAX (1u << 20)

/** A request. Not locked. */
typedef struct hyper_rest_request hyper_rest_request;

/** A response. Immutable. */
typedef struct hyper_rest_response hyper_rest_response;

/**
 * A new request.
 *
 * @param method  [borrowed] "GET", …
 * @param target  [borrowed] path and query as in the request line, still
 *                percent-encoded (origin-form, RFC 9112 §3.2.1)
 * @return [new] or NULL when out of memory
 *
 * @since 0.1
 */
HYPER_API hyper_rest_request *hyper_rest_request_new(const char *method,
						     const char *target);

/**
 * Add a header field.
 *
 * @param request  the request
 * @param name     [borrowed] in any case
 * @param value    [borrowed]
 * @return 0 or HYPER_ERR_NOMEM. @since 0.1
 */
HYPER_API int hyper_rest_request_header(hyper_rest_request *request,
					const char *name, const char *value);

/**
 * Set the body.
 *
 * @param request  the request
 * @param body     [borrowed] must stay until the request is freed
 * @param len      bytes. @since 0.1
 */
HYPER_API void hyper_rest_request_body(hyper_rest_request *request,
				       const void *body, size_t len);

/** Free a request. @param request [takes] or NULL. @since 0.1 */
HYPER_API void hyper_rest_request_free(hyper_rest_request *request);

/**
 * Answer a request: finds its route, checks it, calls the public API, and
 * writes what came of it. Errors become problem+json (RFC 9457).
 *
 * @param conn          the connection that serves it
 * @param request       [borrowed] the request
 * @param flags         0
 * @param ret_response  [new] the response, also when the request is wrong
 * @return 0, or HYPER_ERR_NOMEM or HYPER_ERR_INVALID without a response
 *
 * Blocks as long as the call does. Any thread. @since 0.1
 */
HYPER_API int hyper_rest_dispatch(hyper_conn *conn,
				  const hyper_rest_request *request,
				  uint32_t flags,
				  hyper_rest_response **ret_response);

/**
 * A response that tells of an error: for what a server finds wrong before it
 * can dispatch.
 *
 * @param slug          [borrowed] one of libhyper/docs/ERRORS.md, such as
 *                      "unauthorized" or "body-too-large"
 * @param detail        [borrowed] one line
 * @param ret_response  [new] the response
 * @return 0, HYPER_ERR_INVALID (no such slug) or HYPER_ERR_NOMEM. @since 0.1
 */
HYPER_API int hyper_rest_problem(const char *slug, const char *detail,
				 hyper_rest_response **ret_response);

/** @return the HTTP status. @since 0.1 */
HYPER_API int hyper_rest_response_status(const hyper_rest_response *response);

/**
 * A header field of the response.
 *
 * @param response   the response
 * @param index      from 0
 * @param ret_name   [borrowed from response]
 * @param ret_value  [borrowed from response]
 * @return false past the last. @since 0.1
 */
HYPER_API bool
hyper_rest_response_header(const hyper_rest_response *response, size_t index,
			   const char **ret_name, const char **ret_value);

/**
 * The body of the response. To HEAD it is the one that GET gets, for its
 * length: a server tells the length and does not send it.
 *
 * @param response  the response
 * @param ret_len   its length in bytes
 * @return [borrowed from response], never NULL. @since 0.1
 */
HYPER_API const char *
hyper_rest_response_body(const hyper_rest_response *response, size_t *ret_len);

/** Free a response. @param response [takes] or NULL. @since 0.1 */
HYPER_API void hyper_rest_response_free(hyper_rest_response *response);

HYPER_END_DECLS

#endif
