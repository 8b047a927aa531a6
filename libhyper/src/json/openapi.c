/* SPDX-License-Identifier: MIT */
/* The document as a whole, and what its paths refer to. */
#include "json/openapi.h"

#include <stdio.h>
#include <string.h>

#include <hyper/version.h>

#include "json/build.h"
#include "util/buf.h"

static const struct {
	const char *name;
	const char *text;
} tags[] = {
	{ "machines", "Virtual machines and containers." },
	{ "images", "What machines are made from." },
	{ "operations", "Every change is one: its progress, its end." },
	{ "events", "What happened, in order." },
	{ "tokens", "Who may do what." },
	{ "service", "What serves here, and how it is." },
};

static const char about[] =
	"Virtual machines and containers behind one API.\n\n"
	"Each GET answers HEAD as well, and each path OPTIONS. Parameters and "
	"members that are not known are refused by name. Errors are problem "
	"documents (RFC 9457). Pages of other sites that the server lets in "
	"are told so in the header fields of CORS. On a unix socket neither "
	"token nor certificate is needed.";

static struct json_object *info(void)
{
	return hyp_json_object(
		"title", hyp_json_string("hyper"), "version",
		hyp_json_string(HYPER_VERSION_STRING), "summary",
		hyp_json_string("Virtual machines and containers"),
		"description", hyp_json_string(about), "license",
		hyp_json_constant("{'name': 'MIT', 'identifier': 'MIT'}"),
		NULL);
}

static struct json_object *tag_list(void)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < HYP_COUNT(tags); i++)
		hyp_json_append(
			&list,
			hyp_json_object("name", hyp_json_string(tags[i].name),
					"description",
					hyp_json_string(tags[i].text), NULL));
	return list;
}

static bool is_status(size_t index, int status)
{
	return hyp_problem_at(index)->status == status;
}

/* {"enum": [the types of the problems with that status]} */
static struct json_object *types_of(int status)
{
	struct json_object *list = json_object_new_array();
	char type[128];

	for (size_t i = 0; hyp_problem_at(i); i++)
		if (is_status(i, status)) {
			snprintf(type, sizeof(type), HYP_PROBLEM_TYPE "%s",
				 hyp_problem_at(i)->slug);
			hyp_json_append(&list, hyp_json_string(type));
		}
	return hyp_json_object("enum", list, NULL);
}

static struct json_object *problem_schema(int status)
{
	struct json_object *all = json_object_new_array();
	struct json_object *here = hyp_json_object(
		"type", types_of(status), "status",
		hyp_json_object("const", json_object_new_int(status), NULL),
		NULL);

	hyp_json_append(&all, hyp_json_ref("schemas", "Problem"));
	hyp_json_append(&all, hyp_json_object("properties", here, NULL));
	return hyp_json_object("allOf", all, NULL);
}

/* The errors with that status: "`exists`: Already exists; …" */
static char *problem_text(int status)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (size_t i = 0; hyp_problem_at(i); i++)
		if (is_status(i, status))
			hyp_buf_addf(&buf, "%s`%s`: %s", buf.len ? "; " : "",
				     hyp_problem_at(i)->slug,
				     hyp_problem_at(i)->title);
	hyp_buf_addc(&buf, '.');
	return hyp_buf_take(&buf);
}

static struct json_object *problem_fields(int status)
{
	struct json_object *json = hyp_json_object(
		"X-Request-Id", hyp_json_ref("headers", "X-Request-Id"), NULL);
	bool busy = false;

	for (size_t i = 0; hyp_problem_at(i); i++)
		busy |= is_status(i, status) &&
			hyp_problem_at(i)->code == HYPER_ERR_BUSY;
	if (busy)
		hyp_json_set(&json, "Retry-After",
			     hyp_json_ref("headers", "Retry-After"));
	if (status == 401)
		hyp_json_set(&json, "WWW-Authenticate",
			     hyp_json_ref("headers", "WWW-Authenticate"));
	return json;
}

/* What an error of the first row with that status looks like. */
static struct json_object *problem_example(int status)
{
	const struct hyp_problem *problem;
	HYP_AUTOERROR *error = NULL;
	size_t i = 0;

	while (!is_status(i, status))
		i++;
	problem = hyp_problem_at(i);
	hyper_error_set(&error, problem->code, NULL,
			"what is wrong this time, in a line");
	/* Without memory it is another error. */
	return hyper_error_code(error) == problem->code
		       ? hyp_json_new_problem(error, problem)
		       : NULL;
}

static struct json_object *problem_answer(int status)
{
	HYP_AUTOFREE char *text = problem_text(status);
	struct json_object *media =
		hyp_json_object("schema", problem_schema(status), "example",
				problem_example(status), NULL);

	return hyp_json_object(
		"description", text ? hyp_json_string(text) : NULL, "headers",
		problem_fields(status), "content",
		hyp_json_object("application/problem+json", media, NULL), NULL);
}

static bool has_error(const struct hyp_api_route *route, int status)
{
	for (const int *error = route->errors; *error; error++)
		if (*error == status)
			return true;
	return false;
}

/* One for each status that any route has. */
static struct json_object *problem_answers(const struct hyp_api_route *routes,
					   size_t n)
{
	struct json_object *all = json_object_new_object();

	for (int status = 400; status < 600; status++)
		for (size_t i = 0; i < n; i++)
			if (has_error(&routes[i], status)) {
				char name[32];

				snprintf(name, sizeof(name), "Problem%d",
					 status);
				hyp_json_set(&all, name,
					     problem_answer(status));
				break;
			}
	return all;
}

static struct json_object *security_schemes(void)
{
	return hyp_json_object(
		"token",
		hyp_json_constant(
			"{'type': 'http', 'scheme': 'bearer', 'description': "
			"'A token has a role; each role may do what those "
			"before it may: viewer, operator, admin.'}"),
		"certificate",
		hyp_json_constant(
			"{'type': 'mutualTLS', 'description': 'Where the "
			"server asks for certificates; it says which role they "
			"have.'}"),
		NULL);
}

int hyp_json_openapi(const struct hyp_api_route *routes, size_t n,
		     char **ret_json, hyper_error **err)
{
	struct json_object *components = hyp_json_object(
		"securitySchemes", security_schemes(), "parameters",
		hyp_json_api_params(), "headers", hyp_json_api_headers(),
		"responses", problem_answers(routes, n), "schemas",
		hyp_json_schemas(), NULL);
	struct json_object *json = hyp_json_object(
		"openapi", hyp_json_string("3.1.0"), "info", info(), "servers",
		hyp_json_constant("[{'url': '/'}]"), "tags", tag_list(),
		"paths", hyp_json_paths(routes, n), "components", components,
		NULL);

	return hyp_json_finish(json, ret_json, err);
}
