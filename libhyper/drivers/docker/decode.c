/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

#define JSON_DEPTH 32

json_object *hyp_json_text(const char *text, size_t len)
{
	HYP_AUTOJSON *json = NULL;
	json_tokener *tokener;
	bool whole;

	while (len > 0 && strchr(" \r\n\t", text[len - 1]))
		len--;
	if (len == 0 || len > INT_MAX)
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH);
	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
						JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, text, (int)len);
	whole = json_tokener_get_error(tokener) == json_tokener_success &&
		json_tokener_get_parse_end(tokener) == len;
	json_tokener_free(tokener);
	return whole ? hyp_steal(&json) : NULL;
}

json_object *hyp_json_at(json_object *json, const char *key)
{
	json_object *member = NULL;

	json_object_object_get_ex(json, key, &member);
	return member;
}

const char *hyp_json_str(json_object *json, const char *key)
{
	json_object *member = hyp_json_at(json, key);

	return json_object_is_type(member, json_type_string) &&
			       json_object_get_string_len(member) > 0
		       ? json_object_get_string(member)
		       : NULL;
}

int hyp_decode_error(const char *message, int code, const char **ret_field)
{
	/* Statuses say little, and other engines answer others. */
	static const struct {
		const char *words;
		int code;
		const char *field;
	} known[] = {
		{ "port is already allocated", HYPER_ERR_BUSY, "ports" },
		{ "address already in use", HYPER_ERR_BUSY, "ports" },
		{ "Range of CPUs", HYPER_ERR_INVALID, "vcpus" },
		{ "unable to find user", HYPER_ERR_INVALID, "options.user" },
		{ "executable file", HYPER_ERR_INVALID, "command" },
		{ "start container process: exec", HYPER_ERR_INVALID,
		  "command" },
		{ "invalid reference format", HYPER_ERR_INVALID, "image" },
		{ "must be lowercase", HYPER_ERR_INVALID, "image" },
		{ "manifest unknown", HYPER_ERR_NOT_FOUND, "image" },
		{ "name unknown", HYPER_ERR_NOT_FOUND, "image" },
		{ "pull access denied", HYPER_ERR_NOT_FOUND, "image" },
	};

	for (size_t i = 0; i < HYP_COUNT(known); i++)
		if (strstr(message, known[i].words)) {
			*ret_field = known[i].field;
			return known[i].code;
		}
	return code;
}

const char *hyp_decode_id(json_object *container)
{
	const char *id = hyp_json_str(container, "Id");

	return id && strspn(id, "0123456789abcdef") == strlen(id) ? id : NULL;
}

const char *hyp_decode_label(json_object *container, const char *label)
{
	json_object *config = hyp_json_at(container, "Config");

	return hyp_json_str(hyp_json_at(config, "Labels"), label);
}

static int state_of(const char *status)
{
	static const struct {
		const char *word;
		int state;
	} words[] = {
		{ "created", HYPER_STATE_STOPPED },
		{ "exited", HYPER_STATE_STOPPED },
		{ "running", HYPER_STATE_RUNNING },
		{ "paused", HYPER_STATE_PAUSED },
		{ "restarting", HYPER_STATE_STARTING },
		{ "removing", HYPER_STATE_STOPPING },
		{ "dead", HYPER_STATE_ERROR },
		/* Podman's. "stopping" it stays while the container runs on
		 * after it was asked to stop. */
		{ "configured", HYPER_STATE_STOPPED },
		{ "initialized", HYPER_STATE_STOPPED },
		{ "stopped", HYPER_STATE_STOPPED },
		{ "stopping", HYPER_STATE_RUNNING },
	};

	for (size_t i = 0; status && i < HYP_COUNT(words); i++)
		if (strcmp(words[i].word, status) == 0)
			return words[i].state;
	return HYPER_STATE_ERROR;
}

int hyp_decode_state(json_object *container)
{
	return state_of(
		hyp_json_str(hyp_json_at(container, "State"), "Status"));
}

static int decode_state(json_object *container, hyper_machine *seen,
			hyper_error **err)
{
	json_object *state = hyp_json_at(container, "State");
	const char *status = hyp_json_str(state, "Status");
	const char *reason = hyp_json_str(state, "Error");
	int number = hyp_decode_state(container);
	bool ended = number == HYPER_STATE_STARTING ||
		     (status && (strcmp(status, "exited") == 0 ||
				 strcmp(status, "stopped") == 0));
	char text[64];

	if (number == HYPER_STATE_RUNNING || number == HYPER_STATE_PAUSED) {
		reason = NULL;
	} else if (!reason && ended) {
		snprintf(
			text, sizeof(text), "%sexited with code %d",
			json_object_get_boolean(hyp_json_at(state, "OOMKilled"))
				? "out of memory, "
				: "",
			json_object_get_int(hyp_json_at(state, "ExitCode")));
		reason = text;
	}
	return hyper_machine_saw_state(seen, number, status, reason, err);
}

static int decode_addresses(json_object *networks, hyper_machine *seen,
			    hyper_error **err)
{
	if (!json_object_is_type(networks, json_type_object))
		return 0;
	json_object_object_foreach(networks, name, network)
	{
		const char *v4 = hyp_json_str(network, "IPAddress");
		const char *v6 = hyp_json_str(network, "GlobalIPv6Address");
		int rc = 0;

		(void)name;
		if (v4)
			rc = hyper_machine_saw_address(seen, v4, err);
		if (!rc && v6)
			rc = hyper_machine_saw_address(seen, v6, err);
		if (rc)
			return rc;
	}
	return 0;
}

static bool has_port(const hyper_machine *seen, const hyper_port *port)
{
	const hyper_port *other;

	for (size_t i = 0; (other = hyper_machine_port(seen, i)); i++)
		if (!other->host_ip && !port->host_ip &&
		    other->host_port == port->host_port &&
		    other->guest_port == port->guest_port &&
		    strcmp(other->protocol, port->protocol) == 0)
			return true;
	return false;
}

/* All addresses are told once for IPv4 and once for IPv6. */
static int see_port(const char *ip, uint16_t host_port, uint16_t guest_port,
		    const char *protocol, hyper_machine *seen,
		    hyper_error **err)
{
	const hyper_port port = {
		.host_ip = ip && strcmp(ip, "0.0.0.0") != 0 &&
					   strcmp(ip, "::") != 0
				   ? ip
				   : NULL,
		.host_port = host_port,
		.guest_port = guest_port,
		.protocol = protocol,
	};

	if ((strcmp(protocol, "tcp") != 0 && strcmp(protocol, "udp") != 0) ||
	    has_port(seen, &port))
		return 0;
	return hyper_machine_saw_port(seen, &port, err);
}

/* One of the host's ports that lead to "80/tcp". */
static int decode_binding(const char *guest, json_object *binding,
			  hyper_machine *seen, hyper_error **err)
{
	const char *number = hyp_json_str(binding, "HostPort");
	const char *slash = strchr(guest, '/');
	char digits[8];
	uint64_t host_port, guest_port;

	snprintf(digits, sizeof(digits), "%.*s",
		 (int)(slash ? (size_t)(slash - guest) : strlen(guest)), guest);
	if (!number || hyp_parse_uint(number, UINT16_MAX, &host_port) ||
	    hyp_parse_uint(digits, UINT16_MAX, &guest_port) || !guest_port)
		return 0;
	return see_port(hyp_json_str(binding, "HostIp"), (uint16_t)host_port,
			(uint16_t)guest_port, slash ? slash + 1 : "tcp", seen,
			err);
}

static int decode_ports(json_object *ports, hyper_machine *seen,
			hyper_error **err)
{
	if (!json_object_is_type(ports, json_type_object))
		return 0;
	json_object_object_foreach(ports, guest, bindings)
	{
		/* null: known to the image, but not published */
		if (!json_object_is_type(bindings, json_type_array))
			continue;
		for (size_t i = 0; i < json_object_array_length(bindings);
		     i++) {
			int rc = decode_binding(
				guest, json_object_array_get_idx(bindings, i),
				seen, err);

			if (rc)
				return rc;
		}
	}
	return 0;
}

int hyp_decode_container(json_object *container, hyper_machine *seen,
			 hyper_error **err)
{
	json_object *settings = hyp_json_at(container, "NetworkSettings");
	int rc = hyper_machine_saw_handle(seen, hyp_decode_id(container), err);

	if (!rc)
		rc = decode_state(container, seen, err);
	if (!rc)
		rc = decode_addresses(hyp_json_at(settings, "Networks"), seen,
				      err);
	if (!rc)
		rc = decode_ports(hyp_json_at(settings, "Ports"), seen, err);
	return rc;
}

/* {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"} */
static int decode_listed_port(json_object *item, hyper_machine *seen,
			      hyper_error **err)
{
	const char *ip = hyp_json_str(item, "IP");
	int64_t host = json_object_get_int64(hyp_json_at(item, "PublicPort"));
	int64_t guest = json_object_get_int64(hyp_json_at(item, "PrivatePort"));
	const char *protocol = hyp_json_str(item, "Type");

	if (host <= 0 || host > UINT16_MAX || guest <= 0 || guest > UINT16_MAX)
		return 0;
	return see_port(ip, (uint16_t)host, (uint16_t)guest,
			protocol ? protocol : "tcp", seen, err);
}

int hyp_decode_listed(json_object *item, const char *reason,
		      hyper_machine *seen, hyper_error **err)
{
	const char *status = hyp_json_str(item, "State");
	json_object *ports = hyp_json_at(item, "Ports");
	json_object *settings = hyp_json_at(item, "NetworkSettings");
	int rc = hyper_machine_saw_handle(seen, hyp_decode_id(item), err);

	/* It is there, and that is all. */
	if (rc || !status)
		return rc;
	rc = hyper_machine_saw_state(seen, state_of(status), status, reason,
				     err);
	if (!rc)
		rc = decode_addresses(hyp_json_at(settings, "Networks"), seen,
				      err);
	if (!json_object_is_type(ports, json_type_array))
		return rc;
	for (size_t i = 0; !rc && i < json_object_array_length(ports); i++)
		rc = decode_listed_port(json_object_array_get_idx(ports, i),
					seen, err);
	return rc;
}
