/* SPDX-License-Identifier: MIT */
/* The record of a machine: making, reading, comparing. */
#include "core/record.h"

#include <arpa/inet.h>
#include <string.h>

#include <hyper/driver.h>

#include "util/text.h"

hyper_machine *hyper_machine_new(void)
{
	hyper_machine *machine = calloc(1, sizeof(*machine));

	if (machine)
		machine->fields = HYP_FIELDS_ALL;
	return machine;
}

void hyper_machine_free(hyper_machine *machine)
{
	if (!machine)
		return;
	free(machine->id);
	free(machine->type);
	free(machine->image);
	hyp_ports_free(&machine->ports);
	hyp_map_free(&machine->env);
	hyp_map_free(&machine->labels);
	hyp_map_free(&machine->options);
	hyp_strv_free(&machine->command);
	free(machine->uuid);
	free(machine->driver_state);
	free(machine->state_reason);
	free(machine->handle);
	hyp_strv_free(&machine->addresses);
	free(machine);
}

static int copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -1 : 0;
}

hyper_machine *hyper_machine_copy(const hyper_machine *machine)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *copy = NULL;

	copy = malloc(sizeof(*copy));
	if (!copy)
		return NULL;
	*copy = *machine;
	copy->id = copy->type = copy->image = copy->uuid = NULL;
	copy->driver_state = copy->state_reason = copy->handle = NULL;
	copy->ports = (struct hyp_ports){ 0 };
	copy->env = copy->labels = copy->options = (struct hyp_map){ 0 };
	copy->command = copy->addresses = (struct hyp_strv){ 0 };
	if (copy_text(&copy->id, machine->id) ||
	    copy_text(&copy->type, machine->type) ||
	    copy_text(&copy->image, machine->image) ||
	    copy_text(&copy->uuid, machine->uuid) ||
	    copy_text(&copy->driver_state, machine->driver_state) ||
	    copy_text(&copy->state_reason, machine->state_reason) ||
	    copy_text(&copy->handle, machine->handle) ||
	    hyp_ports_copy(&copy->ports, &machine->ports) ||
	    hyp_map_copy(&copy->env, &machine->env) ||
	    hyp_map_copy(&copy->labels, &machine->labels) ||
	    hyp_map_copy(&copy->options, &machine->options) ||
	    hyp_strv_copy(&copy->command, &machine->command) ||
	    hyp_strv_copy(&copy->addresses, &machine->addresses))
		return NULL;
	return hyp_steal(&copy);
}

/* Most getters are alike. */
#define GETTER(type, field)                                                    \
	type hyper_machine_##field(const hyper_machine *machine)               \
	{                                                                      \
		return machine->field;                                         \
	}
GETTER(const char *, id)
GETTER(const char *, uuid)
GETTER(const char *, type)
GETTER(const char *, image)
GETTER(uint64_t, mem)
GETTER(uint32_t, vcpus)
GETTER(bool, autostart)
GETTER(int, state)
GETTER(const char *, driver_state)
GETTER(const char *, state_reason)
GETTER(const char *, handle)
GETTER(bool, adopted)
GETTER(int64_t, observed_at)
GETTER(bool, stale)
GETTER(int64_t, created_at)
GETTER(int64_t, updated_at)
GETTER(uint64_t, generation)

#define MAP_GETTERS(name, map)                                                 \
	const char *hyper_machine_##name(const hyper_machine *machine,         \
					 const char *key)                      \
	{                                                                      \
		return hyp_map_get(&machine->map, key);                        \
	}                                                                      \
	const char *hyper_machine_##name##_key(const hyper_machine *machine,   \
					       size_t index)                   \
	{                                                                      \
		return index < machine->map.n ? machine->map.pairs[index].key  \
					      : NULL;                          \
	}
MAP_GETTERS(label, labels)
MAP_GETTERS(env, env)
MAP_GETTERS(option, options)

const char *hyper_machine_address(const hyper_machine *machine, size_t index)
{
	return hyp_strv_at(&machine->addresses, index);
}

const hyper_port *hyper_machine_port(const hyper_machine *machine, size_t index)
{
	return index < machine->ports.n ? &machine->ports.items[index] : NULL;
}

const char *const *hyper_machine_command(const hyper_machine *machine)
{
	return (const char *const *)machine->command.items;
}

/* What an engine says need not be UTF-8, nor one line. */
static int see_text(char **slot, const char *text, hyper_error **err)
{
	int rc = hyp_set_text(slot, text, err);

	if (rc == 0 && *slot)
		hyp_text_clean(*slot);
	return rc;
}

int hyper_machine_saw_state(hyper_machine *seen, int state,
			    const char *driver_state, const char *reason,
			    hyper_error **err)
{
	if (state != HYPER_STATE_STOPPED && state != HYPER_STATE_STARTING &&
	    state != HYPER_STATE_RUNNING && state != HYPER_STATE_PAUSED &&
	    state != HYPER_STATE_STOPPING && state != HYPER_STATE_ERROR)
		return hyper_error_set(err, HYPER_ERR_INVALID, "state",
				       "state %d: a driver cannot see it",
				       state);
	if (see_text(&seen->driver_state, driver_state, err) ||
	    see_text(&seen->state_reason, reason, err))
		return HYPER_ERR_NOMEM;
	seen->state = state;
	return 0;
}

int hyper_machine_saw_handle(hyper_machine *seen, const char *handle,
			     hyper_error **err)
{
	return see_text(&seen->handle, handle, err);
}

int hyper_machine_saw_address(hyper_machine *seen, const char *address,
			      hyper_error **err)
{
	unsigned char parsed[sizeof(struct in6_addr)];

	/* Guests say what they like: what is no address is none. */
	if (!address || (inet_pton(AF_INET, address, parsed) != 1 &&
			 inet_pton(AF_INET6, address, parsed) != 1))
		return 0;
	if (hyp_strv_has(&seen->addresses, address))
		return 0;
	if (seen->addresses.n == HYP_ITEMS_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "addresses",
				       "more than %d addresses", HYP_ITEMS_MAX);
	return hyp_strv_add(&seen->addresses, address) ? hyp_nomem(err) : 0;
}

int hyper_machine_saw_port(hyper_machine *seen, const hyper_port *port,
			   hyper_error **err)
{
	if (seen->ports.n == HYP_ITEMS_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "ports",
				       "more than %d ports", HYP_ITEMS_MAX);
	return hyp_ports_add(&seen->ports, port) ? hyp_nomem(err) : 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Take a text over if it differs. */
static int observe_text(char **slot, const char *text, bool *changed,
			hyper_error **err)
{
	if (same_text(*slot, text))
		return 0;
	*changed = true;
	return hyp_set_text(slot, text, err);
}

int hyp_machine_observe(hyper_machine *machine, const hyper_machine *seen,
			bool *ret_changed, hyper_error **err)
{
	bool changed = false;

	if (seen->state && machine->state != seen->state) {
		machine->state = seen->state;
		changed = true;
	}
	if (observe_text(&machine->driver_state, seen->driver_state, &changed,
			 err) ||
	    observe_text(&machine->state_reason, seen->state_reason, &changed,
			 err))
		return HYPER_ERR_NOMEM;
	if (seen->handle &&
	    observe_text(&machine->handle, seen->handle, &changed, err))
		return HYPER_ERR_NOMEM;
	if (!hyp_strv_equal(&machine->addresses, &seen->addresses)) {
		struct hyp_strv copy = { 0 };

		if (hyp_strv_copy(&copy, &seen->addresses))
			return hyp_nomem(err);
		hyp_strv_free(&machine->addresses);
		machine->addresses = copy;
		changed = true;
	}
	/* A stopped machine has no ports in most engines: the ones that were
	 * asked for stay. */
	if (seen->ports.n > 0 &&
	    !hyp_ports_equal(&machine->ports, &seen->ports)) {
		struct hyp_ports copy = { 0 };

		if (hyp_ports_copy(&copy, &seen->ports))
			return hyp_nomem(err);
		hyp_ports_free(&machine->ports);
		machine->ports = copy;
		changed = true;
	}
	*ret_changed = changed;
	return 0;
}
