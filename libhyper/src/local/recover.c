/* SPDX-License-Identifier: MIT */
/*
 * Operations whose process died are driven to an end by whoever comes next:
 * finished if the engine has done it, taken back if add was half-way, else
 * failed with the reason.
 */
#include "local/engine.h"

#include <string.h>

#include "core/log.h"
#include "util/time.h"

/* The owner of operations that nobody has: no process has this number. */
#define NOBODY (-1)

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

/* Somebody wants something else with the machine, by force: its engine will be
 * asked by that. */
static bool is_overtaken(struct hyp_run *run)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	uint64_t by = 0;

	return hyp_tx_read(run->local->store, &tx, NULL) == 0 &&
	       hyp_op_cancelled(&tx, run->row.shown->id, &by, NULL) == 0 && by;
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
		if (!is_no_answer(rc) || is_overtaken(run) ||
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

/* It is there. What a driver does after it has made a machine may be missing:
 * a second add does that. */
static int finish_add(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	struct hyp_job *job = NULL;

	if (hyp_ask(run, HYP_VERB_ADD, hyp_verb_limit(HYP_VERB_ADD), &job,
		    NULL) == 0) {
		hyp_job_leave(outcome->job);
		outcome->job = hyp_steal(&job);
	}
	hyp_job_leave(job);
	outcome->seen = outcome->job->seen;
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

/* What became of it? CANCELLED, BUSY: others will have to find out. */
static int find_out(struct hyp_run *run)
{
	struct hyp_outcome *outcome = &run->outcome;
	enum hyp_action action = (enum hyp_action)run->row.action;
	int rc;

	if (!run->machine || !run->begun)
		return HYPER_ERR_STATE;
	if (action == HYP_RELEASE)
		return 0;
	rc = ask(run,
		 action == HYP_REMOVE ? HYP_VERB_REMOVE : HYP_VERB_INSPECT);
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
	return outcome->seen->state == hyp_action_target(action)
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

void hyp_recover_hand_back(struct hyp_run *run)
{
	HYP_AUTOTX tx = HYP_TX_INIT;

	if (hyp_tx_write(run->local->store, &tx, NULL) == 0 &&
	    hyp_op_set_owner(&tx, run->row.shown->id, NOBODY, NULL) == 0)
		hyp_tx_commit(&tx, NULL);
}

/* The machine of an operation: NULL if it waited on one that is removed by
 * now, even if another has its name. */
static int load_machine(struct hyp_run *run, struct hyp_tx *tx,
			hyper_error **err)
{
	HYP_AUTOERROR *error = NULL;
	int rc = hyp_machine_load(tx, run->row.shown->machine, &run->machine,
				  &error);

	if (rc == HYPER_ERR_NOT_FOUND)
		return 0;
	if (rc)
		hyp_error_move(err, &error);
	else if (strcmp(run->machine->uuid, run->row.uuid) != 0)
		hyper_machine_free(hyp_steal(&run->machine));
	return rc;
}

/* Make an operation ours, in tx. *ret_run stays NULL if it is over, or some
 * other process was faster. */
static int take_over(struct hyp_local *local, struct hyp_tx *tx, uint64_t id,
		     int64_t from, int64_t self, struct hyp_run **ret_run,
		     hyper_error **err)
{
	HYP_AUTORUN *run = calloc(1, sizeof(*run));
	int rc;

	if (!run)
		return hyp_nomem(err);
	run->local = local;
	run->recover = true;
	rc = hyp_op_load_row(tx, id, &run->row, err);
	if (rc)
		return rc;
	if (hyper_operation_ended(run->row.shown) || run->row.owner != from)
		return 0;
	if (run->row.shown->machine)
		rc = load_machine(run, tx, err);
	if (rc == 0)
		rc = hyp_op_set_owner(tx, id, self, err);
	if (rc)
		return rc;
	run->row.owner = self;
	run->begun = run->row.shown->state == HYPER_OP_RUNNING;
	*ret_run = hyp_steal(&run);
	return 0;
}

/* Is the owner of operations still there? */
static int is_alive(struct hyp_tx *tx, int64_t owner, bool *ret_alive,
		    hyper_error **err)
{
	const char *instance = hyp_store_instance(tx->store);
	HYP_AUTOERROR *error = NULL;
	struct hyp_process process = { 0 };
	int rc = hyp_process_load(tx, owner, &process, &error);

	if (rc == HYPER_ERR_NOT_FOUND) {
		*ret_alive = false;
		return 0;
	}
	if (rc) {
		hyp_error_move(err, &error);
		return rc;
	}
	*ret_alive = process.proc.pid == getpid()
			     ? hyp_local_is_owner(instance, owner)
			     : hyp_proc_alive(&process.proc);
	hyp_process_clear(&process);
	return 0;
}

static bool owner_lives(struct hyp_local *local, int64_t owner)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	bool alive;

	return hyp_tx_read(local->store, &tx, NULL) ||
	       is_alive(&tx, owner, &alive, NULL) || alive;
}

int hyp_recover_head(struct hyp_local *local, uint64_t id, int64_t owner,
		     hyper_error **err)
{
	HYP_AUTORUN *run = NULL;
	int64_t self;
	int rc;

	if (owner_lives(local, owner))
		return 0;
	rc = hyp_local_owner(local, &self, err);
	if (rc == 0) {
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_write(local->store, &tx, err);
		if (rc == 0)
			rc = take_over(local, &tx, id, owner, self, &run, err);
		if (rc == 0)
			rc = hyp_tx_commit(&tx, err);
	}
	if (rc || !run)
		return rc;
	/* There are no new threads any more, but closing waits for the one
	 * that waits here. */
	run->patient = hyp_local_closing(local);
	if (run->patient)
		hyp_engine_run_main(hyp_steal(&run));
	else
		hyp_engine_spawn(hyp_steal(&run), NULL);
	return 0;
}

static void free_runs(struct hyp_list *runs)
{
	while (runs->n > 0)
		hyp_run_free(runs->items[--runs->n]);
	free(runs->items);
}

/* Take over all that a dead process had open, and forget the process. */
static int take_all(struct hyp_local *local, int64_t dead, int64_t self,
		    struct hyp_list *runs, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	HYP_AUTOFREE int64_t *ids = NULL;
	int rc = hyp_tx_write(local->store, &tx, err);

	if (rc == 0)
		rc = hyp_op_of_owner(&tx, dead, &ids, err);
	for (size_t i = 0; rc == 0 && ids[i]; i++) {
		HYP_AUTORUN *run = NULL;

		rc = take_over(local, &tx, (uint64_t)ids[i], dead, self, &run,
			       err);
		if (rc == 0 && run) {
			if (hyp_list_add(runs, run))
				rc = hyp_nomem(err);
			else
				run = NULL;
		}
	}
	if (rc == 0)
		rc = hyp_process_delete(&tx, dead, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}

static int recover_owner(struct hyp_local *local, int64_t dead,
			 hyper_error **err)
{
	HYP_CLEANUP(free_runs) struct hyp_list runs = { 0 };
	int64_t self;
	int rc = hyp_local_owner(local, &self, err);

	if (rc == 0)
		rc = take_all(local, dead, self, &runs, err);
	/* Those that get no thread are there for the next one. */
	while (rc == 0 && runs.n > 0)
		hyp_engine_spawn(runs.items[--runs.n], NULL);
	return rc;
}

/* The owners of processes and of open operations that are no longer there. */
static int find_dead(struct hyp_local *local, int64_t **ret_ids,
		     hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	HYP_AUTOFREE int64_t *ids = NULL;
	size_t n = 0;
	int rc = hyp_tx_read(local->store, &tx, err);

	if (rc == 0)
		rc = hyp_process_owners(&tx, &ids, err);
	for (size_t i = 0; rc == 0 && ids[i]; i++) {
		bool alive;

		rc = is_alive(&tx, ids[i], &alive, err);
		if (rc == 0 && !alive)
			ids[n++] = ids[i];
	}
	if (rc)
		return rc;
	ids[n] = 0;
	*ret_ids = hyp_steal(&ids);
	return 0;
}

int hyp_recover_orphans(struct hyp_local *local, int64_t **ret_ids,
			hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	HYP_AUTOFREE int64_t *dead = NULL, *all = NULL;
	size_t n = 0;
	int rc = find_dead(local, &dead, err);

	if (rc == 0)
		rc = hyp_tx_read(local->store, &tx, err);
	all = calloc(1, sizeof(*all));
	if (rc == 0 && !all)
		rc = hyp_nomem(err);
	for (size_t i = 0; rc == 0 && dead[i]; i++) {
		HYP_AUTOFREE int64_t *ids = NULL;
		int64_t *more;
		size_t count = 0;

		rc = hyp_op_of_owner(&tx, dead[i], &ids, err);
		while (rc == 0 && ids[count])
			count++;
		more = rc ? NULL : realloc(all, (n + count + 1) * sizeof(*all));
		if (rc == 0 && !more)
			rc = hyp_nomem(err);
		if (rc)
			return rc;
		memcpy(more + n, ids, (count + 1) * sizeof(*all));
		all = more;
		n += count;
	}
	if (rc)
		return rc;
	*ret_ids = hyp_steal(&all);
	return 0;
}

int hyp_recover_all(struct hyp_local *local, hyper_error **err)
{
	HYP_AUTOFREE int64_t *dead = NULL;
	int rc;

	if (local->base.flags & HYPER_OPEN_READONLY)
		return 0;
	rc = find_dead(local, &dead, err);
	for (size_t i = 0; rc == 0 && dead[i]; i++)
		rc = recover_owner(local, dead[i], err);
	return rc;
}
