/* SPDX-License-Identifier: MIT */
/* The machines of the database and those of the engines. */
#include <string.h>

#include "core/state.h"
#include "local/doctor.h"
#include "local/identity.h"
#include "local/job.h"
#include "local/observe.h"

/* Is an operation open on it? */
static bool is_busy(struct hyp_tx *tx, const hyper_machine *machine)
{
	uint64_t head = 0;
	int64_t owner;

	return hyp_op_head(tx, machine->id, &head, &owner, NULL) || head;
}

/* The state of a machine now, 0 if it is gone. */
static int state_now(struct hyp_exam *exam, const hyper_machine *machine)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
	HYP_AUTOTX tx = HYP_TX_INIT;

	if (hyp_tx_read(exam->local->store, &tx, NULL) ||
	    hyp_machine_load(&tx, machine->id, &now, NULL) ||
	    strcmp(now->uuid, machine->uuid) != 0)
		return 0;
	return now->state;
}

static int check_stuck(struct hyp_exam *exam, const hyper_machine *machine)
{
	hyper_finding *finding;
	int state;

	finding = hyp_exam_found(exam, "machine-stuck", machine->type,
				 machine->id,
				 "it is %s, but no operation is open on it",
				 hyper_state_name(machine->state));
	if (!finding)
		return HYPER_ERR_NOMEM;
	if (!exam->repair)
		return 0;
	hyp_observe_machine(exam->local, machine, 0);
	state = state_now(exam, machine);
	if (hyp_state_is_passing(state))
		return hyp_exam_acted(exam, finding,
				      "its engine did not answer", false);
	return hyp_exam_acted(exam, finding,
			      state == HYPER_STATE_MISSING
				      ? "marked as missing"
				      : "set to what its engine "
					"says",
			      true);
}

static int check_missing(struct hyp_exam *exam, const hyper_machine *machine)
{
	hyper_finding *finding = hyp_exam_found(
		exam, "machine-missing", machine->type, machine->id,
		"its engine does not have it: if it is not coming back, "
		"remove it");

	if (!finding)
		return HYPER_ERR_NOMEM;
	if (!exam->repair || machine->state == HYPER_STATE_MISSING)
		return 0;
	hyp_observe_machine(exam->local, machine, 0);
	return state_now(exam, machine) == HYPER_STATE_MISSING
		       ? hyp_exam_acted(exam, finding, "marked as missing",
					false)
		       : 0;
}

static int load_machines(struct hyp_exam *exam, const char *type,
			 hyper_machines **ret_machines)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(exam->local->store, &tx, exam->err);

	return rc ? rc
		  : hyp_machine_of_driver(&tx, type, ret_machines, exam->err);
}

static bool knows(const hyper_machines *machines, const char *uuid)
{
	for (size_t i = 0; i < machines->list.n; i++) {
		const hyper_machine *machine = machines->list.items[i];

		if (strcmp(machine->uuid, uuid) == 0)
			return true;
	}
	return false;
}

/* Take in what an engine has of ours. What its user asked for was in the row
 * that is lost. */
static int take_in(struct hyp_exam *exam, const hyper_machine *machine,
		   const hyper_machine *seen, hyper_finding *finding)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *row = hyper_machine_copy(machine);
	HYP_AUTOERROR *error = NULL;
	HYP_AUTOTX tx = HYP_TX_INIT;
	bool changed;
	int rc = 0;

	if (!row || hyp_machine_observe(row, seen, &changed, NULL))
		return hyp_nomem(exam->err);
	if (!row->state)
		row->state = HYPER_STATE_ERROR;
	rc = hyp_tx_write(exam->local->store, &tx, &error);
	if (rc == 0)
		rc = hyp_machine_insert(&tx, row, &error);
	if (rc == 0)
		rc = hyp_event_insert(&tx, "machine-state", row->id, 0,
				      row->state, &error);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, &error);
	return rc ? hyp_exam_acted(exam, finding, hyper_error_message(error),
				   false)
		  : hyp_exam_acted(exam, finding, "taken in", true);
}

/* The engine has one of ours: is it still so, and what is it? */
static int check_unknown(struct hyp_exam *exam, struct hyp_plugin *plugin,
			 const struct hyp_found *seen)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *machine = hyper_machine_new();
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *other = NULL;
	HYP_AUTOFREE char *id = NULL;
	HYP_AUTOJOB *job = NULL;
	hyper_finding *finding;
	int rc;

	if (!machine || hyp_set_text(&machine->id, seen->id, NULL) ||
	    hyp_set_text(&machine->uuid, seen->uuid, NULL) ||
	    hyp_set_text(&machine->type, plugin->name, NULL) ||
	    hyp_set_text(&machine->image, "unknown", NULL))
		return hyp_nomem(exam->err);
	rc = hyp_job_new(plugin, HYP_VERB_INSPECT, &job, exam->err);
	if (rc)
		return rc;
	job->machine = hyper_machine_copy(machine);
	if (!job->machine)
		return hyp_nomem(exam->err);
	/* It may have been removed since. */
	rc = hyp_job_call(job, NULL);
	if (rc == HYPER_ERR_NOT_FOUND)
		return 0;
	finding = hyp_exam_found(
		exam, "machine-unknown", plugin->name, seen->id,
		"its engine has it (%s), the database does not", seen->uuid);
	if (!finding)
		return HYPER_ERR_NOMEM;
	if (!exam->repair)
		return 0;
	/* Several may have its marks: the driver knows which is it. */
	if (rc)
		return hyp_exam_acted(exam, finding,
				      "its engine did not answer", false);
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(exam->local->store, &tx, exam->err);
		if (rc == 0 &&
		    hyp_machine_load(&tx, seen->id, &other, NULL) == 0)
			rc = hyp_exam_acted(exam, finding,
					    "another machine has its id",
					    false);
	}
	if (rc || other)
		return rc;
	return hyp_check_id(seen->id, &id, NULL) || strcmp(id, seen->id) != 0
		       ? hyp_exam_acted(exam, finding,
					"its id is none of hyper's", false)
		       : take_in(exam, machine, job->seen, finding);
}

/* A driver, asked for all that it has of ours. */
struct ask {
	struct hyp_plugin *plugin;
	hyper_machines *before; /* as they were when it was asked */
	struct hyp_job *job;	/* NULL: it could not begin */
	hyper_error *error;
};

static void ask_clear(struct ask *ask)
{
	hyp_job_leave(ask->job);
	hyper_machines_free(ask->before);
	hyper_error_free(ask->error);
}

static int ask_start(struct hyp_exam *exam, struct hyp_plugin *plugin,
		     struct ask *ask)
{
	int rc = load_machines(exam, plugin->name, &ask->before);

	ask->plugin = plugin;
	if (rc == 0)
		rc = hyp_job_new_list(plugin, ask->before, &ask->job,
				      exam->err);
	if (rc)
		return rc;
	ask->job->decides = true;
	if (hyp_job_start(ask->job, hyp_verb_limit(HYP_VERB_LIST), &ask->error))
		hyp_job_leave(hyp_steal(&ask->job));
	return 0;
}

/* One that the engine did not tell of, or that is between two states: as it
 * is now, if nothing is under way with it. */
static int check_known(struct hyp_exam *exam, const hyper_machine *before,
		       bool missing)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;

	{
		HYP_AUTOTX tx = HYP_TX_INIT;
		int rc = hyp_tx_read(exam->local->store, &tx, exam->err);

		if (rc)
			return rc;
		if (is_busy(&tx, before) ||
		    hyp_machine_load(&tx, before->id, &now, NULL) ||
		    strcmp(now->uuid, before->uuid) != 0)
			return 0;
	}
	if (hyp_state_is_passing(now->state))
		return check_stuck(exam, now);
	/* One that changed meanwhile may have been made since. */
	if (now->state == HYPER_STATE_MISSING ||
	    (missing && now->generation == before->generation))
		return check_missing(exam, now);
	return 0;
}

static bool was_found(const struct hyper_call *call, const char *uuid)
{
	for (size_t i = 0; i < call->found_count; i++)
		if (strcmp(call->found[i].uuid, uuid) == 0)
			return true;
	return false;
}

/* Those are somebody's: only whoever made them knows what they are for. */
static int check_copies(struct hyp_exam *exam, const struct hyp_plugin *plugin,
			const struct hyper_call *call)
{
	for (size_t i = 0; i < call->copy_count; i++) {
		const struct hyp_found *copy =
			&call->found[call->found_count + i];
		const char *handle = copy->seen->handle;

		if (!hyp_exam_found(exam, "machine-copy", plugin->name,
				    copy->id,
				    "%s has its marks, but is another: hyper "
				    "leaves it alone",
				    handle ? handle : "one in its engine"))
			return HYPER_ERR_NOMEM;
	}
	return 0;
}

/* It has answered. */
static int compare(struct hyp_exam *exam, struct ask *ask)
{
	HYP_CLEANUP(hyper_machines_free_p) hyper_machines *after = NULL;
	const struct hyper_call *call = &ask->job->call;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ask->before->list.n; i++) {
		const hyper_machine *machine = ask->before->list.items[i];
		bool missing = !was_found(call, machine->uuid);

		if (missing || hyp_state_is_passing(machine->state))
			rc = check_known(exam, machine, missing);
	}
	if (rc == 0)
		rc = load_machines(exam, ask->plugin->name, &after);
	for (size_t i = 0; rc == 0 && i < call->found_count; i++)
		if (!knows(ask->before, call->found[i].uuid) &&
		    !knows(after, call->found[i].uuid))
			rc = check_unknown(exam, ask->plugin, &call->found[i]);
	return rc ? rc : check_copies(exam, ask->plugin, call);
}

static int ask_wait(struct ask *ask)
{
	return ask->job ? hyp_job_finish(ask->job, &ask->error)
			: hyper_error_code(ask->error);
}

/* Another engine has taken the place of the one that the machines were on. */
static int accept(struct hyp_exam *exam, struct ask *ask)
{
	struct hyp_plugin *plugin = ask->plugin;
	HYP_AUTOERROR *error = NULL;
	hyper_finding *finding =
		hyp_exam_found(exam, "engine-changed", plugin->name, NULL, "%s",
			       hyper_error_message(ask->error));
	int rc;

	if (!finding)
		return HYPER_ERR_NOMEM;
	if (!exam->repair)
		return 0;
	if (hyp_identity_forget(plugin, &error))
		return hyp_exam_acted(exam, finding, hyper_error_message(error),
				      false);
	rc = hyp_exam_acted(exam, finding, "taken for theirs from now on",
			    true);
	ask_clear(ask);
	*ask = (struct ask){ 0 };
	return rc ? rc : ask_start(exam, plugin, ask);
}

static int ask_finish(struct hyp_exam *exam, struct ask *ask)
{
	int rc = ask_wait(ask);
	bool other = rc && ask->job && ask->job->other_engine;

	if (other && accept(exam, ask))
		return HYPER_ERR_NOMEM;
	if (other && exam->repair)
		rc = ask_wait(ask);
	if (rc == 0)
		return compare(exam, ask);
	/* Who has no machines need not be there. */
	if (rc != HYPER_ERR_NOT_SUPPORTED && !other &&
	    ask->before->list.n > 0 &&
	    !hyp_exam_found(exam, "driver", ask->plugin->name, NULL, "%s",
			    hyper_error_message(ask->error)))
		return HYPER_ERR_NOMEM;
	rc = 0;
	for (size_t i = 0; rc == 0 && i < ask->before->list.n; i++)
		rc = check_known(exam, ask->before->list.items[i], false);
	return rc;
}

/* Machines whose driver is gone. */
static int check_drivers(struct hyp_exam *exam)
{
	HYP_AUTOSTRV names = { 0 };
	int rc;

	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(exam->local->store, &tx, exam->err);
		if (rc == 0)
			rc = hyp_machine_drivers(&tx, &names, exam->err);
	}
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		HYP_AUTOERROR *error = NULL;
		struct hyp_plugin *plugin;

		if (hyp_plugin_find(exam->local, names.items[i], &plugin,
				    &error) &&
		    !hyp_exam_found(exam, "driver", names.items[i], NULL, "%s",
				    hyper_error_message(error)))
			rc = HYPER_ERR_NOMEM;
	}
	return rc;
}

int hyp_exam_engines(struct hyp_exam *exam)
{
	struct hyp_local *local = exam->local;
	HYP_AUTOFREE struct ask *asks = NULL;
	int rc = hyp_plugins_load(local, exam->err);

	if (rc == 0)
		rc = check_drivers(exam);
	if (rc)
		return rc;
	asks = calloc(local->plugin_count + 1, sizeof(*asks));
	if (!asks)
		return hyp_nomem(exam->err);
	/* All at once: the slowest says how long it takes. A connection that
	 * only reads opens no drivers. */
	for (size_t i = 0; rc == 0 && i < local->plugin_count; i++)
		if (!local->plugins[i].broken &&
		    !(local->base.flags & HYPER_OPEN_READONLY))
			rc = ask_start(exam, &local->plugins[i], &asks[i]);
	for (size_t i = 0; i < local->plugin_count; i++) {
		if (rc == 0 && asks[i].plugin)
			rc = ask_finish(exam, &asks[i]);
		ask_clear(&asks[i]);
	}
	return rc;
}
