/* SPDX-License-Identifier: MIT */
/* Operations and observers: what they promise when things go wrong. */
#include <pthread.h>
#include <stdatomic.h>

#include "state.h"

static _Atomic int late_lines;

static void on_log(int level, const char *text, void *data)
{
	(void)level;
	(void)data;
	if (strstr(text, "answered after all"))
		atomic_fetch_add(&late_lines, 1);
}

/* The one that came first is over before it hears that it is overtaken, or on a
 * busy machine it is overtaken: one of both removes the machine. */
static void one_removes(hyper_conn *conn, uint64_t first, uint64_t second)
{
	hyper_operation *op = op_end(conn, first);

	if (hyper_operation_state(op) == HYPER_OP_DONE)
		op_ends(conn, second, HYPER_OP_FAILED, HYPER_ERR_NOT_FOUND);
	else
		op_ends(conn, second, HYPER_OP_DONE, 0);
	hyper_operation_free(op);
}

/* A second `remove` was meant for the machine that the first one removes, not
 * for another that gets its name meanwhile. */
START_TEST(test_name_is_taken_again)
{
	hyper_conn *conn = state_open(0), *other = state_open(0);
	hyper_machine *spec = spec_of("box", NULL);

	for (int i = 0; i < 20; i++) {
		hyper_operation *op = NULL;
		uint64_t first, second;
		int rc, end;

		add(conn, "box", "remove:latency=20");
		OK(hyper_machine_remove(conn, "box", HYPER_ASYNC, &op, &err));
		first = number_of(op);
		op = NULL;
		OK(hyper_machine_remove(conn, "box", HYPER_ASYNC | HYPER_FORCE,
					&op, &err));
		second = number_of(op);
		do
			rc = hyper_machine_add(other, spec, 0, NULL, NULL,
					       NULL);
		while (rc == HYPER_ERR_EXISTS);
		ck_assert_int_eq(rc, 0);
		one_removes(conn, first, second);
		end = state_of(conn, "box");
		ck_assert_int_eq(end, HYPER_STATE_STOPPED);
		ck_assert(engine_has("box"));
		OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
	}
	hyper_machine_free(spec);
	hyper_close(other);
	hyper_close(conn);
}
END_TEST

/* What was known was old: it is looked up, and the call succeeds, without a
 * trace of the refusal. */
START_TEST(test_old_knowledge)
{
	hyper_conn *conn = state_open(0);
	hyper_operation *op = NULL;
	hyper_machine *machine = NULL;
	char path[128], aside[140];

	add(conn, "box", NULL);
	engine_path(path, "box");
	snprintf(aside, sizeof(aside), "%s.aside", path);
	ck_assert_int_eq(rename(path, aside), 0);
	OK(hyper_machine_get(conn, "box", HYPER_REFRESH, &machine, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_MISSING);
	hyper_machine_free(machine);
	FAILS(HYPER_ERR_STATE,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	ck_assert_int_eq(rename(aside, path), 0);
	machine = NULL;
	OK(hyper_machine_start(conn, "box", 0, &machine, &op, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	ck_assert_ptr_null(hyper_operation_error(op));
	hyper_operation_free(op);
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

START_TEST(test_nothing_to_do_changes_nothing)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *first = NULL, *second = NULL;

	add(conn, "box", NULL);
	OK(hyper_machine_start(conn, "box", 0, &first, NULL, &err));
	OK(hyper_machine_start(conn, "box", 0, &second, NULL, &err));
	ck_assert_uint_eq(hyper_machine_generation(first),
			  hyper_machine_generation(second));
	hyper_machine_free(first);
	hyper_machine_free(second);
	hyper_close(conn);
}
END_TEST

/* A snapshot of one machine can be the record of the next. */
START_TEST(test_copy_of_a_machine)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *first = NULL, *spec, *second = NULL;

	add(conn, "one", NULL);
	OK(hyper_machine_start(conn, "one", 0, &first, NULL, &err));
	ck_assert_ptr_nonnull(hyper_machine_address(first, 0));
	spec = hyper_machine_copy(first);
	OK(hyper_machine_set_id(spec, "two", &err));
	OK(hyper_machine_add(conn, spec, 0, &second, NULL, &err));
	ck_assert_str_ne(hyper_machine_uuid(first), hyper_machine_uuid(second));
	ck_assert_str_ne(hyper_machine_handle(first),
			 hyper_machine_handle(second));
	ck_assert_ptr_null(hyper_machine_address(second, 0));
	ck_assert_int_eq(hyper_machine_state(second), HYPER_STATE_STOPPED);
	hyper_machine_free(first);
	hyper_machine_free(second);
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

/* An add that was given up comes to its end behind the removal: the engine
 * must not keep what nobody knows of. */
START_TEST(test_late_add_is_taken_back)
{
	hyper_conn *conn = state_open(0);
	uint64_t id;

	hyper_log_set(on_log, HYPER_LOG_INFO, NULL);
	id = add_async(conn, "box", "add:deaf=2500");
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	op_ends(conn, id, HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_ERROR);
	OK(hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	ck_assert(!engine_has("box"));
	WAIT_FOR(atomic_load(&late_lines) > 0);
	WAIT_FOR(!engine_has("box"));
	hyper_log_set(NULL, 0, NULL);
	hyper_close(conn);
}
END_TEST

/* One that nobody removed is what the engine then says. */
START_TEST(test_late_start_is_seen)
{
	hyper_conn *conn = state_open(0);
	uint64_t id;

	add(conn, "box", "start:deaf=2000");
	id = start_async(conn, "box");
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	op_ends(conn, id, HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_ERROR);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

/* A driver that hangs while it opens has touched nothing, and will not. */
START_TEST(test_hung_open)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;
	uint64_t id;

	add(conn, "box", NULL);
	hyper_close(conn);
	setenv("HYPER_TEST_SCRIPT", "open:deaf=2500", 1);
	conn = state_open(0);
	id = start_async(conn, "box");
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	op_ends(conn, id, HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	id = add_async(conn, "new", NULL);
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	op_ends(conn, id, HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	ck_assert_int_eq(state_of(conn, "new"), 0);
	/* waits until it is open */
	OK(hyper_machine_stop(conn, "box", 0, 0, &machine, NULL, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	hyper_machine_free(machine);
	ck_assert(!engine_has("new"));
	hyper_close(conn);
}
END_TEST

/* A machine removed behind our back is missing, and can be removed. */
START_TEST(test_observer_sees)
{
	hyper_conn *conn = state_open(0);
	char path[128];

	add(conn, "box", NULL);
	engine_path(path, "box");
	ck_assert_int_eq(unlink(path), 0);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
	hyper_close(conn);
}
END_TEST

struct starter {
	hyper_conn *conn;
	int failures;
};

static void *start_many(void *data)
{
	struct starter *starter = data;

	for (int i = 0; i < 25; i++) {
		hyper_operation *op = NULL;

		if (hyper_machine_start(starter->conn, "box", HYPER_ASYNC, NULL,
					&op, NULL))
			starter->failures++;
		hyper_operation_free(op);
	}
	return NULL;
}

/* Many wait in one queue, while observers and readers look. */
/* A process that asks for nothing hears what happened before it came. */
START_TEST(test_observes_from_the_opening)
{
	hyper_conn *conn = state_open(0);
	char path[128];

	add(conn, "box", NULL);
	hyper_close(conn);
	snprintf(path, sizeof(path), "%s/test/box.machine", dir);
	ck_assert_int_eq(unlink(path), 0);
	conn = state_open(0);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	hyper_close(conn);
}
END_TEST

struct waiter {
	hyper_conn *conn;
	uint64_t id;
	_Atomic bool begun;
	_Atomic int rc;
};

static void *wait_long(void *data)
{
	struct waiter *waiter = data;
	hyper_operation *op = NULL;

	atomic_store(&waiter->begun, true);
	atomic_store(&waiter->rc, hyper_operation_wait(waiter->conn, waiter->id,
						       UINT32_MAX, 0, &op, NULL)
					  ?: 1);
	hyper_operation_free(op);
	return NULL;
}

/* hyper_conn_cancel() is for one's own operations and waits only. */
START_TEST(test_cancel_of_a_connection)
{
	hyper_conn *mine = state_open(0), *theirs = state_open(0);
	struct waiter waiter = { .conn = mine };
	pthread_t thread;
	hyper_operation *op = NULL;
	uint64_t id[2];

	add(mine, "box", "start:latency=10000");
	add(mine, "other", "start:latency=3000");
	id[0] = start_async(mine, "box");
	id[1] = start_async(theirs, "other");
	waiter.id = id[1];
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_long, &waiter), 0);
	WAIT_FOR(atomic_load(&waiter.begun));
	/* The thread is about to wait: until it does, once more. */
	while (!atomic_load(&waiter.rc)) {
		OK(hyper_conn_cancel(mine, 0, &err));
		hyp_sleep_ms(5);
	}
	pthread_join(thread, NULL);
	ck_assert_int_eq(waiter.rc, HYPER_ERR_CANCELLED);
	OK(hyper_operation_wait(mine, id[0], 20000, 0, &op, &err));
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_CANCELLED);
	hyper_operation_free(op);
	OK(hyper_operation_wait(mine, id[1], 20000, 0, &op, &err));
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	hyper_operation_free(op);
	hyper_close(theirs);
	hyper_close(mine);
}
END_TEST

START_TEST(test_long_queue)
{
	struct starter starters[4] = { { 0 } };
	pthread_t threads[4];
	hyper_conn *conns[2] = { state_open(0), state_open(0) };

	add(conns[0], "box", "start:latency=1");
	for (int i = 0; i < 4; i++) {
		starters[i].conn = conns[i % 2];
		ck_assert_int_eq(pthread_create(&threads[i], NULL, start_many,
						&starters[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(starters[i].failures, 0);
	}
	WAIT_FOR(open_ops(conns[0]) == 0);
	ck_assert_int_eq(state_of(conns[0], "box"), HYPER_STATE_RUNNING);
	hyper_close(conns[1]);
	hyper_close(conns[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("engine");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_name_is_taken_again);
	tcase_add_test(tcase, test_old_knowledge);
	tcase_add_test(tcase, test_nothing_to_do_changes_nothing);
	tcase_add_test(tcase, test_copy_of_a_machine);
	tcase_add_test(tcase, test_late_add_is_taken_back);
	tcase_add_test(tcase, test_late_start_is_seen);
	tcase_add_test(tcase, test_hung_open);
	tcase_add_test(tcase, test_observer_sees);
	tcase_add_test(tcase, test_observes_from_the_opening);
	tcase_add_test(tcase, test_cancel_of_a_connection);
	tcase_add_test(tcase, test_long_queue);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
