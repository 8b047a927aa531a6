/* SPDX-License-Identifier: MIT */
/*
 * Machines that hyper did not make. run.sh puts them into the engine: "stray"
 * runs, "No_Id" has a name that is no id, "foreign" is another hyper's. They
 * stay there.
 */
#include <stdlib.h>
#include <string.h>

#include "contract.h"

#define STRAY_UUID "00000000-0000-4000-8000-000000000001"

static void release(hyper_conn *conn, const char *id)
{
	hyper_operation *op = NULL;
	hyper_error *err = NULL;

	OK(hyper_machine_remove(conn, id, HYPER_KEEP, &op, &err));
	ck_assert_str_eq(hyper_operation_kind(op), "release");
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	hyper_operation_free(op);
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_remove(conn, id, HYPER_KEEP, NULL, &err));
}

/* It is one of ours as others are, and goes on when it is not any more. */
START_TEST(life)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	char *ids;

	OK(hyper_machine_adopt(conn, "test", "stray", NULL, 0, &machine, &op,
			       &err));
	say_machine("adopted", machine);
	ck_assert_str_eq(hyper_machine_id(machine), "stray");
	ck_assert(hyper_machine_adopted(machine));
	ck_assert_str_eq(hyper_machine_handle(machine), STRAY_UUID);
	ck_assert_str_ne(hyper_machine_uuid(machine), STRAY_UUID);
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	ck_assert_str_eq(hyper_operation_kind(op), "adopt");
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	ck_assert_str_eq(hyper_operation_machine(op), "stray");
	hyper_operation_free(op);
	hyper_machine_free(machine);
	machine = NULL;

	ids = ids_of(conn, "adopted=true", NULL);
	ck_assert_str_eq(ids, "stray");
	free(ids);
	OK(hyper_machine_stop(conn, "stray", 0, 0, NULL, NULL, &err));
	OK(hyper_machine_get(conn, "stray", HYPER_REFRESH, &machine, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	ck_assert(!hyper_machine_stale(machine));
	hyper_machine_free(machine);
	OK(hyper_machine_start(conn, "stray", 0, NULL, NULL, &err));
	release(conn, "stray");

	/* By its handle, and under another name. */
	OK(hyper_machine_adopt(conn, NULL, STRAY_UUID, "Another", 0, &machine,
			       NULL, &err));
	ck_assert_str_eq(hyper_machine_id(machine), "another");
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	hyper_machine_free(machine);
	release(conn, "another");
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

#define ADOPT(type, name, id, flags)                                           \
	hyper_machine_adopt(conn, type, name, id, flags, &machine, NULL, &err)
	add_machine(conn, "kept", NULL, "adopt");
	FAILS(HYPER_ERR_NOT_FOUND, "name", ADOPT("test", "nobody", NULL, 0));
	FAILS(HYPER_ERR_NOT_FOUND, "name", ADOPT(NULL, "nobody", NULL, 0));
	FAILS(HYPER_ERR_NO_DRIVER, NULL, ADOPT("nodriver", "a", NULL, 0));
	FAILS(HYPER_ERR_INVALID, "type", ADOPT("../x", "stray", NULL, 0));
	FAILS(HYPER_ERR_INVALID, "name", ADOPT("test", NULL, NULL, 0));
	FAILS(HYPER_ERR_INVALID, "name", ADOPT("test", "", NULL, 0));
	FAILS(HYPER_ERR_INVALID, "id", ADOPT("test", "stray", "-", 0));
	FAILS(HYPER_ERR_INVALID, "flags",
	      ADOPT("test", "stray", NULL, HYPER_ASYNC));
	/* One of ours, and ids that are taken. */
	FAILS(HYPER_ERR_EXISTS, "name", ADOPT("test", "kept", "again", 0));
	FAILS(HYPER_ERR_EXISTS, "id", ADOPT("test", "stray", "kept", 0));
	/* What its engine calls it is no id. */
	FAILS(HYPER_ERR_INVALID, "id", ADOPT("test", "No_Id", NULL, 0));
	/* Another hyper's. */
	FAILS(HYPER_ERR_EXISTS, "name", ADOPT("test", "foreign", NULL, 0));
	FAILS(HYPER_ERR_EXISTS, "name", ADOPT(NULL, "foreign", NULL, 0));
	ck_assert_ptr_null(machine);

	OK(ADOPT("test", "foreign", NULL, HYPER_FORCE));
	hyper_machine_free(machine);
	FAILS(HYPER_ERR_EXISTS, "name", ADOPT("test", "foreign", "x", 2));
	release(conn, "foreign");
	OK(hyper_machine_adopt(conn, "test", "No_Id", "no-id", 0, NULL, NULL,
			       &err));
	release(conn, "no-id");

	/* What hyper made is not let go. */
	FAILS(HYPER_ERR_STATE, "adopted",
	      hyper_machine_remove(conn, "kept", HYPER_KEEP, NULL, &err));
	FAILS(HYPER_ERR_STATE, "adopted",
	      hyper_machine_remove(conn, "kept", HYPER_KEEP | HYPER_FORCE, NULL,
				   &err));
	remove_machine(conn, "kept");
	hyper_close(conn);
}
END_TEST

/* Who follows what happens learns of it. */
START_TEST(told)
{
	hyper_conn *conn = CONNECT();
	hyper_machines *machines = NULL;
	hyper_events *events = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	bool adopted = false, gone = false;
	const hyper_event *event;

	OK(hyper_machine_list(conn, NULL, 0, &machines, &err));
	OK(hyper_machine_adopt(conn, "test", "stray", "told", 0, NULL, &op,
			       &err));
	release(conn, "told");
	OK(hyper_event_list(conn, hyper_machines_seq(machines), 100, 0, 0,
			    &events, &err));
	for (size_t i = 0; (event = hyper_events_at(events, i)); i++) {
		const char *id = hyper_event_machine(event);

		if (!id || strcmp(id, "told") != 0)
			continue;
		if (strcmp(hyper_event_kind(event), "machine-adopted") == 0) {
			ck_assert_str_eq(hyper_event_state(event), "running");
			ck_assert_uint_eq(hyper_event_operation(event),
					  hyper_operation_id(op));
			adopted = true;
		}
		gone |= strcmp(hyper_event_kind(event), "machine-removed") == 0;
	}
	ck_assert(adopted && gone);
	hyper_operation_free(op);
	hyper_events_free(events);
	hyper_machines_free(machines);
	hyper_close(conn);
}
END_TEST

TCase *adopt_tests(void)
{
	TCase *tests = tcase_create("adopt");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, life);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, told);
	return tests;
}
