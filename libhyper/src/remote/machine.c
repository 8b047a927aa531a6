/* SPDX-License-Identifier: MIT */
/* Machines of a hyperd. */
#include <string.h>

#include "core/query.h"
#include "core/state.h"
#include "json/json.h"
#include "remote/remote.h"

#define AUTOMACHINE   HYP_CLEANUP(hyper_machine_free_p) hyper_machine
#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

/* What is known of a machine from the operation alone. */
static int machine_of(const hyper_operation *op, hyper_machine **ret_machine,
		      hyper_error **err)
{
	AUTOMACHINE *machine = hyper_machine_new();
	enum hyp_action action = (enum hyp_action)hyp_action_parse(op->kind);

	if (!machine)
		return hyp_nomem(err);
	if (hyp_set_text(&machine->id, op->machine, err) ||
	    hyp_set_text(&machine->type, op->type, err) ||
	    hyp_set_text(&machine->image, op->image, err))
		return HYPER_ERR_NOMEM;
	machine->state = hyp_action_passing(action);
	*ret_machine = hyp_steal(&machine);
	return 0;
}

/* The operation goes on: what is known by now. */
static int take_accepted(hyper_conn *conn, const struct hyp_answer *answer,
			 hyper_machine **ret_machine, hyper_operation **ret_op,
			 hyper_error **err)
{
	AUTOMACHINE *machine = NULL;
	AUTOOPERATION *op = NULL;
	int rc = hyp_json_read_operation(answer->body.data, answer->body.len,
					 &op, err);

	if (!rc && !op->machine)
		rc = hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				     "operation %llu has no machine",
				     (unsigned long long)op->id);
	/* It is under way, so this must not fail: the machine may have gone
	 * again by now. */
	if (!rc && ret_machine &&
	    hyp_remote_machine_get(conn, op->machine, 0, &machine, NULL))
		rc = machine_of(op, &machine, err);
	if (rc)
		return rc;
	if (ret_machine)
		*ret_machine = hyp_steal(&machine);
	if (ret_op)
		*ret_op = hyp_steal(&op);
	return 0;
}

/* Send a change; the answer is the machine, nothing, or the operation. */
static int change(hyper_conn *conn, struct hyp_request *request,
		  hyper_machine **ret_machine, hyper_operation **ret_op,
		  hyper_error **err)
{
	HYP_AUTOANSWER answer = { 0 };
	AUTOMACHINE *machine = NULL;
	int rc = hyp_remote_call(conn, request, &answer, err);

	if (rc)
		return rc;
	if (request->flags & HYPER_DRY_RUN)
		return hyp_remote_take_plan(&answer, ret_machine, ret_op, err);
	if (answer.status == 202)
		return take_accepted(conn, &answer, ret_machine, ret_op, err);
	if (ret_machine)
		rc = hyp_json_read_machine(answer.body.data, answer.body.len,
					   &machine, err);
	if (!rc)
		rc = hyp_remote_operation_of(conn, &answer, ret_op, err);
	if (!rc && ret_machine)
		*ret_machine = hyp_steal(&machine);
	return rc;
}

int hyp_remote_machine_add(hyper_conn *conn, const hyper_machine *spec,
			   uint32_t flags, hyper_machine **ret_machine,
			   hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_add,
				       .flags = flags };
	int rc = hyp_json_machine(spec, HYP_FIELDS_SPEC, &request.body, err);

	return rc ? rc : change(conn, &request, ret_machine, ret_op, err);
}

static int change_state(hyper_conn *conn, const char *id,
			const struct hyp_state_change *to, uint32_t flags,
			hyper_machine **ret_machine, hyper_operation **ret_op,
			hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_change,
				       .args = { id },
				       .flags = flags };
	int rc = hyp_json_state_change(to, &request.body, err);

	return rc ? rc : change(conn, &request, ret_machine, ret_op, err);
}

int hyp_remote_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err)
{
	const struct hyp_state_change to = {
		.state = HYPER_STATE_RUNNING,
		.timeout_ms = HYPER_TIMEOUT_DEFAULT,
	};

	return change_state(conn, id, &to, flags, ret_machine, ret_op, err);
}

int hyp_remote_machine_stop(hyper_conn *conn, const char *id,
			    uint32_t timeout_ms, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err)
{
	const struct hyp_state_change to = {
		.state = HYPER_STATE_STOPPED,
		.force = flags & HYPER_FORCE,
		.timeout_ms = timeout_ms,
	};

	return change_state(conn, id, &to, flags, ret_machine, ret_op, err);
}

int hyp_remote_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			      hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_remove,
				       .args = { id },
				       .flags = flags };

	hyp_request_param(&request, "force", flags & HYPER_FORCE ? "1" : NULL);
	hyp_request_param(&request, "keep", flags & HYPER_KEEP ? "1" : NULL);
	return change(conn, &request, NULL, ret_op, err);
}

int hyp_remote_machine_change(hyper_conn *conn, const char *id,
			      const hyper_changes *changes, uint32_t flags,
			      hyper_machine **ret_machine,
			      hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_patch,
				       .args = { id },
				       .flags = flags };
	int rc = hyp_json_changes(changes, &request.body, err);

	return rc ? rc : change(conn, &request, ret_machine, ret_op, err);
}

int hyp_remote_machine_adopt(hyper_conn *conn, const char *type,
			     const char *name, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_adopt,
				       .flags = flags };
	int rc = hyp_json_adopt_request(type, name, id, flags & HYPER_FORCE,
					&request.body, err);

	return rc ? rc : change(conn, &request, ret_machine, ret_op, err);
}

int hyp_remote_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
			   hyper_machine **ret_machine, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_get,
				       .args = { id } };
	HYP_AUTOANSWER answer = { 0 };
	int rc;

	hyp_request_param(&request, "refresh",
			  flags & HYPER_REFRESH ? "1" : NULL);
	rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_machine(answer.body.data, answer.body.len,
					  ret_machine, err);
}

int hyp_remote_machine_list(hyper_conn *conn, const hyper_query *query,
			    uint32_t flags, hyper_machines **ret_machines,
			    hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_machine_list };
	HYP_AUTOANSWER answer = { 0 };
	uint32_t fields = HYP_FIELDS_ALL;
	hyper_machines *machines;
	int rc = 0;

	/* As in this process, the getters know all fields, JSON shows these:
	 * they are not the server's business. */
	if (query && query->fields)
		rc = hyp_fields_parse(query->fields, &fields, err);
	if (rc)
		return rc;
	hyp_remote_add_query(&request, query);
	hyp_request_param(&request, "refresh",
			  flags & HYPER_REFRESH ? "1" : NULL);
	rc = hyp_remote_call(conn, &request, &answer, err);
	if (!rc)
		rc = hyp_json_read_machines(answer.body.data, answer.body.len,
					    &machines, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < machines->list.n; i++) {
		hyper_machine *machine = machines->list.items[i];

		machine->fields = fields;
	}
	machines->list.fields = fields;
	machines->list.total = answer.total;
	machines->seq = answer.seq;
	machines->list.next_cursor = hyp_steal(&answer.next_cursor);
	*ret_machines = machines;
	return 0;
}
