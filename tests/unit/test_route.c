/* SPDX-License-Identifier: MIT */
/* Which route a path is, the path of a route, and what headers say. */
#include <check.h>
#include <string.h>

#include "rest/rest.h"

/* A request, the route that it is, its arguments joined by `|`. */
static const struct {
	const char *method, *path;
	enum hyp_route route;
	const char *args;
	const char *methods; /* of the path */
} finds[] = {
	{ "GET", "/hyper", HYP_ROUTE_info, "", "GET" },
	{ "GET", "/h%79per/machines", HYP_ROUTE_machine_list, "",
	  "GET POST PUT PATCH DELETE" },
	{ "POST", "/hyper/machines", HYP_ROUTE_machine_add, "",
	  "GET POST PUT PATCH DELETE" },
	{ "PUT", "/hyper/machines/a%2Fb%20c", HYP_ROUTE_machine_change, "a/b c",
	  "GET PUT PATCH DELETE" },
	{ "GET", "/hyper/images/docker/lib/deb%3A12", HYP_ROUTE_image_get,
	  "docker|lib/deb:12", "GET DELETE" },
	{ "GET", "/hyper/images/docker/a//b/", HYP_ROUTE_image_get,
	  "docker|a//b/", "GET DELETE" },
	{ "DELETE", "/hyper/operations/12", HYP_ROUTE_operation_cancel, "12",
	  "GET DELETE" },
	{ "PATCH", "/hyper/machines/a", HYP_ROUTE_machine_patch, "a",
	  "GET PUT PATCH DELETE" },
	{ "get", "/hyper", HYP_ROUTE_COUNT, "", "GET" },
	{ "GET", "", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "*", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyperd", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hype", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "//hyper", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/machines/", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/machines/a/", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/machines/a/b", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/images/docker", HYP_ROUTE_COUNT, "", "" },
	{ "GET", "/hyper/images/docker/", HYP_ROUTE_COUNT, "", "" },
};

/* [new] */
static char *join(const struct hyp_strv *strv, char by)
{
	char *text = calloc(1, 1000);
	size_t len = 0;

	for (size_t i = 0; i < strv->n; i++) {
		if (i)
			text[len++] = by;
		memcpy(text + len, strv->items[i], strlen(strv->items[i]));
		len += strlen(strv->items[i]);
	}
	return text;
}

START_TEST(find)
{
	struct hyp_route_match match;
	HYP_AUTOFREE char *args = NULL, *methods = NULL;

	ck_assert_int_eq(
		hyp_route_find(finds[_i].method, finds[_i].path, &match), 0);
	args = join(&match.args, '|');
	methods = join(&match.methods, ' ');
	ck_assert_msg(match.route == finds[_i].route, "%s: route %u",
		      finds[_i].path, match.route);
	ck_assert_str_eq(args, finds[_i].args);
	ck_assert_str_eq(methods, finds[_i].methods);
	hyp_route_match_clear(&match);
}
END_TEST

START_TEST(path)
{
	static const struct {
		enum hyp_route route;
		const char *args[2];
		const char *path;
	} paths[] = {
		{ HYP_ROUTE_info, { NULL }, "/hyper" },
		{ HYP_ROUTE_machine_get, { "web1" }, "/hyper/machines/web1" },
		{ HYP_ROUTE_machine_get,
		  { "a/b ?\xc3\xa4" },
		  "/hyper/machines/a%2Fb%20%3F%C3%A4" },
		{ HYP_ROUTE_image_remove,
		  { "docker", "lib/deb:12@sha256:0#x" },
		  "/hyper/images/docker/lib/deb:12@sha256:0%23x" },
	};

	for (size_t i = 0; i < HYP_COUNT(paths); i++) {
		HYP_AUTOFREE char *made =
			hyp_route_path(paths[i].route, paths[i].args);
		struct hyp_route_match match;

		ck_assert_str_eq(made, paths[i].path);
		ck_assert_int_eq(
			hyp_route_find(hyp_route_method(paths[i].route), made,
				       &match),
			0);
		ck_assert_uint_eq(match.route, paths[i].route);
		for (size_t j = 0; j < match.args.n; j++)
			ck_assert_str_eq(match.args.items[j], paths[i].args[j]);
		hyp_route_match_clear(&match);
	}
}
END_TEST

START_TEST(args)
{
	ck_assert(hyp_route_has_arg(HYP_ROUTE_machine_get, "id"));
	ck_assert(hyp_route_has_arg(HYP_ROUTE_image_get, "type"));
	ck_assert(hyp_route_has_arg(HYP_ROUTE_image_get, "name"));
	ck_assert(!hyp_route_has_arg(HYP_ROUTE_image_get, "nam"));
	ck_assert(!hyp_route_has_arg(HYP_ROUTE_image_get, "names"));
	ck_assert(!hyp_route_has_arg(HYP_ROUTE_machine_add, "id"));
}
END_TEST

static hyper_rest_request *with(const char *name, const char *value)
{
	hyper_rest_request *request = hyper_rest_request_new("GET", "/");

	if (value)
		ck_assert_int_eq(
			hyper_rest_request_header(request, name, value), 0);
	return request;
}

START_TEST(accept_header)
{
	enum { NONE, JSON, SSE, NDJSON };
	static const struct {
		const char *value;
		int plain, streams; /* without and with streams on offer */
	} accepts[] = {
		{ NULL, JSON, JSON },
		{ "", JSON, JSON },
		{ "*/*", JSON, JSON },
		{ "application/*", JSON, JSON },
		{ "Application/JSON", JSON, JSON },
		{ "application/problem+json", JSON, JSON },
		{ "text/html, application/json ;q=0.1", JSON, JSON },
		{ "text/html,*/*;q=0.8", JSON, JSON },
		{ "application/json; charset=utf-8", JSON, JSON },
		{ "text/html", NONE, NONE },
		{ "application/jsonx", NONE, NONE },
		{ "*/*;q=0", NONE, NONE },
		{ "*/*; Q=0.000", NONE, NONE },
		{ "*/*;q=0.001", JSON, JSON },
		{ "application/json;q=0, application/problem+json;q=0, */*",
		  NONE, SSE },
		{ "*/*;q=0, application/json", JSON, JSON },
		{ "text/event-stream", NONE, SSE },
		{ "text/*", NONE, SSE },
		{ "Text/Event-Stream;q=0.1", NONE, SSE },
		{ "text/event-stream;q=0", NONE, NONE },
		{ "application/x-ndjson", NONE, NDJSON },
		{ "application/x-ndjson, */*;q=0.1", JSON, NDJSON },
		{ "application/x-ndjson;q=0.2, */*;q=0.1", JSON, NDJSON },
		{ "application/x-ndjson;q=0.1, */*;q=0.2", JSON, JSON },
		{ "text/event-stream, */*", JSON, SSE },
		{ "*/*, text/event-stream", JSON, SSE },
		{ "application/json;q=0.9, text/event-stream", JSON, SSE },
		{ "application/json, text/event-stream;q=0.9", JSON, JSON },
		{ "application/json, text/event-stream", JSON, JSON },
		{ "text/event-stream;q=0.25, application/x-ndjson;q=0.3", NONE,
		  NDJSON },
		{ "application/*;q=0.5, text/event-stream;q=0.4, "
		  "application/json;q=0.3",
		  JSON, JSON },
		{ "text/event-stream;q=x", NONE, SSE },
	};

	for (size_t i = 0; i < HYP_COUNT(accepts); i++) {
		hyper_rest_request *request = with("accept", accepts[i].value);

		ck_assert_msg((int)hyp_rest_choose_media(request, false) ==
				      accepts[i].plain,
			      "%s", accepts[i].value);
		ck_assert_msg((int)hyp_rest_choose_media(request, true) ==
				      accepts[i].streams,
			      "%s with streams", accepts[i].value);
		hyper_rest_request_free(request);
	}
}
END_TEST

START_TEST(content_type_header)
{
	static const struct {
		const char *value;
		bool good;
	} types[] = {
		{ NULL, false },
		{ "", false },
		{ "application/json", true },
		{ "application/json;charset=utf-8", true },
		{ "APPLICATION/JSON ; x", true },
		{ "application/json5", false },
		{ "text/json", false },
	};

	for (size_t i = 0; i < HYP_COUNT(types); i++) {
		hyper_rest_request *request =
			with("Content-type", types[i].value);

		ck_assert_msg(hyp_rest_body_is(request, "application/json") ==
				      types[i].good,
			      "%s", types[i].value);
		hyper_rest_request_free(request);
	}
}
END_TEST

START_TEST(prefer_header)
{
	hyper_rest_request *request = with("Prefer", "return=minimal");

	ck_assert(!hyp_rest_prefers_async(request));
	hyper_rest_request_header(request, "PREFER", "x , Respond-Async;y");
	ck_assert(hyp_rest_prefers_async(request));
	hyper_rest_request_free(request);
	request = with("Prefer", "respond-async-not, norespond-async");
	ck_assert(!hyp_rest_prefers_async(request));
	hyper_rest_request_free(request);
}
END_TEST

START_TEST(header_values_are_clean)
{
	hyper_rest_response *response = calloc(1, sizeof(*response));
	const char *name, *value;

	ck_assert_int_eq(hyp_rest_add_header(response, NULL, "X", "%s",
					     "a\r\nSet: b\x7f\xc3\xa4 c"),
			 0);
	ck_assert(hyper_rest_response_header(response, 0, &name, &value));
	ck_assert_str_eq(value, "a%0D%0ASet: b%7F%C3%A4 c");
	ck_assert(!hyper_rest_response_header(response, 1, &name, &value));
	hyper_rest_response_free(response);
}
END_TEST

START_TEST(problem_response)
{
	hyper_rest_response *response = NULL;
	const char *name, *value;
	size_t len;

	ck_assert_int_eq(hyper_rest_problem(NULL, "nonsense", "x", &response),
			 HYPER_ERR_INVALID);
	ck_assert_ptr_null(response);
	ck_assert_int_eq(
		hyper_rest_problem(NULL, "unauthorized", "no token", &response),
		0);
	ck_assert_int_eq(hyper_rest_response_status(response), 401);
	ck_assert_ptr_nonnull(
		strstr(hyper_rest_response_body(response, &len),
		       "\"detail\":\"no token\",\"code\":\"AUTH\""));
	ck_assert(hyper_rest_response_header(response, 0, &name, &value));
	ck_assert_str_eq(value, "application/problem+json");
	ck_assert(hyper_rest_response_header(response, 1, &name, &value));
	ck_assert_str_eq(name, "WWW-Authenticate");
	hyper_rest_response_free(response);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("route");
	TCase *all = tcase_create("route");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(all, find, 0, (int)HYP_COUNT(finds));
	tcase_add_test(all, path);
	tcase_add_test(all, args);
	tcase_add_test(all, accept_header);
	tcase_add_test(all, content_type_header);
	tcase_add_test(all, prefer_header);
	tcase_add_test(all, header_values_are_clean);
	tcase_add_test(all, problem_response);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
