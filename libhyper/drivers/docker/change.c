/* SPDX-License-Identifier: MIT */
/* Other limits for a container, also while it runs. */
#include "decode.h"
#include "docker.h"
#include "util/buf.h"

/* [takes] value. False: out of memory. */
static bool put(json_object *object, const char *name, json_object *value)
{
	if (object && value && json_object_object_add(object, name, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

static json_object *new_policy(bool autostart)
{
	json_object *policy = json_object_new_object();

	if (put(policy, "Name",
		json_object_new_string(autostart ? "unless-stopped" : "no")))
		return policy;
	json_object_put(policy);
	return NULL;
}

/* Only what differs: an adopted container may have what we know nothing of. */
static json_object *new_update(const hyper_machine *machine,
			       const hyper_machine *to)
{
	uint64_t mem = hyper_machine_mem(to) << 20;
	uint64_t cpus = hyper_machine_vcpus(to) * UINT64_C(1000000000);
	bool autostart = hyper_machine_autostart(to);
	HYP_AUTOJSON *json = json_object_new_object();
	bool ok = json != NULL;

	/* Swap as when it is made: no more than memory once more. Without a
	 * word on it, it would stay behind, and be refused. */
	if (ok && hyper_machine_mem(machine) != hyper_machine_mem(to))
		ok = put(json, "Memory", json_object_new_uint64(mem)) &&
		     put(json, "MemorySwap", json_object_new_uint64(2 * mem));
	if (ok && hyper_machine_vcpus(machine) != hyper_machine_vcpus(to))
		ok = put(json, "NanoCpus", json_object_new_uint64(cpus));
	if (ok && hyper_machine_autostart(machine) != autostart)
		ok = put(json, "RestartPolicy", new_policy(autostart));
	return ok ? hyp_steal(&json) : NULL;
}

static int update(struct hyp_docker *docker, const hyper_call *call,
		  const char *which, json_object *json, const char *id,
		  hyper_error **err)
{
	HYP_AUTOBUF path = HYP_BUF_INIT;
	HYP_AUTOREPLY reply = { 0 };
	int rc;

	hyp_buf_addf(&path, "/containers/%s/update", which);
	if (path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_post(docker->engine, call, path.data, json, &reply,
			     err);
	if (rc || reply.status == 200)
		return rc;
	/* The container is there: it is the call that is not (old Podmans). */
	if (reply.status == 404 || reply.status == 405)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "type",
				       "this engine cannot change containers");
	return hyp_reply_error(&reply, err, "change container of machine '%s'",
			       id);
}

int hyp_container_change(void *self, hyper_call *call,
			 const hyper_machine *machine, const hyper_machine *to,
			 hyper_machine *seen, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL, *wanted = NULL;
	int rc = hyp_spec_check_mem(to, err);

	if (!rc)
		rc = hyp_container_need(self, call, machine, &json, err);
	if (rc)
		return rc;
	wanted = new_update(machine, to);
	if (!wanted)
		return hyp_docker_nomem(err);
	rc = update(self, call, hyp_decode_id(json), wanted,
		    hyper_machine_id(machine), err);
	return rc ? rc : hyp_container_inspect(self, call, machine, seen, err);
}
