/* SPDX-License-Identifier: MIT */
/*
 * What became of an operation whose process has died? Done if its engine says
 * so, taken back if an add was half-way, else failed with the reason.
 */
#include "core/log.h"
#include "local/engine.h"
#include "util/time.h"

/* How long an engine that cannot be asked is waited for: at a boot it may come
 * later than we. And when others may have what it takes, at the latest. In
 * ms. */
#define PAUSE_MIN    200
#define PAUSE_MAX    5000
#define ENGINE_LIMIT 60000
#define OWNER_LIMIT  600000

/* The engine was not asked, so this says nothing of the machine. */
static bool is_no_answer(int code)
{
	return code == HYPER_ERR_CONNECT || code == HYPER_ERR_TIMEOUT ||
	       code == HYPER_ERR_NO_DRIVER || code == HYPER_ERR_DENIED ||
	       code == HYPER_ERR_AUTH || code == HYPER_ERR_CANCELLED;
}

/* Ask until there is an answer. CANCELLED: the connection closes. */
static int ask(struct hyp_run *run, enum hyp_verb verb)
{
	struct hyp_outcome *outcome = &run->outcome;
	struct hyp_local *local = run->local;
	int64_t end = hyp_mono_ms() + ENGINE_LIMIT;
	uint32_t pause = PAUSE_MIN;

	for (;;) {
		HYP_AUTOERROR *error = NULL;
		struct hyp_job *job = NULL;
		int rc = hyp_ask(run, verb, hyp_verb_limit(verb), &job, &error);

		hyp_job_leave(outcome->job);
		outcome->job = job;
		if (rc == 0)
			return 0;
		if (hyp_run_hurries(run))
			return HYPER_ERR_CANCELLED;
		hyp_error_move(&outcome->error, &error);
		/* Who wants something else will ask the engine as well. */
		if (!is_no_answer(rc) || hyp_run_cancelled_by(run) ||
		    hyp_mono_ms() >= end)
			return rc == HYPER_ERR_CANCELLED ? HYPER_ERR_TIMEOUT
							 : rc;
		hyp_info("operation %llu of a dead process: its engine cannot "
			 "be asked yet: %s",
			 (unsigned long long)run->row.shown->id,
			 hyper_error_message(outcome->error));
		if (run->patient)
			hyp_sleep_ms(pause);
		else if (!hyp_local_sleep(local, hyp_mono_ms() + pause))
			return HYPER_ERR_CANCELLED;
		pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
	}
}

/* The engine has what was to be added. To its driver that is one half of it:
 * there is more to do than what inspecting it shows. */
static int finish_add(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	struct hyp_job *job = NULL;
	int rc = hyp_ask(run, HYP_VERB_ADD, hyp_verb_limit(HYP_VERB_ADD), &job,
			 &outcome->error);

	if (rc) {
		hyp_job_leave(job);
		outcome->seen = outcome->job->seen;
		return hyp_run_hurries(run) ? HYPER_ERR_CANCELLED
					    : HYPER_ERR_STATE;
	}
	hyp_job_leave(outcome->job);
	outcome->job = job;
	outcome->seen = job->seen;
	return 0;
}

/* It is not there, or nobody knows: nothing may be left of it. */
static int undo_add(struct hyp_run *run)
{
	struct hyp_job *undo = NULL;

	run->outcome.gone =
		hyp_ask(run, HYP_VERB_REMOVE, hyp_verb_limit(HYP_VERB_REMOVE),
			&undo, NULL) == 0;
	hyp_job_leave(undo);
	return HYPER_ERR_STATE;
}

/* Is the image there after an import, or gone after its removal? Nothing was
 * or is done to it before and after. (What was pulled may have been there in
 * an older shape.) The driver takes away what it finds half-made. */
static int find_image(struct hyp_run *run)
{
	bool wanted = run->row.action == HYP_IMPORT, there;
	int rc;

	if (run->row.action == HYP_PULL)
		return HYPER_ERR_STATE;
	rc = ask(run, HYP_VERB_IMAGE_LIST);
	if (rc == HYPER_ERR_CANCELLED)
		return rc;
	there = rc == 0 &&
		hyper_images_count(run->outcome.job->call.images) > 0;
	return rc == 0 && there == wanted ? 0 : HYPER_ERR_STATE;
}

/* What became of it? CANCELLED, BUSY: others will have to find out. */
static int find_out(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	enum hyp_action action = (enum hyp_action)run->row.action;
	int rc;

	if (run->begun && !run->row.shown->machine)
		return find_image(run);
	if (!run->machine || !run->begun)
		return HYPER_ERR_STATE;
	if (action == HYP_RELEASE ||
	    (run->changes && !hyp_changes_engine(run->changes, run->machine)))
		return 0;
	/* What may be done twice is done again. */
	rc = ask(run, action == HYP_REMOVE   ? HYP_VERB_REMOVE
		      : action == HYP_CHANGE ? HYP_VERB_CHANGE
					     : HYP_VERB_INSPECT);
	if (rc == HYPER_ERR_CANCELLED ||
	    (rc == HYPER_ERR_BUSY &&
	     hyp_now_ms() - run->row.shown->started_at < OWNER_LIMIT))
		return rc;
	if (action == HYP_REMOVE)
		return rc ? HYPER_ERR_STATE : 0;
	if (action == HYP_ADD)
		return rc ? undo_add(run) : finish_add(run);
	outcome->gone = rc == HYPER_ERR_NOT_FOUND;
	if (rc)
		return HYPER_ERR_STATE;
	outcome->seen = outcome->job->seen;
	return action == HYP_CHANGE ||
			       outcome->seen->state == hyp_action_target(action)
		       ? 0
		       : HYPER_ERR_STATE;
}

bool hyp_recover(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;

	outcome->rc = find_out(run);
	if (outcome->rc == HYPER_ERR_CANCELLED || outcome->rc == HYPER_ERR_BUSY)
		return false;
	/* Those that say nothing against it are of the way there. */
	if (outcome->rc == 0)
		hyper_error_free(hyp_steal(&outcome->error));
	else
		hyper_error_wrap(&outcome->error, outcome->rc, NULL,
				 "the process that ran it has died");
	hyp_info("operation %llu (%s) of a dead process: %s",
		 (unsigned long long)run->row.shown->id, run->row.shown->kind,
		 outcome->rc ? "failed" : "done");
	return true;
}
