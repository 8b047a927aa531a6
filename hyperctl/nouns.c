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

/* A column that is a text, and one that is a moment: its age for people. */
#define TEXT_COLUMN(name, getter)                                              \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		(void)people;                                                  \
		put(to, getter(item));                                         \
	}
#define TIME_COLUMN(name, getter)                                              \
	static void name(FILE *to, const void *item, bool people)              \
	{                                                                      \
		(people ? text_age : text_time)(to, getter(item));             \
	}

TEXT_COLUMN(machine_id, hyper_machine_id)
TEXT_COLUMN(machine_type, hyper_machine_type)
TEXT_COLUMN(machine_image, hyper_machine_image)
TIME_COLUMN(machine_created, hyper_machine_created_at)

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
			{ "state", 0, machine_state },
			{ "mem", OUT_RIGHT, machine_mem },
			{ "vcpus", OUT_RIGHT, machine_vcpus },
			{ "addresses", OUT_TRUNC, machine_addresses },
			{ "age", OUT_RIGHT | OUT_PEOPLE, machine_created },
			{ "created_at", OUT_DATA, machine_created },
			{ 0 } },
	.to_json = machine_json,
};

TEXT_COLUMN(op_kind, hyper_operation_kind)
TEXT_COLUMN(op_type, hyper_operation_type)
TEXT_COLUMN(op_machine, hyper_operation_machine)
TEXT_COLUMN(op_image, hyper_operation_image)
TIME_COLUMN(op_created, hyper_operation_created_at)
TIME_COLUMN(op_started, hyper_operation_started_at)
TIME_COLUMN(op_ended, hyper_operation_ended_at)

static void op_id(FILE *to, const void *item, bool people)
{
	(void)people;
	put_number(to, hyper_operation_id(item));
}

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

static void op_when(FILE *to, const void *item, bool people)
{
	(void)people;
	text_time(to, hyper_operation_created_at(item));
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
			{ "state", 0, op_state },
			{ "type", 0, op_type },
			{ "machine", 0, op_machine },
			{ "image", OUT_TRUNC, op_image },
			{ "done", OUT_RIGHT, op_progress },
			{ "age", OUT_RIGHT | OUT_PEOPLE, op_created },
			{ "created_at", OUT_DATA, op_created },
			{ "started_at", OUT_DATA, op_started },
			{ "ended_at", OUT_DATA, op_ended },
			{ "note", OUT_TRUNC, op_note },
			{ "actor", OUT_DATA, op_actor },
			{ "program", OUT_DATA, op_program },
			{ "pid", OUT_DATA, op_pid },
			{ "uid", OUT_DATA, op_uid },
			{ 0 } },
	.to_json = op_json,
};

const struct out_noun out_history = {
	.columns = (const struct out_column[]){ { "id", OUT_RIGHT, op_id },
						{ "time", 0, op_when },
						{ "who", OUT_PEOPLE, op_who },
						{ "actor", OUT_DATA, op_actor },
						{ "program", OUT_DATA,
						  op_program },
						{ "pid", OUT_DATA, op_pid },
						{ "uid", OUT_DATA, op_uid },
						{ "kind", 0, op_kind },
						{ "state", 0, op_state },
						{ "note", OUT_TRUNC, op_note },
						{ 0 } },
	.to_json = op_json,
};

TEXT_COLUMN(event_kind, hyper_event_kind)
TEXT_COLUMN(event_machine, hyper_event_machine)
TEXT_COLUMN(event_driver, hyper_event_driver)
TEXT_COLUMN(event_actor, hyper_event_actor)
TEXT_COLUMN(event_state, hyper_event_state)
TIME_COLUMN(event_at, hyper_event_at)

static void event_seq(FILE *to, const void *item, bool people)
{
	(void)people;
	put_number(to, hyper_event_seq(item));
}

static void event_operation(FILE *to, const void *item, bool people)
{
	(void)people;
	if (hyper_event_operation(item))
		put_number(to, hyper_event_operation(item));
}

/* As lines and JSON they are shown by cmd_events.c. */
const struct out_noun out_events = {
	.columns =
		(const struct out_column[]){
			{ "seq", OUT_DATA, event_seq },
			{ "at", OUT_DATA, event_at },
			{ "kind", OUT_DATA, event_kind },
			{ "machine", OUT_DATA, event_machine },
			{ "driver", OUT_DATA, event_driver },
			{ "operation", OUT_DATA, event_operation },
			{ "actor", OUT_DATA, event_actor },
			{ "state", OUT_DATA, event_state },
			{ 0 } },
};

TEXT_COLUMN(image_name, hyper_image_name)
TEXT_COLUMN(image_type, hyper_image_type)
TEXT_COLUMN(image_format, hyper_image_format)
TEXT_COLUMN(image_handle, hyper_image_handle)
TIME_COLUMN(image_created, hyper_image_created_at)

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
			{ "age", OUT_RIGHT | OUT_PEOPLE, image_created },
			{ "created_at", OUT_DATA, image_created },
			{ "handle", OUT_DATA, image_handle },
			{ 0 } },
	.to_json = image_json,
};

TEXT_COLUMN(driver_name, hyper_driver_info_name)
TEXT_COLUMN(driver_version, hyper_driver_info_version)
TEXT_COLUMN(driver_engine, hyper_driver_info_engine)
TEXT_COLUMN(driver_reason, hyper_driver_info_reason)
TEXT_COLUMN(driver_file, hyper_driver_info_file)

static void driver_available(FILE *to, const void *item, bool people)
{
	bool available = hyper_driver_info_available(item);

	if (people)
		put(to, available ? "yes" : "no");
	else
		put(to, available ? "true" : "false");
}

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
			{ "available", 0, driver_available },
			{ "version", 0, driver_version },
			{ "engine", OUT_TRUNC, driver_engine },
			{ "reason", OUT_TRUNC, driver_reason },
			{ "features", OUT_DATA, driver_features },
			{ "file", OUT_DATA, driver_file },
			{ 0 } },
};

TEXT_COLUMN(token_name, hyper_token_name)
TEXT_COLUMN(token_secret, hyper_token_secret)
TIME_COLUMN(token_created, hyper_token_created_at)

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
			{ "age", OUT_RIGHT | OUT_PEOPLE, token_created },
			{ "created_at", OUT_DATA, token_created },
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

static void finding_repaired(FILE *to, const void *item, bool people)
{
	bool repaired = hyper_finding_repaired(item);

	if (people)
		put(to, repaired ? "yes" : "no");
	else
		put(to, repaired ? "true" : "false");
}

/* Their JSON is that of the whole list: cmd_doctor.c. */
const struct out_noun out_findings = {
	.columns =
		(const struct out_column[]){
			{ "kind", 0, finding_kind },
			{ "type", 0, finding_type },
			{ "machine", 0, finding_machine },
			{ "detail", OUT_TRUNC, finding_detail },
			{ "action", OUT_TRUNC, finding_action },
			{ "repaired", 0, finding_repaired },
			{ 0 } },
};
