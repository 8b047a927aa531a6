/* SPDX-License-Identifier: MIT */
/* Operations of a hyperd. */
#include "core/operation.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/query.h"
#include "json/json.h"
#include "remote/remote.h"
#include "util/time.h"

/* How long one request waits, so that a dead connection is found out. */
#define WAIT_MS 20000

void hyp_remote_add_query(struct hyp_request *request, const hyper_query *query)
{
	char limit[16];

	if (!query)
		return;
	hyp_request_param(request, "query", query->filter);
	hyp_request_param(request, "sort", query->sort);
	hyp_request_param(request, "cursor", query->cursor);
	snprintf(limit, sizeof(limit), "%" PRIu32, query->limit);
	hyp_request_param(request, "limit", query->limit ? limit : NULL);
	hyp_request_param(request, "count", query->count ? "1" : NULL);
}

/* A request about one operation; wait_ms 0: do not wait. */
static int ask(hyper_conn *conn, enum hyp_route route, uint64_t id,
	       uint32_t wait_ms, hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = route };
	HYP_AUTOANSWER answer = { 0 };
	char number[24];
	int rc;

	snprintf(number, sizeof(number), "%" PRIu64, id);
	request.args[0] = number;
	hyp_request_wait(&request, wait_ms);
	rc = hyp_remote_call(conn, &request, &answer, err);
	if (rc || !ret_op)
		return rc;
	return hyp_json_read_operation(answer.body.data, answer.body.len,
				       ret_op, err);
}

int hyp_remote_operation_get(hyper_conn *conn, uint64_t id,
			     hyper_operation **ret_op, hyper_error **err)
{
	return ask(conn, HYP_ROUTE_operation_get, id, 0, ret_op, err);
}

int hyp_remote_operation_cancel(hyper_conn *conn, uint64_t id,
				hyper_operation **ret_op, hyper_error **err)
{
	return ask(conn, HYP_ROUTE_operation_cancel, id, 0, ret_op, err);
}

int hyp_remote_operation_wait(hyper_conn *conn, uint64_t id,
			      uint32_t timeout_ms, hyper_operation **ret_op,
			      hyper_error **err)
{
	const bool for_ever = timeout_ms == UINT32_MAX;
	const int64_t end = hyp_mono_ms() + timeout_ms;

	for (;;) {
		HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
		int64_t left = for_ever ? WAIT_MS : end - hyp_mono_ms();
		int rc;

		if (left < 0)
			left = 0;
		rc = ask(conn, HYP_ROUTE_operation_get, id,
			 (uint32_t)(left < WAIT_MS ? left : WAIT_MS), &op, err);
		if (rc)
			return rc;
		if (hyper_operation_ended(op)) {
			*ret_op = hyp_steal(&op);
			return 0;
		}
		if (left == 0)
			return hyp_operation_timeout(id, timeout_ms, err);
	}
}

int hyp_remote_operation_of(hyper_conn *conn, const struct hyp_answer *answer,
			    hyper_operation **ret_op, hyper_error **err)
{
	if (!ret_op || !answer->operation)
		return 0;
	return hyp_remote_operation_get(conn, answer->operation, ret_op, err);
}

int hyp_remote_operation_list(hyper_conn *conn, const hyper_query *query,
			      hyper_operations **ret_ops, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_operation_list };
	HYP_AUTOANSWER answer = { 0 };
	hyper_operations *ops;
	int rc;

	hyp_remote_add_query(&request, query);
	rc = hyp_remote_call(conn, &request, &answer, err);
	if (!rc)
		rc = hyp_json_read_operations(answer.body.data, answer.body.len,
					      &ops, err);
	if (rc)
		return rc;
	ops->list.total = answer.total;
	ops->list.next_cursor = hyp_steal(&answer.next_cursor);
	*ret_ops = ops;
	return 0;
}
