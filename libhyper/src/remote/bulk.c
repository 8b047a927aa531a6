/* SPDX-License-Identifier: MIT */
/* What a hyperd says of changes of many machines, and of dry runs. */
#include "json/json.h"
#include "remote/remote.h"

static int describe(const struct hyp_bulk *bulk, uint32_t flags,
		    struct hyp_request *request, hyper_error **err)
{
	const struct hyp_state_change to = {
		.state = bulk->state,
		.force = flags & HYPER_FORCE,
		.timeout_ms = bulk->state == HYPER_STATE_STOPPED
				      ? bulk->timeout_ms
				      : HYPER_TIMEOUT_DEFAULT,
	};

	if (bulk->changes) {
		request->route = HYP_ROUTE_machines_patch;
		return hyp_json_changes(bulk->changes, &request->body, err);
	}
	if (bulk->state) {
		request->route = HYP_ROUTE_machines_change;
		return hyp_json_state_change(&to, &request->body, err);
	}
	request->route = HYP_ROUTE_machines_remove;
	hyp_request_param(request, "force", flags & HYPER_FORCE ? "1" : NULL);
	hyp_request_param(request, "keep", flags & HYPER_KEEP ? "1" : NULL);
	return 0;
}

int hyp_remote_machine_bulk(hyper_conn *conn, const hyper_query *query,
			    const struct hyp_bulk *bulk, uint32_t flags,
			    hyper_outcomes **ret_outcomes, hyper_error **err)
{
	struct hyp_request request = { .flags = flags };
	HYP_AUTOANSWER answer = { 0 };
	int rc = describe(bulk, flags, &request, err);

	if (rc)
		return rc;
	hyp_remote_add_query(&request, query);
	rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_outcomes(answer.body.data, answer.body.len,
					   ret_outcomes, err);
}

int hyp_remote_take_plan(const struct hyp_answer *answer,
			 hyper_machine **ret_machine, hyper_operation **ret_op,
			 hyper_error **err)
{
	HYP_CLEANUP(hyp_outcome_free_p) hyper_outcome *outcome = NULL;
	int rc = hyp_json_read_outcome(answer->body.data, answer->body.len,
				       &outcome, err);

	if (!rc && (!outcome->operation || (ret_machine && !outcome->machine)))
		rc = hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				     "the server does not tell what it would "
				     "do");
	if (rc)
		return rc;
	if (ret_machine)
		*ret_machine = hyp_steal(&outcome->machine);
	if (ret_op)
		*ret_op = hyp_steal(&outcome->operation);
	return 0;
}
