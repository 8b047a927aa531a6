/* SPDX-License-Identifier: MIT */
/* A request as it is: the same answer here and there. */
#include <hyper/rest.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "contract.h"

static int ask(hyper_conn *conn, const char *method, const char *target,
	       const char *name, const char *value, const char *body,
	       hyper_rest_response **ret_response, hyper_error **err)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	int rc;

	ck_assert_ptr_nonnull(request);
	if (name)
		ck_assert_int_eq(
			hyper_rest_request_header(request, name, value), 0);
	if (body)
		hyper_rest_request_body(request, body, strlen(body));
	rc = hyper_rest_send(conn, request, 0, ret_response, err);
	hyper_rest_request_free(request);
	return rc;
}

static const char *field_of(const hyper_rest_response *response,
			    const char *wanted)
{
	const char *name, *value;

	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value); i++)
		if (strcasecmp(name, wanted) == 0)
			return value;
	return NULL;
}

/* Ask, and check the status and what the body has. */
static void answers(hyper_conn *conn, const char *method, const char *target,
		    const char *body, int status, const char *has)
{
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;
	size_t len;

	OK(ask(conn, method, target, body ? "Content-Type" : NULL,
	       "application/json", body, &response, &err));
	ck_assert_int_eq(hyper_rest_response_status(response), status);
	ck_assert_msg(strstr(hyper_rest_response_body(response, &len), has),
		      "%s", hyper_rest_response_body(response, &len));
	hyper_rest_response_free(response);
}

START_TEST(whole)
{
	hyper_conn *conn = CONNECT();
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;

	answers(conn, "POST", "/hyper/machines",
		"{\"id\": \"raw\", \"type\": \"test\", \"image\": \"demo\"}",
		201, "\"raw\"");
	answers(conn, "GET", "/hyper/machines?query=id%3Draw", NULL, 200,
		"\"raw\"");
	answers(conn, "PUT", "/hyper/machines/raw", "{\"state\": \"running\"}",
		200, "\"running\"");
	answers(conn, "PUT", "/hyper/machines/raw", "{\"state\": 7}", 422,
		"\"status\":422");
	answers(conn, "DELETE", "/hyper/machines/raw?force=true", NULL, 204,
		"");
	answers(conn, "GET", "/hyper/machines/raw", NULL, 404, "not-found");
	answers(conn, "GET", "/nowhere", NULL, 404, "no-route");
	answers(conn, "BREW", "/hyper", NULL, 405, "method-not-allowed");
	answers(conn, "GET", "/hyper?a", NULL, 400, "bad-parameter");
	OK(ask(conn, "POST", "/hyper/machines", "Content-Type", "text/plain",
	       "x", &response, &err));
	ck_assert_int_eq(hyper_rest_response_status(response), 415);
	ck_assert_str_eq(field_of(response, "Content-Type"),
			 "application/problem+json");
	hyper_rest_response_free(response);
	OK(ask(conn, "OPTIONS", "/hyper", NULL, NULL, NULL, &response, &err));
	ck_assert_int_eq(hyper_rest_response_status(response), 204);
	ck_assert_str_eq(field_of(response, "Allow"), "GET, HEAD, OPTIONS");
	hyper_rest_response_free(response);
	hyper_close(conn);
}
END_TEST

/* What describes the service is the same here and there, to the letter. */
START_TEST(document)
{
	hyper_conn *conn = CONNECT();
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;
	char *json = NULL;
	size_t len;

	OK(hyper_rest_openapi(0, &json, &err));
	OK(ask(conn, "GET", "/hyper/openapi.json", NULL, NULL, NULL, &response,
	       &err));
	ck_assert_str_eq(hyper_rest_response_body(response, &len), json);
	hyper_rest_response_free(response);
	FAILS(HYPER_ERR_INVALID, "flags", hyper_rest_openapi(1, &json, &err));
	FAILS(HYPER_ERR_INVALID, "ret_json", hyper_rest_openapi(0, NULL, &err));
	hyper_free(json);
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_rest_request *request;
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;
	char *large = calloc(1, HYPER_REST_BODY_MAX + 2);

	FAILS(HYPER_ERR_INVALID, "method",
	      ask(conn, "GET /", "/hyper", NULL, NULL, NULL, &response, &err));
	FAILS(HYPER_ERR_INVALID, "method",
	      ask(conn, "", "/hyper", NULL, NULL, NULL, &response, &err));
	FAILS(HYPER_ERR_INVALID, "target",
	      ask(conn, "GET", "hyper", NULL, NULL, NULL, &response, &err));
	FAILS(HYPER_ERR_INVALID, "target",
	      ask(conn, "GET", "/hyper HTTP/1.1\r\nX: y", NULL, NULL, NULL,
		  &response, &err));
	FAILS(HYPER_ERR_INVALID, "target",
	      ask(conn, "GET", "/hyper?a b", NULL, NULL, NULL, &response,
		  &err));
	FAILS(HYPER_ERR_INVALID, "X",
	      ask(conn, "GET", "/hyper", "X", "a\r\nY: b", NULL, &response,
		  &err));
	FAILS(HYPER_ERR_INVALID, "X: y",
	      ask(conn, "GET", "/hyper", "X: y", "", NULL, &response, &err));
	memset(large, ' ', HYPER_REST_BODY_MAX + 1);
	FAILS(HYPER_ERR_INVALID, "body",
	      ask(conn, "POST", "/hyper/machines", NULL, NULL, large, &response,
		  &err));
	free(large);
	FAILS(HYPER_ERR_NOT_SUPPORTED, "Accept",
	      ask(conn, "GET", "/hyper/events", "Accept", "text/event-stream",
		  NULL, &response, &err));
	FAILS(HYPER_ERR_INVALID, "request",
	      hyper_rest_send(conn, NULL, 0, &response, &err));
	request = hyper_rest_request_new("GET", "/hyper");
	FAILS(HYPER_ERR_INVALID, "conn",
	      hyper_rest_send(NULL, request, 0, &response, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_rest_send(conn, request, 1u << 31, &response, &err));
	FAILS(HYPER_ERR_INVALID, "ret_response",
	      hyper_rest_send(conn, request, 0, NULL, &err));
	hyper_rest_request_free(request);
	ck_assert_ptr_null(response);
	hyper_close(conn);
}
END_TEST

START_TEST(only_read)
{
	hyper_conn *conn = connect_to(test_uri, HYPER_OPEN_READONLY);
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;

	answers(conn, "GET", "/hyper/machines", NULL, 200, "[");
	FAILS(HYPER_ERR_DENIED, NULL,
	      ask(conn, "DELETE", "/hyper/machines/any", NULL, NULL, NULL,
		  &response, &err));
	hyper_close(conn);
}
END_TEST

TCase *rest_tests(void)
{
	TCase *tests = tcase_create("rest");

	tcase_add_test(tests, whole);
	tcase_add_test(tests, document);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, only_read);
	return tests;
}
