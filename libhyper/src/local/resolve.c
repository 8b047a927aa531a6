/* SPDX-License-Identifier: MIT */
#include "local/resolve.h"

#include <stdio.h>
#include <string.h>

#include "local/images.h"
#include "util/strv.h"

static bool is_last_resort(struct hyp_local *local, const char *type)
{
	struct hyp_plugin *plugin;

	return hyp_plugin_find(local, type, &plugin, NULL) == 0 &&
	       (plugin->driver.flags & HYPER_DRIVER_LAST_RESORT);
}

/* The drivers that have the image: those of last resort, or the others. */
static int collect_types(struct hyp_local *local, const hyper_images *images,
			 bool last_resort, struct hyp_strv *types,
			 hyper_error **err)
{
	for (size_t i = 0; i < images->list.n; i++) {
		const hyper_image *image = images->list.items[i];

		if (is_last_resort(local, image->type) == last_resort &&
		    !hyp_strv_has(types, image->type) &&
		    hyp_strv_add(types, image->type))
			return hyp_nomem(err);
	}
	return 0;
}

/* The one driver that has the image. */
static int resolve_type(struct hyp_local *local, hyper_machine *machine,
			hyper_error **err)
{
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	HYP_AUTOSTRV types = { 0 };
	HYP_AUTOFREE char *list = NULL;
	int rc = hyp_images_find(local, NULL, machine->image, &images, err);

	if (rc == 0)
		rc = collect_types(local, images, false, &types, err);
	if (rc == 0 && types.n == 0)
		rc = collect_types(local, images, true, &types, err);
	if (rc)
		return rc;
	if (types.n == 0)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				       "no available driver has an image '%s'",
				       machine->image);
	if (types.n == 1)
		return hyp_set_text(&machine->type, types.items[0], err);
	list = hyp_words_join((const char *const *)types.items);
	if (!list)
		return hyp_nomem(err);
	return hyper_error_set(err, HYPER_ERR_INVALID, "type",
			       "several drivers have an image '%s' (%s): say "
			       "which type",
			       machine->image, list);
}

static int refuse(const hyper_driver *driver, const char *field,
		  hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, field,
			       "driver '%s' does not support %s", driver->name,
			       field);
}

/* Nothing that was asked for is dropped in silence. */
int hyp_check_features(const hyper_driver *driver, const hyper_machine *m,
		       hyper_error **err)
{
	const struct {
		const char *name;
		bool wanted;
	} features[] = {
		{ "mem", m->mem > 0 },	     { "vcpus", m->vcpus > 0 },
		{ "env", m->env.n > 0 },     { "command", m->command.n > 0 },
		{ "ports", m->ports.n > 0 }, { "autostart", m->autostart },
	};

	for (size_t i = 0; i < HYP_COUNT(features); i++)
		if (features[i].wanted &&
		    !hyp_words_have(driver->features, features[i].name))
			return refuse(driver, features[i].name, err);
	for (size_t i = 0; i < m->options.n; i++) {
		const char *key = m->options.pairs[i].key;
		HYP_AUTOFREE char *known = NULL;
		char field[160]; /* keys have at most 128 bytes */

		if (hyp_words_have(driver->options, key))
			continue;
		known = hyp_words_join(driver->options);
		if (!known)
			return hyp_nomem(err);
		snprintf(field, sizeof(field), "options.%s", key);
		return hyper_error_set(err, HYPER_ERR_INVALID, field,
				       "driver '%s' has no option '%s'; it "
				       "has: %s",
				       driver->name, key, known);
	}
	return 0;
}

/* A record that came from us tells of the machine that it was. */
static int forget(hyper_machine *m)
{
	m->state = 0;
	m->stale = false;
	m->observed_at = 0;
	m->fields = HYP_FIELDS_ALL;
	hyp_strv_free(&m->addresses);
	return hyp_set_text(&m->driver_state, NULL, NULL) ||
	       hyp_set_text(&m->state_reason, NULL, NULL) ||
	       hyp_set_text(&m->handle, NULL, NULL);
}

static int fill_in(const hyper_driver *driver, hyper_machine *m,
		   hyper_error **err)
{
	char uuid[HYP_UUID_SIZE];

	if (!m->id) {
		m->id = hyp_generate_id();
		if (!m->id)
			return hyp_nomem(err);
	}
	if (hyp_uuid(uuid))
		return hyp_errno(err, "cannot make a uuid");
	if (!m->mem)
		m->mem = driver->default_mem;
	if (!m->vcpus)
		m->vcpus = driver->default_vcpus;
	return hyp_set_text(&m->uuid, uuid, err);
}

int hyp_resolve(struct hyp_local *local, const hyper_machine *spec,
		hyper_machine **ret_machine, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *machine = hyper_machine_copy(spec);
	struct hyp_plugin *plugin;
	int rc = 0;

	if (!machine || forget(machine))
		return hyp_nomem(err);
	if (!machine->type)
		rc = resolve_type(local, machine, err);
	if (rc == 0)
		rc = hyp_plugin_find(local, machine->type, &plugin, err);
	if (rc == 0)
		rc = hyp_check_features(&plugin->driver, machine, err);
	if (rc == 0)
		rc = fill_in(&plugin->driver, machine, err);
	if (rc)
		return rc;
	*ret_machine = hyp_steal(&machine);
	return 0;
}
