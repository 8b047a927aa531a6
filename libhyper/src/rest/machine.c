/* SPDX-License-Identifier: MIT */
/* /hyper/machines */
#include <stdio.h>
#include <string.h>

#include "core/query.h"
#include "core/record.h"
#include "json/json.h"
#include "rest/rest.h"

#define AUTOMACHINE   HYP_CLEANUP(hyper_machine_free_p) hyper_machine
#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

static int send_machine(struct hyp_rest_call *call, int status,
			const hyper_machine *machine, hyper_error **err)
{
	char *json = NULL;
	int rc = hyper_machine_to_json(machine, 0, &json, err);

	if (!rc)
		rc = hyp_rest_send(call, status, json, err);
	return rc ? rc : hyp_rest_add_etag(call, machine, err);
}

int hyp_rest_machine_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_machines_free_p) hyper_machines *machines = NULL;
	HYP_CLEANUP(hyper_query_free_p) hyper_query *query = NULL;
	uint32_t flags = 0;
	char *json = NULL;
	int rc = hyp_rest_get_query(call, &query, err);

	if (!rc)
		rc = hyp_rest_get_flag(call, "refresh", HYPER_REFRESH, &flags,
				       err);
	if (!rc)
		rc = hyper_machine_list(call->conn, query, flags, &machines,
					err);
	if (!rc)
		rc = hyper_machines_to_json(machines, 0, &json, err);
	if (!rc)
		rc = hyp_rest_send(call, 200, json, err);
	if (!rc)
		rc = hyp_rest_add_page(call,
				       hyper_machines_next_cursor(machines),
				       hyper_machines_total(machines), err);
	if (!rc)
		rc = hyp_rest_add_header(
			call->response, err, "Hyper-Seq", "%llu",
			(unsigned long long)hyper_machines_seq(machines));
	return rc;
}

/* 201: a machine that was not there before. */
static int send_new_machine(struct hyp_rest_call *call,
			    const hyper_machine *machine,
			    const hyper_operation *op, hyper_error **err)
{
	const char *id = hyper_machine_id(machine);
	HYP_AUTOFREE char *path = hyp_route_path(HYP_ROUTE_machine_get, &id);
	int rc = path ? send_machine(call, 201, machine, err) : hyp_nomem(err);

	if (!rc)
		rc = hyp_rest_add_operation(call, op, err);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "Location", "%s",
					path);
}

int hyp_rest_machine_add(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOMACHINE *spec = NULL, *machine = NULL;
	AUTOOPERATION *op = NULL;
	int rc = hyper_machine_from_json(
		call->request->body, call->request->body_len, 0, &spec, err);

	if (!rc)
		rc = hyper_machine_add(call->conn, spec, call->flags, &machine,
				       &op, err);
	if (!rc && hyp_rest_tells_operation(call, op))
		return hyp_rest_send_operation(call, op, machine, err);
	return rc ? rc : send_new_machine(call, machine, op, err);
}

int hyp_rest_machine_adopt(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOMACHINE *machine = NULL;
	AUTOOPERATION *op = NULL;
	struct hyp_adopt_request request = { 0 };
	int rc = hyp_json_parse_adopt_request(
		call->request->body, call->request->body_len, &request, err);

	if (!rc)
		rc = hyper_machine_adopt(call->conn, request.type, request.name,
					 request.id,
					 (request.force ? HYPER_FORCE : 0) |
						 (call->flags & HYPER_DRY_RUN),
					 &machine, &op, err);
	hyp_adopt_request_clear(&request);
	if (!rc && call->flags & HYPER_DRY_RUN)
		return hyp_rest_send_operation(call, op, machine, err);
	return rc ? rc : send_new_machine(call, machine, op, err);
}

int hyp_rest_machine_get(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOMACHINE *machine = NULL;
	uint32_t flags = 0;
	char etag[32];
	int rc = hyp_rest_get_flag(call, "refresh", HYPER_REFRESH, &flags, err);

	if (!rc)
		rc = hyper_machine_get(call->conn, call->args[0], flags,
				       &machine, err);
	if (rc)
		return rc;
	snprintf(etag, sizeof(etag), "\"%llu\"",
		 (unsigned long long)hyper_machine_generation(machine));
	if (!hyp_rest_is_known(call->request, etag))
		return send_machine(call, 200, machine, err);
	rc = hyp_rest_send(call, 304, NULL, err);
	return rc ? rc : hyp_rest_add_etag(call, machine, err);
}

int hyp_rest_machine_change(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOMACHINE *machine = NULL;
	AUTOOPERATION *op = NULL;
	struct hyp_state_change change;
	const char *id = call->args[0];
	int rc = hyp_json_parse_state_change(
		call->request->body, call->request->body_len, &change, err);

	if (rc)
		return rc;
	if (change.state == HYPER_STATE_RUNNING)
		rc = hyper_machine_start(call->conn, id, call->flags, &machine,
					 &op, err);
	else
		rc = hyper_machine_stop(
			call->conn, id, change.timeout_ms,
			call->flags | (change.force ? HYPER_FORCE : 0),
			&machine, &op, err);
	/* Where there was nothing to do there is no operation. */
	if (!rc && hyp_rest_tells_operation(call, op))
		return hyp_rest_send_operation(call, op, machine, err);
	if (!rc)
		rc = send_machine(call, 200, machine, err);
	return rc ? rc : hyp_rest_add_operation(call, op, err);
}

int hyp_rest_machine_patch(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_changes_free_p) hyper_changes *changes = NULL;
	AUTOMACHINE *machine = NULL;
	AUTOOPERATION *op = NULL;
	int rc = hyper_changes_from_json(
		call->request->body, call->request->body_len, 0, &changes, err);

	if (!rc)
		rc = hyper_machine_change(call->conn, call->args[0], changes,
					  call->flags, &machine, &op, err);
	if (!rc && hyp_rest_tells_operation(call, op))
		return hyp_rest_send_operation(call, op, machine, err);
	if (!rc)
		rc = send_machine(call, 200, machine, err);
	return rc ? rc : hyp_rest_add_operation(call, op, err);
}

int hyp_rest_machine_remove(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOPERATION *op = NULL;
	uint32_t flags = call->flags;
	int rc = hyp_rest_get_flag(call, "force", HYPER_FORCE, &flags, err);

	if (!rc)
		rc = hyp_rest_get_flag(call, "keep", HYPER_KEEP, &flags, err);
	if (!rc)
		rc = hyper_machine_remove(call->conn, call->args[0], flags, &op,
					  err);
	if (!rc && hyp_rest_tells_operation(call, op))
		return hyp_rest_send_operation(call, op, NULL, err);
	if (!rc)
		rc = hyp_rest_send(call, 204, NULL, err);
	return rc ? rc : hyp_rest_add_operation(call, op, err);
}
