/* SPDX-License-Identifier: MIT */
/*
 * Building documents. Whatever runs out of memory is NULL, and makes NULL of
 * all that is built with it: who builds looks once, at the end.
 */
#ifndef HYP_JSON_BUILD_H
#define HYP_JSON_BUILD_H

#include "json/codec.h"
#include "json/openapi.h"

/* From a text of ours, with ' for " so that C can be read. */
struct json_object *hyp_json_constant(const char *text);
struct json_object *hyp_json_string(const char *text);
/* NAME, [takes] VALUE, …, NULL. */
struct json_object *hyp_json_object(const char *name, ...)
	__attribute__((sentinel));
/* {"$ref": "#/components/KIND/NAME"} */
struct json_object *hyp_json_ref(const char *kind, const char *name);
/* [takes] value, into an object or array of ours. */
void hyp_json_set(struct json_object **object, const char *name,
		  struct json_object *value);
void hyp_json_append(struct json_object **array, struct json_object *value);

/* schema.c: {NAME: schema}, of all that there are. */
struct json_object *hyp_json_schemas(void);
/* What one looks like. */
struct json_object *hyp_json_example(const char *schema);

/* paths.c: what there is, and the fields that it names. */
struct json_object *hyp_json_paths(const struct hyp_api_route *routes,
				   size_t n);
struct json_object *hyp_json_api_params(void);
struct json_object *hyp_json_api_headers(void);

/* describe.c: what a member is, and an example. */
struct hyp_json_text {
	const char *schema;
	const char *member;
	const char *text;
	const char *example; /* a constant; NULL: null */
};
/* NULL: it is not described. */
const struct hyp_json_text *hyp_json_describe(const char *schema,
					      const char *member);
/* All of them, from 0; NULL past the last. */
const struct hyp_json_text *hyp_json_text_at(size_t index);

/* problem.c: the schema of errors. */
struct json_object *hyp_json_problem_schema(void);
/* What stands before the slug in its type. */
#define HYP_PROBLEM_TYPE "urn:hyper:problem:"

#endif
