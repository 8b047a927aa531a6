/* SPDX-License-Identifier: MIT */
/* What a local connection does with machines. */
#include "local/ops.h"

#include <string.h>

#include "local/observe.h"
#include "local/perform.h"
#include "local/resolve.h"

/* How long a caller who wants to know for sure waits for the engines, ms. */
#define REFRESH_LIMIT 2000

static int load(struct hyp_local *local, const char *id,
		hyper_machine **ret_machine, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(local->store, &tx, err);

	return rc ? rc : hyp_machine_load(&tx, id, ret_machine, err);
}

/* What the caller wanted to be told. */
static int tell(struct hyp_run *run, hyper_machine **ret_machine,
		hyper_operation **ret_op, hyper_error **err)
{
	if (ret_machine && !run->told_machine)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "id",
				       "machine '%s' has gone again",
				       run->row.shown->machine);
	if (ret_machine)
		*ret_machine = hyp_steal(&run->told_machine);
	if (ret_op)
		*ret_op = hyp_steal(&run->told_op);
	return 0;
}

static int perform_now(struct hyp_run *run, hyper_machine **ret_machine,
		       hyper_operation **ret_op, hyper_error **err)
{
	int rc = hyp_engine_run(run, err);

	if (rc == 0)
		rc = tell(run, ret_machine, ret_op, err);
	if (run->settled)
		hyp_run_free(run);
	else
		hyp_engine_spawn(run, NULL);
	return rc;
}

static int perform_async(struct hyp_run *run, hyper_machine **ret_machine,
			 hyper_operation **ret_op, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	int rc;

	/* Before it goes its own way. What has just been written is there. */
	machine = hyp_steal(&run->told_machine);
	op = hyp_steal(&run->told_op);
	rc = hyp_engine_spawn(run, err);
	if (rc)
		return rc;
	if (ret_machine)
		*ret_machine = hyp_steal(&machine);
	if (ret_op)
		*ret_op = hyp_steal(&op);
	return 0;
}

int hyp_local_perform(hyper_conn *conn, struct hyp_request *request,
		      hyper_machine **ret_machine, hyper_operation **ret_op,
		      hyper_error **err)
{
	struct hyp_run *run;
	int rc = hyp_request_set_terms(request, &conn->terms, err);

	if (rc == 0 && (request->flags & HYPER_DRY_RUN))
		return hyp_local_plan(conn, request, ret_machine, ret_op, err);
	if (rc == 0)
		rc = hyp_engine_record(hyp_local_of(conn), request, &run, err);
	if (rc)
		return rc;
	if (run->repeats) {
		uint64_t id = run->repeats;

		hyp_run_free(run);
		return hyp_local_answer(conn, request, id, ret_machine, ret_op,
					err);
	}
	return request->flags & HYPER_ASYNC
		       ? perform_async(run, ret_machine, ret_op, err)
		       : perform_now(run, ret_machine, ret_op, err);
}

int hyp_local_machine_add(hyper_conn *conn, const hyper_machine *spec,
			  uint32_t flags, hyper_machine **ret_machine,
			  hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	struct hyp_request request = { .action = HYP_ADD,
				       .spec = spec,
				       .flags = flags };
	bool repeated = false;
	/* What was asked for is what counts, not what it comes to by now. */
	int rc = hyp_local_repeat(conn, &request, &repeated, ret_machine,
				  ret_op, err);

	if (rc || repeated)
		return rc;
	rc = hyp_resolve(local, spec, &machine, err);
	if (rc)
		return rc;
	request.machine = machine;
	return hyp_local_perform(conn, &request, ret_machine, ret_op, err);
}

int hyp_local_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .action = HYP_START,
				       .id = id,
				       .flags = flags };

	return hyp_local_perform(conn, &request, ret_machine, ret_op, err);
}

int hyp_local_machine_stop(hyper_conn *conn, const char *id,
			   uint32_t timeout_ms, uint32_t flags,
			   hyper_machine **ret_machine,
			   hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .action = HYP_STOP,
				       .id = id,
				       .timeout_ms = timeout_ms,
				       .flags = flags };

	return hyp_local_perform(conn, &request, ret_machine, ret_op, err);
}

int hyp_local_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			     hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .action = flags & HYPER_KEEP
							 ? HYP_RELEASE
							 : HYP_REMOVE,
				       .id = id,
				       .flags = flags };

	return hyp_local_perform(conn, &request, NULL, ret_op, err);
}

/* Ask the engine of one type, or (NULL) all. */
static int refresh(struct hyp_local *local, const char *type, uint32_t flags,
		   hyper_error **err)
{
	/* To observe is to write. */
	if (!(flags & HYPER_REFRESH) ||
	    (local->base.flags & HYPER_OPEN_READONLY))
		return 0;
	return hyp_observe_all(local, type, REFRESH_LIMIT, err);
}

int hyp_local_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
			  hyper_machine **ret_machine, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	int rc = load(local, id, &machine, err);

	if (rc == 0 && (flags & HYPER_REFRESH)) {
		rc = refresh(local, machine->type, flags, err);
		hyper_machine_free(hyp_steal(&machine));
		if (rc == 0)
			rc = load(local, id, &machine, err);
	}
	if (rc == 0)
		*ret_machine = hyp_steal(&machine);
	return rc;
}

int hyp_local_machine_list(hyper_conn *conn, const hyper_query *query,
			   uint32_t flags, hyper_machines **ret_machines,
			   hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOTX tx = HYP_TX_INIT;
	uint64_t seq;
	int rc = refresh(local, NULL, flags, err);

	if (rc == 0)
		rc = hyp_tx_read(local->store, &tx, err);
	/* In one transaction: what changes the list has a greater seq. */
	if (rc == 0)
		rc = hyp_event_newest(&tx, &seq, err);
	if (rc == 0)
		rc = hyp_machine_query(&tx, query, ret_machines, err);
	if (rc == 0)
		(*ret_machines)->seq = seq;
	return rc;
}
