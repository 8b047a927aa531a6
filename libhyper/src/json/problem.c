/* SPDX-License-Identifier: MIT */
/* Errors as problem+json (RFC 9457), and back. */
#include "json/codec.h"

#include <stdio.h>
#include <string.h>

#define TYPE_PREFIX "urn:hyper:problem:"
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

static bool add_error(struct json_object *json, const hyper_error *error)
{
	return add_text(json, "detail", hyper_error_message(error)) &&
	       add_text(json, "code",
			hyper_code_name(hyper_error_code(error))) &&
	       add_text(json, "field", hyper_error_field(error)) &&
	       add_text(json, "driver", hyper_error_driver(error));
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
	char type[sizeof(TYPE_PREFIX) + 64];
	struct json_object *value;

	if (!problem)
		problem = hyp_problem_of_code(hyper_error_code(error));
	snprintf(type, sizeof(type), TYPE_PREFIX "%s", problem->slug);
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
	if (type && strncmp(type, TYPE_PREFIX, strlen(TYPE_PREFIX)) == 0)
		problem = hyp_problem_of_slug(type + strlen(TYPE_PREFIX));
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
