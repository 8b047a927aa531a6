/* SPDX-License-Identifier: MIT */
/* /hyper/operations */
#include <string.h>

#include "core/query.h"
#include "core/record.h"
#include "rest/rest.h"
#include "util/text.h"

#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

/* Longest ?wait=, in seconds: proxies give up on an idle request. */
#define WAIT_MAX 60

int hyp_rest_operation_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_operations_free_p) hyper_operations *ops = NULL;
	HYP_CLEANUP(hyper_query_free_p) hyper_query *query = NULL;
	char *json = NULL;
	int rc = hyp_rest_get_query(call, &query, err);

	if (!rc)
		rc = hyper_operation_list(call->conn, query, 0, &ops, err);
	if (!rc)
		rc = hyper_operations_to_json(ops, 0, &json, err);
	if (!rc)
		rc = hyp_rest_send(call, 200, json, err);
	if (!rc)
		rc = hyp_rest_add_page(call, hyper_operations_next_cursor(ops),
				       hyper_operations_total(ops), err);
	return rc;
}

/* What is no number cannot be the name of an operation: NOT_FOUND. */
static int get_id(const struct hyp_rest_call *call, uint64_t *ret_id,
		  hyper_error **err)
{
	if (hyp_parse_uint(call->args[0], INT64_MAX, ret_id) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "operation",
			       "no operation '%.100s'", call->args[0]);
}

/* "SECONDS[.FRACTION]" in ms; a fraction past ms is cut. */
static int parse_wait(char *text, uint32_t *ret_ms)
{
	char *fraction = strchr(text, '.');
	uint64_t ms, unit = 100;

	if (fraction)
		*fraction++ = '\0';
	if (hyp_parse_uint(text, WAIT_MAX, &ms))
		return -1;
	ms *= 1000;
	for (; fraction && *fraction; fraction++, unit /= 10) {
		if (*fraction < '0' || *fraction > '9')
			return -1;
		ms += unit * (uint64_t)(*fraction - '0');
	}
	*ret_ms = (uint32_t)ms;
	return ms <= WAIT_MAX * 1000 ? 0 : -1;
}

static int get_wait(struct hyp_rest_call *call, uint32_t *ret_ms,
		    hyper_error **err)
{
	const char *text = hyp_map_get(&call->params, "wait");
	HYP_AUTOFREE char *copy = strdup(text);

	if (!copy)
		return hyp_nomem(err);
	if (parse_wait(copy, ret_ms) == 0)
		return 0;
	return hyp_rest_fail(call, "bad-parameter", "wait", err,
			     "wait is '%.100s': must be 0 to %d seconds", text,
			     WAIT_MAX);
}

int hyp_rest_operation_get(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOPERATION *op = NULL;
	HYP_AUTOERROR *late = NULL;
	char *json = NULL;
	uint64_t id;
	uint32_t ms = 0;
	int rc = get_id(call, &id, err);

	if (!rc && hyp_map_get(&call->params, "wait")) {
		rc = get_wait(call, &ms, err);
		if (!rc)
			rc = hyper_operation_wait(call->conn, id, ms, 0, &op,
						  &late);
		/* Not ended in that time, or before the server stops, is an
		 * answer, too. */
		if (rc == HYPER_ERR_TIMEOUT || rc == HYPER_ERR_CANCELLED)
			rc = 0;
		else if (late)
			hyp_error_move(err, &late);
	}
	if (!rc && !op)
		rc = hyper_operation_get(call->conn, id, 0, &op, err);
	if (!rc)
		rc = hyper_operation_to_json(op, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

int hyp_rest_operation_cancel(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOPERATION *op = NULL;
	uint64_t id;
	int rc = get_id(call, &id, err);

	if (!rc)
		rc = hyper_operation_cancel(call->conn, id, 0, &op, err);
	return rc ? rc : hyp_rest_send_accepted(call, op, err);
}
