/* SPDX-License-Identifier: MIT */
/* What each member of each document is, in words, and an example. */
#include "json/build.h"

#include <string.h>

#define TIME "'2026-11-23T08:28:58.004Z'"
#define UUID "'cee738a7-8dbe-4a1e-981f-92c799be03cb'"

/* clang-format off */
static const struct hyp_json_text texts[] = {
	{ "Info", "name", "always hyper", "'hyper'" },
	{ "Info", "version", "the version that serves", "'0.1.0'" },
	{ "Info", "api", "the number of this interface", "1" },
	{ "Info", "instance", "the uuid of the state directory",
	  "'a61739b1-b77c-4743-b777-7f2c4cdc54da'" },
	{ "Info", "features", "what this version can do",
	  "['async', 'cancel', 'cursor', 'images']" },

	{ "Driver", "name", "what type of a machine says", "'docker'" },
	{ "Driver", "version", "the driver's own", "'0.1.0'" },
	{ "Driver", "kinds", "what it runs: vm, container", "['container']" },
	{ "Driver", "features", "the fields that it honours, and what it does",
	  "['mem', 'vcpus', 'env', 'command', 'ports']" },
	{ "Driver", "available", "whether it can be used now", "true" },
	{ "Driver", "reason", "why not", NULL },
	{ "Driver", "engine", "what is behind it", "'Docker 20.10.24'" },
	{ "Driver", "file", "where it was loaded from",
	  "'/usr/lib/hyper/drivers/drv_docker.so'" },

	{ "Machine", "id", "its name: a DNS label; without one, one is made",
	  "'web1'" },
	{ "Machine", "uuid", "never used twice, also when an id is", UUID },
	{ "Machine", "type", "the driver's name; without one, that of the "
	  "driver that has the image", "'test'" },
	{ "Machine", "image", "what it is made from, as the driver calls it",
	  "'demo'" },
	{ "Machine", "mem", "memory in MiB; 0: the driver's default, or no "
	  "limit", "512" },
	{ "Machine", "vcpus", "processors; 0: the driver's default, or no "
	  "limit", "1" },
	{ "Machine", "state", "what it is doing", "'stopped'" },
	{ "Machine", "driver_state", "what the engine calls that", "'stopped'" },
	{ "Machine", "state_reason", "why, where there is something to say",
	  NULL },
	{ "Machine", "handle", "the engine's own name: container id, domain "
	  "uuid", UUID },
	{ "Machine", "adopted", "hyper did not make it", "false" },
	{ "Machine", "observed_at", "when its engine was last asked", TIME },
	{ "Machine", "stale", "the engine cannot be asked, or was not for 30 s",
	  "false" },
	{ "Machine", "created_at", "when it was added", TIME },
	{ "Machine", "updated_at", "when anything of it changed last", TIME },
	{ "Machine", "addresses", "numeric addresses that were seen",
	  "['172.17.0.2']" },
	{ "Machine", "ports", "published ports", NULL },
	{ "Machine", "env", "variables, of containers", "{'LANG': 'C.UTF-8'}" },
	{ "Machine", "command", "what a container runs; null: what its image "
	  "says", "['sleep', 'infinity']" },
	{ "Machine", "labels", "your own notes", "{'tier': 'web'}" },
	{ "Machine", "autostart", "start it with its engine", "false" },
	{ "Machine", "generation", "grows with each change; the ETag", "2" },
	{ "Machine", "options", "the driver's own", "{}" },

	{ "MachineSpec", "mem", "memory in MiB, or such as 512M or 2G; 0: the "
	  "driver's default", "'512M'" },
	{ "MachineSpec", "ports", "ports to publish", "['8080:80']" },
	{ "MachineChanges", "mem", "memory in MiB, or such as 512M or 2G",
	  "'2G'" },
	{ "MachineChanges", "labels", "labels to set; null takes one out",
	  "{'tier': 'db', 'old': null}" },
	{ "StateChange", "state", "what it shall be", "'stopped'" },
	{ "StateChange", "timeout", "with stopped: seconds that the guest may "
	  "take; 30", "5" },
	{ "StateChange", "force", "with stopped: kill what does not stop in "
	  "time", "true" },
	{ "AdoptRequest", "name", "what its engine calls it: a name, the id of "
	  "a container, the uuid of a domain", "'postgres_1'" },
	{ "AdoptRequest", "type", "the driver; without one, that which has it",
	  "'docker'" },
	{ "AdoptRequest", "id", "its id here; without one, its name", "'db'" },
	{ "AdoptRequest", "force", "also if another hyper has marked it",
	  "false" },

	{ "Port", "host_ip", "the address of the host; null: all", NULL },
	{ "Port", "host_port", "0: the engine chooses", "8080" },
	{ "Port", "guest_port", "the port inside", "80" },
	{ "Port", "protocol", "tcp or udp", "'tcp'" },

	{ "Image", "name", "what image of a machine says", "'debian:12'" },
	{ "Image", "type", "the driver", "'docker'" },
	{ "Image", "handle", "the engine's own id", "'sha256:4f1b…'" },
	{ "Image", "format", "such as qcow2, oci", "'oci'" },
	{ "Image", "size", "bytes on disk; 0: unknown", "116535103" },
	{ "Image", "created_at", "when it was made", TIME },
	{ "ImageRequest", "name", "what it is or shall be called",
	  "'debian12'" },
	{ "ImageRequest", "type", "the driver", "'libvirt'" },
	{ "ImageRequest", "path", "a file of the server to import, by an "
	  "absolute path; without it, the image is pulled. For admins",
	  "'/srv/debian12.qcow2'" },

	{ "Operation", "id", "its number", "8" },
	{ "Operation", "kind", "what is done", "'stop'" },
	{ "Operation", "state", "how far it is", "'running'" },
	{ "Operation", "type", "the driver", "'test'" },
	{ "Operation", "machine", "the machine's id; null for images",
	  "'web1'" },
	{ "Operation", "image", "the image's name", NULL },
	{ "Operation", "progress", "how far its driver is", NULL },
	{ "Operation", "error", "why it failed or was cancelled", NULL },
	{ "Operation", "created_at", "when it was asked for", TIME },
	{ "Operation", "started_at", "null: not yet", TIME },
	{ "Operation", "ended_at", "null: not yet", NULL },
	{ "Operation", "actor", "who asked for it", "'token:ci'" },
	{ "Operation", "program", "the program that had the state open",
	  "'hyperd'" },
	{ "Operation", "pid", "its process", "71402" },
	{ "Operation", "uid", "the number of its user", "0" },
	{ "Operation", "plan", "of a dry run: what would be done, step by "
	  "step", NULL },

	{ "Outcome", "id", "the machine's id; null in a dry run of an image",
	  "'web1'" },
	{ "Outcome", "machine", "as it is then, or would be; null: it failed, "
	  "or is there no more", NULL },
	{ "Outcome", "operation", "null: none was recorded", NULL },
	{ "Outcome", "error", "why it failed", NULL },
	{ "Progress", "done", "so much of total", "0" },
	{ "Progress", "total", "in a unit of the driver's; 0: unknown", "0" },
	{ "Progress", "step", "a few words", NULL },

	{ "Event", "seq", "its number; each is one more than the one before",
	  "3" },
	{ "Event", "at", "when; only seq tells the order", TIME },
	{ "Event", "kind", "machine-adding, machine-adopted, machine-state, "
	  "machine-changed, machine-removed, operation-ended, driver-lost, "
	  "driver-back; there may be more one day", "'operation-ended'" },
	{ "Event", "machine", "the machine's id", "'web1'" },
	{ "Event", "driver", "with driver-lost and driver-back, its name",
	  NULL },
	{ "Event", "operation", "the one that did it; 0: by itself", "1" },
	{ "Event", "actor", "who asked for that operation", "'user:root'" },
	{ "Event", "state", "the state from then on, of the machine or of the "
	  "operation", "'done'" },

	{ "Finding", "kind", "such as machine-missing, operation, database",
	  "'machine-missing'" },
	{ "Finding", "type", "the driver", "'docker'" },
	{ "Finding", "machine", "the machine's id", "'web1'" },
	{ "Finding", "detail", "what is wrong",
	  "'its engine does not have it'" },
	{ "Finding", "action", "what was done about it", NULL },
	{ "Finding", "repaired", "whether it is well now", "false" },
	{ "RepairRequest", "repair", "mend what can be mended", "true" },

	{ "Token", "name", "of the form that ids of machines have", "'ci'" },
	{ "Token", "role", "what it may do", "'operator'" },
	{ "Token", "created_at", "when it was made", TIME },
	{ "Token", "expires_at", "null: never", "'2027-01-01T00:00:00.000Z'" },
	{ "TokenRequest", "expires_at", "until when it is good; null or none: "
	  "for ever", "'2027-01-01'" },
	{ "NewToken", "secret", "what a client sends; told this once",
	  "'hyper_…'" },

	{ "Problem", "type", "ends in the slug of what is wrong", NULL },
	{ "Problem", "title", "that in words", NULL },
	{ "Problem", "detail", "what is wrong this time", NULL },
	{ "Problem", "code", "the error's code in C", NULL },
	{ "Problem", "field", "which field, parameter or header field", NULL },
	{ "Problem", "driver", "the driver that the error came from", NULL },
	{ "Problem", "causes", "the errors that led to this one", NULL },
	{ "Problem", "request_id", "what the log calls the request", NULL },
};
/* clang-format on */

const struct hyp_json_text *hyp_json_text_at(size_t index)
{
	return index < HYP_COUNT(texts) ? &texts[index] : NULL;
}

const struct hyp_json_text *hyp_json_describe(const char *schema,
					      const char *member)
{
	for (size_t i = 0; i < HYP_COUNT(texts); i++)
		if (strcmp(texts[i].schema, schema) == 0 &&
		    strcmp(texts[i].member, member) == 0)
			return &texts[i];
	return NULL;
}
