/* SPDX-License-Identifier: MIT */
/* Opening, what a connection says of itself, and the drivers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract.h"

START_TEST(schemes)
{
	static const char *const bad[] = {
		"ftp://host/x",	   "http:/x",	     "http://",
		"unix:",	   "qemu:///system", "http://host:99999",
		"http://host:port"
	};
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		say("%s", bad[i]);
		FAILS(HYPER_ERR_INVALID, "uri",
		      hyper_open(bad[i], 0, &conn, &err));
		ck_assert_ptr_null(conn);
	}
	hyper_open("ftp://host/x", 0, &conn, &err);
	for (size_t i = 0; i < 4; i++) {
		static const char *const known[] = { "file:", "unix:",
						     "http://", "https://" };

		ck_assert_msg(strstr(hyper_error_message(err), known[i]),
			      "%s is not in \"%s\"", known[i],
			      hyper_error_message(err));
	}
	hyper_error_free(err);
	/* nobody has to look at errors */
	ck_assert_int_eq(hyper_open("ftp://host", 0, &conn, NULL),
			 HYPER_ERR_INVALID);
}
END_TEST

START_TEST(flags)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_open(test_uri, 1u << 30, &conn, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_open("http://127.0.0.1:1", HYPER_OPEN_LOCAL_ONLY, &conn,
			 &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_open("unix:/nowhere", HYPER_OPEN_LOCAL_ONLY, &conn, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_open("/nowhere/at/all", HYPER_OPEN_READONLY, &conn, &err));
	ck_assert_ptr_null(conn);
}
END_TEST

START_TEST(unreachable)
{
	hyper_conn *conn = connect_to("unix:/nowhere/hyperd.sock", 0);
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_CONNECT, NULL,
	      hyper_machine_list(conn, NULL, 0, &machines, &err));
	hyper_close(conn);
	conn = connect_to("http://127.0.0.1:1", 0);
	FAILS(HYPER_ERR_CONNECT, NULL,
	      hyper_machine_list(conn, NULL, 0, &machines, &err));
	hyper_close(conn);
	hyper_close(NULL);
}
END_TEST

START_TEST(uris)
{
	const char *tmp = getenv("TMPDIR"); /* run.sh removes it */
	char dir[100], uri[128];
	hyper_conn *conn;

	snprintf(dir, sizeof(dir), "%s/XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(uri, sizeof(uri), "file:%s", dir);
	conn = connect_to(uri, HYPER_OPEN_LOCAL_ONLY);
	ck_assert(hyper_conn_is_local(conn));
	ck_assert_str_eq(hyper_conn_uri(conn), uri);
	hyper_close(conn);

	conn = connect_to(dir, 0);
	ck_assert_str_eq(hyper_conn_uri(conn), uri);
	hyper_close(conn);

	setenv("HYPER_URI", uri, 1);
	conn = connect_to(NULL, 0);
	ck_assert_str_eq(hyper_conn_uri(conn), uri);
	hyper_close(conn);

	ck_assert_int_eq(chdir(dir), 0);
	conn = connect_to("./sub", 0);
	snprintf(uri, sizeof(uri), "file:%s/sub", dir);
	ck_assert_str_eq(hyper_conn_uri(conn), uri);
	hyper_close(conn);
}
END_TEST

START_TEST(readonly)
{
	hyper_conn *conn = CONNECT(); /* which makes the state directory */
	hyper_machine *spec = spec_of("{\"image\": \"demo\"}");
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;

	hyper_close(conn);
	conn = connect_to(test_uri, HYPER_OPEN_READONLY);
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_machine_start(conn, "a", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_machine_stop(conn, "a", 0, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_machine_remove(conn, "a", 0, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_operation_cancel(conn, 1, 0, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_image_pull(conn, "test", "a", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED, NULL,
	      hyper_image_remove(conn, "test", "demo", 0, NULL, &err));
	OK(hyper_machine_list(conn, NULL, 0, &machines, &err));
	hyper_machines_free(machines);
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

START_TEST(info)
{
	hyper_conn *conn = CONNECT();
	hyper_info *here = NULL, *again = NULL;
	hyper_error *err = NULL;
	char *json = NULL;

	OK(hyper_conn_info(conn, 0, &here, &err));
	ck_assert_str_eq(hyper_info_version(here), hyper_version());
	ck_assert_str_eq(hyper_version(), HYPER_VERSION_STRING);
	ck_assert_uint_eq(hyper_version_number(), HYPER_VERSION_NUMBER);
	ck_assert_uint_eq(strlen(hyper_info_instance(here)), 36);
	for (size_t i = 0; hyper_info_feature(here, i); i++)
		say("feature %s", hyper_info_feature(here, i));
	OK(hyper_info_to_json(here, 0, &json, &err));
	say_json("info", json);

	OK(hyper_conn_info(conn, 0, &again, &err));
	ck_assert_str_eq(hyper_info_instance(here), hyper_info_instance(again));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_conn_info(conn, 1u << 20, &again, &err));
	hyper_info_free(again);
	hyper_info_free(here);
	hyper_close(conn);
}
END_TEST

START_TEST(driver_list)
{
	hyper_conn *conn = CONNECT();
	hyper_drivers *drivers = NULL;
	const hyper_driver_info *driver;
	hyper_error *err = NULL;
	char *json = NULL;
	bool found = false;

	OK(hyper_driver_list(conn, 0, &drivers, &err));
	for (size_t i = 0; (driver = hyper_drivers_at(drivers, i)); i++) {
		if (strcmp(hyper_driver_info_name(driver), "test"))
			continue;
		found = true;
		ck_assert(hyper_driver_info_available(driver));
		ck_assert_ptr_null(hyper_driver_info_reason(driver));
		ck_assert_ptr_nonnull(hyper_driver_info_version(driver));
		ck_assert_ptr_nonnull(hyper_driver_info_file(driver));
		ck_assert_ptr_nonnull(hyper_driver_info_kind(driver, 0));
		ck_assert_ptr_null(hyper_driver_info_kind(driver, 99));
	}
	ck_assert(found);
	ck_assert_ptr_null(
		hyper_drivers_at(drivers, hyper_drivers_count(drivers)));
	OK(hyper_drivers_to_json(drivers, 0, &json, &err));
	say_json("drivers", json);
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_driver_list(conn, HYPER_ASYNC, &drivers, &err));
	hyper_drivers_free(drivers);
	hyper_close(conn);
}
END_TEST

TCase *open_tests(void)
{
	TCase *tests = tcase_create("open");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, schemes);
	tcase_add_test(tests, flags);
	tcase_add_test(tests, unreachable);
	tcase_add_test(tests, uris);
	tcase_add_test(tests, readonly);
	tcase_add_test(tests, info);
	tcase_add_test(tests, driver_list);
	return tests;
}
