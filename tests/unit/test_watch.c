/* SPDX-License-Identifier: MIT */
/* What an engine tells by itself is seen at once. The engine is asked every
 * hour only, so that what is seen is seen because it was told. */
#include <stdatomic.h>

#include "state.h"

static _Atomic int asked, watches;

static void on_log(int level, const char *text, void *data)
{
	(void)level;
	(void)data;
	if (strstr(text, "asking its engine"))
		atomic_fetch_add(&asked, 1);
	if (strstr(text, "beginning to watch"))
		atomic_fetch_add(&watches, 1);
}

static void setup(void)
{
	state_setup();
	setenv("HYPER_TEST_POLL", "3600", 1);
	hyper_log_set(on_log, HYPER_LOG_DEBUG, NULL);
}

static void teardown(void)
{
	hyper_log_set(NULL, 0, NULL);
	state_teardown();
}

static bool is_stale(hyper_conn *conn, const char *id)
{
	hyper_machine *machine = NULL;
	bool stale;

	OK(hyper_machine_get(conn, id, 0, &machine, &err));
	stale = hyper_machine_stale(machine);
	hyper_machine_free(machine);
	return stale;
}

/* Behind our back. */
static void vanishes(const char *id)
{
	char path[128];

	engine_path(path, id);
	ck_assert_int_eq(unlink(path), 0);
}

/* The first may be seen as the observer begins, the others not. */
static void sees_all(hyper_conn *conn, const char *id, const char *uuid)
{
	vanishes(id);
	WAIT_FOR(state_of(conn, id) == HYPER_STATE_MISSING);
	becomes(id, uuid, HYPER_STATE_RUNNING);
	WAIT_FOR(state_of(conn, id) == HYPER_STATE_RUNNING);
	becomes(id, uuid, HYPER_STATE_STOPPED);
	WAIT_FOR(state_of(conn, id) == HYPER_STATE_STOPPED);
	vanishes(id);
	WAIT_FOR(state_of(conn, id) == HYPER_STATE_MISSING);
	becomes(id, uuid, HYPER_STATE_STOPPED);
	WAIT_FOR(state_of(conn, id) == HYPER_STATE_STOPPED);
}

START_TEST(test_told)
{
	hyper_conn *conn = state_open(0);
	char uuid[64];

	add(conn, "box", NULL);
	uuid_of(conn, "box", uuid);
	sees_all(conn, "box", uuid);
	hyper_close(conn);
}
END_TEST

/* What happened before the watch began is looked at. */
START_TEST(test_before_the_beginning)
{
	hyper_conn *conn = state_open(0);
	char uuid[64];

	add(conn, "box", NULL);
	uuid_of(conn, "box", uuid);
	hyper_close(conn);
	setenv("HYPER_TEST_SCRIPT", "watch:latency=1000", 1);
	atomic_store(&watches, 0);
	conn = state_open(0);
	WAIT_FOR(atomic_load(&watches) > 0);
	becomes("box", uuid, HYPER_STATE_RUNNING);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

/* Another process, or connection, makes the first machine. */
START_TEST(test_two_connections)
{
	hyper_conn *one = state_open(0), *two = state_open(0);
	char uuid[64];

	add(one, "box", NULL);
	add(two, "other", NULL);
	uuid_of(one, "other", uuid);
	sees_all(one, "other", uuid);
	hyper_close(one);
	sees_all(two, "other", uuid);
	hyper_close(two);
}
END_TEST

/* Another one makes the first machine, and this one has never needed the
 * driver. */
START_TEST(test_machine_of_others)
{
	hyper_conn *one = state_open(0), *two = state_open(0);
	char uuid[64];

	add(two, "box", NULL);
	hyper_close(two);
	uuid_of(one, "box", uuid);
	sees_all(one, "box", uuid);
	hyper_close(one);
}
END_TEST

/* A list takes its time, and there is always one under way: what is told of a
 * machine does not wait for it. */
START_TEST(test_slow_list)
{
	hyper_conn *conn;
	char uuid[64];
	int64_t began;

	setenv("HYPER_TEST_POLL", "1", 1);
	setenv("HYPER_TEST_SCRIPT", "list:latency=3000", 1);
	atomic_store(&watches, 0);
	conn = state_open(0);
	add(conn, "box", NULL);
	uuid_of(conn, "box", uuid);
	WAIT_FOR(atomic_load(&watches) > 0);
	vanishes("box");
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	began = hyp_mono_ms();
	for (int i = 0; i < 3; i++) {
		becomes("box", uuid, HYPER_STATE_RUNNING);
		WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
		sees_all(conn, "box", uuid);
	}
	/* 18 changes: with each list that was waited for there were more. */
	ck_assert_int_lt(hyp_mono_ms() - began, 18 * 1000);
	hyper_close(conn);
}
END_TEST

/* What happens while an operation is open is seen when it has ended. */
START_TEST(test_during_an_operation)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;
	char uuid[64], path[128];
	uint64_t id;

	add(conn, "box", "start@3:latency=1000");
	engine_path(path, "box");
	uuid_of(conn, "box", uuid);
	sees_all(conn, "box", uuid);
	id = start_async(conn, "box");
	for (bool runs = false; !runs; hyp_sleep_ms(2)) {
		char *text = hyp_read_file(path, 4096, NULL);
		int state = 0;

		if (text)
			sscanf(text, "%*s %d", &state);
		runs = state == HYPER_STATE_RUNNING;
		free(text);
	}
	becomes("box", uuid, HYPER_STATE_STOPPED);
	op_ends(conn, id, HYPER_OP_DONE, 0);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_STOPPED);
	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	ck_assert_ptr_null(hyper_machine_address(machine, 0));
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

/* The engine goes away and comes back; reading goes on all the time. */
START_TEST(test_lost_and_back)
{
	hyper_conn *conn = state_open(0);
	char here[128], away[128], uuid[64];

	snprintf(here, sizeof(here), "%s/test", dir);
	snprintf(away, sizeof(away), "%s/away", dir);
	add(conn, "box", NULL);
	add(conn, "other", NULL);
	uuid_of(conn, "box", uuid);
	sees_all(conn, "box", uuid);
	ck_assert(!is_stale(conn, "box"));
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(rename(here, away), 0);
		WAIT_FOR(is_stale(conn, "box") && is_stale(conn, "other"));
		ck_assert_int_eq(state_of(conn, "other"), HYPER_STATE_STOPPED);
		ck_assert_int_eq(rename(away, here), 0);
		WAIT_FOR(!is_stale(conn, "box") && !is_stale(conn, "other"));
		sees_all(conn, "box", uuid);
	}
	hyper_close(conn);
}
END_TEST

/* Without a watch the engine is asked as if there were none. */
START_TEST(test_watch_fails)
{
	hyper_conn *conn;
	char uuid[64];

	unsetenv("HYPER_TEST_POLL");
	setenv("HYPER_TEST_SCRIPT",
	       _i == 0	 ? "watch:error=CONNECT"
	       : _i == 1 ? "watch:error=NOT_SUPPORTED"
			 : "watch:hang",
	       1);
	conn = state_open(0);
	add(conn, "box", NULL);
	uuid_of(conn, "box", uuid);
	WAIT_FOR(atomic_load(&watches) > 0);
	vanishes("box");
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_MISSING);
	becomes("box", uuid, HYPER_STATE_RUNNING);
	WAIT_FOR(state_of(conn, "box") == HYPER_STATE_RUNNING);
	/* One that fails is tried again, the others are not. */
	if (_i == 0)
		WAIT_FOR(atomic_load(&watches) > 2);
	else
		ck_assert_int_eq(atomic_load(&watches), 1);
	hyper_close(conn);
}
END_TEST

/* A storm of changes is no storm of questions, and its end is seen. */
START_TEST(test_storm)
{
	enum { MACHINES = 40, TURNS = 30 };
	hyper_conn *conn = state_open(0);
	char uuid[MACHINES][64], id[16];
	int64_t began;
	int before;

	for (int i = 0; i < MACHINES; i++) {
		snprintf(id, sizeof(id), "box%d", i);
		add(conn, id, NULL);
		uuid_of(conn, id, uuid[i]);
	}
	sees_all(conn, "box0", uuid[0]);
	before = atomic_load(&asked);
	began = hyp_mono_ms();
	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < MACHINES; i++) {
			snprintf(id, sizeof(id), "box%d", i);
			becomes(id, uuid[i],
				turn % 2 ? HYPER_STATE_RUNNING
					 : HYPER_STATE_STOPPED);
		}
	}
	for (int i = 0; i < MACHINES; i++) {
		snprintf(id, sizeof(id), "box%d", i);
		WAIT_FOR(state_of(conn, id) == HYPER_STATE_RUNNING);
	}
	ck_assert_int_le(atomic_load(&asked) - before,
			 (hyp_mono_ms() - began) / 200 + 2);
	hyper_close(conn);
}
END_TEST

/* A look at one machine that hangs holds up no other's. */
START_TEST(test_look_hangs)
{
	hyper_conn *conn = state_open(0);
	char uuid[64], sick[64];

	add(conn, "box", NULL);
	add(conn, "sick", "inspect:hang");
	uuid_of(conn, "box", uuid);
	uuid_of(conn, "sick", sick);
	sees_all(conn, "box", uuid);
	becomes("sick", sick, HYPER_STATE_RUNNING);
	WAIT_FOR(state_of(conn, "sick") == HYPER_STATE_RUNNING);
	sees_all(conn, "box", uuid);
	sees_all(conn, "sick", sick);
	hyper_close(conn);
}
END_TEST

/* Closing does not wait for a watch, whether it listens, is about to begin,
 * or hangs. */
START_TEST(test_close)
{
	static const char *const scripts[] = { "", "watch:latency=600000",
					       "watch:hang" };
	hyper_conn *conn;
	int64_t began;

	setenv("HYPER_TEST_SCRIPT", scripts[_i], 1);
	conn = state_open(0);
	add(conn, "box", NULL);
	WAIT_FOR(atomic_load(&watches) > 0);
	began = hyp_mono_ms();
	hyper_close(conn);
	ck_assert_int_lt(hyp_mono_ms() - began, 10000);
}
END_TEST

/* Machines in memory are watched as well. */
START_TEST(test_in_memory)
{
	hyper_conn *conn;

	unsetenv("HYPER_TEST_KEEP");
	conn = state_open(0);
	add(conn, "box", NULL);
	WAIT_FOR(atomic_load(&watches) > 0);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	OK(hyper_machine_stop(conn, "box", 0, 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(test_setting)
{
	static const char *const wrong[] = { "0", "2s", "86401" };
	hyper_machine *spec = spec_of("box", NULL);
	hyper_conn *conn;

	for (size_t i = 0; i < HYP_COUNT(wrong); i++) {
		setenv("HYPER_TEST_POLL", wrong[i], 1);
		conn = state_open(0);
		FAILS(HYPER_ERR_INVALID,
		      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
		hyper_close(conn);
	}
	setenv("HYPER_TEST_POLL", "86400", 1);
	conn = state_open(0);
	OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_close(conn);
	hyper_machine_free(spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tcase = tcase_create("watch");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_told);
	tcase_add_test(tcase, test_before_the_beginning);
	tcase_add_test(tcase, test_two_connections);
	tcase_add_test(tcase, test_machine_of_others);
	tcase_add_test(tcase, test_slow_list);
	tcase_add_test(tcase, test_during_an_operation);
	tcase_add_test(tcase, test_lost_and_back);
	tcase_add_loop_test(tcase, test_watch_fails, 0, 3);
	tcase_add_test(tcase, test_storm);
	tcase_add_test(tcase, test_look_hangs);
	tcase_add_loop_test(tcase, test_close, 0, 3);
	tcase_add_test(tcase, test_in_memory);
	tcase_add_test(tcase, test_setting);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
