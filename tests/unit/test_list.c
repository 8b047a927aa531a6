/* SPDX-License-Identifier: MIT */
/* What a list of an engine's tells of the machines, when it does not tell of
 * each of them one thing. */
#include "state.h"
#include "util/fs.h"

static void setup(void)
{
	state_setup();
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

int main(void)
{
	Suite *suite = suite_create("list");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_adopted_fails, 0, 2);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
