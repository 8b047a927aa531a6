/* SPDX-License-Identifier: MIT */
/* Force does not wait for what hangs before it. */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "local/job.h"
#include "state.h"

extern char **environ;

/* It ended for another, and says for which. */
static void is_overtaken(hyper_conn *conn, uint64_t id, const char *by)
{
	hyper_operation *op = op_end(conn, id);
	const hyper_error *why = hyper_operation_error(op);

	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_CANCELLED);
	ck_assert_int_eq(hyper_error_code(why), HYPER_ERR_CANCELLED);
	ck_assert_str_eq(hyper_error_message(why), by);
	hyper_operation_free(op);
}

static uint64_t stop_async(hyper_conn *conn, const char *id, uint32_t ms,
			   uint32_t flags)
{
	hyper_operation *op = NULL;

	OK(hyper_machine_stop(conn, id, ms, flags | HYPER_ASYNC, NULL, &op,
			      &err));
	return number_of(op);
}

static uint64_t remove_async(hyper_conn *conn, const char *id)
{
	hyper_operation *op = NULL;

	OK(hyper_machine_remove(conn, id, HYPER_FORCE | HYPER_ASYNC, &op,
				&err));
	return number_of(op);
}

static const char *overtaker(uint64_t id)
{
	static char text[80];

	snprintf(text, sizeof(text), "operation %llu has overtaken it by force",
		 (unsigned long long)id);
	return text;
}

/* A driver that never comes back holds up neither what runs nor what waits. */
START_TEST(test_stop_overtakes_start)
{
	hyper_conn *conn = state_open(0);
	uint64_t first, second, stop;

	add(conn, "box", "start:hang");
	first = start_async(conn, "box");
	second = start_async(conn, "box");
	WAIT_FOR(op_state(conn, first) == HYPER_OP_RUNNING);
	stop = stop_async(conn, "box", 0, HYPER_FORCE);
	op_ends(conn, stop, HYPER_OP_DONE, 0);
	is_overtaken(conn, first, overtaker(stop));
	is_overtaken(conn, second, overtaker(stop));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* A guest that takes its time is killed when somebody says so. */
START_TEST(test_force_overtakes_patience)
{
	hyper_conn *conn = state_open(0);
	uint64_t patient, stop;

	add(conn, "box", "stop:ignore");
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	patient = stop_async(conn, "box", 3600000, 0);
	WAIT_FOR(op_state(conn, patient) == HYPER_OP_RUNNING);
	stop = stop_async(conn, "box", 0, HYPER_FORCE);
	op_ends(conn, stop, HYPER_OP_DONE, 0);
	is_overtaken(conn, patient, overtaker(stop));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* What is done by force is not done twice, nor is a stop without force in a
 * hurry, and the stop of a machine that is being made waits for it. */
START_TEST(test_what_is_not_overtaken)
{
	hyper_conn *conn = state_open(0);
	uint64_t made, first, second, third;

	made = add_async(conn, "new", "add:latency=300");
	first = stop_async(conn, "new", 0, HYPER_FORCE);
	op_ends(conn, made, HYPER_OP_DONE, 0);
	op_ends(conn, first, HYPER_OP_DONE, 0);

	add(conn, "box", "stop:latency=300");
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	first = stop_async(conn, "box", 0, HYPER_FORCE);
	second = stop_async(conn, "box", 0, HYPER_FORCE);
	third = stop_async(conn, "box", 0, 0);
	op_ends(conn, first, HYPER_OP_DONE, 0);
	op_ends(conn, second, HYPER_OP_DONE, 0);
	op_ends(conn, third, HYPER_OP_DONE, 0);
	hyper_close(conn);
}
END_TEST

/* Each operation that hangs, and a stop by force before it. */
START_TEST(test_remove_overtakes_all)
{
	static const char *const scripts[] = { "add:hang", "add@3:hang",
					       "start@3:hang", "stop:hang" };
	uint64_t hung[HYP_COUNT(scripts)], removed;
	hyper_conn *conn = state_open(0);
	char id[16];

	for (size_t i = 0; i < HYP_COUNT(scripts); i++) {
		snprintf(id, sizeof(id), "box-%zu", i);
		if (i < 2) {
			hung[i] = add_async(conn, id, scripts[i]);
		} else {
			add(conn, id, scripts[i]);
			hung[i] = start_async(conn, id);
		}
		if (i == 3) {
			op_ends(conn, hung[i], HYPER_OP_DONE, 0);
			hung[i] = stop_async(conn, id, 0, HYPER_FORCE);
		}
		WAIT_FOR(op_state(conn, hung[i]) == HYPER_OP_RUNNING);
	}
	for (size_t i = 0; i < HYP_COUNT(scripts); i++) {
		snprintf(id, sizeof(id), "box-%zu", i);
		removed = remove_async(conn, id);
		op_ends(conn, removed, HYPER_OP_DONE, 0);
		is_overtaken(conn, hung[i], overtaker(removed));
		ck_assert_int_eq(state_of(conn, id), 0);
		ck_assert(!engine_has(id));
	}
	hyper_close(conn);
}
END_TEST

/* An add that listens takes back what it has made; then there is nothing to
 * remove any more. */
START_TEST(test_remove_overtakes_add)
{
	hyper_conn *conn = state_open(0);
	uint64_t made, removed;

	made = add_async(conn, "box", "add@2:latency=3600000");
	WAIT_FOR(engine_has("box"));
	removed = remove_async(conn, "box");
	op_ends(conn, removed, HYPER_OP_FAILED, HYPER_ERR_NOT_FOUND);
	is_overtaken(conn, made, overtaker(removed));
	ck_assert_int_eq(state_of(conn, "box"), 0);
	ck_assert(!engine_has("box"));
	hyper_close(conn);
}
END_TEST

/* Nor for the look at what a failed start has left: that failed by itself, and
 * says so. */
START_TEST(test_stop_overtakes_look)
{
	hyper_conn *conn = state_open(0);
	hyper_operation *op;
	uint64_t first, stop;

	add(conn, "box", "start:error=DRIVER;inspect:hang");
	first = start_async(conn, "box");
	WAIT_FOR(op_state(conn, first) == HYPER_OP_RUNNING);
	stop = stop_async(conn, "box", 0, HYPER_FORCE);
	op_ends(conn, stop, HYPER_OP_DONE, 0);
	op = op_end(conn, first);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_FAILED);
	ck_assert_int_eq(hyper_error_code(hyper_operation_error(op)),
			 HYPER_ERR_DRIVER);
	hyper_operation_free(op);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* A start that succeeds behind the stop after all: the machine runs, and that
 * is what is told. */
START_TEST(test_late_start_behind_stop)
{
	hyper_conn *conn = state_open(0);
	uint64_t start, stop;

	add(conn, "box", "start:deaf=4000");
	start = start_async(conn, "box");
	WAIT_FOR(op_state(conn, start) == HYPER_OP_RUNNING);
	stop = stop_async(conn, "box", 0, HYPER_FORCE);
	op_ends(conn, stop, HYPER_OP_DONE, 0);
	is_overtaken(conn, start, overtaker(stop));
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	/* Now it stays stopped: nothing is left that could start it. */
	OK(hyper_machine_stop(conn, "box", 0, HYPER_FORCE, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* Many at once, of several connections, in a queue that hangs: all that force
 * does not overtake comes to its end, and nothing stays open. */
START_TEST(test_many_by_force)
{
	hyper_conn *conns[2] = { state_open(0), state_open(0) };
	uint64_t start, stops[20];

	add(conns[0], "box", "start:hang");
	start = start_async(conns[0], "box");
	for (size_t i = 0; i < HYP_COUNT(stops); i++)
		stops[i] = stop_async(conns[i % 2], "box", 0, HYPER_FORCE);
	for (size_t i = 0; i < HYP_COUNT(stops); i++)
		op_ends(conns[0], stops[i], HYPER_OP_DONE, 0);
	is_overtaken(conns[0], start, overtaker(stops[0]));
	ck_assert_uint_eq(open_ops(conns[1]), 0);
	ck_assert_int_eq(state_of(conns[1], "box"), HYPER_STATE_STOPPED);
	hyper_close(conns[1]);
	hyper_close(conns[0]);
}
END_TEST

/* Operations whose calls of the driver never come back: it has given up. */
static void hang(hyper_conn *conn, size_t first, size_t n)
{
	uint64_t hung[64];
	char id[16];

	ck_assert_uint_le(n, HYP_COUNT(hung));
	for (size_t i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "hung-%zu", first + i);
		add(conn, id, "start:hang");
		hung[i] = start_async(conn, id);
	}
	for (size_t i = 0; i < n; i++)
		WAIT_FOR(op_state(conn, hung[i]) == HYPER_OP_RUNNING);
	for (size_t i = 0; i < n; i++)
		OK(hyper_operation_cancel(conn, hung[i], 0, NULL, &err));
	for (size_t i = 0; i < n; i++)
		op_ends(conn, hung[i], HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
}

/* A driver that gets no more calls does not stop anything either: that is said,
 * what was before is cancelled all the same, and the machine is as it was. */
START_TEST(test_no_more_calls)
{
	hyper_conn *conn = state_open(0);
	uint64_t start, stop;

	add(conn, "box", "start:latency=3600000");
	start = start_async(conn, "box");
	for (size_t i = 0; i < HYP_JOB_HUNG_MAX; i += 32)
		hang(conn, i, 32);
	ck_assert_int_eq(op_state(conn, start), HYPER_OP_RUNNING);
	stop = stop_async(conn, "box", 0, HYPER_FORCE);
	is_overtaken(conn, start, overtaker(stop));
	op_ends(conn, stop, HYPER_OP_FAILED, HYPER_ERR_TIMEOUT);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* In a process of its own: run one operation that hangs. */
static int child(const char *state)
{
	hyper_conn *conn = NULL;
	int rc;

	if (hyper_open(state, 0, &conn, NULL))
		return 1;
	rc = hyper_machine_start(conn, "box", 0, NULL, NULL, NULL);
	hyper_close(conn);
	return rc == HYPER_ERR_CANCELLED ? 0 : 1;
}

START_TEST(test_among_processes)
{
	char self[] = "/proc/self/exe";
	char *argv[] = { self, dir, NULL };
	hyper_conn *conn = state_open(0);
	pid_t pid;
	int status;

	add(conn, "box", "start:hang");
	ck_assert_int_eq(posix_spawn(&pid, self, NULL, NULL, argv, environ), 0);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_STARTING);
	OK(hyper_machine_stop(conn, "box", 0, HYPER_FORCE, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	hyper_close(conn);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 2)
		return child(argv[1]);
	suite = suite_create("overtake");
	tcase = tcase_create("overtake");
	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, test_stop_overtakes_start);
	tcase_add_test(tcase, test_force_overtakes_patience);
	tcase_add_test(tcase, test_what_is_not_overtaken);
	tcase_add_test(tcase, test_remove_overtakes_all);
	tcase_add_test(tcase, test_remove_overtakes_add);
	tcase_add_test(tcase, test_stop_overtakes_look);
	tcase_add_test(tcase, test_late_start_behind_stop);
	tcase_add_test(tcase, test_many_by_force);
	tcase_add_test(tcase, test_no_more_calls);
	tcase_add_test(tcase, test_among_processes);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
