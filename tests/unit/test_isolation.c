/* SPDX-License-Identifier: MIT */
/*
 * A driver that hangs holds up nobody but who waits for it. That is told by
 * order, not by time: what hangs never ends by itself, so whatever completes
 * while it is still open has not waited for it.
 */
#include <pthread.h>

#include "state.h"

#define HUNG   50
#define OTHERS 20

static uint64_t hung[HUNG];

static const char *name_of(const char *what, int number)
{
	static _Thread_local char id[32];

	snprintf(id, sizeof(id), "%s-%d", what, number);
	return id;
}

/* Fifty machines, whose starts never come back. */
static void hang(hyper_conn *conn)
{
	for (int i = 0; i < HUNG; i++) {
		add(conn, name_of("hung", i), "start:hang");
		hung[i] = start_async(conn, name_of("hung", i));
	}
	for (int i = 0; i < HUNG; i++)
		WAIT_FOR(op_state(conn, hung[i]) == HYPER_OP_RUNNING);
}

static void all_hang(hyper_conn *conn)
{
	for (int i = 0; i < HUNG; i++)
		ck_assert_int_eq(op_state(conn, hung[i]), HYPER_OP_RUNNING);
}

/* Closing waits for them, so they are cancelled: each ends, and its machine is
 * free for the next call. */
static void let_go(hyper_conn *conn)
{
	for (int i = 0; i < HUNG; i++)
		OK(hyper_operation_cancel(conn, hung[i], 0, NULL, &err));
	for (int i = 0; i < HUNG; i++)
		op_ends(conn, hung[i], HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	for (int i = 0; i < HUNG; i++)
		OK(hyper_machine_remove(conn, name_of("hung", i), HYPER_FORCE,
					NULL, &err));
}

static size_t count(hyper_conn *conn, const char *filter)
{
	hyper_query *query = hyper_query_new();
	hyper_machines *machines = NULL;
	size_t n;

	hyper_query_set_filter(query, filter);
	OK(hyper_machine_list(conn, query, 0, &machines, &err));
	n = hyper_machines_count(machines);
	hyper_machines_free(machines);
	hyper_query_free(query);
	return n;
}

/* Everything that one can do with machines that do not hang. */
static void live(hyper_conn *conn, const char *what)
{
	for (int i = 0; i < OTHERS; i++) {
		add(conn, name_of(what, i), NULL);
		OK(hyper_machine_start(conn, name_of(what, i), 0, NULL, NULL,
				       &err));
		ck_assert_int_eq(state_of(conn, name_of(what, i)),
				 HYPER_STATE_RUNNING);
		OK(hyper_machine_stop(conn, name_of(what, i), 0, 0, NULL, NULL,
				      &err));
	}
	for (int i = 0; i < OTHERS; i++)
		OK(hyper_machine_remove(conn, name_of(what, i), 0, NULL, &err));
}

START_TEST(test_others_go_on)
{
	hyper_conn *conn = state_open(0), *other = state_open(0);

	hang(conn);
	live(conn, "mine");
	live(other, "theirs");
	all_hang(other);
	let_go(conn);
	hyper_close(other);
	hyper_close(conn);
}
END_TEST

/* What hangs is read like all else, also when the engine cannot be looked at
 * any more. */
START_TEST(test_reads_go_on)
{
	hyper_conn *conn;

	setenv("HYPER_TEST_SCRIPT", "list:hang;inspect:hang;probe:hang", 1);
	conn = state_open(0);
	hang(conn);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < HUNG; i++)
			ck_assert_int_eq(state_of(conn, name_of("hung", i)),
					 HYPER_STATE_STARTING);
		ck_assert_uint_eq(count(conn, "state=starting"), HUNG);
		ck_assert_uint_eq(open_ops(conn), HUNG);
	}
	live(conn, "mine");
	/* The looks are given up on: reads answer with what is known. */
	{
		hyper_machine *machine = NULL;

		OK(hyper_machine_get(conn, "hung-0", HYPER_REFRESH, &machine,
				     &err));
		ck_assert_int_eq(hyper_machine_state(machine),
				 HYPER_STATE_STARTING);
		hyper_machine_free(machine);
	}
	all_hang(conn);
	let_go(conn);
	hyper_close(conn);
}
END_TEST

struct worker {
	hyper_conn *conn;
	char what[16];
	pthread_t thread;
};

static void *work(void *data)
{
	struct worker *worker = data;

	live(worker->conn, worker->what);
	return NULL;
}

/* Nor do they hold up many threads at once. */
START_TEST(test_threads_go_on)
{
	hyper_conn *conn = state_open(0);
	struct worker workers[4] = { { 0 } };

	hang(conn);
	for (size_t i = 0; i < HYP_COUNT(workers); i++) {
		workers[i].conn = conn;
		snprintf(workers[i].what, sizeof(workers[i].what), "w%zu", i);
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work,
						&workers[i]),
				 0);
	}
	for (size_t i = 0; i < HYP_COUNT(workers); i++)
		pthread_join(workers[i].thread, NULL);
	ck_assert_uint_eq(count(conn, "state=starting"), HUNG);
	all_hang(conn);
	let_go(conn);
	hyper_close(conn);
}
END_TEST

/* Nobody cancels it: its deadline does. (The shortest there is: that of a stop
 * which gives the guest no time, 30 s.) */
START_TEST(test_deadline)
{
	hyper_conn *conn = state_open(0);
	hyper_operation *op = NULL;
	uint64_t id;

	add(conn, "box", "stop:hang");
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	OK(hyper_machine_stop(conn, "box", 0, HYPER_ASYNC, NULL, &op, &err));
	id = number_of(op);
	op = NULL;
	OK(hyper_operation_wait(conn, id, 100000, 0, &op, &err));
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_FAILED);
	ck_assert_int_eq(hyper_error_code(hyper_operation_error(op)),
			 HYPER_ERR_TIMEOUT);
	hyper_operation_free(op);
	/* The machine is not lost with it. */
	OK(hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	ck_assert(!engine_has("box"));
	hyper_close(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isolation");
	TCase *tcase = tcase_create("isolation");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_others_go_on);
	tcase_add_test(tcase, test_reads_go_on);
	tcase_add_test(tcase, test_threads_go_on);
	tcase_add_test(tcase, test_deadline);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
