/* SPDX-License-Identifier: MIT */
/* What the database says of a machine is what was seen last, or that nobody
 * knows; and it says how old that is. */
#include "sql.h"

/* The driver has done something, and then neither it nor anybody else knew. */
START_TEST(test_unknown)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;

	add(conn, "box", "start@3:error=PROTOCOL;inspect:error=CONNECT");
	FAILS(HYPER_ERR_PROTOCOL,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_ERROR);
	ck_assert_ptr_nonnull(hyper_machine_state_reason(machine));
	hyper_machine_free(machine);
	/* When the engine can be asked again, it is what that says. */
	OK(hyper_machine_get(conn, "box", HYPER_REFRESH, &machine, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

/* One that refused has changed nothing, whoever can be asked. */
START_TEST(test_refused)
{
	hyper_conn *conn = state_open(0);

	add(conn, "box", "start@1:error=CONNECT;inspect:error=CONNECT");
	FAILS(HYPER_ERR_CONNECT,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
}
END_TEST

/* Nothing had to be changed, but it was seen. */
START_TEST(test_seen_by_an_operation)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;
	uint64_t generation;

	add(conn, "box", NULL);
	OK(hyper_machine_start(conn, "box", 0, &machine, NULL, &err));
	generation = hyper_machine_generation(machine);
	hyper_machine_free(machine);
	run_sql("UPDATE machine SET observed_at = 1000; DELETE FROM driver");
	OK(hyper_machine_start(conn, "box", 0, &machine, NULL, &err));
	ck_assert(!hyper_machine_stale(machine));
	ck_assert_int_gt(hyper_machine_observed_at(machine), 1000);
	ck_assert_uint_eq(hyper_machine_generation(machine), generation);
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

/* The clock was ahead: what was seen then does not look fresh for ever. */
START_TEST(test_clock_was_ahead)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *machine = NULL;

	add(conn, "box", NULL);
	hyper_close(conn);
	run_sql("UPDATE machine SET observed_at = 4102444800000;"
		"UPDATE driver SET observed_at = 4102444800000");
	conn = state_open(HYPER_OPEN_READONLY);
	OK(hyper_machine_get(conn, "box", 0, &machine, &err));
	ck_assert(hyper_machine_stale(machine));
	ck_assert_int_eq(hyper_machine_observed_at(machine), 0);
	hyper_machine_free(machine);
	hyper_close(conn);
	conn = state_open(0);
	OK(hyper_machine_get(conn, "box", HYPER_REFRESH, &machine, &err));
	ck_assert(!hyper_machine_stale(machine));
	ck_assert_int_gt(hyper_machine_observed_at(machine),
			 hyp_now_ms() - 60000);
	hyper_machine_free(machine);
	hyper_close(conn);
}
END_TEST

/* The last event, and whom it is about. */
static void last_is(hyper_conn *conn, const char *kind, const char *whom)
{
	hyper_machines *machines = NULL;
	hyper_events *events = NULL;
	const hyper_event *event;
	const char *about;

	OK(hyper_machine_list(conn, NULL, 0, &machines, &err));
	OK(hyper_event_list(conn, hyper_machines_seq(machines) - 1, 1, 0, 0,
			    &events, &err));
	event = hyper_events_at(events, 0);
	about = hyper_event_driver(event) ? hyper_event_driver(event)
					  : hyper_event_machine(event);
	ck_assert_str_eq(hyper_event_kind(event), kind);
	ck_assert_str_eq(about, whom);
	hyper_events_free(events);
	hyper_machines_free(machines);
}

static void refresh(hyper_conn *conn)
{
	hyper_machine *machine = NULL;

	OK(hyper_machine_get(conn, "box", HYPER_REFRESH, &machine, &err));
	hyper_machine_free(machine);
}

/* Whoever follows the events learns of what is no change of a state. */
START_TEST(test_events)
{
	hyper_conn *conn = state_open(0);
	char engine[96], away[96];

	snprintf(engine, sizeof(engine), "%s/test", dir);
	snprintf(away, sizeof(away), "%s/away", dir);
	add(conn, "box", NULL);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	run_sql("UPDATE machine SET addresses = NULL");
	refresh(conn);
	last_is(conn, "machine-changed", "box");
	ck_assert_int_eq(rename(engine, away), 0);
	refresh(conn);
	last_is(conn, "driver-lost", "test");
	ck_assert_int_eq(rename(away, engine), 0);
	refresh(conn);
	last_is(conn, "driver-back", "test");
	refresh(conn);
	last_is(conn, "driver-back", "test");
	hyper_close(conn);
}
END_TEST

/* Somebody held us for dead, and has ended our operation. */
START_TEST(test_taken_over)
{
	hyper_conn *conn = state_open(0);
	hyper_operation *op = NULL;
	uint64_t id;

	add(conn, "box", "start:latency=1000");
	id = start_async(conn, "box");
	run_sql("UPDATE operation SET state = 4, ended_at = 7, owner = -1 "
		"WHERE kind = 'start'; UPDATE machine SET state = 5");
	hyper_close(conn);
	conn = state_open(HYPER_OPEN_READONLY);
	op = op_end(conn, id);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_FAILED);
	ck_assert_int_eq(hyper_operation_ended_at(op), 7);
	/* What was written, or what somebody has seen since; not what the
	 * operation would have written. */
	ck_assert_int_ne(state_of(conn, "box"), HYPER_STATE_RUNNING);
	ck_assert_int_ne(state_of(conn, "box"), HYPER_STATE_ERROR);
	hyper_operation_free(op);
	hyper_close(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("truth");
	TCase *tcase = tcase_create("truth");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_unknown);
	tcase_add_test(tcase, test_refused);
	tcase_add_test(tcase, test_seen_by_an_operation);
	tcase_add_test(tcase, test_clock_was_ahead);
	tcase_add_test(tcase, test_events);
	tcase_add_test(tcase, test_taken_over);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
