/* SPDX-License-Identifier: MIT */
/* Errors as problem+json (RFC 9457), and back. */
#include "json/build.h"

#include <stdio.h>
#include <string.h>

/* More causes than any error of ours has; a server may send anything. */
#define CAUSES_MAX 16

/* Add a text; none (NULL) is left out. False: out of memory. */
static bool add_text(struct json_object *json, const char *name,
		     const char *text)
{
	struct json_object *value;

	if (!text)
		return true;
	value = hyp_json_new_text(text);
	if (value && json_object_object_add(json, name, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

static const char *code_of_error(const hyper_error *error)
{
	return hyper_code_name(hyper_error_code(error));
}

/* What a problem tells of an error, and of each that led to it. */
static const struct {
	const char *name;
	const char *(*get)(const hyper_error *error);
	bool must;
} error_members[] = {
	{ "detail", hyper_error_message, true },
	{ "code", code_of_error, true },
	{ "field", hyper_error_field, false },
	{ "driver", hyper_error_driver, false },
};

static bool add_error(struct json_object *json, const hyper_error *error)
{
	bool good = true;

	for (size_t i = 0; good && i < HYP_COUNT(error_members); i++)
		good = add_text(json, error_members[i].name,
				error_members[i].get(error));
	return good;
}

static struct json_object *new_causes(const hyper_error *error)
{
	HYP_AUTOJSON *causes = json_object_new_array();

	for (; causes && error; error = hyper_error_cause(error)) {
		struct json_object *cause = json_object_new_object();

		if (!cause || !add_error(cause, error) ||
		    json_object_array_add(causes, cause)) {
			json_object_put(cause);
			return NULL;
		}
	}
	return hyp_steal(&causes);
}

struct json_object *hyp_json_new_problem(const hyper_error *error,
					 const struct hyp_problem *problem)
{
	HYP_AUTOJSON *json = json_object_new_object();
	const hyper_error *cause = hyper_error_cause(error);
	char type[sizeof(HYP_PROBLEM_TYPE) + 64];
	struct json_object *value;

	if (!problem)
		problem = hyp_problem_of_code(hyper_error_code(error));
	snprintf(type, sizeof(type), HYP_PROBLEM_TYPE "%s", problem->slug);
	if (!json || !add_text(json, "type", type) ||
	    !add_text(json, "title", problem->title))
		return NULL;
	value = json_object_new_int(problem->status);
	if (!value || json_object_object_add(json, "status", value)) {
		json_object_put(value);
		return NULL;
	}
	if (!add_error(json, error))
		return NULL;
	if (cause) {
		value = new_causes(cause);
		if (!value || json_object_object_add(json, "causes", value)) {
			json_object_put(value);
			return NULL;
		}
	}
	return hyp_steal(&json);
}

int hyp_json_problem(const hyper_error *error,
		     const struct hyp_problem *problem, char **ret_json)
{
	return hyp_json_finish(hyp_json_new_problem(error, problem), ret_json,
			       NULL);
}

int hyp_json_problem_answer(const hyper_error *error,
			    const struct hyp_problem *problem,
			    const char *request_id, char **ret_json)
{
	HYP_AUTOJSON *json = hyp_json_new_problem(error, problem);

	if (!json || !add_text(json, "request_id", request_id))
		return HYPER_ERR_NOMEM;
	return hyp_json_finish(hyp_steal(&json), ret_json, NULL);
}

int hyp_json_problem_line(const hyper_error *error,
			  const struct hyp_problem *problem, char **ret_json)
{
	HYP_AUTOJSON *json = json_object_new_object();
	struct json_object *value = hyp_json_new_problem(error, problem);

	if (!json || !value || json_object_object_add(json, "problem", value)) {
		json_object_put(value);
		return HYPER_ERR_NOMEM;
	}
	return hyp_json_finish(hyp_steal(&json), ret_json, NULL);
}

static const char *text_of(struct json_object *json, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

/* The code, by its name or, for one that we do not know, by the slug. */
static int code_of(struct json_object *json)
{
	const char *name = text_of(json, "code");
	const char *type = text_of(json, "type");
	const struct hyp_problem *problem = NULL;

	for (int code = HYPER_ERR_INVALID; name && code >= HYPER_ERR_INTERNAL;
	     code--)
		if (strcmp(hyper_code_name(code), name) == 0)
			return code;
	if (type &&
	    strncmp(type, HYP_PROBLEM_TYPE, strlen(HYP_PROBLEM_TYPE)) == 0)
		problem = hyp_problem_of_slug(type + strlen(HYP_PROBLEM_TYPE));
	return problem ? problem->code : HYPER_OK;
}

/* Put what json tells on top of *error. */
static void wrap(hyper_error **error, int code, struct json_object *json)
{
	const char *driver = text_of(json, "driver");
	const char *request_id = text_of(json, "request_id");

	hyper_error_wrap(error, code, text_of(json, "field"), "%s",
			 text_of(json, "detail"));
	if (driver)
		hyp_error_set_driver(*error, driver);
	if (request_id)
		hyp_error_set_request_id(*error, request_id);
}

hyper_error *hyp_json_get_problem(struct json_object *json, int status)
{
	hyper_error *error = NULL;
	struct json_object *causes;
	int code = code_of(json);

	if (code == HYPER_OK || !text_of(json, "detail")) {
		hyper_error_set(&error, HYPER_ERR_PROTOCOL, NULL,
				"the server answered HTTP status %d without "
				"a problem document of hyper's",
				status);
		return error;
	}
	if (json_object_object_get_ex(json, "causes", &causes) &&
	    json_object_is_type(causes, json_type_array)) {
		size_t n = json_object_array_length(causes);

		for (size_t i = n < CAUSES_MAX ? n : CAUSES_MAX; i > 0; i--) {
			struct json_object *cause =
				json_object_array_get_idx(causes, i - 1);

			if (code_of(cause) && text_of(cause, "detail"))
				wrap(&error, code_of(cause), cause);
		}
	}
	wrap(&error, code, json);
	return error;
}

hyper_error *hyp_json_read_problem(const char *text, size_t len, int status)
{
	HYP_AUTOJSON *json = NULL;

	/* Why it is no JSON matters less than that it is none. */
	hyp_json_load(text, len, &hyp_json_server, &json, NULL);
	return hyp_json_get_problem(json, status);
}

static struct json_object *word(const char *member)
{
	const struct hyp_json_text *text = hyp_json_describe("Problem", member);
	struct json_object *json = hyp_json_constant("{'type': 'string'}");

	hyp_json_set(&json, "description", hyp_json_string(text->text));
	return json;
}

static struct json_object *codes(void)
{
	struct json_object *list = json_object_new_array();

	for (int code = HYPER_ERR_INVALID; code >= HYPER_ERR_INTERNAL; code--)
		hyp_json_append(&list, hyp_json_string(hyper_code_name(code)));
	return list;
}

/* The members that add_error() makes. */
static void add_error_schema(struct json_object **properties,
			     struct json_object **must)
{
	for (size_t i = 0; i < HYP_COUNT(error_members); i++) {
		struct json_object *json = word(error_members[i].name);

		if (error_members[i].get == code_of_error)
			hyp_json_set(&json, "enum", codes());
		hyp_json_set(properties, error_members[i].name, json);
		if (error_members[i].must)
			hyp_json_append(must,
					hyp_json_string(error_members[i].name));
	}
}

static struct json_object *object_of(struct json_object *properties,
				     struct json_object *must)
{
	return hyp_json_object("type", hyp_json_string("object"), "properties",
			       properties, "required", must,
			       "additionalProperties",
			       json_object_new_boolean(false), NULL);
}

static struct json_object *causes_schema(void)
{
	struct json_object *properties = json_object_new_object();
	struct json_object *must = json_object_new_array();

	add_error_schema(&properties, &must);
	return hyp_json_object(
		"type", hyp_json_string("array"), "description",
		hyp_json_string(hyp_json_describe("Problem", "causes")->text),
		"items", object_of(properties, must), NULL);
}

struct json_object *hyp_json_problem_schema(void)
{
	struct json_object *properties = hyp_json_object(
		"type", word("type"), "title", word("title"), "status",
		hyp_json_constant("{'type': 'integer'}"), NULL);
	struct json_object *must =
		hyp_json_constant("['type', 'title', 'status']");

	add_error_schema(&properties, &must);
	hyp_json_set(&properties, "causes", causes_schema());
	hyp_json_set(&properties, "request_id", word("request_id"));
	return object_of(properties, must);
}
