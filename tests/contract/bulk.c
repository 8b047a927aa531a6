/* SPDX-License-Identifier: MIT */
/* One change of all machines that match a query. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static hyper_query *query_of(const char *filter)
{
	hyper_query *query = hyper_query_new();

	ck_assert_int_eq(hyper_query_set_filter(query, filter), 0);
	return query;
}

/* Check what came of each, and write it down. [takes] outcomes */
static void check(hyper_outcomes *outcomes, size_t count, size_t failed,
		  int state)
{
	ck_assert_uint_eq(hyper_outcomes_count(outcomes), count);
	ck_assert_uint_eq(hyper_outcomes_failed(outcomes), failed);
	for (size_t i = 0; i < count; i++) {
		const hyper_outcome *one = hyper_outcomes_at(outcomes, i);
		const hyper_machine *machine = hyper_outcome_machine(one);
		const hyper_error *error = hyper_outcome_error(one);

		say("%s: %s", hyper_outcome_id(one),
		    error ? hyper_code_name(hyper_error_code(error)) : "done");
		if (error || !state) {
			ck_assert_ptr_null(machine);
			continue;
		}
		ck_assert_str_eq(hyper_machine_id(machine),
				 hyper_outcome_id(one));
		ck_assert_int_eq(hyper_machine_state(machine), state);
		ck_assert_ptr_nonnull(hyper_outcome_operation(one));
	}
	ck_assert_ptr_null(hyper_outcomes_at(outcomes, count));
	hyper_outcomes_free(outcomes);
}

START_TEST(arguments)
{
	hyper_query *query = query_of("id=*"), *none = hyper_query_new();
	hyper_changes *changes = hyper_changes_new();
	hyper_conn *conn = CONNECT(), *view = NULL;
	hyper_outcomes *outcomes = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_INVALID, "conn",
	      hyper_machine_start_all(NULL, query, 0, &outcomes, &err));
	FAILS(HYPER_ERR_INVALID, "ret_outcomes",
	      hyper_machine_start_all(conn, query, 0, NULL, &err));
	/* Nothing is left out by mistake. */
	FAILS(HYPER_ERR_INVALID, "query",
	      hyper_machine_stop_all(conn, NULL, 0, 0, &outcomes, &err));
	FAILS(HYPER_ERR_INVALID, "query",
	      hyper_machine_remove_all(conn, none, 0, &outcomes, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_start_all(conn, query, HYPER_FORCE, &outcomes,
				      &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_stop_all(conn, query, 0, HYPER_KEEP, &outcomes,
				     &err));
	FAILS(HYPER_ERR_INVALID, "changes",
	      hyper_machine_change_all(conn, query, NULL, 0, &outcomes, &err));
	hyper_query_set_filter(query, "colour=red");
	FAILS(HYPER_ERR_INVALID, "query",
	      hyper_machine_change_all(conn, query, changes, 0, &outcomes,
				       &err));
	hyper_query_set_filter(query, "id=nobody");
	OK(hyper_conn_view(conn, 0, &view, &err));
	OK(hyper_conn_set_key(view, "bulk", &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "key",
	      hyper_machine_remove_all(view, query, 0, &outcomes, &err));
	hyper_close(view);
	OK(hyper_conn_view(conn, 0, &view, &err));
	OK(hyper_conn_set_generation(view, 7, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "generation",
	      hyper_machine_remove_all(view, query, 0, &outcomes, &err));
	hyper_close(view);
	OK(hyper_machine_remove_all(conn, query, 0, &outcomes, &err));
	check(outcomes, 0, 0, 0);
	hyper_outcomes_free(NULL);
	hyper_changes_free(changes);
	hyper_query_free(none);
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

/* More than are done at the same time. */
#define MANY 40

START_TEST(life)
{
	hyper_query *query = query_of("label.t=many");
	hyper_changes *changes = hyper_changes_new();
	hyper_conn *conn = CONNECT();
	hyper_outcomes *outcomes = NULL;
	hyper_error *err = NULL;
	char *ids;

	for (int i = 0; i < MANY; i++) {
		char id[32];

		snprintf(id, sizeof(id), "many-%02d", i);
		add_machine(conn, id, NULL, i % 2 ? "many" : "few");
	}
	OK(hyper_machine_start_all(conn, query, HYPER_DRY_RUN, &outcomes,
				   &err));
	check(outcomes, MANY / 2, 0, HYPER_STATE_RUNNING);
	ids = ids_of(conn, "state=running", NULL);
	ck_assert_str_eq(ids, "");
	hyper_free(ids);

	hyper_query_set_filter(query, "id=many-*");
	OK(hyper_machine_start_all(conn, query, 0, &outcomes, &err));
	check(outcomes, MANY, 0, HYPER_STATE_RUNNING);

	OK(hyper_changes_set_label(changes, "t", "all", &err));
	OK(hyper_machine_change_all(conn, query, changes, 0, &outcomes, &err));
	check(outcomes, MANY, 0, HYPER_STATE_RUNNING);

	/* A page of them, in the order of the query. */
	hyper_query_set_filter(query, "label.t=all");
	hyper_query_set_sort(query, "-id");
	hyper_query_set_limit(query, 2);
	OK(hyper_machine_stop_all(conn, query, 1000, 0, &outcomes, &err));
	check(outcomes, 2, 0, HYPER_STATE_STOPPED);
	ids = ids_of(conn, "label.t=all state=stopped", NULL);
	ck_assert_str_eq(ids, "many-38 many-39");
	hyper_free(ids);

	hyper_query_set_limit(query, 0);
	OK(hyper_machine_remove_all(conn, query, HYPER_FORCE, &outcomes, &err));
	check(outcomes, MANY, 0, 0);
	hyper_changes_free(changes);
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

/* What fails for one does not keep it from the others. */
START_TEST(some_fail)
{
	hyper_query *query = query_of("id=mixed-*");
	hyper_conn *conn = CONNECT();
	hyper_outcomes *outcomes = NULL;
	const hyper_outcome *one;
	hyper_error *err = NULL;
	char *json = NULL;

	add_machine(conn, "mixed-a", NULL, NULL);
	add_machine(conn, "mixed-b", "start:error=DRIVER", NULL);
	add_machine(conn, "mixed-c", NULL, NULL);
	OK(hyper_machine_start_all(conn, query, 0, &outcomes, &err));
	one = hyper_outcomes_at(outcomes, 1);
	ck_assert_int_eq(hyper_error_code(hyper_outcome_error(one)),
			 HYPER_ERR_DRIVER);
	ck_assert_int_eq(hyper_operation_state(hyper_outcome_operation(one)),
			 HYPER_OP_FAILED);
	OK(hyper_outcomes_to_json(outcomes, 0, &json, &err));
	say_json("outcomes", json);
	check(outcomes, 3, 1, HYPER_STATE_RUNNING);

	/* They run, so none is removed; it is refused before it is recorded or
	 * in its turn. */
	OK(hyper_machine_remove_all(conn, query, 0, &outcomes, &err));
	check(outcomes, 3, 2, 0);
	OK(hyper_machine_remove_all(conn, query, HYPER_FORCE, &outcomes, &err));
	check(outcomes, 2, 0, 0);
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

START_TEST(not_waited_for)
{
	hyper_query *query = query_of("id=late-*");
	hyper_conn *conn = CONNECT();
	hyper_outcomes *outcomes = NULL;
	hyper_error *err = NULL;

	add_machine(conn, "late-a", "start:latency=300", NULL);
	add_machine(conn, "late-b", "start:latency=300", NULL);
	OK(hyper_machine_start_all(conn, query, HYPER_ASYNC, &outcomes, &err));
	ck_assert_uint_eq(hyper_outcomes_count(outcomes), 2);
	for (size_t i = 0; i < 2; i++) {
		const hyper_operation *op =
			hyper_outcome_operation(hyper_outcomes_at(outcomes, i));
		hyper_operation *end =
			wait_for_end(conn, hyper_operation_id(op));

		ck_assert(!hyper_operation_ended(op));
		ck_assert_int_eq(hyper_operation_state(end), HYPER_OP_DONE);
		hyper_operation_free(end);
	}
	hyper_outcomes_free(outcomes);
	remove_machine(conn, "late-a");
	remove_machine(conn, "late-b");
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

TCase *bulk_tests(void)
{
	TCase *tcase = tcase_create("bulk");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, arguments);
	tcase_add_test(tcase, life);
	tcase_add_test(tcase, some_fail);
	tcase_add_test(tcase, not_waited_for);
	return tcase;
}
