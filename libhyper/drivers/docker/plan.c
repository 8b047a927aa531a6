/* SPDX-License-Identifier: MIT */
/* What the other ops would do. */
#include "decode.h"
#include "docker.h"

static int plan_limits(hyper_call *call, const hyper_machine *machine,
		       hyper_error **err)
{
	unsigned long long mem = hyper_machine_mem(machine);
	unsigned int cpus = hyper_machine_vcpus(machine);
	const hyper_port *port;
	int rc = 0;

	if (mem)
		rc = hyper_call_plan(call, err, "limit it to %llu MiB", mem);
	if (!rc && cpus)
		rc = hyper_call_plan(call, err, "limit it to %u vcpus", cpus);
	for (size_t i = 0; !rc && (port = hyper_machine_port(machine, i)); i++)
		rc = hyper_call_plan(
			call, err, "publish its port %u/%s at port %u of %s",
			port->guest_port, port->protocol, port->host_port,
			port->host_ip ? port->host_ip : "all addresses");
	return rc;
}

static int plan_add(struct hyp_docker *docker, hyper_call *call,
		    const hyper_machine *machine, hyper_error **err)
{
	HYP_AUTOJSON *image = NULL;
	bool made = false;
	int rc = hyp_container_check(docker, call, machine, &made, err);

	if (rc || made)
		return rc;
	rc = hyp_image_get(docker, call, hyper_machine_image(machine), &image,
			   err);
	if (!rc && !image)
		rc = hyp_container_no_image(machine, err);
	if (!rc)
		rc = hyper_call_plan(call, err,
				     "create container %s from image %s (%s)",
				     hyp_container_name(machine).text,
				     hyper_machine_image(machine),
				     hyp_json_str(image, "Id"));
	return rc ? rc : plan_limits(call, machine, err);
}

static int plan_start(struct hyp_docker *docker, hyper_call *call,
		      const hyper_machine *machine, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_need(docker, call, machine, &json, err);
	int state = rc ? 0 : hyp_decode_state(json);

	if (rc || state == HYPER_STATE_RUNNING)
		return rc;
	return hyper_call_plan(
		call, err, "%s container %s (%.12s)",
		state == HYPER_STATE_PAUSED ? "unpause" : "start",
		hyp_container_name(machine).text, hyp_decode_id(json));
}

static int plan_stop(struct hyp_docker *docker, hyper_call *call,
		     const hyper_plan *plan, hyper_error **err)
{
	const bool force = plan->flags & HYPER_FORCE;
	const struct hyp_container_name name =
		hyp_container_name(plan->machine);
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_need(docker, call, plan->machine, &json, err);

	if (rc || hyp_decode_state(json) == HYPER_STATE_STOPPED)
		return rc;
	if (force && !plan->timeout_ms)
		return hyper_call_plan(call, err, "kill container %s (%.12s)",
				       name.text, hyp_decode_id(json));
	rc = hyper_call_plan(call, err,
			     "send container %s (%.12s) its stop signal, and "
			     "wait up to %u ms until it has ended",
			     name.text, hyp_decode_id(json), plan->timeout_ms);
	if (!rc && force)
		rc = hyper_call_plan(call, err, "else kill it");
	return rc;
}

static int plan_remove(struct hyp_docker *docker, hyper_call *call,
		       const hyper_plan *plan, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_find_removable(docker, call, plan->machine,
					      plan->flags, &json, err);

	if (rc || !json)
		return rc;
	return hyper_call_plan(call, err, "%s container %s (%.12s)%s",
			       hyp_decode_state(json) == HYPER_STATE_RUNNING
				       ? "kill and remove"
				       : "remove",
			       hyp_container_name(plan->machine).text,
			       hyp_decode_id(json),
			       hyper_machine_adopted(plan->machine)
				       ? ", and leave its volumes"
				       : " with its anonymous volumes");
}

static int plan_change(struct hyp_docker *docker, hyper_call *call,
		       const hyper_machine *machine, const hyper_machine *to,
		       hyper_error **err)
{
	const struct hyp_container_name name = hyp_container_name(machine);
	bool autostart = hyper_machine_autostart(to);
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_spec_check_mem(to, err);

	if (!rc)
		rc = hyp_container_need(docker, call, machine, &json, err);
	if (!rc && hyper_machine_mem(to) != hyper_machine_mem(machine))
		rc = hyper_call_plan(
			call, err, "limit container %s to %llu MiB", name.text,
			(unsigned long long)hyper_machine_mem(to));
	if (!rc && hyper_machine_vcpus(to) != hyper_machine_vcpus(machine))
		rc = hyper_call_plan(call, err,
				     "limit container %s to %u vcpus",
				     name.text, hyper_machine_vcpus(to));
	if (!rc && autostart != hyper_machine_autostart(machine))
		rc = hyper_call_plan(
			call, err, "set the restart policy of container %s %s",
			name.text, autostart ? "to unless-stopped" : "to no");
	return rc;
}

static int plan_image_remove(struct hyp_docker *docker, hyper_call *call,
			     const char *name, hyper_error **err)
{
	HYP_AUTOJSON *image = NULL;
	int rc = hyp_image_get(docker, call, name, &image, err);

	if (!rc && !image)
		rc = hyp_image_unknown(name, err);
	return rc ? rc
		  : hyper_call_plan(call, err, "remove image %s (%s)", name,
				    hyp_json_str(image, "Id"));
}

static int plan_pull(hyper_call *call, const char *name, hyper_error **err)
{
	int rc = hyp_image_check_name(name, err);

	return rc ? rc
		  : hyper_call_plan(call, err,
				    "fetch image %s%s from its registry", name,
				    hyp_image_has_tag(name) ? "" : ":latest");
}

int hyp_docker_plan(void *self, hyper_call *call, const hyper_plan *plan,
		    hyper_error **err)
{
	switch (plan->kind) {
	case HYPER_PLAN_ADD:
		return plan_add(self, call, plan->machine, err);
	case HYPER_PLAN_START:
		return plan_start(self, call, plan->machine, err);
	case HYPER_PLAN_STOP:
		return plan_stop(self, call, plan, err);
	case HYPER_PLAN_REMOVE:
		return plan_remove(self, call, plan, err);
	case HYPER_PLAN_CHANGE:
		return plan_change(self, call, plan->machine, plan->to, err);
	case HYPER_PLAN_PULL:
		return plan_pull(call, plan->name, err);
	case HYPER_PLAN_IMAGE_REMOVE:
		return plan_image_remove(self, call, plan->name, err);
	default:
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "no plan of that kind");
	}
}
