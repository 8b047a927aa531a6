/* SPDX-License-Identifier: MIT */
/* Which containers the engine has: ours, and what could become ours. */
#include <string.h>

#include "docker.h"
#include "util/text.h"

HYP_DEFINE_CLEANUP(hyper_machine, hyper_machine_free)

/* [new] the path of the list of our containers; NULL: out of memory. */
static char *list_path(const struct hyp_docker *docker)
{
	HYP_AUTOJSON *filters = json_object_new_object();
	HYP_AUTOBUF label = HYP_BUF_INIT;
	HYP_AUTOBUF path = HYP_BUF_INIT;
	HYP_AUTOFREE char *part = NULL;
	json_object *labels = json_object_new_array();

	hyp_buf_addf(&label, HYP_LABEL_INSTANCE "=%s", docker->instance);
	if (!filters || !labels || label.failed ||
	    json_object_object_add(filters, "label", labels)) {
		json_object_put(labels);
		return NULL;
	}
	json_object_array_add(labels, json_object_new_string(label.data));
	part = hyp_percent_encode(
		json_object_to_json_string_ext(filters, JSON_C_TO_STRING_PLAIN),
		NULL);
	if (!part)
		return NULL;
	hyp_buf_addf(&path, "/containers/json?all=1&filters=%s", part);
	return hyp_buf_take(&path);
}

/* What only whoever made it knows. */
static int see_spec(json_object *container, hyper_machine *found,
		    hyper_error **err)
{
	json_object *host = hyp_json_at(container, "HostConfig");
	json_object *restart = hyp_json_at(host, "RestartPolicy");
	const char *image =
		hyp_json_str(hyp_json_at(container, "Config"), "Image");
	const char *name = hyp_json_str(container, "Name");
	const char *policy = hyp_json_str(restart, "Name");
	int64_t mem = json_object_get_int64(hyp_json_at(host, "Memory"));
	int64_t cpus = json_object_get_int64(hyp_json_at(host, "NanoCpus"));
	int rc = hyper_machine_set_mem(found, mem > 0 ? (uint64_t)mem >> 20 : 0,
				       err);

	if (!rc)
		rc = hyper_machine_set_vcpus(
			found, cpus > 0 ? (uint32_t)(cpus / 1000000000) : 0,
			err);
	if (!rc)
		rc = hyper_machine_set_autostart(
			found, policy && strcmp(policy, "no") != 0, err);
	if (rc)
		return rc;
	/* These may be none that we could show. */
	hyper_machine_set_image(found, image, NULL);
	if (name)
		hyper_machine_set_id(found, name + (name[0] == '/'), NULL);
	return 0;
}

/* A mark says whose it is: that of a hyper that is gone counts only as long as
 * nobody says otherwise. */
static int check_mark(const struct hyp_docker *docker, json_object *container,
		      const char *name, uint32_t flags, hyper_error **err)
{
	const char *instance = hyp_decode_label(container, HYP_LABEL_INSTANCE);
	const char *machine = hyp_decode_label(container, HYP_LABEL_MACHINE);

	if (!instance)
		return 0;
	if (strcmp(instance, docker->instance) == 0)
		return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
				       "container '%s' is machine '%s' of this "
				       "hyper",
				       name, machine ? machine : "?");
	if (flags & HYPER_FORCE)
		return 0;
	return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
			       "container '%s' is machine '%s' of another "
			       "hyper (%s): use force if that is gone",
			       name, machine ? machine : "?", instance);
}

int hyp_container_find(void *self, hyper_call *call, const char *name,
		       uint32_t flags, hyper_machine *found, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_get(self, call, name, &json, err);

	if (rc)
		return rc;
	if (!json)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "the engine has no container '%s'",
				       name);
	rc = check_mark(self, json, name, flags, err);
	if (!rc)
		rc = see_spec(json, found, err);
	return rc ? rc : hyp_decode_container(json, found, err);
}

/* Lists tell less, and in other words: so each is inspected, and what is
 * seen of a machine does not depend on who asks. */
static int report(struct hyp_docker *docker, hyper_call *call, const char *id,
		  hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *seen = NULL;
	const char *machine, *uuid;
	int rc = hyp_container_get(docker, call, id, &json, err);

	if (rc || !json)
		return rc;
	machine = hyp_decode_label(json, HYP_LABEL_MACHINE);
	uuid = hyp_decode_label(json, HYP_LABEL_UUID);
	if (!machine || !uuid)
		return 0;
	seen = hyper_machine_new();
	if (!seen)
		return hyp_docker_nomem(err);
	rc = hyp_decode_container(json, seen, err);
	return rc ? rc
		  : hyper_call_found_machine(call, machine, uuid, seen, err);
}

int hyp_container_list(void *self, hyper_call *call, hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOFREE char *path = list_path(docker);
	HYP_AUTOJSON *list = NULL;
	int rc = path ? hyp_engine_get(docker->engine, call, path, &list, err)
		      : hyp_docker_nomem(err);

	if (rc)
		return rc;
	if (!json_object_is_type(list, json_type_array))
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "the engine's list of containers is no "
				       "list");
	for (size_t i = 0; !rc && i < json_object_array_length(list); i++) {
		json_object *item = json_object_array_get_idx(list, i);
		const char *id = hyp_json_str(item, "Id");

		if (id)
			rc = report(docker, call, id, err);
	}
	return rc;
}
