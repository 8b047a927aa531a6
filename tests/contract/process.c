/* SPDX-License-Identifier: MIT */
/* Several connections and several processes on one state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

int process_main(const char *what, const char *id)
{
	hyper_conn *conn = NULL, *view = NULL;
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	hyper_error *err = NULL;
	int ret = hyper_open(test_uri, 0, &conn, &err) ||
		  hyper_conn_view(conn, 0, &view, &err) ||
		  hyper_conn_set_key(view, id, &err);

	if (!ret && !strcmp(what, "get")) {
		ret = hyper_machine_get(conn, id, 0, &machine, &err);
	} else if (!ret && !strcmp(what, "start")) {
		ret = hyper_machine_start(conn, id, 0, &machine, NULL, &err);
	} else if (!ret && !strcmp(what, "remove")) {
		ret = hyper_machine_remove(conn, id, HYPER_FORCE, NULL, &err);
	} else if (!ret) { /* add; add-crash, with its id as the key */
		hyper_machine_set_id(spec, id, NULL);
		hyper_machine_set_image(spec, "demo", NULL);
		if (!strcmp(what, "add-crash"))
			hyper_machine_set_option(spec, "script", "add:crash",
						 NULL);
		ret = hyper_machine_add(strcmp(what, "add") ? view : conn, spec,
					0, &machine, NULL, &err);
	}
	if (ret)
		fprintf(stderr, "%s %s: %s\n", what, id,
			hyper_error_message(err));
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	hyper_close(view);
	hyper_close(conn);
	hyper_error_free(err);
	return -ret;
}

START_TEST(two_connections)
{
	hyper_conn *one = CONNECT(), *two = CONNECT();
	hyper_machine *spec = spec_of("{\"id\": \"shared\", "
				      "\"image\": \"demo\"}");
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;

	OK(hyper_machine_add(one, spec, 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(two, "shared"), HYPER_STATE_STOPPED);
	FAILS(HYPER_ERR_EXISTS, "id",
	      hyper_machine_add(two, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_start(two, "shared", 0, NULL, &op, &err));
	ck_assert_int_eq(state_of(one, "shared"), HYPER_STATE_RUNNING);
	ended = wait_for_end(one, hyper_operation_id(op));
	ck_assert_str_eq(hyper_operation_kind(ended), "start");
	hyper_operation_free(ended);
	hyper_operation_free(op);
	remove_machine(one, "shared");
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_stop(two, "shared", 0, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(two);
	hyper_close(one);
}
END_TEST

START_TEST(two_processes)
{
	hyper_conn *conn = CONNECT();
	hyper_error *err = NULL;

	add_machine(conn, "mine", NULL, "process");
	ck_assert_int_eq(run_again("get", "mine"), 0);
	ck_assert_int_eq(run_again("add", "mine"), -HYPER_ERR_EXISTS);
	ck_assert_int_eq(run_again("add", "theirs"), 0);
	ck_assert_int_eq(state_of(conn, "theirs"), HYPER_STATE_STOPPED);
	ck_assert_int_eq(run_again("get", "nobody"), -HYPER_ERR_NOT_FOUND);
	ck_assert_int_eq(run_again("start", "mine"), 0);
	ck_assert_int_eq(state_of(conn, "mine"), HYPER_STATE_RUNNING);
	OK(hyper_machine_stop(conn, "mine", 1000, 0, NULL, NULL, &err));
	ck_assert_int_eq(run_again("remove", "mine"), 0);
	remove_machine(conn, "theirs");
	hyper_close(conn);
}
END_TEST

/* A process that dies in the middle of a call leaves nothing for ever
 * "creating". (Behind a hyperd it would be the hyperd that dies.) */
START_TEST(crash)
{
	hyper_conn *conn = CONNECT();
	hyper_query *query = hyper_query_new();
	hyper_operations *ops = NULL;
	hyper_error *err = NULL;
	int64_t end = now_ms() + 30000;

	if (hyper_conn_is_local(conn)) {
		ck_assert_int_ge(run_again("add-crash", "crashed"), 128);
		hyper_close(conn);
		conn = CONNECT();
		hyper_query_set_filter(query, "machine=crashed");
		for (bool ended = false; !ended; sleep_ms(100)) {
			ck_assert_int_lt(now_ms(), end);
			hyper_operations_free(ops);
			ops = NULL;
			ck_assert_int_eq(hyper_operation_list(conn, query, 0,
							      &ops, &err),
					 0);
			ended = hyper_operation_ended(
				hyper_operations_at(ops, 0));
		}
		hyper_operations_free(ops);
		/* Asked for again, it is not done again, for that would crash:
		 * it came out as it did. */
		ck_assert_int_eq(run_again("add-crash", "crashed"),
				 -HYPER_ERR_STATE);
		/* undone or finished, but never half; the id can be used */
		hyper_machine_remove(conn, "crashed", HYPER_FORCE, NULL, NULL);
		ck_assert_int_eq(run_again("add", "crashed"), 0);
		ck_assert_int_eq(run_again("remove", "crashed"), 0);
	}
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

TCase *process_tests(void)
{
	TCase *tests = tcase_create("process");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, two_connections);
	tcase_add_test(tests, two_processes);
	tcase_add_test(tests, crash);
	return tests;
}
