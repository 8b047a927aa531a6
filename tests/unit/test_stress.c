/* SPDX-License-Identifier: MIT */
/*
 * Eight processes add, start, stop and remove the same three machines, a
 * hundred times each; some are killed in the middle. In the end nothing is
 * open, nothing passes, and the engine has exactly what the database says.
 */
#include <signal.h>

#include "processes.h"

#define ROUNDS 100

/* What a call may say when others do as they like with the same machine. */
static bool is_fair(int rc)
{
	return rc == 0 || rc == HYPER_ERR_EXISTS || rc == HYPER_ERR_NOT_FOUND ||
	       rc == HYPER_ERR_STATE || rc == HYPER_ERR_CANCELLED;
}

static int one(hyper_conn *conn, unsigned int what, const char *id,
	       hyper_error **err)
{
	uint32_t force = what & 8 ? HYPER_FORCE : 0;
	hyper_operation *op = NULL;
	hyper_machine *spec;
	int rc;

	switch (what % 6) {
	case 0:
	case 1:
		spec = hyper_machine_new();
		rc = hyper_machine_set_id(spec, id, err);
		if (rc == 0)
			rc = hyper_machine_set_type(spec, "test", err);
		if (rc == 0)
			rc = hyper_machine_set_image(spec, "tiny", err);
		if (rc == 0)
			rc = hyper_machine_add(conn, spec, 0, NULL, NULL, err);
		hyper_machine_free(spec);
		return rc;
	case 2:
		rc = hyper_machine_start(conn, id, HYPER_ASYNC, NULL, &op, err);
		hyper_operation_free(op);
		return rc;
	case 3:
		return hyper_machine_start(conn, id, 0, NULL, NULL, err);
	case 4:
		return hyper_machine_stop(conn, id, 1000, force, NULL, NULL,
					  err);
	default:
		return hyper_machine_remove(conn, id, force, NULL, err);
	}
}

/* In a process of its own: DIR SEED. */
static int child(const char *state, unsigned int seed)
{
	static const char *const ids[] = { "ann", "bob", "cat" };
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int rc = hyper_open(state, 0, &conn, &err);

	for (int i = 0; is_fair(rc) && i < ROUNDS; i++) {
		unsigned int what = (unsigned int)rand_r(&seed) >> 8;

		hyper_error_free(err);
		err = NULL;
		rc = one(conn, what, ids[(what >> 5) % 3], &err);
	}
	if (!is_fair(rc))
		tell_error(rc, err);
	hyper_error_free(err);
	hyper_close(conn);
	return is_fair(rc) ? 0 : 1;
}

static pid_t spawn(unsigned int seed)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", seed);
	return spawn_self(NULL, dir, number);
}

static void check_all(void)
{
	hyper_conn *conn = state_open(0);
	hyper_machines *machines = NULL;
	const hyper_machine *m;
	size_t n;

	WAIT_FOR(open_ops(conn) == 0);
	OK(hyper_machine_list(conn, NULL, HYPER_REFRESH, &machines, &err));
	n = hyper_machines_count(machines);
	for (size_t i = 0; i < n; i++) {
		m = hyper_machines_at(machines, i);
		ck_assert_msg(hyper_machine_state(m) == HYPER_STATE_RUNNING ||
				      hyper_machine_state(m) ==
					      HYPER_STATE_STOPPED,
			      "%s is %s: %s", hyper_machine_id(m),
			      hyper_state_name(hyper_machine_state(m)),
			      hyper_machine_state_reason(m));
		ck_assert(engine_has(hyper_machine_id(m)));
	}
	ck_assert_uint_eq(engine_count(), n);
	hyper_machines_free(machines);
	hyper_close(conn);
	check_database();
}

START_TEST(test_same_machines)
{
	pid_t pids[PROCESSES];

	for (unsigned int i = 0; i < PROCESSES; i++)
		pids[i] = spawn(i + 1);
	end_well(pids, PROCESSES);
	check_all();
}
END_TEST

/* Each is killed when there are so many operations more; the next one takes
 * its place, and over what it left. */
START_TEST(test_killed)
{
	pid_t pids[4];
	int status, done;

	for (unsigned int i = 0; i < HYP_COUNT(pids); i++)
		pids[i] = spawn(100 + i);
	WAIT_FOR(engine_has("ann") || engine_has("bob") || engine_has("cat"));
	for (unsigned int i = 0; i < 12; i++) {
		pid_t *victim = &pids[i % HYP_COUNT(pids)];

		done = ask("SELECT max(id) FROM operation");
		WAIT_FOR(ask("SELECT max(id) FROM operation") > done + 5);
		ck_assert_int_eq(kill(*victim, SIGKILL), 0);
		ck_assert_int_eq(waitpid(*victim, &status, 0), *victim);
		*victim = spawn(200 + i);
	}
	end_well(pids, HYP_COUNT(pids));
	check_all();
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 3)
		return child(argv[1], (unsigned int)strtoul(argv[2], NULL, 10));
	suite = suite_create("stress");
	tcase = tcase_create("stress");
	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_same_machines);
	tcase_add_test(tcase, test_killed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
