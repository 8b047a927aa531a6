/* SPDX-License-Identifier: MIT */
/* The REST service without a server: requests in, responses out. */
#include <hyper/hyper.h>
#include <hyper/rest.h>
#include <stdio.h>
#include <string.h>

/* The status, the fields, and the body, as a server would send them. */
static void show(const hyper_rest_response *response)
{
	const char *name, *value, *body;
	size_t len = 0;

	printf("%d\n", hyper_rest_response_status(response));
	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value);
	     i++)
		printf("%s: %s\n", name, value);
	body = hyper_rest_response_body(response, &len);
	fprintf(stderr, "%.*s\n", (int)len, body);
}

static int post(hyper_conn *conn)
{
	const char *json = "{\"id\": \"web1\", \"image\": \"demo\"}";
	hyper_rest_request *request =
		hyper_rest_request_new("POST", "/hyper/machines");
	hyper_rest_response *response = NULL;
	int failed =
		!request ||
		hyper_rest_request_access(request, HYPER_ROLE_OPERATOR,
					  "user:alice") ||
		hyper_rest_request_header(request, "Content-Type",
					  "application/json");

	if (!failed) {
		hyper_rest_request_body(request, json, strlen(json));
		failed = hyper_rest_request_header(request,
						   "X-Request-Id",
						   "example-1") ||
			 hyper_rest_dispatch(conn, request, 0,
					     &response);
	}
	if (!failed) {
		printf("%s by %s\n", hyper_rest_request_id(request),
		       hyper_rest_response_route(response));
		show(response);
	}
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	return failed;
}

/* Ask whatever the connection is to, as a client does. */
static int ask(hyper_conn *conn)
{
	hyper_rest_request *request =
		hyper_rest_request_new("GET", "/hyper/machines/nosuch");
	hyper_rest_response *response = NULL;
	hyper_error *err = NULL;
	int failed = !request ||
		     hyper_rest_request_header(request, "X-Request-Id",
					       "example-2") ||
		     hyper_rest_send(conn, request, 0, &response, &err);

	if (err)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	if (!failed)
		show(response);
	hyper_error_free(err);
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	return failed;
}

/* A body that streams: events as they come, here only those that are
 * there already. A server that goes down tells why. */
static int follow(hyper_conn *conn)
{
	hyper_rest_request *request =
		hyper_rest_request_new("GET", "/hyper/events?after=0");
	hyper_rest_response *response = NULL;
	const char *part = NULL;
	size_t len = 0;
	int failed = !request ||
		     hyper_rest_request_access(
			     request, HYPER_ROLE_VIEWER, NULL) ||
		     hyper_rest_request_header(request, "Accept",
					       "application/x-ndjson");

	if (!failed)
		failed = hyper_rest_dispatch(conn, request, 0,
					     &response);
	while (!failed && hyper_rest_response_streams(response)) {
		failed = hyper_rest_response_next(response, 500, &part,
						  &len);
		if (!failed && len)
			printf("a part\n");
		else if (!failed)
			failed = hyper_rest_response_end(
				response, "cancelled",
				"the server ends");
	}
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	return failed;
}

/* For what a server finds wrong before it can dispatch. */
static int refuse(void)
{
	hyper_rest_response *response = NULL;

	if (hyper_rest_problem(NULL, "unauthorized", "no token",
			       &response))
		return 1;
	show(response);
	hyper_rest_response_free(response);
	return 0;
}

/* What clients of all languages are made from. */
static int describe(void)
{
	char *json = NULL;

	if (hyper_rest_openapi(0, &json, NULL))
		return 1;
	printf("%.18s\n", json);
	hyper_free(json);
	return 0;
}

/* rest [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	else
		failed = post(conn) || ask(conn) || follow(conn) ||
			 refuse() || describe();
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
