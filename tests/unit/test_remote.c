/* SPDX-License-Identifier: MIT */
/* The client of a hyperd: the same calls, the same answers. */
#include "remote.h"

static void check_json(int rc_a, char *a, int rc_b, char *b)
{
	ck_assert_int_eq(rc_a, 0);
	ck_assert_int_eq(rc_b, 0);
	ck_assert_str_eq(a, b);
	free(a);
	free(b);
}

#define SAME(noun, a, b)                                                       \
	do {                                                                   \
		char *json_a = NULL, *json_b = NULL;                           \
		int rc_a, rc_b;                                                \
		rc_a = hyper_##noun##_to_json(a, 0, &json_a, NULL);            \
		rc_b = hyper_##noun##_to_json(b, 0, &json_b, NULL);            \
		check_json(rc_a, json_a, rc_b, json_b);                        \
	} while (0)

/* What fake heard directly and over HTTP. */
static char heard[sizeof(fake.said)];
static void remember(void)
{
	memcpy(heard, fake.said, sizeof(heard));
}

START_TEST(info_and_drivers)
{
	hyper_info *info[2] = { 0 };
	hyper_drivers *drivers[2] = { 0 };
	hyper_conn *const conns[] = { &fake.conn, conn };

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(hyper_conn_info(conns[i], 0, &info[i], NULL),
				 0);
		ck_assert_int_eq(
			hyper_driver_list(conns[i], 0, &drivers[i], NULL), 0);
	}
	SAME(info, info[0], info[1]);
	SAME(drivers, drivers[0], drivers[1]);
	ck_assert(!hyper_conn_is_local(conn));
	ck_assert_str_eq(hyper_conn_uri(conn), server.unix_uri);
	ck_assert_str_eq(server.token, "");
	for (int i = 0; i < 2; i++) {
		hyper_info_free(info[i]);
		hyper_drivers_free(drivers[i]);
	}
}
END_TEST

START_TEST(machines_alike)
{
	hyper_conn *const conns[] = { &fake.conn, conn };
	hyper_query *query = hyper_query_new();
	hyper_machines *lists[2] = { 0 };
	hyper_machine *got[2] = { 0 };

	hyper_query_set_filter(query, "state=running and \"\xc3\xa4 & +=?#\"");
	hyper_query_set_sort(query, "-mem,id");
	hyper_query_set_cursor(query, "c");
	hyper_query_set_limit(query, 3);
	hyper_query_set_count(query, true);
	hyper_query_set_fields(query, "id,state");
	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(hyper_machine_list(conns[i], query,
						    HYPER_REFRESH, &lists[i],
						    NULL),
				 0);
	}
	ck_assert_str_eq(heard, fake.said);
	SAME(machines, lists[0], lists[1]);
	ck_assert_int_eq(hyper_machines_total(lists[1]), 5);
	ck_assert_ptr_null(hyper_machines_next_cursor(lists[1]));
	/* The getters know all fields in both worlds. */
	ck_assert_uint_eq(hyper_machine_mem(hyper_machines_at(lists[1], 0)),
			  512);
	hyper_machines_free(lists[1]);
	hyper_query_set_limit(query, 2);
	hyper_query_set_count(query, false);
	ck_assert_int_eq(hyper_machine_list(conn, query, 0, &lists[1], NULL),
			 0);
	ck_assert_ptr_nonnull(hyper_machines_next_cursor(lists[1]));
	ck_assert_int_eq(hyper_machines_total(lists[1]), -1);
	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(hyper_machine_get(conns[i], "Web1",
						   HYPER_REFRESH, &got[i],
						   NULL),
				 0);
	}
	ck_assert_str_eq(heard, fake.said);
	SAME(machine, got[0], got[1]);
	for (int i = 0; i < 2; i++) {
		hyper_machines_free(lists[i]);
		hyper_machine_free(got[i]);
	}
	hyper_query_free(query);
}
END_TEST

/* The first ones give a machine. */
#define WITH_MACHINE(i) ((i) < 4)

START_TEST(changes)
{
	hyper_machine *machines[2] = { 0 };
	hyper_operation *ops[2] = { 0 };
	hyper_conn *const conns[] = { &fake.conn, conn };

	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(
			do_change(_i, conns[i], 0, &machines[i], &ops[i], NULL),
			0);
	}
	ck_assert_str_eq(heard, fake.said);
	if (WITH_MACHINE(_i))
		SAME(machine, machines[0], machines[1]);
	ck_assert_uint_eq(hyper_operation_id(ops[1]), 42);
	ck_assert(hyper_operation_ended(ops[1]));
	for (int i = 0; i < 2; i++) {
		hyper_machine_free(machines[i]);
		hyper_operation_free(ops[i]);
	}
	ck_assert_int_eq(do_change(_i, conn, 0, NULL, NULL, NULL), 0);
}
END_TEST

START_TEST(async_changes)
{
	hyper_machine *machine = NULL;
	hyper_operation *ops[2] = { 0 };
	hyper_conn *const conns[] = { &fake.conn, conn };

	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(do_change(_i, conns[i], HYPER_ASYNC, NULL,
					   &ops[i], NULL),
				 0);
	}
	ck_assert_str_eq(heard, fake.said);
	SAME(operation, ops[0], ops[1]);
	ck_assert(!hyper_operation_ended(ops[1]));
	hyper_operation_free(ops[0]);
	hyper_operation_free(ops[1]);
	if (!WITH_MACHINE(_i))
		return;
	/* The machine, also if it has gone again. */
	for (int gone = 0; gone < 2; gone++) {
		fake.gone = gone;
		ck_assert_int_eq(do_change(_i, conn, HYPER_ASYNC, &machine,
					   &ops[0], NULL),
				 0);
		ck_assert_str_eq(hyper_machine_id(machine), "web1");
		ck_assert_str_eq(hyper_machine_type(machine), "fake");
		ck_assert_ptr_nonnull(
			hyper_state_name(hyper_machine_state(machine)));
		hyper_machine_free(machine);
		hyper_operation_free(ops[0]);
	}
}
END_TEST

START_TEST(nothing_to_do)
{
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;

	fake.no_op = true;
	ck_assert_int_eq(hyper_machine_start(conn, "a", HYPER_ASYNC, &machine,
					     &op, NULL),
			 0);
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	ck_assert_ptr_null(op);
	hyper_machine_free(machine);
}
END_TEST

START_TEST(images_alike)
{
	hyper_images *lists[2] = { 0 };
	hyper_image *got[2] = { 0 };
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	hyper_conn *const conns[] = { &fake.conn, conn };

	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(
			hyper_image_list(conns[i], "fake", 0, &lists[i], NULL),
			0);
	}
	ck_assert_str_eq(heard, fake.said);
	SAME(images, lists[0], lists[1]);
	for (int i = 0; i < 2; i++) {
		remember();
		ck_assert_int_eq(hyper_image_get(conns[i], "fake", "../a/b:1",
						 0, &got[i], NULL),
				 0);
	}
	ck_assert_str_eq(heard, fake.said);
	SAME(image, got[0], got[1]);
	for (int i = 0; i < 2; i++) {
		hyper_images_free(lists[i]);
		hyper_image_free(got[i]);
		got[i] = NULL;
	}
	ck_assert_int_eq(
		hyper_image_get(conn, "fake", "none", 0, &got[1], &err),
		HYPER_ERR_NOT_FOUND);
	hyper_error_free(err);
	ck_assert_int_eq(
		hyper_image_pull(conn, "fake", "b", 0, &got[1], &op, NULL), 0);
	ck_assert_str_eq(fake.said, "image add fake b - flags=0");
	ck_assert_str_eq(hyper_image_name(got[1]), "b");
	ck_assert_uint_eq(hyper_operation_id(op), 42);
	hyper_image_free(got[1]);
	hyper_operation_free(op);
	got[1] = NULL;
	ck_assert_int_eq(hyper_image_import(conn, "fake", "b", "/x y",
					    HYPER_ASYNC, &got[1], &op, NULL),
			 0);
	ck_assert_str_eq(fake.said, "image add fake b /x y flags=1");
	ck_assert_ptr_null(got[1]);
	ck_assert_str_eq(hyper_operation_kind(op), "import");
	hyper_operation_free(op);
}
END_TEST

START_TEST(operations)
{
	hyper_operations *list = NULL;
	hyper_operation *op = NULL;
	hyper_query *query = hyper_query_new();
	hyper_error *errs[2] = { 0 };

	hyper_query_set_filter(query, "state=queued");
	hyper_query_set_count(query, true);
	ck_assert_int_eq(hyper_operation_list(conn, query, 0, &list, NULL), 0);
	ck_assert_str_eq(fake.said, "operations state=queued");
	ck_assert_int_eq(hyper_operations_total(list), 1);
	hyper_operations_free(list);
	hyper_query_free(query);

	ck_assert_int_eq(hyper_operation_get(conn, 42, 0, &op, NULL), 0);
	hyper_operation_free(op);
	ck_assert_int_eq(hyper_operation_cancel(conn, 42, 0, &op, NULL), 0);
	hyper_operation_free(op);
	ck_assert_int_eq(hyper_operation_cancel(conn, 42, 0, NULL, NULL), 0);
	ck_assert_int_eq(
		hyper_operation_wait(conn, 42, UINT32_MAX, 0, &op, NULL), 0);
	ck_assert(hyper_operation_ended(op));
	hyper_operation_free(op);
	op = NULL;
	fake.endless = true;
	ck_assert_int_eq(
		hyper_operation_wait(&fake.conn, 42, 50, 0, &op, &errs[0]),
		HYPER_ERR_TIMEOUT);
	ck_assert_int_eq(hyper_operation_wait(conn, 42, 50, 0, &op, &errs[1]),
			 HYPER_ERR_TIMEOUT);
	ck_assert_str_eq(hyper_error_message(errs[0]),
			 hyper_error_message(errs[1]));
	ck_assert_ptr_null(op);
	hyper_error_free(errs[0]);
	hyper_error_free(errs[1]);
}
END_TEST

START_TEST(errors)
{
	for (int code = HYPER_ERR_INVALID; code >= HYPER_ERR_INTERNAL; code--) {
		hyper_machine *machine = NULL;
		hyper_error *errs[2] = { 0 };
		char *json[2] = { 0 };

		fake.fail = code;
		fake.field = code % 2 ? "labels.x" : NULL;
		hyper_machine_get(&fake.conn, "a", 0, &machine, &errs[0]);
		ck_assert_int_eq(
			hyper_machine_get(conn, "a", 0, &machine, &errs[1]),
			code);
		ck_assert_ptr_null(machine);
		hyper_error_to_json(errs[0], 0, &json[0]);
		hyper_error_to_json(errs[1], 0, &json[1]);
		check_json(0, json[0], 0, json[1]);
		hyper_error_free(errs[0]);
		hyper_error_free(errs[1]);
	}
}
END_TEST

START_TEST(errors_without_err)
{
	hyper_machine *machine = NULL;

	fake.fail = HYPER_ERR_STATE;
	ck_assert_int_eq(hyper_machine_get(conn, "a", 0, &machine, NULL),
			 HYPER_ERR_STATE);
	ck_assert_int_eq(hyper_machine_start(conn, "a", 0, NULL, NULL, NULL),
			 HYPER_ERR_STATE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remote");
	TCase *all = tcase_create("remote");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 30);
	tcase_add_test(all, info_and_drivers);
	tcase_add_test(all, machines_alike);
	tcase_add_loop_test(all, changes, 0, CHANGES);
	tcase_add_loop_test(all, async_changes, 0, CHANGES);
	tcase_add_test(all, nothing_to_do);
	tcase_add_test(all, images_alike);
	tcase_add_test(all, operations);
	tcase_add_test(all, errors);
	tcase_add_test(all, errors_without_err);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
