/* SPDX-License-Identifier: MIT */
/* Changing a machine that is there. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static hyper_changes *changes_of(const char *json)
{
	hyper_changes *changes = NULL;
	hyper_error *err = NULL;

	OK(hyper_changes_from_json(json, strlen(json), 0, &changes, &err));
	return changes;
}

START_TEST(arguments)
{
	hyper_changes *changes = hyper_changes_new();
	hyper_conn *conn = CONNECT();
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_INVALID, "mem",
	      hyper_changes_set_mem(changes, 0, &err));
	FAILS(HYPER_ERR_INVALID, "mem",
	      hyper_changes_set_mem(changes, UINT64_MAX, &err));
	FAILS(HYPER_ERR_INVALID, "vcpus",
	      hyper_changes_set_vcpus(changes, 0, &err));
	FAILS(HYPER_ERR_INVALID, "vcpus",
	      hyper_changes_set_vcpus(changes, UINT32_MAX, &err));
	FAILS(HYPER_ERR_INVALID, "labels",
	      hyper_changes_set_label(changes, "", "x", &err));
	FAILS(HYPER_ERR_INVALID, "labels",
	      hyper_changes_set_label(changes, "a b", NULL, &err));
	FAILS(HYPER_ERR_INVALID, "text",
	      hyper_changes_from_json(NULL, 0, 0, &changes, &err));
	FAILS(HYPER_ERR_INVALID, "ret_changes",
	      hyper_changes_from_json("{}", 2, 0, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_changes_from_json("{}", 2, HYPER_FORCE, &changes, &err));
	FAILS(HYPER_ERR_INVALID, "conn",
	      hyper_machine_change(NULL, "a", changes, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_change(conn, NULL, changes, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_change(conn, "-", changes, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "changes",
	      hyper_machine_change(conn, "a", NULL, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_change(conn, "a", changes, HYPER_KEEP, NULL, NULL,
				   &err));
	FAILS(HYPER_ERR_INVALID, "ret_op",
	      hyper_machine_change(conn, "a", changes, HYPER_ASYNC, NULL, NULL,
				   &err));
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_change(conn, "nobody", changes, 0, NULL, NULL,
				   &err));
	hyper_changes_free(NULL);
	hyper_changes_free(changes);
	hyper_close(conn);
}
END_TEST

START_TEST(change)
{
	hyper_conn *conn = CONNECT();
	hyper_changes *changes = hyper_changes_new();
	hyper_machine *one = NULL, *two = NULL;
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;

	add_machine(conn, "alter", NULL, "old");
	OK(hyper_changes_set_mem(changes, 300, &err));
	OK(hyper_changes_set_vcpus(changes, 3, &err));
	OK(hyper_changes_set_autostart(changes, false, &err));
	/* The last word counts. */
	OK(hyper_changes_set_label(changes, "tier", NULL, &err));
	OK(hyper_changes_set_label(changes, "tier", "web", &err));
	OK(hyper_changes_set_label(changes, "t", "new", &err));
	OK(hyper_changes_set_label(changes, "t", NULL, &err));
	OK(hyper_changes_set_label(changes, "none", NULL, &err));
	OK(hyper_machine_change(conn, "ALTER", changes, 0, &one, &op, &err));
	say_machine("changed", one);
	ck_assert_str_eq(hyper_operation_kind(op), "change");
	ck_assert_uint_eq(hyper_machine_mem(one), 300);
	ck_assert_uint_eq(hyper_machine_vcpus(one), 3);
	ck_assert_str_eq(hyper_machine_label(one, "tier"), "web");
	ck_assert_ptr_null(hyper_machine_label(one, "t"));
	ck_assert_int_eq(hyper_machine_state(one), HYPER_STATE_STOPPED);
	hyper_operation_free(op);
	op = NULL;

	/* again: success, and nothing has changed */
	OK(hyper_machine_change(conn, "alter", changes, 0, &two, NULL, &err));
	ck_assert_uint_eq(hyper_machine_generation(one),
			  hyper_machine_generation(two));
	hyper_machine_free(two);
	hyper_changes_free(changes);

	OK(hyper_machine_start(conn, "alter", 0, NULL, NULL, &err));
	changes = changes_of("{\"mem\": \"1G\", \"labels\": {\"tier\": null}}");
	OK(hyper_machine_change(conn, "alter", changes, HYPER_ASYNC, NULL, &op,
				&err));
	ended = wait_for_end(conn, hyper_operation_id(op));
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_DONE);
	hyper_operation_free(ended);
	hyper_operation_free(op);
	two = NULL;
	OK(hyper_machine_get(conn, "alter", 0, &two, &err));
	ck_assert_uint_eq(hyper_machine_mem(two), 1024);
	ck_assert_uint_eq(hyper_machine_vcpus(two), 3);
	ck_assert_ptr_null(hyper_machine_label(two, "tier"));
	ck_assert_int_eq(hyper_machine_state(two), HYPER_STATE_RUNNING);
	hyper_changes_free(changes);
	hyper_machine_free(one);
	hyper_machine_free(two);
	remove_machine(conn, "alter");
	hyper_close(conn);
}
END_TEST

/* What fails changes nothing; labels are not the driver's business. */
START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_changes *mem = changes_of("{\"mem\": 77, \"labels\": "
					"{\"t\": \"x\"}}");
	hyper_changes *label = changes_of("{\"labels\": {\"t\": \"y\"}}");
	hyper_changes *start = changes_of("{\"autostart\": true}");
	hyper_changes *many = hyper_changes_new();
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	add_machine(conn, "refuse", "change@2:error=DRIVER", "old");
	FAILS(HYPER_ERR_DRIVER, NULL,
	      hyper_machine_change(conn, "refuse", mem, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "autostart",
	      hyper_machine_change(conn, "refuse", start, 0, NULL, NULL, &err));
	for (int i = 0; i < 1024; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", i);
		ck_assert_int_eq(hyper_changes_set_label(many, key, "", NULL),
				 0);
	}
	FAILS(HYPER_ERR_LIMIT, "labels",
	      hyper_machine_change(conn, "refuse", many, 0, NULL, NULL, &err));
	OK(hyper_machine_get(conn, "refuse", 0, &machine, &err));
	ck_assert_uint_eq(hyper_machine_mem(machine), 128);
	ck_assert_str_eq(hyper_machine_label(machine, "t"), "old");
	ck_assert_ptr_null(hyper_machine_label(machine, "k0"));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	hyper_machine_free(machine);
	machine = NULL;
	OK(hyper_machine_change(conn, "refuse", label, 0, &machine, NULL,
				&err));
	ck_assert_str_eq(hyper_machine_label(machine, "t"), "y");
	hyper_machine_free(machine);
	hyper_changes_free(mem);
	hyper_changes_free(label);
	hyper_changes_free(start);
	hyper_changes_free(many);
	remove_machine(conn, "refuse");
	hyper_close(conn);
}
END_TEST

TCase *change_tests(void)
{
	TCase *tests = tcase_create("change");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, arguments);
	tcase_add_test(tests, change);
	tcase_add_test(tests, refused);
	return tests;
}
