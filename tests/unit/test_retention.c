/* SPDX-License-Identifier: MIT */
/* How long what happened is kept, also when the programs on one state do not
 * agree on that. */
#include "processes.h"

static hyper_conn *open_with(const char *name, const char *value)
{
	hyper_conn *conn;

	ck_assert_int_eq(setenv(name, value, 1), 0);
	conn = state_open(0);
	unsetenv(name);
	return conn;
}

static void add_and_remove(hyper_conn *conn)
{
	add(conn, "box", NULL);
	OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
}

static int events(void)
{
	/* Whoever trimmed: there is never a hole. */
	ck_assert_int_eq(ask("SELECT max(seq) - min(seq) + 1 - count(*) "
			     "FROM event"),
			 0);
	return ask("SELECT count(*) FROM event");
}

/* Each trims to what it keeps when it writes: the least is what holds. */
START_TEST(test_events_of_two)
{
	hyper_conn *few = open_with("HYPER_EVENTS_KEEP", "5");
	hyper_conn *many = open_with("HYPER_EVENTS_KEEP", "40");
	hyper_events *list = NULL;
	hyper_error *error = NULL;
	int after, each;

	add_and_remove(many);
	each = events();
	for (int i = 0; i < 10; i++)
		add_and_remove(many);
	ck_assert_int_eq(events(), 40);
	add_and_remove(few);
	ck_assert_int_eq(events(), 5);
	add_and_remove(many);
	ck_assert_int_eq(events(), 5 + each);
	after = ask("SELECT min(seq) FROM event") - 2;
	ck_assert_int_eq(
		hyper_event_list(many, (uint64_t)after, 0, 0, 0, &list, &error),
		HYPER_ERR_LIMIT);
	hyper_error_free(error);
	OK(hyper_event_list(many, (uint64_t)after + 1, 0, 0, 0, &list, &err));
	ck_assert_int_eq((int)hyper_events_count(list), 5 + each);
	hyper_events_free(list);
	hyper_close(many);
	hyper_close(few);
}
END_TEST

static bool is_kept(hyper_conn *conn, uint64_t id)
{
	hyper_operation *op = NULL;
	int rc = hyper_operation_get(conn, id, 0, &op, NULL);

	hyper_operation_free(op);
	return rc == 0;
}

/* Up to the next time when the old ones are looked for. */
static void go_on(hyper_conn *conn)
{
	do
		add_and_remove(conn);
	while (ask("SELECT max(id) % 64 FROM operation") != 0);
}

START_TEST(test_operations)
{
	hyper_conn *conn = state_open(0);

	for (int i = 0; i < 3; i++)
		add_and_remove(conn);
	ask("UPDATE operation SET ended_at = ended_at - 86400000 * "
	    "CASE id WHEN 1 THEN 8 WHEN 2 THEN 6 ELSE 2 END WHERE id < 4");
	go_on(conn);
	ck_assert(!is_kept(conn, 1));
	ck_assert(is_kept(conn, 2));
	hyper_close(conn);
	conn = open_with("HYPER_OPERATIONS_KEEP", "3");
	go_on(conn);
	ck_assert(!is_kept(conn, 2));
	ck_assert(is_kept(conn, 3));
	hyper_close(conn);
	conn = open_with("HYPER_OPERATIONS_KEEP", "1");
	go_on(conn);
	ck_assert(!is_kept(conn, 3));
	ck_assert(is_kept(conn, 4));
	hyper_close(conn);
}
END_TEST

START_TEST(test_nonsense)
{
	static const char *const values[] = { "0", "-1", "1d", "36501" };
	hyper_conn *conn = NULL;

	for (size_t i = 0; i < HYP_COUNT(values); i++) {
		setenv("HYPER_OPERATIONS_KEEP", values[i], 1);
		FAILS(HYPER_ERR_INVALID, hyper_open(dir, 0, &conn, &err));
	}
	unsetenv("HYPER_OPERATIONS_KEEP");
	ck_assert_ptr_null(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("retention");
	TCase *tcase = tcase_create("retention");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_events_of_two);
	tcase_add_test(tcase, test_operations);
	tcase_add_test(tcase, test_nonsense);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
