/* SPDX-License-Identifier: MIT */
/* What is refused, and how the error names it. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

/* Texts that are no machine: the field that the error names, the code. */
static const struct {
	const char *json;
	const char *field;
	int code;
} bad_json[] = {
	{ "", "body", HYPER_ERR_INVALID },
	{ "{", "body", HYPER_ERR_INVALID },
	{ "[]", "body", HYPER_ERR_INVALID },
	{ "{} x", "body", HYPER_ERR_INVALID },
	{ "{\"image\": \"demo\", \"image\": \"demo\"}", NULL,
	  HYPER_ERR_INVALID },
	{ "{\"nonsense\": 1}", "nonsense", HYPER_ERR_INVALID },
	{ "{\"state\": \"running\"}", "state", HYPER_ERR_INVALID },
	{ "{\"uuid\": \"x\"}", "uuid", HYPER_ERR_INVALID },
	{ "{\"id\": 1}", "id", HYPER_ERR_INVALID },
	{ "{\"id\": \"-a\"}", "id", HYPER_ERR_INVALID },
	{ "{\"id\": \"a b\"}", "id", HYPER_ERR_INVALID },
	{ "{\"id\": \"1a\"}", "id", HYPER_ERR_INVALID },
	{ "{\"id\": \"a-\"}", "id", HYPER_ERR_INVALID },
	{ "{\"id\": \"\"}", "id", HYPER_ERR_INVALID },
	{ "{\"type\": \"../x\"}", "type", HYPER_ERR_INVALID },
	{ "{\"image\": \"\"}", "image", HYPER_ERR_INVALID },
	{ "{\"image\": \"a\\u0000b\"}", NULL, HYPER_ERR_INVALID },
	{ "{\"mem\": \"much\"}", "mem", HYPER_ERR_INVALID },
	{ "{\"mem\": -1}", "mem", HYPER_ERR_INVALID },
	{ "{\"mem\": 1.5}", "mem", HYPER_ERR_INVALID },
	{ "{\"mem\": 18446744073709551616}", "mem", HYPER_ERR_INVALID },
	{ "{\"vcpus\": 100000}", "vcpus", HYPER_ERR_INVALID },
	{ "{\"autostart\": 1}", "autostart", HYPER_ERR_INVALID },
	{ "{\"env\": []}", "env", HYPER_ERR_INVALID },
	{ "{\"env\": {\"A=B\": \"c\"}}", "env", HYPER_ERR_INVALID },
	{ "{\"env\": {\"A\": 1}}", "env.A", HYPER_ERR_INVALID },
	{ "{\"labels\": {\"a b\": \"c\"}}", NULL, HYPER_ERR_INVALID },
	{ "{\"command\": \"ls\"}", "command", HYPER_ERR_INVALID },
	{ "{\"command\": [1]}", NULL, HYPER_ERR_INVALID },
	{ "{\"ports\": [{\"guest_port\": 0}]}", NULL, HYPER_ERR_INVALID },
	{ "{\"ports\": [{\"guest_port\": 80, \"protocol\": \"x\"}]}", NULL,
	  HYPER_ERR_INVALID },
	{ "{\"ports\": [{\"guest_port\": 80, \"host_ip\": \"x\"}]}", NULL,
	  HYPER_ERR_INVALID },
	{ "{\"options\": {\"a\": null}}", NULL, HYPER_ERR_INVALID },
};

START_TEST(texts)
{
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	for (size_t i = 0; i < sizeof(bad_json) / sizeof(bad_json[0]); i++) {
		say("%s", bad_json[i].json);
		FAILS(bad_json[i].code, bad_json[i].field,
		      hyper_machine_from_json(bad_json[i].json,
					      strlen(bad_json[i].json), 0,
					      &machine, &err));
		ck_assert_ptr_null(machine);
	}
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_from_json("{}", 2, 1, &machine, &err));
}
END_TEST

START_TEST(setters)
{
	hyper_machine *machine = hyper_machine_new();
	hyper_error *err = NULL;
	char huge[5000];

	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_set_id(machine, "Ä", &err));
	FAILS(HYPER_ERR_INVALID, "type",
	      hyper_machine_set_type(machine, "a b", &err));
	FAILS(HYPER_ERR_INVALID, "image",
	      hyper_machine_set_image(machine, "\xff", &err));
	FAILS(HYPER_ERR_LIMIT, "image",
	      hyper_machine_set_image(machine, huge, &err));
	FAILS(HYPER_ERR_INVALID, "mem",
	      hyper_machine_set_mem(machine, UINT64_MAX, &err));
	FAILS(HYPER_ERR_INVALID, "vcpus",
	      hyper_machine_set_vcpus(machine, UINT32_MAX, &err));
	FAILS(HYPER_ERR_INVALID, NULL,
	      hyper_machine_set_label(machine, "a b", "x", &err));
	FAILS(HYPER_ERR_INVALID, NULL,
	      hyper_machine_set_env(machine, "", "x", &err));
	FAILS(HYPER_ERR_LIMIT, NULL,
	      hyper_machine_set_env(machine, "A", huge, &err));
	FAILS(HYPER_ERR_INVALID, "ports",
	      hyper_machine_add_port(machine, "80:0", &err));
	FAILS(HYPER_ERR_INVALID, "ports",
	      hyper_machine_add_port(machine, "::1:80:80", &err));
	FAILS(HYPER_ERR_INVALID, "ports",
	      hyper_machine_add_port(machine, "80/icmp", &err));

	/* refused is as if never said */
	ck_assert_ptr_null(hyper_machine_id(machine));
	ck_assert_ptr_null(hyper_machine_image(machine));
	ck_assert_uint_eq(hyper_machine_mem(machine), 0);
	ck_assert_ptr_null(hyper_machine_port(machine, 0));

	OK(hyper_machine_add_port(machine, "80", &err));
	OK(hyper_machine_add_port(machine, "8080:80/udp", &err));
	OK(hyper_machine_add_port(machine, "[::1]:8080:80/tcp", &err));
	ck_assert_ptr_null(hyper_machine_port(machine, 0)->host_ip);
	ck_assert_uint_eq(hyper_machine_port(machine, 0)->host_port, 0);
	ck_assert_str_eq(hyper_machine_port(machine, 1)->protocol, "udp");
	ck_assert_str_eq(hyper_machine_port(machine, 2)->host_ip, "::1");
	hyper_machine_free(machine);
}
END_TEST

START_TEST(arguments)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	const uint32_t unknown = 1u << 31;

	FAILS(HYPER_ERR_INVALID, "image",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_set_image(spec, "demo", NULL);
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_add(conn, spec, unknown, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_add(conn, spec, HYPER_FORCE, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_start(conn, "a", HYPER_FORCE, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_stop(conn, "a", 0, unknown, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_remove(conn, "a", unknown, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_get(conn, "a", HYPER_ASYNC, &machine, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_operation_get(conn, 1, HYPER_ASYNC, &op, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_start(conn, "a/b", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_get(conn, "../machines", 0, &machine, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_get(conn, "", 0, &machine, &err));
	FAILS(HYPER_ERR_INVALID, "id",
	      hyper_machine_get(conn, NULL, 0, &machine, &err));
	FAILS(HYPER_ERR_INVALID, NULL,
	      hyper_machine_add(conn, NULL, 0, NULL, NULL, &err));

	/* nobody has to look at errors */
	ck_assert_int_eq(hyper_machine_get(conn, "a/b", 0, &machine, NULL),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_machine_get(conn, "nobody", 0, &machine, NULL),
			 HYPER_ERR_NOT_FOUND);
	ck_assert_ptr_null(machine);
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

START_TEST(unknown)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of("{\"image\": \"demo\"}");
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_get(conn, "nobody", 0, &machine, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_start(conn, "nobody", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_stop(conn, "nobody", 0, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_remove(conn, "nobody", HYPER_FORCE, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_operation_get(conn, 999999, 0, &op, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_operation_wait(conn, 999999, 0, 0, &op, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_operation_cancel(conn, 999999, 0, &op, &err));

	OK(hyper_machine_set_type(spec, "nosuch", &err));
	FAILS(HYPER_ERR_NO_DRIVER, NULL,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_set_type(spec, "test", &err));
	OK(hyper_machine_set_image(spec, "nosuch", &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_set_type(spec, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_set_image(spec, "demo", &err));
	OK(hyper_machine_set_option(spec, "nonsense", "1", &err));
	FAILS(HYPER_ERR_INVALID, "options.nonsense",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_set_option(spec, "nonsense", NULL, &err));
	OK(hyper_machine_set_autostart(spec, true, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "autostart",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	OK(hyper_machine_set_autostart(spec, false, &err));
	OK(hyper_machine_set_option(spec, "script", "jump:high", &err));
	OK(hyper_machine_set_type(spec, "test", &err));
	FAILS(HYPER_ERR_INVALID, "options.script",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

/* The two tables of the public header hold together. */
START_TEST(codes)
{
	for (int code = 0; code >= HYPER_ERR_INTERNAL; code--) {
		say("%d %s %s %d", code, hyper_code_name(code),
		    hyper_code_slug(code), hyper_code_http_status(code));
		ck_assert_str_ne(hyper_code_name(code), "UNKNOWN");
		ck_assert_int_eq(hyper_code_http_status(code) >= 400,
				 code != 0);
	}
	ck_assert_str_eq(hyper_code_name(1), "UNKNOWN");
	ck_assert_str_eq(hyper_code_name(-99), "UNKNOWN");
	ck_assert_int_eq(hyper_code_http_status(-99), 500);
	ck_assert_str_eq(hyper_error_message(NULL), "no error");
	ck_assert_int_eq(hyper_error_code(NULL), HYPER_OK);
	hyper_error_free(NULL);
}
END_TEST

START_TEST(errors)
{
	hyper_error *err = NULL, *copy;
	char *json = NULL;

	hyper_error_set(&err, HYPER_ERR_IO, NULL, "the disk is %s", "full");
	ck_assert_int_eq(
		hyper_error_wrap(&err, HYPER_ERR_DRIVER, "mem", "no machine"),
		HYPER_ERR_DRIVER);
	copy = hyper_error_copy(err);
	ck_assert_str_eq(hyper_error_message(hyper_error_cause(copy)),
			 "the disk is full");
	ck_assert_str_eq(hyper_error_field(copy), "mem");
	ck_assert_int_eq(hyper_error_to_json(copy, 0, &json), 0);
	say_json("problem", json);
	hyper_error_free(copy);
	hyper_error_free(err);
	ck_assert_int_eq(hyper_error_set(NULL, HYPER_ERR_IO, NULL, "x"),
			 HYPER_ERR_IO);
}
END_TEST

TCase *invalid_tests(void)
{
	TCase *tests = tcase_create("invalid");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, texts);
	tcase_add_test(tests, setters);
	tcase_add_test(tests, arguments);
	tcase_add_test(tests, unknown);
	tcase_add_test(tests, codes);
	tcase_add_test(tests, errors);
	return tests;
}
