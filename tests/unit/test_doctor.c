/* SPDX-License-Identifier: MIT */
/* The doctor: each thing that can be wrong is found, and mended or left. */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "sql.h"
#include "util/fs.h"

extern char **environ;

#define GHOST "f3280bd3-db3d-4ab1-8d6a-204910a092c7"

/* In a process of its own: start a machine, and die of it. */
static int child(const char *state)
{
	hyper_conn *conn;

	if (hyper_open(state, 0, &conn, NULL))
		return 2;
	hyper_machine_start(conn, "box", 0, NULL, NULL, NULL);
	return 3;
}

static void die_starting(void)
{
	char self[] = "/proc/self/exe";
	char *argv[] = { self, dir, NULL };
	pid_t pid;
	int status;

	ck_assert_int_eq(posix_spawn(&pid, self, NULL, NULL, argv, environ), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

static void setup(void)
{
	state_setup();
	only_test_driver();
}

static hyper_findings *examine(hyper_conn *conn, uint32_t flags)
{
	hyper_findings *findings = NULL;

	OK(hyper_doctor(conn, flags, &findings, &err));
	return findings;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* So many findings, of which one is like this; action NULL: nothing done. */
static void finds(hyper_conn *conn, uint32_t flags, size_t n, const char *kind,
		  const char *machine, const char *action, bool repaired)
{
	hyper_findings *findings = examine(conn, flags);
	const hyper_finding *finding;
	char *json = NULL;
	bool good = false;

	OK(hyper_findings_to_json(findings, 0, &json, &err));
	for (size_t i = 0; (finding = hyper_findings_at(findings, i)); i++)
		if (same(hyper_finding_kind(finding), kind) &&
		    same(hyper_finding_machine(finding), machine) &&
		    same(hyper_finding_action(finding), action) &&
		    hyper_finding_repaired(finding) == repaired &&
		    *hyper_finding_detail(finding))
			good = true;
	ck_assert_msg(good && hyper_findings_count(findings) == n, "%s", json);
	hyper_free(json);
	hyper_findings_free(findings);
}

static void all_is_well(hyper_conn *conn, uint32_t flags)
{
	hyper_findings *findings = examine(conn, flags);
	char *json = NULL;

	OK(hyper_findings_to_json(findings, 0, &json, &err));
	ck_assert_str_eq(json, "[]");
	hyper_free(json);
	hyper_findings_free(findings);
}

static void put_engine(const char *id, const char *text)
{
	char path[128];

	engine_path(path, id);
	ck_assert_int_eq(hyp_write_file(path, text, strlen(text), 0600), 0);
}

START_TEST(test_all_is_well)
{
	hyper_conn *conn = state_open(0);

	all_is_well(conn, 0);
	add(conn, "box", NULL);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	all_is_well(conn, 0);
	all_is_well(conn, HYPER_REPAIR);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

START_TEST(test_missing)
{
	hyper_conn *conn = state_open(0);
	char path[128];

	add(conn, "box", NULL);
	engine_path(path, "box");
	ck_assert_int_eq(unlink(path), 0);
	finds(conn, 0, 1, "machine-missing", "box", NULL, false);
	/* The observer may have marked it before. */
	hyper_findings_free(examine(conn, HYPER_REPAIR));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_MISSING);
	finds(conn, HYPER_REPAIR, 1, "machine-missing", "box", NULL, false);
	OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
	all_is_well(conn, 0);
	hyper_close(conn);
}
END_TEST

START_TEST(test_unknown_is_taken_in)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;

	add(conn, "box", NULL);
	put_engine("ghost", GHOST " 4\n");
	finds(conn, 0, 1, "machine-unknown", "ghost", NULL, false);
	ck_assert_int_eq(state_of(conn, "ghost"), 0);
	finds(conn, HYPER_REPAIR, 1, "machine-unknown", "ghost", "taken in",
	      true);
	all_is_well(conn, 0);
	OK(hyper_machine_get(conn, "ghost", 0, &machine, &err));
	ck_assert_str_eq(hyper_machine_uuid(machine), GHOST);
	ck_assert_str_eq(hyper_machine_type(machine), "test");
	ck_assert_str_eq(hyper_machine_image(machine), "unknown");
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	hyper_machine_free(machine);
	/* It is one like all others. */
	OK(hyper_machine_stop(conn, "ghost", 0, 0, NULL, NULL, &err));
	OK(hyper_machine_remove(conn, "ghost", 0, NULL, &err));
	ck_assert(!engine_has("ghost"));
	all_is_well(conn, 0);
	hyper_close(conn);
}
END_TEST

/* The engine's has the id of a machine, but is another. */
START_TEST(test_unknown_of_a_taken_id)
{
	hyper_conn *conn = state_open(0);

	add(conn, "box", NULL);
	put_engine("box", GHOST " 2\n");
	finds(conn, HYPER_REPAIR, 2, "machine-unknown", "box",
	      "another machine has its id", false);
	ck_assert(engine_has("box"));
	hyper_close(conn);
}
END_TEST

/* Listing fails, so that no observer is faster. */
START_TEST(test_stuck)
{
	hyper_conn *conn = state_open(0);

	add(conn, "box", NULL);
	hyper_close(conn);
	run_sql("UPDATE machine SET state = 3");
	setenv("HYPER_TEST_SCRIPT",
	       "list:error=DRIVER;watch:error=NOT_SUPPORTED", 1);
	conn = state_open(0);
	finds(conn, 0, 2, "machine-stuck", "box", NULL, false);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STARTING);
	finds(conn, 0, 2, "driver", NULL, NULL, false);
	finds(conn, HYPER_REPAIR, 2, "machine-stuck", "box",
	      "set to what its engine says", true);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	finds(conn, 0, 1, "driver", NULL, NULL, false);
	hyper_close(conn);
	unsetenv("HYPER_TEST_SCRIPT");
}
END_TEST

START_TEST(test_operation)
{
	hyper_conn *conn = state_open(0);

	add(conn, "box", "start@2:crash");
	die_starting();
	finds(conn, 0, 1, "operation", "box", NULL, false);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STARTING);
	finds(conn, HYPER_REPAIR, 1, "operation", "box", "ended: failed", true);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	all_is_well(conn, 0);
	hyper_close(conn);
}
END_TEST

START_TEST(test_file)
{
	hyper_conn *conn = state_open(0);
	char part[128], whole[128];

	snprintf(part, sizeof(part), "%s/hyper.db.v1.bak.part", dir);
	snprintf(whole, sizeof(whole), "%s/hyper.db.v1.bak", dir);
	ck_assert_int_eq(hyp_write_file(part, "x", 1, 0600), 0);
	ck_assert_int_eq(hyp_write_file(whole, "x", 1, 0600), 0);
	finds(conn, 0, 1, "file", NULL, NULL, false);
	ck_assert_int_eq(access(part, F_OK), 0);
	finds(conn, HYPER_REPAIR, 1, "file", NULL, "removed", true);
	ck_assert_int_ne(access(part, F_OK), 0);
	ck_assert_int_eq(access(whole, F_OK), 0);
	all_is_well(conn, 0);
	hyper_close(conn);
}
END_TEST

START_TEST(test_damaged_and_readonly)
{
	hyper_conn *conn = state_open(0);
	hyper_findings *findings = NULL;

	add(conn, "box", NULL);
	hyper_close(conn);
	conn = state_open(HYPER_OPEN_READONLY);
	all_is_well(conn, 0);
	FAILS(HYPER_ERR_DENIED,
	      hyper_doctor(conn, HYPER_REPAIR, &findings, &err));
	hyper_close(conn);
	/* An event of no kind, where there must be one. */
	run_sql("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
		"replace(sql, 'kind TEXT NOT NULL', 'kind TEXT') "
		"WHERE name = 'event'");
	run_sql("INSERT INTO event (at) VALUES (1)");
	run_sql("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
		"replace(sql, 'kind TEXT', 'kind TEXT NOT NULL') "
		"WHERE name = 'event'");
	conn = state_open(HYPER_OPEN_READONLY);
	findings = examine(conn, 0);
	ck_assert_uint_gt(hyper_findings_count(findings), 0);
	ck_assert_str_eq(hyper_finding_kind(hyper_findings_at(findings, 0)),
			 "database");
	hyper_findings_free(findings);
	hyper_close(conn);
}
END_TEST

START_TEST(test_arguments)
{
	hyper_conn *conn = state_open(0);
	hyper_findings *findings = NULL;

	FAILS(HYPER_ERR_INVALID, hyper_doctor(NULL, 0, &findings, &err));
	FAILS(HYPER_ERR_INVALID, hyper_doctor(conn, 0, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_doctor(conn, HYPER_FORCE, &findings, &err));
	ck_assert_ptr_null(findings);
	hyper_findings_free(NULL);
	hyper_close(conn);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("doctor");
	TCase *tcase = tcase_create("doctor");

	if (argc == 2)
		return child(argv[1]);
	tcase_add_checked_fixture(tcase, setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_all_is_well);
	tcase_add_test(tcase, test_missing);
	tcase_add_test(tcase, test_unknown_is_taken_in);
	tcase_add_test(tcase, test_unknown_of_a_taken_id);
	tcase_add_test(tcase, test_stuck);
	tcase_add_test(tcase, test_operation);
	tcase_add_test(tcase, test_file);
	tcase_add_test(tcase, test_damaged_and_readonly);
	tcase_add_test(tcase, test_arguments);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
