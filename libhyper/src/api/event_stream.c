/* SPDX-License-Identifier: MIT */
/* Events one by one, and by a callback: both over hyper_event_list(), so they
 * are the same for all connections. */
#include <pthread.h>
#include <stdatomic.h>

#include "api/check.h"
#include "api/event_watch.h"
#include "util/thread.h"

/* How long one look waits at most, so that the end of a subscription is seen.
 */
#define LOOK_MS 500

struct hyper_event_stream {
	hyper_conn *conn;
	uint64_t after;		       /* the last one that was given */
	hyper_events *events;	       /* what was fetched, or NULL */
	size_t given;		       /* of those */
	struct hyp_event_watch *watch; /* for who polls, or NULL */
};

struct hyper_event_subscription {
	hyper_event_stream *stream;
	hyper_event_cb callback;
	void *data;
	pthread_t thread;
	atomic_bool stop;
};

int hyper_event_stream_open(hyper_conn *conn, uint64_t after, uint32_t flags,
			    hyper_event_stream **ret_stream, hyper_error **err)
{
	HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
	hyper_event_stream *stream;
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_stream, "ret_stream", err);
	/* Whether one can begin there is known at once. */
	if (rc == 0)
		rc = hyper_event_list(conn, after, 0, 0, 0, &events, err);
	if (rc)
		return rc;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return hyp_nomem(err);
	stream->conn = conn;
	stream->after = after;
	stream->events = hyp_steal(&events);
	*ret_stream = stream;
	return 0;
}

static int next(hyper_event_stream *stream, uint32_t timeout_ms,
		const hyper_event **ret_event, hyper_error **err)
{
	const hyper_event *event;
	int rc;

	if (stream->given == hyper_events_count(stream->events)) {
		hyper_events *events = NULL;

		rc = hyper_event_list(stream->conn, stream->after, 0,
				      timeout_ms, 0, &events, err);
		if (rc)
			return rc;
		hyper_events_free(stream->events);
		stream->events = events;
		stream->given = 0;
	}
	event = hyper_events_at(stream->events, stream->given);
	if (event) {
		stream->given++;
		stream->after = hyper_event_seq(event);
	}
	*ret_event = event;
	return 0;
}

int hyper_event_stream_next(hyper_event_stream *stream, uint32_t timeout_ms,
			    const hyper_event **ret_event, hyper_error **err)
{
	int rc = hyp_check_given(stream, "stream", err);

	if (rc == 0)
		rc = hyp_check_given(ret_event, "ret_event", err);
	if (rc)
		return rc;
	rc = next(stream, timeout_ms, ret_event, err);
	if (stream->watch && (rc || !*ret_event))
		hyp_event_watch_anew(stream->watch, stream->after);
	return rc;
}

int hyper_event_stream_fd(hyper_event_stream *stream, uint32_t flags,
			  int *ret_fd, hyper_error **err)
{
	int rc = hyp_check_given(stream, "stream", err);

	if (rc == 0)
		rc = hyp_check_call(stream->conn, flags, 0, err);
	if (rc == 0)
		rc = hyp_check_given(ret_fd, "ret_fd", err);
	if (rc == 0 && !stream->watch)
		rc = hyp_event_watch_new(stream->conn, stream->after,
					 &stream->watch, err);
	if (rc == 0)
		*ret_fd = hyp_event_watch_fd(stream->watch);
	return rc;
}

void hyper_event_stream_close(hyper_event_stream *stream)
{
	if (!stream)
		return;
	hyp_event_watch_free(stream->watch);
	hyper_events_free(stream->events);
	free(stream);
}

static void *subscription_main(void *data)
{
	hyper_event_subscription *sub = data;
	HYP_AUTOERROR *err = NULL;

	while (!atomic_load(&sub->stop)) {
		const hyper_event *event = NULL;

		if (hyper_event_stream_next(sub->stream, LOOK_MS, &event,
					    &err)) {
			sub->callback(NULL, err, sub->data);
			break;
		}
		if (event)
			sub->callback(event, NULL, sub->data);
	}
	return NULL;
}

int hyper_event_subscribe(hyper_conn *conn, uint64_t after, uint32_t flags,
			  hyper_event_cb callback, void *data,
			  hyper_event_subscription **ret_sub, hyper_error **err)
{
	HYP_AUTOFREE hyper_event_subscription *sub = NULL;
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0 && !callback)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "callback",
				     "callback must be given");
	if (rc == 0)
		rc = hyp_check_given(ret_sub, "ret_sub", err);
	if (rc)
		return rc;
	sub = calloc(1, sizeof(*sub));
	if (!sub)
		return hyp_nomem(err);
	sub->callback = callback;
	sub->data = data;
	rc = hyper_event_stream_open(conn, after, 0, &sub->stream, err);
	if (rc)
		return rc;
	if (hyp_thread_create(&sub->thread, subscription_main, sub)) {
		hyper_event_stream_close(sub->stream);
		return hyp_nomem(err);
	}
	*ret_sub = hyp_steal(&sub);
	return 0;
}

void hyper_event_unsubscribe(hyper_event_subscription *sub)
{
	if (!sub)
		return;
	atomic_store(&sub->stop, true);
	pthread_join(sub->thread, NULL);
	hyper_event_stream_close(sub->stream);
	free(sub);
}
