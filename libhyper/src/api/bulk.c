/* SPDX-License-Identifier: MIT */
#include "api/check.h"
#include "core/query.h"

static int change_all(hyper_conn *conn, const hyper_query *query,
		      const struct hyp_bulk *bulk, uint32_t flags,
		      uint32_t allowed, hyper_outcomes **ret_outcomes,
		      hyper_error **err)
{
	int rc = hyp_check_change(conn, flags,
				  allowed | HYPER_ASYNC | HYPER_DRY_RUN, err);

	if (rc == 0)
		rc = hyp_check_given(ret_outcomes, "ret_outcomes", err);
	/* Nobody shall stop all that there is by leaving something out. */
	if (rc == 0 && (!query || !query->filter || !*query->filter))
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "query",
				     "query is not given: say which machines, "
				     "or id=* for all");
	if (rc == 0 && conn->terms.key)
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "key",
				     "key goes only with the change of one "
				     "machine");
	if (rc == 0 && conn->terms.generation)
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "generation",
				     "generation goes only with the change of "
				     "one machine");
	return rc ? rc
		  : conn->ops->machine_bulk(conn, query, bulk, flags,
					    ret_outcomes, err);
}

int hyper_machine_start_all(hyper_conn *conn, const hyper_query *query,
			    uint32_t flags, hyper_outcomes **ret_outcomes,
			    hyper_error **err)
{
	const struct hyp_bulk bulk = { .state = HYPER_STATE_RUNNING };

	return change_all(conn, query, &bulk, flags, 0, ret_outcomes, err);
}

int hyper_machine_stop_all(hyper_conn *conn, const hyper_query *query,
			   uint32_t timeout_ms, uint32_t flags,
			   hyper_outcomes **ret_outcomes, hyper_error **err)
{
	const struct hyp_bulk bulk = { .state = HYPER_STATE_STOPPED,
				       .timeout_ms = timeout_ms };

	return change_all(conn, query, &bulk, flags, HYPER_FORCE, ret_outcomes,
			  err);
}

int hyper_machine_change_all(hyper_conn *conn, const hyper_query *query,
			     const hyper_changes *changes, uint32_t flags,
			     hyper_outcomes **ret_outcomes, hyper_error **err)
{
	const struct hyp_bulk bulk = { .changes = changes };
	int rc = hyp_check_given(changes, "changes", err);

	return rc ? rc
		  : change_all(conn, query, &bulk, flags, 0, ret_outcomes, err);
}

int hyper_machine_remove_all(hyper_conn *conn, const hyper_query *query,
			     uint32_t flags, hyper_outcomes **ret_outcomes,
			     hyper_error **err)
{
	const struct hyp_bulk bulk = { 0 };

	return change_all(conn, query, &bulk, flags, HYPER_FORCE | HYPER_KEEP,
			  ret_outcomes, err);
}
