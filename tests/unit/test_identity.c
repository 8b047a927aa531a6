/* SPDX-License-Identifier: MIT */
/* Settings change, and engines do: the machines of the one before must not be
 * taken for missing, nor be forgotten. */
#include <sys/wait.h>

#include "sql.h"
#include "util/fs.h"

static char engine[80], away[96];

static void setup(void)
{
	state_setup();
	only_test_driver();
	setenv("HYPER_TEST_POLL", "1", 1);
	snprintf(engine, sizeof(engine), "%s/test", dir);
	snprintf(away, sizeof(away), "%s/away", dir);
}

/* One that runs. */
static void begin(void)
{
	hyper_conn *conn = state_open(0);

	add(conn, "box", NULL);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	hyper_close(conn);
}

static void call_it(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/identity", engine);
	ck_assert_int_eq(hyp_write_file(path, name, strlen(name), 0600), 0);
}

/* Another engine answers, which has none of ours. */
static void go_elsewhere(void)
{
	ck_assert_int_eq(rename(engine, away), 0);
	ck_assert_int_eq(mkdir(engine, 0711), 0);
	call_it("new");
}

/* … and that one is now the one that is away. */
static void go_back(void)
{
	char other[96];

	snprintf(other, sizeof(other), "%s/other", dir);
	ck_assert_int_eq(rename(engine, other), 0);
	ck_assert_int_eq(rename(away, engine), 0);
	ck_assert_int_eq(rename(other, away), 0);
}

static bool is_stale(hyper_conn *conn)
{
	hyper_machine *machine = NULL;
	bool stale;

	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	stale = hyper_machine_stale(machine);
	hyper_machine_free(machine);
	return stale;
}

/* What the doctor finds of a kind: -1 nothing, else whether it mended it. */
static int finds(hyper_conn *conn, uint32_t flags, const char *kind)
{
	hyper_findings *findings = NULL;
	const hyper_finding *finding;
	int found = -1;

	OK(hyper_doctor(conn, flags, &findings, &err));
	for (size_t i = 0; (finding = hyper_findings_at(findings, i)); i++)
		if (strcmp(hyper_finding_kind(finding), kind) == 0) {
			ck_assert_int_eq(found, -1);
			found = hyper_finding_repaired(finding);
		}
	hyper_findings_free(findings);
	return found;
}

static void refuses_all(hyper_conn *conn)
{
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_stop(conn, "box", 0, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_adopt(conn, "test", "alien", NULL, 0, NULL, NULL,
				  &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
}

START_TEST(test_another)
{
	hyper_conn *conn;
	hyper_error *why = NULL;

	begin();
	go_elsewhere();
	conn = state_open(0);
	refuses_all(conn);
	ck_assert_int_eq(
		hyper_machine_stop(conn, "box", 0, 0, NULL, NULL, &why),
		HYPER_ERR_CONNECT);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(why), "(new)"));
	ck_assert_ptr_nonnull(
		strstr(hyper_error_message(why), "(make-believe)"));
	ck_assert_str_eq(hyper_error_driver(why), "test");
	hyper_error_free(why);
	/* The observer asks as well. */
	WAIT_FOR(is_stale(conn));
	hyp_sleep_ms(1500);
	refuses_all(conn);
	ck_assert_int_eq(finds(conn, 0, "engine-changed"), 0);
	ck_assert_int_eq(finds(conn, 0, "driver"), -1);
	ck_assert_int_eq(finds(conn, 0, "machine-missing"), -1);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	hyper_close(conn);

	go_back();
	conn = state_open(0);
	ck_assert_int_eq(finds(conn, 0, "engine-changed"), -1);
	WAIT_FOR(!is_stale(conn));
	OK(hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	ck_assert(!engine_has("box"));
	hyper_close(conn);
}
END_TEST

START_TEST(test_nothing_is_added)
{
	hyper_conn *conn;
	hyper_machine *spec = spec_of("other", NULL);

	begin();
	go_elsewhere();
	conn = state_open(0);
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "other"), 0);
	ck_assert(!engine_has("other"));
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

/* It tells of itself something else than before, but has ours. */
START_TEST(test_the_same)
{
	hyper_conn *conn;
	char path[128];

	begin();
	call_it("renamed");
	conn = state_open(0);
	OK(hyper_machine_stop(conn, "box", 0, HYPER_FORCE, NULL, NULL, &err));
	ck_assert_int_eq(finds(conn, 0, "engine-changed"), -1);
	hyper_close(conn);
	/* From then on that is its name. */
	engine_path(path, "box");
	ck_assert_int_eq(unlink(path), 0);
	conn = state_open(0);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	hyper_close(conn);
}
END_TEST

/* It changes under an open connection, which hears that it was away, or (the
 * second time) which nobody tells. */
START_TEST(test_under_us)
{
	hyper_conn *conn;

	begin();
	if (_i == 1)
		setenv("HYPER_TEST_SCRIPT", "watch:error=NOT_SUPPORTED", 1);
	conn = state_open(0);
	WAIT_FOR(!is_stale(conn));
	hyp_sleep_ms(500); /* until it listens */
	go_elsewhere();
	WAIT_FOR(is_stale(conn));
	refuses_all(conn);
	go_back();
	WAIT_FOR(!is_stale(conn));
	OK(hyper_machine_stop(conn, "box", 0, HYPER_FORCE, NULL, NULL, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(test_repair)
{
	hyper_conn *conn;

	begin();
	go_elsewhere();
	conn = state_open(0);
	ck_assert_int_eq(finds(conn, HYPER_REPAIR, "engine-changed"), 1);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	ck_assert_int_eq(finds(conn, HYPER_REPAIR, "engine-changed"), -1);
	add(conn, "other", NULL);
	OK(hyper_machine_remove(conn, "other", 0, NULL, &err));
	hyper_close(conn);
	/* It was not the right one after all. */
	go_back();
	conn = state_open(0);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

/* Who has no machines may go where he likes. */
START_TEST(test_no_machines)
{
	for (int i = 0; i < 3; i++) {
		hyper_conn *conn = state_open(0);

		add(conn, "box", NULL);
		OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
		hyper_close(conn);
		call_it(i % 2 ? "a" : "b");
	}
}
END_TEST

/* Another process has gone to the other one, and says so. */
START_TEST(test_others_go)
{
	hyper_conn *conn;
	char path[128];

	begin();
	setenv("HYPER_TEST_SCRIPT", "watch:error=NOT_SUPPORTED", 1);
	setenv("HYPER_TEST_POLL", "3600", 1);
	conn = state_open(0);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	run_sql("UPDATE driver SET engine = 'other'");
	engine_path(path, "box");
	ck_assert_int_eq(rename(path, away), 0);
	refuses_all(conn);
	hyper_close(conn);
}
END_TEST

/* One that hyper did not make, and that cannot be looked at, is no sign of the
 * right engine. */
START_TEST(test_adopted_is_no_sign)
{
	static const char text[] = "f3280bd3-db3d-4ab1-8d6a-204910a092c7 4 -\n";
	hyper_conn *conn;
	char path[128];

	begin();
	engine_path(path, "alien");
	ck_assert_int_eq(hyp_write_file(path, text, strlen(text), 0600), 0);
	conn = state_open(0);
	OK(hyper_machine_adopt(conn, "test", "alien", NULL, 0, NULL, NULL,
			       &err));
	hyper_close(conn);
	go_elsewhere();
	setenv("HYPER_TEST_SCRIPT", "inspect:error=DRIVER", 1);
	conn = state_open(0);
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	hyper_close(conn);
	go_back();
	unsetenv("HYPER_TEST_SCRIPT");
	conn = state_open(0);
	OK(hyper_machine_stop(conn, "box", 0, HYPER_FORCE, NULL, NULL, &err));
	hyper_close(conn);
}
END_TEST

/* A process dies as it adds the first one; the next comes to another engine. */
START_TEST(test_half_made)
{
	hyper_conn *conn;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (hyper_open(dir, 0, &conn, NULL) == 0)
			hyper_machine_add(conn, spec_of("box", "add@2:crash"),
					  0, NULL, NULL, NULL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert(engine_has("box"));
	go_elsewhere();
	conn = state_open(0);
	hyp_sleep_ms(1500);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_CREATING);
	hyper_close(conn);
	go_back();
	conn = state_open(0);
	WAIT_FOR(open_ops(conn) == 0);
	ck_assert(engine_has("box") == (state_of(conn, "box") != 0));
	hyper_close(conn);
}
END_TEST

/* The driver says nonsense: that is no word on the machine. */
START_TEST(test_cannot_tell)
{
	hyper_conn *conn;
	char path[128];

	begin();
	engine_path(path, "box");
	ck_assert_int_eq(unlink(path), 0);
	setenv("HYPER_TEST_SCRIPT", "identify:error=NOT_FOUND", 1);
	conn = state_open(0);
	FAILS(HYPER_ERR_DRIVER,
	      hyper_machine_stop(conn, "box", 0, 0, NULL, NULL, &err));
	WAIT_FOR(is_stale(conn));
	ck_assert_int_ne(state_of(conn, "box"), HYPER_STATE_MISSING);
	hyper_close(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tests = tcase_create("identity");

	tcase_add_checked_fixture(tests, setup, state_teardown);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, test_another);
	tcase_add_test(tests, test_nothing_is_added);
	tcase_add_test(tests, test_the_same);
	tcase_add_loop_test(tests, test_under_us, 0, 2);
	tcase_add_test(tests, test_others_go);
	tcase_add_test(tests, test_adopted_is_no_sign);
	tcase_add_test(tests, test_half_made);
	tcase_add_test(tests, test_cannot_tell);
	tcase_add_test(tests, test_repair);
	tcase_add_test(tests, test_no_machines);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
