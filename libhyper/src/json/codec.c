/* SPDX-License-Identifier: MIT */
#include "json/codec.h"

#include <limits.h>
#include <string.h>

const struct hyp_json_source hyp_json_user = { HYPER_ERR_INVALID, "body",
					       true };
const struct hyp_json_source hyp_json_server = { HYPER_ERR_PROTOCOL,
						 "the server's answer", false };
const struct hyp_json_source hyp_json_store = { HYPER_ERR_INTERNAL,
						"a value in the database",
						false };

const char *hyp_json_version(void)
{
	return json_c_version();
}

static int bad_syntax(const struct hyp_json_source *source, const char *why,
		      size_t pos, hyper_error **err)
{
	return hyper_error_set(
		err, source->code, source->names_field ? "body" : NULL,
		"%s is not valid JSON: %s at byte %zu", source->what, why, pos);
}

/* How many members all objects of a document have. */
static size_t count_members(struct json_object *json)
{
	size_t count = 0;

	if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach(json, key, value)
		{
			(void)key;
			count += 1 + count_members(value);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			count += count_members(
				json_object_array_get_idx(json, i));
	}
	return count;
}

int hyp_json_load(const char *text, size_t len,
		  const struct hyp_json_source *source,
		  struct json_object **ret_json, hyper_error **err)
{
	struct json_tokener *tokener;
	HYP_AUTOJSON *json = NULL;
	enum json_tokener_error error;
	const char *why;
	size_t members, pos;

	if (len > INT_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, NULL,
				       "%s has %zu bytes", source->what, len);
	if (hyp_json_scan(text, len, &members, &pos, &why))
		return bad_syntax(source, why, pos, err);
	tokener = json_tokener_new_ex(HYP_JSON_DEPTH);
	if (!tokener)
		return hyp_nomem(err);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		/* A NUL is the end: it may still be a whole number. */
		json = json_tokener_parse_ex(tokener, "", 1);
	error = json_tokener_get_error(tokener);
	pos = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_error_parse_eof)
		return bad_syntax(source, "it ends too early", len, err);
	if (error == json_tokener_error_depth)
		return bad_syntax(source, "nested too deep", pos + 1, err);
	if (error != json_tokener_success)
		return bad_syntax(source, json_tokener_error_desc(error),
				  pos + 1, err);
	/* json-c keeps the last of several members of one name. */
	if (count_members(json) != members)
		return bad_syntax(source, "an object has a member twice", len,
				  err);
	*ret_json = hyp_steal(&json);
	return 0;
}

int hyp_json_finish(struct json_object *json, char **ret_json,
		    hyper_error **err)
{
	const char *text;
	char *copy;

	if (!json)
		return hyp_nomem(err);
	text = json_object_to_json_string_ext(json, HYP_JSON_FORMAT);
	copy = text ? strdup(text) : NULL;
	json_object_put(json);
	if (!copy)
		return hyp_nomem(err);
	*ret_json = copy;
	return 0;
}

static const char *describe(enum json_type type)
{
	switch (type) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a boolean";
	case json_type_int:
		return "a number";
	case json_type_double:
		return "a number with a fraction";
	case json_type_string:
		return "a string";
	case json_type_array:
		return "an array";
	case json_type_object:
		return "an object";
	}
	return "nothing known";
}

int hyp_json_wrong(const struct hyp_json_source *source, const char *field,
		   struct json_object *json, const char *must,
		   hyper_error **err)
{
	const char *is = describe(json_object_get_type(json));

	if (source->names_field)
		return hyper_error_set(err, source->code, field,
				       "%s is %s: must be %s", field, is, must);
	return hyper_error_set(err, source->code, NULL,
			       "%s: %s is %s: must be %s", source->what, field,
			       is, must);
}

int hyp_json_need(const struct hyp_json_source *source, const char *field,
		  struct json_object *json, enum json_type type,
		  hyper_error **err)
{
	if (json_object_is_type(json, type))
		return 0;
	return hyp_json_wrong(source, field, json, describe(type), err);
}

int hyp_json_get_uint(const struct hyp_json_source *source, const char *field,
		      struct json_object *json, uint64_t max,
		      uint64_t *ret_value, hyper_error **err)
{
	int rc = hyp_json_need(source, field, json, json_type_int, err);

	if (rc)
		return rc;
	if (json_object_get_int64(json) < 0)
		return hyper_error_set(err, source->code,
				       source->names_field ? field : NULL,
				       "%s is %s: must not be negative", field,
				       json_object_get_string(json));
	if (json_object_get_uint64(json) > max)
		return hyper_error_set(
			err, source->code, source->names_field ? field : NULL,
			"%s is %s: at most %llu", field,
			json_object_get_string(json), (unsigned long long)max);
	*ret_value = json_object_get_uint64(json);
	return 0;
}
