/* SPDX-License-Identifier: MIT */
/* What a local connection tells of operations. */
#include <stdatomic.h>

#include "core/operation.h"
#include "local/engine.h"
#include "local/ops.h"
#include "util/time.h"

/* How often to look for the end of an operation of another process, ms. */
#define LOOK_INTERVAL 25
/* At each how many looks to see whether its process still lives. */
#define ALIVE_EVERY 40

int hyp_local_operation_get(hyper_conn *conn, uint64_t id,
			    hyper_operation **ret_op, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(hyp_local_of(conn)->store, &tx, err);

	return rc ? rc : hyp_op_load(&tx, id, ret_op, err);
}

int hyp_local_operation_list(hyper_conn *conn, const hyper_query *query,
			     hyper_operations **ret_ops, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(hyp_local_of(conn)->store, &tx, err);

	return rc ? rc : hyp_op_query(&tx, query, ret_ops, err);
}

int hyp_local_operation_wait(hyper_conn *conn, uint64_t id, uint32_t timeout_ms,
			     hyper_operation **ret_op, hyper_error **err)
{
	int64_t end = timeout_ms == UINT32_MAX ? INT64_MAX
					       : hyp_mono_ms() + timeout_ms;
	struct hyp_local *local = hyp_local_of(conn);
	unsigned int cancels = atomic_load(&local->cancels);

	for (unsigned int looks = 1;; looks++) {
		HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
		int64_t left;
		int rc;

		if (looks % ALIVE_EVERY == 0)
			hyp_recover_all(local, NULL);
		rc = hyp_local_operation_get(conn, id, &op, err);
		if (rc)
			return rc;
		if (hyper_operation_ended(op)) {
			*ret_op = hyp_steal(&op);
			return 0;
		}
		if (atomic_load(&local->cancels) != cancels)
			return hyper_error_set(err, HYPER_ERR_CANCELLED, NULL,
					       "the wait for operation %llu "
					       "was cancelled",
					       (unsigned long long)id);
		left = end - hyp_mono_ms();
		if (left <= 0)
			return hyp_operation_timeout(id, timeout_ms, err);
		hyp_local_wait(local, left < LOOK_INTERVAL ? (uint32_t)left
							   : LOOK_INTERVAL);
	}
}

int hyp_local_operation_cancel(hyper_conn *conn, uint64_t id,
			       hyper_operation **ret_op, hyper_error **err)
{
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(local->store, &tx, err);

	if (rc == 0)
		rc = hyp_op_load(&tx, id, &op, err);
	if (rc)
		return rc;
	if (hyper_operation_ended(op))
		return hyper_error_set(err, HYPER_ERR_STATE, "state",
				       "operation %llu is %s already",
				       (unsigned long long)id,
				       hyper_op_state_name(op->state));
	rc = hyp_op_cancel(&tx, id, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	if (rc)
		return rc;
	hyp_local_signal(local);
	if (ret_op)
		*ret_op = hyp_steal(&op);
	return 0;
}

int hyp_local_cancel(hyper_conn *conn, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOTX tx = HYP_TX_INIT;
	int64_t owner;
	int rc;

	atomic_fetch_add(&local->cancels, 1);
	hyp_local_signal(local);
	rc = hyp_local_owner(local, &owner, err);

	if (rc == 0)
		rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = hyp_op_cancel_owner(&tx, owner, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	hyp_local_signal(local);
	return rc;
}
