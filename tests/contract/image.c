/* SPDX-License-Identifier: MIT */
/* Images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

START_TEST(list)
{
	hyper_conn *conn = CONNECT();
	hyper_images *images = NULL;
	const hyper_image *image;
	hyper_error *err = NULL;
	char *json = NULL;
	unsigned int known = 0;

	OK(hyper_image_list(conn, "test", 0, &images, &err));
	for (size_t i = 0; (image = hyper_images_at(images, i)); i++) {
		ck_assert_str_eq(hyper_image_type(image), "test");
		known += !strcmp(hyper_image_name(image), "demo") ||
			 !strcmp(hyper_image_name(image), "tiny") ||
			 !strcmp(hyper_image_name(image), "big");
	}
	ck_assert_uint_eq(known, 3);
	OK(hyper_images_to_json(images, 0, &json, &err));
	say_json("images", json);
	hyper_images_free(images);
	images = NULL;
	OK(hyper_image_list(conn, NULL, 0, &images, &err));
	ck_assert_uint_ge(hyper_images_count(images), 3);
	hyper_images_free(images);
	images = NULL;
	FAILS(HYPER_ERR_NO_DRIVER, NULL,
	      hyper_image_list(conn, "nosuch", 0, &images, &err));
	FAILS(HYPER_ERR_INVALID, "type",
	      hyper_image_list(conn, "a/b", 0, &images, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_image_list(conn, NULL, HYPER_REFRESH, &images, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(get)
{
	hyper_conn *conn = CONNECT();
	hyper_image *image = NULL;
	hyper_error *err = NULL;
	char *json = NULL;

	OK(hyper_image_get(conn, "test", "demo", 0, &image, &err));
	ck_assert_str_eq(hyper_image_name(image), "demo");
	OK(hyper_image_to_json(image, 0, &json, &err));
	say_json("image", json);
	hyper_image_free(image);
	image = NULL;
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_image_get(conn, "test", "nosuch", 0, &image, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_image_get(conn, "test", "no/such:one", 0, &image, &err));
	FAILS(HYPER_ERR_NO_DRIVER, NULL,
	      hyper_image_get(conn, "nosuch", "demo", 0, &image, &err));
	FAILS(HYPER_ERR_INVALID, NULL,
	      hyper_image_get(conn, "test", "", 0, &image, &err));
	ck_assert_ptr_null(image);
	hyper_close(conn);
}
END_TEST

START_TEST(pull)
{
	hyper_conn *conn = CONNECT();
	hyper_image *image = NULL;
	hyper_operation *op = NULL, *ended;
	hyper_error *err = NULL;

	OK(hyper_image_pull(conn, "test", "team/new:1.0", 0, &image, NULL,
			    &err));
	ck_assert_str_eq(hyper_image_name(image), "team/new:1.0");
	hyper_image_free(image);
	image = NULL;
	OK(hyper_image_get(conn, "test", "team/new:1.0", 0, &image, &err));
	hyper_image_free(image);
	OK(hyper_image_remove(conn, "test", "team/new:1.0", 0, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_image_get(conn, "test", "team/new:1.0", 0, &image, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_image_remove(conn, "test", "team/new:1.0", 0, NULL, &err));

	OK(hyper_image_pull(conn, "test", "other", HYPER_ASYNC, NULL, &op,
			    &err));
	ck_assert_str_eq(hyper_operation_kind(op), "pull");
	ck_assert_str_eq(hyper_operation_image(op), "other");
	ck_assert_ptr_null(hyper_operation_machine(op));
	ended = wait_for_end(conn, hyper_operation_id(op));
	ck_assert_int_eq(hyper_operation_state(ended), HYPER_OP_DONE);
	hyper_operation_free(ended);
	hyper_operation_free(op);
	op = NULL;
	OK(hyper_image_remove(conn, "test", "other", HYPER_ASYNC, &op, &err));
	ck_assert_str_eq(hyper_operation_kind(op), "image-remove");
	ended = wait_for_end(conn, hyper_operation_id(op));
	hyper_operation_free(ended);
	hyper_operation_free(op);

	FAILS(HYPER_ERR_NO_DRIVER, NULL,
	      hyper_image_pull(conn, "nosuch", "a", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_image_pull(conn, "test", "a", HYPER_FORCE, NULL, NULL,
			       &err));
	hyper_close(conn);
}
END_TEST

START_TEST(import)
{
	hyper_conn *conn = CONNECT();
	hyper_image *image = NULL;
	hyper_error *err = NULL;

	OK(hyper_image_import(conn, "test", "copied", "/etc/passwd", 0, &image,
			      NULL, &err));
	ck_assert_str_eq(hyper_image_name(image), "copied");
	hyper_image_free(image);
	FAILS(HYPER_ERR_EXISTS, NULL,
	      hyper_image_import(conn, "test", "copied", "/etc/passwd", 0, NULL,
				 NULL, &err));
	OK(hyper_image_remove(conn, "test", "copied", 0, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_image_import(conn, "test", "copied", "/nowhere/at/all", 0,
				 NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "path",
	      hyper_image_import(conn, "test", "copied", "etc/passwd", 0, NULL,
				 NULL, &err));
	hyper_close(conn);
}
END_TEST

START_TEST(in_use)
{
	hyper_conn *conn = CONNECT();
	hyper_machine *spec = spec_of("{\"id\": \"user\", \"type\": \"test\", "
				      "\"image\": \"used\"}");
	hyper_error *err = NULL;

	OK(hyper_image_pull(conn, "test", "used", 0, NULL, NULL, &err));
	OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_BUSY, NULL,
	      hyper_image_remove(conn, "test", "used", 0, NULL, &err));
	remove_machine(conn, "user");
	OK(hyper_image_remove(conn, "test", "used", 0, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, NULL,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

TCase *image_tests(void)
{
	TCase *tests = tcase_create("image");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, list);
	tcase_add_test(tests, get);
	tcase_add_test(tests, pull);
	tcase_add_test(tests, import);
	tcase_add_test(tests, in_use);
	return tests;
}
