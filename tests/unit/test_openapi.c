/* SPDX-License-Identifier: MIT */
/* The document of the service says what the tables say, all of it. */
#include "exchange.h"

#include <ctype.h>
#include <hyper/rest.h>

#include "core/state.h"
#include "json/build.h"
#include "rest/rest.h"
#include "util/buf.h"

static struct json_object *document;

static void load(void)
{
	HYP_AUTOFREE char *text = NULL;

	setup();
	ck_assert_int_eq(hyper_rest_openapi(0, &text, NULL), 0);
	ck_assert_int_eq(hyp_json_load(text, strlen(text), &hyp_json_server,
				       &document, NULL),
			 0);
}

static void unload(void)
{
	json_object_put(hyp_steal(&document));
}

/* The member of a member …, ended by NULL; NULL: there is none. */
static struct json_object *in(struct json_object *json, ...)
{
	va_list names;
	const char *name;

	va_start(names, json);
	while (json && (name = va_arg(names, const char *)))
		json = json_object_object_get(json, name);
	va_end(names);
	return json;
}

static const char *text_in(struct json_object *json, const char *name)
{
	const char *text = json_object_get_string(in(json, name, NULL));

	return text ? text : "";
}

static bool lists(struct json_object *list, const char *text)
{
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (item && strcmp(json_object_get_string(item), text) == 0)
			return true;
	}
	return false;
}

/* [new] "{name...}" is "{name}" there, and a value where we ask. */
static char *path_of(enum hyp_route route, const char *value)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (const char *p = hyp_route_pattern(route); *p; p++) {
		if (value && *p == '{') {
			hyp_buf_adds(&buf, value);
			p = strchr(p, '}');
		} else if (*p != '.' || strncmp(p, ".json", 5) == 0) {
			hyp_buf_addc(&buf, *p);
		}
	}
	return hyp_buf_take(&buf);
}

static struct json_object *operation_of(enum hyp_route route)
{
	HYP_AUTOFREE char *path = path_of(route, NULL);
	char method[16] = "";

	for (size_t i = 0; hyp_route_method(route)[i]; i++)
		method[i] = (char)tolower(hyp_route_method(route)[i]);
	return in(document, "paths", path, method, NULL);
}

static bool has_param(struct json_object *operation, const char *where,
		      const char *name)
{
	struct json_object *list = in(operation, "parameters", NULL);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *param = json_object_array_get_idx(list, i);

		if (strcmp(text_in(param, "in"), where) == 0 &&
		    strcmp(text_in(param, "name"), name) == 0)
			return *text_in(param, "description") &&
			       in(param, "schema", NULL);
	}
	return false;
}

START_TEST(each_route)
{
	enum hyp_route route = (enum hyp_route)_i;
	struct json_object *operation = operation_of(route);
	const char *role = hyper_role_name((int)hyp_route_role(route));
	const struct hyp_api_param *param;
	size_t args = 0;

	ck_assert_msg(operation != NULL, "%s", hyp_route_pattern(route));
	ck_assert(*text_in(operation, "summary"));
	ck_assert(*text_in(operation, "description"));
	ck_assert_str_eq(text_in(operation, "x-role"), role ? role : "none");
	ck_assert_uint_eq(
		json_object_array_length(in(operation, "security", NULL)) > 0,
		role != NULL);
	for (const char *p = hyp_route_pattern(route); *p; p++)
		args += *p == '{';
	for (size_t i = 0; i < args; i++) {
		param = hyp_route_arg(route, i);
		ck_assert_msg(param && hyp_route_has_arg(route, param->name),
			      "%s", hyp_route_pattern(route));
		ck_assert(has_param(operation, "path", param->name));
		ck_assert(!hyp_route_knows(route, param->name));
	}
	ck_assert_ptr_null(hyp_route_arg(route, args));
	for (size_t i = 0; (param = hyp_route_param(route, i)); i++) {
		ck_assert_uint_lt(i, HYP_API_PARAMS);
		ck_assert(has_param(operation, "query", param->name));
	}
}
END_TEST

START_TEST(no_other_route)
{
	int n = 0;

	json_object_object_foreach(in(document, "paths", NULL), path, methods)
	{
		(void)path;
		n += json_object_object_length(methods);
	}
	ck_assert_int_eq(n, HYP_ROUTE_COUNT);
}
END_TEST

/* The examples of bodies are taken, by the service itself. */
START_TEST(examples_are_taken)
{
	enum hyp_route route = (enum hyp_route)_i;
	HYP_AUTOFREE char *path = path_of(route, "42"), *target = NULL;
	struct json_object *example =
		in(operation_of(route), "requestBody", "content",
		   "application/json", "example", NULL);
	hyper_rest_response *response;
	size_t len;

	ck_assert_uint_eq(example != NULL,
			  strcmp(hyp_route_method(route), "GET") != 0 &&
				  strcmp(hyp_route_method(route), "DELETE"));
	if (!example)
		return;
	ck_assert_int_ge(
		asprintf(&target, "%s%s", path,
			 strcmp(path, "/hyper/machines") == 0 &&
					 strcmp(hyp_route_method(route),
						"POST") != 0
				 ? "?query=id=*"
				 : ""),
		0);
	if (strstr(target, "machines/"))
		memcpy(strstr(target, "42"), "m2", 2);
	response = ask(hyp_route_method(route), target,
		       json_object_to_json_string(example), NULL);
	ck_assert_msg(hyper_rest_response_status(response) < 300, "%s: %s",
		      target, hyper_rest_response_body(response, &len));
	hyper_rest_response_free(response);
}
END_TEST

static void check_members(const char *name,
			  const struct hyp_json_member *members,
			  struct json_object *schema)
{
	struct json_object *properties = in(schema, "properties", NULL);
	size_t i = 0;

	ck_assert_msg(properties != NULL, "%s", name);
	ck_assert(!json_object_get_boolean(
		in(schema, "additionalProperties", NULL)));
	json_object_object_foreach(properties, key, value)
	{
		ck_assert_msg(members[i].name, "%s.%s", name, key);
		ck_assert_str_eq(key, members[i].name);
		ck_assert_msg(*text_in(value, "description"), "%s.%s", name,
			      key);
		if (members[i].kind == HYP_J_GROUP)
			check_members(name, members[i].group, value);
		i++;
	}
	ck_assert_msg(!members[i].name, "%s.%s", name, members[i].name);
}

static struct json_object *schema_of(const char *name)
{
	return in(document, "components", "schemas", name, NULL);
}

START_TEST(members_are_those_of_the_tables)
{
	const struct hyp_json_schema *s;

	for (s = hyp_json_answers; s->name; s++) {
		check_members(s->name, s->record->members, schema_of(s->name));
		/* An answer has them all. */
		ck_assert_uint_eq(
			json_object_array_length(
				in(schema_of(s->name), "required", NULL)),
			(size_t)json_object_object_length(
				in(schema_of(s->name), "properties", NULL)));
	}
	for (s = hyp_json_requests; s->name; s++) {
		struct json_object *must =
			in(schema_of(s->name), "required", NULL);

		check_members(s->name, s->record->members, schema_of(s->name));
		for (size_t i = 0; s->record->must[i]; i++)
			ck_assert_msg(lists(must, s->record->must[i]), "%s",
				      s->name);
	}
	check_members("Port", hyp_json_port_members, schema_of("Port"));
	check_members("PortSpec", hyp_json_port_members, schema_of("PortSpec"));
}
END_TEST

/* Nothing is described that is not there. */
START_TEST(each_text_is_used)
{
	const struct hyp_json_text *text;

	for (size_t i = 0; (text = hyp_json_text_at(i)); i++) {
		struct json_object *schema =
			strcmp(text->schema, "Progress") == 0
				? in(schema_of("Operation"), "properties",
				     "progress", NULL)
				: schema_of(text->schema);
		struct json_object *member =
			in(schema, "properties", text->member, NULL);

		ck_assert_msg(
			strcmp(text_in(member, "description"), text->text) == 0,
			"%s.%s", text->schema, text->member);
	}
}
END_TEST

static void check_words(const char *schema, const char *member,
			const char *(*name_of)(int), bool (*wanted)(int))
{
	struct json_object *words =
		in(schema_of(schema), "properties", member, "enum", NULL);
	size_t n = 0;

	ck_assert_ptr_nonnull(words);
	for (int i = 1; name_of(i); i++) {
		bool want = !wanted || wanted(i);

		ck_assert_int_eq(lists(words, name_of(i)), want);
		n += want;
	}
	ck_assert_uint_eq(json_object_array_length(words), n);
}

START_TEST(words_are_those_of_the_tables)
{
	check_words("Machine", "state", hyper_state_name, NULL);
	check_words("StateChange", "state", hyper_state_name,
		    hyp_state_is_goal);
	check_words("Operation", "state", hyper_op_state_name, NULL);
	check_words("Operation", "kind", hyp_action_name, NULL);
	check_words("TokenRequest", "role", hyper_role_name, NULL);
}
END_TEST

START_TEST(problems_are_those_of_the_table)
{
	const struct hyp_problem *problem;

	for (size_t i = 0; (problem = hyp_problem_at(i)); i++) {
		char name[32], type[128];
		struct json_object *all;

		/* That of a method that no route has. */
		if (problem->status == 405)
			continue;
		snprintf(name, sizeof(name), "Problem%d", problem->status);
		snprintf(type, sizeof(type), HYP_PROBLEM_TYPE "%s",
			 problem->slug);
		all = in(document, "components", "responses", name, "content",
			 "application/problem+json", "schema", "allOf", NULL);
		ck_assert_msg(all != NULL, "%s", problem->slug);
		ck_assert_msg(lists(in(json_object_array_get_idx(all, 1),
				       "properties", "type", "enum", NULL),
				    type),
			      "%s", problem->slug);
	}
}
END_TEST

/* Each "$ref" leads somewhere. How many there were. */
static size_t follow(struct json_object *json)
{
	struct json_object *found;
	size_t n = 0;

	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			n += follow(json_object_array_get_idx(json, i));
	if (!json_object_is_type(json, json_type_object))
		return n;
	json_object_object_foreach(json, name, value)
	{
		if (strcmp(name, "$ref") == 0) {
			const char *to = json_object_get_string(value);

			ck_assert_msg(
				json_pointer_get(document, to + 1, &found) == 0,
				"%s", to);
			n++;
		} else {
			n += follow(value);
		}
	}
	return n;
}

START_TEST(references_lead_somewhere)
{
	ck_assert_uint_gt(follow(document), 100);
}
END_TEST

START_TEST(bad_arguments)
{
	char *text = NULL;
	hyper_error *err = NULL;

	ck_assert_int_eq(hyper_rest_openapi(1, &text, &err), HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_openapi(0, NULL, &err), HYPER_ERR_INVALID);
	ck_assert_str_eq(hyper_error_field(err), "ret_json");
	ck_assert_ptr_null(text);
	hyper_error_free(err);
}
END_TEST

START_TEST(over_http)
{
	hyper_rest_response *response =
		ask("GET", "/hyper/openapi.json", NULL, NULL);
	HYP_AUTOFREE char *text = NULL, *header = NULL;
	size_t len;

	ck_assert_int_eq(hyper_rest_openapi(0, &text, NULL), 0);
	ck_assert_str_eq(hyper_rest_response_body(response, &len), text);
	ck_assert_int_gt(asprintf(&header, "If-None-Match: %s",
				  header_of(response, "ETag")),
			 0);
	hyper_rest_response_free(response);
	check_exchange(&(struct exchange){ .method = "GET",
					   .target = "/hyper/openapi.json",
					   .header = header,
					   .status = 304 });
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("openapi");
	TCase *all = tcase_create("openapi");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, load, unload);
	tcase_add_loop_test(all, each_route, 0, HYP_ROUTE_COUNT);
	tcase_add_test(all, no_other_route);
	tcase_add_loop_test(all, examples_are_taken, 0, HYP_ROUTE_COUNT);
	tcase_add_test(all, members_are_those_of_the_tables);
	tcase_add_test(all, each_text_is_used);
	tcase_add_test(all, words_are_those_of_the_tables);
	tcase_add_test(all, problems_are_those_of_the_table);
	tcase_add_test(all, references_lead_somewhere);
	tcase_add_test(all, bad_arguments);
	tcase_add_test(all, over_http);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
