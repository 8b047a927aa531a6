/* SPDX-License-Identifier: MIT */
#include "local/identity.h"

#include <stdatomic.h>
#include <string.h>

#include "core/log.h"
#include "local/list.h"

/* Whoever only shows what is there needs not know which it is. */
static bool matters(const struct hyp_job *job)
{
	return job->plugin->driver.identify && job->verb != HYP_VERB_PROBE &&
	       job->verb != HYP_VERB_IMAGE_LIST;
}

/* Who it was, and which machines should be there. */
static int load(struct hyp_plugin *plugin, char **ret_engine,
		hyper_machines **ret_machines, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(plugin->local->store, &tx, err);

	if (rc == 0)
		rc = hyp_driver_engine(&tx, plugin->name, ret_engine, err);
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

/* One that is just being added may be the first there. */
static bool any_expected(const hyper_machines *machines)
{
	for (size_t i = 0; i < machines->list.n; i++) {
		const hyper_machine *machine = machines->list.items[i];

		if (machine->state != HYPER_STATE_MISSING &&
		    machine->state != HYPER_STATE_CREATING)
			return true;
	}
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

		*ret_found |= hyp_list_find(&list->call, machine->uuid) != NULL;
	}
	return rc;
}

static int compare(struct hyp_job *job, const char *engine, hyper_error **err)
{
	struct hyp_plugin *plugin = job->plugin;
	HYP_CLEANUP(hyper_machines_free_p) hyper_machines *machines = NULL;
	HYP_AUTOFREE char *known = NULL;
	HYP_AUTOERROR *error = NULL;
	bool same, right = false;
	int rc = load(plugin, &known, &machines, err);

	if (rc)
		return rc;
	same = known && strcmp(known, engine) == 0;
	if (same)
		return 0;
	if (!known || !any_expected(machines))
		right = true;
	else if (hyp_driver_can(&plugin->driver, HYP_VERB_LIST))
		rc = find_ours(job, machines, &right, err);
	if (rc)
		return rc;
	job->other_engine = !right;
	if (!right)
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

int hyp_identity_check(struct hyp_job *job, hyper_error **err)
{
	struct hyp_plugin *plugin = job->plugin;
	unsigned int losses = atomic_load(&plugin->losses);
	HYP_AUTOFREE char *engine = NULL;
	HYP_AUTOERROR *error = NULL;
	int rc;

	if (!matters(job) || atomic_load(&plugin->identified) == losses)
		return 0;
	rc = hyper_call_check(&job->call, err);
	if (rc)
		return rc;
	rc = plugin->driver.identify(plugin->self, &job->call, &engine, &error);
	if (rc && rc != HYPER_ERR_NOT_SUPPORTED) {
		hyp_error_move(err, &error);
		return rc;
	}
	rc = compare(job, engine ? engine : "one that tells nothing of itself",
		     err);
	if (rc == 0)
		atomic_store(&plugin->identified, losses);
	return rc;
}

void hyp_identity_lost(struct hyp_plugin *plugin)
{
	atomic_fetch_add(&plugin->losses, 1);
}

int hyp_identity_forget(struct hyp_plugin *plugin, hyper_error **err)
{
	hyp_identity_lost(plugin);
	return store(plugin, NULL, err);
}
