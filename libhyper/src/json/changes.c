/* SPDX-License-Identifier: MIT */
/* Changes of a machine as a merge patch (RFC 7396): null takes a label out. */
#include "json/codec.h"

#include <hyper/rest.h>
#include <string.h>

/* clang-format off */
#define FIELD(name, kind) { #name, kind, offsetof(hyper_machine, name), NULL }
static const struct hyp_json_member members[] = {
	FIELD(mem, HYP_J_MIB),
	FIELD(vcpus, HYP_J_U32),
	FIELD(autostart, HYP_J_BOOL),
	FIELD(labels, HYP_J_LABEL_CHANGES),
	{ 0 }
};
#undef FIELD
/* clang-format on */

const struct hyp_json_record hyp_json_changes_record = {
	.what = "changes", .members = members, .size = sizeof(hyper_machine)
};

static bool is_member(const char *name)
{
	for (const struct hyp_json_member *m = members; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return true;
	return false;
}

/* Why a field of a machine is none that can be changed so. */
static int refuse(const char *name, hyper_error **err)
{
	static const char *const fixed[] = { "id",     "type",	  "image",
					     "env",    "command", "ports",
					     "options" };
	static const char *const others[] = {
#define FIELD(name) #name,
		HYP_MACHINE_FIELDS(FIELD)
#undef FIELD
	};

	for (size_t i = 0; i < HYP_COUNT(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return hyper_error_set(err, HYPER_ERR_INVALID, name,
					       "%s cannot be changed: add a "
					       "new machine with another",
					       name);
	if (strcmp(name, "state") == 0)
		return hyper_error_set(err, HYPER_ERR_INVALID, name,
				       "state is changed by starting and "
				       "stopping: PUT it");
	for (size_t i = 0; i < HYP_COUNT(others); i++)
		if (strcmp(name, others[i]) == 0)
			return hyper_error_set(err, HYPER_ERR_INVALID, name,
					       "%s is read-only", name);
	return hyper_error_set(err, HYPER_ERR_INVALID, name,
			       "unknown field '%.100s': mem, vcpus, autostart "
			       "and labels can be changed",
			       name);
}

static int check_names(struct json_object *json, hyper_error **err)
{
	json_object_object_foreach(json, name, value)
	{
		if (!is_member(name))
			return refuse(name, err);
		if (!value)
			return hyper_error_set(
				err, HYPER_ERR_INVALID, name, "%s is null: %s",
				name,
				strcmp(name, "labels") == 0
					? "name the labels to remove, each "
					  "with null"
					: "must be what it shall be");
	}
	return 0;
}

static int read_labels(struct json_object *json, hyper_changes *changes,
		       hyper_error **err)
{
	int rc = hyp_json_need(&hyp_json_user, "labels", json, json_type_object,
			       err);

	if (rc)
		return rc;
	json_object_object_foreach(json, key, value)
	{
		if (value)
			rc = hyp_json_need(&hyp_json_user, "labels", value,
					   json_type_string, err);
		if (!rc)
			rc = hyper_changes_set_label(
				changes, key,
				value ? json_object_get_string(value) : NULL,
				err);
		if (rc)
			return rc;
	}
	return 0;
}

/* Take over what was read, through the setters that C programs use. */
static int set_all(struct json_object *json, const hyper_machine *in,
		   hyper_changes *changes, hyper_error **err)
{
	struct json_object *labels;
	int rc = 0;

	if (json_object_object_get_ex(json, "mem", NULL))
		rc = hyper_changes_set_mem(changes, in->mem, err);
	if (!rc && json_object_object_get_ex(json, "vcpus", NULL))
		rc = hyper_changes_set_vcpus(changes, in->vcpus, err);
	if (!rc && json_object_object_get_ex(json, "autostart", NULL))
		rc = hyper_changes_set_autostart(changes, in->autostart, err);
	if (!rc && json_object_object_get_ex(json, "labels", &labels))
		rc = read_labels(labels, changes, err);
	return rc;
}

int hyp_json_parse_changes(const char *text, size_t len,
			   hyper_changes **ret_changes, hyper_error **err)
{
	HYP_CLEANUP(hyper_changes_free_p)
	hyper_changes *changes = hyper_changes_new();
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *in = hyper_machine_new();
	HYP_AUTOJSON *json = NULL;
	int rc;

	if (!changes || !in)
		return hyp_nomem(err);
	if (len > HYPER_REST_BODY_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "body",
				       "body has %zu bytes: at most %u", len,
				       HYPER_REST_BODY_MAX);
	rc = hyp_json_load(text, len, &hyp_json_user, &json, err);
	if (!rc)
		rc = hyp_json_need(&hyp_json_user, "body", json,
				   json_type_object, err);
	if (!rc)
		rc = check_names(json, err);
	if (!rc)
		rc = hyp_json_read_record(members, &hyp_json_user, "body", json,
					  in, err);
	if (!rc)
		rc = set_all(json, in, changes, err);
	if (!rc)
		*ret_changes = hyp_steal(&changes);
	return rc;
}

/* The labels, with null for those that go. NULL: out of memory. */
static struct json_object *new_labels(const hyper_changes *changes)
{
	HYP_AUTOJSON *json = hyp_json_new_map(&changes->to->labels);

	for (size_t i = 0; json && i < changes->unlabel.n; i++)
		if (json_object_object_add(json, changes->unlabel.items[i],
					   NULL))
			return NULL;
	return hyp_steal(&json);
}

int hyp_json_changes(const hyper_changes *changes, char **ret_json,
		     hyper_error **err)
{
	static const uint32_t bits[] = { HYP_FIELD(mem), HYP_FIELD(vcpus),
					 HYP_FIELD(autostart) };
	HYP_AUTOJSON *json = NULL;
	struct json_object *labels;
	uint32_t mask = 0;

	for (size_t i = 0; i < HYP_COUNT(bits); i++)
		if (changes->fields & bits[i])
			mask |= 1u << i;
	json = hyp_json_write_record(members, mask, changes->to);
	labels = new_labels(changes);
	if (!json || !labels ||
	    json_object_object_add(json, "labels", labels)) {
		json_object_put(labels);
		return hyp_nomem(err);
	}
	return hyp_json_finish(hyp_steal(&json), ret_json, err);
}
