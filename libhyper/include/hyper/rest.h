/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The REST service without a server: a plain request in, a plain response
 * out. hyperd adapts it to a socket; any other HTTP server can do the same.
 * libhyper/docs/API.md describes what travels.
 */
#ifndef HYPER_REST_H
#define HYPER_REST_H

#include <hyper/token.h>

HYPER_BEGIN_DECLS

/** Largest body that is taken, in bytes, unless the server says less. */
#define HYPER_REST_BODY_MAX (1u << 20)

/** A request. Not locked. */
typedef struct hyper_rest_request hyper_rest_request;

/** A response. Immutable, but for the parts of one that streams. */
typedef struct hyper_rest_response hyper_rest_response;

/**
 * A new request.
 *
 * @param method  [borrowed] "GET", …
 * @param target  [borrowed] path and query as in the request line, still
 *                percent-encoded (origin-form, RFC 9112 §3.2.1)
 * @return [new] or NULL when out of memory
 *
 * Any thread. @since 0.1
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

/**
 * The name of a request, for logs: the field X-Request-Id of it, if that is a
 * word of at most 128 letters, digits and -._~+/=:@, else a random one. Each
 * answer has it in that field, errors also in their body.
 *
 * @param request  the request
 * @return [borrowed from request]. @since 0.1
 */
HYPER_API const char *hyper_rest_request_id(const hyper_rest_request *request);

/**
 * Say who asks, and what they may do. Until then nobody does, who may do next
 * to nothing: the answer is 401.
 *
 * @param request  the request
 * @param role     an enum hyper_role; ADMIN for those who may do everything,
 *                 such as who can open the state directory anyway
 * @param actor    [borrowed] as for hyper_conn_set_actor(); NULL: this process
 * @return 0, HYPER_ERR_INVALID (no such role) or HYPER_ERR_NOMEM
 *
 * @since 0.1
 */
HYPER_API int hyper_rest_request_access(hyper_rest_request *request, int role,
					const char *actor);

/** Free a request. @param request [takes] or NULL. @since 0.1 */
HYPER_API void hyper_rest_request_free(hyper_rest_request *request);

/**
 * Answer a request: finds its route, looks whether who asks may use that,
 * checks the request, calls the public API, and writes what came of it. Errors
 * become problem+json (RFC 9457).
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
 * Send a request to the hyperd of a connection as it is, and take its answer
 * as it comes, whatever its status: also routes, fields and bodies that this
 * library does not know. A connection to a state directory answers itself, as
 * hyper_rest_dispatch() does. The connection adds its token, unless there is
 * an Authorization already. Streams are refused: see hyper_event_subscribe().
 *
 * @param conn          the connection
 * @param request       [borrowed] the request
 * @param flags         0
 * @param ret_response  [new] the response
 * @param err           INVALID (what is no HTTP: with the field method, target,
 *                      a header field's name, or body), DENIED (read-only, and
 *                      not GET, HEAD or OPTIONS), NOT_SUPPORTED (a stream),
 *                      CONNECT, TIMEOUT, PROTOCOL, LIMIT
 * @return 0 or a negative code
 *
 * Blocks until the answer is there. Any thread. @since 0.1
 */
HYPER_API int hyper_rest_send(hyper_conn *conn,
			      const hyper_rest_request *request, uint32_t flags,
			      hyper_rest_response **ret_response,
			      hyper_error **err);

/**
 * A response that tells of an error: for what a server finds wrong before it
 * can dispatch.
 *
 * @param request       [borrowed] what is answered, or NULL
 * @param slug          [borrowed] one of libhyper/docs/ERRORS.md, such as
 *                      "unauthorized" or "body-too-large"
 * @param detail        [borrowed] one line
 * @param ret_response  [new] the response
 * @return 0, HYPER_ERR_INVALID (no such slug) or HYPER_ERR_NOMEM
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_rest_problem(const hyper_rest_request *request,
				 const char *slug, const char *detail,
				 hyper_rest_response **ret_response);

/**
 * The document that describes the service, OpenAPI 3.1 in JSON: what
 * `GET /hyper/openapi.json` answers. It is the same for all connections.
 *
 * @param flags     0
 * @param ret_json  [new] the document, freed with hyper_free()
 * @param err       INVALID
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_rest_openapi(uint32_t flags, char **ret_json,
				 hyper_error **err);

/** The status of the response. @return the HTTP status. @since 0.1 */
HYPER_API int hyper_rest_response_status(const hyper_rest_response *response);

/**
 * The route that answered, for logs.
 *
 * @param response  the response
 * @return [borrowed from the library] such as "/hyper/machines/{id}", or NULL
 *         when there was none. @since 0.1
 */
HYPER_API const char *
hyper_rest_response_route(const hyper_rest_response *response);

/**
 * A header field of the response.
 *
 * @param response   the response
 * @param index      from 0
 * @param ret_name   [borrowed from response]
 * @param ret_value  [borrowed from response]
 * @return false past the last. @since 0.1
 */
HYPER_API bool hyper_rest_response_header(const hyper_rest_response *response,
					  size_t index, const char **ret_name,
					  const char **ret_value);

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

/**
 * Whether the body comes in parts, and there are more to come. Such a response
 * has no length and no other body. After the last part it is false.
 *
 *     while (hyper_rest_response_streams(response)) {
 *             rc = hyper_rest_response_next(response, 1000, &part, &len);
 *             if (rc || !send_part(client, part, len))
 *                     break;
 *     }
 *
 * To HEAD a server sends the header fields and no part.
 *
 * @param response  the response
 * @return whether hyper_rest_response_next() is to be called. @since 0.1
 */
HYPER_API bool hyper_rest_response_streams(const hyper_rest_response *response);

/**
 * The next part of a body that streams; if there is none yet, wait for it. The
 * first one comes at once. When there was none for 15 s, it is one that says
 * nothing and keeps the connection alive; so a server sees from its own writing
 * that a client has gone. What goes wrong meanwhile, and hyper_conn_cancel() of
 * the connection, is told to the client in a part that is the last one.
 *
 * Nothing is kept for a client that is slow: each call asks for what comes
 * after the part before.
 *
 * @param response    one that streams; its connection must be open still
 * @param timeout_ms  how long to wait, in ms; 0: not at all; UINT32_MAX: until
 *                    there is one, which takes 15 s at most
 * @param ret_part    [borrowed from response] until the next call with it
 * @param ret_len     its length in bytes; 0: none came in time, or there are
 *                    no more
 * @return 0, HYPER_ERR_INVALID (it never streamed) or HYPER_ERR_NOMEM (to try
 *         again, or to cut the connection)
 *
 * One thread at a time for a response. @since 0.1
 */
HYPER_API int hyper_rest_response_next(hyper_rest_response *response,
				       uint32_t timeout_ms,
				       const char **ret_part, size_t *ret_len);

/**
 * End a body that streams before its time: the next part is the last one, and
 * tells the client why.
 *
 * @param response  one that streams
 * @param slug      [borrowed] as for hyper_rest_problem()
 * @param detail    [borrowed] one line
 * @return 0, HYPER_ERR_INVALID (it never streamed, no such slug) or
 *         HYPER_ERR_NOMEM
 *
 * As hyper_rest_response_next(). @since 0.1
 */
HYPER_API int hyper_rest_response_end(hyper_rest_response *response,
				      const char *slug, const char *detail);

/** Free a response. @param response [takes] or NULL. @since 0.1 */
HYPER_API void hyper_rest_response_free(hyper_rest_response *response);

HYPER_END_DECLS

#endif
