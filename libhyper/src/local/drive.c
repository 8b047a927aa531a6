/* SPDX-License-Identifier: MIT */
/* The driver's part of an operation. */
#include "local/engine.h"

#include <stdatomic.h>
#include <string.h>

#include "local/observe.h"
#include "util/time.h"

/* How often a running operation looks for a wish to cancel it, and writes its
 * progress down, ms. */
#define LOOK_INTERVAL 100
/* How long to look at what a failure left, or to take it away, ms. */
#define AFTER_LIMIT 30000

enum hyp_verb hyp_verb_of(int action)
{
	switch (action) {
	case HYP_ADD:
		return HYP_VERB_ADD;
	case HYP_START:
		return HYP_VERB_START;
	case HYP_STOP:
		return HYP_VERB_STOP;
	case HYP_REMOVE:
		return HYP_VERB_REMOVE;
	case HYP_CHANGE:
		return HYP_VERB_CHANGE;
	case HYP_PULL:
		return HYP_VERB_PULL;
	case HYP_IMPORT:
		return HYP_VERB_IMPORT;
	default:
		return HYP_VERB_IMAGE_REMOVE;
	}
}

/* The records of the machine that the driver is given. */
static int set_machines(const struct hyp_run *run, struct hyp_job *job,
			hyper_error **err)
{
	bool changed;

	if (!run->machine)
		return 0;
	job->machine = hyper_machine_copy(run->machine);
	if (!job->machine)
		return hyp_nomem(err);
	if (job->verb != HYP_VERB_CHANGE &&
	    !(job->verb == HYP_VERB_PLAN && job->planned == HYP_VERB_CHANGE))
		return 0;
	job->to = hyper_machine_copy(run->machine);
	return job->to ? hyp_changes_apply(run->changes, job->to, &changed, err)
		       : hyp_nomem(err);
}

int hyp_run_job(struct hyp_run *run, enum hyp_verb verb,
		struct hyp_job **ret_job, hyper_error **err)
{
	const struct hyp_op_row *row = &run->row;
	struct hyp_plugin *plugin;
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_plugin_find(run->local, row->shown->type, &plugin, err);

	if (rc == 0)
		rc = hyp_job_new(plugin, verb, &job, err);
	if (rc)
		return rc;
	job->planned = hyp_verb_of(row->action);
	rc = set_machines(run, job, err);
	if (rc)
		return rc;
	if (hyp_set_text(&job->name, row->shown->image, err) ||
	    hyp_set_text(&job->path, row->path, err))
		return HYPER_ERR_NOMEM;
	job->timeout_ms = row->timeout_ms;
	job->flags = row->flags;
	job->late = hyp_observe_late;
	*ret_job = hyp_steal(&job);
	return 0;
}

/* Between two looks: pass a wish to cancel on, and progress back. */
static void look(struct hyp_run *run, struct hyp_job *job, int64_t *cancel_at)
{
	struct hyper_call *call = &job->call;
	uint64_t id = run->row.shown->id, done, total;
	char step[sizeof(call->step)];
	bool progressed;

	run->cancelled_by = hyp_run_cancelled_by(run);
	if (run->cancelled_by && !*cancel_at) {
		*cancel_at = hyp_mono_ms();
		atomic_store(&call->cancelled, true);
	}
	pthread_mutex_lock(&call->lock);
	progressed = call->progressed;
	call->progressed = false;
	done = call->done;
	total = call->total;
	memcpy(step, call->step, sizeof(step));
	pthread_mutex_unlock(&call->lock);
	if (progressed) {
		HYP_AUTOTX tx = HYP_TX_INIT;

		/* Progress is a courtesy: it may fail. */
		if (hyp_tx_write(run->local->store, &tx, NULL) == 0 &&
		    hyp_op_progress(&tx, id, done, total, *step ? step : NULL,
				    NULL) == 0)
			hyp_tx_commit(&tx, NULL);
	}
}

/* Whoever waits no longer: the driver may have done anything, or has for sure
 * done nothing if it never saw the call. */
static int give_up(struct hyp_run *run, struct hyp_job *job, bool cancelled)
{
	struct hyp_outcome *outcome = &run->outcome;

	outcome->left = hyp_job_give_up(job);
	return hyper_error_set(
		&outcome->error,
		cancelled ? HYPER_ERR_CANCELLED : HYPER_ERR_TIMEOUT, NULL,
		"%sdriver '%s' does not answer",
		cancelled ? "it was cancelled, and " : "", job->plugin->name);
}

static int attend(struct hyp_run *run, struct hyp_job *job)
{
	int64_t give_up_at = job->call.deadline + HYP_JOB_GRACE, cancel_at = 0;
	int64_t next = hyp_mono_ms() + LOOK_INTERVAL;

	while (!hyp_job_wait(job, next)) {
		int64_t now = hyp_mono_ms();

		if (cancel_at && now >= cancel_at + HYP_JOB_GRACE)
			return give_up(run, job, true);
		if (now >= give_up_at)
			return give_up(run, job, false);
		look(run, job, &cancel_at);
		next = hyp_mono_ms() + LOOK_INTERVAL;
	}
	return hyp_job_result(job, &run->outcome.error);
}

static int call(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	uint32_t limit;
	int rc = hyp_run_job(run, hyp_verb_of(run->row.action), &outcome->job,
			     &outcome->error);

	if (rc)
		return rc;
	limit = hyp_verb_limit(outcome->job->verb);
	if (run->row.action == HYP_STOP)
		limit = run->row.timeout_ms < UINT32_MAX - limit
				? limit + run->row.timeout_ms
				: UINT32_MAX;
	rc = hyp_job_start(outcome->job, limit, &outcome->error);
	return rc ? rc : attend(run, outcome->job);
}

uint64_t hyp_run_cancelled_by(struct hyp_run *run)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	uint64_t by = run->cancelled_by;

	if (hyp_tx_read(run->local->store, &tx, NULL) == 0)
		hyp_op_cancelled(&tx, run->row.shown->id, &by, NULL);
	return by;
}

/* The driver may have made it fail before. */
static bool is_overtaken(struct hyp_run *run)
{
	run->cancelled_by = hyp_run_cancelled_by(run);
	return run->cancelled_by > HYP_BY_REQUEST;
}

/* Force does not wait for a look at what a failure left: who overtakes will
 * see for itself. Nor does a connection that closes wait for what a dead
 * process left: the next one sees to that. As with every call, the driver has a
 * second to listen. */
static void hurry(struct hyp_run *run, struct hyp_job *job)
{
	while (!hyp_job_wait(job, hyp_mono_ms() + LOOK_INTERVAL) &&
	       hyper_call_remaining(&job->call)) {
		if (!hyp_run_hurries(run) && !is_overtaken(run))
			continue;
		hyp_job_give_up(job);
		hyp_job_wait(job, hyp_mono_ms() + HYP_JOB_GRACE);
		return;
	}
}

int hyp_ask(struct hyp_run *run, enum hyp_verb verb, uint32_t limit_ms,
	    struct hyp_job **ret_job, hyper_error **err)
{
	HYP_AUTOJOB *job = NULL;
	struct hyp_plugin *plugin;
	const hyper_operation *op = run->row.shown;
	int rc = hyp_plugin_find(run->local, op->type, &plugin, err);

	if (rc == 0)
		rc = hyp_job_new(plugin, verb, &job, err);
	if (rc == 0 && !op->machine)
		rc = hyp_set_text(&job->name, op->image, err);
	if (rc == 0)
		rc = set_machines(run, job, err);
	if (rc)
		return rc;
	job->flags = HYPER_FORCE;
	job->decides = true;
	rc = hyp_job_start(job, limit_ms, err);
	if (rc == 0 && (verb == HYP_VERB_INSPECT || run->recover))
		hurry(run, job);
	if (rc == 0)
		rc = hyp_job_finish(job, err);
	*ret_job = hyp_steal(&job);
	return rc;
}

/* Errors after which a driver has touched nothing for sure; see driver.h. */
static bool is_refusal(int code)
{
	return code == HYPER_ERR_CONNECT || code == HYPER_ERR_INVALID ||
	       code == HYPER_ERR_NOT_FOUND || code == HYPER_ERR_EXISTS ||
	       code == HYPER_ERR_NOT_SUPPORTED || code == HYPER_ERR_NO_DRIVER ||
	       code == HYPER_ERR_BUSY;
}

/* It failed: is the machine there, and in which state? What add may have left
 * is taken away. */
static void look_after_failure(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	bool touched = outcome->job && hyp_job_give_up(outcome->job);
	bool undo = run->row.action == HYP_ADD;
	struct hyp_job *job = NULL;
	int rc;

	if (undo && (!touched || is_refusal(outcome->rc))) {
		outcome->gone = true;
		return;
	}
	if (!touched)
		return;
	rc = hyp_ask(run, undo ? HYP_VERB_REMOVE : HYP_VERB_INSPECT,
		     AFTER_LIMIT, &job, NULL);
	outcome->gone = undo ? rc == 0 : rc == HYPER_ERR_NOT_FOUND;
	/* One that refused has changed nothing. */
	outcome->unknown = rc && !outcome->gone && !is_refusal(outcome->rc);
	if (job) {
		hyp_job_leave(outcome->job);
		outcome->job = job;
	}
	if (rc == 0 && !undo)
		outcome->seen = job->seen;
}

void hyp_drive(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;

	/* To forget one is not its engine's business, nor are labels. */
	if (run->row.action == HYP_RELEASE ||
	    (run->changes && !hyp_changes_engine(run->changes, run->machine)))
		return;
	outcome->rc = call(run);
	if (outcome->rc == 0)
		outcome->seen = outcome->job->seen;
	else if (run->machine && !outcome->left)
		look_after_failure(run);
}
