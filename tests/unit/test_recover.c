/* SPDX-License-Identifier: MIT */
/*
 * A process dies at each step of each change; the next one to open the state
 * must find or make everything whole. The test driver keeps its machines in
 * files here, as a real engine would.
 */
#include <check.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <hyper/hyper.h>

#include "scratch.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/text.h"
#include "util/time.h"

extern char **environ;

static char dir[64];

static void setup(void)
{
	ck_assert_ptr_nonnull(scratch_make(dir, sizeof(dir)));
	ck_assert_int_eq(setenv("HYPER_TEST_KEEP", "yes", 1), 0);
}

static void teardown(void)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };

	ck_assert_int_eq(hyp_run(argv, -1, NULL, NULL, NULL), 0);
}

static hyper_conn *open_state(void)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;

	hyper_open(dir, 0, &conn, &err);
	ck_assert_msg(conn != NULL, "%s", hyper_error_message(err));
	return conn;
}

static int add(hyper_conn *conn, const char *script, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	int rc = hyper_machine_set_id(spec, "box", err);

	if (rc == 0)
		rc = hyper_machine_set_image(spec, "demo", err);
	if (rc == 0)
		rc = hyper_machine_set_type(spec, "test", err);
	if (rc == 0 && *script)
		rc = hyper_machine_set_option(spec, "script", script, err);
	if (rc == 0)
		rc = hyper_machine_add(conn, spec, 0, NULL, NULL, err);
	hyper_machine_free(spec);
	return rc;
}

static int change(hyper_conn *conn)
{
	hyper_changes *changes = hyper_changes_new();
	int rc =
		hyper_changes_set_mem(changes, 77, NULL) ||
		hyper_changes_set_label(changes, "a", "b", NULL) ||
		hyper_machine_change(conn, "box", changes, 0, NULL, NULL, NULL);

	hyper_changes_free(changes);
	return rc;
}

/* In a process of its own: DIR ACTION. Does not come back from a crash. */
static int child(const char *state, const char *action)
{
	hyper_conn *conn;
	int rc = hyper_open(state, 0, &conn, NULL);

	if (rc)
		return 2;
	if (strcmp(action, "add") == 0)
		rc = add(conn, "", NULL);
	else if (strcmp(action, "start") == 0)
		rc = hyper_machine_start(conn, "box", 0, NULL, NULL, NULL);
	else if (strcmp(action, "stop") == 0)
		rc = hyper_machine_stop(conn, "box", 0, 0, NULL, NULL, NULL);
	else if (strcmp(action, "change") == 0)
		rc = change(conn);
	else
		rc = hyper_machine_remove(conn, "box", 0, NULL, NULL);
	hyper_close(conn);
	return rc ? 3 : 0;
}

static pid_t start_child(const char *action)
{
	char self[] = "/proc/self/exe", name[16];
	char *argv[] = { self, dir, name, NULL };
	pid_t pid;

	snprintf(name, sizeof(name), "%s", action);
	ck_assert_int_eq(posix_spawn(&pid, self, NULL, NULL, argv, environ), 0);
	return pid;
}

static void child_dies(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}

static void run_child(const char *action)
{
	child_dies(start_child(action));
}

/* Wait until no operation is open. */
static void settle(hyper_conn *conn)
{
	hyper_query *query = hyper_query_new();
	size_t open = 1;

	hyper_query_set_filter(query, "state=queued or state=running");
	for (int i = 0; open && i < 2000; i++) {
		hyper_operations *ops = NULL;

		ck_assert_int_eq(
			hyper_operation_list(conn, query, 0, &ops, NULL), 0);
		open = hyper_operations_count(ops);
		hyper_operations_free(ops);
		if (open)
			hyp_sleep_ms(10);
	}
	hyper_query_free(query);
	ck_assert_uint_eq(open, 0);
}

static int state_of_box(hyper_conn *conn)
{
	hyper_machine *machine = NULL;
	int state = 0;

	if (hyper_machine_get(conn, "box", 0, &machine, NULL) == 0)
		state = hyper_machine_state(machine);
	hyper_machine_free(machine);
	return state;
}

static void check_changed(hyper_conn *conn)
{
	hyper_machine *machine = NULL;

	ck_assert_int_eq(hyper_machine_get(conn, "box", 0, &machine, NULL), 0);
	ck_assert_uint_eq(hyper_machine_mem(machine), 77);
	ck_assert_str_eq(hyper_machine_label(machine, "a"), "b");
	hyper_machine_free(machine);
}

static bool engine_has_box(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/test/box.machine", dir);
	return access(path, F_OK) == 0;
}

/* The last operation: its state, and what its error says. */
static void check_last(hyper_conn *conn, int state)
{
	hyper_operations *ops = NULL;
	const hyper_operation *op;

	ck_assert_int_eq(hyper_operation_list(conn, NULL, 0, &ops, NULL), 0);
	op = hyper_operations_at(ops, 0);
	ck_assert_ptr_nonnull(op);
	ck_assert_int_eq(hyper_operation_state(op), state);
	if (state == HYPER_OP_FAILED)
		ck_assert_ptr_nonnull(
			strstr(hyper_error_message(hyper_operation_error(op)),
			       "died"));
	hyper_operations_free(ops);
}

static const struct {
	const char *before; /* what is done first, in one process */
	const char *action; /* what dies */
	const char *script; /* of that process: not of the next */
	int state;	    /* what it must be then; 0: gone */
	int op_state;
} cases[] = {
	/* Nothing made, half made: taken back. Made: kept. */
	{ "", "add", "add@1:crash", 0, HYPER_OP_FAILED },
	{ "", "add", "add@2:crash", 0, HYPER_OP_FAILED },
	{ "", "add", "add@3:crash", HYPER_STATE_STOPPED, HYPER_OP_DONE },
	/* Not begun: as before. Done: seen to be. */
	{ "add", "start", "start@1:crash", HYPER_STATE_STOPPED,
	  HYPER_OP_FAILED },
	{ "add", "start", "start@2:crash", HYPER_STATE_STOPPED,
	  HYPER_OP_FAILED },
	{ "add", "start", "start@3:crash", HYPER_STATE_RUNNING, HYPER_OP_DONE },
	{ "add start", "stop", "stop@1:crash", HYPER_STATE_RUNNING,
	  HYPER_OP_FAILED },
	{ "add start", "stop", "stop@3:crash", HYPER_STATE_STOPPED,
	  HYPER_OP_DONE },
	/* Once removal has begun it is carried through. */
	{ "add", "remove", "remove@2:crash", 0, HYPER_OP_DONE },
	/* A change is made again, whatever was made of it. */
	{ "add start", "change", "change@1:crash", HYPER_STATE_RUNNING,
	  HYPER_OP_DONE },
	{ "add", "change", "change@3:crash", HYPER_STATE_STOPPED,
	  HYPER_OP_DONE },
};

START_TEST(test_crash)
{
	hyper_conn *conn = open_state();
	hyper_error *err = NULL;

	if (strstr(cases[_i].before, "add"))
		ck_assert_msg(add(conn, "", &err) == 0, "%s",
			      hyper_error_message(err));
	if (strstr(cases[_i].before, "start"))
		ck_assert_int_eq(
			hyper_machine_start(conn, "box", 0, NULL, NULL, NULL),
			0);
	hyper_close(conn);
	setenv("HYPER_TEST_SCRIPT", cases[_i].script, 1);
	run_child(cases[_i].action);
	unsetenv("HYPER_TEST_SCRIPT");

	conn = open_state();
	settle(conn);
	ck_assert_int_eq(state_of_box(conn), cases[_i].state);
	ck_assert(engine_has_box() == (cases[_i].state != 0));
	check_last(conn, cases[_i].op_state);
	if (strcmp(cases[_i].action, "change") == 0)
		check_changed(conn);
	/* No state is a dead end, and the id is free afterwards. */
	if (cases[_i].state)
		ck_assert_int_eq(hyper_machine_remove(conn, "box", HYPER_FORCE,
						      NULL, NULL),
				 0);
	ck_assert_int_eq(add(conn, "", NULL), 0);
	hyper_close(conn);
}
END_TEST

/* The state is open here while another process dies in the middle: the next
 * operation on that machine takes over. */
START_TEST(test_turn_passes_on)
{
	hyper_conn *conn = open_state();

	ck_assert_int_eq(add(conn, "start@2:crash", NULL), 0);
	run_child("start");
	ck_assert_int_eq(state_of_box(conn), HYPER_STATE_STARTING);
	ck_assert_int_eq(hyper_machine_remove(conn, "box", 0, NULL, NULL), 0);
	ck_assert_int_eq(state_of_box(conn), 0);
	ck_assert(!engine_has_box());
	hyper_close(conn);
}
END_TEST

/* The connection that waits for its turn is being closed when the one before
 * it dies: no thread can be started for that one any more. */
START_TEST(test_turn_while_closing)
{
	hyper_conn *conn = open_state();
	hyper_operation *op = NULL;
	pid_t pid;

	ck_assert_int_eq(add(conn, "start@1:latency=1000;start@2:crash", NULL),
			 0);
	pid = start_child("start");
	for (int i = 0; i < 20000; i++) {
		if (state_of_box(conn) == HYPER_STATE_STARTING)
			break;
		hyp_sleep_ms(1);
	}
	ck_assert_int_eq(
		hyper_machine_remove(conn, "box", HYPER_ASYNC, &op, NULL), 0);
	hyper_operation_free(op);
	hyper_close(conn);
	child_dies(pid);
	conn = open_state();
	settle(conn);
	ck_assert_int_eq(state_of_box(conn), 0);
	ck_assert(!engine_has_box());
	hyper_close(conn);
}
END_TEST

/* The state of the last operation. */
static int last_op(hyper_conn *conn)
{
	hyper_operations *ops = NULL;
	int state;

	ck_assert_int_eq(hyper_operation_list(conn, NULL, 0, &ops, NULL), 0);
	state = hyper_operation_state(hyper_operations_at(ops, 0));
	hyper_operations_free(ops);
	return state;
}

static bool is_open(int op_state)
{
	return op_state == HYPER_OP_QUEUED || op_state == HYPER_OP_RUNNING;
}

/* What waits behind an operation of somebody who lives, and has lost its own
 * process, fails at once: nobody waits for that one because of it. */
START_TEST(test_queued)
{
	hyper_conn *conn = open_state(), *next;
	hyper_operation *op = NULL, *now = NULL;
	pid_t pid;

	ck_assert_int_eq(add(conn, "start:latency=60000", NULL), 0);
	ck_assert_int_eq(
		hyper_machine_start(conn, "box", HYPER_ASYNC, NULL, &op, NULL),
		0);
	pid = start_child("remove");
	for (int i = 0; i < 10000 && last_op(conn) != HYPER_OP_QUEUED; i++)
		hyp_sleep_ms(1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	child_dies(pid);
	next = open_state();
	for (int i = 0; i < 1000 && is_open(last_op(next)); i++)
		hyp_sleep_ms(10);
	check_last(next, HYPER_OP_FAILED);
	hyper_close(next);
	ck_assert_int_eq(hyper_operation_get(conn, hyper_operation_id(op), 0,
					     &now, NULL),
			 0);
	ck_assert_int_eq(hyper_operation_state(now), HYPER_OP_RUNNING);
	hyper_operation_free(now);
	ck_assert_int_eq(hyper_operation_cancel(conn, hyper_operation_id(op), 0,
						NULL, NULL),
			 0);
	hyper_operation_free(op);
	hyper_close(conn);
}
END_TEST

/* Who cannot find out what became of it leaves that to the next one, and is
 * not held up by it. */
START_TEST(test_no_answer)
{
	static const char *const scripts[] = { "inspect:error=CONNECT",
					       "inspect:error=BUSY",
					       "inspect:hang" };
	hyper_conn *conn = open_state();

	ck_assert_int_eq(add(conn, "", NULL), 0);
	hyper_close(conn);
	setenv("HYPER_TEST_SCRIPT", "start@3:crash", 1);
	run_child("start");
	setenv("HYPER_TEST_SCRIPT", scripts[_i], 1);
	for (int i = 0; i < 2; i++) {
		int64_t began = hyp_mono_ms();

		conn = open_state();
		/* Many tries of the one that comes back at once. */
		hyp_sleep_ms(1500);
		ck_assert_int_eq(last_op(conn), HYPER_OP_RUNNING);
		hyper_close(conn);
		/* An operation on a machine may take 10 s at least. */
		ck_assert_int_lt(hyp_mono_ms() - began, 8000);
	}
	unsetenv("HYPER_TEST_SCRIPT");
	conn = open_state();
	settle(conn);
	check_last(conn, HYPER_OP_DONE);
	ck_assert_int_eq(state_of_box(conn), HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

/* Nobody needs to wait for an engine that is away to be rid of a machine. */
START_TEST(test_no_answer_forced)
{
	hyper_conn *conn = open_state();

	ck_assert_int_eq(add(conn, "inspect:error=CONNECT;start@2:crash", NULL),
			 0);
	run_child("start");
	ck_assert_int_eq(
		hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, NULL), 0);
	ck_assert(!engine_has_box());
	hyper_close(conn);
}
END_TEST

/* It is recovered by who has the state open, though that one never needed the
 * driver. */
START_TEST(test_by_who_is_there)
{
	hyper_conn *conn = open_state();
	hyper_conn *other = open_state();

	ck_assert_int_eq(add(other, "start@3:crash", NULL), 0);
	hyper_close(other);
	run_child("start");
	settle(conn);
	check_last(conn, HYPER_OP_DONE);
	hyper_close(conn);
}
END_TEST

static void put_machine(const char *id, const char *uuid)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/test/%s.machine", dir, id);
	file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "%s %d\n", uuid, HYPER_STATE_STOPPED);
	ck_assert_int_eq(fclose(file), 0);
}

/* The engine comes to a request after the one that asked has died, and after
 * its operation has been ended. What others made stays. */
START_TEST(test_stray)
{
	const char *other = "11111111-2222-4333-8444-555555555555";
	char path[128], uuid[HYP_UUID_SIZE] = "";
	hyper_conn *conn;
	FILE *file;

	setenv("HYPER_TEST_SCRIPT", "add@2:crash", 1);
	run_child("add");
	unsetenv("HYPER_TEST_SCRIPT");
	snprintf(path, sizeof(path), "%s/test/box.machine", dir);
	file = fopen(path, "re");
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(uuid, sizeof(uuid), file));
	fclose(file);

	conn = open_state();
	settle(conn);
	ck_assert_int_eq(state_of_box(conn), 0);
	ck_assert(!engine_has_box());
	hyper_close(conn);

	put_machine("box", uuid);
	put_machine("other", other);
	conn = open_state();
	for (int i = 0; engine_has_box() && i < 2000; i++)
		hyp_sleep_ms(10);
	ck_assert(!engine_has_box());
	snprintf(path, sizeof(path), "%s/test/other.machine", dir);
	ck_assert_int_eq(access(path, F_OK), 0);
	hyper_close(conn);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("recover");
	TCase *tcase = tcase_create("recover");
	SRunner *runner;
	int failed;

	if (argc == 3)
		return child(argv[1], argv[2]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_crash, 0, (int)HYP_COUNT(cases));
	tcase_add_test(tcase, test_queued);
	tcase_add_loop_test(tcase, test_no_answer, 0, 3);
	tcase_add_test(tcase, test_no_answer_forced);
	tcase_add_test(tcase, test_by_who_is_there);
	tcase_add_test(tcase, test_turn_passes_on);
	tcase_add_test(tcase, test_turn_while_closing);
	tcase_add_test(tcase, test_stray);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
