/* SPDX-License-Identifier: MIT */
/* What a list of an engine's tells of the machines, when it does not tell of
 * each of them one thing. */
#include <stdatomic.h>

#include "state.h"
#include "util/fs.h"

static void setup(void)
{
	state_setup();
	only_test_driver();
	setenv("HYPER_TEST_POLL", "1", 1);
}

static void put(const char *id, const char *text)
{
	char path[128];

	engine_path(path, id);
	ck_assert_int_eq(hyp_write_file(path, text, strlen(text), 0600), 0);
}

static void vanishes(const char *id)
{
	char path[128];

	engine_path(path, id);
	ck_assert_int_eq(unlink(path), 0);
}

static int64_t seen_at(hyper_conn *conn, const char *id)
{
	hyper_machine *machine = NULL;
	int64_t at;

	OK(hyper_machine_get(conn, id, 0, &machine, &err));
	at = hyper_machine_observed_at(machine);
	hyper_machine_free(machine);
	return at;
}

/* Adopted machines are looked at one by one. When that fails, they alone are
 * not known, and nobody takes them for missing or for seen. */
START_TEST(test_adopted_fails)
{
	hyper_conn *conn = state_open(0);
	int64_t at, end;

	add(conn, "box", NULL);
	put("alien", "f3280bd3-db3d-4ab1-8d6a-204910a092c7 4 -\n");
	OK(hyper_machine_adopt(conn, "test", "alien", NULL, 0, NULL, NULL,
			       &err));
	hyper_close(conn);
	setenv("HYPER_TEST_SCRIPT",
	       _i == 0 ? "inspect:error=DRIVER" : "inspect:latency=600000", 1);
	conn = state_open(0);
	vanishes("box");
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	ck_assert_int_eq(state_of(conn, "alien"), HYPER_STATE_RUNNING);
	/* That is written down every few seconds. */
	end = hyp_mono_ms() + 30000;
	at = seen_at(conn, "box");
	while (seen_at(conn, "box") == at && hyp_mono_ms() < end)
		hyp_sleep_ms(20);
	ck_assert_int_gt(seen_at(conn, "box"), at);
	ck_assert_int_lt(seen_at(conn, "alien"), seen_at(conn, "box"));
	/* It can be looked at again. */
	hyper_close(conn);
	unsetenv("HYPER_TEST_SCRIPT");
	vanishes("alien");
	conn = state_open(0);
	WAIT_FOR(state_of(conn, "alien") == HYPER_STATE_MISSING);
	hyper_close(conn);
}
END_TEST

static void handle_is(hyper_conn *conn, const char *uuid)
{
	hyper_machine *machine = NULL;

	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	ck_assert_str_eq(hyper_machine_handle(machine), uuid);
	hyper_machine_free(machine);
}

static void found_copy(hyper_conn *conn, size_t n)
{
	hyper_findings *findings = NULL;
	const hyper_finding *finding;
	size_t copies = 0;

	OK(hyper_doctor(conn, 0, &findings, &err));
	for (size_t i = 0; (finding = hyper_findings_at(findings, i)); i++)
		if (strcmp(hyper_finding_kind(finding), "machine-copy") == 0) {
			ck_assert_str_eq(hyper_finding_machine(finding), "box");
			copies++;
		}
	ck_assert_uint_eq(copies, n);
	hyper_findings_free(findings);
}

static _Atomic int warned;

static void on_log(int level, const char *text, void *data)
{
	(void)data;
	if (level == HYPER_LOG_WARNING && strstr(text, "has the marks of"))
		warned++;
}

/* Copies of a machine, which bear its marks, are never taken for it: not
 * beside it, and not when it is gone. */
START_TEST(test_copies)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;
	char uuid[64], text[80];

	hyper_log_set(on_log, HYPER_LOG_WARNING, NULL);
	add(conn, "box", NULL);
	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	snprintf(uuid, sizeof(uuid), "%s", hyper_machine_uuid(machine));
	hyper_machine_free(machine);
	found_copy(conn, 0);
	/* In the order of names one comes before it, and one after. */
	snprintf(text, sizeof(text), "%s 4\n", uuid);
	put("box.a", text);
	put("box.z", text);
	WAIT_FOR(warned >= 2);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	handle_is(conn, uuid);
	found_copy(conn, 2);
	/* What happens to it is seen as ever. */
	put("box", text);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	vanishes("box");
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	vanishes("box.a");
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_MISSING);
	handle_is(conn, uuid);
	/* One that takes its place is it. */
	put("box", text);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	OK(hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	ck_assert(!engine_has("box"));
	ck_assert(engine_has("box.z"));
	ck_assert_int_eq(warned, 2);
	hyper_log_set(NULL, 0, NULL);
	hyper_close(conn);
}
END_TEST

/* No list is an empty one. */
START_TEST(test_none)
{
#define NONE(type)                                                             \
	ck_assert_uint_eq(hyper_##type##_count(NULL), 0);                      \
	ck_assert_ptr_null(hyper_##type##_at(NULL, 0));                        \
	hyper_##type##_free(NULL)
	NONE(machines);
	NONE(operations);
	NONE(events);
	NONE(images);
	NONE(drivers);
	NONE(findings);
	NONE(remotes);
	NONE(tokens);
	NONE(outcomes);
	ck_assert_int_eq(hyper_machines_total(NULL), -1);
	ck_assert_int_eq(hyper_operations_total(NULL), -1);
	ck_assert_ptr_null(hyper_machines_next_cursor(NULL));
	ck_assert_ptr_null(hyper_operations_next_cursor(NULL));
	ck_assert_uint_eq(hyper_machines_seq(NULL), 0);
	ck_assert_uint_eq(hyper_outcomes_failed(NULL), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("list");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_adopted_fails, 0, 2);
	tcase_add_test(tcase, test_copies);
	tcase_add_test(tcase, test_none);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
