/* SPDX-License-Identifier: MIT */
/* Bodies that come in parts, without a server. */
#include "fake_conn.h"

#include <hyper/rest.h>

#include "util/time.h"

#define SSE    "text/event-stream"
#define NDJSON "application/x-ndjson"

#define JSON(seq)                                                              \
	"{\"seq\":" seq ",\"at\":\"1970-01-01T00:00:01.000Z\","                \
	"\"kind\":\"machine-state\",\"machine\":\"a\",\"driver\":null,"        \
	"\"operation\":42,\"actor\":null,"                                     \
	"\"state\":\"running\"}"
#define EVENT(seq) "id: " seq "\ndata: " JSON(seq) "\n\n"
#define LINE(seq)  JSON(seq) "\n"
#define CANCELLED                                                              \
	"{\"type\":\"urn:hyper:problem:cancelled\",\"title\":"                 \
	"\"Cancelled\",\"status\":409,\"detail\":\"the stream was "            \
	"cancelled: the server is stopping\",\"code\":\"CANCELLED\"}"
#define TRIMMED                                                                \
	"{\"type\":\"urn:hyper:problem:trimmed\",\"title\":\"No longer "       \
	"kept\",\"status\":410,\"detail\":\"the events after 2 are no "        \
	"longer kept: the oldest is 5\",\"code\":\"LIMIT\",\"field\":"         \
	"\"after\"}"

static struct fake fake;

static void setup(void)
{
	fake = (struct fake)FAKE_INIT;
	fake.oldest = 1;
	fake.newest = 2;
}

static hyper_rest_response *ask(const char *method, const char *target,
				const char *accept, const char *last_id)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	hyper_rest_response *response = NULL;

	hyper_rest_request_header(request, "Accept", accept);
	if (last_id)
		hyper_rest_request_header(request, "last-event-id", last_id);
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, request, 0, &response),
			 0);
	hyper_rest_request_free(request);
	return response;
}

static hyper_rest_response *get(const char *target, const char *accept)
{
	return ask("GET", target, accept, NULL);
}

/* The next part is exactly this; "": there is none. */
static void next_is(hyper_rest_response *response, const char *want)
{
	const char *part = NULL;
	size_t len = 99;

	ck_assert_int_eq(hyper_rest_response_next(response, 0, &part, &len), 0);
	ck_assert_uint_eq(strlen(part), len);
	ck_assert_str_eq(part, want);
}

/* And then there are no more. */
static void ends(hyper_rest_response *response)
{
	ck_assert(!hyper_rest_response_streams(response));
	next_is(response, "");
	hyper_rest_response_free(response);
}

START_TEST(beginning)
{
	hyper_rest_response *response = get("/hyper/events", SSE);
	const char *name, *value;
	size_t len = 99;

	ck_assert_int_eq(hyper_rest_response_status(response), 200);
	ck_assert(hyper_rest_response_streams(response));
	ck_assert_str_eq(hyper_rest_response_body(response, &len), "");
	ck_assert_uint_eq(len, 0);
	ck_assert(hyper_rest_response_header(response, 0, &name, &value));
	ck_assert_str_eq(name, "Content-Type");
	ck_assert_str_eq(value, SSE);
	ck_assert(hyper_rest_response_header(response, 1, &name, &value));
	ck_assert_str_eq(name, "Cache-Control");
	ck_assert_str_eq(value, "no-store");
	ck_assert(!hyper_rest_response_header(response, 2, &name, &value));
	hyper_rest_response_free(response);
	response = get("/hyper/events", NDJSON);
	ck_assert(hyper_rest_response_header(response, 0, &name, &value));
	ck_assert_str_eq(value, NDJSON);
	hyper_rest_response_free(response);
	/* HEAD has the same header */
	response = ask("HEAD", "/hyper/events", SSE, NULL);
	ck_assert(hyper_rest_response_streams(response));
	hyper_rest_response_free(response);
}
END_TEST

START_TEST(sse)
{
	hyper_rest_response *response = get("/hyper/events?after=0", SSE);

	next_is(response, "retry: 2000\n\n" EVENT("1") EVENT("2"));
	next_is(response, "");
	fake.newest = 3;
	next_is(response, EVENT("3"));
	ck_assert(hyper_rest_response_streams(response));
	hyper_rest_response_free(response);
	response = get("/hyper/events?after=3", SSE);
	next_is(response, "retry: 2000\n\n");
	next_is(response, "");
	hyper_rest_response_free(response);
}
END_TEST

START_TEST(lines)
{
	hyper_rest_response *response = get("/hyper/events?after=1", NDJSON);

	next_is(response, LINE("2"));
	fake.newest = 4;
	next_is(response, LINE("3") LINE("4"));
	hyper_rest_response_free(response);
	/* that it has begun is seen, though there is nothing to say */
	response = get("/hyper/events?after=4", NDJSON);
	next_is(response, "\n");
	next_is(response, "");
	hyper_rest_response_free(response);
}
END_TEST

/* What there is much of comes in several parts, and all of it. */
START_TEST(batches)
{
	hyper_rest_response *response;
	const char *part;
	size_t len, parts = 0, count = 0;

	fake.newest = 250;
	response = get("/hyper/events?limit=220", NDJSON);
	while (hyper_rest_response_streams(response)) {
		ck_assert_int_eq(
			hyper_rest_response_next(response, 0, &part, &len), 0);
		for (; (part = strchr(part, '\n')); part++)
			count++;
		parts++;
	}
	ck_assert_uint_eq(count, 220);
	ck_assert_uint_eq(parts, 3);
	ends(response);
}
END_TEST

START_TEST(limit)
{
	hyper_rest_response *response = get("/hyper/events?limit=1", SSE);

	ck_assert_str_eq(fake.said, "events 0 limit=1 0 ms");
	next_is(response, "retry: 2000\n\n" EVENT("1"));
	ends(response);
}
END_TEST

/* How long the connection is asked to wait, ms. */
static unsigned int wait_of(hyper_rest_response *response, uint32_t timeout_ms)
{
	unsigned int ms = 99;
	const char *part;
	size_t len;

	ck_assert_int_eq(
		hyper_rest_response_next(response, timeout_ms, &part, &len), 0);
	ck_assert_int_eq(sscanf(fake.said, "events 2 limit=100 %u ms", &ms), 1);
	return ms;
}

static void between(unsigned int value, unsigned int min, unsigned int max)
{
	ck_assert_uint_ge(value, min);
	ck_assert_uint_le(value, max);
}

START_TEST(waits)
{
	hyper_rest_response *response = get("/hyper/events?after=2", SSE);

	ck_assert_uint_eq(wait_of(response, 5000), 0);
	ck_assert_uint_eq(wait_of(response, 0), 0);
	between(wait_of(response, 5000), 4900, 5000);
	/* no longer than until it must say that it is alive */
	between(wait_of(response, UINT32_MAX), 13000, 15000);
	hyper_rest_response_free(response);
	/* no longer than the client wants to wait */
	response = get("/hyper/events?after=2&wait=2.5", SSE);
	ck_assert_uint_eq(wait_of(response, 5000), 0);
	between(wait_of(response, 5000), 1000, 2500);
	ck_assert(hyper_rest_response_streams(response));
	hyper_rest_response_free(response);
}
END_TEST

START_TEST(wait_runs_out)
{
	hyper_rest_response *response = get("/hyper/events?wait=0", SSE);

	next_is(response, "retry: 2000\n\n" EVENT("1") EVENT("2"));
	next_is(response, "");
	ends(response);
	response = get("/hyper/events?wait=0&after=2", NDJSON);
	next_is(response, "");
	ends(response);
	/* it begins anew with each event */
	response = get("/hyper/events?wait=0.2", NDJSON);
	next_is(response, LINE("1") LINE("2"));
	hyp_sleep_ms(120);
	fake.newest = 3;
	next_is(response, LINE("3"));
	hyp_sleep_ms(120);
	next_is(response, "");
	ck_assert(hyper_rest_response_streams(response));
	hyp_sleep_ms(100);
	next_is(response, "");
	ends(response);
}
END_TEST

START_TEST(last_event_id)
{
	hyper_rest_response *response =
		ask("GET", "/hyper/events?after=0", NDJSON, "1");

	next_is(response, LINE("2"));
	hyper_rest_response_free(response);
	response = ask("GET", "/hyper/events", "application/json", "1");
	ck_assert_str_eq(fake.said, "events 1 limit=100 0 ms");
	hyper_rest_response_free(response);
}
END_TEST

/* What cannot begin is answered by the status, and never streams. */
static void refuses(const char *target, const char *accept, const char *last_id,
		    int status, const char *says)
{
	hyper_rest_response *response = ask("GET", target, accept, last_id);
	const char *name, *value, *part;
	size_t len;

	ck_assert_int_eq(hyper_rest_response_status(response), status);
	ck_assert_ptr_nonnull(
		strstr(hyper_rest_response_body(response, &len), says));
	ck_assert(hyper_rest_response_header(response, 0, &name, &value));
	ck_assert_str_eq(value, "application/problem+json");
	ck_assert(!hyper_rest_response_streams(response));
	ck_assert_int_eq(hyper_rest_response_next(response, 0, &part, &len),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_end(response, "io", "x"),
			 HYPER_ERR_INVALID);
	hyper_rest_response_free(response);
}

START_TEST(refusals)
{
	const char *target = "/hyper/events";

	refuses(target, SSE, "x", 400, "\"field\":\"Last-Event-ID\"");
	refuses(target, SSE, "", 400, "\"field\":\"Last-Event-ID\"");
	refuses(target, NDJSON, "-1", 400, "problem:bad-parameter");
	refuses(target, "application/json", "1 2", 400, "Last-Event-ID");
	refuses("/hyper/events?after=x", SSE, "1", 400, "\"field\":\"after\"");
	refuses("/hyper/events?limit=x", SSE, NULL, 400, "\"field\":\"limit\"");
	refuses("/hyper/events?wait=x", NDJSON, NULL, 400,
		"\"field\":\"wait\"");
	refuses(target, SSE, "3", 400, "the newest event is 2");
	refuses(target, "text/html", NULL, 406, SSE " or " NDJSON);
	refuses("/hyper/machines", SSE, NULL, 406, "problem:not-acceptable");
	refuses("/hyper", NDJSON, NULL, 406, "only application/json is");
	fake.oldest = 5;
	fake.newest = 9;
	refuses(target, SSE, "2", 410, TRIMMED);
	fake.fail = HYPER_ERR_IO;
	refuses(target, NDJSON, NULL, 500, "problem:io");
}
END_TEST

/* A slow reader is told what he missed, and misses nothing silently. */
START_TEST(trimmed)
{
	hyper_rest_response *events = get("/hyper/events?after=1", SSE);
	hyper_rest_response *text = get("/hyper/events?after=1", NDJSON);

	next_is(events, "retry: 2000\n\n" EVENT("2"));
	next_is(text, LINE("2"));
	fake.oldest = 5;
	fake.newest = 9;
	next_is(events, "event: problem\ndata: " TRIMMED "\n\n");
	next_is(text, "{\"problem\":" TRIMMED "}\n");
	ends(events);
	ends(text);
}
END_TEST

START_TEST(cancelled)
{
	hyper_rest_response *events = get("/hyper/events?after=2", SSE);
	hyper_rest_response *text = get("/hyper/events?after=2", NDJSON);

	next_is(events, "retry: 2000\n\n");
	next_is(text, "\n");
	fake.fail = HYPER_ERR_CANCELLED;
	next_is(events, "event: problem\ndata: " CANCELLED "\n\n");
	next_is(text, "{\"problem\":" CANCELLED "}\n");
	ends(events);
	ends(text);
}
END_TEST

START_TEST(failure)
{
	hyper_rest_response *response = get("/hyper/events?after=2", NDJSON);
	const char *part;
	size_t len;

	next_is(response, "\n");
	fake.fail = HYPER_ERR_IO;
	ck_assert_int_eq(hyper_rest_response_next(response, 0, &part, &len), 0);
	ck_assert_ptr_nonnull(strstr(part, "{\"problem\":{\"type\":"
					   "\"urn:hyper:problem:io\""));
	ck_assert_ptr_nonnull(strstr(part, "\"causes\":"));
	ends(response);
}
END_TEST

/* The server's own wish, also where there is always something to tell. */
START_TEST(told_to_end)
{
	hyper_rest_response *response;

	fake.newest = 0;
	response = get("/hyper/events", NDJSON);
	next_is(response, LINE("1"));
	next_is(response, LINE("2"));
	ck_assert_int_eq(hyper_rest_response_end(response, "none", "x"),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_end(response, NULL, "x"),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_end(response, "io", NULL),
			 HYPER_ERR_INVALID);
	next_is(response, LINE("3"));
	ck_assert_int_eq(
		hyper_rest_response_end(response, "cancelled",
					"the stream was cancelled: the server "
					"is stopping"),
		0);
	ck_assert_int_eq(hyper_rest_response_end(response, "io", "x"), 0);
	ck_assert(hyper_rest_response_streams(response));
	next_is(response, "{\"problem\":" CANCELLED "}\n");
	ck_assert_int_eq(hyper_rest_response_end(response, "io", "x"), 0);
	ends(response);
}
END_TEST

START_TEST(arguments)
{
	hyper_rest_response *response = get("/hyper/events", SSE);
	const char *part;
	size_t len;

	ck_assert_int_eq(hyper_rest_response_next(response, 0, NULL, &len),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_next(response, 0, &part, NULL),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_next(NULL, 0, &part, &len),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_response_end(NULL, "io", "x"),
			 HYPER_ERR_INVALID);
	ck_assert(!hyper_rest_response_streams(NULL));
	hyper_rest_response_free(response);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rest_stream");
	TCase *all = tcase_create("rest_stream");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, beginning);
	tcase_add_test(all, sse);
	tcase_add_test(all, lines);
	tcase_add_test(all, batches);
	tcase_add_test(all, limit);
	tcase_add_test(all, waits);
	tcase_add_test(all, wait_runs_out);
	tcase_add_test(all, last_event_id);
	tcase_add_test(all, refusals);
	tcase_add_test(all, trimmed);
	tcase_add_test(all, cancelled);
	tcase_add_test(all, failure);
	tcase_add_test(all, told_to_end);
	tcase_add_test(all, arguments);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
