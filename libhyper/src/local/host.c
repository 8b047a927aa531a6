/* SPDX-License-Identifier: MIT */
/* The host as a driver sees it: opening, places, settings, claims. */
#include "local/local.h"

#include <string.h>

#include "local/claim.h"
#include "local/observer.h"
#include "util/fs.h"

static int open_driver(struct hyp_plugin *plugin, hyper_error **err)
{
	struct hyper_driver_host *host = &plugin->host;
	int rc = hyp_settings_check(&plugin->local->settings, plugin->name,
				    plugin->driver.settings, err);

	if (rc == 0)
		rc = hyp_observer_check(plugin, err);
	if (rc)
		return rc;
	if (!host->dir)
		host->dir = hyp_path_join(plugin->local->dir, plugin->name);
	if (!host->dir)
		return hyp_nomem(err);
	/* Engines that run as other users must get through. */
	if (hyp_mkdir_p(host->dir, 0711))
		return hyp_errno(err, "cannot make %s", host->dir);
	return plugin->driver.open(host, &plugin->self, err);
}

int hyp_plugin_open(struct hyp_plugin *plugin, hyper_error **err)
{
	struct hyper_driver_host *host = &plugin->host;
	int rc = 0;

	/* To open a driver makes directories, claims engines, observes. */
	if (plugin->local->base.flags & HYPER_OPEN_READONLY)
		return hyper_error_set(err, HYPER_ERR_DENIED, NULL,
				       "the connection is read-only: it opens "
				       "no drivers");
	pthread_mutex_lock(&plugin->open_lock);
	if (!plugin->opened) {
		rc = open_driver(plugin, err);
		plugin->opened = rc == 0;
		if (rc) {
			hyp_claim_release(host->claim);
			host->claim = NULL;
		}
	}
	pthread_mutex_unlock(&plugin->open_lock);
	if (rc == 0)
		hyp_observe_start(plugin);
	return rc;
}

void hyp_plugins_free(struct hyp_local *local)
{
	for (size_t i = 0; i < local->plugin_count; i++) {
		struct hyp_plugin *plugin = &local->plugins[i];

		if (plugin->opened)
			plugin->driver.close(plugin->self);
		hyp_claim_release(plugin->host.claim);
		free(plugin->host.dir);
		free(plugin->name);
		free(plugin->file);
		free(plugin->engine);
		free(plugin->seen_reason);
		hyp_strv_free(&plugin->copies);
		hyp_strv_free(&plugin->news.ids);
		hyp_strv_free(&plugin->news.handles);
		hyp_strv_free(&plugin->news.later);
		hyper_error_free(plugin->broken);
		pthread_mutex_destroy(&plugin->open_lock);
		pthread_mutex_destroy(&plugin->seen_lock);
	}
	free(local->plugins);
	local->plugins = NULL;
	local->plugin_count = 0;
}

const char *hyper_driver_instance(const hyper_driver_host *host)
{
	return hyp_store_instance(host->plugin->local->store);
}

const char *hyper_driver_dir(const hyper_driver_host *host)
{
	return host->dir;
}

const char *hyper_driver_setting(const hyper_driver_host *host, const char *key,
				 const char *fallback)
{
	const char *value = hyp_settings_get(&host->plugin->local->settings,
					     host->plugin->name, key);

	return value ? value : fallback;
}

/* Say who it is that has what we want, and how to reach it. */
static int say_busy(hyper_driver_host *host, int64_t pid, hyper_error **err)
{
	struct hyp_plugin *plugin = host->plugin;
	struct hyp_process process = { 0 };
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(plugin->local->store, &tx, NULL);

	if (rc == 0)
		rc = hyp_process_by_pid(&tx, pid, &process, NULL);
	if (rc)
		rc = hyper_error_set(
			err, HYPER_ERR_BUSY, NULL,
			"driver '%s' is held by process %lld of this state",
			plugin->name, (long long)pid);
	else if (process.endpoint)
		rc = hyper_error_set(
			err, HYPER_ERR_BUSY, NULL,
			"driver '%s' is held by %s (process %lld): talk to it "
			"at %s",
			plugin->name, process.program, (long long)pid,
			process.endpoint);
	else
		rc = hyper_error_set(err, HYPER_ERR_BUSY, NULL,
				     "driver '%s' is held by %s (process %lld)",
				     plugin->name, process.program,
				     (long long)pid);
	hyp_process_clear(&process);
	return rc;
}

int hyper_driver_claim(hyper_driver_host *host, hyper_error **err)
{
	HYP_AUTOFREE char *path = hyp_path_join(host->dir, "claim");
	int64_t pid = 0, owner;
	int rc = 0;

	if (!path)
		return hyp_nomem(err);
	/* Several ops may find that they need it at once. */
	pthread_mutex_lock(&host->plugin->seen_lock);
	if (!host->claim)
		rc = hyp_claim_take(path, &host->claim, &pid, err);
	pthread_mutex_unlock(&host->plugin->seen_lock);
	if (rc == HYPER_ERR_BUSY)
		return say_busy(host, pid, err);
	/* So that others can tell who we are. */
	return rc ? rc : hyp_local_owner(host->plugin->local, &owner, err);
}
