/* SPDX-License-Identifier: MIT */
#include "api/check.h"
#include "core/query.h"

int hyper_operation_get(hyper_conn *conn, uint64_t id, uint32_t flags,
			hyper_operation **ret_op, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_op, "ret_op", err);
	return rc ? rc : conn->ops->operation_get(conn, id, ret_op, err);
}

int hyper_operation_list(hyper_conn *conn, const hyper_query *query,
			 uint32_t flags, hyper_operations **ret_ops,
			 hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_ops, "ret_ops", err);
	if (rc == 0 && query && query->fields)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "fields",
				     "fields '%.200s': operations are always "
				     "whole",
				     query->fields);
	return rc ? rc : conn->ops->operation_list(conn, query, ret_ops, err);
}

int hyper_operation_wait(hyper_conn *conn, uint64_t id, uint32_t timeout_ms,
			 uint32_t flags, hyper_operation **ret_op,
			 hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_op, "ret_op", err);
	return rc ? rc
		  : conn->ops->operation_wait(conn, id, timeout_ms, ret_op,
					      err);
}

int hyper_operation_cancel(hyper_conn *conn, uint64_t id, uint32_t flags,
			   hyper_operation **ret_op, hyper_error **err)
{
	int rc = hyp_check_change(conn, flags, 0, err);

	return rc ? rc : conn->ops->operation_cancel(conn, id, ret_op, err);
}
