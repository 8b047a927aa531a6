/* SPDX-License-Identifier: MIT */
/* Events of a state directory: in order, without a gap, or with a word. */
#include <pthread.h>
#include <stdatomic.h>

#include "processes.h"

#define WRITERS 4
#define EACH	15

/* The seq of the newest event. */
static uint64_t newest(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	uint64_t seq;

	OK(hyper_machine_list(conn, NULL, 0, &machines, &err));
	seq = hyper_machines_seq(machines);
	hyper_machines_free(machines);
	return seq;
}

static hyper_events *list(hyper_conn *conn, uint64_t after, uint32_t limit,
			  uint32_t timeout_ms)
{
	hyper_events *events = NULL;

	OK(hyper_event_list(conn, after, limit, timeout_ms, 0, &events, &err));
	return events;
}

static size_t count(hyper_conn *conn, uint64_t after)
{
	hyper_events *events = list(conn, after, 0, 0);
	size_t n = hyper_events_count(events);

	hyper_events_free(events);
	return n;
}

static void is(const hyper_event *event, uint64_t seq, const char *kind,
	       const char *machine, const char *state)
{
	ck_assert_uint_eq(hyper_event_seq(event), seq);
	ck_assert_int_gt(hyper_event_at(event), 1600000000000);
	ck_assert_str_eq(hyper_event_kind(event), kind);
	ck_assert_str_eq(hyper_event_machine(event), machine);
	ck_assert_str_eq(hyper_event_state(event), state);
}

START_TEST(order)
{
	hyper_conn *conn = state_open(0);
	hyper_events *events;
	hyper_event *copy;

	ck_assert_uint_eq(newest(conn), 0);
	ck_assert_uint_eq(count(conn, 0), 0);
	add(conn, "web", NULL);
	events = list(conn, 0, 0, 0);
	ck_assert_uint_eq(hyper_events_count(events), 3);
	is(hyper_events_at(events, 0), 1, "machine-adding", "web", "creating");
	ck_assert_uint_eq(hyper_event_operation(hyper_events_at(events, 0)), 1);
	is(hyper_events_at(events, 1), 2, "machine-state", "web", "stopped");
	is(hyper_events_at(events, 2), 3, "operation-ended", "web", "done");
	ck_assert_uint_eq(hyper_event_operation(hyper_events_at(events, 2)), 1);
	ck_assert_ptr_null(hyper_events_at(events, 3));
	copy = hyper_event_copy(hyper_events_at(events, 2));
	hyper_events_free(events);
	is(copy, 3, "operation-ended", "web", "done");
	hyper_event_free(copy);

	ck_assert_uint_eq(newest(conn), 3);
	ck_assert_uint_eq(count(conn, 3), 0);
	events = list(conn, 1, 1, 0);
	ck_assert_uint_eq(hyper_events_count(events), 1);
	ck_assert_uint_eq(hyper_event_seq(hyper_events_at(events, 0)), 2);
	hyper_events_free(events);
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = state_open(0);
	hyper_events *events = NULL;

	FAILS(HYPER_ERR_INVALID,
	      hyper_event_list(conn, 1, 0, 0, 0, &events, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_event_list(conn, UINT64_MAX, 0, 0, 0, &events, &err));
	FAILS(HYPER_ERR_INVALID, hyper_event_list(conn, 0, HYPER_LIMIT_MAX + 1,
						  0, 0, &events, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_event_list(conn, 0, 0, 0, HYPER_FORCE, &events, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_event_list(conn, 0, 0, 0, 0, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_event_list(NULL, 0, 0, 0, 0, &events, &err));
	ck_assert_ptr_null(events);
	hyper_close(conn);
}
END_TEST

/* What is gone is told of, and it is always the oldest that goes. */
START_TEST(trimmed)
{
	hyper_error *why = NULL;
	hyper_events *events;
	hyper_conn *conn;
	char text[32];
	uint64_t last;

	ck_assert_int_eq(setenv("HYPER_EVENTS_KEEP", "5", 1), 0);
	conn = state_open(0);
	for (int i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "m-%d", i);
		add(conn, text, NULL);
	}
	last = newest(conn);
	ck_assert_uint_eq(last, 12);
	ck_assert_int_eq(ask("SELECT count(*) FROM event"), 5);
	ck_assert_int_eq(ask("SELECT min(seq) FROM event"), 8);
	events = list(conn, 0, 0, 0);
	ck_assert_uint_eq(hyper_events_count(events), 5);
	ck_assert_uint_eq(hyper_event_seq(hyper_events_at(events, 0)), 8);
	hyper_events_free(events);
	ck_assert_uint_eq(count(conn, 7), 5);
	events = NULL;
	ck_assert_int_eq(hyper_event_list(conn, 6, 0, 0, 0, &events, &why),
			 HYPER_ERR_LIMIT);
	ck_assert_ptr_null(events);
	ck_assert_str_eq(hyper_error_field(why), "after");
	ck_assert_str_eq(hyper_error_message(why),
			 "the events after 6 are no longer kept: the oldest "
			 "is 8");
	hyper_error_free(why);
	hyper_close(conn);

	/* fewer: the rest goes with the next ones */
	ck_assert_int_eq(setenv("HYPER_EVENTS_KEEP", "1", 1), 0);
	conn = state_open(0);
	add(conn, "next", NULL);
	ck_assert_int_eq(ask("SELECT count(*) FROM event"), 1);
	ck_assert_uint_eq(newest(conn), last + 3);
	hyper_close(conn);
	ck_assert_int_eq(setenv("HYPER_EVENTS_KEEP", "many", 1), 0);
	conn = NULL;
	FAILS(HYPER_ERR_INVALID, hyper_open(dir, 0, &conn, &err));
	ck_assert_int_eq(setenv("HYPER_EVENTS_KEEP", "0", 1), 0);
	FAILS(HYPER_ERR_INVALID, hyper_open(dir, 0, &conn, &err));
	unsetenv("HYPER_EVENTS_KEEP");
}
END_TEST

struct waiter {
	hyper_conn *conn;
	int rc;
	uint64_t seq;
	atomic_bool ended;
};

static void *wait_main(void *data)
{
	struct waiter *waiter = data;
	hyper_events *events = NULL;

	waiter->rc = hyper_event_list(waiter->conn, 0, 0, UINT32_MAX, 0,
				      &events, NULL);
	if (waiter->rc == 0)
		waiter->seq = hyper_event_seq(hyper_events_at(events, 0));
	hyper_events_free(events);
	atomic_store(&waiter->ended, true);
	return NULL;
}

START_TEST(waits)
{
	struct waiter waiter = { .conn = state_open(0) };
	hyper_conn *other = state_open(0);
	int64_t since = hyp_mono_ms();
	pthread_t thread;

	hyper_events_free(list(other, 0, 0, 120));
	ck_assert_int_ge(hyp_mono_ms() - since, 120);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_main, &waiter), 0);
	add(other, "web", NULL);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(waiter.rc, 0);
	ck_assert_uint_eq(waiter.seq, 1);
	hyper_close(other);
	hyper_close(waiter.conn);
}
END_TEST

START_TEST(cancelled)
{
	struct waiter waiter = { .conn = state_open(0) };
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, wait_main, &waiter), 0);
	/* It may not have begun yet. */
	while (!atomic_load(&waiter.ended)) {
		OK(hyper_conn_cancel(waiter.conn, 0, &err));
		hyp_sleep_ms(10);
	}
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(waiter.rc, HYPER_ERR_CANCELLED);
	hyper_close(waiter.conn);
}
END_TEST

static int child(const char *state, const char *name)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int rc = hyper_open(state, 0, &conn, &err);

	for (int i = 0; i < EACH && rc == 0; i++) {
		hyper_machine *spec = hyper_machine_new();
		char id[32];

		snprintf(id, sizeof(id), "own-%s-%d", name, i);
		rc = hyper_machine_set_id(spec, id, &err);
		if (rc == 0)
			rc = hyper_machine_set_image(spec, "demo", &err);
		if (rc == 0)
			rc = hyper_machine_set_type(spec, "test", &err);
		if (rc == 0)
			rc = hyper_machine_add(conn, spec, 0, NULL, NULL, &err);
		hyper_machine_free(spec);
	}
	if (rc)
		tell_error(rc, err);
	hyper_error_free(err);
	hyper_close(conn);
	return rc ? 1 : 0;
}

/* Several processes write at once. Whoever reads meanwhile sees every number,
 * each right after the one before: none comes late. */
START_TEST(no_gap)
{
	hyper_conn *conn = state_open(0);
	pid_t pids[WRITERS];
	uint64_t last = 0;
	int ended = 0;

	for (int i = 0; i < WRITERS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		pids[i] = spawn_self(NULL, dir, name);
	}
	while (ended < WRITERS * EACH) {
		hyper_events *events = list(conn, last, 7, 60000);
		const hyper_event *event;

		ck_assert_uint_gt(hyper_events_count(events), 0);
		for (size_t i = 0; (event = hyper_events_at(events, i)); i++) {
			ck_assert_uint_eq(hyper_event_seq(event), ++last);
			ended += strcmp(hyper_event_kind(event),
					"operation-ended") == 0;
		}
		hyper_events_free(events);
	}
	end_well(pids, WRITERS);
	ck_assert_uint_eq(last, newest(conn));
	hyper_close(conn);
}
END_TEST

/* A list and what comes after its number are all there is. */
START_TEST(list_and_after)
{
	hyper_conn *conn = state_open(0);
	uint64_t seq;

	add(conn, "web", NULL);
	seq = newest(conn);
	add(conn, "db", NULL);
	ck_assert_uint_eq(count(conn, seq), 3);
	ck_assert_uint_eq(newest(conn), seq + 3);
	hyper_close(conn);
}
END_TEST

/* One by one: over the end of what was fetched, and by the clock. */
START_TEST(one_by_one)
{
	hyper_conn *conn = state_open(0);
	hyper_event_stream *stream = NULL;
	const hyper_event *event = NULL;

	FAILS(HYPER_ERR_INVALID,
	      hyper_event_stream_open(conn, 1, 0, &stream, &err));
	ck_assert_ptr_null(stream);
	OK(hyper_event_stream_open(conn, 0, 0, &stream, &err));
	OK(hyper_event_stream_next(stream, 0, &event, &err));
	ck_assert_ptr_null(event);
	for (uint64_t seq = 1; seq <= 150; seq++) {
		char id[16];

		/* three at a time, then many more than are fetched at once */
		if (seq % 3 == 1 && seq <= 10) {
			snprintf(id, sizeof(id), "m-%d", (int)seq);
			add(conn, id, NULL);
		}
		for (int i = 0; seq == 13 && i < 46; i++) {
			snprintf(id, sizeof(id), "n-%d", i);
			add(conn, id, NULL);
		}
		OK(hyper_event_stream_next(stream, 0, &event, &err));
		ck_assert_ptr_nonnull(event);
		ck_assert_uint_eq(hyper_event_seq(event), seq);
	}
	OK(hyper_event_stream_next(stream, 10, &event, &err));
	ck_assert_ptr_null(event);
	hyper_event_stream_close(stream);
	hyper_event_stream_close(NULL);
	hyper_close(conn);
}
END_TEST

/* A reader that is too slow is told so, every time. */
START_TEST(slow_reader)
{
	hyper_event_stream *stream = NULL;
	const hyper_event *event = NULL;
	hyper_conn *conn;

	ck_assert_int_eq(setenv("HYPER_EVENTS_KEEP", "4", 1), 0);
	conn = state_open(0);
	add(conn, "a", NULL);
	OK(hyper_event_stream_open(conn, 2, 0, &stream, &err));
	OK(hyper_event_stream_next(stream, 0, &event, &err));
	ck_assert_uint_eq(hyper_event_seq(event), 3);
	add(conn, "b", NULL);
	add(conn, "c", NULL);
	for (int i = 0; i < 2; i++)
		FAILS(HYPER_ERR_LIMIT,
		      hyper_event_stream_next(stream, 0, &event, &err));
	hyper_event_stream_close(stream);
	hyper_close(conn);
	unsetenv("HYPER_EVENTS_KEEP");
}
END_TEST

struct heard {
	atomic_uint_fast64_t last;
	atomic_bool wrong;
	atomic_int end;
};

static void hear(const hyper_event *event, const hyper_error *err, void *data)
{
	struct heard *heard = data;

	if (!event)
		atomic_store(&heard->end, hyper_error_code(err));
	else if (atomic_fetch_add(&heard->last, 1) + 1 !=
		 hyper_event_seq(event))
		atomic_store(&heard->wrong, true);
}

START_TEST(subscription)
{
	hyper_conn *conn = state_open(0);
	hyper_event_subscription *sub = NULL;
	struct heard heard = { 0 };

	FAILS(HYPER_ERR_INVALID,
	      hyper_event_subscribe(conn, 0, 0, NULL, NULL, &sub, &err));
	add(conn, "before", NULL);
	OK(hyper_event_subscribe(conn, 0, 0, hear, &heard, &sub, &err));
	add(conn, "after", NULL);
	WAIT_FOR(atomic_load(&heard.last) == 6);
	hyper_event_unsubscribe(sub);
	add(conn, "late", NULL);
	ck_assert_uint_eq(atomic_load(&heard.last), 6);
	ck_assert(!atomic_load(&heard.wrong));
	ck_assert_int_eq(atomic_load(&heard.end), 0);

	/* its end is told */
	sub = NULL;
	OK(hyper_event_subscribe(conn, 6, 0, hear, &heard, &sub, &err));
	WAIT_FOR(atomic_load(&heard.last) == 9);
	while (!atomic_load(&heard.end)) {
		OK(hyper_conn_cancel(conn, 0, &err));
		hyp_sleep_ms(5);
	}
	ck_assert_int_eq(atomic_load(&heard.end), HYPER_ERR_CANCELLED);
	hyper_event_unsubscribe(sub);
	hyper_event_unsubscribe(NULL);
	hyper_close(conn);
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tests;
	Suite *suite;
	SRunner *runner;
	int failed;

	if (argc == 3)
		return child(argv[1], argv[2]);
	tests = tcase_create("event");
	suite = suite_create("event");
	tcase_add_checked_fixture(tests, state_setup, state_teardown);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, order);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, trimmed);
	tcase_add_test(tests, waits);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, no_gap);
	tcase_add_test(tests, list_and_after);
	tcase_add_test(tests, one_by_one);
	tcase_add_test(tests, slow_reader);
	tcase_add_test(tests, subscription);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
