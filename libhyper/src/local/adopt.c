/* SPDX-License-Identifier: MIT */
/*
 * Taking in what hyper did not make. Its engine is only asked, so there is
 * nothing that could be left half-done: the machine, its operation, which has
 * ended already, and the events of both are written at once.
 */
#include <string.h>

#include "local/engine.h"
#include "local/observer.h"
#include "local/ops.h"
#include "util/time.h"

/* An engine that may have it. */
struct find {
	struct hyp_job *job; /* NULL: it was not asked */
	hyper_error *error;
	int rc;
};

static void find_start(struct hyp_plugin *plugin, const char *name,
		       uint32_t flags, struct find *find)
{
	HYP_AUTOJOB *job = NULL;

	find->rc = hyp_job_new(plugin, HYP_VERB_FIND, &job, &find->error);
	if (find->rc == 0)
		find->rc = hyp_set_text(&job->name, name, &find->error);
	if (find->rc)
		return;
	job->flags = flags & ~(uint32_t)HYPER_DRY_RUN;
	find->rc = hyp_job_start(job, hyp_verb_limit(job->verb), &find->error);
	if (find->rc == 0)
		find->job = hyp_steal(&job);
}

static void find_end(struct find *find)
{
	if (find->job)
		find->rc = hyp_job_finish(find->job, &find->error);
}

static void find_clear(struct find *find)
{
	hyp_job_leave(find->job);
	hyper_error_free(find->error);
}

/* Which of them has it? A driver that does not have it, cannot do that or is
 * not there is none; what another says of it, is told. */
static int choose(const struct hyp_local *local, struct find *finds,
		  const char *name, struct hyp_job **ret_job, hyper_error **err)
{
	struct find *found = NULL, *refused = NULL;

	for (size_t i = 0; i < local->plugin_count; i++) {
		struct find *find = &finds[i];

		if (find->rc == HYPER_ERR_EXISTS ||
		    (find->job && find->job->other_engine))
			refused = find;
		if (!find->job || find->rc)
			continue;
		if (found)
			return hyper_error_set(
				err, HYPER_ERR_INVALID, "type",
				"several drivers have a machine '%s' (%s, %s): "
				"say which type",
				name, found->job->plugin->name,
				find->job->plugin->name);
		found = find;
	}
	if (!found && refused) {
		int rc = refused->rc;

		hyp_error_move(err, &refused->error);
		return rc;
	}
	if (!found)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "no available driver has a machine '%s'",
				       name);
	*ret_job = hyp_steal(&found->job);
	return 0;
}

/* Ask all engines at once: the slowest says how long it takes. */
static int find_any(struct hyp_local *local, const char *name, uint32_t flags,
		    struct hyp_job **ret_job, hyper_error **err)
{
	HYP_AUTOFREE struct find *finds = NULL;
	int rc = hyp_plugins_load(local, err);

	if (rc)
		return rc;
	finds = calloc(local->plugin_count + 1, sizeof(*finds));
	if (!finds)
		return hyp_nomem(err);
	for (size_t i = 0; i < local->plugin_count; i++)
		if (!local->plugins[i].broken)
			find_start(&local->plugins[i], name, flags, &finds[i]);
	for (size_t i = 0; i < local->plugin_count; i++)
		find_end(&finds[i]);
	rc = choose(local, finds, name, ret_job, err);
	for (size_t i = 0; i < local->plugin_count; i++)
		find_clear(&finds[i]);
	return rc;
}

static int find_one(struct hyp_local *local, const char *type, const char *name,
		    uint32_t flags, struct hyp_job **ret_job, hyper_error **err)
{
	struct hyp_plugin *plugin;
	struct find find = { 0 };
	int rc = hyp_plugin_find(local, type, &plugin, err);

	if (rc)
		return rc;
	if (!hyp_driver_can(&plugin->driver, HYP_VERB_FIND))
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "type",
				       "driver '%s' cannot adopt machines",
				       type);
	find_start(plugin, name, flags, &find);
	find_end(&find);
	rc = find.rc;
	if (rc)
		hyp_error_move(err, &find.error);
	else
		*ret_job = hyp_steal(&find.job);
	find_clear(&find);
	return rc;
}

/* Is it one of our machines already? */
static int check_handle(struct hyp_tx *tx, const char *type, const char *handle,
			hyper_error **err)
{
	HYP_AUTOFREE char *same = NULL;
	int rc = hyp_machine_of_handle(tx, type, handle, &same, err);

	if (rc == 0 && same)
		rc = hyper_error_set(err, HYPER_ERR_EXISTS, "name",
				     "it is machine '%s' already", same);
	return rc;
}

/* The record of what a driver found. */
static int complete(struct hyp_job *job, const char *id, hyper_machine *m,
		    hyper_error **err)
{
	const hyper_machine *seen = job->seen;
	char uuid[HYP_UUID_SIZE];
	bool changed;
	int rc;

	if (!seen->handle || !seen->state)
		return hyper_error_set(err, HYPER_ERR_DRIVER, NULL,
				       "driver '%s' found '%s', but not its "
				       "handle or its state",
				       job->plugin->name, job->name);
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(job->plugin->local->store, &tx, err);
		if (rc == 0)
			rc = check_handle(&tx, job->plugin->name, seen->handle,
					  err);
	}
	if (rc)
		return rc;
	if (!id && !seen->id)
		return hyper_error_set(err, HYPER_ERR_INVALID, "id",
				       "its name '%.200s' cannot be an id: say "
				       "which id it shall have",
				       job->name);
	if (hyp_uuid(uuid))
		return hyp_errno(err, "cannot make a uuid");
	if (hyp_set_text(&m->id, id ? id : seen->id, err) ||
	    hyp_set_text(&m->uuid, uuid, err) ||
	    hyp_set_text(&m->type, job->plugin->name, err) ||
	    hyp_set_text(&m->image, seen->image ? seen->image : "unknown", err))
		return HYPER_ERR_NOMEM;
	m->mem = seen->mem;
	m->vcpus = seen->vcpus;
	m->autostart = seen->autostart;
	m->adopted = true;
	m->observed_at = hyp_now_ms();
	return hyp_machine_observe(m, seen, &changed, err);
}

static int check_new(struct hyp_tx *tx, const hyper_machine *machine,
		     hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *other = NULL;
	int rc = check_handle(tx, machine->type, machine->handle, err);

	if (rc == 0 && hyp_machine_load(tx, machine->id, &other, NULL) == 0)
		rc = hyper_error_set(err, HYPER_ERR_EXISTS, "id",
				     "machine '%s' exists already: say another "
				     "id",
				     machine->id);
	return rc;
}

static int plan(struct hyp_run *run, const struct hyp_request *request,
		const char *name, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	hyper_operation *op;
	int rc = hyp_engine_describe(run, request, err);

	if (rc == 0)
		rc = hyp_tx_read(run->local->store, &tx, err);
	if (rc == 0)
		rc = check_new(&tx, run->machine, err);
	if (rc)
		return rc;
	op = run->row.shown;
	op->state = HYPER_OP_PLANNED;
	op->created_at = hyp_now_ms();
	if (hyp_strv_addf(&op->plan,
			  "take in '%s' of driver %s as machine '%s', and "
			  "leave it as it is",
			  name, op->type, op->machine))
		return hyp_nomem(err);
	run->told_machine = hyp_steal(&run->machine);
	run->told_op = hyp_steal(&run->row.shown);
	return 0;
}

static int write_down(struct hyp_run *run, const struct hyp_request *request,
		      hyper_error **err)
{
	struct hyp_local *local = run->local;
	HYP_AUTOTX tx = HYP_TX_INIT;
	hyper_operation *op;
	int rc = hyp_engine_describe(run, request, err);

	if (rc == 0)
		rc = hyp_local_owner(local, &run->row.owner, err);
	if (rc == 0)
		rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = check_new(&tx, run->machine, err);
	if (rc == 0)
		rc = hyp_machine_insert(&tx, run->machine, err);
	if (rc == 0)
		rc = hyp_op_insert(&tx, &run->row, err);
	if (rc)
		return rc;
	op = run->row.shown;
	op->state = HYPER_OP_DONE;
	op->started_at = op->ended_at = op->created_at;
	rc = hyp_op_update(&tx, op, err);
	if (rc == 0)
		rc = hyp_event_insert(&tx, "machine-adopted", run->machine->id,
				      op->id, run->machine->state, err);
	if (rc == 0)
		rc = hyp_event_insert(&tx, "operation-ended", op->machine,
				      op->id, op->state, err);
	if (rc == 0)
		rc = hyp_engine_tell(run, &tx, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}

int hyp_local_machine_adopt(hyper_conn *conn, const char *type,
			    const char *name, const char *id, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	const struct hyp_request request = { .action = HYP_ADOPT,
					     .flags = flags,
					     .terms = &conn->terms };
	HYP_AUTORUN *run = calloc(1, sizeof(*run));
	HYP_AUTOJOB *job = NULL;
	int rc;

	if (!run)
		return hyp_nomem(err);
	run->local = local;
	run->machine = hyper_machine_new();
	if (!run->machine)
		return hyp_nomem(err);
	rc = type ? find_one(local, type, name, flags, &job, err)
		  : find_any(local, name, flags, &job, err);
	if (rc == 0)
		rc = complete(job, id, run->machine, err);
	if (rc == 0)
		rc = flags & HYPER_DRY_RUN ? plan(run, &request, name, err)
					   : write_down(run, &request, err);
	if (rc)
		return rc;
	if (!(flags & HYPER_DRY_RUN)) {
		hyp_news_begin(job->plugin);
		hyp_local_signal(local);
	}
	if (ret_machine)
		*ret_machine = hyp_steal(&run->told_machine);
	if (ret_op)
		*ret_op = hyp_steal(&run->told_op);
	return 0;
}
