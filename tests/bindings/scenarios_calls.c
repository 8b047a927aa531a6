/* SPDX-License-Identifier: MIT */
/* The calls of the scenarios in C. */
#include "scenarios.h"

#include <string.h>

/* --- arguments --- */

const char *text(json *args, const char *key)
{
	return json_object_get_string(json_object_object_get(args, key));
}

int64_t number(json *args, const char *key, int64_t otherwise)
{
	json *value = json_object_object_get(args, key);

	return value ? json_object_get_int64(value) : otherwise;
}

static bool is_true(json *args, const char *key)
{
	return json_object_get_boolean(json_object_object_get(args, key));
}

static uint32_t flags_of(json *args)
{
	return (is_true(args, "async") ? HYPER_ASYNC : 0) |
	       (is_true(args, "force") ? HYPER_FORCE : 0) |
	       (is_true(args, "keep") ? HYPER_KEEP : 0) |
	       (is_true(args, "repair") ? HYPER_REPAIR : 0) |
	       (is_true(args, "dry_run") ? HYPER_DRY_RUN : 0);
}

static hyper_query *query_of(json *args)
{
	hyper_query *query = hyper_query_new();

	hyper_query_set_filter(query, text(args, "filter"));
	hyper_query_set_sort(query, text(args, "sort"));
	hyper_query_set_limit(query, (uint32_t)number(args, "limit", 0));
	hyper_query_set_cursor(query, text(args, "cursor"));
	hyper_query_set_fields(query, text(args, "fields"));
	hyper_query_set_count(query, is_true(args, "count"));
	return query;
}

/* --- what comes back --- */

static void take_line(char *line, json **ret)
{
	if (line)
		*ret = json_tokener_parse(line);
	hyper_free(line);
}

/* give_NOUN(): the JSON of a thing, which is freed; rc is passed on. */
#define GIVER(noun)                                                            \
	static int give_##noun(int rc, hyper_##noun *thing, json **ret,        \
			       hyper_error **err)                              \
	{                                                                      \
		char *line = NULL;                                             \
                                                                               \
		if (rc == 0 && thing)                                          \
			rc = hyper_##noun##_to_json(thing, 0, &line, err);     \
		take_line(line, ret);                                          \
		hyper_##noun##_free(thing);                                    \
		return rc;                                                     \
	}
GIVER(machine)
GIVER(machines)
GIVER(operation)
GIVER(operations)
GIVER(outcomes)
GIVER(image)
GIVER(images)
GIVER(drivers)
GIVER(findings)
GIVER(token)
GIVER(tokens)
GIVER(remotes)

/* Is the operation what one wants of a change? */
static bool wants_operation(json *args)
{
	return is_true(args, "async") || is_true(args, "dry_run");
}

static int give_changed(int rc, json *args, hyper_machine *machine,
			hyper_operation *op, json **ret, hyper_error **err)
{
	if (!wants_operation(args)) {
		hyper_operation_free(op);
		return give_machine(rc, machine, ret, err);
	}
	hyper_machine_free(machine);
	return give_operation(rc, op, ret, err);
}

static int give_nothing(int rc, json *args, hyper_operation *op, json **ret,
			hyper_error **err)
{
	if (wants_operation(args))
		return give_operation(rc, op, ret, err);
	hyper_operation_free(op);
	return rc;
}

/* --- the calls --- */

static int machine_add(json *args, json **ret, hyper_error **err)
{
	const char *record = json_object_to_json_string(
		json_object_object_get(args, "machine"));
	hyper_machine *spec = NULL, *machine = NULL;
	hyper_operation *op = NULL;
	int rc = hyper_machine_from_json(record, strlen(record), 0, &spec, err);

	if (rc == 0)
		rc = hyper_machine_add(conn, spec, flags_of(args), &machine,
				       &op, err);
	hyper_machine_free(spec);
	return give_changed(rc, args, machine, op, ret, err);
}

static int machine_start(json *args, json **ret, hyper_error **err)
{
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	int rc = hyper_machine_start(conn, text(args, "id"), flags_of(args),
				     &machine, &op, err);

	return give_changed(rc, args, machine, op, ret, err);
}

static int machine_stop(json *args, json **ret, hyper_error **err)
{
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	int rc = hyper_machine_stop(
		conn, text(args, "id"),
		(uint32_t)number(args, "timeout_ms", HYPER_TIMEOUT_DEFAULT),
		flags_of(args), &machine, &op, err);

	return give_changed(rc, args, machine, op, ret, err);
}

static int machine_remove(json *args, json **ret, hyper_error **err)
{
	hyper_operation *op = NULL;
	int rc = hyper_machine_remove(conn, text(args, "id"), flags_of(args),
				      &op, err);

	return give_nothing(rc, args, op, ret, err);
}

static int changes_of(json *args, hyper_changes **ret_changes,
		      hyper_error **err)
{
	const char *patch = json_object_to_json_string(
		json_object_object_get(args, "changes"));

	return hyper_changes_from_json(patch, strlen(patch), 0, ret_changes,
				       err);
}

static int machine_change(json *args, json **ret, hyper_error **err)
{
	hyper_changes *changes = NULL;
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	int rc = changes_of(args, &changes, err);

	if (rc == 0)
		rc = hyper_machine_change(conn, text(args, "id"), changes,
					  flags_of(args), &machine, &op, err);
	hyper_changes_free(changes);
	return give_changed(rc, args, machine, op, ret, err);
}

static int machine_start_all(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_outcomes *outcomes = NULL;
	int rc = hyper_machine_start_all(conn, query, flags_of(args), &outcomes,
					 err);

	hyper_query_free(query);
	return give_outcomes(rc, outcomes, ret, err);
}

static int machine_stop_all(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_outcomes *outcomes = NULL;
	int rc = hyper_machine_stop_all(
		conn, query,
		(uint32_t)number(args, "timeout_ms", HYPER_TIMEOUT_DEFAULT),
		flags_of(args), &outcomes, err);

	hyper_query_free(query);
	return give_outcomes(rc, outcomes, ret, err);
}

static int machine_change_all(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_changes *changes = NULL;
	hyper_outcomes *outcomes = NULL;
	int rc = changes_of(args, &changes, err);

	if (rc == 0)
		rc = hyper_machine_change_all(conn, query, changes,
					      flags_of(args), &outcomes, err);
	hyper_changes_free(changes);
	hyper_query_free(query);
	return give_outcomes(rc, outcomes, ret, err);
}

static int machine_remove_all(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_outcomes *outcomes = NULL;
	int rc = hyper_machine_remove_all(conn, query, flags_of(args),
					  &outcomes, err);

	hyper_query_free(query);
	return give_outcomes(rc, outcomes, ret, err);
}

static int machine_get(json *args, json **ret, hyper_error **err)
{
	hyper_machine *machine = NULL;
	int rc = hyper_machine_get(conn, text(args, "id"), 0, &machine, err);

	return give_machine(rc, machine, ret, err);
}

static int machine_list(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_machines *machines = NULL;
	int rc = hyper_machine_list(conn, query, 0, &machines, err);

	hyper_query_free(query);
	return give_machines(rc, machines, ret, err);
}

static int operation_get(json *args, json **ret, hyper_error **err)
{
	hyper_operation *op = NULL;
	int rc = hyper_operation_get(conn, (uint64_t)number(args, "id", 0), 0,
				     &op, err);

	return give_operation(rc, op, ret, err);
}

static int operation_wait(json *args, json **ret, hyper_error **err)
{
	hyper_operation *op = NULL;
	int rc = hyper_operation_wait(
		conn, (uint64_t)number(args, "id", 0),
		(uint32_t)number(args, "timeout_ms", UINT32_MAX), 0, &op, err);

	return give_operation(rc, op, ret, err);
}

static int operation_cancel(json *args, json **ret, hyper_error **err)
{
	hyper_operation *op = NULL;
	int rc = hyper_operation_cancel(conn, (uint64_t)number(args, "id", 0),
					0, &op, err);

	return give_operation(rc, op, ret, err);
}

static int operation_list(json *args, json **ret, hyper_error **err)
{
	hyper_query *query = query_of(args);
	hyper_operations *ops = NULL;
	int rc = hyper_operation_list(conn, query, 0, &ops, err);

	hyper_query_free(query);
	return give_operations(rc, ops, ret, err);
}

static int image_list(json *args, json **ret, hyper_error **err)
{
	hyper_images *images = NULL;
	int rc = hyper_image_list(conn, text(args, "type"), 0, &images, err);

	return give_images(rc, images, ret, err);
}

static int image_get(json *args, json **ret, hyper_error **err)
{
	hyper_image *image = NULL;
	int rc = hyper_image_get(conn, text(args, "type"), text(args, "name"),
				 0, &image, err);

	return give_image(rc, image, ret, err);
}

static int image_pull(json *args, json **ret, hyper_error **err)
{
	hyper_image *image = NULL;
	hyper_operation *op = NULL;
	int rc = hyper_image_pull(conn, text(args, "type"), text(args, "name"),
				  flags_of(args), &image, &op, err);

	if (!wants_operation(args)) {
		hyper_operation_free(op);
		return give_image(rc, image, ret, err);
	}
	hyper_image_free(image);
	return give_operation(rc, op, ret, err);
}

static int image_remove(json *args, json **ret, hyper_error **err)
{
	hyper_operation *op = NULL;
	int rc =
		hyper_image_remove(conn, text(args, "type"), text(args, "name"),
				   flags_of(args), &op, err);

	return give_nothing(rc, args, op, ret, err);
}

static int driver_list(json *args, json **ret, hyper_error **err)
{
	hyper_drivers *drivers = NULL;
	int rc = hyper_driver_list(conn, 0, &drivers, err);

	(void)args;
	return give_drivers(rc, drivers, ret, err);
}

static int doctor(json *args, json **ret, hyper_error **err)
{
	hyper_findings *findings = NULL;
	int rc = hyper_doctor(conn, flags_of(args), &findings, err);

	return give_findings(rc, findings, ret, err);
}

static int token_add(json *args, json **ret, hyper_error **err)
{
	hyper_token *token = NULL;
	int rc = hyper_token_add(conn, text(args, "name"),
				 hyper_role_parse(text(args, "role")),
				 number(args, "expires_at", 0), 0, &token, err);

	return give_token(rc, token, ret, err);
}

static int token_list(json *args, json **ret, hyper_error **err)
{
	hyper_tokens *tokens = NULL;
	int rc = hyper_token_list(conn, 0, &tokens, err);

	(void)args;
	return give_tokens(rc, tokens, ret, err);
}

static int token_remove(json *args, json **ret, hyper_error **err)
{
	(void)ret;
	return hyper_token_remove(conn, text(args, "name"), 0, err);
}

static int remote_add(json *args, json **ret, hyper_error **err)
{
	(void)ret;
	return hyper_remote_add(text(args, "name"), text(args, "uri"),
				text(args, "token"), text(args, "client_cert"),
				0, err);
}

static int remote_list(json *args, json **ret, hyper_error **err)
{
	hyper_remotes *remotes = NULL;
	int rc = hyper_remote_list(0, &remotes, err);

	(void)args;
	return give_remotes(rc, remotes, ret, err);
}

static int remote_use(json *args, json **ret, hyper_error **err)
{
	(void)ret;
	return hyper_remote_use(text(args, "name"), 0, err);
}

static int remote_remove(json *args, json **ret, hyper_error **err)
{
	(void)ret;
	return hyper_remote_remove(text(args, "name"), 0, err);
}

static int conn_ready(json *args, json **ret, hyper_error **err)
{
	(void)args;
	(void)ret;
	return hyper_conn_ready(conn, 0, err);
}

/* Whether there is that line. */
static int conn_metrics(json *args, json **ret, hyper_error **err)
{
	char *metrics = NULL, *rest, *line;
	bool found = false;
	int rc = hyper_conn_metrics(conn, 0, &metrics, err);

	if (rc)
		return rc;
	for (line = strtok_r(metrics, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		found = found || strcmp(line, text(args, "line")) == 0;
	hyper_free(metrics);
	*ret = json_object_new_object();
	json_object_object_add(*ret, "found", json_object_new_boolean(found));
	return 0;
}

static int event_mark(json *args, json **ret, hyper_error **err)
{
	hyper_machines *machines = NULL;
	int rc = hyper_machine_list(conn, NULL, 0, &machines, err);

	(void)args;
	if (rc == 0) {
		*ret = json_object_new_object();
		json_object_object_add(
			*ret, "seq",
			json_object_new_uint64(hyper_machines_seq(machines)));
	}
	hyper_machines_free(machines);
	return rc;
}

static int event_stream(json *args, json **ret, hyper_error **err)
{
	hyper_event_stream *stream = NULL;
	const hyper_event *event = NULL;
	json *events = json_object_new_array();
	bool last = false;
	int rc = hyper_event_stream_open(
		conn, (uint64_t)number(args, "after", 0), 0, &stream, err);

	while (rc == 0 && !last) {
		char *line = NULL;

		rc = hyper_event_stream_next(stream, 20000, &event, err);
		if (rc || !event)
			break;
		if (!hyper_event_machine(event) ||
		    strcmp(hyper_event_machine(event), text(args, "machine")) !=
			    0)
			continue;
		last = strcmp(hyper_event_kind(event), text(args, "until")) ==
		       0;
		rc = hyper_event_to_json(event, 0, &line, err);
		if (rc == 0)
			json_object_array_add(events, json_tokener_parse(line));
		hyper_free(line);
	}
	hyper_event_stream_close(stream);
	*ret = events;
	return rc;
}

const struct call calls[] = {
	{ "machine_add", machine_add },
	{ "machine_start", machine_start },
	{ "machine_stop", machine_stop },
	{ "machine_remove", machine_remove },
	{ "machine_change", machine_change },
	{ "machine_start_all", machine_start_all },
	{ "machine_stop_all", machine_stop_all },
	{ "machine_change_all", machine_change_all },
	{ "machine_remove_all", machine_remove_all },
	{ "machine_get", machine_get },
	{ "machine_list", machine_list },
	{ "operation_get", operation_get },
	{ "operation_wait", operation_wait },
	{ "operation_cancel", operation_cancel },
	{ "operation_list", operation_list },
	{ "image_list", image_list },
	{ "image_get", image_get },
	{ "image_pull", image_pull },
	{ "image_remove", image_remove },
	{ "driver_list", driver_list },
	{ "doctor", doctor },
	{ "token_add", token_add },
	{ "token_list", token_list },
	{ "token_remove", token_remove },
	{ "remote_add", remote_add },
	{ "remote_list", remote_list },
	{ "remote_use", remote_use },
	{ "remote_remove", remote_remove },
	{ "conn_ready", conn_ready },
	{ "conn_metrics", conn_metrics },
	{ "event_mark", event_mark },
	{ "event_stream", event_stream },
	{ NULL, NULL },
};
