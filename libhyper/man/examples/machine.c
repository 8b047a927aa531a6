/* SPDX-License-Identifier: MIT */
/* Machines: fill in, add, start, look at, list, stop, remove, adopt. */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What we want. Each setter checks its value and copies it. */
static int fill_in(hyper_machine *m, hyper_error **err)
{
	static const char *const command[] = { "httpd", "-f", NULL };

	return hyper_machine_set_id(m, "web1", err) ||
	       hyper_machine_set_type(m, "test", err) ||
	       hyper_machine_set_image(m, "demo", err) ||
	       hyper_machine_set_mem(m, 256, err) ||
	       hyper_machine_set_vcpus(m, 2, err) ||
	       hyper_machine_set_autostart(m, false, err) ||
	       hyper_machine_set_label(m, "tier", "web", err) ||
	       hyper_machine_set_env(m, "LANG", "C.UTF-8", err) ||
	       hyper_machine_set_option(m, "script", "stop:latency=1",
					err) ||
	       hyper_machine_set_command(m, command, err) ||
	       hyper_machine_add_port(m, "127.0.0.1:8080:80/tcp", err);
}

static int add(hyper_conn *conn, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	int failed =
		!spec || fill_in(spec, err) ||
		hyper_machine_add(conn, spec, 0, &machine, NULL, err);

	if (!failed)
		printf("added %s, %s\n", hyper_machine_id(machine),
		       hyper_state_name(hyper_machine_state(machine)));
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	return failed;
}

/* The same from JSON, with another id; and in the background. */
static int add_json(hyper_conn *conn, hyper_error **err)
{
	const char *text = "{\"id\": \"web2\", \"image\": \"demo\"}";
	hyper_machine *spec = NULL, *copy = NULL;
	hyper_operation *op = NULL, *ended = NULL;
	int failed = hyper_machine_from_json(text, strlen(text), 0,
					     &spec, err) ||
		     !(copy = hyper_machine_copy(spec)) ||
		     hyper_machine_set_mem(copy, 64, err) ||
		     hyper_machine_add(conn, copy, HYPER_ASYNC, NULL,
				       &op, err) ||
		     hyper_operation_wait(conn, hyper_operation_id(op),
					  UINT32_MAX, 0, &ended, err);

	hyper_operation_free(ended);
	hyper_operation_free(op);
	hyper_machine_free(copy);
	hyper_machine_free(spec);
	return failed;
}

static int start(hyper_conn *conn, hyper_error **err)
{
	hyper_machine *m = NULL;

	if (hyper_machine_start(conn, "web1", 0, &m, NULL, err))
		return 1;
	printf("%s is %s at %s\n", hyper_machine_id(m),
	       hyper_state_name(hyper_machine_state(m)),
	       hyper_machine_address(m, 0));
	hyper_machine_free(m);
	return 0;
}

/* Keys are in order, as are ports and addresses; NULL ends them. */
static void show_lists(const hyper_machine *m)
{
	const char *const *arg = hyper_machine_command(m);
	const hyper_port *port;
	const char *key;

	for (size_t i = 0; (key = hyper_machine_label_key(m, i)); i++)
		printf("label %s=%s\n", key,
		       hyper_machine_label(m, key));
	for (size_t i = 0; (key = hyper_machine_env_key(m, i)); i++)
		printf("env %s=%s\n", key, hyper_machine_env(m, key));
	for (size_t i = 0; (key = hyper_machine_option_key(m, i)); i++)
		printf("option %s=%s\n", key,
		       hyper_machine_option(m, key));
	for (size_t i = 0; (port = hyper_machine_port(m, i)); i++)
		printf("port %u on %s leads to %u/%s\n",
		       port->host_port,
		       port->host_ip ? port->host_ip : "all addresses",
		       port->guest_port, port->protocol);
	for (size_t i = 0; (key = hyper_machine_address(m, i)); i++)
		printf("address %s\n", key);
	for (; arg && *arg; arg++)
		printf("argument %s\n", *arg);
}

static void show(const hyper_machine *m)
{
	const char *reason = hyper_machine_state_reason(m);
	const char *word = hyper_machine_driver_state(m);

	printf("%s: %s from %s, %" PRIu64 " MiB, %u vcpus%s%s\n",
	       hyper_machine_id(m), hyper_machine_type(m),
	       hyper_machine_image(m), hyper_machine_mem(m),
	       hyper_machine_vcpus(m),
	       hyper_machine_autostart(m) ? ", starts by itself" : "",
	       hyper_machine_adopted(m) ? ", adopted" : "");
	printf("%s%s%s%s\n", hyper_state_name(hyper_machine_state(m)),
	       reason ? ": " : "", reason ? reason : "",
	       hyper_machine_stale(m) ? " (as of some time ago)" : "");
	/* What differs at each run */
	fprintf(stderr,
		"%s, its engine: %s %s; times %" PRId64 " %" PRId64
		" %" PRId64 ", generation %" PRIu64 "\n",
		hyper_machine_uuid(m), hyper_machine_handle(m),
		word ? word : "", hyper_machine_created_at(m),
		hyper_machine_updated_at(m),
		hyper_machine_observed_at(m),
		hyper_machine_generation(m));
}

static int look_up(hyper_conn *conn, hyper_error **err)
{
	hyper_machine *m = NULL;
	char *json = NULL;
	int failed = hyper_machine_get(conn, "web1", HYPER_REFRESH, &m,
				       err) ||
		     hyper_machine_to_json(m, 0, &json, err);

	if (!failed) {
		show(m);
		show_lists(m);
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_machine_free(m);
	return failed;
}

/* Page by page. The number that seq tells is where events go on. */
static int list(hyper_conn *conn, hyper_error **err)
{
	hyper_query *query = hyper_query_new();
	hyper_machines *page = NULL;
	int failed = !query || hyper_query_set_limit(query, 1) ||
		     hyper_query_set_count(query, true);
	bool more = !failed;

	while (more) {
		char *json = NULL;

		failed = hyper_machine_list(conn, query, 0, &page,
					    err) ||
			 hyper_machines_to_json(page, 0, &json, err);
		for (size_t i = 0; i < hyper_machines_count(page); i++)
			printf("one of %" PRId64 ": %s\n",
			       hyper_machines_total(page),
			       hyper_machine_id(
				       hyper_machines_at(page, i)));
		more = !failed && hyper_machines_next_cursor(page);
		if (more)
			failed = hyper_query_set_cursor(
				query,
				hyper_machines_next_cursor(page));
		else if (!failed)
			fprintf(stderr,
				"true at event %" PRIu64 ": %s\n",
				hyper_machines_seq(page), json);
		hyper_free(json);
		hyper_machines_free(page);
		page = NULL;
	}
	hyper_query_free(query);
	return failed;
}

/* Restart nothing that somebody has changed since we looked at it. And
 * whoever asks twice with the same key, for the answer was lost, gets
 * one start. */
static int start_once(hyper_conn *conn, hyper_error **err)
{
	hyper_machine *m = NULL;
	hyper_conn *view = NULL;
	int failed =
		hyper_machine_get(conn, "web2", 0, &m, err) ||
		hyper_conn_view(conn, 0, &view, err) ||
		hyper_conn_set_generation(
			view, hyper_machine_generation(m), err) ||
		hyper_conn_set_key(view, hyper_machine_uuid(m), err) ||
		hyper_machine_start(view, "web2", 0, NULL, NULL, err) ||
		hyper_machine_start(view, "web2", 0, NULL, NULL, err);

	hyper_close(view);
	hyper_machine_free(m);
	return failed;
}

/* More memory, and another label; the rest stays as it is. */
static int change(hyper_conn *conn, hyper_error **err)
{
	hyper_changes *changes = hyper_changes_new();
	hyper_machine *m = NULL;
	int failed =
		!changes || hyper_changes_set_mem(changes, 512, err) ||
		hyper_changes_set_vcpus(changes, 4, err) ||
		hyper_changes_set_autostart(changes, false, err) ||
		hyper_changes_set_label(changes, "tier", "front",
					err) ||
		hyper_changes_set_label(changes, "old", NULL, err) ||
		hyper_machine_change(conn, "web1", changes, 0, &m, NULL,
				     err);

	if (!failed)
		printf("%s has %" PRIu64 " MiB\n", hyper_machine_id(m),
		       hyper_machine_mem(m));
	hyper_machine_free(m);
	hyper_changes_free(changes);
	return failed;
}

/* The same as a merge patch. */
static int change_json(hyper_conn *conn, hyper_error **err)
{
	const char *text =
		"{\"mem\": 256, \"labels\": {\"tier\": null}}";
	hyper_changes *changes = NULL;
	int failed = hyper_changes_from_json(text, strlen(text), 0,
					     &changes, err) ||
		     hyper_machine_change(conn, "web1", changes, 0,
					  NULL, NULL, err);

	hyper_changes_free(changes);
	return failed;
}

/* Give the guest a second; then kill it. */
static int stop(hyper_conn *conn, hyper_error **err)
{
	return hyper_machine_stop(conn, "web1", 1000, HYPER_FORCE, NULL,
				  NULL, err);
}

/* Also when it runs. */
static int drop(hyper_conn *conn, const char *id, hyper_error **err)
{
	return hyper_machine_remove(conn, id, HYPER_FORCE, NULL, err);
}

/* What its engine calls "postgres" is "db" for us, until we let it go.
 */
static int borrow(hyper_conn *conn, hyper_error **err)
{
	hyper_machine *m = NULL;

	if (hyper_machine_adopt(conn, "test", "postgres", "db", 0, &m,
				NULL, err))
		return 1;
	show(m);
	hyper_machine_free(m);
	return hyper_machine_remove(conn, "db", HYPER_KEEP, NULL, err);
}

/* machine [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		add(conn, &err) || add_json(conn, &err) ||
		start(conn, &err) || look_up(conn, &err) ||
		list(conn, &err) || start_once(conn, &err) ||
		change(conn, &err) || change_json(conn, &err) ||
		stop(conn, &err) || drop(conn, "web1", &err) ||
		drop(conn, "web2", &err) || borrow(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
