/* SPDX-License-Identifier: MIT */
/* A request as ulfius has it to a request of the library, and back. */
#include "hyperd.h"

#include <stdio.h>
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

size_t scheme_length(const char *target)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

/* The target in origin-form, still percent-encoded. A client may send the
 * absolute form as well (RFC 9112 §3.2.2). */
static const char *target_of(const struct _u_request *in)
{
	const char *target = in->http_url;
	size_t scheme = scheme_length(target);

	if (scheme == 0)
		return target;
	target = strchr(target + scheme, '/');
	return target ? target : "/";
}

/* RFC 9112 §5.1: somebody may read "Content-Length : 5" as a length. */
static bool has_odd_field(const struct _u_request *in)
{
	for (int i = 0; i < in->map_header->nb_values; i++)
		if (strpbrk(in->map_header->keys[i], " \t"))
			return true;
	return false;
}

/* Two lengths of one body: somebody between us and the client may believe the
 * other one (RFC 9112 §6.3). */
static bool is_ambiguous(const struct _u_request *in)
{
	const char *length = u_map_get_case(in->map_header, "Content-Length");

	return has_odd_field(in) ||
	       (length &&
		(strchr(length, ',') ||
		 u_map_get_case(in->map_header, "Transfer-Encoding")));
}

static hyper_rest_request *request_of(const struct _u_request *in)
{
	hyper_rest_request *request =
		hyper_rest_request_new(in->http_verb, target_of(in));

	if (!request)
		return NULL;
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

/* The header as it came, or nearly so: names, values and what parts them. */
static size_t header_size(const struct _u_request *in)
{
	size_t size = 0;

	for (int i = 0; i < in->map_header->nb_values; i++)
		size += strlen(in->map_header->keys[i]) +
			strlen(in->map_header->values[i]) + strlen(": \r\n");
	return size;
}

static const char *because(char why[WHY_SIZE], const char *text,
			   const char *slug)
{
	snprintf(why, WHY_SIZE, "%s", text);
	return slug;
}

/* What is wrong with a request, whatever it asks for: a slug, and why. */
static const char *refuse(const struct service *service,
			  const struct _u_request *in, char why[WHY_SIZE])
{
	const char *slug = client_refusal();

	if (slug)
		return because(why,
			       "there are as many connections as this server "
			       "takes (max-connections, "
			       "max-connections-per-ip)",
			       slug);
	if (!server_request_begins())
		return because(why, "hyperd is stopping", "overloaded");
	if (!whole_is(in->http_verb, in->http_protocol))
		return because(why,
			       "there is a byte of zero in the header, or a "
			       "field that goes on in the next line",
			       "bad-request");
	if (strlen(in->http_url) > service->max_url)
		return because(why,
			       "the target is longer than this server takes "
			       "(max-url)",
			       "target-too-long");
	if (header_size(in) > service->max_header)
		return because(why,
			       "the header is larger than this server takes "
			       "(max-header)",
			       "header-too-large");
	slug = origin_check(service, in, why);
	if (slug)
		return slug;
	if (is_ambiguous(in))
		return because(why,
			       "the length of the body is given twice, or a "
			       "field has a name with blanks",
			       "bad-request");
	/* ulfius cuts bodies silently, one byte past our limit. */
	if (in->binary_body_length > service->max_body)
		return because(why,
			       "the body is larger than this server takes "
			       "(max-body)",
			       "body-too-large");
	return NULL;
}

/* 0 with a response, or a code without one. */
static int answer(const struct service *service, const struct _u_request *in,
		  hyper_rest_request *request, struct caller *ret_caller,
		  hyper_rest_response **ret_response)
{
	char why[WHY_SIZE];
	const char *slug = refuse(service, in, why);

	if (slug)
		return hyper_rest_problem(request, slug, why, ret_response);
	access_find(service, in, ret_caller);
	/* A browser that asks whether it may ask has no token yet. */
	if (origin_is_preflight(in) && ret_caller->role == HYPER_ROLE_NONE)
		ret_caller->role = HYPER_ROLE_VIEWER;
	if (hyper_rest_request_access(request, ret_caller->role,
				      ret_caller->actor) != 0)
		return HYPER_ERR_NOMEM;
	return hyper_rest_dispatch(service->conn, request, 0, ret_response);
}

/* A stream that there is no place for becomes a problem. */
static int begin_stream(struct _u_response *out,
			const hyper_rest_request *request,
			hyper_rest_response **response)
{
	if (stream_begin(out, *response))
		return 0;
	hyper_rest_response_free(*response);
	*response = NULL;
	return hyper_rest_problem(request, "overloaded",
				  "there are as many streams as this server "
				  "takes: ask without one, or later",
				  response);
}

/* What only a server knows, behind what the library says. */
static void add_metrics(struct _u_response *out, const char *text)
{
	char *all;

	if (asprintf(&all,
		     "%s# HELP hyperd_connections Connections of clients.\n"
		     "# TYPE hyperd_connections gauge\n"
		     "hyperd_connections %zu\n"
		     "# HELP hyperd_streams Streams of events.\n"
		     "# TYPE hyperd_streams gauge\n"
		     "hyperd_streams %zu\n",
		     text, clients_count(), streams_count()) < 0)
		return;
	ulfius_set_binary_body_response(out, (unsigned int)out->status, all,
					strlen(all));
	free(all);
}

/* [takes] the response. How many bytes its body has; of a stream, 0. */
static size_t send_response(struct _u_response *out,
			    hyper_rest_response *response)
{
	const char *route = hyper_rest_response_route(response);
	const char *name, *value, *body;
	size_t len;

	out->status = hyper_rest_response_status(response);
	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value); i++)
		u_map_put(out->map_header, name, value);
	client_is_sent(hyper_rest_response_streams(response));
	if (hyper_rest_response_streams(response))
		return 0; /* it belongs to the stream */
	body = hyper_rest_response_body(response, &len);
	if (route && strcmp(route, "/metrics") == 0 && out->status == 200)
		add_metrics(out, body);
	else if (len > 0) /* ulfius refuses an empty one */
		ulfius_set_binary_body_response(out, (unsigned int)out->status,
						body, len);
	hyper_rest_response_free(response);
	return out->binary_body_length;
}

/* Answer, and write down for the log what comes of it. */
static void serve(const struct service *service, const struct _u_request *in,
		  hyper_rest_request *request, struct _u_response *out,
		  struct log_request *log)
{
	hyper_rest_response *response = NULL;
	struct caller caller = { 0 };

	if (answer(service, in, request, &caller, &response) != 0 &&
	    hyper_rest_problem(request, "internal",
			       "the request could not be handled",
			       &response) != 0)
		return;
	log->route = hyper_rest_response_route(response);
	snprintf(log->actor, sizeof(log->actor), "%s", caller.actor);
	if (!hyper_rest_response_streams(response) ||
	    begin_stream(out, request, &response) == 0)
		log->bytes = send_response(out, response);
}

int adapt(const struct _u_request *in, struct _u_response *out, void *data)
{
	const struct service *service = data;
	hyper_rest_request *request = request_of(in);
	struct log_request log = {
		.method = in->http_verb,
		.path = in->http_url,
		.path_len = strcspn(in->http_url, "?"),
		.fd = client_fd(),
	};
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	client_is_answered();
	out->status = 500;
	if (!request)
		return U_CALLBACK_COMPLETE;
	serve(service, in, request, out, &log);
	origin_add_headers(service, in, out);
	if (is_ambiguous(in) || client_refusal() ||
	    !whole_is(in->http_verb, in->http_protocol))
		u_map_put(out->map_header, "Connection", "close");
	log.id = hyper_rest_request_id(request);
	log.status = out->status;
	log.ms = ms_since(&start);
	log_request(&log);
	hyper_rest_request_free(request);
	return U_CALLBACK_COMPLETE;
}
