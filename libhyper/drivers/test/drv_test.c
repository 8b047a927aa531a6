/* SPDX-License-Identifier: MIT */
/*
 * The test driver: machines that are only make-believe, and that go wrong on
 * demand. libhyper/docs/DRIVER_TEST.md is its page.
 */
#include <hyper/driver.h>
#include <hyper/version.h>

#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "script.h"
#include "util/mem.h"
#include "util/time.h"

HYP_DEFINE_CLEANUP(hyper_error, hyper_error_free)

struct self {
	hyper_driver_host *host;
	struct engine *engine;
};

/* A step of an op: first what the machine's script says, then the driver's. */
static int step(struct self *self, hyper_call *call,
		const hyper_machine *machine, const char *op, int number,
		hyper_error **err)
{
	const char *own =
		machine ? hyper_machine_option(machine, "script") : NULL;
	const char *all = hyper_driver_setting(self->host, "script", NULL);
	int rc = script_run(own, op, number, call, err);

	return rc ? rc : script_run(all, op, number, call, err);
}

static int test_open(hyper_driver_host *host, void **ret_self,
		     hyper_error **err)
{
	const char *keep = hyper_driver_setting(host, "keep", "no");
	HYP_AUTOFREE struct self *self = calloc(1, sizeof(*self));
	int rc;

	if (!self)
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	rc = script_check(hyper_driver_setting(host, "script", NULL), err);
	if (rc == 0)
		rc = script_run(hyper_driver_setting(host, "script", NULL),
				"open", 1, NULL, err);
	if (rc == 0)
		rc = engine_open(hyper_driver_dir(host),
				 strcmp(keep, "yes") == 0, &self->engine, err);
	if (rc)
		return rc;
	self->host = host;
	*ret_self = hyp_steal(&self);
	return 0;
}

static void test_close(void *data)
{
	struct self *self = data;

	engine_release(self->engine);
	free(self);
}

static int test_probe(void *data, hyper_call *call, char **ret_engine,
		      hyper_error **err)
{
	int rc = step(data, call, NULL, "probe", 1, err);

	if (rc)
		return rc;
	*ret_engine = strdup("make-believe");
	return 0;
}

static int test_identify(void *data, hyper_call *call, char **ret_identity,
			 hyper_error **err)
{
	const struct self *self = data;
	int rc = step(data, call, NULL, "identify", 1, err);

	return rc ? rc : engine_identity(self->engine, ret_identity, err);
}

/* Say what is so of a machine. */
static int see(const struct entry *entry, const hyper_machine *machine,
	       hyper_machine *seen, hyper_error **err)
{
	bool runs = entry->state == HYPER_STATE_RUNNING;
	const hyper_port *port;
	char address[32];
	char handle[sizeof(entry->uuid) + sizeof(entry->id)];
	const char *dot = strchr(entry->id, '.');
	int rc = hyper_machine_saw_state(
		seen, entry->state, hyper_state_name(entry->state), NULL, err);

	/* "ID.NAME" is a copy of ID: no id has a dot. */
	snprintf(handle, sizeof(handle), "%s%s", entry->uuid, dot ? dot : "");
	if (rc == 0)
		rc = hyper_machine_saw_handle(seen, handle, err);
	if (rc || !runs)
		return rc;
	/* RFC 5737: addresses for documentation, which nobody has. */
	snprintf(address, sizeof(address), "192.0.2.%d",
		 1 + (entry->uuid[0] * 7 + entry->uuid[1]) % 254);
	rc = hyper_machine_saw_address(seen, address, err);
	for (size_t i = 0; machine && rc == 0 &&
			   (port = hyper_machine_port(machine, i)) != NULL;
	     i++) {
		hyper_port real = *port;

		if (real.host_port == 0)
			real.host_port = (uint16_t)(49152 + i);
		rc = hyper_machine_saw_port(seen, &real, err);
	}
	return rc;
}

static int no_machine(const char *field, const char *id, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, field,
			       "the engine has no machine '%s'", id);
}

/* The one of a name, or of a uuid. */
static int find(struct self *self, const char *name, struct entry *entry,
		hyper_error **err)
{
	HYP_AUTOFREE struct entry *entries = NULL;
	size_t n = 0;
	int rc = engine_all(self->engine, &entries, &n, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (strcmp(entries[i].id, name) == 0 ||
		    strcmp(entries[i].uuid, name) == 0) {
			*entry = entries[i];
			return 0;
		}
	return no_machine("name", name, err);
}

static bool is_ours(const struct entry *entry, const hyper_machine *machine)
{
	return !entry->mark[0] &&
	       strcmp(entry->uuid, hyper_machine_uuid(machine)) == 0;
}

/* The machine, if the engine has it and it is ours. */
static int get(struct self *self, const hyper_machine *machine,
	       struct entry *entry, hyper_error **err)
{
	const char *id = hyper_machine_id(machine);
	int rc;

	if (hyper_machine_adopted(machine))
		return find(self, hyper_machine_handle(machine), entry, err);
	rc = engine_get(self->engine, id, entry, err);

	if (rc == HYPER_ERR_NOT_FOUND || (rc == 0 && !is_ours(entry, machine)))
		return no_machine("id", id, err);
	return rc;
}

static int test_add(void *data, hyper_call *call, const hyper_machine *machine,
		    hyper_machine *seen, hyper_error **err)
{
	struct self *self = data;
	const char *id = hyper_machine_id(machine);
	const char *uuid = hyper_machine_uuid(machine);
	const char *image = hyper_machine_image(machine);
	struct entry entry = { 0 };
	int rc = script_check(hyper_machine_option(machine, "script"), err);

	/* Made by an earlier call: there is no step left. */
	if (rc == 0 && get(self, machine, &entry, NULL) == 0 && entry.state)
		return see(&entry, machine, seen, err);
	if (rc == 0)
		rc = step(self, call, machine, "add", 1, err);
	if (rc)
		return rc;
	if (!engine_has_image(self->engine, image))
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				       "no image '%s'", image);
	rc = engine_get(self->engine, id, &entry, err);
	if (rc == 0 && !is_ours(&entry, machine))
		return hyper_error_set(err, HYPER_ERR_EXISTS, "id",
				       "the engine has a machine '%s' that is "
				       "not ours",
				       id);
	if (rc && rc != HYPER_ERR_NOT_FOUND)
		return rc;
	snprintf(entry.id, sizeof(entry.id), "%s", id);
	snprintf(entry.uuid, sizeof(entry.uuid), "%s", uuid);
	if (rc == HYPER_ERR_NOT_FOUND) {
		rc = engine_put(self->engine, &entry, err);
		if (rc)
			return rc;
	}
	rc = step(self, call, machine, "add", 2, err);
	if (rc) {
		engine_delete(self->engine, id, NULL);
		return rc;
	}
	if (entry.state == 0)
		entry.state = HYPER_STATE_STOPPED;
	rc = engine_put(self->engine, &entry, err);
	if (rc == 0)
		rc = step(self, call, machine, "add", 3, err);
	if (rc) {
		engine_delete(self->engine, id, NULL);
		return rc;
	}
	return see(&entry, machine, seen, err);
}

/* What changes a machine is alike: three steps, with the change behind the
 * second. State 0: it stays what it is. */
static int change(struct self *self, hyper_call *call,
		  const hyper_machine *machine, const char *op, int state,
		  hyper_machine *seen, hyper_error **err)
{
	struct entry entry;
	int rc = step(self, call, machine, op, 1, err);

	if (rc == 0)
		rc = get(self, machine, &entry, err);
	if (rc == 0)
		rc = step(self, call, machine, op, 2, err);
	if (rc)
		return rc;
	/* It may have been removed since. */
	rc = get(self, machine, &entry, err);
	if (rc)
		return rc;
	if (state)
		entry.state = state;
	rc = engine_put(self->engine, &entry, err);
	if (rc == 0)
		rc = step(self, call, machine, op, 3, err);
	return rc ? rc : see(&entry, machine, seen, err);
}

static int test_start(void *data, hyper_call *call,
		      const hyper_machine *machine, hyper_machine *seen,
		      hyper_error **err)
{
	return change(data, call, machine, "start", HYPER_STATE_RUNNING, seen,
		      err);
}

/* It keeps nothing of what it says: a make-believe guest needs no memory. */
static int test_change(void *data, hyper_call *call,
		       const hyper_machine *machine, const hyper_machine *to,
		       hyper_machine *seen, hyper_error **err)
{
	(void)to;
	return change(data, call, machine, "change", 0, seen, err);
}

/* A guest that does not listen. */
static int outwait(hyper_call *call, uint32_t timeout_ms, uint32_t flags,
		   hyper_error **err)
{
	int64_t until = hyp_mono_ms() + timeout_ms;
	int rc = 0;

	while (rc == 0 && hyp_mono_ms() < until) {
		hyp_sleep_ms(5);
		rc = hyper_call_check(call, err);
	}
	if (rc || (flags & HYPER_FORCE))
		return rc;
	return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
			       "the guest has not stopped after %u ms: use "
			       "force to kill it",
			       timeout_ms);
}

static int test_stop(void *data, hyper_call *call, const hyper_machine *machine,
		     uint32_t timeout_ms, uint32_t flags, hyper_machine *seen,
		     hyper_error **err)
{
	struct self *self = data;
	struct entry entry;
	int rc = get(self, machine, &entry, err);

	if (rc == 0 && entry.state == HYPER_STATE_RUNNING &&
	    (script_ignores(hyper_machine_option(machine, "script"), "stop") ||
	     script_ignores(hyper_driver_setting(self->host, "script", NULL),
			    "stop")))
		rc = outwait(call, timeout_ms, flags, err);
	return rc ? rc
		  : change(self, call, machine, "stop", HYPER_STATE_STOPPED,
			   seen, err);
}

static int test_remove(void *data, hyper_call *call,
		       const hyper_machine *machine, uint32_t flags,
		       hyper_error **err)
{
	struct self *self = data;
	struct entry entry;
	HYP_CLEANUP(hyper_error_free_p) hyper_error *error = NULL;
	int rc = step(self, call, machine, "remove", 1, err);

	if (rc)
		return rc;
	rc = get(self, machine, &entry, &error);
	if (rc == HYPER_ERR_NOT_FOUND)
		return 0;
	if (rc)
		return hyper_error_set(err, rc, NULL, "%s",
				       hyper_error_message(error));
	if (entry.state == HYPER_STATE_RUNNING && !(flags & HYPER_FORCE))
		return hyper_error_set(err, HYPER_ERR_STATE, "state",
				       "machine '%s' runs", entry.id);
	rc = step(self, call, machine, "remove", 2, err);
	if (rc == 0)
		rc = engine_delete(self->engine, entry.id, err);
	if (rc == 0)
		rc = step(self, call, machine, "remove", 3, err);
	return rc;
}

static int test_inspect(void *data, hyper_call *call,
			const hyper_machine *machine, hyper_machine *seen,
			hyper_error **err)
{
	struct entry entry;
	int rc = step(data, call, machine, "inspect", 1, err);

	if (rc == 0)
		rc = get(data, machine, &entry, err);
	/* Half-made is not there: whoever finds it takes it away. */
	if (rc == 0 && entry.state == 0)
		rc = no_machine("id", entry.id, err);
	return rc ? rc : see(&entry, machine, seen, err);
}

static int check_mark(const struct entry *entry, uint32_t flags,
		      hyper_error **err)
{
	bool none = strcmp(entry->mark, "-") == 0;

	if (none || (entry->mark[0] && (flags & HYPER_FORCE)))
		return 0;
	return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
			       "'%s' is a machine of %s", entry->id,
			       entry->mark[0] ? "another hyper: use force if "
						"that is gone"
					      : "this hyper");
}

static int test_find(void *data, hyper_call *call, const char *name,
		     uint32_t flags, hyper_machine *found, hyper_error **err)
{
	struct self *self = data;
	struct entry entry;
	int rc = step(self, call, NULL, "find", 1, err);

	if (rc == 0)
		rc = find(self, name, &entry, err);
	if (rc == 0 && entry.state == 0)
		rc = no_machine("name", name, err);
	if (rc == 0)
		rc = check_mark(&entry, flags, err);
	if (rc == 0)
		rc = hyper_machine_set_mem(found, 64, err);
	if (rc)
		return rc;
	/* It may be none that an id could be. */
	hyper_machine_set_id(found, entry.id, NULL);
	return see(&entry, NULL, found, err);
}

static int test_list(void *data, hyper_call *call, hyper_error **err)
{
	struct self *self = data;
	HYP_AUTOFREE struct entry *entries = NULL;
	size_t n = 0;
	int rc = step(self, call, NULL, "list", 1, err);

	if (rc == 0)
		rc = engine_all(self->engine, &entries, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		hyper_machine *seen;
		char id[sizeof(entries[i].id)];

		if (entries[i].state == 0 || entries[i].mark[0])
			continue;
		snprintf(id, sizeof(id), "%.*s",
			 (int)strcspn(entries[i].id, "."), entries[i].id);
		seen = hyper_machine_new();
		if (!seen)
			return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
					       "out of memory");
		rc = see(&entries[i], NULL, seen, err);
		if (rc == 0)
			rc = hyper_call_found_machine(call, id, entries[i].uuid,
						      seen, err);
		hyper_machine_free(seen);
	}
	return rc;
}

static int test_image_list(void *data, hyper_call *call, const char *name,
			   hyper_error **err)
{
	struct self *self = data;
	int rc = step(self, call, NULL, "image-list", 1, err);

	for (size_t i = 0; rc == 0; i++) {
		HYP_AUTOFREE char *image = engine_image_at(self->engine, i);

		if (!image)
			break;
		if (!name || strcmp(name, image) == 0)
			rc = hyper_call_found_image(call, image, NULL, "none",
						    0, 0, err);
	}
	return rc;
}

static int test_pull(void *data, hyper_call *call, const char *name,
		     hyper_error **err)
{
	struct self *self = data;
	int rc = step(self, call, NULL, "pull", 1, err);

	if (rc == 0 && strncmp(name, "no-", 3) == 0)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				     "the registry has no image '%s'", name);
	if (rc == 0)
		rc = step(self, call, NULL, "pull", 2, err);
	return rc ? rc : engine_add_image(self->engine, name, err);
}

static int test_import(void *data, hyper_call *call, const char *name,
		       const char *path, hyper_error **err)
{
	struct self *self = data;
	int rc = step(self, call, NULL, "import", 1, err);

	if (rc == 0 && access(path, R_OK) < 0)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "path",
				     "cannot read %s", path);
	if (rc == 0 && engine_has_image(self->engine, name))
		rc = hyper_error_set(err, HYPER_ERR_EXISTS, "name",
				     "there is an image '%s'", name);
	if (rc == 0)
		rc = step(self, call, NULL, "import", 2, err);
	return rc ? rc : engine_add_image(self->engine, name, err);
}

static int test_image_remove(void *data, hyper_call *call, const char *name,
			     hyper_error **err)
{
	struct self *self = data;
	int rc = step(self, call, NULL, "image-remove", 1, err);

	if (rc)
		return rc;
	if (!engine_has_image(self->engine, name))
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "no image '%s'", name);
	engine_remove_image(self->engine, name);
	return 0;
}

/* What it says is make-believe as all that it does; but it refuses what the op
 * would refuse. */
static int test_plan(void *data, hyper_call *call, const hyper_plan *plan,
		     hyper_error **err)
{
	static const char *const verbs[] = {
		[HYPER_PLAN_ADD] = "make",
		[HYPER_PLAN_START] = "start",
		[HYPER_PLAN_STOP] = "stop",
		[HYPER_PLAN_REMOVE] = "remove",
		[HYPER_PLAN_CHANGE] = "change",
		[HYPER_PLAN_PULL] = "pull",
		[HYPER_PLAN_IMPORT] = "import",
		[HYPER_PLAN_IMAGE_REMOVE] = "remove",
	};
	struct self *self = data;
	const hyper_machine *machine = plan->machine;
	const char *image = machine ? hyper_machine_image(machine) : plan->name;
	bool needs = plan->kind == HYPER_PLAN_ADD ||
		     plan->kind == HYPER_PLAN_IMAGE_REMOVE;
	struct entry entry;
	int rc = step(self, call, machine, "plan", 1, err);

	if (rc == 0 && needs && !engine_has_image(self->engine, image))
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND,
				     machine ? "image" : "name",
				     "no image '%s'", image);
	if (rc == 0 && machine && plan->kind != HYPER_PLAN_ADD)
		rc = get(self, machine, &entry, err);
	return rc ? rc
		  : hyper_call_plan(
			    call, err, "%s the make-believe %s '%s'",
			    verbs[plan->kind], machine ? "machine" : "image",
			    machine ? hyper_machine_id(machine) : image);
}

static int test_watch(void *data, hyper_call *call, hyper_error **err)
{
	struct self *self = data;
	int rc = step(self, call, NULL, "watch", 1, err);

	return rc ? rc : engine_watch(self->engine, call, err);
}

HYPER_DRIVER_ENTRY
{
	static const char *const kinds[] = { "vm", "container", NULL };
	static const char *const features[] = { "mem",	   "vcpus", "env",
						"command", "ports", NULL };
	static const char *const options[] = { "script", NULL };
	static const char *const settings[] = { "keep", "script", NULL };
	static const hyper_driver driver = {
		.abi = HYPER_DRIVER_ABI,
		.size = sizeof(driver),
		.name = "test",
		.version = HYPER_VERSION_STRING,
		.kinds = kinds,
		.features = features,
		.options = options,
		.settings = settings,
		.default_mem = 128,
		.default_vcpus = 1,
		/* Whoever has a real image of that name means that one. */
		.flags = HYPER_DRIVER_LAST_RESORT,
		.open = test_open,
		.close = test_close,
		.probe = test_probe,
		.machine_add = test_add,
		.machine_start = test_start,
		.machine_stop = test_stop,
		.machine_remove = test_remove,
		.machine_inspect = test_inspect,
		.machine_list = test_list,
		.image_list = test_image_list,
		.image_pull = test_pull,
		.image_import = test_import,
		.image_remove = test_image_remove,
		.watch = test_watch,
		.machine_find = test_find,
		.identify = test_identify,
		.machine_change = test_change,
		.plan = test_plan,
	};

	return host_abi == HYPER_DRIVER_ABI ? &driver : NULL;
}
