/* SPDX-License-Identifier: MIT */
/* Each record's members, and its documents. */
#include "json/codec.h"

#include <string.h>

/* The kind of each field of a machine. */
#define KIND_id		  HYP_J_TEXT
#define KIND_uuid	  HYP_J_TEXT
#define KIND_type	  HYP_J_TEXT
#define KIND_image	  HYP_J_TEXT
#define KIND_mem	  HYP_J_U64
#define KIND_vcpus	  HYP_J_U32
#define KIND_state	  HYP_J_STATE
#define KIND_driver_state HYP_J_TEXT
#define KIND_state_reason HYP_J_TEXT
#define KIND_handle	  HYP_J_TEXT
#define KIND_adopted	  HYP_J_BOOL
#define KIND_observed_at  HYP_J_TIME
#define KIND_stale	  HYP_J_BOOL
#define KIND_created_at	  HYP_J_TIME
#define KIND_updated_at	  HYP_J_TIME
#define KIND_addresses	  HYP_J_STRV
#define KIND_ports	  HYP_J_PORTS
#define KIND_env	  HYP_J_MAP
#define KIND_command	  HYP_J_COMMAND
#define KIND_labels	  HYP_J_MAP
#define KIND_autostart	  HYP_J_BOOL
#define KIND_generation	  HYP_J_U64
#define KIND_options	  HYP_J_MAP

/* clang-format off */
const struct hyp_json_member hyp_json_machine_members[] = {
#define FIELD(name) \
	{ #name, KIND_##name, offsetof(hyper_machine, name), NULL },
	HYP_MACHINE_FIELDS(FIELD)
#undef FIELD
	{ 0 }
};

#define OP(name, kind) { #name, kind, offsetof(hyper_operation, name), NULL }
static const struct hyp_json_member progress_members[] = {
	OP(done, HYP_J_U64),
	OP(total, HYP_J_U64),
	OP(step, HYP_J_TEXT),
	{ 0 }
};
const struct hyp_json_member hyp_json_operation_members[] = {
	OP(id, HYP_J_U64),
	OP(kind, HYP_J_ACTION),
	OP(state, HYP_J_OPSTATE),
	OP(type, HYP_J_TEXT),
	OP(machine, HYP_J_TEXT),
	OP(image, HYP_J_TEXT),
	{ "progress", HYP_J_GROUP, 0, progress_members },
	OP(error, HYP_J_ERROR),
	OP(created_at, HYP_J_TIME),
	OP(started_at, HYP_J_TIME),
	OP(ended_at, HYP_J_TIME),
	OP(actor, HYP_J_TEXT),
	OP(program, HYP_J_TEXT),
	OP(pid, HYP_J_PID),
	{ "uid", HYP_J_UID, offsetof(hyper_operation, uid_1), NULL },
	OP(plan, HYP_J_COMMAND),
	{ 0 }
};

#define EVENT(name, kind) { #name, kind, offsetof(hyper_event, name), NULL }
static const struct hyp_json_member event_members[] = {
	EVENT(seq, HYP_J_U64),
	EVENT(at, HYP_J_TIME),
	EVENT(kind, HYP_J_TEXT),
	EVENT(machine, HYP_J_TEXT),
	EVENT(driver, HYP_J_TEXT),
	EVENT(operation, HYP_J_U64),
	EVENT(actor, HYP_J_TEXT),
	EVENT(state, HYP_J_TEXT),
	{ 0 }
};

#define IMAGE(name, kind) { #name, kind, offsetof(hyper_image, name), NULL }
static const struct hyp_json_member image_members[] = {
	IMAGE(name, HYP_J_TEXT),
	IMAGE(type, HYP_J_TEXT),
	IMAGE(handle, HYP_J_TEXT),
	IMAGE(format, HYP_J_TEXT),
	IMAGE(size, HYP_J_U64),
	IMAGE(created_at, HYP_J_TIME),
	{ 0 }
};

#define DRIVER(name, kind) \
	{ #name, kind, offsetof(hyper_driver_info, name), NULL }
static const struct hyp_json_member driver_members[] = {
	DRIVER(name, HYP_J_TEXT),
	DRIVER(version, HYP_J_TEXT),
	DRIVER(kinds, HYP_J_STRV),
	DRIVER(features, HYP_J_STRV),
	DRIVER(available, HYP_J_BOOL),
	DRIVER(reason, HYP_J_TEXT),
	DRIVER(engine, HYP_J_TEXT),
	DRIVER(file, HYP_J_TEXT),
	{ 0 }
};

#define TOKEN(name, kind) { #name, kind, offsetof(hyper_token, name), NULL }
static const struct hyp_json_member token_members[] = {
	TOKEN(name, HYP_J_TEXT),
	TOKEN(role, HYP_J_ROLE),
	TOKEN(created_at, HYP_J_TIME),
	TOKEN(expires_at, HYP_J_TIME),
	{ 0 }
};
/* Told once. */
static const struct hyp_json_member new_token_members[] = {
	TOKEN(name, HYP_J_TEXT),
	TOKEN(role, HYP_J_ROLE),
	TOKEN(created_at, HYP_J_TIME),
	TOKEN(expires_at, HYP_J_TIME),
	TOKEN(secret, HYP_J_TEXT),
	{ 0 }
};

#define FINDING(name, kind) \
	{ #name, kind, offsetof(hyper_finding, name), NULL }
static const struct hyp_json_member finding_members[] = {
	FINDING(kind, HYP_J_TEXT),
	FINDING(type, HYP_J_TEXT),
	FINDING(machine, HYP_J_TEXT),
	FINDING(detail, HYP_J_TEXT),
	FINDING(action, HYP_J_TEXT),
	FINDING(repaired, HYP_J_BOOL),
	{ 0 }
};

#define OUTCOME(name, kind) \
	{ #name, kind, offsetof(hyper_outcome, name), NULL }
static const struct hyp_json_member outcome_members[] = {
	OUTCOME(id, HYP_J_TEXT),
	OUTCOME(machine, HYP_J_MACHINE),
	OUTCOME(operation, HYP_J_OPERATION),
	OUTCOME(error, HYP_J_ERROR),
	{ 0 }
};

/* All but the token. */
#define REMOTE(name, kind) { #name, kind, offsetof(hyper_remote, name), NULL }
static const struct hyp_json_member remote_members[] = {
	REMOTE(name, HYP_J_TEXT),
	REMOTE(uri, HYP_J_TEXT),
	REMOTE(client_cert, HYP_J_TEXT),
	REMOTE(has_token, HYP_J_BOOL),
	REMOTE(in_use, HYP_J_BOOL),
	{ 0 }
};

/* An info, with what only JSON says. */
struct info {
	char *name;
	char *version;
	uint32_t api;
	char *instance;
	struct hyp_strv features;
};
#define INFO(name, kind) { #name, kind, offsetof(struct info, name), NULL }
static const struct hyp_json_member info_members[] = {
	INFO(name, HYP_J_TEXT),
	INFO(version, HYP_J_TEXT),
	INFO(api, HYP_J_U32),
	INFO(instance, HYP_J_TEXT),
	INFO(features, HYP_J_STRV),
	{ 0 }
};
/* clang-format on */

static const struct hyp_json_record machine_record = { "machine",
						       hyp_json_machine_members,
						       { "id", "type",
							 "state" },
						       sizeof(hyper_machine) };
static const struct hyp_json_record operation_record = {
	"operation",
	hyp_json_operation_members,
	{ "id", "kind", "state" },
	sizeof(hyper_operation)
};
static const struct hyp_json_record event_record = {
	"event", event_members, { "seq", "kind" }, sizeof(hyper_event)
};
static const struct hyp_json_record image_record = {
	"image", image_members, { "name", "type" }, sizeof(hyper_image)
};
static const struct hyp_json_record driver_record = {
	"driver", driver_members, { "name" }, sizeof(hyper_driver_info)
};
static const struct hyp_json_record token_record = {
	"token", token_members, { "name", "role" }, sizeof(hyper_token)
};
static const struct hyp_json_record new_token_record = {
	"token", new_token_members, { "name", "secret" }, sizeof(hyper_token)
};
static const struct hyp_json_record finding_record = {
	"finding", finding_members, { "kind", "detail" }, sizeof(hyper_finding)
};
static const struct hyp_json_record remote_record = {
	"remote", remote_members, { "name", "uri" }, sizeof(hyper_remote)
};
static const struct hyp_json_record outcome_record = {
	"outcome", outcome_members, { NULL }, sizeof(hyper_outcome)
};
static const struct hyp_json_record info_record = { "info",
						    info_members,
						    { "name", "version",
						      "instance" },
						    sizeof(struct info) };

const struct hyp_json_schema hyp_json_answers[] = {
	{ .name = "Info", .record = &info_record },
	{ .name = "Driver", .record = &driver_record },
	{ .name = "Machine", .record = &machine_record },
	{ .name = "Image", .record = &image_record },
	{ .name = "Operation", .record = &operation_record },
	{ .name = "Outcome", .record = &outcome_record },
	{ .name = "Event", .record = &event_record },
	{ .name = "Finding", .record = &finding_record },
	{ .name = "Token", .record = &token_record },
	{ .name = "NewToken", .record = &new_token_record, .like = "Token" },
	{ 0 }
};

static int write_one(const struct hyp_json_record *record, uint32_t fields,
		     const void *item, char **ret_json, hyper_error **err)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	hyp_json_put_record(&buf, record->members, fields, item);
	return hyp_json_take(&buf, ret_json, err);
}

static int write_list(const struct hyp_json_record *record,
		      const struct hyp_list *list, char **ret_json,
		      hyper_error **err)
{
	HYP_AUTOBUF buf = { .max = SIZE_MAX / 2 };

	hyp_buf_addc(&buf, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			hyp_buf_addc(&buf, ',');
		hyp_json_put_record(&buf, record->members, list->fields,
				    list->items[i]);
	}
	hyp_buf_addc(&buf, ']');
	return hyp_json_take(&buf, ret_json, err);
}

int hyp_json_machine(const hyper_machine *machine, uint32_t fields,
		     char **ret_json, hyper_error **err)
{
	return write_one(&machine_record, fields, machine, ret_json, err);
}

int hyp_json_machines(const hyper_machines *machines, char **ret_json,
		      hyper_error **err)
{
	return write_list(&machine_record, &machines->list, ret_json, err);
}

int hyp_json_operation(const hyper_operation *op, char **ret_json,
		       hyper_error **err)
{
	return write_one(&operation_record, HYP_FIELDS_ALL, op, ret_json, err);
}

int hyp_json_operations(const hyper_operations *ops, char **ret_json,
			hyper_error **err)
{
	return write_list(&operation_record, &ops->list, ret_json, err);
}

int hyp_json_event(const hyper_event *event, char **ret_json, hyper_error **err)
{
	return write_one(&event_record, HYP_FIELDS_ALL, event, ret_json, err);
}

int hyp_json_events(const hyper_events *events, char **ret_json,
		    hyper_error **err)
{
	return write_list(&event_record, &events->list, ret_json, err);
}

int hyp_json_image(const hyper_image *image, char **ret_json, hyper_error **err)
{
	return write_one(&image_record, HYP_FIELDS_ALL, image, ret_json, err);
}

int hyp_json_images(const hyper_images *images, char **ret_json,
		    hyper_error **err)
{
	return write_list(&image_record, &images->list, ret_json, err);
}

int hyp_json_drivers(const hyper_drivers *drivers, char **ret_json,
		     hyper_error **err)
{
	return write_list(&driver_record, &drivers->list, ret_json, err);
}

int hyp_json_findings(const hyper_findings *findings, char **ret_json,
		      hyper_error **err)
{
	return write_list(&finding_record, &findings->list, ret_json, err);
}

int hyp_json_outcome(const hyper_outcome *outcome, char **ret_json,
		     hyper_error **err)
{
	return write_one(&outcome_record, HYP_FIELDS_ALL, outcome, ret_json,
			 err);
}

int hyp_json_plan(const char *id, const hyper_machine *machine,
		  const hyper_operation *op, char **ret_json, hyper_error **err)
{
	/* hyper_outcome, but for const. */
	const struct {
		const char *id;
		const hyper_machine *machine;
		const hyper_operation *operation;
		const hyper_error *error;
	} plan = { id, machine, op, NULL };

	return write_one(&outcome_record, HYP_FIELDS_ALL, &plan, ret_json, err);
}

int hyp_json_outcomes(const hyper_outcomes *outcomes, char **ret_json,
		      hyper_error **err)
{
	return write_list(&outcome_record, &outcomes->list, ret_json, err);
}

int hyp_json_remotes(const hyper_remotes *remotes, char **ret_json,
		     hyper_error **err)
{
	return write_list(&remote_record, &remotes->list, ret_json, err);
}

int hyp_json_token(const hyper_token *token, char **ret_json, hyper_error **err)
{
	return write_one(token->secret ? &new_token_record : &token_record,
			 HYP_FIELDS_ALL, token, ret_json, err);
}

int hyp_json_tokens(const hyper_tokens *tokens, char **ret_json,
		    hyper_error **err)
{
	return write_list(&token_record, &tokens->list, ret_json, err);
}

int hyp_json_info(const hyper_info *info, char **ret_json, hyper_error **err)
{
	struct info out = { .name = (char[]){ "hyper" },
			    .version = info->version,
			    .api = 1,
			    .instance = info->instance,
			    .features = info->features };

	return write_one(&info_record, HYP_FIELDS_ALL, &out, ret_json, err);
}

/* Fill in a new and empty item. */
static int read_item(const struct hyp_json_record *record,
		     struct json_object *json, void *item, hyper_error **err)
{
	int rc = hyp_json_read_record(record->members, &hyp_json_server,
				      record->what, json, item, err);

	for (size_t i = 0; !rc && record->must[i]; i++)
		if (!json_object_object_get(json, record->must[i]))
			rc = hyper_error_set(err, hyp_json_server.code, NULL,
					     "%s: this %s has no %s",
					     hyp_json_server.what, record->what,
					     record->must[i]);
	return rc;
}

static int read_one(const struct hyp_json_record *record, const char *text,
		    size_t len, void *item, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = item ? 0 : hyp_nomem(err);

	if (!rc)
		rc = hyp_json_load(text, len, &hyp_json_server, &json, err);
	return rc ? rc : read_item(record, json, item, err);
}

static int read_list(const struct hyp_json_record *record, const char *text,
		     size_t len, struct hyp_list *list, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_json_load(text, len, &hyp_json_server, &json, err);

	if (!rc)
		rc = hyp_json_need(&hyp_json_server, "it", json,
				   json_type_array, err);
	for (size_t i = 0; !rc && i < json_object_array_length(json); i++) {
		/* The list has it before it is filled in: one owner. */
		void *item = calloc(1, record->size);

		if (!item || hyp_list_add(list, item)) {
			free(item);
			return hyp_nomem(err);
		}
		rc = read_item(record, json_object_array_get_idx(json, i), item,
			       err);
	}
	return rc;
}

int hyp_json_get_machine(struct json_object *json, hyper_machine **ret_machine,
			 hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *machine = hyper_machine_new();
	int rc = machine ? read_item(&machine_record, json, machine, err)
			 : hyp_nomem(err);

	if (!rc)
		*ret_machine = hyp_steal(&machine);
	return rc;
}

int hyp_json_get_operation(struct json_object *json, hyper_operation **ret_op,
			   hyper_error **err)
{
	HYP_CLEANUP(hyper_operation_free_p)
	hyper_operation *op = calloc(1, sizeof(*op));
	int rc = op ? read_item(&operation_record, json, op, err)
		    : hyp_nomem(err);

	if (!rc)
		*ret_op = hyp_steal(&op);
	return rc;
}

int hyp_json_read_machine(const char *text, size_t len,
			  hyper_machine **ret_machine, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *machine = hyper_machine_new();
	int rc = read_one(&machine_record, text, len, machine, err);

	if (!rc)
		*ret_machine = hyp_steal(&machine);
	return rc;
}

int hyp_json_read_machines(const char *text, size_t len,
			   hyper_machines **ret_machines, hyper_error **err)
{
	HYP_CLEANUP(hyper_machines_free_p)
	hyper_machines *machines = hyp_machines_new();
	int rc = machines ? read_list(&machine_record, text, len,
				      &machines->list, err)
			  : hyp_nomem(err);

	if (rc)
		return rc;
	for (size_t i = 0; i < machines->list.n; i++) {
		hyper_machine *machine = machines->list.items[i];

		machine->fields = HYP_FIELDS_ALL;
	}
	*ret_machines = hyp_steal(&machines);
	return 0;
}

#define READ_ONE(name, record, free_p)                                         \
	int hyp_json_read_##name(const char *text, size_t len,                 \
				 hyper_##name **ret_##name, hyper_error **err) \
	{                                                                      \
		HYP_CLEANUP(free_p)                                            \
		hyper_##name *name = calloc(1, sizeof(*name));                 \
		int rc = read_one(&record, text, len, name, err);              \
                                                                               \
		if (!rc)                                                       \
			*ret_##name = hyp_steal(&name);                        \
		return rc;                                                     \
	}
READ_ONE(operation, operation_record, hyper_operation_free_p)
READ_ONE(image, image_record, hyper_image_free_p)
READ_ONE(outcome, outcome_record, hyp_outcome_free_p)
READ_ONE(token, new_token_record, hyper_token_free_p)

#define READ_LIST(name, record)                                                \
	int hyp_json_read_##name(const char *text, size_t len,                 \
				 hyper_##name **ret_##name, hyper_error **err) \
	{                                                                      \
		HYP_CLEANUP(hyper_##name##_free_p)                             \
		hyper_##name *name = hyp_##name##_new();                       \
		int rc =                                                       \
			name ? read_list(&record, text, len, &name->list, err) \
			     : hyp_nomem(err);                                 \
                                                                               \
		if (!rc)                                                       \
			*ret_##name = hyp_steal(&name);                        \
		return rc;                                                     \
	}
READ_LIST(operations, operation_record)
READ_LIST(events, event_record)
READ_LIST(images, image_record)
READ_LIST(drivers, driver_record)
READ_LIST(findings, finding_record)
READ_LIST(outcomes, outcome_record)
READ_LIST(tokens, token_record)

int hyp_json_read_info(const char *text, size_t len, hyper_info **ret_info,
		       hyper_error **err)
{
	HYP_CLEANUP(hyper_info_free_p)
	hyper_info *info = calloc(1, sizeof(*info));
	struct info in = { 0 };
	int rc;

	if (!info)
		return hyp_nomem(err);
	rc = read_one(&info_record, text, len, &in, err);
	info->version = in.version;
	info->instance = in.instance;
	info->features = in.features;
	if (!rc && strcmp(in.name, "hyper") != 0)
		rc = hyper_error_set(err, hyp_json_server.code, NULL,
				     "%s: its name is '%.100s', not hyper",
				     hyp_json_server.what, in.name);
	free(in.name);
	if (!rc)
		*ret_info = hyp_steal(&info);
	return rc;
}
