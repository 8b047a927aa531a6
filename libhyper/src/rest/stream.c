/* SPDX-License-Identifier: MIT */
/*
 * A body in parts: events as they come, in one of two forms. Nothing is kept
 * for a reader that is slow. He gets what comes after his last part when he
 * takes the next one, or is told that it is forgotten.
 */
#include <string.h>

#include "json/json.h"
#include "rest/rest.h"
#include "util/buf.h"
#include "util/time.h"

/* Proxies give up on a connection on which nothing happens. */
#define ALIVE_MS 15000
/* As many events as one part has at most. */
#define BATCH 100

struct form {
	const char *type;
	const char *begin; /* the first part begins with it */
	const char *alive; /* says nothing */
	void (*add_event)(struct hyp_buf *to, uint64_t seq, const char *json);
	void (*add_problem)(struct hyp_buf *to, const char *json);
	int (*problem_to_json)(const hyper_error *error,
			       const struct hyp_problem *problem,
			       char **ret_json);
};

struct hyp_rest_stream {
	hyper_conn *conn;
	const struct form *form;
	uint64_t after;	     /* the last event that was given */
	uint64_t left;	     /* so many more may be */
	uint32_t wait_ms;    /* as in struct hyp_rest_stream_start */
	int64_t event_at;    /* when the last event was given */
	int64_t part_at;     /* when the last part was given */
	hyper_events *first; /* what there was when it began, or NULL */
	bool begun;
	bool ended;
	/* Why it ends, if it was told to. */
	hyper_error *why;
	const struct hyp_problem *problem;
	struct hyp_buf part;
};

/* WHATWG HTML, "Server-sent events". Events have no type of their own, so
 * that one listener gets all; what is no event has one, and no id. JSON text
 * is one line. */
static void add_sse_event(struct hyp_buf *to, uint64_t seq, const char *json)
{
	hyp_buf_addf(to, "id: %llu\ndata: %s\n\n", (unsigned long long)seq,
		     json);
}

static void add_sse_problem(struct hyp_buf *to, const char *json)
{
	hyp_buf_addf(to, "event: problem\ndata: %s\n\n", json);
}

static void add_line(struct hyp_buf *to, uint64_t seq, const char *json)
{
	(void)seq;
	hyp_buf_addf(to, "%s\n", json);
}

static void add_last_line(struct hyp_buf *to, const char *json)
{
	add_line(to, 0, json);
}

static const struct form sse = {
	.type = HYP_MEDIA_TYPE_SSE,
	.begin = "retry: 2000\n\n",
	.alive = ":\n\n",
	.add_event = add_sse_event,
	.add_problem = add_sse_problem,
	.problem_to_json = hyp_json_problem,
};
static const struct form ndjson = {
	.type = HYP_MEDIA_TYPE_NDJSON,
	.begin = "",
	.alive = "\n",
	.add_event = add_line,
	.add_problem = add_last_line,
	.problem_to_json = hyp_json_problem_line,
};

void hyp_rest_stream_free(struct hyp_rest_stream *stream)
{
	if (!stream)
		return;
	hyper_events_free(stream->first);
	hyper_error_free(stream->why);
	hyp_buf_free(&stream->part);
	free(stream);
}

int hyp_rest_send_stream(struct hyp_rest_call *call,
			 const struct hyp_rest_stream_start *start,
			 hyper_error **err)
{
	struct hyp_rest_stream *stream = calloc(1, sizeof(*stream));
	HYP_AUTOERROR *why = NULL;
	int rc;

	if (!stream)
		return hyp_nomem(err);
	call->response->stream = stream;
	stream->conn = call->conn;
	stream->form = start->media == HYP_MEDIA_SSE ? &sse : &ndjson;
	stream->after = start->after;
	stream->left = start->limit ? start->limit : UINT64_MAX;
	stream->wait_ms = start->wait_ms;
	stream->event_at = stream->part_at = hyp_mono_ms();
	/* Whether it can begin there is answered by the status. */
	rc = hyper_event_list(stream->conn, stream->after,
			      stream->left < BATCH ? (uint32_t)stream->left
						   : BATCH,
			      0, 0, &stream->first, &why);
	if (rc) {
		call->problem = hyp_rest_event_problem(why);
		hyp_error_move(err, &why);
		return rc;
	}
	call->response->status = 200;
	rc = hyp_rest_add_header(call->response, err, "Content-Type", "%s",
				 stream->form->type);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "Cache-Control",
					"no-store");
}

/* The last part: why there will be no more. */
static int add_problem(struct hyp_rest_stream *stream)
{
	HYP_AUTOFREE char *json = NULL;
	int rc = stream->form->problem_to_json(stream->why, stream->problem,
					       &json);

	if (rc)
		return rc;
	hyper_log(HYPER_LOG_INFO, "a stream of events ends behind %llu: %s",
		  (unsigned long long)stream->after,
		  hyper_error_message(stream->why));
	stream->form->add_problem(&stream->part, json);
	stream->ended = true;
	return 0;
}

static int add_events(struct hyp_rest_stream *stream,
		      const hyper_events *events)
{
	const hyper_event *event;
	uint64_t after = stream->after;
	size_t i;

	for (i = 0; (event = hyper_events_at(events, i)); i++) {
		HYP_AUTOFREE char *json = NULL;

		if (hyper_event_to_json(event, 0, &json, NULL))
			return HYPER_ERR_NOMEM;
		after = hyper_event_seq(event);
		stream->form->add_event(&stream->part, after, json);
	}
	if (stream->part.failed)
		return HYPER_ERR_NOMEM;
	stream->after = after;
	stream->event_at = hyp_mono_ms();
	stream->left -= i;
	stream->ended = stream->left == 0;
	return 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The moment of the monotonic clock at which it ends if nothing comes. */
static int64_t end_of_wait(const struct hyp_rest_stream *stream)
{
	return stream->wait_ms == UINT32_MAX
		       ? INT64_MAX
		       : stream->event_at + stream->wait_ms;
}

static int take_events(struct hyp_rest_stream *stream, uint32_t timeout_ms,
		       hyper_events **ret_events)
{
	int64_t now = hyp_mono_ms();
	int64_t until =
		earlier(end_of_wait(stream),
			earlier(now + timeout_ms, stream->part_at + ALIVE_MS));

	if (stream->first) {
		*ret_events = hyp_steal(&stream->first);
		return 0;
	}
	return hyper_event_list(stream->conn, stream->after,
				stream->left < BATCH ? (uint32_t)stream->left
						     : BATCH,
				until > now ? (uint32_t)(until - now) : 0, 0,
				ret_events, &stream->why);
}

/* Nobody who reads a stream knows of a wait. */
static int explain_cancel(struct hyp_rest_stream *stream)
{
	hyper_error_free(hyp_steal(&stream->why));
	return hyper_error_set(&stream->why, HYPER_ERR_CANCELLED, NULL,
			       "the stream was cancelled: the server is "
			       "stopping");
}

/* Nothing was said at all yet. Servers hold the header back until there is
 * something behind it, and the client shall know that it has begun. */
static bool is_mute(const struct hyp_rest_stream *stream)
{
	return !stream->begun && stream->part.len == 0;
}

static int add_part(struct hyp_rest_stream *stream, uint32_t timeout_ms)
{
	HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
	int64_t now;
	int rc = 0;

	if (!stream->why)
		rc = take_events(stream, timeout_ms, &events);
	if (rc == HYPER_ERR_CANCELLED)
		explain_cancel(stream);
	if (rc)
		stream->problem = hyp_rest_event_problem(stream->why);
	if (stream->why)
		return add_problem(stream);
	if (rc)
		return HYPER_ERR_NOMEM;
	if (hyper_events_count(events))
		return add_events(stream, events);
	now = hyp_mono_ms();
	if (now >= end_of_wait(stream))
		stream->ended = true;
	else if (now >= stream->part_at + ALIVE_MS || is_mute(stream))
		hyp_buf_adds(&stream->part, stream->form->alive);
	return 0;
}

bool hyper_rest_response_streams(const hyper_rest_response *response)
{
	return response && response->stream && !response->stream->ended;
}

int hyper_rest_response_next(hyper_rest_response *response, uint32_t timeout_ms,
			     const char **ret_part, size_t *ret_len)
{
	struct hyp_rest_stream *stream = response ? response->stream : NULL;
	int rc;

	if (!stream || !ret_part || !ret_len)
		return HYPER_ERR_INVALID;
	hyp_buf_free(&stream->part);
	if (stream->ended) {
		*ret_part = "";
		*ret_len = 0;
		return 0;
	}
	if (!stream->begun) {
		hyp_buf_adds(&stream->part, stream->form->begin);
		timeout_ms = 0;
	}
	rc = add_part(stream, timeout_ms);
	if (!rc && stream->part.failed)
		rc = HYPER_ERR_NOMEM;
	if (rc)
		return rc;
	if (!stream->begun)
		hyp_rest_count(response->route, response->status,
			       response->took_us);
	stream->begun = true;
	if (stream->part.len)
		stream->part_at = hyp_mono_ms();
	*ret_part = stream->part.len ? stream->part.data : "";
	*ret_len = stream->part.len;
	return 0;
}

int hyper_rest_response_end(hyper_rest_response *response, const char *slug,
			    const char *detail)
{
	struct hyp_rest_stream *stream = response ? response->stream : NULL;
	const struct hyp_problem *problem =
		slug ? hyp_problem_of_slug(slug) : NULL;

	if (!stream || !problem || !detail)
		return HYPER_ERR_INVALID;
	if (stream->why || stream->ended)
		return 0;
	hyper_error_set(&stream->why, problem->code, NULL, "%s", detail);
	stream->problem = problem;
	return stream->why ? 0 : HYPER_ERR_NOMEM;
}
