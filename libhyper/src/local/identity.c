/* SPDX-License-Identifier: MIT */
#include "local/identity.h"

#include <string.h>

#include "core/log.h"
#include "local/list.h"
#include "local/observe.h"
#include "util/time.h"

/* How long one look may take, ms. */
#define LOOK_MS 1000

/* Who is it? What is known of that holds until the engine is lost. */
static int who(struct hyp_job *job, bool afresh, char **ret_engine,
	       hyper_error **err)
{
	struct hyp_plugin *plugin = job->plugin;
	HYP_AUTOERROR *error = NULL;
	HYP_AUTOFREE char *engine = NULL;
	unsigned int losses;
	int rc;

	pthread_mutex_lock(&plugin->seen_lock);
	losses = plugin->losses;
	if (!afresh && plugin->engine && plugin->identified == losses)
		engine = strdup(plugin->engine);
	pthread_mutex_unlock(&plugin->seen_lock);
	if (engine) {
		*ret_engine = hyp_steal(&engine);
		return 0;
	}
	rc = hyper_call_check(&job->call, err);
	if (rc)
		return rc;
	rc = plugin->driver.identify(plugin->self, &job->call, &engine, &error);
	if (rc && rc != HYPER_ERR_NOT_SUPPORTED) {
		hyp_error_move(err, &error);
		return rc;
	}
	if (!engine)
		engine = strdup("one that tells nothing of itself");
	*ret_engine = engine ? strdup(engine) : NULL;
	if (!*ret_engine)
		return hyp_nomem(err);
	pthread_mutex_lock(&plugin->seen_lock);
	free(plugin->engine);
	plugin->engine = hyp_steal(&engine);
	plugin->identified = losses;
	pthread_mutex_unlock(&plugin->seen_lock);
	return 0;
}

static int load_engine(struct hyp_plugin *plugin, char **ret_engine,
		       hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(plugin->local->store, &tx, err);

	return rc ? rc : hyp_driver_engine(&tx, plugin->name, ret_engine, err);
}

static int load_machines(struct hyp_plugin *plugin,
			 hyper_machines **ret_machines, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(plugin->local->store, &tx, err);

	return rc ? rc
		  : hyp_machine_of_driver(&tx, plugin->name, ret_machines, err);
}

static int store(struct hyp_plugin *plugin, const char *engine,
		 hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(plugin->local->store, &tx, err);

	if (rc == 0)
		rc = hyp_driver_set_engine(&tx, plugin->name, engine, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}

/* Should the engine have it? One that is just being added may be the first
 * there; but what became of one that was is asked for by its own job. */
static bool is_expected(const struct hyp_job *job, const hyper_machine *machine)
{
	if (machine->state == HYPER_STATE_CREATING)
		return job->verb != HYP_VERB_ADD && job->machine &&
		       strcmp(job->machine->uuid, machine->uuid) == 0;
	return machine->state != HYPER_STATE_MISSING;
}

static bool any_expected(const struct hyp_job *job,
			 const hyper_machines *machines)
{
	for (size_t i = 0; i < machines->list.n; i++)
		if (is_expected(job, machines->list.items[i]))
			return true;
	return false;
}

/* Identities change for all sorts of reasons: a new name of the host, a new
 * board. An engine that has ours is the right one. */
static int find_ours(const struct hyp_job *job, const hyper_machines *machines,
		     bool *ret_found, hyper_error **err)
{
	HYP_AUTOJOB *list = NULL;
	int rc = hyp_job_new_list(job->plugin, machines, &list, err);

	if (rc)
		return rc;
	list->call.parent = &job->call;
	list->call.deadline = job->call.deadline;
	rc = hyp_list_run(list, err);
	for (size_t i = 0; rc == 0 && i < machines->list.n; i++) {
		const hyper_machine *machine = machines->list.items[i];
		const struct hyp_found *found =
			hyp_list_find(&list->call, machine->uuid);

		/* An adopted one that cannot be looked at is told of, too. */
		*ret_found |=
			found && (!machine->adopted || found->seen->state);
	}
	return rc ? rc : hyper_call_check(&job->call, err);
}

static bool brings(const struct hyp_job *job)
{
	return job->verb == HYP_VERB_ADD || job->verb == HYP_VERB_FIND;
}

static int compare(struct hyp_job *job, const char *engine, hyper_error **err)
{
	struct hyp_plugin *plugin = job->plugin;
	HYP_CLEANUP(hyper_machines_free_p) hyper_machines *machines = NULL;
	HYP_AUTOFREE char *known = NULL;
	HYP_AUTOERROR *error = NULL;
	bool expected, found = false;
	int rc = load_engine(plugin, &known, err);

	if (rc || (known && strcmp(known, engine) == 0))
		return rc;
	rc = known ? load_machines(plugin, &machines, err) : 0;
	if (rc)
		return rc;
	expected = known && any_expected(job, machines);
	/* Where none is, whoever brings the first one says where they are. */
	if (known && !expected && !brings(job))
		return 0;
	if (expected) {
		if (hyp_driver_can(&plugin->driver, HYP_VERB_LIST))
			rc = find_ours(job, machines, &found, err);
		job->other_engine = rc == 0 && !found;
	}
	if (rc)
		return rc;
	if (job->other_engine)
		return hyper_error_set(
			err, HYPER_ERR_CONNECT, NULL,
			"another engine answers (%s) than the one that the "
			"machines are on (%s), and it has none of them; if it "
			"has taken its place, let the doctor repair this",
			engine, known);
	/* On a full disk the next one will note it. */
	if (store(plugin, engine, &error))
		hyp_info("driver %s: cannot note its engine: %s", plugin->name,
			 hyper_error_message(error));
	return 0;
}

static int check(struct hyp_job *job, bool afresh, hyper_error **err)
{
	HYP_AUTOFREE char *engine = NULL;
	int rc;

	if (!job->plugin->driver.identify)
		return 0;
	rc = who(job, afresh, &engine, err);
	if (rc == 0)
		rc = compare(job, engine, err);
	/* That would be taken for the machine's. */
	if (rc == HYPER_ERR_NOT_FOUND)
		rc = hyper_error_wrap(err, HYPER_ERR_DRIVER, NULL,
				      "driver '%s' cannot tell which engine it "
				      "is",
				      job->plugin->name);
	return rc;
}

/* Does a look at the machine tell that the engine is the right one? That costs
 * less than to ask it, where it has the machine. The look may hang: it has a
 * thread of its own. */
static bool is_seen(const struct hyp_job *job)
{
	HYP_AUTOJOB *look = NULL;
	int rc = hyper_call_check(&job->call, NULL);

	if (rc == 0)
		rc = hyp_job_new(job->plugin, HYP_VERB_INSPECT, &look, NULL);
	if (rc == 0)
		look->machine = hyper_machine_copy(job->machine);
	if (rc || !look->machine || hyp_job_start(look, LOOK_MS, NULL))
		return false;
	if (hyp_observe_wait(look, hyp_mono_ms() + LOOK_MS))
		return hyp_job_result(look, NULL) == 0;
	hyp_job_give_up(look);
	return false;
}

int hyp_identity_before(struct hyp_job *job, hyper_error **err)
{
	switch (job->verb) {
	case HYP_VERB_ADD:
	case HYP_VERB_FIND:
	case HYP_VERB_PULL:
	case HYP_VERB_IMPORT:
	case HYP_VERB_IMAGE_REMOVE:
		return check(job, false, err);
	case HYP_VERB_PLAN:
		return job->planned == HYP_VERB_START ||
				       job->planned == HYP_VERB_STOP ||
				       job->planned == HYP_VERB_CHANGE
			       ? 0
			       : check(job, false, err);
	case HYP_VERB_REMOVE:
		/* What never was there would be taken for removed. */
		return job->plugin->driver.identify && is_seen(job)
			       ? 0
			       : check(job, true, err);
	case HYP_VERB_IMAGE_LIST:
		return job->decides ? check(job, false, err) : 0;
	default:
		return 0;
	}
}

/* Is one not there that should be? */
static bool is_any_absent(const struct hyp_job *job)
{
	for (size_t i = 0; i < job->known->list.n; i++) {
		const hyper_machine *m = job->known->list.items[i];

		if (is_expected(job, m) && !hyp_list_find(&job->call, m->uuid))
			return true;
	}
	return false;
}

int hyp_identity_after(struct hyp_job *job, int rc, hyper_error **err)
{
	bool absent = false;
	int other = 0;

	switch (job->verb) {
	case HYP_VERB_INSPECT:
	case HYP_VERB_START:
	case HYP_VERB_STOP:
		absent = rc == HYPER_ERR_NOT_FOUND;
		break;
	case HYP_VERB_LIST:
		absent = rc == 0 && is_any_absent(job);
		break;
	default:
		break;
	}
	if (absent)
		other = check(job, true, err);
	else if (rc == 0 && job->verb == HYP_VERB_LIST && job->decides &&
		 job->call.found_count > 0)
		/* It may be known by another name now. */
		other = check(job, false, err);
	return other ? other : rc;
}

void hyp_identity_lost(struct hyp_plugin *plugin)
{
	pthread_mutex_lock(&plugin->seen_lock);
	plugin->losses++;
	pthread_mutex_unlock(&plugin->seen_lock);
}

int hyp_identity_forget(struct hyp_plugin *plugin, hyper_error **err)
{
	hyp_identity_lost(plugin);
	return store(plugin, NULL, err);
}
