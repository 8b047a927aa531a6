/* SPDX-License-Identifier: MIT */
#include "json/build.h"

#include <stdarg.h>
#include <stdio.h>

struct json_object *hyp_json_constant(const char *text)
{
	return json_tokener_parse(text);
}

struct json_object *hyp_json_string(const char *text)
{
	return json_object_new_string(text);
}

void hyp_json_set(struct json_object **object, const char *name,
		  struct json_object *value)
{
	if (*object && value &&
	    json_object_object_add(*object, name, value) == 0)
		return;
	json_object_put(value);
	json_object_put(hyp_steal(object));
}

void hyp_json_append(struct json_object **array, struct json_object *value)
{
	if (*array && value && json_object_array_add(*array, value) == 0)
		return;
	json_object_put(value);
	json_object_put(hyp_steal(array));
}

struct json_object *hyp_json_object(const char *name, ...)
{
	struct json_object *object = json_object_new_object();
	va_list args;

	va_start(args, name);
	for (; name; name = va_arg(args, const char *))
		hyp_json_set(&object, name, va_arg(args, struct json_object *));
	va_end(args);
	return object;
}

struct json_object *hyp_json_ref(const char *kind, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "#/components/%s/%s", kind, name);
	return hyp_json_object("$ref", hyp_json_string(path), NULL);
}
