/* SPDX-License-Identifier: MIT */
/* Whose turn is it? The queue is the table of operations itself, so that it
 * is one for all processes. */
#include "local/engine.h"

#include <string.h>

#include "local/observe.h"
#include "util/time.h"

/* How often to look whether another process has come to an end, ms. */
#define LOOK_INTERVAL 25
/* At each how many looks to see whether it still lives. */
#define ALIVE_EVERY 20

int hyp_turn_check_image(struct hyp_run *run, struct hyp_tx *tx,
			 hyper_error **err)
{
	const hyper_operation *op = run->row.shown;
	HYP_AUTOFREE char *ids = NULL;
	int rc = hyp_machine_of_image(tx, op->type, op->image, &ids, err);

	if (rc || !ids)
		return rc;
	return hyper_error_set(err, HYPER_ERR_BUSY, "name",
			       "image '%s' is used by %s", op->image, ids);
}

/* Can they be made? At the end it would be too late. */
static int check_changes(const hyper_changes *changes, const hyper_machine *now,
			 hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *copy = hyper_machine_copy(now);
	bool changed;

	return copy ? hyp_changes_apply(changes, copy, &changed, err)
		    : hyp_nomem(err);
}

int hyp_turn_check(struct hyp_run *run, const hyper_machine *now,
		   bool *ret_nothing, hyper_error **err)
{
	int rc = 0;

	if (run->row.action != HYP_ADD)
		rc = hyp_action_check((enum hyp_action)run->row.action, now,
				      run->row.flags, ret_nothing, err);
	return rc || !run->changes ? rc : check_changes(run->changes, now, err);
}

static int check_machine(struct hyp_run *run, struct hyp_tx *tx,
			 hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
	bool nothing = false;
	int passing;
	int rc = hyp_machine_load(tx, run->machine->id, &now, err);

	/* The one that was meant is gone, and another has its name. */
	if (rc == 0 && strcmp(now->uuid, run->machine->uuid) != 0)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "id",
				     "no machine '%s'", now->id);
	if (rc == 0)
		rc = hyp_turn_check(run, now, &nothing, err);
	if (rc)
		return rc;
	/* Keep what is now; show that it passes, unless nothing will change. */
	hyper_machine_free(run->machine);
	run->machine = hyp_steal(&now);
	passing = hyp_action_passing((enum hyp_action)run->row.action);
	if (nothing || !passing || run->row.action == HYP_ADD)
		return 0;
	now = hyper_machine_copy(run->machine);
	if (!now)
		return hyp_nomem(err);
	now->state = passing;
	rc = hyp_machine_update(tx, now, err);
	if (rc == 0)
		rc = hyp_event_insert(tx, "machine-state", now->id,
				      run->row.shown->id, now->state, err);
	return rc;
}

int hyp_turn_begin(struct hyp_run *run, struct hyp_tx *tx, hyper_error **err)
{
	hyper_operation *op = run->row.shown;
	int rc = 0;

	if (run->machine)
		rc = check_machine(run, tx, err);
	else if (run->row.action == HYP_IMAGE_REMOVE)
		rc = hyp_turn_check_image(run, tx, err);
	if (rc)
		return rc;
	op->state = HYPER_OP_RUNNING;
	op->started_at = hyp_now_ms();
	rc = hyp_op_update(tx, op, err);
	run->begun = rc == 0;
	return rc;
}

/* CANCELLED if somebody wants that. */
static int check_wanted(struct hyp_run *run, struct hyp_tx *tx,
			hyper_error **err)
{
	int rc = hyp_op_cancelled(tx, run->row.shown->id, &run->cancelled_by,
				  err);

	if (rc == 0 && run->cancelled_by)
		rc = hyper_error_set(err, HYPER_ERR_CANCELLED, NULL,
				     "it was cancelled before it began");
	return rc;
}

/* Is it our turn? If not, whose is it? */
static int look(struct hyp_run *run, uint64_t *ret_head, int64_t *ret_owner,
		hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(run->local->store, &tx, err);

	/* One of a dead process may have begun, and must be looked after. */
	if (rc == 0 && !run->recover)
		rc = check_wanted(run, &tx, err);
	if (rc == 0)
		rc = hyp_op_head(&tx, run->row.queue, ret_head, ret_owner, err);
	return rc;
}

static int begin(struct hyp_run *run, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(run->local->store, &tx, err);

	/* Since we looked, force may have overtaken it. */
	if (rc == 0)
		rc = check_wanted(run, &tx, err);
	if (rc == 0)
		rc = hyp_turn_begin(run, &tx, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	run->begun = rc == 0;
	return rc;
}

static int wait_for_head(struct hyp_run *run, hyper_error **err)
{
	uint64_t id = run->row.shown->id, head;
	int64_t owner;
	int rc;

	for (unsigned int looks = 0;; looks++) {
		rc = look(run, &head, &owner, err);
		if (rc || head == id)
			return rc;
		if (head == 0 || head > id)
			return hyper_error_set(
				err, HYPER_ERR_INTERNAL, NULL,
				"operation %llu was ended by another process",
				(unsigned long long)id);
		if (hyp_run_hurries(run))
			return hyper_error_set(err, HYPER_ERR_CANCELLED, NULL,
					       "the connection is closing");
		if (owner != run->row.owner && looks % ALIVE_EVERY == 0) {
			rc = hyp_recover_head(run->local, head, owner, err);
			if (rc)
				return rc;
		}
		hyp_local_wait(run->local, LOOK_INTERVAL);
	}
}

int hyp_turn_wait(struct hyp_run *run, hyper_error **err)
{
	HYP_AUTOERROR *refusal = NULL;
	int rc = wait_for_head(run, err);

	if (rc || run->recover)
		return rc;
	rc = begin(run, &refusal);
	if (rc == HYPER_ERR_STATE && run->machine &&
	    hyp_observe_machine(run->local, run->machine, run->row.shown->id) ==
		    0)
		/* What we knew was old: once more, with what is so. */
		return begin(run, err);
	if (rc)
		hyp_error_move(err, &refusal);
	return rc;
}
