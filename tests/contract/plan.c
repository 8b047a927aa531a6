/* SPDX-License-Identifier: MIT */
/* Dry runs: they tell what would be done, refuse what would be refused, and
 * change nothing. */
#include <string.h>

#include "contract.h"

#define DRY HYPER_DRY_RUN

static uint64_t newest_event(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	uint64_t seq;

	OK(hyper_machine_list(conn, NULL, 0, &machines, &err));
	seq = hyper_machines_seq(machines);
	hyper_machines_free(machines);
	return seq;
}

static uint64_t newest_operation(hyper_conn *conn)
{
	hyper_operations *ops = NULL;
	hyper_error *err = NULL;
	const hyper_operation *op;
	uint64_t id;

	OK(hyper_operation_list(conn, NULL, 0, &ops, &err));
	op = hyper_operations_at(ops, 0);
	id = op ? hyper_operation_id(op) : 0;
	hyper_operations_free(ops);
	return id;
}

/* What a plan is, and write its steps down. [takes] op */
static void check_plan(hyper_operation *op, const char *kind, size_t steps)
{
	const char *step;
	size_t n = 0;

	ck_assert_uint_eq(hyper_operation_id(op), 0);
	ck_assert_str_eq(hyper_operation_kind(op), kind);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_PLANNED);
	ck_assert(hyper_operation_ended(op));
	ck_assert_ptr_null(hyper_operation_error(op));
	for (; (step = hyper_operation_plan(op, n)); n++)
		say("would %s: %s", kind, step);
	ck_assert_uint_eq(n, steps);
	hyper_operation_free(op);
}

START_TEST(each_kind)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of("{\"id\": \"plan\", \"image\": \"demo\","
				      " \"type\": \"test\", \"mem\": 99}");
	hyper_changes *changes = hyper_changes_new();
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	uint64_t event, operation;

	add_machine(conn, "there", NULL, "x");
	event = newest_event(conn);
	operation = newest_operation(conn);

	OK(hyper_machine_add(conn, spec, DRY, &machine, &op, &err));
	ck_assert_str_eq(hyper_machine_id(machine), "plan");
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	ck_assert_uint_eq(hyper_machine_mem(machine), 99);
	hyper_machine_free(machine);
	check_plan(op, "add", 1);

	OK(hyper_machine_start(conn, "THERE", DRY | HYPER_ASYNC, &machine, &op,
			       &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	hyper_machine_free(machine);
	check_plan(op, "start", 1);

	/* It is stopped: there is nothing to do, which is said. */
	OK(hyper_machine_stop(conn, "there", 10, DRY, NULL, &op, &err));
	check_plan(op, "stop", 1);

	OK(hyper_changes_set_mem(changes, 77, &err));
	OK(hyper_changes_set_label(changes, "t", NULL, &err));
	OK(hyper_changes_set_label(changes, "tier", "web", &err));
	OK(hyper_machine_change(conn, "there", changes, DRY, &machine, &op,
				&err));
	ck_assert_uint_eq(hyper_machine_mem(machine), 77);
	ck_assert_str_eq(hyper_machine_label(machine, "tier"), "web");
	ck_assert_ptr_null(hyper_machine_label(machine, "t"));
	hyper_machine_free(machine);
	check_plan(op, "change", 3);

	OK(hyper_machine_remove(conn, "there", DRY, &op, &err));
	check_plan(op, "remove", 1);
	OK(hyper_image_pull(conn, "test", "new", DRY, NULL, &op, &err));
	check_plan(op, "pull", 1);
	OK(hyper_image_remove(conn, "test", "tiny", DRY, &op, &err));
	check_plan(op, "image-remove", 1);
	OK(hyper_machine_adopt(conn, "test", "stray", NULL, DRY, &machine, &op,
			       &err));
	ck_assert_str_eq(hyper_machine_id(machine), "stray");
	hyper_machine_free(machine);
	check_plan(op, "adopt", 1);
	/* Nobody has to look. */
	OK(hyper_machine_remove(conn, "there", DRY, NULL, &err));

	ck_assert_uint_eq(newest_event(conn), event);
	ck_assert_uint_eq(newest_operation(conn), operation);
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_get(conn, "plan", 0, &machine, &err));
	OK(hyper_machine_get(conn, "there", 0, &machine, &err));
	ck_assert_uint_eq(hyper_machine_mem(machine), 128);
	ck_assert_str_eq(hyper_machine_label(machine, "t"), "x");
	hyper_machine_free(machine);
	hyper_changes_free(changes);
	hyper_machine_free(spec);
	remove_machine(conn, "there");
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *taken = spec_of("{\"id\": \"there\", \"image\": "
				       "\"demo\", \"type\": \"test\"}");
	hyper_machine *no_image = spec_of("{\"image\": \"nothing\", "
					  "\"type\": \"test\"}");
	hyper_machine *wrong =
		spec_of("{\"image\": \"demo\", \"type\": "
			"\"test\", \"options\": {\"a\": \"b\"}}");
	hyper_conn *view = NULL;
	hyper_error *err = NULL;
	uint64_t operation;

	add_machine(conn, "there", NULL, "x");
	OK(hyper_machine_start(conn, "there", 0, NULL, NULL, &err));
	operation = newest_operation(conn);
	FAILS(HYPER_ERR_EXISTS, "id",
	      hyper_machine_add(conn, taken, DRY, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "image",
	      hyper_machine_add(conn, no_image, DRY, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "options.a",
	      hyper_machine_add(conn, wrong, DRY, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_start(conn, "nobody", DRY, NULL, NULL, &err));
	FAILS(HYPER_ERR_STATE, "state",
	      hyper_machine_remove(conn, "there", DRY, NULL, &err));
	FAILS(HYPER_ERR_STATE, "adopted",
	      hyper_machine_remove(conn, "there", DRY | HYPER_KEEP, NULL,
				   &err));
	FAILS(HYPER_ERR_BUSY, "name",
	      hyper_image_remove(conn, "test", "demo", DRY, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "name",
	      hyper_image_remove(conn, "test", "nothing", DRY, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "name",
	      hyper_machine_adopt(conn, "test", "nobody", NULL, DRY, NULL, NULL,
				  &err));
	/* Terms are looked at, but a key is not used up. */
	OK(hyper_conn_view(conn, 0, &view, &err));
	OK(hyper_conn_set_generation(view, 1, &err));
	FAILS(HYPER_ERR_STATE, "generation",
	      hyper_machine_stop(view, "there", 0, DRY, NULL, NULL, &err));
	hyper_close(view);
	ck_assert_uint_eq(newest_operation(conn), operation);
	OK(hyper_machine_remove(conn, "there", HYPER_FORCE | DRY, NULL, &err));
	ck_assert_int_eq(state_of(conn, "there"), HYPER_STATE_RUNNING);
	hyper_machine_free(taken);
	hyper_machine_free(no_image);
	hyper_machine_free(wrong);
	remove_machine(conn, "there");
	hyper_close(conn);
}
END_TEST

/* A dry run with a key is none that the key stands for afterwards. */
START_TEST(with_a_key)
{
	hyper_machine *spec = spec_of("{\"id\": \"keyed\", \"image\": "
				      "\"demo\", \"type\": \"test\"}");
	hyper_conn *conn = CONNECT(), *view = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;

	OK(hyper_conn_view(conn, 0, &view, &err));
	OK(hyper_conn_set_key(view, "plan-key", &err));
	OK(hyper_machine_add(view, spec, DRY, NULL, &op, &err));
	check_plan(op, "add", 1);
	OK(hyper_machine_add(view, spec, 0, NULL, &op, &err));
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	hyper_operation_free(op);
	hyper_close(view);
	hyper_machine_free(spec);
	remove_machine(conn, "keyed");
	hyper_close(conn);
}
END_TEST

/* What is under way decides what there will be to do. */
START_TEST(while_busy)
{
	hyper_conn *conn = CONNECT();
	hyper_operation *op = NULL, *plan = NULL, *end;
	hyper_error *err = NULL;

	add_machine(conn, "busy", "start:latency=1500", NULL);
	OK(hyper_machine_start(conn, "busy", HYPER_ASYNC, NULL, &op, &err));
	OK(hyper_machine_stop(conn, "busy", 0, DRY, NULL, &plan, &err));
	ck_assert_ptr_nonnull(
		strstr(hyper_operation_plan(plan, 0), "wait for the end of"));
	ck_assert_ptr_nonnull(hyper_operation_plan(plan, 1));
	ck_assert_ptr_null(hyper_operation_plan(plan, 2));
	hyper_operation_free(plan);
	OK(hyper_machine_stop(conn, "busy", 0, DRY | HYPER_FORCE, NULL, &plan,
			      &err));
	ck_assert_ptr_nonnull(
		strstr(hyper_operation_plan(plan, 0), "overtake operation"));
	hyper_operation_free(plan);
	end = wait_for_end(conn, hyper_operation_id(op));
	ck_assert_int_eq(hyper_operation_state(end), HYPER_OP_DONE);
	hyper_operation_free(end);
	hyper_operation_free(op);
	remove_machine(conn, "busy");
	hyper_close(conn);
}
END_TEST

START_TEST(fails_with_its_driver)
{
	hyper_conn *conn = CONNECT();
	hyper_error *err = NULL;

	add_machine(conn, "sick", "plan:error=DRIVER", NULL);
	FAILS(HYPER_ERR_DRIVER, NULL,
	      hyper_machine_start(conn, "sick", DRY, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "sick"), HYPER_STATE_STOPPED);
	remove_machine(conn, "sick");
	hyper_close(conn);
}
END_TEST

TCase *plan_tests(void)
{
	TCase *tcase = tcase_create("plan");

	tcase_add_test(tcase, each_kind);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, with_a_key);
	tcase_add_test(tcase, while_busy);
	tcase_add_test(tcase, fails_with_its_driver);
	return tcase;
}
