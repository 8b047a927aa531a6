/* SPDX-License-Identifier: MIT */
/* What handlers share: reading parameters, writing answers. */
#include "rest/rest.h"

#include <string.h>

#include "json/json.h"
#include "util/buf.h"
#include "util/text.h"

int hyp_rest_get_flag(struct hyp_rest_call *call, const char *name,
		      uint32_t flag, uint32_t *flags, hyper_error **err)
{
	const char *value = hyp_map_get(&call->params, name);

	if (!value || strcmp(value, "0") == 0 || strcmp(value, "false") == 0)
		return 0;
	if (strcmp(value, "1") != 0 && strcmp(value, "true") != 0)
		return hyp_rest_fail(call, "bad-parameter", name, err,
				     "%s is '%.100s': must be 1 or 0", name,
				     value);
	*flags |= flag;
	return 0;
}

/* "SECONDS[.FRACTION]" in ms; a fraction past ms is cut. */
static int parse_wait(char *text, uint32_t *ret_ms)
{
	char *fraction = strchr(text, '.');
	uint64_t ms, unit = 100;

	if (fraction)
		*fraction++ = '\0';
	if (hyp_parse_uint(text, HYP_REST_WAIT_MAX, &ms))
		return -1;
	ms *= 1000;
	for (; fraction && *fraction; fraction++, unit /= 10) {
		if (*fraction < '0' || *fraction > '9')
			return -1;
		ms += unit * (uint64_t)(*fraction - '0');
	}
	*ret_ms = (uint32_t)ms;
	return ms <= HYP_REST_WAIT_MAX * 1000 ? 0 : -1;
}

int hyp_rest_get_wait(struct hyp_rest_call *call, uint32_t *ret_ms,
		      hyper_error **err)
{
	const char *text = hyp_map_get(&call->params, "wait");
	HYP_AUTOFREE char *copy = NULL;

	if (!text)
		return 0;
	copy = strdup(text);
	if (!copy)
		return hyp_nomem(err);
	if (parse_wait(copy, ret_ms) == 0)
		return 0;
	return hyp_rest_fail(call, "bad-parameter", "wait", err,
			     "wait is '%.100s': must be 0 to %d seconds", text,
			     HYP_REST_WAIT_MAX);
}

static int set_limit(struct hyp_rest_call *call, hyper_query *query,
		     hyper_error **err)
{
	const char *text = hyp_map_get(&call->params, "limit");
	uint64_t limit;

	if (!text)
		return 0;
	if (hyp_parse_uint(text, HYPER_LIMIT_MAX, &limit))
		return hyp_rest_fail(call, "bad-parameter", "limit", err,
				     "limit is '%.100s': must be 1 to %d, or "
				     "0 for all",
				     text, HYPER_LIMIT_MAX);
	return hyper_query_set_limit(query, (uint32_t)limit) ? hyp_nomem(err)
							     : 0;
}

int hyp_rest_get_query(struct hyp_rest_call *call, hyper_query **ret_query,
		       hyper_error **err)
{
	const struct hyp_map *params = &call->params;
	hyper_query *query = hyper_query_new();
	uint32_t count = 0;
	int rc;

	if (!query)
		return hyp_nomem(err);
	rc = hyp_rest_get_flag(call, "count", 1, &count, err);
	if (!rc)
		rc = set_limit(call, query, err);
	if (!rc &&
	    (hyper_query_set_filter(query, hyp_map_get(params, "query")) ||
	     hyper_query_set_sort(query, hyp_map_get(params, "sort")) ||
	     hyper_query_set_cursor(query, hyp_map_get(params, "cursor")) ||
	     hyper_query_set_fields(query, hyp_map_get(params, "fields")) ||
	     hyper_query_set_count(query, count)))
		rc = hyp_nomem(err);
	if (rc)
		hyper_query_free(query);
	else
		*ret_query = query;
	return rc;
}

int hyp_rest_send(struct hyp_rest_call *call, int status, char *json,
		  hyper_error **err)
{
	call->response->status = status;
	call->response->body = json;
	if (!json)
		return 0;
	return hyp_rest_add_header(call->response, err, "Content-Type",
				   "application/json");
}

int hyp_rest_send_text(struct hyp_rest_call *call, const char *type,
		       const char *text, hyper_error **err)
{
	int rc;

	call->response->status = 200;
	call->response->body = strdup(text);
	if (!call->response->body)
		return hyp_nomem(err);
	rc = hyp_rest_add_header(call->response, err, "Content-Type", "%s",
				 type);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "Cache-Control",
					"no-store");
}

int hyp_rest_send_new(struct hyp_rest_call *call, char *json,
		      enum hyp_route route, const char *const *args,
		      hyper_error **err)
{
	HYP_AUTOFREE char *path = hyp_route_path(route, args);
	int rc = hyp_rest_send(call, 201, json, err);

	if (!rc && !path)
		rc = hyp_nomem(err);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "Location", "%s",
					path);
}

int hyp_rest_add_operation(struct hyp_rest_call *call,
			   const hyper_operation *op, hyper_error **err)
{
	if (!op)
		return 0;
	return hyp_rest_add_header(call->response, err, "Hyper-Operation",
				   "%llu",
				   (unsigned long long)hyper_operation_id(op));
}

bool hyp_rest_tells_operation(const struct hyp_rest_call *call,
			      const hyper_operation *op)
{
	return op && (call->flags & (HYPER_ASYNC | HYPER_DRY_RUN));
}

int hyp_rest_add_async(struct hyp_rest_call *call, hyper_error **err)
{
	return hyp_rest_add_header(call->response, err, "Preference-Applied",
				   "respond-async");
}

int hyp_rest_add_etag(struct hyp_rest_call *call, const hyper_machine *machine,
		      hyper_error **err)
{
	return hyp_rest_add_header(
		call->response, err, "ETag", "\"%llu\"",
		(unsigned long long)hyper_machine_generation(machine));
}

/* With the ETag of the machine as it is, which may then be said in If-Match. */
static int send_plan(struct hyp_rest_call *call, const hyper_operation *op,
		     const hyper_machine *machine, hyper_error **err)
{
	const char *id = machine ? hyper_machine_id(machine)
				 : hyper_operation_machine(op);
	char *json = NULL;
	int rc = hyp_json_plan(id, machine, op, &json, err);

	if (!rc)
		rc = hyp_rest_send(call, 200, json, err);
	return rc || !machine || !hyper_machine_generation(machine)
		       ? rc
		       : hyp_rest_add_etag(call, machine, err);
}

int hyp_rest_send_operation(struct hyp_rest_call *call,
			    const hyper_operation *op,
			    const hyper_machine *machine, hyper_error **err)
{
	unsigned long long id = hyper_operation_id(op);
	char *json;
	int rc;

	if (call->flags & HYPER_DRY_RUN)
		return send_plan(call, op, machine, err);
	rc = hyper_operation_to_json(op, 0, &json, err);
	if (rc)
		return rc;
	rc = hyp_rest_send(call, 202, json, err);
	if (!rc)
		rc = hyp_rest_add_operation(call, op, err);
	if (!rc)
		rc = hyp_rest_add_header(call->response, err, "Location",
					 "/hyper/operations/%llu", id);
	return rc || !(call->flags & HYPER_ASYNC)
		       ? rc
		       : hyp_rest_add_async(call, err);
}

/* RFC 8288: the same request with the next cursor. */
static int add_link(struct hyp_rest_call *call, const char *cursor,
		    hyper_error **err)
{
	HYP_AUTOFREE char *path = hyp_route_path(call->route, call->args);
	HYP_AUTOFREE char *link = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (!path || hyp_map_set(&call->params, "cursor", cursor))
		return hyp_nomem(err);
	hyp_buf_adds(&buf, path);
	for (size_t i = 0; i < call->params.n; i++) {
		HYP_AUTOFREE char *value =
			hyp_percent_encode(call->params.pairs[i].value, NULL);

		if (!value)
			return hyp_nomem(err);
		hyp_buf_addf(&buf, "%c%s=%s", i ? '&' : '?',
			     call->params.pairs[i].key, value);
	}
	link = hyp_buf_take(&buf);
	if (!link)
		return hyp_nomem(err);
	return hyp_rest_add_header(call->response, err, "Link",
				   "<%s>; rel=\"next\"", link);
}

int hyp_rest_add_page(struct hyp_rest_call *call, const char *next_cursor,
		      int64_t total, hyper_error **err)
{
	int rc = 0;

	if (total >= 0)
		rc = hyp_rest_add_header(call->response, err,
					 "Hyper-Total-Count", "%lld",
					 (long long)total);
	if (rc || !next_cursor)
		return rc;
	rc = hyp_rest_add_header(call->response, err, "Hyper-Next-Cursor", "%s",
				 next_cursor);
	return rc ? rc : add_link(call, next_cursor, err);
}
