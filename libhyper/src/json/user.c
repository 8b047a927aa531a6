/* SPDX-License-Identifier: MIT */
/* What a user says: every name is known and every value checked. */
#include "json/codec.h"

#include <hyper/rest.h>
#include <string.h>

#include "core/state.h"
#include "util/buf.h"

/* An object whose members the table all has; read into record. */
static int parse(const struct hyp_json_member *members,
		 const char *const *read_only, const char *text, size_t len,
		 void *record, struct json_object **ret_json, hyper_error **err)
{
	int rc;

	if (len > HYPER_REST_BODY_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "body",
				       "body has %zu bytes: at most %u", len,
				       HYPER_REST_BODY_MAX);
	rc = hyp_json_load(text, len, &hyp_json_user, ret_json, err);
	if (!rc)
		rc = hyp_json_need(&hyp_json_user, "body", *ret_json,
				   json_type_object, err);
	if (!rc)
		rc = hyp_json_check_names(members, read_only, *ret_json, err);
	if (!rc)
		rc = hyp_json_read_record(members, &hyp_json_user, "body",
					  *ret_json, record, err);
	return rc;
}

/* What must be given is. */
static int check_must(const struct hyp_json_record *record,
		      struct json_object *json, hyper_error **err)
{
	for (size_t i = 0; record->must[i]; i++)
		if (!json_object_object_get(json, record->must[i]))
			return hyper_error_set(
				err, HYPER_ERR_INVALID, record->must[i],
				"%s is not given", record->must[i]);
	return 0;
}

/* A port as an object, into the text form, so that one setter checks both. */
static int add_port_object(hyper_machine *machine, struct json_object *json,
			   hyper_error **err)
{
	struct hyp_json_port port = { 0 };
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *text = NULL;
	int rc = hyp_json_check_names(hyp_json_port_members, NULL, json, err);

	if (!rc)
		rc = hyp_json_read_record(hyp_json_port_members, &hyp_json_user,
					  "ports", json, &port, err);
	if (port.host_ip)
		hyp_buf_addf(&buf, strchr(port.host_ip, ':') ? "[%s]:" : "%s:",
			     port.host_ip);
	if (port.host_ip || port.host_port)
		hyp_buf_addf(&buf, "%u:", port.host_port);
	hyp_buf_addf(&buf, "%u/%s", port.guest_port,
		     port.protocol ? port.protocol : "tcp");
	text = hyp_buf_take(&buf);
	free(port.host_ip);
	free(port.protocol);
	if (!text)
		return hyp_nomem(err);
	return rc ? rc : hyper_machine_add_port(machine, text, err);
}

static int add_ports(hyper_machine *machine, struct json_object *ports,
		     hyper_error **err)
{
	int rc = hyp_json_need(&hyp_json_user, "ports", ports, json_type_array,
			       err);

	for (size_t i = 0; !rc && i < json_object_array_length(ports); i++) {
		struct json_object *item = json_object_array_get_idx(ports, i);

		if (json_object_is_type(item, json_type_string))
			rc = hyper_machine_add_port(
				machine, json_object_get_string(item), err);
		else if (json_object_is_type(item, json_type_object))
			rc = add_port_object(machine, item, err);
		else
			rc = hyp_json_wrong(&hyp_json_user, "ports[]", item,
					    "a string such as \"8080:80\", or "
					    "an object",
					    err);
	}
	return rc;
}

static int set_pairs(hyper_machine *machine, const struct hyp_map *map,
		     int (*set)(hyper_machine *, const char *, const char *,
				hyper_error **),
		     hyper_error **err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < map->n; i++)
		rc = set(machine, map->pairs[i].key, map->pairs[i].value, err);
	return rc;
}

/* Take over what was read, through the setters that C programs use. */
static int set_all(hyper_machine *machine, const hyper_machine *in,
		   hyper_error **err)
{
	int rc = hyper_machine_set_id(machine, in->id, err);

	if (!rc)
		rc = hyper_machine_set_type(machine, in->type, err);
	if (!rc)
		rc = hyper_machine_set_image(machine, in->image, err);
	if (!rc)
		rc = hyper_machine_set_mem(machine, in->mem, err);
	if (!rc)
		rc = hyper_machine_set_vcpus(machine, in->vcpus, err);
	if (!rc)
		rc = hyper_machine_set_autostart(machine, in->autostart, err);
	if (!rc)
		rc = set_pairs(machine, &in->env, hyper_machine_set_env, err);
	if (!rc)
		rc = set_pairs(machine, &in->labels, hyper_machine_set_label,
			       err);
	if (!rc)
		rc = set_pairs(machine, &in->options, hyper_machine_set_option,
			       err);
	if (!rc && in->command.n)
		rc = hyper_machine_set_command(
			machine, (const char *const *)in->command.items, err);
	return rc;
}

/* clang-format off */
#define FIELD(name, kind) { #name, kind, offsetof(hyper_machine, name), NULL }
static const struct hyp_json_member machine_members[] = {
	FIELD(id, HYP_J_TEXT),
	FIELD(type, HYP_J_TEXT),
	FIELD(image, HYP_J_TEXT),
	FIELD(mem, HYP_J_MIB),
	FIELD(vcpus, HYP_J_U32),
	FIELD(autostart, HYP_J_BOOL),
	FIELD(ports, HYP_J_PORT_SPECS),
	FIELD(env, HYP_J_MAP),
	FIELD(labels, HYP_J_MAP),
	FIELD(options, HYP_J_MAP),
	FIELD(command, HYP_J_STRV),
	{ 0 }
};
#undef FIELD
/* clang-format on */

/* A program may fill in the rest, so that hyper_machine_add() looks for what
 * must be there. */
static const struct hyp_json_record machine_record = {
	"machine", machine_members, { "image" }, sizeof(hyper_machine)
};

int hyp_json_parse_machine(const char *text, size_t len,
			   hyper_machine **ret_machine, hyper_error **err)
{
	/* All that there are: a user's own were found before. */
	static const char *const read_only[] = {
#define FIELD(name) #name,
		HYP_MACHINE_FIELDS(FIELD)
#undef FIELD
			NULL
	};
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *in = hyper_machine_new();
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *machine = hyper_machine_new();
	HYP_AUTOJSON *json = NULL;
	struct json_object *ports;
	int rc;

	if (!in || !machine)
		return hyp_nomem(err);
	rc = parse(machine_members, read_only, text, len, in, &json, err);
	if (!rc)
		rc = set_all(machine, in, err);
	if (!rc && json_object_object_get_ex(json, "ports", &ports) && ports)
		rc = add_ports(machine, ports, err);
	if (!rc)
		*ret_machine = hyp_steal(&machine);
	return rc;
}

/* clang-format off */
#define CHANGE(name, kind, member) \
	{ name, kind, offsetof(struct hyp_state_change, member), NULL }
static const struct hyp_json_member change_members[] = {
	CHANGE("state", HYP_J_GOAL, state),
	CHANGE("force", HYP_J_BOOL, force),
	CHANGE("timeout", HYP_J_SECONDS, timeout_ms),
	{ 0 }
};

#define REQUEST(name) \
	{ #name, HYP_J_TEXT, offsetof(struct hyp_image_request, name), NULL }
static const struct hyp_json_member request_members[] = {
	REQUEST(type),
	REQUEST(name),
	REQUEST(path),
	{ 0 }
};

#define ADOPT(name, kind) \
	{ #name, kind, offsetof(struct hyp_adopt_request, name), NULL }
static const struct hyp_json_member adopt_members[] = {
	ADOPT(type, HYP_J_TEXT),
	ADOPT(name, HYP_J_TEXT),
	ADOPT(id, HYP_J_TEXT),
	ADOPT(force, HYP_J_BOOL),
	{ 0 }
};

#define TOKEN(name, kind) { #name, kind, offsetof(hyper_token, name), NULL }
static const struct hyp_json_member token_members[] = {
	TOKEN(name, HYP_J_TEXT),
	TOKEN(role, HYP_J_ROLE),
	TOKEN(expires_at, HYP_J_TIME),
	{ 0 }
};
/* clang-format on */

static const struct hyp_json_member repair_members[] = {
	{ "repair", HYP_J_BOOL, 0, NULL },
	{ 0 },
};

static const struct hyp_json_record change_record = {
	"change", change_members, { "state" }, sizeof(struct hyp_state_change)
};
static const struct hyp_json_record image_record = {
	"image",
	request_members,
	{ "type", "name" },
	sizeof(struct hyp_image_request)
};
static const struct hyp_json_record adopt_record = {
	"adopt", adopt_members, { "name" }, sizeof(struct hyp_adopt_request)
};
static const struct hyp_json_record token_record = {
	"token", token_members, { "name", "role" }, sizeof(hyper_token)
};
static const struct hyp_json_record repair_record = {
	"repair", repair_members, { NULL }, sizeof(bool)
};

const struct hyp_json_schema hyp_json_requests[] = {
	{ "MachineSpec", &machine_record, "Machine", HYP_SCHEMA_REQUEST },
	{ "StateChange", &change_record, "Machine", HYP_SCHEMA_REQUEST },
	{ "MachineChanges", &hyp_json_changes_record, "Machine",
	  HYP_SCHEMA_PATCH },
	{ "AdoptRequest", &adopt_record, "Machine", HYP_SCHEMA_REQUEST },
	{ "ImageRequest", &image_record, "Image", HYP_SCHEMA_REQUEST },
	{ "TokenRequest", &token_record, "Token", HYP_SCHEMA_REQUEST },
	{ "RepairRequest", &repair_record, NULL, HYP_SCHEMA_REQUEST },
	{ 0 }
};

int hyp_json_parse_repair(const char *text, size_t len, bool *ret_repair,
			  hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	bool repair = false;
	int rc = parse(repair_members, NULL, text, len, &repair, &json, err);

	if (!rc)
		*ret_repair = repair;
	return rc;
}

int hyp_json_repair(bool repair, char **ret_json, hyper_error **err)
{
	return hyp_json_finish(
		hyp_json_write_record(repair_members, HYP_FIELDS_ALL, &repair),
		ret_json, err);
}

int hyp_json_parse_state_change(const char *text, size_t len,
				struct hyp_state_change *ret_change,
				hyper_error **err)
{
	struct hyp_state_change change = { .timeout_ms =
						   HYPER_TIMEOUT_DEFAULT };
	HYP_AUTOJSON *json = NULL;
	int rc = parse(change_members, NULL, text, len, &change, &json, err);
	const char *more = NULL;

	if (rc)
		return rc;
	if (!hyp_state_is_goal(change.state))
		return hyper_error_set(err, HYPER_ERR_INVALID, "state",
				       "state is %s: must be running or "
				       "stopped",
				       change.state
					       ? hyper_state_name(change.state)
					       : "not given");
	if (change.force)
		more = "force";
	else if (change.timeout_ms != HYPER_TIMEOUT_DEFAULT)
		more = "timeout";
	if (more && change.state == HYPER_STATE_RUNNING)
		return hyper_error_set(err, HYPER_ERR_INVALID, more,
				       "%s goes only with the state stopped",
				       more);
	*ret_change = change;
	return 0;
}

int hyp_json_state_change(const struct hyp_state_change *change,
			  char **ret_json, hyper_error **err)
{
	return hyp_json_finish(
		hyp_json_write_record(change_members, HYP_FIELDS_ALL, change),
		ret_json, err);
}

void hyp_image_request_clear(struct hyp_image_request *request)
{
	free(request->type);
	free(request->name);
	free(request->path);
	*request = (struct hyp_image_request){ 0 };
}

int hyp_json_parse_image_request(const char *text, size_t len,
				 struct hyp_image_request *ret_request,
				 hyper_error **err)
{
	struct hyp_image_request request = { 0 };
	HYP_AUTOJSON *json = NULL;
	int rc = parse(request_members, NULL, text, len, &request, &json, err);

	if (!rc)
		rc = check_must(&image_record, json, err);
	if (rc)
		hyp_image_request_clear(&request);
	else
		*ret_request = request;
	return rc;
}

int hyp_json_image_request(const char *type, const char *name, const char *path,
			   char **ret_json, hyper_error **err)
{
	/* struct hyp_image_request, but for const. */
	const struct {
		const char *type, *name, *path;
	} request = { type, name, path };

	return hyp_json_finish(hyp_json_write_record(request_members,
						     HYP_FIELDS_ALL, &request),
			       ret_json, err);
}

void hyp_adopt_request_clear(struct hyp_adopt_request *request)
{
	free(request->type);
	free(request->name);
	free(request->id);
	*request = (struct hyp_adopt_request){ 0 };
}

int hyp_json_parse_adopt_request(const char *text, size_t len,
				 struct hyp_adopt_request *ret_request,
				 hyper_error **err)
{
	struct hyp_adopt_request request = { 0 };
	HYP_AUTOJSON *json = NULL;
	int rc = parse(adopt_members, NULL, text, len, &request, &json, err);

	if (!rc)
		rc = check_must(&adopt_record, json, err);
	if (rc)
		hyp_adopt_request_clear(&request);
	else
		*ret_request = request;
	return rc;
}

int hyp_json_adopt_request(const char *type, const char *name, const char *id,
			   bool force, char **ret_json, hyper_error **err)
{
	/* struct hyp_adopt_request, but for const. */
	const struct {
		const char *type, *name, *id;
		bool force;
	} request = { type, name, id, force };

	return hyp_json_finish(
		hyp_json_write_record(adopt_members, HYP_FIELDS_ALL, &request),
		ret_json, err);
}

int hyp_json_parse_token_request(const char *text, size_t len,
				 hyper_token **ret_token, hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p)
	hyper_token *token = calloc(1, sizeof(*token));
	HYP_AUTOJSON *json = NULL;
	int rc =
		token ? parse(token_members, NULL, text, len, token, &json, err)
		      : hyp_nomem(err);

	if (!rc)
		rc = check_must(&token_record, json, err);
	if (!rc)
		*ret_token = hyp_steal(&token);
	return rc;
}

int hyp_json_token_request(const hyper_token *token, char **ret_json,
			   hyper_error **err)
{
	return hyp_json_finish(
		hyp_json_write_record(token_members, HYP_FIELDS_ALL, token),
		ret_json, err);
}
