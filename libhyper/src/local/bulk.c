/* SPDX-License-Identifier: MIT */
/* One change of many machines: each by an operation of its own, some of them
 * at the same time. */
#include "local/ops.h"

#include "core/operation.h"
#include "core/record.h"

/* So many at a time: each takes a thread, and its engine some of its time. */
#define AT_ONCE 32

static int begin(hyper_conn *conn, const struct hyp_bulk *bulk, uint32_t flags,
		 hyper_outcome *outcome)
{
	const char *id = outcome->id;
	hyper_machine **machine = &outcome->machine;
	hyper_operation **op = &outcome->operation;
	hyper_error **err = &outcome->error;

	if (bulk->changes)
		return hyp_local_machine_change(conn, id, bulk->changes, flags,
						machine, op, err);
	if (bulk->state == HYPER_STATE_RUNNING)
		return hyp_local_machine_start(conn, id, flags, machine, op,
					       err);
	if (bulk->state == HYPER_STATE_STOPPED)
		return hyp_local_machine_stop(conn, id, bulk->timeout_ms, flags,
					      machine, op, err);
	return hyp_local_machine_remove(conn, id, flags, op, err);
}

/* It was begun: how did it end? */
static void end(hyper_conn *conn, hyper_outcome *outcome)
{
	hyper_operation *op = NULL;
	hyper_machine *machine = NULL;
	int rc;

	if (!outcome->operation)
		return;
	rc = hyp_local_operation_wait(conn, outcome->operation->id, UINT32_MAX,
				      &op, &outcome->error);
	if (rc)
		return;
	hyper_operation_free(outcome->operation);
	outcome->operation = op;
	rc = hyp_operation_result(op, &outcome->error);
	/* What was removed, or goes on to be changed, is nothing to tell. */
	if (outcome->machine &&
	    hyp_local_machine_get(conn, outcome->id, 0, &machine, NULL) == 0) {
		hyper_machine_free(outcome->machine);
		outcome->machine = machine;
	}
	if (rc) {
		hyper_machine_free(outcome->machine);
		outcome->machine = NULL;
	}
}

/* A row for each machine that is meant. */
static int choose(hyper_conn *conn, const hyper_query *query,
		  hyper_outcomes *outcomes, hyper_error **err)
{
	HYP_CLEANUP(hyper_machines_free_p) hyper_machines *machines = NULL;
	int rc = hyp_local_machine_list(conn, query, 0, &machines, err);

	for (size_t i = 0; rc == 0 && i < machines->list.n; i++) {
		const hyper_machine *machine = machines->list.items[i];
		HYP_CLEANUP(hyp_outcome_free_p)
		hyper_outcome *outcome = calloc(1, sizeof(*outcome));

		if (!outcome || hyp_set_text(&outcome->id, machine->id, NULL) ||
		    hyp_list_add(&outcomes->list, outcome))
			return hyp_nomem(err);
		outcome = NULL;
	}
	return rc;
}

int hyp_local_machine_bulk(hyper_conn *conn, const hyper_query *query,
			   const struct hyp_bulk *bulk, uint32_t flags,
			   hyper_outcomes **ret_outcomes, hyper_error **err)
{
	HYP_CLEANUP(hyper_outcomes_free_p)
	hyper_outcomes *outcomes = hyp_outcomes_new();
	bool waits = !(flags & (HYPER_ASYNC | HYPER_DRY_RUN));
	size_t ended = 0;
	int rc = outcomes ? choose(conn, query, outcomes, err) : hyp_nomem(err);

	if (rc)
		return rc;
	for (size_t i = 0; i < outcomes->list.n; i++) {
		begin(conn, bulk, waits ? flags | HYPER_ASYNC : flags,
		      outcomes->list.items[i]);
		if (waits && i + 1 >= ended + AT_ONCE)
			end(conn, outcomes->list.items[ended++]);
	}
	while (waits && ended < outcomes->list.n)
		end(conn, outcomes->list.items[ended++]);
	*ret_outcomes = hyp_steal(&outcomes);
	return 0;
}
