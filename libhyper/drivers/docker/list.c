/* SPDX-License-Identifier: MIT */
/* Which containers the engine has: ours, and what could become ours. */
#include <string.h>

#include "docker.h"
#include "util/text.h"

HYP_DEFINE_CLEANUP(hyper_machine, hyper_machine_free)
HYP_DEFINE_CLEANUP(hyper_error, hyper_error_free)

/* How long one of a list may take to be inspected, ms, and which part of the
 * time that is left for all. */
#define LOOK_MAX   500
#define LOOK_SHARE 8

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

/* One that hangs leaves time for the others. */
static uint32_t look_limit(const hyper_call *call)
{
	uint32_t share = hyper_call_remaining(call) / LOOK_SHARE;

	return share < LOOK_MAX ? share : LOOK_MAX;
}

/* Why could one not be inspected: is the engine lost, or is it that one alone?
 * Its connection breaks in both cases. */
static int check_engine(struct hyp_docker *docker, const hyper_call *call,
			int why, hyper_error **err)
{
	bool podman;
	int rc = hyper_call_check(call, err);

	if (rc || (why != HYPER_ERR_CONNECT && why != HYPER_ERR_PROTOCOL))
		return rc;
	return hyp_engine_is_podman(docker->engine, call, &podman, err);
}

/* Inspecting tells more than a list, and so does who looks at one machine: a
 * list alone counts only for what cannot be inspected. NOT_FOUND: it has gone
 * meanwhile. */
static int see(struct hyp_docker *docker, const hyper_call *call,
	       json_object *item, hyper_machine *seen, hyper_error **err)
{
	HYP_CLEANUP(hyper_error_free_p) hyper_error *why = NULL;
	HYP_AUTOBUF reason = HYP_BUF_INIT;
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_get_within(docker, call, hyp_decode_id(item),
					  look_limit(call), &json, &why);

	if (!rc)
		return json ? hyp_decode_container(json, seen, err)
			    : HYPER_ERR_NOT_FOUND;
	rc = check_engine(docker, call, rc, err);
	if (rc)
		return rc;
	hyp_buf_addf(&reason, "it cannot be inspected: %s",
		     hyper_error_message(why));
	return reason.failed ? hyp_docker_nomem(err)
			     : hyp_decode_listed(item, reason.data, seen, err);
}

static int report(struct hyp_docker *docker, hyper_call *call,
		  json_object *item, hyper_error **err)
{
	json_object *labels = hyp_json_at(item, "Labels");
	const char *machine = hyp_json_str(labels, HYP_LABEL_MACHINE);
	const char *uuid = hyp_json_str(labels, HYP_LABEL_UUID);
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *seen = NULL;
	int rc;

	if (!hyp_decode_id(item) || !machine || !uuid)
		return 0;
	seen = hyper_machine_new();
	if (!seen)
		return hyp_docker_nomem(err);
	rc = see(docker, call, item, seen, err);
	if (rc == HYPER_ERR_NOT_FOUND)
		return 0;
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
	for (size_t i = 0; !rc && i < json_object_array_length(list); i++)
		rc = report(docker, call, json_object_array_get_idx(list, i),
			    err);
	return rc;
}
