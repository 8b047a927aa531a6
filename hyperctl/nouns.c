/* SPDX-License-Identifier: MIT */
/* What is shown of machines, operations, events, images and drivers. */
#include "out.h"

#include <string.h>

static void put(FILE *to, const char *text)
{
	if (text)
		fputs(text, to);
}

static void put_number(FILE *to, uint64_t number)
{
	fprintf(to, "%llu", (unsigned long long)number);
}

static void put_bool(FILE *to, bool is, bool people)
{
	put(to, people ? (is ? "yes" : "no") : (is ? "true" : "false"));
}

/* "a,b" for people, "a b" in CSV, where a comma needs quotes. */
#define PUT_LIST(to, people, getter, object)                                   \
	do {                                                                   \
		const char *list_item;                                         \
		for (size_t list_i = 0; (list_item = getter(object, list_i));  \
		     list_i++)                                                 \
			fprintf(to, "%s%s",                                    \
				list_i == 0 ? ""                               \
				: people    ? ","                              \
					    : " ",                                \
				list_item);                                    \
	} while (0)

/* "a=1,b=2" for people, separated by blanks in CSV. */
#define PUT_MAP(to, people, key_at, get, object)                               \
	do {                                                                   \
		const char *map_key;                                           \
		for (size_t map_i = 0; (map_key = key_at(object, map_i));      \
		     map_i++)                                                  \
			fprintf(to, "%s%s=%s",                                 \
				map_i == 0 ? ""                                \
				: people   ? ","                               \
					   : " ",                                \
				map_key, get(object, map_key));                \
	} while (0)

/* Columns that are a text; a number; yes or no; a moment, and its age. */
#define TEXT_COLUMN(name, getter)                                              \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		(void)people;                                                  \
		put(to, getter(item));                                         \
	}
#define NUMBER_COLUMN(name, getter)                                            \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		(void)people;                                                  \
		put_number(to, getter(item));                                  \
	}
#define BOOL_COLUMN(name, getter)                                              \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		put_bool(to, getter(item), people);                            \
	}
#define TIME_COLUMNS(name, getter)                                             \
	static void name##_at(FILE *to, const void *item, bool people)         \
	{                                                                      \
		(void)people;                                                  \
		text_time(to, getter(item));                                   \
	}                                                                      \
	static void name##_ago(FILE *to, const void *item, bool people)        \
	{                                                                      \
		(void)people;                                                  \
		text_age(to, getter(item));                                    \
	}
#define TIME_COLUMN(name, getter)                                              \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		(void)people;                                                  \
		text_time(to, getter(item));                                   \
	}

TEXT_COLUMN(machine_id, hyper_machine_id)
TEXT_COLUMN(machine_type, hyper_machine_type)
TEXT_COLUMN(machine_image, hyper_machine_image)
TEXT_COLUMN(machine_uuid, hyper_machine_uuid)
TEXT_COLUMN(machine_driver_state, hyper_machine_driver_state)
TEXT_COLUMN(machine_reason, hyper_machine_state_reason)
TEXT_COLUMN(machine_handle, hyper_machine_handle)
NUMBER_COLUMN(machine_generation, hyper_machine_generation)
BOOL_COLUMN(machine_adopted, hyper_machine_adopted)
BOOL_COLUMN(machine_autostart, hyper_machine_autostart)
BOOL_COLUMN(machine_stale, hyper_machine_stale)
TIME_COLUMNS(machine_created, hyper_machine_created_at)
TIME_COLUMN(machine_updated_at, hyper_machine_updated_at)
TIME_COLUMN(machine_observed_at, hyper_machine_observed_at)

static void machine_state(FILE *to, const void *item, bool people)
{
	put(to, hyper_state_name(hyper_machine_state(item)));
	if (people && hyper_machine_stale(item))
		put(to, " (stale)");
}

static void machine_mem(FILE *to, const void *item, bool people)
{
	if (people)
		text_mem(to, hyper_machine_mem(item));
	else
		put_number(to, hyper_machine_mem(item));
}

static void machine_vcpus(FILE *to, const void *item, bool people)
{
	if (!people || hyper_machine_vcpus(item) > 0)
		put_number(to, hyper_machine_vcpus(item));
}

static void machine_addresses(FILE *to, const void *item, bool people)
{
	PUT_LIST(to, people, hyper_machine_address, item);
}

static void machine_ports(FILE *to, const void *item, bool people)
{
	const hyper_port *port;
	size_t i;

	for (i = 0; (port = hyper_machine_port(item, i)); i++)
		fprintf(to, "%s%s:%u->%u/%s",
			i == 0	 ? ""
			: people ? ","
				 : " ",
			port->host_ip ? port->host_ip : "*", port->host_port,
			port->guest_port, port->protocol);
}

static void machine_command(FILE *to, const void *item, bool people)
{
	const char *const *word = hyper_machine_command(item);
	size_t i;

	(void)people;
	for (i = 0; word && word[i]; i++)
		fprintf(to, "%s%s", i == 0 ? "" : " ", word[i]);
}

static void machine_labels(FILE *to, const void *item, bool people)
{
	PUT_MAP(to, people, hyper_machine_label_key, hyper_machine_label, item);
}

static void machine_env(FILE *to, const void *item, bool people)
{
	PUT_MAP(to, people, hyper_machine_env_key, hyper_machine_env, item);
}

static void machine_options(FILE *to, const void *item, bool people)
{
	PUT_MAP(to, people, hyper_machine_option_key, hyper_machine_option,
		item);
}

static int machine_json(const void *item, char **ret_json, hyper_error **err)
{
	return hyper_machine_to_json(item, 0, ret_json, err);
}

const struct out_noun out_machines = {
	.columns =
		(const struct out_column[]){
			{ "id", 0, machine_id },
			{ "type", 0, machine_type },
			{ "image", OUT_TRUNC, machine_image },
			{ "state", OUT_STATE, machine_state },
			{ "mem", OUT_RIGHT, machine_mem },
			{ "vcpus", OUT_RIGHT, machine_vcpus },
			{ "addresses", OUT_TRUNC, machine_addresses },
			{ "age", OUT_RIGHT | OUT_PEOPLE, machine_created_ago },
			{ "created_at", OUT_DATA, machine_created_at },
			{ "updated_at", OUT_ASKED, machine_updated_at },
			{ "observed_at", OUT_ASKED, machine_observed_at },
			{ "stale", OUT_ASKED, machine_stale },
			{ "driver_state", OUT_ASKED, machine_driver_state },
			{ "state_reason", OUT_ASKED | OUT_TRUNC,
			  machine_reason },
			{ "uuid", OUT_ASKED, machine_uuid },
			{ "handle", OUT_ASKED | OUT_TRUNC, machine_handle },
			{ "adopted", OUT_ASKED, machine_adopted },
			{ "autostart", OUT_ASKED, machine_autostart },
			{ "generation", OUT_ASKED | OUT_RIGHT,
			  machine_generation },
			{ "ports", OUT_ASKED, machine_ports },
			{ "command", OUT_ASKED | OUT_TRUNC, machine_command },
			{ "env", OUT_ASKED | OUT_TRUNC, machine_env },
			{ "labels", OUT_ASKED | OUT_TRUNC, machine_labels },
			{ "options", OUT_ASKED | OUT_TRUNC, machine_options },
			{ 0 } },
	.to_json = machine_json,
};

TEXT_COLUMN(op_kind, hyper_operation_kind)
TEXT_COLUMN(op_type, hyper_operation_type)
TEXT_COLUMN(op_machine, hyper_operation_machine)
TEXT_COLUMN(op_image, hyper_operation_image)
TIME_COLUMNS(op_created, hyper_operation_created_at)
TIME_COLUMN(op_started_at, hyper_operation_started_at)
TIME_COLUMN(op_ended_at, hyper_operation_ended_at)

NUMBER_COLUMN(op_id, hyper_operation_id)

static void op_state(FILE *to, const void *item, bool people)
{
	(void)people;
	put(to, hyper_op_state_name(hyper_operation_state(item)));
}

static void op_progress(FILE *to, const void *item, bool people)
{
	uint64_t total = hyper_operation_total(item);
	uint64_t done = hyper_operation_done(item);

	(void)people;
	if (total > 0)
		fprintf(to, "%.0f%%",
			100.0 * (done < total ? (double)done / (double)total
					      : 1.0));
}

static void op_note(FILE *to, const void *item, bool people)
{
	const hyper_error *error = hyper_operation_error(item);

	(void)people;
	if (error)
		put(to, hyper_error_message(error));
	else if (!hyper_operation_ended(item))
		put(to, hyper_operation_step(item));
}

TEXT_COLUMN(op_actor, hyper_operation_actor)
TEXT_COLUMN(op_program, hyper_operation_program)

static void op_pid(FILE *to, const void *item, bool people)
{
	(void)people;
	if (hyper_operation_pid(item) > 0)
		put_number(to, (uint64_t)hyper_operation_pid(item));
}

static void op_uid(FILE *to, const void *item, bool people)
{
	(void)people;
	if (hyper_operation_uid(item) >= 0)
		put_number(to, (uint64_t)hyper_operation_uid(item));
}

/* Who, and through what: "token:ci hyperd[12]". */
static void op_who(FILE *to, const void *item, bool people)
{
	if (!hyper_operation_program(item))
		return;
	if (hyper_operation_actor(item)) {
		put(to, hyper_operation_actor(item));
		fputc(' ', to);
	}
	put(to, hyper_operation_program(item));
	fputc('[', to);
	op_pid(to, item, people);
	fputc(']', to);
}

static int op_json(const void *item, char **ret_json, hyper_error **err)
{
	return hyper_operation_to_json(item, 0, ret_json, err);
}

const struct out_noun out_operations = {
	.columns =
		(const struct out_column[]){
			{ "id", OUT_RIGHT, op_id },
			{ "kind", 0, op_kind },
			{ "state", OUT_STATE, op_state },
			{ "type", 0, op_type },
			{ "machine", 0, op_machine },
			{ "image", OUT_TRUNC, op_image },
			{ "done", OUT_RIGHT, op_progress },
			{ "age", OUT_RIGHT | OUT_PEOPLE, op_created_ago },
			{ "created_at", OUT_DATA, op_created_at },
			{ "started_at", OUT_DATA, op_started_at },
			{ "ended_at", OUT_DATA, op_ended_at },
			{ "note", OUT_TRUNC, op_note },
			{ "actor", OUT_DATA, op_actor },
			{ "program", OUT_DATA, op_program },
			{ "pid", OUT_DATA, op_pid },
			{ "uid", OUT_DATA, op_uid },
			{ 0 } },
	.to_json = op_json,
};

const struct out_noun out_history = {
	.columns =
		(const struct out_column[]){
			{ "id", OUT_RIGHT, op_id },
			{ "time", 0, op_created_at },
			{ "who", OUT_PEOPLE, op_who },
			{ "actor", OUT_DATA, op_actor },
			{ "program", OUT_DATA, op_program },
			{ "pid", OUT_DATA, op_pid },
			{ "uid", OUT_DATA, op_uid },
			{ "kind", 0, op_kind },
			{ "state", OUT_STATE, op_state },
			{ "note", OUT_TRUNC, op_note },
			{ 0 } },
	.to_json = op_json,
};

TEXT_COLUMN(event_kind, hyper_event_kind)
TEXT_COLUMN(event_driver, hyper_event_driver)
TEXT_COLUMN(event_actor, hyper_event_actor)
TEXT_COLUMN(event_state, hyper_event_state)
TIME_COLUMN(event_at, hyper_event_at)
NUMBER_COLUMN(event_seq, hyper_event_seq)

/* What it is about: for people that may be a driver, too. */
static void event_machine(FILE *to, const void *item, bool people)
{
	const char *machine = hyper_event_machine(item);

	put(to, machine || !people ? machine : hyper_event_driver(item));
}

static void event_operation(FILE *to, const void *item, bool people)
{
	(void)people;
	if (hyper_event_operation(item))
		put_number(to, hyper_event_operation(item));
}

static int event_json(const void *item, char **ret_json, hyper_error **err)
{
	return hyper_event_to_json(item, 0, ret_json, err);
}

const struct out_noun out_events = {
	.columns =
		(const struct out_column[]){
			{ "seq", OUT_WIDTH(6), event_seq },
			{ "at", OUT_WIDTH(24), event_at },
			{ "kind", OUT_WIDTH(15), event_kind },
			{ "machine", OUT_WIDTH(20), event_machine },
			{ "driver", OUT_DATA | OUT_WIDTH(10), event_driver },
			{ "operation", OUT_RIGHT | OUT_WIDTH(9),
			  event_operation },
			{ "actor", OUT_DATA | OUT_WIDTH(16), event_actor },
			{ "state", OUT_STATE | OUT_WIDTH(8), event_state },
			{ 0 } },
	.at_once = true,
	.to_json = event_json,
};

TEXT_COLUMN(image_name, hyper_image_name)
TEXT_COLUMN(image_type, hyper_image_type)
TEXT_COLUMN(image_format, hyper_image_format)
TEXT_COLUMN(image_handle, hyper_image_handle)
TIME_COLUMNS(image_created, hyper_image_created_at)

static void image_size(FILE *to, const void *item, bool people)
{
	if (people)
		text_size(to, hyper_image_size(item));
	else
		put_number(to, hyper_image_size(item));
}

static int image_json(const void *item, char **ret_json, hyper_error **err)
{
	return hyper_image_to_json(item, 0, ret_json, err);
}

const struct out_noun out_images = {
	.columns =
		(const struct out_column[]){
			{ "name", OUT_TRUNC, image_name },
			{ "type", 0, image_type },
			{ "format", 0, image_format },
			{ "size", OUT_RIGHT, image_size },
			{ "age", OUT_RIGHT | OUT_PEOPLE, image_created_ago },
			{ "created_at", OUT_DATA, image_created_at },
			{ "handle", OUT_DATA, image_handle },
			{ 0 } },
	.to_json = image_json,
};

TEXT_COLUMN(driver_name, hyper_driver_info_name)
TEXT_COLUMN(driver_version, hyper_driver_info_version)
TEXT_COLUMN(driver_engine, hyper_driver_info_engine)
TEXT_COLUMN(driver_reason, hyper_driver_info_reason)
TEXT_COLUMN(driver_file, hyper_driver_info_file)

BOOL_COLUMN(driver_available, hyper_driver_info_available)

static void driver_kinds(FILE *to, const void *item, bool people)
{
	PUT_LIST(to, people, hyper_driver_info_kind, item);
}

static void driver_features(FILE *to, const void *item, bool people)
{
	PUT_LIST(to, people, hyper_driver_info_feature, item);
}

/* Their JSON is that of the whole list: cmd_drivers.c. */
const struct out_noun out_drivers = {
	.columns =
		(const struct out_column[]){
			{ "name", 0, driver_name },
			{ "kinds", 0, driver_kinds },
			{ "available", OUT_STATE, driver_available },
			{ "version", 0, driver_version },
			{ "engine", OUT_TRUNC, driver_engine },
			{ "reason", OUT_TRUNC, driver_reason },
			{ "features", OUT_DATA, driver_features },
			{ "file", OUT_DATA, driver_file },
			{ 0 } },
};

TEXT_COLUMN(token_name, hyper_token_name)
TEXT_COLUMN(token_secret, hyper_token_secret)
TIME_COLUMNS(token_created, hyper_token_created_at)

static void token_role(FILE *to, const void *item, bool people)
{
	(void)people;
	put(to, hyper_role_name(hyper_token_role(item)));
}

static void token_expires(FILE *to, const void *item, bool people)
{
	if (hyper_token_expires_at(item))
		text_time(to, hyper_token_expires_at(item));
	else if (people)
		put(to, "never");
}

static int token_json(const void *item, char **ret_json, hyper_error **err)
{
	return hyper_token_to_json(item, 0, ret_json, err);
}

const struct out_noun out_tokens = {
	.columns =
		(const struct out_column[]){
			{ "name", 0, token_name },
			{ "role", 0, token_role },
			{ "age", OUT_RIGHT | OUT_PEOPLE, token_created_ago },
			{ "created_at", OUT_DATA, token_created_at },
			{ "expires_at", 0, token_expires },
			{ "secret", OUT_DATA, token_secret },
			{ 0 } },
	.to_json = token_json,
};

TEXT_COLUMN(finding_kind, hyper_finding_kind)
TEXT_COLUMN(finding_type, hyper_finding_type)
TEXT_COLUMN(finding_machine, hyper_finding_machine)
TEXT_COLUMN(finding_detail, hyper_finding_detail)
TEXT_COLUMN(finding_action, hyper_finding_action)

BOOL_COLUMN(finding_repaired, hyper_finding_repaired)

/* Their JSON is that of the whole list: cmd_doctor.c. */
const struct out_noun out_findings = {
	.columns =
		(const struct out_column[]){
			{ "kind", 0, finding_kind },
			{ "type", 0, finding_type },
			{ "machine", 0, finding_machine },
			{ "detail", OUT_TRUNC, finding_detail },
			{ "action", OUT_TRUNC, finding_action },
			{ "repaired", OUT_STATE, finding_repaired },
			{ 0 } },
};

TEXT_COLUMN(remote_name, hyper_remote_name)
TEXT_COLUMN(remote_uri, hyper_remote_uri)
TEXT_COLUMN(remote_cert, hyper_remote_client_cert)

BOOL_COLUMN(remote_token, hyper_remote_has_token)
BOOL_COLUMN(remote_in_use, hyper_remote_in_use)

/* Their JSON is that of the whole list: cmd_remote.c. */
const struct out_noun out_remotes = {
	.columns =
		(const struct out_column[]){
			{ "name", 0, remote_name },
			{ "in_use", 0, remote_in_use },
			{ "has_token", 0, remote_token },
			{ "uri", OUT_TRUNC, remote_uri },
			{ "client_cert", OUT_TRUNC, remote_cert },
			{ 0 } },
};
