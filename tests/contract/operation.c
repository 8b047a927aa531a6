/* SPDX-License-Identifier: MIT */
/* Operations: at once, progress, wait, cancel, list. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contract.h"

static void say_operation(const hyper_operation *op)
{
	const hyper_error *why = hyper_operation_error(op);

	say("  %s %s %s of %s, image %s: %s %s",
	    hyper_op_state_name(hyper_operation_state(op)),
	    hyper_operation_kind(op), hyper_operation_type(op),
	    hyper_operation_machine(op) ? hyper_operation_machine(op) : "-",
	    hyper_operation_image(op) ? hyper_operation_image(op) : "-",
	    hyper_code_name(hyper_error_code(why)), hyper_error_message(why));
}

START_TEST(async)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of("{\"id\": \"later\", \"type\": \"test\", "
				      "\"image\": \"demo\"}");
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;

	OK(hyper_machine_add(conn, spec, HYPER_ASYNC, &machine, &op, &err));
	ck_assert_str_eq(hyper_machine_id(machine), "later");
	ck_assert_str_eq(hyper_operation_kind(op), "add");
	ck_assert_str_eq(hyper_operation_machine(op), "later");
	ck_assert_str_eq(hyper_operation_image(op), "demo");
	ck_assert_str_eq(hyper_operation_type(op), "test");
	ended = wait_for_end(conn, hyper_operation_id(op));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_DONE);
	ck_assert_ptr_null(hyper_operation_error(ended));
	/* Who asked: this program, or the hyperd. */
	ck_assert_str_eq(hyper_operation_program(ended),
			 hyper_conn_is_local(conn) ? "contract" : "hyperd");
	ck_assert_int_gt(hyper_operation_pid(ended), 0);
	ck_assert_int_eq(hyper_operation_pid(ended) == getpid(),
			 hyper_conn_is_local(conn));
	ck_assert_int_eq(hyper_operation_uid(ended), (int64_t)getuid());
	ck_assert_int_ge(hyper_operation_started_at(ended),
			 hyper_operation_created_at(ended));
	ck_assert_int_ge(hyper_operation_ended_at(ended),
			 hyper_operation_started_at(ended));
	hyper_operation_free(ended);
	hyper_operation_free(op);
	hyper_machine_free(machine);
	op = NULL;

	/* whoever waits gets both too */
	OK(hyper_machine_start(conn, "later", 0, NULL, &op, &err));
	ck_assert(hyper_operation_ended(op));
	say_operation(op);
	hyper_operation_free(op);
	op = NULL;
	OK(hyper_machine_remove(conn, "later", HYPER_FORCE | HYPER_ASYNC, &op,
				&err));
	ended = wait_for_end(conn, hyper_operation_id(op));
	say_operation(ended);
	hyper_operation_free(ended);
	hyper_operation_free(op);
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

/* It goes on while others look, tells how far it is, and can be waited for
 * in short bits. */
START_TEST(progress)
{
	hyper_conn *conn = CONNECT();
	hyper_operation *op = NULL, *now = NULL;
	hyper_error *err = NULL;
	uint64_t id;

	add_machine(conn, "slow", "start:latency=2000", "op");
	OK(hyper_machine_start(conn, "slow", HYPER_ASYNC, NULL, &op, &err));
	id = hyper_operation_id(op);
	hyper_operation_free(op);
	op = NULL;
	FAILS(HYPER_ERR_TIMEOUT, NULL,
	      hyper_operation_wait(conn, id, 300, 0, &op, &err));
	ck_assert_ptr_null(op);
	FAILS(HYPER_ERR_TIMEOUT, NULL,
	      hyper_operation_wait(conn, id, 0, 0, &op, &err));
	OK(hyper_operation_get(conn, id, 0, &now, &err));
	ck_assert(!hyper_operation_ended(now));
	ck_assert_int_eq(state_of(conn, "slow"), HYPER_STATE_STARTING);
	hyper_operation_free(now);

	op = wait_for_end(conn, id);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_DONE);
	ck_assert_int_ge(hyper_operation_ended_at(op) -
				 hyper_operation_started_at(op),
			 1900);
	ck_assert_uint_eq(hyper_operation_total(op), 2000);
	ck_assert_uint_gt(hyper_operation_done(op), 0);
	hyper_operation_free(op);
	ck_assert_int_eq(state_of(conn, "slow"), HYPER_STATE_RUNNING);
	remove_machine(conn, "slow");
	hyper_close(conn);
}
END_TEST

static void cancel_start(hyper_conn *conn, const char *script)
{
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;
	uint64_t id;

	add_machine(conn, "stuck", script, "op");
	OK(hyper_machine_start(conn, "stuck", HYPER_ASYNC, NULL, &op, &err));
	id = hyper_operation_id(op);
	hyper_operation_free(op);
	OK(hyper_operation_cancel(conn, id, 0, NULL, &err));
	ended = wait_for_end(conn, id);
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_CANCELLED);
	ck_assert_int_eq(hyper_error_code(hyper_operation_error(ended)),
			 HYPER_ERR_CANCELLED);
	hyper_operation_free(ended);
	FAILS(HYPER_ERR_STATE, NULL,
	      hyper_operation_cancel(conn, id, 0, NULL, &err));
}

START_TEST(cancel)
{
	hyper_conn *conn = CONNECT();

	cancel_start(conn, "start:latency=60000");
	ck_assert_int_eq(state_of(conn, "stuck"), HYPER_STATE_STOPPED);
	remove_machine(conn, "stuck");
	/* a driver that does not listen cannot hold it up either */
	cancel_start(conn, "start:hang");
	remove_machine(conn, "stuck");
	hyper_close(conn);
}
END_TEST

/* One that waits for its turn on its machine ends at once. */
START_TEST(cancel_queued)
{
	hyper_conn *conn = CONNECT();
	hyper_operation *first = NULL, *second = NULL, *ended;
	hyper_error *err = NULL;

	add_machine(conn, "queue", "start:hang", "op");
	OK(hyper_machine_start(conn, "queue", HYPER_ASYNC, NULL, &first, &err));
	OK(hyper_machine_stop(conn, "queue", 1000, HYPER_ASYNC, NULL, &second,
			      &err));
	OK(hyper_operation_cancel(conn, hyper_operation_id(second), 0, NULL,
				  &err));
	ended = wait_for_end(conn, hyper_operation_id(second));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_CANCELLED);
	hyper_operation_free(ended);
	OK(hyper_operation_cancel(conn, hyper_operation_id(first), 0, NULL,
				  &err));
	ended = wait_for_end(conn, hyper_operation_id(first));
	say_operation(ended);
	hyper_operation_free(ended);
	hyper_operation_free(first);
	hyper_operation_free(second);
	remove_machine(conn, "queue");
	hyper_close(conn);
}
END_TEST

/* Force waits for nobody, and what it overtook says so. */
START_TEST(overtake)
{
	hyper_conn *conn = CONNECT();
	hyper_operation *first = NULL, *second = NULL, *ended;
	hyper_error *err = NULL;

	add_machine(conn, "late", "start:hang", "op");
	OK(hyper_machine_start(conn, "late", HYPER_ASYNC, NULL, &first, &err));
	OK(hyper_machine_start(conn, "late", HYPER_ASYNC, NULL, &second, &err));
	OK(hyper_machine_stop(conn, "late", 0, HYPER_FORCE, NULL, NULL, &err));
	ended = wait_for_end(conn, hyper_operation_id(first));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_CANCELLED);
	ck_assert_ptr_nonnull(
		strstr(hyper_error_message(hyper_operation_error(ended)),
		       "has overtaken it"));
	hyper_operation_free(ended);
	ended = wait_for_end(conn, hyper_operation_id(second));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_CANCELLED);
	hyper_operation_free(ended);
	ck_assert_int_eq(state_of(conn, "late"), HYPER_STATE_STOPPED);
	hyper_operation_free(first);
	hyper_operation_free(second);
	remove_machine(conn, "late");
	hyper_close(conn);
}
END_TEST

/* What a connection began it can take back, where it does the work itself. */
START_TEST(cancel_own)
{
	hyper_conn *conn = CONNECT(), *other = CONNECT();
	hyper_operation *mine = NULL, *theirs = NULL, *ended;
	hyper_error *err = NULL;
	int ret;

	add_machine(conn, "mine", "start:latency=60000", "op");
	add_machine(conn, "theirs", "start:latency=3000", "op");
	OK(hyper_machine_start(conn, "mine", HYPER_ASYNC, NULL, &mine, &err));
	OK(hyper_machine_start(other, "theirs", HYPER_ASYNC, NULL, &theirs,
			       &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_conn_cancel(conn, HYPER_FORCE, &err));
	ret = hyper_conn_cancel(conn, 0, &err);
	if (hyper_conn_is_local(conn)) {
		ck_assert_int_eq(ret, 0);
	} else {
		ck_assert_int_eq(ret, HYPER_ERR_NOT_SUPPORTED);
		ck_assert_int_eq(hyper_error_code(err), ret);
		hyper_error_free(err);
		err = NULL;
		hyper_operation_cancel(conn, hyper_operation_id(mine), 0, NULL,
				       NULL);
	}
	ended = wait_for_end(conn, hyper_operation_id(mine));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_CANCELLED);
	hyper_operation_free(ended);
	ended = wait_for_end(conn, hyper_operation_id(theirs));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_DONE);
	hyper_operation_free(ended);
	hyper_operation_free(mine);
	hyper_operation_free(theirs);
	remove_machine(conn, "mine");
	remove_machine(conn, "theirs");
	hyper_close(other);
	hyper_close(conn);
}
END_TEST

START_TEST(failed)
{
	hyper_conn *conn = CONNECT();
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;

	add_machine(conn, "broken", "start:error=DRIVER", "op");
	OK(hyper_machine_start(conn, "broken", HYPER_ASYNC, NULL, &op, &err));
	ended = wait_for_end(conn, hyper_operation_id(op));
	say_operation(ended);
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_FAILED);
	ck_assert_int_eq(hyper_error_code(hyper_operation_error(ended)),
			 HYPER_ERR_DRIVER);
	ck_assert_str_eq(hyper_error_driver(hyper_operation_error(ended)),
			 "test");
	hyper_operation_free(ended);
	hyper_operation_free(op);
	remove_machine(conn, "broken");
	hyper_close(conn);
}
END_TEST

START_TEST(list)
{
	hyper_conn *conn = CONNECT();
	hyper_query *query = hyper_query_new();
	hyper_operations *ops = NULL;
	const hyper_operation *op;
	hyper_error *err = NULL;
	uint64_t before = UINT64_MAX;
	size_t n = 0;

	add_machine(conn, "history", NULL, "op");
	OK(hyper_machine_start(conn, "history", 0, NULL, NULL, &err));
	remove_machine(conn, "history");
	hyper_query_set_filter(query, "machine=history");
	hyper_query_set_count(query, true);
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	for (; (op = hyper_operations_at(ops, n)); n++) {
		say_operation(op);
		ck_assert_uint_lt(hyper_operation_id(op), before);
		before = hyper_operation_id(op);
	}
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(hyper_operations_total(ops), 3);
	ck_assert_str_eq(hyper_operation_kind(hyper_operations_at(ops, 0)),
			 "remove");
	hyper_operations_free(ops);
	ops = NULL;

	hyper_query_set_filter(query, "machine=history kind!=start state=done");
	hyper_query_set_sort(query, "id");
	hyper_query_set_limit(query, 1);
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	ck_assert_str_eq(hyper_operation_kind(hyper_operations_at(ops, 0)),
			 "add");
	hyper_query_set_cursor(query, hyper_operations_next_cursor(ops));
	hyper_operations_free(ops);
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	ck_assert_str_eq(hyper_operation_kind(hyper_operations_at(ops, 0)),
			 "remove");
	ck_assert_ptr_null(hyper_operations_next_cursor(ops));
	hyper_operations_free(ops);
	ops = NULL;
	hyper_query_set_filter(query, "mem=1");
	FAILS(HYPER_ERR_INVALID, "query",
	      hyper_operation_list(conn, query, 0, &ops, &err));
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

START_TEST(doctor)
{
	hyper_conn *conn = CONNECT();
	hyper_findings *findings = NULL;
	hyper_error *err = NULL;
	char *json = NULL;

	/* No driver has lost anything, but some may not be there. */
	OK(hyper_doctor(conn, 0, &findings, &err));
	OK(hyper_findings_to_json(findings, 0, &json, &err));
	ck_assert_int_eq(json[0], '[');
	hyper_free(json);
	hyper_findings_free(findings);
	findings = NULL;
	OK(hyper_doctor(conn, HYPER_REPAIR, &findings, &err));
	for (size_t i = 0; i < hyper_findings_count(findings); i++)
		ck_assert_ptr_nonnull(
			hyper_finding_kind(hyper_findings_at(findings, i)));
	ck_assert_ptr_null(
		hyper_findings_at(findings, hyper_findings_count(findings)));
	hyper_findings_free(findings);
	findings = NULL;
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_doctor(conn, HYPER_FORCE, &findings, &err));
	FAILS(HYPER_ERR_INVALID, "ret_findings",
	      hyper_doctor(conn, 0, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "conn",
	      hyper_doctor(NULL, 0, &findings, &err));
	ck_assert_ptr_null(findings);
	hyper_close(conn);
}
END_TEST

TCase *operation_tests(void)
{
	TCase *tests = tcase_create("operation");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, async);
	tcase_add_test(tests, progress);
	tcase_add_test(tests, cancel);
	tcase_add_test(tests, cancel_queued);
	tcase_add_test(tests, overtake);
	tcase_add_test(tests, cancel_own);
	tcase_add_test(tests, failed);
	tcase_add_test(tests, list);
	tcase_add_test(tests, doctor);
	return tests;
}
