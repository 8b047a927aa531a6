/* SPDX-License-Identifier: MIT */
/* The end of an operation, and what is then true of its machine, in one
 * transaction. */
#include "local/engine.h"

#include <string.h>

#include "core/log.h"
#include "local/observer.h"
#include "util/time.h"

/* How often and how long to try when the database cannot be written, ms. */
#define RETRY_INTERVAL 100
#define RETRIES	       10
/* After how many operations the old ones are looked for. */
#define TRIM_EVERY 64

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static int set_state(hyper_machine *m, int state, const char *reason,
		     bool *changed, hyper_error **err)
{
	*changed = m->state != state || !same(m->state_reason, reason);
	m->state = state;
	return hyp_set_text(&m->state_reason, reason, err);
}

/* The state when nobody has seen it. */
static int assume(const struct hyp_run *run, hyper_machine *now, bool *changed,
		  hyper_error **err)
{
	const struct hyp_outcome *outcome = &run->outcome;
	int before = run->machine->state;
	int target = hyp_action_target((enum hyp_action)run->row.action);
	const char *why = hyper_error_message(outcome->error);

	if (outcome->rc == 0 && target)
		return set_state(now, target, NULL, changed, err);
	if (outcome->gone)
		return set_state(now, HYPER_STATE_MISSING, why, changed, err);
	if (outcome->left || outcome->unknown || hyp_state_is_passing(before))
		return set_state(now, HYPER_STATE_ERROR, why, changed, err);
	return set_state(now, before, run->machine->state_reason, changed, err);
}

/* Update `now`, the machine as it is in the database. */
static int describe(const struct hyp_run *run, hyper_machine *now,
		    bool *changed, hyper_error **err)
{
	const hyper_machine *seen = run->outcome.seen;
	bool assumed = false;
	int rc = 0;

	/* A driver need not say what goes without saying. */
	if (!seen || !seen->state)
		rc = assume(run, now, &assumed, err);
	if (rc == 0 && seen) {
		now->observed_at = hyp_now_ms();
		rc = hyp_machine_observe(now, seen, changed, err);
	}
	*changed = *changed || assumed;
	return rc;
}

/* Is it, after that, no machine of ours any more? What add never began or took
 * back is none. */
static bool is_removed(const struct hyp_run *run)
{
	const struct hyp_outcome *outcome = &run->outcome;

	switch (run->row.action) {
	case HYP_ADD:
		return outcome->rc && (outcome->gone || !run->begun);
	case HYP_REMOVE:
	case HYP_RELEASE:
		return outcome->rc == 0;
	default:
		return false;
	}
}

static int settle_machine(const struct hyp_run *run, struct hyp_tx *tx,
			  hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
	HYP_AUTOERROR *error = NULL;
	uint64_t op = run->row.shown->id;
	bool changed = false, altered = false;
	int rc = hyp_machine_load(tx, run->machine->id, &now, &error);

	/* Gone, or another of the same name. */
	if (rc == HYPER_ERR_NOT_FOUND ||
	    (rc == 0 && strcmp(now->uuid, run->machine->uuid) != 0))
		return 0;
	if (rc) {
		hyp_error_move(err, &error);
		return rc;
	}
	if (is_removed(run)) {
		rc = hyp_machine_delete(tx, now->id, err);
		if (rc == 0)
			rc = hyp_event_insert(tx, "machine-removed", now->id,
					      op, 0, err);
		return rc;
	}
	/* What never began has changed nothing. */
	if (run->begun)
		rc = describe(run, now, &changed, err);
	if (rc == 0 && run->changes && run->outcome.rc == 0)
		rc = hyp_changes_apply(run->changes, now, &altered, err);
	/* That it is as it was is worth knowing, too. */
	if (rc == 0 && !changed && !altered && run->begun && run->outcome.seen)
		rc = hyp_machine_seen(tx, now->uuid, now->observed_at, err);
	if (rc || !(changed || altered))
		return rc;
	rc = hyp_machine_update(tx, now, err);
	if (rc == 0 && altered)
		rc = hyp_event_insert(tx, "machine-changed", now->id, op,
				      now->state, err);
	if (rc == 0 && changed)
		rc = hyp_event_insert(tx, "machine-state", now->id, op,
				      now->state, err);
	return rc;
}

/* Whoever took us for dead has ended it in our place: what he knows counts. */
static int check_ours(const struct hyp_run *run, struct hyp_tx *tx,
		      hyper_error **err)
{
	bool ours = false;
	int rc = hyp_op_is_open(tx, run->row.shown->id, run->row.owner, &ours,
				err);

	if (rc == 0 && !ours)
		rc = hyper_error_set(err, HYPER_ERR_INTERNAL, NULL,
				     "operation %llu was taken over by another "
				     "process",
				     (unsigned long long)run->row.shown->id);
	return rc;
}

static int settle_once(struct hyp_run *run, hyper_error **err)
{
	hyper_operation *op = run->row.shown;
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(run->local->store, &tx, err);

	if (rc == 0)
		rc = check_ours(run, &tx, err);
	if (rc == 0 && run->machine)
		rc = settle_machine(run, &tx, err);
	if (rc == 0)
		rc = hyp_op_update(&tx, op, err);
	if (rc == 0)
		rc = hyp_event_insert(&tx, "operation-ended", op->machine,
				      op->id, op->state, err);
	if (rc == 0 && op->id % TRIM_EVERY == 0)
		rc = hyp_op_trim(
			&tx, hyp_now_ms() - hyp_store_operations_keep(tx.store),
			err);
	if (rc == 0 && run->outcome.rc == 0)
		rc = hyp_engine_tell(run, &tx, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}

static int op_state_of(int rc)
{
	return rc == 0			   ? HYPER_OP_DONE
	       : rc == HYPER_ERR_CANCELLED ? HYPER_OP_CANCELLED
					   : HYPER_OP_FAILED;
}

int hyp_settle(struct hyp_run *run, hyper_error **err)
{
	hyper_operation *op = run->row.shown;
	int rc;

	op->state = op_state_of(run->outcome.rc);
	op->ended_at = hyp_now_ms();
	hyper_error_free(op->error);
	op->error = hyper_error_copy(run->outcome.error);
	for (int i = 0;; i++) {
		rc = settle_once(run, err);
		if (rc != HYPER_ERR_IO || i == RETRIES)
			break;
		/* Success has no error. */
		if (err)
			hyper_error_free(hyp_steal(err));
		hyp_sleep_ms(RETRY_INTERVAL);
	}
	/* There is nothing to write any more when others have done it. */
	run->settled = rc == 0 || rc == HYPER_ERR_INTERNAL;
	if (rc == 0 && run->row.action == HYP_ADD && run->outcome.job)
		hyp_news_begin(run->outcome.job->plugin);
	if (rc == HYPER_ERR_INTERNAL)
		return rc;
	if (rc) {
		hyp_warn("operation %llu: its end could not be written",
			 (unsigned long long)op->id);
		return hyper_error_wrap(err, rc, NULL,
					"operation %llu has ended, but that "
					"cannot be written down yet",
					(unsigned long long)op->id);
	}
	hyp_local_signal(run->local);
	return 0;
}
