/* SPDX-License-Identifier: MIT */
/*
 * Eight processes make eight hundred machines at once on one state directory,
 * and all want the same few beside. None is refused, lost, or made twice.
 */
#include "processes.h"

#define EACH   100
#define SHARED 20

/* In a process of its own nothing is asserted, but told by the exit code. */
static int make(hyper_conn *conn, const char *id, uint32_t flags,
		hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_operation *op = NULL;
	int rc = hyper_machine_set_id(spec, id, err);

	if (rc == 0)
		rc = hyper_machine_set_type(spec, "test", err);
	if (rc == 0)
		rc = hyper_machine_set_image(spec, "demo", err);
	if (rc == 0)
		rc = hyper_machine_add(conn, spec, flags, NULL, &op, err);
	hyper_operation_free(op);
	hyper_machine_free(spec);
	return rc;
}

/* Everybody wants these: who gets one writes a byte. */
static int contend(hyper_conn *conn, hyper_error **err)
{
	char id[32];
	int rc = 0;

	for (int i = 0; i < SHARED && rc == 0; i++) {
		snprintf(id, sizeof(id), "shared-%d", i);
		rc = make(conn, id, 0, err);
		if (rc == 0) {
			rc = write(STDOUT_FILENO, "+", 1) == 1 ? 0 : -1;
		} else if (rc == HYPER_ERR_EXISTS) {
			hyper_error_free(*err);
			*err = NULL;
			rc = 0;
		}
	}
	return rc;
}

/* Everybody starts and stops these at once: each waits for its turn. */
static int toggle(const char *state)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	char id[32];
	int rc;

	wait_for_all();
	rc = hyper_open(state, 0, &conn, &err);
	for (int i = 0; i < 2 * SHARED && rc == 0; i++) {
		snprintf(id, sizeof(id), "shared-%d", i / 2);
		rc = i % 2 ? hyper_machine_stop(conn, id, 1000, 0, NULL, NULL,
						&err)
			   : hyper_machine_start(conn, id, 0, NULL, NULL, &err);
	}
	if (rc)
		tell_error(rc, err);
	hyper_error_free(err);
	hyper_close(conn);
	return rc ? 1 : 0;
}

/* All are begun before one is waited for: closing does. */
static int child(const char *state, const char *name)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	char id[32];
	int rc;

	wait_for_all();
	rc = hyper_open(state, 0, &conn, &err);
	for (int i = 0; i < EACH && rc == 0; i++) {
		snprintf(id, sizeof(id), "own-%s-%d", name, i);
		rc = make(conn, id, HYPER_ASYNC, &err);
	}
	if (rc == 0)
		rc = contend(conn, &err);
	if (rc)
		tell_error(rc, err);
	hyper_error_free(err);
	hyper_close(conn);
	return rc ? 1 : 0;
}

/* Each is there under its name, and ready. */
static void check_machines(void)
{
	hyper_conn *conn = state_open(0);
	hyper_machines *machines = NULL;
	char id[32];

	OK(hyper_machine_list(conn, NULL, HYPER_REFRESH, &machines, &err));
	ck_assert_uint_eq(hyper_machines_count(machines),
			  PROCESSES * EACH + SHARED);
	hyper_machines_free(machines);
	for (int i = 0; i < PROCESSES * EACH; i++) {
		snprintf(id, sizeof(id), "own-%d-%d", i / EACH, i % EACH);
		ck_assert_int_eq(state_of(conn, id), HYPER_STATE_STOPPED);
		ck_assert(engine_has(id));
	}
	for (int i = 0; i < SHARED; i++) {
		snprintf(id, sizeof(id), "shared-%d", i);
		ck_assert_int_eq(state_of(conn, id), HYPER_STATE_STOPPED);
		ck_assert(engine_has(id));
	}
	hyper_close(conn);
}

START_TEST(test_at_once)
{
	const int all = PROCESSES * EACH + SHARED;
	posix_spawn_file_actions_t actions;
	pid_t pids[PROCESSES];
	int gate[2], won[2], wins = 0;
	char name[16], byte;

	ck_assert_int_eq(pipe2(gate, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(won, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, gate[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, won[1], STDOUT_FILENO);
	for (int i = 0; i < PROCESSES; i++) {
		snprintf(name, sizeof(name), "%d", i);
		pids[i] = spawn_self(&actions, dir, name);
	}
	posix_spawn_file_actions_destroy(&actions);
	close(won[1]);
	close(gate[0]);
	close(gate[1]);
	while (read(won[0], &byte, 1) == 1)
		wins++;
	close(won[0]);
	end_well(pids, PROCESSES);

	/* Of all who wanted a machine, one was told that it is theirs. */
	ck_assert_int_eq(wins, SHARED);
	ck_assert_uint_eq(engine_count(), (size_t)all);
	check_machines();
	check_database();
	ck_assert_int_eq(ask("SELECT count(DISTINCT uuid) FROM machine"), all);
	/* One operation each, all done, and each told of once. */
	ck_assert_int_eq(ask("SELECT count(*) FROM operation"), all);
	ck_assert_int_eq(ask("SELECT count(DISTINCT machine) FROM operation "
			     "WHERE kind = 'add' AND state = 3"),
			 all);
	ck_assert_int_eq(ask("SELECT count(*) FROM event "
			     "WHERE kind = 'machine-adding'"),
			 all);
	ck_assert_int_eq(ask("SELECT count(*) FROM event "
			     "WHERE kind = 'operation-ended'"),
			 all);
}
END_TEST

static int go(const char *state, bool changes)
{
	hyper_conn *conn = NULL;
	int rc = hyper_open(state, 0, &conn, NULL);

	if (rc == 0 && changes)
		rc = make(conn, "other", 0, NULL);
	hyper_close(conn);
	return rc ? 1 : 0;
}

/* A process has the state open twice, or tries to, and other processes come and
 * go: they are not the last ones, and so leave the log as it is. */
START_TEST(test_twice_in_one)
{
	hyper_conn *conn = state_open(0), *second = state_open(0);
	char look[] = "look", change[] = "change";
	pid_t pid;

	add(conn, "one", NULL);
	pid = spawn_self(NULL, dir, look);
	end_well(&pid, 1);
	add(conn, "two", NULL);
	hyper_close(second);
	pid = spawn_self(NULL, dir, change);
	end_well(&pid, 1);
	add(conn, "three", NULL);
	/* What one sees, all see. */
	ck_assert_int_eq(ask("SELECT count(*) FROM machine"), 4);
	ck_assert_int_eq(state_of(conn, "other"), HYPER_STATE_STOPPED);
	hyper_close(conn);
	ck_assert_int_eq(ask("SELECT count(*) FROM machine"), 4);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	/* tests/cli/crowd.bash has us among others. */
	if (argc == 3 && strcmp(argv[2], "toggle") == 0)
		return toggle(argv[1]);
	if (argc == 3 &&
	    (strcmp(argv[2], "look") == 0 || strcmp(argv[2], "change") == 0))
		return go(argv[1], argv[2][0] == 'c');
	if (argc == 3)
		return child(argv[1], argv[2]);
	suite = suite_create("crowd");
	tcase = tcase_create("crowd");
	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_at_once);
	tcase_add_test(tcase, test_twice_in_one);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
