/* SPDX-License-Identifier: MIT */
/* A machine's record as the body of POST /containers/create. */
#include <stdio.h>
#include <string.h>

#include "docker.h"
#include "util/text.h"

/* Docker refuses less. */
#define MEM_MIN 6

/* Put a new value into an object or at the end of an array; it is ours no
 * more. false: out of memory, also when it could not be made. */
static bool put(json_object *into, const char *key, json_object *value)
{
	if (into && value &&
	    (key ? json_object_object_add(into, key, value)
		 : json_object_array_add(into, value)) == 0)
		return true;
	json_object_put(value);
	return false;
}

static bool put_text(json_object *into, const char *key, const char *text)
{
	return !text || put(into, key, json_object_new_string(text));
}

/* The member of that name, made when it is not there. NULL: out of memory. */
static json_object *member(json_object *of, const char *key,
			   json_object *(*make)(void))
{
	json_object *found = hyp_json_at(of, key);

	if (!found && put(of, key, make()))
		found = hyp_json_at(of, key);
	return found;
}

static bool put_labels(json_object *spec, const hyper_machine *machine,
		       const char *instance)
{
	json_object *labels = member(spec, "Labels", json_object_new_object);
	const char *key;
	bool ok = put_text(labels, HYP_LABEL_INSTANCE, instance) &&
		  put_text(labels, HYP_LABEL_MACHINE,
			   hyper_machine_id(machine)) &&
		  put_text(labels, HYP_LABEL_UUID, hyper_machine_uuid(machine));

	for (size_t i = 0; ok && (key = hyper_machine_label_key(machine, i));
	     i++)
		ok = put_text(labels, key, hyper_machine_label(machine, key));
	return ok;
}

static bool put_env(json_object *spec, const hyper_machine *machine)
{
	json_object *env = member(spec, "Env", json_object_new_array);
	const char *name;
	bool ok = env;

	for (size_t i = 0; ok && (name = hyper_machine_env_key(machine, i));
	     i++) {
		HYP_AUTOBUF text = HYP_BUF_INIT;

		hyp_buf_addf(&text, "%s=%s", name,
			     hyper_machine_env(machine, name));
		ok = !text.failed && put_text(env, NULL, text.data);
	}
	return ok;
}

static bool put_command(json_object *spec, const hyper_machine *machine)
{
	const char *const *word = hyper_machine_command(machine);
	json_object *command;
	bool ok = true;

	if (!word)
		return true;
	command = member(spec, "Cmd", json_object_new_array);
	for (; ok && *word; word++)
		ok = put_text(command, NULL, *word);
	return ok;
}

static bool put_port(json_object *exposed, json_object *bindings,
		     const hyper_port *port)
{
	json_object *list, *binding;
	char guest[16], number[8];

	snprintf(guest, sizeof(guest), "%u/%s", port->guest_port,
		 port->protocol);
	snprintf(number, sizeof(number), "%u", port->host_port);
	list = member(bindings, guest, json_object_new_array);
	if (!put(list, NULL, json_object_new_object()) ||
	    !member(exposed, guest, json_object_new_object))
		return false;
	binding = json_object_array_get_idx(list,
					    json_object_array_length(list) - 1);
	return put_text(binding, "HostIp", port->host_ip) &&
	       put_text(binding, "HostPort", number);
}

static bool put_ports(json_object *spec, json_object *host,
		      const hyper_machine *machine)
{
	json_object *exposed =
		member(spec, "ExposedPorts", json_object_new_object);
	json_object *bindings =
		member(host, "PortBindings", json_object_new_object);
	const hyper_port *port;
	bool ok = exposed && bindings;

	for (size_t i = 0; ok && (port = hyper_machine_port(machine, i)); i++)
		ok = put_port(exposed, bindings, port);
	return ok;
}

/* What of the record is about the host, and not the image. */
static bool put_host(json_object *spec, const hyper_machine *machine)
{
	json_object *host = member(spec, "HostConfig", json_object_new_object);
	json_object *restart =
		member(host, "RestartPolicy", json_object_new_object);
	uint64_t mem = hyper_machine_mem(machine) << 20;
	uint64_t cpus = hyper_machine_vcpus(machine) * UINT64_C(1000000000);

	return put(host, "Memory", json_object_new_uint64(mem)) &&
	       put(host, "NanoCpus", json_object_new_uint64(cpus)) &&
	       put_text(host, "NetworkMode",
			hyper_machine_option(machine, "network")) &&
	       put_text(restart, "Name",
			hyper_machine_autostart(machine) ? "unless-stopped"
							 : "no") &&
	       put_ports(spec, host, machine);
}

static bool put_all(json_object *spec, const hyper_machine *machine,
		    const char *instance, bool tty)
{
	const char *hostname = hyper_machine_option(machine, "hostname");

	return put_text(spec, "Image", hyper_machine_image(machine)) &&
	       put_text(spec, "Hostname",
			hostname ? hostname : hyper_machine_id(machine)) &&
	       put_text(spec, "User", hyper_machine_option(machine, "user")) &&
	       put_text(spec, "WorkingDir",
			hyper_machine_option(machine, "workdir")) &&
	       put(spec, "Tty", json_object_new_boolean(tty)) &&
	       put(spec, "OpenStdin", json_object_new_boolean(tty)) &&
	       put_labels(spec, machine, instance) && put_env(spec, machine) &&
	       put_command(spec, machine) && put_host(spec, machine);
}

static int check_options(const hyper_machine *machine, bool *ret_tty,
			 hyper_error **err)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789_.-";
	const char *tty = hyper_machine_option(machine, "tty");
	const char *workdir = hyper_machine_option(machine, "workdir");
	const char *network = hyper_machine_option(machine, "network");

	if (tty && strcmp(tty, "true") != 0 && strcmp(tty, "false") != 0)
		return hyper_error_set(err, HYPER_ERR_INVALID, "options.tty",
				       "tty is '%s': must be true or false",
				       tty);
	if (workdir && workdir[0] != '/')
		return hyper_error_set(
			err, HYPER_ERR_INVALID, "options.workdir",
			"workdir is '%s': must be an absolute path", workdir);
	/* "container:X", "ns:PATH" and such are parts of what is not ours. */
	if (network && (network[0] == '.' ||
			strspn(network, name_chars) != strlen(network)))
		return hyper_error_set(err, HYPER_ERR_INVALID,
				       "options.network",
				       "network is '%s': must be the name of "
				       "a network, bridge, host or none",
				       network);
	*ret_tty = tty && strcmp(tty, "true") == 0;
	return 0;
}

int hyp_spec_check_mem(const hyper_machine *machine, hyper_error **err)
{
	uint64_t mem = hyper_machine_mem(machine);

	if (mem == 0 || mem >= MEM_MIN)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "mem",
			       "mem is %llu MiB: containers need at least %d",
			       (unsigned long long)mem, MEM_MIN);
}

int hyp_spec_json(const hyper_machine *machine, const char *instance,
		  json_object **ret_json, hyper_error **err)
{
	HYP_AUTOJSON *spec = NULL;
	const char *image = hyper_machine_image(machine), *key;
	bool tty = false;
	int rc = check_options(machine, &tty, err);

	if (!rc)
		rc = hyp_spec_check_mem(machine, err);
	if (rc)
		return rc;
	if (!hyp_image_name_valid(image))
		return hyper_error_set(err, HYPER_ERR_INVALID, "image",
				       "image is '%s': not a name of an image",
				       image);
	for (size_t i = 0; (key = hyper_machine_label_key(machine, i)); i++)
		if (hyp_starts_with(key, HYP_LABEL_PREFIX))
			return hyper_error_set(
				err, HYPER_ERR_INVALID, "labels",
				"label '%s': keys that begin with "
				"'" HYP_LABEL_PREFIX "' are hyper's own",
				key);
	spec = json_object_new_object();
	if (!put_all(spec, machine, instance, tty))
		return hyp_docker_nomem(err);
	*ret_json = hyp_steal(&spec);
	return 0;
}
