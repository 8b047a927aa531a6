/* SPDX-License-Identifier: MIT */
/* The life of a machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

/* Every field that a user may set. */
static const char full[] =
	"{\"id\": \"full\", \"type\": \"test\", \"image\": \"demo\", "
	"\"mem\": 256, \"vcpus\": 2, "
	"\"env\": {\"B\": \"2\", \"A\": \"one = 1 \\u00e9\\n\", \"EMPTY\": "
	"\"\"}, "
	"\"command\": [\"/bin/sh\", \"-c\", \"echo \\\"$A\\\"; <&>\"], "
	"\"ports\": [{\"host_ip\": \"127.0.0.1\", \"host_port\": 8080, "
	"\"guest_port\": 80, \"protocol\": \"tcp\"}], "
	"\"labels\": {\"tier\": \"web\", \"a.b/c-d_e\": \"x\"}, "
	"\"options\": {\"script\": \"\"}}";

static void check_full(const hyper_machine *machine)
{
	const hyper_port *port = hyper_machine_port(machine, 0);
	const char *const *command = hyper_machine_command(machine);

	ck_assert_str_eq(hyper_machine_id(machine), "full");
	ck_assert_str_eq(hyper_machine_type(machine), "test");
	ck_assert_str_eq(hyper_machine_image(machine), "demo");
	ck_assert_uint_eq(hyper_machine_mem(machine), 256);
	ck_assert_uint_eq(hyper_machine_vcpus(machine), 2);
	ck_assert(!hyper_machine_autostart(machine));
	ck_assert_str_eq(hyper_machine_env(machine, "A"), "one = 1 é\n");
	ck_assert_str_eq(hyper_machine_env(machine, "EMPTY"), "");
	ck_assert_ptr_null(hyper_machine_env(machine, "C"));
	ck_assert_str_eq(hyper_machine_env_key(machine, 0), "A");
	ck_assert_str_eq(hyper_machine_env_key(machine, 2), "EMPTY");
	ck_assert_ptr_null(hyper_machine_env_key(machine, 3));
	ck_assert_str_eq(command[2], "echo \"$A\"; <&>");
	ck_assert_ptr_null(command[3]);
	ck_assert_str_eq(port->host_ip, "127.0.0.1");
	ck_assert_uint_eq(port->host_port, 8080);
	ck_assert_uint_eq(port->guest_port, 80);
	ck_assert_str_eq(port->protocol, "tcp");
	ck_assert_ptr_null(hyper_machine_port(machine, 1));
	ck_assert_str_eq(hyper_machine_label(machine, "tier"), "web");
	ck_assert_str_eq(hyper_machine_label_key(machine, 0), "a.b/c-d_e");
}

START_TEST(fields)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of(full), *made = NULL, *got = NULL;
	hyper_error *err = NULL;
	char *before = NULL, *after = NULL, *seen;

	check_full(spec);
	OK(hyper_machine_add(conn, spec, 0, &made, NULL, &err));
	check_full(made);
	say_machine("made", made);
	ck_assert_int_eq(hyper_machine_state(made), HYPER_STATE_STOPPED);
	ck_assert_uint_eq(strlen(hyper_machine_uuid(made)), 36);
	ck_assert_int_gt(hyper_machine_created_at(made), 1600000000000LL);
	ck_assert_int_ge(hyper_machine_updated_at(made),
			 hyper_machine_created_at(made));
	ck_assert_uint_gt(hyper_machine_generation(made), 0);
	ck_assert(!hyper_machine_stale(made));

	OK(hyper_machine_get(conn, "full", 0, &got, &err));
	check_full(got);
	OK(hyper_machine_to_json(made, 0, &before, &err));
	OK(hyper_machine_to_json(got, 0, &after, &err));
	/* It may have been looked at in between. */
	seen = strstr(before, "\"observed_at\":");
	ck_assert_ptr_nonnull(seen);
	ck_assert_ptr_nonnull(strchr(seen, ','));
	ck_assert_int_eq(strncmp(before, after, (size_t)(seen - before)), 0);
	ck_assert_ptr_eq(strstr(after, strchr(seen, ',')),
			 after + (strchr(seen, ',') - before));
	hyper_free(before);
	hyper_free(after);
	hyper_machine_free(got);
	hyper_machine_free(made);
	hyper_machine_free(spec);
	remove_machine(conn, "full");
	hyper_close(conn);
}
END_TEST

START_TEST(life)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL, *again = NULL;
	hyper_error *err = NULL;

	add_machine(conn, "life", NULL, "life");
	OK(hyper_machine_start(conn, "life", 0, &machine, NULL, &err));
	say_machine("started", machine);
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_RUNNING);
	ck_assert_int_eq(state_of(conn, "life"), HYPER_STATE_RUNNING);

	/* again: success, and nothing has changed */
	OK(hyper_machine_start(conn, "life", 0, &again, NULL, &err));
	ck_assert_int_eq(hyper_machine_state(again), HYPER_STATE_RUNNING);
	ck_assert_uint_eq(hyper_machine_generation(again),
			  hyper_machine_generation(machine));
	hyper_machine_free(machine);
	hyper_machine_free(again);
	machine = again = NULL;

	FAILS(HYPER_ERR_STATE, NULL,
	      hyper_machine_remove(conn, "life", 0, NULL, &err));
	ck_assert_int_eq(state_of(conn, "life"), HYPER_STATE_RUNNING);

	OK(hyper_machine_stop(conn, "life", HYPER_TIMEOUT_DEFAULT, 0, &machine,
			      NULL, &err));
	say_machine("stopped", machine);
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	OK(hyper_machine_stop(conn, "life", 0, 0, &again, NULL, &err));
	ck_assert_uint_eq(hyper_machine_generation(again),
			  hyper_machine_generation(machine));
	hyper_machine_free(machine);
	hyper_machine_free(again);

	OK(hyper_machine_remove(conn, "life", 0, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_get(conn, "life", 0, &machine, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(force)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	/* a guest that never stops by itself */
	add_machine(conn, "stubborn", "stop:ignore", "force");
	OK(hyper_machine_start(conn, "stubborn", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_TIMEOUT, NULL,
	      hyper_machine_stop(conn, "stubborn", 200, 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "stubborn"), HYPER_STATE_RUNNING);
	OK(hyper_machine_stop(conn, "stubborn", 200, HYPER_FORCE, &machine,
			      NULL, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_STOPPED);
	hyper_machine_free(machine);

	OK(hyper_machine_start(conn, "stubborn", 0, NULL, NULL, &err));
	OK(hyper_machine_stop(conn, "stubborn", 0, HYPER_FORCE, NULL, NULL,
			      &err));
	OK(hyper_machine_start(conn, "stubborn", 0, NULL, NULL, &err));
	OK(hyper_machine_remove(conn, "stubborn", HYPER_FORCE, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_remove(conn, "stubborn", HYPER_FORCE, NULL, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(ids)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of("{\"image\": \"demo\"}");
	hyper_machine *one = NULL, *two = NULL, *again = NULL;
	hyper_error *err = NULL;
	char longest[HYPER_ID_MAX + 1], *uuid;

	/* made up, and each another; the type comes from the image */
	OK(hyper_machine_add(conn, spec, 0, &one, NULL, &err));
	OK(hyper_machine_add(conn, spec, 0, &two, NULL, &err));
	ck_assert_str_ne(hyper_machine_id(one), hyper_machine_id(two));
	ck_assert_str_eq(hyper_machine_type(one), "test");
	ck_assert(strlen(hyper_machine_id(one)) <= HYPER_ID_MAX);
	OK(hyper_machine_remove(conn, hyper_machine_id(one), 0, NULL, &err));
	OK(hyper_machine_remove(conn, hyper_machine_id(two), 0, NULL, &err));
	hyper_machine_free(one);
	hyper_machine_free(two);
	one = two = NULL;

	/* case does not matter; an id can be used again, its uuid not */
	OK(hyper_machine_set_id(spec, "Reused-1", &err));
	OK(hyper_machine_add(conn, spec, 0, &one, NULL, &err));
	ck_assert_str_eq(hyper_machine_id(one), "reused-1");
	uuid = strdup(hyper_machine_uuid(one));
	FAILS(HYPER_ERR_EXISTS, "id",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_start(conn, "REUSED-1", 0, NULL, NULL, &err));
	remove_machine(conn, "reuseD-1");
	OK(hyper_machine_add(conn, spec, 0, &again, NULL, &err));
	ck_assert_str_ne(hyper_machine_uuid(again), uuid);
	ck_assert_int_eq(hyper_machine_state(again), HYPER_STATE_STOPPED);
	free(uuid);
	hyper_machine_free(again);
	hyper_machine_free(one);
	remove_machine(conn, "reused-1");

	memset(longest, 'x', HYPER_ID_MAX);
	longest[HYPER_ID_MAX] = '\0';
	add_machine(conn, longest, NULL, "ids");
	remove_machine(conn, longest);
	add_machine(conn, "x", NULL, "ids");
	remove_machine(conn, "x");
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

START_TEST(refresh)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL;
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;

	add_machine(conn, "fresh", NULL, "refresh");
	OK(hyper_machine_get(conn, "fresh", HYPER_REFRESH, &machine, &err));
	ck_assert(!hyper_machine_stale(machine));
	ck_assert_int_gt(hyper_machine_observed_at(machine), 0);
	OK(hyper_machine_list(conn, NULL, HYPER_REFRESH, &machines, &err));
	ck_assert_uint_ge(hyper_machines_count(machines), 1);
	hyper_machines_free(machines);
	hyper_machine_free(machine);
	remove_machine(conn, "fresh");
	hyper_close(conn);
}
END_TEST

/* What the driver says comes out as it went in, whatever it is. */
START_TEST(driver_errors)
{
	hyper_conn *conn = CONNECT();
	hyper_error *err = NULL;
	char script[64], id[32];

	for (int code = HYPER_ERR_INVALID; code >= HYPER_ERR_INTERNAL; code--) {
		snprintf(id, sizeof(id), "error%d", -code);
		snprintf(script, sizeof(script), "start:error=%s",
			 hyper_code_name(code));
		add_machine(conn, id, script, "error");
		say("%s", script);
		FAILS(code, NULL,
		      hyper_machine_start(conn, id, 0, NULL, NULL, &err));
		/* no state is a dead end */
		remove_machine(conn, id);
	}
	hyper_close(conn);
}
END_TEST

START_TEST(failed_add)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec =
		spec_of("{\"id\": \"halfway\", \"type\": \"test\", "
			"\"image\": \"demo\", "
			"\"options\": {\"script\": \"add:error=DRIVER\"}}");
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_DRIVER, NULL,
	      hyper_machine_add(conn, spec, 0, &machine, NULL, &err));
	ck_assert_ptr_null(machine);
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_get(conn, "halfway", 0, &machine, &err));
	/* so the id is free */
	add_machine(conn, "halfway", NULL, "failed");
	remove_machine(conn, "halfway");
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

START_TEST(failed_remove)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	add_machine(conn, "sticky", "remove:error=IO", "failed");
	FAILS(HYPER_ERR_IO, NULL,
	      hyper_machine_remove(conn, "sticky", 0, NULL, &err));
	OK(hyper_machine_get(conn, "sticky", 0, &machine, &err));
	say_machine("still there", machine);
	hyper_machine_free(machine);
	/* and stays: its script says so */
	hyper_close(conn);
}
END_TEST

TCase *machine_tests(void)
{
	TCase *tests = tcase_create("machine");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, fields);
	tcase_add_test(tests, life);
	tcase_add_test(tests, force);
	tcase_add_test(tests, ids);
	tcase_add_test(tests, refresh);
	tcase_add_test(tests, driver_errors);
	tcase_add_test(tests, failed_add);
	tcase_add_test(tests, failed_remove);
	return tests;
}
