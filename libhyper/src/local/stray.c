/* SPDX-License-Identifier: MIT */
#include "local/stray.h"

#include <stdatomic.h>

#include "core/log.h"
#include "local/local.h"
#include "local/observe.h"
#include "util/time.h"

/* How long after a failed add its engine is asked for it, when there is
 * nothing else to ask it for, ms. */
#define SINCE (3600 * 1000)

struct stray {
	struct hyp_plugin *plugin;
	struct hyp_job *job;
};

int hyp_stray_drivers(struct hyp_tx *tx, struct hyp_strv *names,
		      hyper_error **err)
{
	return hyp_op_failed_adds(tx, hyp_now_ms() - SINCE, names, err);
}

static void stray_main(void *data)
{
	struct stray *stray = data;
	struct hyp_plugin *plugin = stray->plugin;
	struct hyp_job *job = stray->job;

	hyp_info("driver %s: machine '%s' was made after its add had failed: "
		 "removing it",
		 plugin->name, job->machine->id);
	if (hyp_job_start(job, hyp_verb_limit(job->verb), NULL) == 0)
		hyp_observe_wait(job, job->call.deadline + HYP_JOB_GRACE);
	hyp_observe_end(job);
	atomic_store(&plugin->sweeping, false);
	free(stray);
}

/* What it takes to remove it: what the driver told of it, and its marks. */
static int make_job(struct hyp_plugin *plugin, const struct hyp_found *found,
		    struct hyp_job **ret_job)
{
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_job_new(plugin, HYP_VERB_REMOVE, &job, NULL);

	if (rc)
		return rc;
	job->machine = hyper_machine_copy(found->seen);
	if (!job->machine || hyp_set_text(&job->machine->id, found->id, NULL) ||
	    hyp_set_text(&job->machine->uuid, found->uuid, NULL) ||
	    hyp_set_text(&job->machine->type, plugin->name, NULL))
		return HYPER_ERR_NOMEM;
	job->flags = HYPER_FORCE;
	*ret_job = hyp_steal(&job);
	return 0;
}

static int sweep(struct hyp_plugin *plugin, const struct hyp_found *found)
{
	struct stray *stray = calloc(1, sizeof(*stray));
	int rc = stray ? make_job(plugin, found, &stray->job) : HYPER_ERR_NOMEM;

	if (rc == 0) {
		stray->plugin = plugin;
		rc = hyp_local_spawn(plugin->local, stray_main, stray, NULL);
	}
	if (rc && stray) {
		hyp_job_leave(stray->job);
		free(stray);
	}
	return rc;
}

static bool is_stray(struct hyp_plugin *plugin, const struct hyp_found *found)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	bool failed = false;

	return hyp_tx_read(plugin->local->store, &tx, NULL) == 0 &&
	       hyp_op_is_failed_add(&tx, found->id, found->uuid, &failed,
				    NULL) == 0 &&
	       failed;
}

void hyp_stray_sweep(struct hyp_plugin *plugin, const struct hyper_call *call)
{
	if (!hyp_driver_can(&plugin->driver, HYP_VERB_REMOVE) ||
	    atomic_load(&plugin->sweeping))
		return;
	for (size_t i = 0; i < call->found_count; i++) {
		const struct hyp_found *found = &call->found[i];

		if (found->known || !is_stray(plugin, found))
			continue;
		if (!atomic_exchange(&plugin->sweeping, true) &&
		    sweep(plugin, found))
			atomic_store(&plugin->sweeping, false);
		break;
	}
}
