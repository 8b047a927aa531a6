/* SPDX-License-Identifier: MIT */
/* /hyper/machines?query=…: one change of many. */
#include "core/query.h"
#include "core/record.h"
#include "json/json.h"
#include "rest/rest.h"

#define AUTOOUTCOMES HYP_CLEANUP(hyper_outcomes_free_p) hyper_outcomes
#define AUTOQUERY    HYP_CLEANUP(hyper_query_free_p) hyper_query

/* 207: look at each (RFC 4918 §11.1 has the number, for XML). */
static int send(struct hyp_rest_call *call, const hyper_outcomes *outcomes,
		hyper_error **err)
{
	int status = 200;
	char *json = NULL;
	int rc = hyper_outcomes_to_json(outcomes, 0, &json, err);

	if (hyper_outcomes_failed(outcomes))
		status = 207;
	else if ((call->flags & HYPER_ASYNC) && !(call->flags & HYPER_DRY_RUN))
		status = 202;
	if (!rc)
		rc = hyp_rest_send(call, status, json, err);
	return rc || status != 202 ? rc : hyp_rest_add_async(call, err);
}

int hyp_rest_machines_change(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOUTCOMES *outcomes = NULL;
	AUTOQUERY *query = NULL;
	struct hyp_state_change change;
	int rc = hyp_json_parse_state_change(
		call->request->body, call->request->body_len, &change, err);

	if (!rc)
		rc = hyp_rest_get_query(call, &query, err);
	if (rc)
		return rc;
	if (change.state == HYPER_STATE_RUNNING)
		rc = hyper_machine_start_all(call->conn, query, call->flags,
					     &outcomes, err);
	else
		rc = hyper_machine_stop_all(
			call->conn, query, change.timeout_ms,
			call->flags | (change.force ? HYPER_FORCE : 0),
			&outcomes, err);
	return rc ? rc : send(call, outcomes, err);
}

int hyp_rest_machines_patch(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_changes_free_p) hyper_changes *changes = NULL;
	AUTOOUTCOMES *outcomes = NULL;
	AUTOQUERY *query = NULL;
	int rc = hyper_changes_from_json(
		call->request->body, call->request->body_len, 0, &changes, err);

	if (!rc)
		rc = hyp_rest_get_query(call, &query, err);
	if (!rc)
		rc = hyper_machine_change_all(call->conn, query, changes,
					      call->flags, &outcomes, err);
	return rc ? rc : send(call, outcomes, err);
}

int hyp_rest_machines_remove(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOUTCOMES *outcomes = NULL;
	AUTOQUERY *query = NULL;
	uint32_t flags = call->flags;
	int rc = hyp_rest_get_query(call, &query, err);

	if (!rc)
		rc = hyp_rest_get_flag(call, "force", HYPER_FORCE, &flags, err);
	if (!rc)
		rc = hyp_rest_get_flag(call, "keep", HYPER_KEEP, &flags, err);
	if (!rc)
		rc = hyper_machine_remove_all(call->conn, query, flags,
					      &outcomes, err);
	return rc ? rc : send(call, outcomes, err);
}
