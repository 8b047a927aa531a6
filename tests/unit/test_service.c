/* SPDX-License-Identifier: MIT */
/* What a server is asked for by those who watch it, and what requests are
 * called. */
#include "fake_conn.h"
#include "header_of.h"

static struct fake fake;

static void setup(void)
{
	fake = (struct fake)FAKE_INIT;
}

static hyper_rest_response *ask(const char *target, const char *name,
				const char *value)
{
	hyper_rest_request *request = hyper_rest_request_new("GET", target);
	hyper_rest_response *response = NULL;

	hyper_rest_request_access(request, HYPER_ROLE_VIEWER, NULL);
	if (name)
		hyper_rest_request_header(request, name, value);
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, request, 0, &response),
			 0);
	hyper_rest_request_free(request);
	return response;
}

static const char *id_of(hyper_rest_response *response)
{
	const char *id = header_of(response, "X-Request-Id");

	ck_assert_ptr_nonnull(id);
	return id;
}

/* Each request has a name, its own if that is fit for a log. */
START_TEST(request_ids)
{
	static const struct {
		const char *name, *value;
		const char *id; /* NULL: one is made */
	} cases[] = {
		{ "X-Request-Id", "a-1._~+/=:@", "a-1._~+/=:@" },
		{ "x-request-id", "A", "A" },
		{ "X-Request-Id", "", NULL },
		{ "X-Request-Id", "a b", NULL },
		{ "X-Request-Id", "a\"b", NULL },
		{ "X-Request-Id", "\303\244", NULL },
		{ NULL, NULL, NULL },
	};
	char said[128], last[17] = "";
	size_t len;

	for (size_t i = 0; i < HYP_COUNT(cases); i++) {
		hyper_rest_response *response =
			ask("/hyper/nope", cases[i].name, cases[i].value);
		const char *id = id_of(response);

		if (cases[i].id) {
			ck_assert_str_eq(id, cases[i].id);
		} else {
			ck_assert_uint_eq(strlen(id), 16);
			ck_assert_str_ne(id, last);
			snprintf(last, sizeof(last), "%s", id);
		}
		snprintf(said, sizeof(said), "\"request_id\":\"%s\"", id);
		ck_assert_ptr_nonnull(
			strstr(hyper_rest_response_body(response, &len), said));
		hyper_rest_response_free(response);
	}
}
END_TEST

START_TEST(request_id_is_bounded)
{
	char id[256];
	hyper_rest_response *response;

	snprintf(id, sizeof(id), "%0128d", 1);
	response = ask("/hyper", "X-Request-Id", id);
	ck_assert_uint_eq(strlen(id_of(response)), 128);
	hyper_rest_response_free(response);
	snprintf(id, sizeof(id), "%0129d", 1);
	response = ask("/hyper", "X-Request-Id", id);
	ck_assert_uint_eq(strlen(id_of(response)), 16);
	hyper_rest_response_free(response);
}
END_TEST

static void check_text(const char *target, const char *type, const char *says)
{
	hyper_rest_response *response =
		ask(target, "Accept", "application/json");
	size_t len;

	ck_assert_int_eq(hyper_rest_response_status(response), 200);
	ck_assert_str_eq(hyper_rest_response_route(response), target);
	ck_assert_str_eq(header_of(response, "Content-Type"), type);
	ck_assert_ptr_nonnull(
		strstr(hyper_rest_response_body(response, &len), says));
	hyper_rest_response_free(response);
}

/* What tools read is text, whatever they say that they accept. */
START_TEST(health)
{
	hyper_rest_response *response;
	size_t len;

	check_text("/metrics", "text/plain; version=0.0.4; charset=utf-8",
		   "fake 1\n");
	check_text("/readyz", "text/plain; charset=utf-8", "ok\n");
	ck_assert_str_eq(fake.said, "ready");
	fake.said[0] = '\0';
	fake.fail = HYPER_ERR_IO;
	check_text("/healthz", "text/plain; charset=utf-8", "ok\n");
	ck_assert_str_eq(fake.said, "");
	response = ask("/readyz", NULL, NULL);
	ck_assert_int_eq(hyper_rest_response_status(response), 503);
	ck_assert_ptr_nonnull(strstr(hyper_rest_response_body(response, &len),
				     "urn:hyper:problem:not-ready"));
	ck_assert_ptr_nonnull(strstr(hyper_rest_response_body(response, &len),
				     "\"code\":\"IO\""));
	hyper_rest_response_free(response);
	response = ask("/nothing", NULL, NULL);
	ck_assert_ptr_null(hyper_rest_response_route(response));
	hyper_rest_response_free(response);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service");
	TCase *all = tcase_create("service");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, request_ids);
	tcase_add_test(all, request_id_is_bounded);
	tcase_add_test(all, health);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
