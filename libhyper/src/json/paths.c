/* SPDX-License-Identifier: MIT */
/* The paths of the document: what each route takes, and what it answers. */
#include "json/openapi.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "json/build.h"
#include "util/buf.h"

#define JSON "application/json"

/* The header fields that requests may have, besides those of HTTP itself. */
static const struct {
	unsigned int asks; /* 0: all do */
	const char *name;
	const char *text;
	const char *schema;
} request_fields[] = {
	{ 0, "X-Request-Id", "what the request is called in logs and errors",
	  "{'type': 'string', 'maxLength': 128, "
	  "'pattern': '^[A-Za-z0-9._~+/=:@-]+$', 'examples': ['deploy-17']}" },
	{ HYP_ASKS_ASYNC, "Prefer",
	  "respond-async: answer 202 with the operation, at once",
	  "{'type': 'string', 'examples': ['respond-async']}" },
	{ HYP_ASKS_GENERATION, "If-Match",
	  "only if the machine still has one of these ETags, else 412; *: "
	  "whatever is there",
	  "{'type': 'string', 'examples': ['\"7\"']}" },
	{ HYP_ASKS_KEY, "Idempotency-Key",
	  "the same request with the same key is not done again; a string in "
	  "quotes, or a word",
	  "{'type': 'string', 'minLength': 1, "
	  "'examples': ['\"8e03978e-40d5-43dd\"']}" },
	{ HYP_ASKS_NEWS, "If-None-Match", "304 if the ETag is one of these",
	  "{'type': 'string', 'examples': ['\"7\"']}" },
	{ HYP_ASKS_AFTER, "Last-Event-ID", "takes the place of after",
	  "{'type': 'string', 'pattern': '^[0-9]+$', 'examples': ['2']}" },
};

/* Those that answers have. */
static const struct {
	unsigned int tells; /* 0: errors, or all answers */
	const char *name;
	bool always;
	const char *text;
	const char *schema;
} answer_fields[] = {
	{ 0, "X-Request-Id", true, "what the request is called",
	  "{'type': 'string'}" },
	{ 0, "WWW-Authenticate", true, "what is asked for",
	  "{'type': 'string'}" },
	{ 0, "Retry-After", false, "when something is busy: seconds",
	  "{'type': 'integer'}" },
	{ HYP_TELLS_ETAG, "ETag", true,
	  "what is there, in quotes: of a machine its generation",
	  "{'type': 'string', 'pattern': '^\"[^\"]+\"$'}" },
	{ HYP_TELLS_PLACE, "Location", true,
	  "of what was made, or of the operation",
	  "{'type': 'string', 'format': 'uri-reference'}" },
	{ HYP_TELLS_OPERATION, "Hyper-Operation", false,
	  "the number of the change's operation, if there is one",
	  "{'type': 'integer', 'minimum': 1}" },
	{ HYP_TELLS_ASYNC, "Preference-Applied", false,
	  "respond-async, if that was asked for",
	  "{'type': 'string', 'const': 'respond-async'}" },
	{ HYP_TELLS_PAGE, "Hyper-Next-Cursor", false,
	  "the cursor of the next page, if this is not the last",
	  "{'type': 'string'}" },
	{ HYP_TELLS_PAGE, "Link", false, "the next page, with rel=next",
	  "{'type': 'string'}" },
	{ HYP_TELLS_PAGE, "Hyper-Total-Count", false,
	  "with count: how many match in all",
	  "{'type': 'integer', 'minimum': 0}" },
	{ HYP_TELLS_SEQ, "Hyper-Seq", true,
	  "the event up to which the list is true",
	  "{'type': 'integer', 'minimum': 0}" },
	{ HYP_TELLS_NO_STORE, "Cache-Control", false,
	  "no-store, of streams and of what no cache may keep",
	  "{'type': 'string', 'const': 'no-store'}" },
};

/* {"application/json": {"schema": …, "example": …}} */
static struct json_object *content(const char *type, struct json_object *schema,
				   struct json_object *example)
{
	return hyp_json_object(
		type,
		hyp_json_object("schema", schema, "example", example, NULL),
		NULL);
}

/* The same of what is too long, or too plain, for an example. */
static struct json_object *bare_content(const char *type, const char *schema)
{
	return hyp_json_object(
		type,
		hyp_json_object("schema", hyp_json_constant(schema), NULL),
		NULL);
}

/* A schema of words, numbers and flags. */
static struct json_object *param_schema(const struct hyp_api_param *param)
{
	struct json_object *json = NULL;

	switch (param->kind) {
	case HYP_API_TEXT:
		return hyp_json_constant("{'type': 'string'}");
	case HYP_API_NEEDED:
		return hyp_json_constant("{'type': 'string', "
					 "'minLength': 1, 'examples': "
					 "['label.tier=web']}");
	case HYP_API_FLAG:
		return hyp_json_constant("{'type': 'string', "
					 "'enum': ['1', 'true', '0', "
					 "'false']}");
	case HYP_API_NUMBER:
		json = hyp_json_constant("{'type': 'integer', 'minimum': 0}");
		break;
	case HYP_API_SECONDS:
		json = hyp_json_constant("{'type': 'number', 'minimum': 0}");
		break;
	}
	hyp_json_set(&json, "maximum", json_object_new_uint64(param->max));
	return json;
}

static void add_params(struct json_object **list, const char *in,
		       const struct hyp_api_route *route,
		       const struct hyp_api_param *const *params)
{
	for (; *params; params++) {
		struct json_object *json = hyp_json_object(
			"name", hyp_json_string((*params)->name), "in",
			hyp_json_string(in), "description",
			hyp_json_string((*params)->text), "schema",
			param_schema(*params), NULL);
		char rest[64];

		snprintf(rest, sizeof(rest), "{%s...}", (*params)->name);
		if (strcmp(in, "path") == 0 ||
		    (*params)->kind == HYP_API_NEEDED)
			hyp_json_set(&json, "required",
				     json_object_new_boolean(true));
		/* OpenAPI has no word for it. */
		if (strstr(route->path, rest))
			hyp_json_set(&json, "x-slashes",
				     json_object_new_boolean(true));
		hyp_json_append(list, json);
	}
}

static struct json_object *params_of(const struct hyp_api_route *route)
{
	struct json_object *list = json_object_new_array();

	add_params(&list, "path", route, route->args);
	add_params(&list, "query", route, route->params);
	for (size_t i = 0; i < HYP_COUNT(request_fields); i++)
		if (!request_fields[i].asks ||
		    (route->asks & request_fields[i].asks))
			hyp_json_append(&list,
					hyp_json_ref("parameters",
						     request_fields[i].name));
	return list;
}

static struct json_object *content_of_body(const struct hyp_api_text *is)
{
	return content(JSON, hyp_json_ref("schemas", is->body),
		       is->body_example ? hyp_json_constant(is->body_example)
					: hyp_json_example(is->body));
}

static struct json_object *request_body(const struct hyp_api_route *route)
{
	const struct hyp_api_text *is = route->is;
	struct json_object *body = content_of_body(is);
	struct json_object *media;

	if (body && route->patches &&
	    json_object_object_get_ex(body, JSON, &media))
		hyp_json_set(&body, "application/merge-patch+json",
			     json_object_get(media));
	return hyp_json_object("required", json_object_new_boolean(true),
			       "content", body, NULL);
}

static struct json_object *list_of(const char *schema)
{
	return hyp_json_object("type", hyp_json_string("array"), "items",
			       hyp_json_ref("schemas", schema), NULL);
}

static struct json_object *example_list(const char *schema)
{
	struct json_object *list = json_object_new_array();

	hyp_json_append(&list, hyp_json_example(schema));
	return list;
}

/* [takes] other */
static struct json_object *either(const char *schema, struct json_object *other)
{
	struct json_object *any = json_object_new_array();

	hyp_json_append(&any, hyp_json_ref("schemas", schema));
	hyp_json_append(&any, other);
	return hyp_json_object("anyOf", any, NULL);
}

static struct json_object *one_of(const struct hyp_api_answer *answer)
{
	return answer->other ? either(answer->schema,
				      hyp_json_ref("schemas", answer->other))
			     : hyp_json_ref("schemas", answer->schema);
}

/* What comes last in a stream of lines, and why there are no more. */
static struct json_object *problem_in_line(void)
{
	return hyp_json_object(
		"type", hyp_json_string("object"), "properties",
		hyp_json_object("problem", hyp_json_ref("schemas", "Problem"),
				NULL),
		"required", hyp_json_constant("['problem']"),
		"additionalProperties", json_object_new_boolean(false), NULL);
}

/* What a stream consists of cannot be said in OpenAPI 3.1. */
static struct json_object *stream(const char *text, struct json_object *item,
				  const char *example)
{
	return hyp_json_object(
		"schema",
		hyp_json_object("type", hyp_json_string("string"),
				"description", hyp_json_string(text), NULL),
		"example", hyp_json_string(example), "x-item-schema", item,
		NULL);
}

static struct json_object *streams_of(const struct hyp_api_answer *answer)
{
	HYP_AUTOJSON *event = hyp_json_example(answer->schema);
	const char *line = event ? json_object_to_json_string_ext(
					   event, JSON_C_TO_STRING_PLAIN)
				 : NULL;
	HYP_AUTOBUF sse = HYP_BUF_INIT, lines = HYP_BUF_INIT;
	HYP_AUTOFREE char *sse_text = NULL, *lines_text = NULL;
	struct json_object *json = content(JSON, list_of(answer->schema),
					   example_list(answer->schema));

	if (line) {
		hyp_buf_addf(&sse, "retry: 2000\n\nid: 3\ndata: %s\n\n", line);
		hyp_buf_addf(&lines, "%s\n", line);
	}
	sse_text = line ? hyp_buf_take(&sse) : NULL;
	lines_text = line ? hyp_buf_take(&lines) : NULL;
	if (!sse_text || !lines_text) {
		json_object_put(json);
		return NULL;
	}
	hyp_json_set(&json, "application/x-ndjson",
		     stream("One event a line, until the client has had "
			    "enough; empty lines say nothing. What is no event "
			    "has the member problem, and is the last line.",
			    either(answer->schema, problem_in_line()),
			    lines_text));
	hyp_json_set(&json, "text/event-stream",
		     stream("Server-sent events: id is the seq, data the "
			    "event. What is no event has the type problem, no "
			    "id, and a problem as its data; it is the last.",
			    either(answer->schema,
				   hyp_json_ref("schemas", "Problem")),
			    sse_text));
	return json;
}

static struct json_object *body_of(const struct hyp_api_answer *answer)
{
	switch (answer->body) {
	case HYP_BODY_ONE:
		return content(JSON, one_of(answer),
			       hyp_json_example(answer->schema));
	case HYP_BODY_MANY:
		return content(JSON, list_of(answer->schema),
			       strcmp(answer->schema, "SomeOfMachine") == 0
				       ? example_list("Machine")
				       : example_list(answer->schema));
	case HYP_BODY_STREAMS:
		return streams_of(answer);
	case HYP_BODY_TEXT:
		return bare_content("text/plain", "{'type': 'string'}");
	case HYP_BODY_ANY:
		return bare_content(JSON, "{'type': 'object'}");
	case HYP_BODY_NONE:
		break;
	}
	return NULL;
}

static struct json_object *field_ref(const char *name)
{
	return hyp_json_ref("headers", name);
}

static struct json_object *fields_of(unsigned int tells)
{
	struct json_object *json = hyp_json_object(
		"X-Request-Id", field_ref("X-Request-Id"), NULL);

	for (size_t i = 0; i < HYP_COUNT(answer_fields); i++)
		if (answer_fields[i].tells & tells)
			hyp_json_set(&json, answer_fields[i].name,
				     field_ref(answer_fields[i].name));
	return json;
}

static const char *status_text(int status)
{
	switch (status) {
	case 201:
		return "Made.";
	case 202:
		return "Accepted: the operation goes on.";
	case 207:
		return "Some failed: each tells.";
	case 204:
		return "Done; there is nothing to tell.";
	case 304:
		return "Not changed: it is as the client knows it.";
	default:
		return "Done.";
	}
}

static struct json_object *answer_of(const struct hyp_api_answer *answer)
{
	struct json_object *json = hyp_json_object(
		"description", hyp_json_string(status_text(answer->status)),
		"headers", fields_of(answer->tells), NULL);

	if (answer->body != HYP_BODY_NONE)
		hyp_json_set(&json, "content", body_of(answer));
	return json;
}

static struct json_object *answers_of(const struct hyp_api_route *route)
{
	const struct hyp_api_answer *answer = route->is->answers;
	struct json_object *json = json_object_new_object();
	char text[16];

	for (; answer->status; answer++) {
		snprintf(text, sizeof(text), "%d", answer->status);
		hyp_json_set(&json, text, answer_of(answer));
	}
	/* In their order, each once. */
	for (int status = 400; status < 600; status++)
		for (const int *error = route->errors; *error; error++)
			if (*error == status) {
				char name[32];

				snprintf(text, sizeof(text), "%d", status);
				snprintf(name, sizeof(name), "Problem%d",
					 status);
				hyp_json_set(&json, text,
					     hyp_json_ref("responses", name));
				break;
			}
	return json;
}

/* The alternatives in which a role can be shown. */
static struct json_object *security_of(const char *role)
{
	struct json_object *list = json_object_new_array();
	static const char *const schemes[] = { "token", "certificate" };

	for (size_t i = 0; role && i < HYP_COUNT(schemes); i++) {
		struct json_object *roles = json_object_new_array();

		hyp_json_append(&roles, hyp_json_string(role));
		hyp_json_append(&list,
				hyp_json_object(schemes[i], roles, NULL));
	}
	return list;
}

static struct json_object *route_of(const struct hyp_api_route *route)
{
	const struct hyp_api_text *is = route->is;
	struct json_object *tag = json_object_new_array();
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *text = NULL;
	struct json_object *json;

	if (is->text)
		hyp_buf_addf(&buf, "%s\n\n", is->text);
	if (route->role)
		hyp_buf_addf(&buf, "Needs the role %s.", route->role);
	else
		hyp_buf_adds(&buf, "Needs no token.");
	text = hyp_buf_take(&buf);
	hyp_json_append(&tag, hyp_json_string(is->tag));
	json = hyp_json_object(
		"operationId", hyp_json_string(route->name), "tags", tag,
		"summary", hyp_json_string(is->summary), "description",
		text ? hyp_json_string(text) : NULL, "x-role",
		hyp_json_string(route->role ? route->role : "none"), "security",
		security_of(route->role), "parameters", params_of(route), NULL);
	if (is->body)
		hyp_json_set(&json, "requestBody", request_body(route));
	hyp_json_set(&json, "responses", answers_of(route));
	return json;
}

/* A path as OpenAPI writes it: {name...} has no dots. */
static void plain_path(const char *path, char out[128])
{
	size_t n = 0;

	for (; *path && n < 127; path++)
		if (strncmp(path, "...}", 4) == 0)
			path += 2;
		else
			out[n++] = *path;
	out[n] = '\0';
}

struct json_object *hyp_json_paths(const struct hyp_api_route *routes, size_t n)
{
	struct json_object *paths = json_object_new_object();

	for (size_t i = 0; paths && i < n; i++) {
		struct json_object *methods;
		char path[128], method[16];
		size_t len = 0;

		plain_path(routes[i].path, path);
		for (const char *p = routes[i].method; *p && len < 15; p++)
			method[len++] = (char)tolower((unsigned char)*p);
		method[len] = '\0';
		if (json_object_object_get_ex(paths, path, &methods))
			json_object_get(methods);
		else
			methods = json_object_new_object();
		hyp_json_set(&methods, method, route_of(&routes[i]));
		hyp_json_set(&paths, path, methods);
	}
	return paths;
}

struct json_object *hyp_json_api_params(void)
{
	struct json_object *all = json_object_new_object();

	for (size_t i = 0; i < HYP_COUNT(request_fields); i++)
		hyp_json_set(
			&all, request_fields[i].name,
			hyp_json_object(
				"name", hyp_json_string(request_fields[i].name),
				"in", hyp_json_string("header"), "description",
				hyp_json_string(request_fields[i].text),
				"schema",
				hyp_json_constant(request_fields[i].schema),
				NULL));
	return all;
}

struct json_object *hyp_json_api_headers(void)
{
	struct json_object *all = json_object_new_object();

	for (size_t i = 0; i < HYP_COUNT(answer_fields); i++)
		hyp_json_set(&all, answer_fields[i].name,
			     hyp_json_object(
				     "description",
				     hyp_json_string(answer_fields[i].text),
				     "required",
				     json_object_new_boolean(
					     answer_fields[i].always),
				     "schema",
				     hyp_json_constant(answer_fields[i].schema),
				     NULL));
	return all;
}
