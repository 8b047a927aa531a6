/* SPDX-License-Identifier: MIT */
/* /hyper/operations */
#include <string.h>

#include "core/query.h"
#include "core/record.h"
#include "rest/rest.h"
#include "util/text.h"

#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

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

int hyp_rest_operation_get(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOPERATION *op = NULL;
	HYP_AUTOERROR *late = NULL;
	char *json = NULL;
	uint64_t id;
	uint32_t ms = 0;
	int rc = get_id(call, &id, err);

	if (!rc && hyp_map_get(&call->params, "wait")) {
		rc = hyp_rest_get_wait(call, &ms, err);
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
	return rc ? rc : hyp_rest_send_operation(call, op, NULL, err);
}
