/* SPDX-License-Identifier: MIT */
/* What is to change of a machine. */
#include <string.h>

#include "core/record.h"

hyper_changes *hyper_changes_new(void)
{
	hyper_changes *changes = calloc(1, sizeof(*changes));

	if (changes)
		changes->to = hyper_machine_new();
	if (changes && !changes->to) {
		free(changes);
		return NULL;
	}
	return changes;
}

void hyper_changes_free(hyper_changes *changes)
{
	if (!changes)
		return;
	hyper_machine_free(changes->to);
	hyp_strv_free(&changes->unlabel);
	free(changes);
}

/* A new value of a field: nothing is no value. */
static int set_number(hyper_changes *changes, const char *field, uint32_t bit,
		      bool nothing, int rc, hyper_error **err)
{
	if (nothing)
		return hyper_error_set(err, HYPER_ERR_INVALID, field,
				       "%s is 0: must be 1 or more", field);
	if (rc == 0)
		changes->fields |= bit;
	return rc;
}

int hyper_changes_set_mem(hyper_changes *changes, uint64_t mem_mib,
			  hyper_error **err)
{
	return set_number(changes, "mem", HYP_FIELD(mem), mem_mib == 0,
			  hyper_machine_set_mem(changes->to, mem_mib, err),
			  err);
}

int hyper_changes_set_vcpus(hyper_changes *changes, uint32_t vcpus,
			    hyper_error **err)
{
	return set_number(changes, "vcpus", HYP_FIELD(vcpus), vcpus == 0,
			  hyper_machine_set_vcpus(changes->to, vcpus, err),
			  err);
}

int hyper_changes_set_autostart(hyper_changes *changes, bool autostart,
				hyper_error **err)
{
	changes->fields |= HYP_FIELD(autostart);
	return hyper_machine_set_autostart(changes->to, autostart, err);
}

/* No longer one to remove. */
static void keep_label(struct hyp_strv *unlabel, const char *key)
{
	for (size_t i = 0; i < unlabel->n; i++)
		if (strcmp(unlabel->items[i], key) == 0) {
			free(unlabel->items[i]);
			unlabel->items[i] = unlabel->items[--unlabel->n];
			unlabel->items[unlabel->n] = NULL;
			return;
		}
}

int hyper_changes_set_label(hyper_changes *changes, const char *key,
			    const char *value, hyper_error **err)
{
	int rc = hyper_machine_set_label(changes->to, key, value, err);

	if (rc)
		return rc;
	if (value)
		keep_label(&changes->unlabel, key);
	else if (!hyp_strv_has(&changes->unlabel, key) &&
		 hyp_strv_add(&changes->unlabel, key))
		return hyp_nomem(err);
	return 0;
}

static int apply_labels(const hyper_changes *changes, hyper_machine *machine,
			bool *changed, hyper_error **err)
{
	const struct hyp_map *labels = &changes->to->labels;
	int rc = 0;

	/* What goes makes room. */
	for (size_t i = 0; i < changes->unlabel.n; i++) {
		const char *key = changes->unlabel.items[i];

		if (!hyp_map_get(&machine->labels, key))
			continue;
		*changed = true;
		if (hyp_map_set(&machine->labels, key, NULL))
			return hyp_nomem(err);
	}
	for (size_t i = 0; rc == 0 && i < labels->n; i++) {
		const char *key = labels->pairs[i].key;
		const char *value = labels->pairs[i].value;
		const char *old = hyp_map_get(&machine->labels, key);

		if (old && strcmp(old, value) == 0)
			continue;
		*changed = true;
		rc = hyper_machine_set_label(machine, key, value, err);
	}
	return rc;
}

bool hyp_changes_engine(const hyper_changes *changes,
			const hyper_machine *machine)
{
	const hyper_machine *to = changes->to;
	uint32_t fields = changes->fields;

	return ((fields & HYP_FIELD(mem)) && to->mem != machine->mem) ||
	       ((fields & HYP_FIELD(vcpus)) && to->vcpus != machine->vcpus) ||
	       ((fields & HYP_FIELD(autostart)) &&
		to->autostart != machine->autostart);
}

int hyp_changes_apply(const hyper_changes *changes, hyper_machine *machine,
		      bool *ret_changed, hyper_error **err)
{
	const hyper_machine *to = changes->to;

	*ret_changed = hyp_changes_engine(changes, machine);
	if (changes->fields & HYP_FIELD(mem))
		machine->mem = to->mem;
	if (changes->fields & HYP_FIELD(vcpus))
		machine->vcpus = to->vcpus;
	if (changes->fields & HYP_FIELD(autostart))
		machine->autostart = to->autostart;
	return apply_labels(changes, machine, ret_changed, err);
}
