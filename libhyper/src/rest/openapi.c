/* SPDX-License-Identifier: MIT */
/* /hyper/openapi.json: the tables of this room as a document. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rest/rest.h"

/* What may happen to any request, to some of them in the server itself. */
static const int for_all[] = { 400, 403, 413, 414, 421, 429, 431, 500, 503 };
/* What bodies, and engines, do wrong. */
static const int for_bodies[] = { 411, 415, 422 };
static const int for_engines[] = { 409, 422, 501, 502, 504 };

static void add_error(struct hyp_api_route *route, size_t *n, int status)
{
	/* The last one stays 0. */
	if (*n < HYP_COUNT(route->errors) - 1)
		route->errors[(*n)++] = status;
}

static void add_errors(struct hyp_api_route *to, enum hyp_route route)
{
	bool changes = strcmp(to->method, "GET") != 0;
	size_t n = 0;

	for (size_t i = 0; i < HYP_COUNT(for_all); i++)
		add_error(to, &n, for_all[i]);
	for (size_t i = 0; to->is->body && i < HYP_COUNT(for_bodies); i++)
		add_error(to, &n, for_bodies[i]);
	for (size_t i = 0; to->is->asks_engine && i < HYP_COUNT(for_engines);
	     i++)
		add_error(to, &n, for_engines[i]);
	for (const int *status = to->is->errors; *status; status++)
		add_error(to, &n, *status);
	if (to->role)
		add_error(to, &n, 401);
	if (to->args[0])
		add_error(to, &n, 404);
	if (!hyp_route_is_text(route))
		add_error(to, &n, 406);
	if (to->asks & HYP_ASKS_GENERATION)
		add_error(to, &n, 412);
	if (to->asks & HYP_ASKS_KEY)
		add_error(to, &n, 422);
	/* Terms that it does not know. */
	if (changes)
		add_error(to, &n, 501);
}

static unsigned int asks_of(enum hyp_route route, const struct hyp_api_text *is)
{
	unsigned int asks = 0;

	for (const struct hyp_api_answer *a = is->answers; a->status; a++) {
		if (a->tells & HYP_TELLS_ASYNC)
			asks |= HYP_ASKS_ASYNC;
		if (a->status == 304)
			asks |= HYP_ASKS_NEWS;
		if (a->body == HYP_BODY_STREAMS)
			asks |= HYP_ASKS_AFTER;
	}
	if (hyp_route_takes_generation(route))
		asks |= HYP_ASKS_GENERATION;
	if (hyp_route_takes_key(route))
		asks |= HYP_ASKS_KEY;
	return asks;
}

static const char *const names[] = {
#define ROUTE(name, method, role, path) [HYP_ROUTE_##name] = #name,
#include "rest/routes.def"
#undef ROUTE
};

static void describe(struct hyp_api_route *to, enum hyp_route route)
{
	enum hyper_role role = hyp_route_role(route);

	to->name = names[route];
	to->method = hyp_route_method(route);
	to->path = hyp_route_pattern(route);
	to->role = role == HYPER_ROLE_NONE ? NULL : hyper_role_name((int)role);
	to->patches = hyp_route_patches(route);
	to->is = hyp_route_text(route);
	to->asks = asks_of(route, to->is);
	for (size_t i = 0; i < HYP_API_PARAMS; i++) {
		to->args[i] = hyp_route_arg(route, i);
		to->params[i] = hyp_route_param(route, i);
	}
	add_errors(to, route);
}

int hyper_rest_openapi(uint32_t flags, char **ret_json, hyper_error **err)
{
	struct hyp_api_route *routes;
	int rc = hyp_check_flags(flags, 0, err);

	if (!rc && !ret_json)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "ret_json",
				     "ret_json is not given");
	if (rc)
		return rc;
	routes = calloc(HYP_ROUTE_COUNT, sizeof(*routes));
	if (!routes)
		return hyp_nomem(err);
	for (enum hyp_route i = 0; i < HYP_ROUTE_COUNT; i++)
		describe(&routes[i], i);
	rc = hyp_json_openapi(routes, HYP_ROUTE_COUNT, ret_json, err);
	free(routes);
	return rc;
}

/* FNV-1a: it only tells one version of the document from another. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

int hyp_rest_openapi(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_AUTOFREE char *json = NULL;
	char etag[32];
	int rc = hyper_rest_openapi(0, &json, err);

	if (rc)
		return rc;
	snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"", hash_of(json));
	if (hyp_rest_is_known(call->request, etag))
		rc = hyp_rest_send(call, 304, NULL, err);
	else
		rc = hyp_rest_send(call, 200, hyp_steal(&json), err);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "ETag", "%s",
					etag);
}
