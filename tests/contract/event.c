/* SPDX-License-Identifier: MIT */
/* Events: all of them, in order, from any number on. */
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "contract.h"

static uint64_t seq_of_list(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	uint64_t seq;

	ck_assert_int_eq(hyper_machine_list(conn, NULL, 0, &machines, &err), 0);
	seq = hyper_machines_seq(machines);
	hyper_machines_free(machines);
	return seq;
}

static void say_event(const hyper_event *event)
{
	say("  %s %s %s", hyper_event_kind(event),
	    hyper_event_machine(event) ? hyper_event_machine(event) : "-",
	    hyper_event_state(event) ? hyper_event_state(event) : "-");
}

/* Those of one machine, after a number, until it is removed. */
START_TEST(story)
{
	hyper_conn *conn = CONNECT();
	uint64_t last = seq_of_list(conn);
	hyper_error *err = NULL;
	bool removed = false, ended = false;
	char *json = NULL;

	add_machine(conn, "eve", NULL, "event");
	OK(hyper_machine_start(conn, "eve", 0, NULL, NULL, &err));
	remove_machine(conn, "eve");
	while (!ended) {
		hyper_events *events = NULL;
		const hyper_event *event;

		ck_assert_int_eq(hyper_event_list(conn, last, 2, 20000, 0,
						  &events, &err),
				 0);
		ck_assert_uint_gt(hyper_events_count(events), 0);
		ck_assert_uint_le(hyper_events_count(events), 2);
		for (size_t i = 0; (event = hyper_events_at(events, i)); i++) {
			const char *id = hyper_event_machine(event);

			ck_assert_uint_eq(hyper_event_seq(event), ++last);
			ck_assert_int_gt(hyper_event_at(event), 0);
			if (!id || strcmp(id, "eve") != 0)
				continue;
			say_event(event);
			if (removed) {
				OK(hyper_event_to_json(event, 0, &json, &err));
				ck_assert_ptr_nonnull(
					strstr(json, "\"machine\":\"eve\""));
				hyper_free(json);
				ended = true;
			}
			removed |= strcmp(hyper_event_kind(event),
					  "machine-removed") == 0;
		}
		hyper_events_free(events);
	}
	hyper_close(conn);
}
END_TEST

/* Nothing comes, and that is told when the time is over. */
START_TEST(timeout)
{
	hyper_conn *conn = CONNECT();
	uint64_t last = seq_of_list(conn);
	hyper_events *events = NULL;
	hyper_error *err = NULL;
	int64_t since = now_ms();

	OK(hyper_event_list(conn, last, 0, 1200, 0, &events, &err));
	ck_assert_uint_eq(hyper_events_count(events), 0);
	ck_assert_int_ge(now_ms() - since, 1200);
	hyper_events_free(events);
	hyper_close(conn);
}
END_TEST

/* It is under way already while somebody waits for it. */
START_TEST(woken)
{
	hyper_conn *conn = CONNECT(), *other = CONNECT();
	hyper_operation *op = NULL;
	hyper_events *events = NULL;
	hyper_error *err = NULL;
	uint64_t last;

	add_machine(conn, "late", "start:latency=1000", "event");
	OK(hyper_machine_start(conn, "late", HYPER_ASYNC, NULL, &op, &err));
	last = seq_of_list(other);
	OK(hyper_event_list(other, last, 0, UINT32_MAX, 0, &events, &err));
	ck_assert_uint_eq(hyper_event_seq(hyper_events_at(events, 0)),
			  last + 1);
	hyper_events_free(events);
	hyper_operation_free(wait_for_end(conn, hyper_operation_id(op)));
	hyper_operation_free(op);
	remove_machine(conn, "late");
	hyper_close(other);
	hyper_close(conn);
}
END_TEST

static void hear(const hyper_event *event, const hyper_error *err, void *data)
{
	atomic_uint_fast64_t *last = data;

	(void)err;
	if (event)
		atomic_store(last, hyper_event_seq(event));
}

START_TEST(one_by_one)
{
	hyper_conn *conn = CONNECT();
	uint64_t first = seq_of_list(conn), last = first, end;
	hyper_event_subscription *sub = NULL;
	hyper_event_stream *stream = NULL;
	const hyper_event *event = NULL;
	atomic_uint_fast64_t heard = first;
	hyper_error *err = NULL;

	OK(hyper_event_stream_open(conn, first, 0, &stream, &err));
	OK(hyper_event_subscribe(conn, first, 0, hear, &heard, &sub, &err));
	OK(hyper_event_stream_next(stream, 0, &event, &err));
	ck_assert_ptr_null(event);
	add_machine(conn, "stream", NULL, "event");
	remove_machine(conn, "stream");
	end = seq_of_list(conn);
	while (last < end) {
		OK(hyper_event_stream_next(stream, 20000, &event, &err));
		ck_assert_ptr_nonnull(event);
		ck_assert_uint_eq(hyper_event_seq(event), ++last);
	}
	while (atomic_load(&heard) < end)
		sleep_ms(5);
	hyper_event_unsubscribe(sub);
	hyper_event_stream_close(stream);
	hyper_close(conn);
}
END_TEST

static bool readable(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	ck_assert_int_ge(poll(&pfd, 1, timeout_ms), 0);
	return pfd.revents & POLLIN;
}

/* Read what there is: a loop of one's own does no more. */
static void read_all(hyper_event_stream *stream, uint64_t *last)
{
	const hyper_event *event = NULL;
	hyper_error *err = NULL;

	do {
		OK(hyper_event_stream_next(stream, 0, &event, &err));
		if (event)
			ck_assert_uint_eq(hyper_event_seq(event), ++*last);
	} while (event);
}

START_TEST(polled)
{
	hyper_conn *conn = CONNECT();
	uint64_t last = seq_of_list(conn), end;
	hyper_event_stream *stream = NULL;
	hyper_error *err = NULL;
	int fd = -1, again = -1;

	OK(hyper_event_stream_open(conn, last, 0, &stream, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_event_stream_fd(stream, 1u << 31, &fd, &err));
	FAILS(HYPER_ERR_INVALID, "ret_fd",
	      hyper_event_stream_fd(stream, 0, NULL, &err));
	OK(hyper_event_stream_fd(stream, 0, &fd, &err));
	OK(hyper_event_stream_fd(stream, 0, &again, &err));
	ck_assert_int_eq(fd, again);
	ck_assert(!readable(fd, 700)); /* longer than one look */
	for (int i = 0; i < 3; i++) {
		add_machine(conn, "polled", NULL, "event");
		ck_assert(readable(fd, 20000));
		ck_assert(readable(fd, 0)); /* until it is read */
		read_all(stream, &last);
		remove_machine(conn, "polled");
		end = seq_of_list(conn);
		while (last < end) {
			ck_assert(readable(fd, 20000));
			read_all(stream, &last);
		}
		ck_assert(!readable(fd, 100));
	}
	hyper_event_stream_close(stream);
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_events *events = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_INVALID, "after",
	      hyper_event_list(conn, UINT64_MAX, 0, 0, 0, &events, &err));
	FAILS(HYPER_ERR_INVALID, "limit",
	      hyper_event_list(conn, 0, HYPER_LIMIT_MAX + 1, 0, 0, &events,
			       &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_event_list(conn, 0, 0, 0, HYPER_FORCE, &events, &err));
	FAILS(HYPER_ERR_INVALID, "ret_events",
	      hyper_event_list(conn, 0, 0, 0, 0, NULL, &err));
	ck_assert_int_eq(
		hyper_event_list(conn, INT64_MAX, 0, 0, 0, &events, &err),
		HYPER_ERR_INVALID);
	ck_assert_str_eq(hyper_error_field(err), "after");
	hyper_error_free(err);
	ck_assert_ptr_null(events);
	hyper_close(conn);
}
END_TEST

TCase *event_tests(void)
{
	TCase *tests = tcase_create("event");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, story);
	tcase_add_test(tests, timeout);
	tcase_add_test(tests, woken);
	tcase_add_test(tests, one_by_one);
	tcase_add_test(tests, polled);
	tcase_add_test(tests, refused);
	return tests;
}
