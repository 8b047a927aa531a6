/* SPDX-License-Identifier: MIT */
/*
 * Operations whose process died are driven to an end by whoever comes next:
 * finished if the engine has done it, taken back if add was half-way, else
 * failed with the reason.
 */
#include "local/engine.h"

#include <string.h>

#include "core/log.h"

/* The owner of operations that nobody has: no process has this number. */
#define NOBODY (-1)

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
	if (rc == 0)
		rc = hyp_engine_read_changes(run, err);
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
