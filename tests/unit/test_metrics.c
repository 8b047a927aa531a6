/* SPDX-License-Identifier: MIT */
/* Numbers for those who watch: how they are written, and that they are true. */
#include <hyper/rest.h>

#include "processes.h"
#include "util/metric.h"

START_TEST(test_format)
{
	struct hyp_buf buf = HYP_BUF_INIT;

	hyp_metric_family(&buf, "a_total", "counter", "Of all.");
	hyp_metric_sample(&buf, "a_total", NULL, 1500, 1);
	hyp_metric_sample(&buf, "a_total", HYP_LABELS("x", "a\"b\\c\nd"), 0, 1);
	hyp_metric_sample(&buf, "a_total", HYP_LABELS("x", "1", "y", "ä"), 1500,
			  1000);
	hyp_metric_sample(&buf, "s", NULL, 1000001, 1000000);
	hyp_metric_sample(&buf, "s", NULL, 20, 1000000);
	ck_assert_str_eq(buf.data, "# HELP a_total Of all.\n"
				   "# TYPE a_total counter\n"
				   "a_total 1500\n"
				   "a_total{x=\"a\\\"b\\\\c\\nd\"} 0\n"
				   "a_total{x=\"1\",y=\"ä\"} 1.5\n"
				   "s 1.000001\n"
				   "s 0.00002\n");
	hyp_buf_free(&buf);
}
END_TEST

/* Has the connection a line? */
static bool tells(hyper_conn *conn, const char *line)
{
	char *text = NULL, *found;
	bool told;

	OK(hyper_conn_metrics(conn, 0, &text, &err));
	found = strstr(text, line);
	told = found && (found == text || found[-1] == '\n') &&
	       found[strlen(line)] == '\n';
	if (!told)
		fprintf(stderr, "no \"%s\" in:\n%s", line, text);
	hyper_free(text);
	return told;
}

#define ENDED(kind, result, n)                                                 \
	"hyper_operations_total{kind=\"" kind "\",result=\"" result "\"} " n

START_TEST(test_counts)
{
	hyper_conn *conn = state_open(0), *other;

	ck_assert(tells(conn, "hyper_driver_loaded{driver=\"test\"} 1"));
	add(conn, "a", NULL);
	add(conn, "b", NULL);
	OK(hyper_machine_start(conn, "a", 0, NULL, NULL, &err));
	OK(hyper_machine_remove(conn, "b", 0, NULL, &err));
	ck_assert(tells(conn, "hyper_machines{driver=\"test\",state="
			      "\"running\"} 1"));
	ck_assert(tells(conn, ENDED("add", "done", "2")));
	ck_assert(tells(conn, ENDED("start", "done", "1")));
	/* What is forgotten was counted. */
	ask("DELETE FROM operation");
	ck_assert(tells(conn, ENDED("add", "done", "2")));
	/* So was what another process has done, and an earlier one. */
	other = state_open(0);
	ck_assert_int_ne(
		hyper_machine_start(other, "none", 0, NULL, NULL, NULL), 0);
	add(other, "c", NULL);
	hyper_close(other);
	ck_assert(tells(conn, ENDED("add", "done", "3")));
	hyper_close(conn);
	conn = state_open(0);
	ck_assert(tells(conn, ENDED("add", "done", "3")));
	hyper_close(conn);
}
END_TEST

START_TEST(test_results)
{
	hyper_conn *conn = state_open(0);
	hyper_operation *op = NULL;
	uint64_t id;

	add(conn, "bad", "start:error=DRIVER");
	ck_assert_int_ne(hyper_machine_start(conn, "bad", 0, NULL, NULL, NULL),
			 0);
	ck_assert(tells(conn, ENDED("start", "failed", "1")));
	add(conn, "slow", "start:latency=60000");
	id = start_async(conn, "slow");
	ck_assert(tells(conn, "hyper_operations_open{kind=\"start\",state="
			      "\"running\"} 1"));
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	OK(hyper_operation_wait(conn, id, 20000, 0, &op, &err));
	hyper_operation_free(op);
	ck_assert(tells(conn, ENDED("start", "cancelled", "1")));
	hyper_close(conn);
}
END_TEST

START_TEST(test_ready)
{
	hyper_conn *conn = state_open(0);
	char *text = NULL;

	OK(hyper_conn_ready(conn, 0, &err));
	OK(hyper_conn_ready(conn, 0, &err));
	FAILS(HYPER_ERR_INVALID, hyper_conn_ready(conn, 1, &err));
	FAILS(HYPER_ERR_INVALID, hyper_conn_metrics(conn, 1, &text, &err));
	FAILS(HYPER_ERR_INVALID, hyper_conn_metrics(conn, 0, NULL, &err));
	hyper_close(conn);
	conn = state_open(HYPER_OPEN_READONLY);
	OK(hyper_conn_ready(conn, 0, &err));
	hyper_close(conn);
	/* A newer hyper has taken it over. */
	conn = state_open(0);
	ask("PRAGMA user_version = 9999");
	FAILS(HYPER_ERR_NOT_SUPPORTED, hyper_conn_ready(conn, 0, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED,
	      hyper_conn_metrics(conn, 0, &text, &err));
	ck_assert_ptr_null(text);
	hyper_close(conn);
}
END_TEST

static hyper_rest_response *dispatch(hyper_conn *conn, const char *method,
				     const char *target, const char *accept)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	hyper_rest_response *response = NULL;

	hyper_rest_request_access(request, HYPER_ROLE_VIEWER, NULL);
	hyper_rest_request_header(request, "Accept", accept);
	ck_assert_int_eq(hyper_rest_dispatch(conn, request, 0, &response), 0);
	hyper_rest_request_free(request);
	return response;
}

/* How many requests of a route were answered so. */
static int counted(hyper_conn *conn, const char *route, const char *class)
{
	hyper_rest_response *response =
		dispatch(conn, "GET", "/metrics", "*/*");
	char name[128];
	const char *found;
	size_t len;
	int n;

	snprintf(name, sizeof(name),
		 "hyper_http_requests_total{route=\"%s\",method=\"%s\","
		 "code=\"%s\"} ",
		 route, *route == '/' ? "GET" : "any", class);
	found = strstr(hyper_rest_response_body(response, &len), name);
	n = found ? (int)strtol(found + strlen(name), NULL, 10) : 0;
	hyper_rest_response_free(response);
	return n;
}

#define STREAM(method)                                                         \
	dispatch(conn, method, "/hyper/events", "text/event-stream")

/* A stream that a server has no room for is the answer which it gives then,
 * and no stream as well. */
START_TEST(test_streams)
{
	hyper_conn *conn = state_open(0);
	hyper_rest_response *response = STREAM("GET"), *problem = NULL;
	const char *part;
	size_t len;

	OK(hyper_rest_problem(NULL, "overloaded", "no room", &problem));
	hyper_rest_response_free(problem);
	hyper_rest_response_free(response);
	ck_assert_int_eq(counted(conn, "/hyper/events", "2xx"), 0);
	ck_assert_int_eq(counted(conn, "none", "5xx"), 1);
	response = STREAM("GET");
	OK(hyper_rest_response_next(response, 0, &part, &len));
	OK(hyper_rest_response_next(response, 0, &part, &len));
	hyper_rest_response_free(response);
	ck_assert_int_eq(counted(conn, "/hyper/events", "2xx"), 1);
	hyper_rest_response_free(STREAM("HEAD"));
	ck_assert_int_eq(counted(conn, "/hyper/events", "2xx"), 2);
	hyper_close(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_format);
	tcase_add_test(tcase, test_counts);
	tcase_add_test(tcase, test_results);
	tcase_add_test(tcase, test_ready);
	tcase_add_test(tcase, test_streams);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
