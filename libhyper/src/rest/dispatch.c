/* SPDX-License-Identifier: MIT */
/* From a request to its handler, and from an error to a problem. */
#include "rest/rest.h"

#include <string.h>

#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

/* The handler of each route. */
static int (*const handlers[])(struct hyp_rest_call *, hyper_error **) = {
#define ROUTE(name, method, role, path) [HYP_ROUTE_##name] = hyp_rest_##name,
#include "rest/routes.def"
#undef ROUTE
};

int hyp_rest_choose_problem(struct hyp_rest_call *call, const char *slug)
{
	call->problem = hyp_problem_of_slug(slug);
	return call->problem->code;
}

static bool has_body(const struct hyp_rest_call *call)
{
	const char *method = hyp_route_method(call->route);

	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	       strcmp(method, "PATCH") == 0;
}

/* [new] percent-decoded UTF-8; NULL: it is not. */
static char *decode(const char *text, size_t len)
{
	char *decoded = hyp_percent_decode(text, len);

	if (decoded && !hyp_text_valid(decoded, strlen(decoded), true)) {
		free(decoded);
		return NULL;
	}
	return decoded;
}

static int refuse_param(struct hyp_rest_call *call, const char *name,
			hyper_error **err)
{
	const struct hyp_api_param *param;
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *known = NULL;

	for (size_t i = 0; (param = hyp_route_param(call->route, i)); i++)
		hyp_buf_addf(&buf, "%s%s", i ? ", " : "", param->name);
	if (buf.len == 0)
		hyp_buf_adds(&buf, "none");
	known = hyp_buf_take(&buf);
	if (!known)
		return hyp_nomem(err);
	return hyp_rest_fail(call, "bad-parameter", name, err,
			     "unknown parameter '%.100s': known here: %s", name,
			     known);
}

static int add_param(struct hyp_rest_call *call, char *text, hyper_error **err)
{
	HYP_AUTOFREE char *name = NULL, *value = NULL;
	size_t len = strcspn(text, "=");

	/* As in HTML forms, where `+` is a space. */
	for (char *p = text; *p; p++)
		if (*p == '+')
			*p = ' ';
	name = decode(text, len);
	value = decode(text + len + (text[len] == '='),
		       strlen(text + len + (text[len] == '=')));
	if (!name || !value)
		return hyp_rest_fail(call, "bad-parameter", name, err,
				     "the parameter %s is not percent-encoded "
				     "UTF-8",
				     name ? name : "names");
	if (!hyp_route_knows(call->route, name))
		return refuse_param(call, name, err);
	if (hyp_map_get(&call->params, name))
		return hyp_rest_fail(call, "bad-parameter", name, err,
				     "the parameter %s is given twice", name);
	return hyp_map_set(&call->params, name, value) ? hyp_nomem(err) : 0;
}

static int add_params(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_AUTOFREE char *query = NULL;
	char *rest, *text;
	int rc = 0;

	if (!call->request->query)
		return 0;
	query = strdup(call->request->query);
	if (!query)
		return hyp_nomem(err);
	for (rest = query; !rc && (text = strsep(&rest, "&"));)
		if (*text)
			rc = add_param(call, text, err);
	return rc;
}

/* Set "Allow": all methods that a path has. */
static int allow(struct hyp_rest_call *call, const struct hyp_strv *methods,
		 hyper_error **err)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *list = NULL;

	for (size_t i = 0; i < methods->n; i++)
		hyp_buf_addf(&buf, "%s, ", methods->items[i]);
	hyp_buf_addf(&buf, "%sOPTIONS",
		     hyp_strv_has(methods, "GET") ? "HEAD, " : "");
	list = hyp_buf_take(&buf);
	if (!list)
		return hyp_nomem(err);
	return hyp_rest_add_header(call->response, err, "Allow", "%s", list);
}

/* The body is as long as it is said to be, and not too long. */
static int check_length(struct hyp_rest_call *call, hyper_error **err)
{
	const hyper_rest_request *request = call->request;
	const char *text = hyp_rest_get_header(request, "Content-Length", 0);
	uint64_t len = request->body_len;

	if (text && hyp_parse_uint(text, UINT64_MAX, &len))
		return hyp_rest_fail(call, "bad-request", "Content-Length", err,
				     "Content-Length is '%.100s': must be a "
				     "number",
				     text);
	if (len > HYPER_REST_BODY_MAX ||
	    request->body_len > HYPER_REST_BODY_MAX)
		return hyp_rest_fail(call, "body-too-large", NULL, err,
				     "the body may have at most %u bytes",
				     HYPER_REST_BODY_MAX);
	if (len != request->body_len)
		return hyp_rest_fail(call, "truncated-body", NULL, err,
				     "the body has %zu bytes, Content-Length "
				     "says %llu",
				     request->body_len,
				     (unsigned long long)len);
	return 0;
}

static int check_body(struct hyp_rest_call *call, hyper_error **err)
{
	bool patches = hyp_route_patches(call->route);

	if (!has_body(call)) {
		if (call->request->body_len)
			return hyp_rest_fail(call, "bad-request", "body", err,
					     "this request takes no body");
		return 0;
	}
	/* RFC 9110 §15.5.12: nothing says that there is a body at all. */
	if (call->request->body_len == 0 &&
	    !hyp_rest_get_header(call->request, "Content-Length", 0) &&
	    !hyp_rest_get_header(call->request, "Transfer-Encoding", 0))
		return hyp_rest_fail(call, "length-required", "body", err,
				     "the body is missing: send JSON, and its "
				     "Content-Length");
	if (call->request->body_len == 0)
		return hyp_rest_fail(call, "bad-json", "body", err,
				     "the body is empty: must be JSON");
	if (!hyp_rest_body_is(call->request, "application/json") &&
	    !(patches && hyp_rest_body_is(call->request, HYP_MEDIA_TYPE_PATCH)))
		return hyp_rest_fail(
			call, "unsupported-media-type", "Content-Type", err,
			"the Content-Type must be "
			"application/json%s",
			patches ? " or " HYP_MEDIA_TYPE_PATCH : "");
	return 0;
}

static int check_accept(struct hyp_rest_call *call, hyper_error **err)
{
	bool streams = call->route == HYP_ROUTE_event_list;

	if (hyp_route_is_text(call->route))
		return 0;
	call->media = hyp_rest_choose_media(call->request, streams);
	if (call->media != HYP_MEDIA_NONE)
		return 0;
	return hyp_rest_fail(call, "not-acceptable", "Accept", err,
			     "only application/json%s is on offer",
			     streams ? ", " HYP_MEDIA_TYPE_SSE
				       " or " HYP_MEDIA_TYPE_NDJSON
				     : "");
}

static int handle(struct hyp_rest_call *call, hyper_error **err)
{
	int rc = check_accept(call, err);

	if (!rc)
		rc = add_params(call, err);
	if (!rc)
		rc = check_body(call, err);
	if (!rc)
		rc = hyp_rest_take_terms(call, err);
	if (!rc && hyp_rest_prefers_async(call->request))
		call->flags = HYPER_ASYNC;
	if (!rc)
		rc = hyp_rest_get_flag(call, "dry_run", HYPER_DRY_RUN,
				       &call->flags, err);
	return rc ? rc : handlers[call->route](call, err);
}

static int route(struct hyp_rest_call *call, struct hyp_route_match *match,
		 hyper_error **err)
{
	const hyper_rest_request *request = call->request;
	const char *method = request->method;
	HYP_AUTOFREE char *path = decode(request->path, strlen(request->path));
	int rc;

	if (!path)
		return hyp_rest_fail(call, "bad-request", "path", err,
				     "the path is not percent-encoded UTF-8");
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	if (hyp_route_find(method, request->path, match))
		return hyp_nomem(err);
	if (match->route == HYP_ROUTE_COUNT) {
		/* What there is not is told only to who may ask for more. */
		rc = hyp_rest_check_access(call, HYPER_ROLE_VIEWER, err);
		if (rc)
			return rc;
	}
	if (match->methods.n == 0)
		return hyp_rest_fail(call, "no-route", NULL, err,
				     "there is nothing at %.200s", path);
	if (match->route != HYP_ROUTE_COUNT) {
		call->route = match->route;
		call->args = (const char *const *)match->args.items;
		rc = hyp_rest_check_access(call, hyp_route_role(call->route),
					   err);
		if (!rc)
			rc = hyp_rest_act(call, err);
		return rc ? rc : handle(call, err);
	}
	rc = allow(call, &match->methods, err);
	if (rc)
		return rc;
	if (strcmp(method, "OPTIONS") == 0)
		return hyp_rest_send(call, 204, NULL, err);
	return hyp_rest_fail(call, "method-not-allowed", NULL, err,
			     "%.100s is not possible on %.200s", method, path);
}

/* STATE and INVALID are told apart: is it a condition or a key, the body, or
 * the rest of the request? */
static const struct hyp_problem *choose(const struct hyp_rest_call *call,
					const hyper_error *err)
{
	const char *field = hyper_error_field(err);
	int code = hyper_error_code(err);

	if (call->problem || call->route == HYP_ROUTE_COUNT)
		return call->problem;
	if (code == HYPER_ERR_STATE && field &&
	    strcmp(field, "generation") == 0)
		return hyp_problem_of_slug("precondition-failed");
	if (code != HYPER_ERR_INVALID)
		return NULL;
	if (field && strcmp(field, "key") == 0 &&
	    hyp_rest_get_header(call->request, "Idempotency-Key", 0))
		return hyp_problem_of_slug("idempotency-key-reused");
	if (!has_body(call) ||
	    (field && (hyp_route_has_arg(call->route, field) ||
		       hyp_route_knows(call->route, field))))
		return hyp_problem_of_slug("bad-parameter");
	if (field && strcmp(field, "body") == 0)
		return hyp_problem_of_slug("bad-json");
	return NULL;
}

int hyper_rest_dispatch(hyper_conn *conn, const hyper_rest_request *request,
			uint32_t flags, hyper_rest_response **ret_response)
{
	HYP_CLEANUP(hyper_rest_response_free_p)
	hyper_rest_response *response = NULL;
	struct hyp_route_match match = { 0 };
	HYP_AUTOERROR *err = NULL;
	struct hyp_rest_call call = { .conn = conn,
				      .request = request,
				      .route = HYP_ROUTE_COUNT };
	const int64_t begun = hyp_mono_us();
	int rc;

	if (!conn || !request || flags || !ret_response)
		return HYPER_ERR_INVALID;
	response = calloc(1, sizeof(*response));
	if (!response)
		return HYPER_ERR_NOMEM;
	call.response = response;
	rc = check_length(&call, &err);
	if (!rc)
		rc = route(&call, &match, &err);
	if (rc)
		rc = hyp_rest_set_problem(response, request, err,
					  choose(&call, err));
	if (!rc)
		rc = hyp_rest_finish(response, request, NULL);
	response->route = call.route;
	response->took_us = hyp_mono_us() - begun;
	/* A server that has no room for a stream answers otherwise. */
	if (!rc && (!response->stream || strcmp(request->method, "HEAD") == 0))
		hyp_rest_count(call.route, response->status, response->took_us);
	if (!rc)
		*ret_response = hyp_steal(&response);
	hyp_route_match_clear(&match);
	hyp_map_free(&call.params);
	hyper_close(call.view);
	return rc;
}
