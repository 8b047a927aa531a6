/* SPDX-License-Identifier: MIT */
/* Tokens, and who did what. */
#include <stdlib.h>
#include <string.h>

#include "contract.h"

static void say_token(const char *what, const hyper_token *token)
{
	say("%s: %s %s%s%s", what, hyper_token_name(token),
	    hyper_role_name(hyper_token_role(token)),
	    hyper_token_expires_at(token) ? " expires" : "",
	    hyper_token_secret(token) ? " with its secret" : "");
}

START_TEST(life)
{
	hyper_conn *conn = CONNECT();
	hyper_token *token = NULL;
	hyper_tokens *tokens = NULL;
	hyper_error *err = NULL;
	char *json = NULL;
	int64_t later = now_ms() + 3600000;

	OK(hyper_token_add(conn, "CI", HYPER_ROLE_OPERATOR, later, 0, &token,
			   &err));
	say_token("added", token);
	ck_assert_str_eq(hyper_token_name(token), "ci");
	ck_assert_int_eq(hyper_token_role(token), HYPER_ROLE_OPERATOR);
	ck_assert_int_eq(hyper_token_expires_at(token), later);
	ck_assert_int_gt(hyper_token_created_at(token), 0);
	ck_assert_mem_eq(hyper_token_secret(token), "hyper_", 6);
	ck_assert_uint_eq(strlen(hyper_token_secret(token)), 6 + 43);
	OK(hyper_token_to_json(token, 0, &json, &err));
	ck_assert_ptr_nonnull(strstr(json, hyper_token_secret(token)));
	hyper_free(json);
	FAILS(HYPER_ERR_EXISTS, "name",
	      hyper_token_add(conn, "ci", HYPER_ROLE_ADMIN, 0, 0, &token,
			      &err));

	OK(hyper_token_list(conn, 0, &tokens, &err));
	ck_assert_uint_eq(hyper_tokens_count(tokens), 1);
	say_token("listed", hyper_tokens_at(tokens, 0));
	ck_assert_ptr_null(hyper_token_secret(hyper_tokens_at(tokens, 0)));
	ck_assert_ptr_null(hyper_tokens_at(tokens, 1));
	OK(hyper_tokens_to_json(tokens, 0, &json, &err));
	ck_assert_ptr_null(strstr(json, hyper_token_secret(token)));
	hyper_free(json);
	hyper_tokens_free(tokens);
	hyper_token_free(token);

	OK(hyper_token_remove(conn, "ci", 0, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "name",
	      hyper_token_remove(conn, "ci", 0, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(refused)
{
	hyper_conn *conn = CONNECT();
	hyper_token *token = NULL;
	hyper_error *err = NULL;

#define ADD(name, role, at)                                                    \
	hyper_token_add(conn, name, role, at, 0, &token, &err)
	FAILS(HYPER_ERR_INVALID, "name", ADD(NULL, HYPER_ROLE_VIEWER, 0));
	FAILS(HYPER_ERR_INVALID, "name", ADD("a b", HYPER_ROLE_VIEWER, 0));
	FAILS(HYPER_ERR_INVALID, "name", ADD("../x", HYPER_ROLE_VIEWER, 0));
	FAILS(HYPER_ERR_INVALID, "role", ADD("a", HYPER_ROLE_NONE, 0));
	FAILS(HYPER_ERR_INVALID, "role", ADD("a", hyper_role_parse(NULL), 0));
	FAILS(HYPER_ERR_INVALID, "role", ADD("a", hyper_role_parse("root"), 0));
	FAILS(HYPER_ERR_INVALID, "role", ADD("a", HYPER_ROLE_ADMIN + 1, 0));
	FAILS(HYPER_ERR_INVALID, "expires_at", ADD("a", HYPER_ROLE_ADMIN, -1));
	FAILS(HYPER_ERR_INVALID, "name",
	      hyper_token_remove(conn, "a/b", 0, &err));
	ck_assert_ptr_null(token);
	hyper_close(conn);
}
END_TEST

/* It is the same for all connections to one state, so the transcript tells. */
START_TEST(actor)
{
	hyper_conn *conn = CONNECT();
	hyper_machines *before = NULL;
	hyper_operations *ops = NULL;
	hyper_events *events = NULL;
	hyper_query *query = hyper_query_new();
	hyper_error *err = NULL;
	const hyper_event *event;
	size_t mine = 0;

	OK(hyper_machine_list(conn, NULL, 0, &before, &err));
	add_machine(conn, "whose", NULL, "actor");
	OK(hyper_query_set_filter(query, "machine=whose kind=add"));
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	ck_assert_ptr_nonnull(
		hyper_operation_actor(hyper_operations_at(ops, 0)));
	OK(hyper_event_list(conn, hyper_machines_seq(before), 1000, 0, 0,
			    &events, &err));
	for (size_t i = 0; (event = hyper_events_at(events, i)); i++) {
		const char *machine = hyper_event_machine(event);

		if (!machine || strcmp(machine, "whose") != 0)
			continue;
		ck_assert_str_eq(
			hyper_event_actor(event),
			hyper_operation_actor(hyper_operations_at(ops, 0)));
		mine++;
	}
	say("%zu events have an actor", mine);
	ck_assert_uint_ge(mine, 3);
	hyper_events_free(events);
	hyper_machines_free(before);
	hyper_operations_free(ops);
	hyper_query_free(query);
	remove_machine(conn, "whose");
	hyper_close(conn);
}
END_TEST

START_TEST(views)
{
	hyper_conn *conn = CONNECT();
	hyper_conn *view = NULL, *other = NULL;
	hyper_operations *ops = NULL;
	hyper_query *query = hyper_query_new();
	hyper_error *err = NULL;
	bool local = hyper_conn_is_local(conn);
	int rc;

	OK(hyper_conn_view(conn, 0, &view, &err));
	FAILS(HYPER_ERR_INVALID, NULL, hyper_conn_view(conn, 1, &other, &err));
	ck_assert_str_eq(hyper_conn_uri(view), hyper_conn_uri(conn));
	/* A server knows by itself who asks. */
	rc = hyper_conn_set_actor(view, "user:alice", &err);
	ck_assert_int_eq(rc, local ? 0 : HYPER_ERR_NOT_SUPPORTED);
	hyper_error_free(err);
	err = NULL;
	FAILS(HYPER_ERR_INVALID, "view",
	      hyper_conn_set_actor(conn, "user:alice", &err));
	if (local) {
		ck_assert_int_eq(hyper_conn_set_actor(view, "", NULL),
				 HYPER_ERR_INVALID);
		ck_assert_int_eq(hyper_conn_set_actor(view, "a\nb", NULL),
				 HYPER_ERR_INVALID);
	}
	add_machine(view, "viewed", NULL, "actor");
	hyper_close(view);
	OK(hyper_query_set_filter(query, local ? "actor=user:alice"
					       : "machine=viewed kind=add"));
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	ck_assert_uint_eq(hyper_operations_count(ops), 1);
	ck_assert_str_eq(hyper_operation_machine(hyper_operations_at(ops, 0)),
			 "viewed");
	hyper_operations_free(ops);
	hyper_query_free(query);
	remove_machine(conn, "viewed");
	hyper_close(conn);
}
END_TEST

TCase *token_tests(void)
{
	TCase *tc = tcase_create("token");

	tcase_add_test(tc, life);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, actor);
	tcase_add_test(tc, views);
	return tc;
}
