/* SPDX-License-Identifier: MIT */
/* Cancelling in each phase, and closing while drivers hang. */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "state.h"

extern char **environ;

static void cancel(hyper_conn *conn, uint64_t id)
{
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	op_ends(conn, id, HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	FAILS(HYPER_ERR_STATE, hyper_operation_cancel(conn, id, 0, NULL, &err));
}

START_TEST(test_queued)
{
	hyper_conn *conn = state_open(0);
	uint64_t first, second;

	add(conn, "box", "start:latency=60000");
	first = start_async(conn, "box");
	second = start_async(conn, "box");
	ck_assert_int_eq(op_state(conn, second), HYPER_OP_QUEUED);
	cancel(conn, second);
	ck_assert_int_eq(op_state(conn, first), HYPER_OP_RUNNING);
	cancel(conn, first);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* Each op, both of a driver that listens and of one that hangs; what is known
 * of the machine then, 0 for nothing; whether the engine has it. */
static const struct {
	const char *script;
	int state;
	bool has;
} cases[] = {
	{ "add:latency=60000", 0, false },
	{ "add@2:latency=60000", 0, false },
	{ "add@3:latency=60000", 0, false },
	{ "add:hang", HYPER_STATE_ERROR, false },
	{ "add@2:hang", HYPER_STATE_ERROR, true },
	{ "add@3:hang", HYPER_STATE_ERROR, true },
	{ "start:latency=60000", HYPER_STATE_STOPPED, true },
	{ "start@3:latency=60000", HYPER_STATE_RUNNING, true },
	{ "start:hang", HYPER_STATE_ERROR, true },
	{ "start@3:hang", HYPER_STATE_ERROR, true },
	{ "stop:latency=60000", HYPER_STATE_RUNNING, true },
	{ "stop:hang", HYPER_STATE_ERROR, true },
	{ "stop:ignore", HYPER_STATE_RUNNING, true },
	{ "remove:latency=60000", HYPER_STATE_STOPPED, true },
	{ "remove:hang", HYPER_STATE_ERROR, true },
};

static uint64_t begin(hyper_conn *conn, const char *id, const char *script)
{
	hyper_operation *op = NULL;

	if (strncmp(script, "add", 3) == 0)
		return add_async(conn, id, script);
	add(conn, id, script);
	if (strncmp(script, "start", 5) == 0)
		return start_async(conn, id);
	if (strncmp(script, "remove", 6) == 0) {
		OK(hyper_machine_remove(conn, id, HYPER_ASYNC, &op, &err));
		return number_of(op);
	}
	OK(hyper_machine_start(conn, id, 0, NULL, NULL, &err));
	OK(hyper_machine_stop(conn, id, 4000000000u, HYPER_ASYNC, NULL, &op,
			      &err));
	return number_of(op);
}

/* All at once, for each takes its second. */
START_TEST(test_running)
{
	uint64_t ops[HYP_COUNT(cases)];
	char id[16];
	hyper_conn *conn;
	int64_t begun;

	/* The observer would find out what is really so. */
	setenv("HYPER_TEST_SCRIPT", "list:error=DRIVER", 1);
	conn = state_open(0);
	for (size_t i = 0; i < HYP_COUNT(cases); i++) {
		snprintf(id, sizeof(id), "box%zu", i);
		ops[i] = begin(conn, id, cases[i].script);
	}
	/* Those that hang half-way are there by then. */
	WAIT_FOR(engine_has("box4") && engine_has("box5"));
	begun = hyp_mono_ms();
	for (size_t i = 0; i < HYP_COUNT(cases); i++)
		OK(hyper_operation_cancel(conn, ops[i], 0, NULL, &err));
	for (size_t i = 0; i < HYP_COUNT(cases); i++)
		op_ends(conn, ops[i], HYPER_OP_CANCELLED, HYPER_ERR_CANCELLED);
	/* A second, and what a loaded computer makes of it. */
	ck_assert_int_lt(hyp_mono_ms() - begun, 10000);
	for (size_t i = 0; i < HYP_COUNT(cases); i++) {
		snprintf(id, sizeof(id), "box%zu", i);
		ck_assert_msg(state_of(conn, id) == cases[i].state, "%s: %s",
			      cases[i].script,
			      hyper_state_name(state_of(conn, id)));
		ck_assert(engine_has(id) == cases[i].has);
		if (!cases[i].state ||
		    strncmp(cases[i].script, "remove", 6) == 0)
			continue;
		OK(hyper_machine_remove(conn, id, HYPER_FORCE, NULL, &err));
		ck_assert(!engine_has(id));
	}
	ck_assert_uint_eq(open_ops(conn), 0);
	/* Does not wait for those that hang. */
	begun = hyp_mono_ms();
	hyper_close(conn);
	ck_assert_int_lt(hyp_mono_ms() - begun, 5000);
}
END_TEST

START_TEST(test_images)
{
	hyper_conn *conn = state_open(0);
	hyper_image *image = NULL;
	hyper_operation *op = NULL;

	setenv("HYPER_TEST_SCRIPT",
	       "pull:hang;import:latency=60000;image-remove:hang", 1);
	OK(hyper_image_pull(conn, "test", "x", HYPER_ASYNC, NULL, &op, &err));
	cancel(conn, number_of(op));
	op = NULL;
	OK(hyper_image_import(conn, "test", "x", "/etc/passwd", HYPER_ASYNC,
			      NULL, &op, &err));
	cancel(conn, number_of(op));
	op = NULL;
	OK(hyper_image_remove(conn, "test", "demo", HYPER_ASYNC, &op, &err));
	/* Nobody may begin to use it. */
	{
		hyper_machine *spec = spec_of("box", NULL);

		FAILS(HYPER_ERR_BUSY,
		      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
		hyper_machine_free(spec);
	}
	cancel(conn, number_of(op));
	FAILS(HYPER_ERR_NOT_FOUND,
	      hyper_image_get(conn, "test", "x", 0, &image, &err));
	ck_assert_ptr_null(image);
	hyper_close(conn);
}
END_TEST

/* A guest that does not listen. */
START_TEST(test_stop_times_out)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;

	add(conn, "box", "stop:ignore");
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_TIMEOUT,
	      hyper_machine_stop(conn, "box", 50, 0, &machine, NULL, &err));
	ck_assert_ptr_null(machine);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	OK(hyper_machine_stop(conn, "box", 50, HYPER_FORCE, &machine, NULL,
			      &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

/* In a process of its own: hang in the middle of an add. */
static int child(const char *state)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_conn *conn = NULL;
	int rc = hyper_open(state, 0, &conn, NULL);

	if (rc == 0 && hyper_machine_set_id(spec, "box", NULL) == 0 &&
	    hyper_machine_set_type(spec, "test", NULL) == 0 &&
	    hyper_machine_set_image(spec, "demo", NULL) == 0 &&
	    hyper_machine_set_option(spec, "script", "add@2:hang", NULL) == 0)
		rc = hyper_machine_add(conn, spec, 0, NULL, NULL, NULL);
	return rc ? 3 : 0;
}

/* A wish to cancel that the process did not live to see: what it had half made
 * is taken away all the same. While it lives, nobody takes its work over. */
START_TEST(test_cancelled_and_dead)
{
	char self[] = "/proc/self/exe";
	char *argv[] = { self, dir, NULL };
	hyper_conn *conn = state_open(0);
	hyper_operations *ops = NULL;
	uint64_t id;
	pid_t pid;

	ck_assert_int_eq(posix_spawn(&pid, self, NULL, NULL, argv, environ), 0);
	WAIT_FOR(engine_has("box"));
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	OK(hyper_operation_list(conn, NULL, 0, &ops, &err));
	id = hyper_operation_id(hyper_operations_at(ops, 0));
	hyper_operations_free(ops);
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	FAILS(HYPER_ERR_TIMEOUT, ({
		      hyper_operation *op = NULL;
		      hyper_operation_wait(conn, id, 1500, 0, &op, &err);
	      }));
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	/* Who waits for it finds out. */
	op_ends(conn, id, HYPER_OP_FAILED, HYPER_ERR_STATE);
	ck_assert_int_eq(state_of(conn, "box"), 0);
	ck_assert(!engine_has("box"));
	hyper_close(conn);
}
END_TEST

/* One directory, whatever one calls it. */
START_TEST(test_names_of_a_state)
{
	char odd[128], link[128];
	hyper_conn *first = NULL, *second = NULL;

	snprintf(odd, sizeof(odd), "%s/a/../b//state/", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	OK(hyper_open(odd, 0, &first, &err));
	ck_assert_int_eq(symlink("b/state", link), 0);
	OK(hyper_open(link, 0, &second, &err));
	ck_assert_str_eq(hyper_conn_uri(first), hyper_conn_uri(second));
	hyper_close(first);
	hyper_close(second);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 2)
		return child(argv[1]);
	suite = suite_create("cancel");
	tcase = tcase_create("cancel");
	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_queued);
	tcase_add_test(tcase, test_running);
	tcase_add_test(tcase, test_images);
	tcase_add_test(tcase, test_stop_times_out);
	tcase_add_test(tcase, test_cancelled_and_dead);
	tcase_add_test(tcase, test_names_of_a_state);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
