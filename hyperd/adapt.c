/* SPDX-License-Identifier: MIT */
/* A request as ulfius has it to a request of the library, and back. */
#include "hyperd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <ulfius.h>

static double ms_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - then->tv_nsec) / 1e6;
}

/* The target in origin-form, still percent-encoded. A client may send the
 * absolute form as well (RFC 9112 §3.2.2). */
static const char *target_of(const struct _u_request *in)
{
	const char *target = in->http_url, *authority = NULL;

	if (strncasecmp(target, "http://", 7) == 0)
		authority = target + 7;
	else if (strncasecmp(target, "https://", 8) == 0)
		authority = target + 8;
	if (!authority)
		return target;
	target = strchr(authority, '/');
	return target ? target : "/";
}

/* Two lengths of one body: somebody between us and the client may believe the
 * other one (RFC 9112 §6.3). */
static bool is_ambiguous(const struct _u_request *in)
{
	const char *length = u_map_get_case(in->map_header, "Content-Length");

	return length && (strchr(length, ',') ||
			  u_map_get_case(in->map_header, "Transfer-Encoding"));
}

static hyper_rest_request *request_of(const struct _u_request *in,
				      const struct caller *caller)
{
	hyper_rest_request *request =
		hyper_rest_request_new(in->http_verb, target_of(in));

	if (!request)
		return NULL;
	if (hyper_rest_request_access(request, caller->role, caller->actor) !=
	    0) {
		hyper_rest_request_free(request);
		return NULL;
	}
	for (int i = 0; i < in->map_header->nb_values; i++) {
		if (hyper_rest_request_header(request, in->map_header->keys[i],
					      in->map_header->values[i]) != 0) {
			hyper_rest_request_free(request);
			return NULL;
		}
	}
	if (in->binary_body_length > 0)
		hyper_rest_request_body(request, in->binary_body,
					in->binary_body_length);
	return request;
}

/* 0 with a response, or a code without one. */
static int answer(const struct service *service, const struct _u_request *in,
		  hyper_rest_response **ret_response)
{
	hyper_rest_request *request;
	struct caller caller;
	int rc;

	if (!server_request_begins())
		return hyper_rest_problem("overloaded", "hyperd is stopping",
					  ret_response);
	if (is_ambiguous(in))
		return hyper_rest_problem("bad-request",
					  "the length of the body is given "
					  "twice",
					  ret_response);
	/* ulfius cuts bodies silently, one byte past our limit. */
	if (in->binary_body_length > service->max_body)
		return hyper_rest_problem("body-too-large",
					  "the body is larger than this server "
					  "takes (max-body)",
					  ret_response);
	access_find(service, in, &caller);
	request = request_of(in, &caller);
	if (!request)
		return HYPER_ERR_NOMEM;
	rc = hyper_rest_dispatch(service->conn, request, 0, ret_response);
	hyper_rest_request_free(request);
	return rc;
}

/* Failures are looked for first, then changes; reading is of little news. */
static void log_request(const struct _u_request *in, long status, double ms)
{
	int level = HYPER_LOG_INFO;

	if (status >= 500)
		level = HYPER_LOG_WARNING;
	else if (strcmp(in->http_verb, "GET") == 0 ||
		 strcmp(in->http_verb, "HEAD") == 0)
		level = HYPER_LOG_DEBUG;
	hyper_log(level, "%s %s %ld %.1f ms", in->http_verb, in->http_url,
		  status, ms);
}

/* A stream that there is no place for becomes a problem. */
static int begin_stream(struct _u_response *out, hyper_rest_response **response)
{
	if (stream_begin(out, *response))
		return 0;
	hyper_rest_response_free(*response);
	*response = NULL;
	return hyper_rest_problem("overloaded",
				  "there are as many streams as this server "
				  "takes: ask without one, or later",
				  response);
}

/* [takes] the response. */
static void send_response(struct _u_response *out,
			  hyper_rest_response *response)
{
	const char *name, *value, *body;
	size_t len;

	if (hyper_rest_response_streams(response) &&
	    begin_stream(out, &response) != 0)
		return;
	out->status = hyper_rest_response_status(response);
	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value); i++)
		u_map_put(out->map_header, name, value);
	if (hyper_rest_response_streams(response))
		return; /* it belongs to the stream */
	body = hyper_rest_response_body(response, &len);
	if (len > 0) /* ulfius refuses an empty one */
		ulfius_set_binary_body_response(out, (unsigned int)out->status,
						body, len);
	hyper_rest_response_free(response);
}

int adapt(const struct _u_request *in, struct _u_response *out, void *data)
{
	const struct service *service = data;
	hyper_rest_response *response = NULL;
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	out->status = 500;
	if (answer(service, in, &response) == 0 ||
	    hyper_rest_problem("internal", "the request could not be handled",
			       &response) == 0)
		send_response(out, response);
	if (is_ambiguous(in))
		u_map_put(out->map_header, "Connection", "close");
	log_request(in, out->status, ms_since(&start));
	return U_CALLBACK_COMPLETE;
}
