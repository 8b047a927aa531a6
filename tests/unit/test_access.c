/* SPDX-License-Identifier: MIT */
/*
 * Who may do what: each route with each role, out of the table itself; and in
 * whose name it is done.
 */
#include "fake_conn.h"

#include <hyper/rest.h>

#include "rest/route.h"

static struct fake fake;

static void setup(void)
{
	fake = (struct fake)FAKE_INIT;
}

/* The status that a role gets, and what is said, in *ret_body. */
static int ask(const char *method, const char *target, const char *json,
	       int role, const char *actor, char **ret_body)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	hyper_rest_response *response = NULL;
	size_t len;
	int status;

	if (json) {
		hyper_rest_request_body(request, json, strlen(json));
		hyper_rest_request_header(request, "Content-Type",
					  "application/json");
	}
	ck_assert_int_eq(hyper_rest_request_access(request, role, actor), 0);
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, request, 0, &response),
			 0);
	status = hyper_rest_response_status(response);
	if (ret_body)
		*ret_body = strdup(hyper_rest_response_body(response, &len));
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	return status;
}

START_TEST(matrix)
{
	static const char *const args[] = { "test", "x" };

	for (int i = 0; i < HYP_ROUTE_COUNT; i++) {
		enum hyp_route route = (enum hyp_route)i;
		const char *method = hyp_route_method(route);
		int least = (int)hyp_route_role(route);
		char *path = hyp_route_path(route, args);

		for (int role = HYPER_ROLE_NONE; role <= HYPER_ROLE_ADMIN;
		     role++) {
			int status = ask(method, path, NULL, role, NULL, NULL);
			const char *what = fake.said;

			if (role >= least)
				ck_assert_msg(status != 401 && status != 403,
					      "%s %s as %d: %d", method, path,
					      role, status);
			else
				ck_assert_msg(
					status == (role ? 403 : 401) && !*what,
					"%s %s as %d: %d, and '%s' was asked",
					method, path, role, status, what);
			setup();
		}
		free(path);
	}
}
END_TEST

/* Reading is for all that have a role, changing for none of the viewers. */
START_TEST(sense)
{
	for (int i = 0; i < HYP_ROUTE_COUNT; i++) {
		enum hyp_route route = (enum hyp_route)i;
		bool reads = strcmp(hyp_route_method(route), "GET") == 0;

		if (!reads)
			ck_assert_int_ge(hyp_route_role(route),
					 HYPER_ROLE_OPERATOR);
	}
	ck_assert_int_eq(hyp_route_role(HYP_ROUTE_token_list),
			 HYPER_ROLE_ADMIN);
}
END_TEST

START_TEST(nobody)
{
	static const char *const targets[] = { "/hyper", "/nothing",
					       "/hyper/machines/web" };
	static const char *const methods[] = { "GET", "OPTIONS", "TRACE",
					       "POST" };
	hyper_rest_request *request = hyper_rest_request_new("GET", "/hyper");
	hyper_rest_response *response = NULL;

	/* The same for what is there and what is not. */
	for (size_t i = 0; i < HYP_COUNT(targets); i++)
		for (size_t k = 0; k < HYP_COUNT(methods); k++)
			ck_assert_int_eq(ask(methods[k], targets[i], NULL,
					     HYPER_ROLE_NONE, NULL, NULL),
					 401);
	/* That is how a request begins. */
	hyper_rest_dispatch(&fake.conn, request, 0, &response);
	ck_assert_int_eq(hyper_rest_response_status(response), 401);
	hyper_rest_response_free(response);
	ck_assert_int_eq(hyper_rest_request_access(request, 4, NULL),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_request_access(request, -1, NULL),
			 HYPER_ERR_INVALID);
	hyper_rest_request_free(request);
}
END_TEST

START_TEST(refusal_tells)
{
	char *body = NULL;

	ck_assert_int_eq(ask("DELETE", "/hyper/machines/web", NULL,
			     HYPER_ROLE_VIEWER, "token:ci", &body),
			 403);
	ck_assert_ptr_nonnull(strstr(body, "token:ci has the role viewer: this "
					   "needs that of an operator"));
	free(body);
	ck_assert_str_eq(fake.said, "");
}
END_TEST

/* A file of the server's own is read for an admin only. */
START_TEST(import_of_files)
{
	static const char pull[] = "{\"type\":\"test\",\"name\":\"x\"}";
	static const char import[] = "{\"type\":\"test\",\"name\":\"x\","
				     "\"path\":\"/etc/shadow\"}";

	ck_assert_int_eq(ask("POST", "/hyper/images", pull, HYPER_ROLE_OPERATOR,
			     NULL, NULL),
			 201);
	setup();
	ck_assert_int_eq(ask("POST", "/hyper/images", import,
			     HYPER_ROLE_OPERATOR, NULL, NULL),
			 403);
	ck_assert_str_eq(fake.said, "");
	ck_assert_int_eq(ask("POST", "/hyper/images", import, HYPER_ROLE_ADMIN,
			     NULL, NULL),
			 201);
}
END_TEST

START_TEST(tokens)
{
	static const char json[] = "{\"name\":\"CI\",\"role\":\"operator\","
				   "\"expires_at\":\"1970-01-01T00:00:02Z\"}";
	static const struct {
		const char *json;
		const char *says;
	} bad[] = {
		{ "{\"role\":\"viewer\"}", "name is not given" },
		{ "{\"name\":\"a\"}", "role is not given" },
		{ "{\"name\":\"a\",\"role\":\"root\"}",
		  "role is 'root': there is no such role" },
		{ "{\"name\":\"-\",\"role\":\"viewer\"}", "name is '-'" },
		{ "{\"name\":\"a\",\"role\":\"viewer\",\"secret\":\"x\"}",
		  "secret" },
		{ "{\"name\":\"a\",\"role\":\"viewer\",\"expires_at\":5}",
		  "expires_at is a number" },
	};
	char *body = NULL;

	ck_assert_int_eq(ask("POST", "/hyper/tokens", json, HYPER_ROLE_ADMIN,
			     "user:alice", &body),
			 201);
	ck_assert_str_eq(body, "{\"name\":\"ci\",\"role\":\"operator\","
			       "\"created_at\":\"1970-01-01T00:00:01.000Z\","
			       "\"expires_at\":\"1970-01-01T00:00:02.000Z\","
			       "\"secret\":\"hyper_secret\"}");
	ck_assert_str_eq(fake.said,
			 "token add ci role=2 expires=2000 for user:alice");
	free(body);
	for (size_t i = 0; i < HYP_COUNT(bad); i++) {
		setup();
		ck_assert_int_eq(ask("POST", "/hyper/tokens", bad[i].json,
				     HYPER_ROLE_ADMIN, NULL, &body),
				 422);
		ck_assert_msg(strstr(body, bad[i].says) != NULL, "%s", body);
		ck_assert_str_eq(fake.said, "");
		free(body);
	}
	ck_assert_int_eq(ask("GET", "/hyper/tokens", NULL, HYPER_ROLE_ADMIN,
			     NULL, &body),
			 200);
	ck_assert_str_eq(body, "[{\"name\":\"ci\",\"role\":\"viewer\","
			       "\"created_at\":\"1970-01-01T00:00:01.000Z\","
			       "\"expires_at\":null}]");
	free(body);
	ck_assert_int_eq(ask("DELETE", "/hyper/tokens/ci", NULL,
			     HYPER_ROLE_ADMIN, "user:bob", NULL),
			 204);
	ck_assert_str_eq(fake.said, "token remove ci for user:bob");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("access");
	TCase *tc = tcase_create("access");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, matrix);
	tcase_add_test(tc, sense);
	tcase_add_test(tc, nobody);
	tcase_add_test(tc, refusal_tells);
	tcase_add_test(tc, import_of_files);
	tcase_add_test(tc, tokens);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
