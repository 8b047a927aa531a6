/* SPDX-License-Identifier: MIT */
/* Finds the drivers, and loads each at the first need; knows none by name. */
#include "local/local.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log.h"
#include "util/env.h"
#include "util/fs.h"

/* [new] Beside the library, wherever that was installed to, unless the
 * environment says. */
static char *driver_dir(void)
{
	static const char ours[] = HYPER_DRIVER_SUBDIR;
	const char *dir = hyp_getenv("HYPER_DRIVER_DIR");
	HYP_AUTOFREE char *library = NULL;
	char *slash;
	Dl_info info;

	if (dir)
		return strdup(dir);
	if (dladdr(ours, &info))
		library = realpath(info.dli_fname, NULL);
	slash = library ? strrchr(library, '/') : NULL;
	if (!slash)
		return NULL;
	*slash = '\0';
	return hyp_path_join(library, ours);
}

/* "drv_<name>.so" */
static int is_driver(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 7 && strncmp(entry->d_name, "drv_", 4) == 0 &&
	       strcmp(entry->d_name + len - 3, ".so") == 0;
}

/* Code that others may write runs with our rights: not before this is so. */
static int check_file(const char *path, hyper_error **err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return hyp_errno(err, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode))
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "%s is not a file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "%s belongs to user %u, not to root or "
				       "the user that loads it",
				       path, (unsigned)st.st_uid);
	if (st.st_mode & S_IWOTH)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "%s can be written by everybody", path);
	return 0;
}

static int check_driver(const hyper_driver *driver, const char *name,
			hyper_error **err)
{
	if (!driver)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "it does not work with driver ABI %d, "
				       "which this hyper has",
				       HYPER_DRIVER_ABI);
	if (driver->abi != HYPER_DRIVER_ABI)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "it has driver ABI %u, this hyper %d",
				       driver->abi, HYPER_DRIVER_ABI);
	if (driver->size < offsetof(hyper_driver, probe) || !driver->name ||
	    !driver->version || !driver->open || !driver->close)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "its description is not complete");
	if (strcmp(driver->name, name) != 0)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "it calls itself '%s', its file '%s'",
				       driver->name, name);
	return 0;
}

static int load(struct hyp_plugin *plugin, hyper_error **err)
{
	const hyper_driver *driver;
	hyper_driver_entry_fn entry;
	void *object;
	size_t size;
	int rc = check_file(plugin->file, err);

	if (rc == 0)
		rc = hyp_check_type(plugin->name, err);
	if (rc)
		return rc;
	object = dlopen(plugin->file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!object)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL, "%s",
				       dlerror());
	/* The way around ISO C's ban of casts from data to functions, which
	 * dlsym(3) names. */
	*(void **)&entry = dlsym(object, "hyper_driver_entry");
	if (!entry)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "%s has no hyper_driver_entry()",
				       plugin->file);
	driver = entry(HYPER_DRIVER_ABI);
	rc = check_driver(driver, plugin->name, err);
	if (rc)
		return rc;
	size = driver->size < sizeof(*driver) ? driver->size : sizeof(*driver);
	memcpy(&plugin->driver, driver, size);
	return 0;
}

static int add_plugin(struct hyp_local *local, const char *dir,
		      const char *entry, hyper_error **err)
{
	struct hyp_plugin *plugin = &local->plugins[local->plugin_count];

	plugin->file = hyp_path_join(dir, entry);
	plugin->name = strndup(entry + 4, strlen(entry) - 7);
	if (!plugin->file || !plugin->name) {
		free(plugin->file);
		free(plugin->name);
		return hyp_nomem(err);
	}
	plugin->local = local;
	plugin->host.plugin = plugin;
	pthread_mutex_init(&plugin->open_lock, NULL);
	pthread_mutex_init(&plugin->seen_lock, NULL);
	local->plugin_count++;
	return 0;
}

static int find_files(struct hyp_local *local, hyper_error **err)
{
	const char *dir = local->driver_dir;
	struct dirent **entries;
	int n = dir ? scandir(dir, &entries, is_driver, alphasort) : -1;
	int rc = 0;

	if (n < 0) {
		char text[128];

		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, NULL,
				       "cannot read the driver directory %s: "
				       "%s",
				       dir ? dir : "beside the library",
				       strerror_r(errno, text, sizeof(text)));
	}
	local->plugins = calloc((size_t)n + 1, sizeof(*local->plugins));
	if (!local->plugins)
		rc = hyp_nomem(err);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_plugin(local, dir, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* Which there are, once. Under the lock. */
static int find_all(struct hyp_local *local, hyper_error **err)
{
	int rc;

	if (local->found)
		return 0;
	free(local->driver_dir);
	local->driver_dir = driver_dir();
	rc = find_files(local, err);
	if (rc)
		hyp_plugins_free(local);
	local->found = rc == 0;
	return rc;
}

/* One of them, once, when it is needed: the libraries of an engine that nobody
 * asks for cost time and memory. Under the lock. */
static void need(struct hyp_plugin *plugin)
{
	if (plugin->loaded)
		return;
	plugin->loaded = true;
	if (load(plugin, &plugin->broken)) {
		hyp_error_set_driver(plugin->broken, plugin->name);
		hyp_warn("driver %s: %s", plugin->name,
			 hyper_error_message(plugin->broken));
	}
}

int hyp_plugins_load(struct hyp_local *local, hyper_error **err)
{
	int rc;

	pthread_mutex_lock(&local->load_lock);
	rc = find_all(local, err);
	for (size_t i = 0; rc == 0 && i < local->plugin_count; i++)
		need(&local->plugins[i]);
	pthread_mutex_unlock(&local->load_lock);
	return rc;
}

/* NULL: there is none of that name. */
static int find(struct hyp_local *local, const char *name,
		struct hyp_plugin **ret_plugin, hyper_error **err)
{
	int rc;

	pthread_mutex_lock(&local->load_lock);
	rc = find_all(local, err);
	for (size_t i = 0; rc == 0 && i < local->plugin_count; i++)
		if (strcmp(local->plugins[i].name, name) == 0) {
			need(&local->plugins[i]);
			*ret_plugin = &local->plugins[i];
		}
	pthread_mutex_unlock(&local->load_lock);
	return rc;
}

int hyp_plugin_find(struct hyp_local *local, const char *name,
		    struct hyp_plugin **ret_plugin, hyper_error **err)
{
	struct hyp_plugin *plugin = NULL;
	int rc = find(local, name, &plugin, err);

	if (rc)
		return rc;
	if (!plugin)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, "type",
				       "no driver '%s' in %s", name,
				       local->driver_dir);
	if (plugin->broken)
		return hyper_error_set(err, HYPER_ERR_NO_DRIVER, "type",
				       "driver '%s' cannot be used: %s", name,
				       hyper_error_message(plugin->broken));
	*ret_plugin = plugin;
	return 0;
}
