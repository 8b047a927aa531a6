/* SPDX-License-Identifier: MIT */
/* What a local connection tells of itself and of its drivers. */
#include "local/job.h"
#include "local/ops.h"

static int set_words(struct hyp_strv *strv, const char *const *words)
{
	return words ? hyp_strv_set(strv, words) : 0;
}

static int set_features(struct hyp_strv *strv, const hyper_driver *driver)
{
	static const struct {
		enum hyp_verb verb;
		const char *name;
	} abilities[] = {
		{ HYP_VERB_IMAGE_LIST, "image-list" },
		{ HYP_VERB_PULL, "image-pull" },
		{ HYP_VERB_IMPORT, "image-import" },
		{ HYP_VERB_IMAGE_REMOVE, "image-remove" },
		{ HYP_VERB_FIND, "adopt" },
		{ HYP_VERB_CHANGE, "change" },
	};
	int rc = set_words(strv, driver->features);

	if (rc == 0 && (driver->flags & HYPER_DRIVER_LAST_RESORT))
		rc = hyp_strv_add(strv, "last-resort");
	for (size_t i = 0; rc == 0 && i < HYP_COUNT(abilities); i++)
		if (hyp_driver_can(driver, abilities[i].verb))
			rc = hyp_strv_add(strv, abilities[i].name);
	return rc;
}

/* What is known without asking the engine. */
static int describe(const struct hyp_plugin *plugin,
		    hyper_driver_info **ret_info, hyper_error **err)
{
	HYP_CLEANUP(hyp_driver_info_free_p)
	hyper_driver_info *info = calloc(1, sizeof(*info));

	if (!info || hyp_set_text(&info->name, plugin->name, NULL) ||
	    hyp_set_text(&info->file, plugin->file, NULL))
		return hyp_nomem(err);
	if (plugin->broken) {
		if (hyp_set_text(&info->reason,
				 hyper_error_message(plugin->broken), NULL))
			return hyp_nomem(err);
	} else if (hyp_set_text(&info->version, plugin->driver.version, NULL) ||
		   set_words(&info->kinds, plugin->driver.kinds) ||
		   set_features(&info->features, &plugin->driver)) {
		return hyp_nomem(err);
	}
	*ret_info = hyp_steal(&info);
	return 0;
}

/* A driver under way to tell whether it is there. */
struct probe {
	struct hyp_job *job;
	int rc;
	hyper_error *error; /* why it could not begin */
};

static void start_probe(struct probe *probe, struct hyp_plugin *plugin)
{
	if (plugin->broken)
		return;
	probe->rc =
		hyp_job_new(plugin, HYP_VERB_PROBE, &probe->job, &probe->error);
	if (probe->rc == 0)
		probe->rc = hyp_job_start(probe->job,
					  hyp_verb_limit(HYP_VERB_PROBE),
					  &probe->error);
}

static void probe_clear(struct probe *probe)
{
	hyp_job_leave(probe->job);
	hyper_error_free(probe->error);
}

/* What the engine says. A driver that has no probe is there. */
static int finish_probe(struct probe *probe, hyper_driver_info *info,
			hyper_error **err)
{
	struct hyp_job *job = probe->job;
	HYP_AUTOERROR *error = hyp_steal(&probe->error);

	info->available = !info->reason;
	if (info->reason || probe->rc == HYPER_ERR_NOT_SUPPORTED)
		return 0;
	info->available = probe->rc == 0 && hyp_job_finish(job, &error) == 0;
	if (!info->available)
		return hyp_set_text(&info->reason, hyper_error_message(error),
				    err);
	return hyp_set_text(&info->engine, job->engine, err);
}

int hyp_local_driver_list(hyper_conn *conn, hyper_drivers **ret_drivers,
			  hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_CLEANUP(hyper_drivers_free_p)
	hyper_drivers *drivers = hyp_drivers_new();
	HYP_AUTOFREE struct probe *probes = NULL;
	int rc = drivers ? hyp_plugins_load(local, err) : hyp_nomem(err);

	if (rc)
		return rc;
	probes = calloc(local->plugin_count + 1, sizeof(*probes));
	if (!probes)
		return hyp_nomem(err);
	for (size_t i = 0; i < local->plugin_count; i++)
		start_probe(&probes[i], &local->plugins[i]);
	for (size_t i = 0; i < local->plugin_count; i++) {
		HYP_CLEANUP(hyp_driver_info_free_p)
		hyper_driver_info *info = NULL;

		if (rc == 0)
			rc = describe(&local->plugins[i], &info, err);
		if (rc == 0)
			rc = finish_probe(&probes[i], info, err);
		if (rc == 0) {
			if (hyp_list_add(&drivers->list, info))
				rc = hyp_nomem(err);
			else
				info = NULL;
		}
		probe_clear(&probes[i]);
	}
	if (rc)
		return rc;
	*ret_drivers = hyp_steal(&drivers);
	return 0;
}

int hyp_local_info(hyper_conn *conn, hyper_info **ret_info, hyper_error **err)
{
	static const char *const features[] = { "async", "cancel", "cursor",
						"images", NULL };
	struct hyp_local *local = hyp_local_of(conn);
	HYP_CLEANUP(hyper_info_free_p)
	hyper_info *info = calloc(1, sizeof(*info));

	if (!info || hyp_set_text(&info->version, hyper_version(), NULL) ||
	    hyp_set_text(&info->instance, hyp_store_instance(local->store),
			 NULL) ||
	    hyp_strv_set(&info->features, features))
		return hyp_nomem(err);
	*ret_info = hyp_steal(&info);
	return 0;
}

int hyp_local_announce(hyper_conn *conn, const char *url, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOTX tx = HYP_TX_INIT;
	int64_t owner;
	int rc = hyp_local_owner(local, &owner, err);

	if (rc == 0)
		rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = hyp_process_announce(&tx, owner, url, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}
