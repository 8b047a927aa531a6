/* SPDX-License-Identifier: MIT */
/* A plain request to the REST service over a connection to nothing, and what is
 * wanted of its answer. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "fake_conn.h"
#include "header_of.h"

static struct fake fake;

static void setup(void)
{
	fake = (struct fake)FAKE_INIT;
}

/* "NAME: VALUE", or a body if it does not begin with a letter. */
static hyper_rest_response *ask(const char *method, const char *target,
				const char *body, const char *header)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	hyper_rest_response *response = NULL;

	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	if (body) {
		hyper_rest_request_body(request, body, strlen(body));
		hyper_rest_request_header(request, "Content-Type",
					  "application/json");
	}
	if (header) {
		const char *colon = strchr(header, ':');
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(colon - header),
			 header);
		hyper_rest_request_header(request, name, colon + 2);
	}
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, request, 0, &response),
			 0);
	hyper_rest_request_free(request);
	return response;
}

/* What a request gets: status, a part of the body, and "NAME: VALUE". */
struct exchange {
	const char *method, *target, *body, *header;
	int status;
	const char *says;
	const char *has;
	const char *said; /* what the connection was asked */
};

static void check_exchange(const struct exchange *want)
{
	hyper_rest_response *response =
		ask(want->method, want->target, want->body, want->header);
	int status = hyper_rest_response_status(response);
	const char *type = header_of(response, "Content-Type");
	size_t len;
	const char *body = hyper_rest_response_body(response, &len);

	ck_assert_msg(status == want->status, "%s %s: %d %s", want->method,
		      want->target, status, body);
	ck_assert_uint_eq(strlen(body), len);
	if (want->says)
		ck_assert_msg(strstr(body, want->says) != NULL, "%s %s: %s",
			      want->method, want->target, body);
	if (status >= 400)
		ck_assert_str_eq(type, "application/problem+json");
	else if (len)
		ck_assert_str_eq(type, "application/json");
	else
		ck_assert_ptr_null(type);
	if (want->has) {
		const char *colon = strchr(want->has, ':'), *value;
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(colon - want->has),
			 want->has);
		value = header_of(response, name);
		ck_assert_msg(value && strcmp(value, colon + 2) == 0,
			      "%s %s: %s: %s", want->method, want->target, name,
			      value);
	}
	if (want->said)
		ck_assert_str_eq(fake.said, want->said);
	hyper_rest_response_free(response);
}

#endif
