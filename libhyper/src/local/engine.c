/* SPDX-License-Identifier: MIT */
#include "local/engine.h"

#include "core/log.h"
#include "core/operation.h"
#include "util/time.h"

/* How often to try again to write the end of an operation down, ms. */
#define RETRY_INTERVAL 1000

void hyp_run_free(struct hyp_run *run)
{
	if (!run)
		return;
	hyp_op_row_clear(&run->row);
	hyper_machine_free(run->machine);
	hyper_changes_free(run->changes);
	hyper_error_free(run->outcome.error);
	hyp_job_leave(run->outcome.job);
	hyper_machine_free(run->told_machine);
	hyper_operation_free(run->told_op);
	free(run);
}

/* Who asked for a start shall know why it was cancelled. */
static void tell_overtaken(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;

	if (outcome->rc == HYPER_ERR_CANCELLED &&
	    run->cancelled_by > HYP_BY_REQUEST)
		hyper_error_wrap(&outcome->error, outcome->rc, NULL,
				 "operation %llu has overtaken it by force",
				 (unsigned long long)run->cancelled_by);
}

/* What never began before its process died only fails, and needs no turn for
 * that. False: the connection closes before it can be known. */
static bool recover(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;

	if (run->begun)
		outcome->rc = hyp_turn_wait(run, &outcome->error);
	if (outcome->rc == HYPER_ERR_CANCELLED)
		return false;
	return outcome->rc || hyp_recover(run);
}

static bool find_outcome(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;

	if (run->recover && !recover(run))
		return false;
	if (!run->recover && !run->begun)
		outcome->rc = hyp_turn_wait(run, &outcome->error);
	if (!run->recover && outcome->rc == 0)
		hyp_drive(run);
	tell_overtaken(run);
	run->over = true;
	return true;
}

int hyp_engine_run(struct hyp_run *run, hyper_error **err)
{
	int rc;

	if (!run->over && !find_outcome(run)) {
		hyp_recover_hand_back(run);
		run->settled = true; /* not by us */
		return 0;
	}
	rc = hyp_settle(run, err);
	return rc ? rc : hyp_operation_result(run->row.shown, err);
}

void hyp_engine_run_main(void *data)
{
	HYP_AUTORUN *run = data;
	struct hyp_local *local = run->local;
	HYP_AUTOERROR *err = NULL;

	if (hyp_engine_run(run, &err))
		hyp_info("operation %llu: %s",
			 (unsigned long long)run->row.shown->id,
			 hyper_error_message(err));
	/* The disk may be full: until then its machine takes nothing else,
	 * and whoever opens the state after us asks the engine. */
	while (!run->settled &&
	       hyp_local_sleep(local, hyp_mono_ms() + RETRY_INTERVAL))
		hyp_settle(run, NULL);
}

/* It gets no thread: end it as if the driver had refused. */
static int give_up(struct hyp_run *run, hyper_error *error, hyper_error **err)
{
	int rc = hyper_error_code(error);

	if (run->recover) {
		hyp_recover_hand_back(run);
	} else if (!run->over) {
		run->over = true;
		run->outcome.rc = rc;
		run->outcome.error = hyper_error_copy(error);
		run->outcome.gone = run->row.action == HYP_ADD;
		hyp_settle(run, NULL);
	}
	hyp_run_free(run);
	hyp_error_move(err, &error);
	return rc;
}

int hyp_engine_spawn(struct hyp_run *run, hyper_error **err)
{
	hyper_error *error = NULL;

	if (hyp_local_spawn(run->local, hyp_engine_run_main, run, &error))
		return give_up(run, error, err);
	return 0;
}
