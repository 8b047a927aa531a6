/* SPDX-License-Identifier: MIT */
/*
 * Events as a stream, in both forms. The first line of an input is what the
 * client says that it saw last; then comes a list of events in JSON and, behind
 * a NUL, the problem document that ends them. A reader of the stream gets just
 * these, whatever is in them.
 */
#include "fuzz.h"

#include <hyper/rest.h>

#include "conn/conn.h"
#include "json/json.h"
#include "util/buf.h"

static struct source {
	hyper_conn conn;
	const char *events;
	const char *problem;
	bool told;
} source;

/* All of them, then the end. */
static int event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
		      uint32_t timeout_ms, hyper_events **ret_events,
		      hyper_error **err)
{
	hyper_error *why;
	int code;

	(void)conn;
	(void)after;
	(void)limit;
	(void)timeout_ms;
	if (!source.told) {
		source.told = true;
		return hyp_json_read_events(
			source.events, strlen(source.events), ret_events, err);
	}
	why = hyp_json_read_problem(source.problem, strlen(source.problem),
				    500);
	code = hyper_error_code(why);
	hyp_error_move(err, &why);
	return code;
}

static const struct hyp_conn_ops ops = { .event_list = event_list };

/* [new] all parts of the stream; NULL when it did not begin. */
static char *get(const char *type, const char *last)
{
	hyper_rest_request *request =
		hyper_rest_request_new("GET", "/hyper/events");
	hyper_rest_response *response = NULL;
	HYP_AUTOBUF all = HYP_BUF_INIT;
	const char *part;
	size_t len;
	int status;

	source.told = false;
	FUZZ_CHECK(
		request &&
			!hyper_rest_request_header(request, "Accept", type) &&
			!hyper_rest_request_header(request, "Last-Event-ID",
						   last) &&
			!hyper_rest_request_access(request, HYPER_ROLE_VIEWER,
						   NULL) &&
			!hyper_rest_dispatch(&source.conn, request, 0,
					     &response),
		"no response");
	hyp_buf_adds(&all, "");
	while (hyper_rest_response_streams(response)) {
		FUZZ_CHECK(!hyper_rest_response_next(response, 0, &part, &len),
			   "no part");
		hyp_buf_add(&all, part, len);
	}
	status = hyper_rest_response_status(response);
	FUZZ_CHECK(status != 401 && status != 403, "it was not let in");
	if (status != 200)
		hyp_buf_free(&all);
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	return all.data ? hyp_buf_take(&all) : NULL;
}

/* The reader knows what shall come. */
struct reader {
	hyper_events *events;
	size_t n; /* how many came */
	bool ended;
};

static void expect_event(struct reader *reader, const char *data)
{
	const hyper_event *event = hyper_events_at(reader->events, reader->n++);
	HYP_AUTOFREE char *json = NULL;

	FUZZ_CHECK(!reader->ended && event, "one more: %s", data);
	FUZZ_CHECK(hyper_event_to_json(event, 0, &json, NULL) == 0, "memory");
	FUZZ_CHECK(strcmp(data, json) == 0, "%s, not %s", data, json);
}

static void expect_problem(struct reader *reader, const char *data)
{
	hyper_error *why = hyp_json_read_problem(source.problem,
						 strlen(source.problem), 500);
	hyper_error *told = hyp_json_read_problem(data, strlen(data), 500);

	FUZZ_CHECK(!reader->ended, "a second end: %s", data);
	reader->ended = true;
	FUZZ_CHECK(hyper_error_code(why) == hyper_error_code(told), "%s", data);
	if (hyper_error_code(why) != HYPER_ERR_CANCELLED)
		FUZZ_CHECK(strcmp(hyper_error_message(why),
				  hyper_error_message(told)) == 0,
			   "%s", data);
	hyper_error_free(why);
	hyper_error_free(told);
}

/* As in WHATWG HTML, "Interpreting an event stream". */
static void read_sse(struct reader *reader, char *text)
{
	const char *id = "", *type = "", *data = NULL;
	uint64_t seq;

	while (*text) {
		size_t len = strcspn(text, "\r\n");
		char *line = text;

		FUZZ_CHECK(line[len] == '\n', "a line that is none: %s", line);
		text += len + 1;
		line[len] = '\0';
		if (hyp_starts_with(line, "id: ")) {
			id = line + strlen("id: ");
		} else if (hyp_starts_with(line, "event: ")) {
			type = line + strlen("event: ");
		} else if (hyp_starts_with(line, "data: ")) {
			FUZZ_CHECK(!data, "data of two lines");
			data = line + strlen("data: ");
		} else if (len && strcmp(line, ":") != 0) {
			FUZZ_CHECK(strcmp(line, "retry: 2000") == 0, "%s",
				   line);
		} else if (!len && data) {
			if (strcmp(type, "problem") == 0) {
				expect_problem(reader, data);
			} else {
				FUZZ_CHECK(
					!hyp_parse_uint(id, UINT64_MAX, &seq) &&
						seq == hyper_event_seq(hyper_events_at(
							       reader->events,
							       reader->n)),
					"id %s", id);
				expect_event(reader, data);
			}
			data = NULL;
			type = "";
		}
	}
}

/* A record a line. */
static void read_ndjson(struct reader *reader, char *text)
{
	static const char begin[] = "{\"problem\":";

	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = text;

		FUZZ_CHECK(line[len] == '\n', "no whole line: %s", line);
		text += len + 1;
		line[len] = '\0';
		if (hyp_starts_with(line, begin)) {
			line[len - 1] = '\0'; /* its closing brace */
			expect_problem(reader, line + strlen(begin));
		} else if (len) {
			expect_event(reader, line);
		}
	}
}

static void check(const char *type, const char *last,
		  void (*read)(struct reader *reader, char *text))
{
	HYP_AUTOFREE char *text = get(type, last);
	struct reader reader = { .n = 0 };

	if (!text)
		return;
	FUZZ_CHECK(hyp_json_read_events(source.events, strlen(source.events),
					&reader.events, NULL) == 0,
		   "%s", source.events);
	read(&reader, text);
	FUZZ_CHECK(reader.n == hyper_events_count(reader.events) &&
			   reader.ended,
		   "%zu events came", reader.n);
	hyper_events_free(reader.events);
}

/* No hyperd numbers events like that, and none could be asked what follows. */
static bool is_too_late(void)
{
	hyper_events *events = NULL;
	const hyper_event *event;
	bool late = false;

	hyp_json_read_events(source.events, strlen(source.events), &events,
			     NULL);
	for (size_t i = 0; events && (event = hyper_events_at(events, i)); i++)
		late |= hyper_event_seq(event) > INT64_MAX;
	hyper_events_free(events);
	return late;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *last = fuzz_part(&data, &size, '\n');
	HYP_AUTOFREE char *events = fuzz_part(&data, &size, '\0');
	HYP_AUTOFREE char *problem = fuzz_part(&data, &size, '\0');

	source.conn.ops = &ops;
	source.events = events;
	source.problem = problem;
	if (is_too_late())
		return 0;
	check("text/event-stream", last, read_sse);
	check("application/x-ndjson", last, read_ndjson);
	return 0;
}
