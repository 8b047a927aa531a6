/* SPDX-License-Identifier: MIT */
/* Changes on terms: of one generation only, and known again by a key. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

static hyper_conn *view_of(hyper_conn *conn)
{
	hyper_conn *view = NULL;

	ck_assert_int_eq(hyper_conn_view(conn, 0, &view, NULL), 0);
	return view;
}

static hyper_conn *at_generation(hyper_conn *conn, uint64_t generation)
{
	hyper_conn *view = view_of(conn);

	ck_assert_int_eq(hyper_conn_set_generation(view, generation, NULL), 0);
	return view;
}

static hyper_conn *with_key(hyper_conn *conn, const char *key)
{
	hyper_conn *view = view_of(conn);

	ck_assert_int_eq(hyper_conn_set_key(view, key, NULL), 0);
	return view;
}

static uint64_t generation_of(hyper_conn *conn, const char *id)
{
	hyper_machine *machine = NULL;
	uint64_t generation;

	ck_assert_int_eq(hyper_machine_get(conn, id, 0, &machine, NULL), 0);
	generation = hyper_machine_generation(machine);
	hyper_machine_free(machine);
	return generation;
}

START_TEST(arguments)
{
	hyper_conn *conn = CONNECT(), *view = view_of(conn);
	char key[257];
	hyper_error *err = NULL;

	memset(key, 'k', sizeof(key));
	key[256] = '\0';
	FAILS(HYPER_ERR_INVALID, "view",
	      hyper_conn_set_generation(NULL, 1, &err));
	FAILS(HYPER_ERR_INVALID, "view",
	      hyper_conn_set_generation(conn, 1, &err));
	FAILS(HYPER_ERR_INVALID, "generation",
	      hyper_conn_set_generation(view, 0, &err));
	FAILS(HYPER_ERR_INVALID, "generation",
	      hyper_conn_set_generation(view, UINT64_MAX, &err));
	FAILS(HYPER_ERR_INVALID, "view", hyper_conn_set_key(NULL, "k", &err));
	FAILS(HYPER_ERR_INVALID, "view", hyper_conn_set_key(conn, "k", &err));
	FAILS(HYPER_ERR_INVALID, "key", hyper_conn_set_key(view, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "key", hyper_conn_set_key(view, "", &err));
	FAILS(HYPER_ERR_INVALID, "key", hyper_conn_set_key(view, "é", &err));
	FAILS(HYPER_ERR_INVALID, "key", hyper_conn_set_key(view, "a\n", &err));
	FAILS(HYPER_ERR_INVALID, "key", hyper_conn_set_key(view, key, &err));
	key[255] = '\0';
	OK(hyper_conn_set_key(view, key, &err));
	hyper_close(view);
	hyper_close(conn);
}
END_TEST

START_TEST(generation)
{
	hyper_conn *conn = CONNECT(), *now, *old;
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	uint64_t first;

	add_machine(conn, "gen", "start:latency=700", "gen");
	first = generation_of(conn, "gen");
	old = at_generation(conn, first);
	/* Several changes of the same one: the first of them is made. */
	OK(hyper_machine_start(old, "gen", 0, &machine, NULL, &err));
	ck_assert_uint_gt(hyper_machine_generation(machine), first);
	FAILS(HYPER_ERR_STATE, "generation",
	      hyper_machine_stop(old, "gen", 0, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_STATE, "generation",
	      hyper_machine_stop(old, "gen", 0, HYPER_FORCE | HYPER_ASYNC, NULL,
				 &op, &err));
	FAILS(HYPER_ERR_STATE, "generation",
	      hyper_machine_remove(old, "gen", HYPER_FORCE, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_start(old, "nobody", 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "gen"), HYPER_STATE_RUNNING);

	now = at_generation(conn, hyper_machine_generation(machine));
	hyper_machine_free(machine);
	OK(hyper_machine_stop(now, "gen", 0, 0, NULL, NULL, &err));
	hyper_close(now);

	/* What is being changed will not stay what it is. */
	OK(hyper_machine_start(conn, "gen", HYPER_ASYNC, NULL, &op, &err));
	now = at_generation(conn, generation_of(conn, "gen"));
	FAILS(HYPER_ERR_STATE, "generation",
	      hyper_machine_stop(now, "gen", 0, HYPER_FORCE, NULL, NULL, &err));
	hyper_operation_free(wait_for_end(conn, hyper_operation_id(op)));
	hyper_operation_free(op);
	ck_assert_int_eq(state_of(conn, "gen"), HYPER_STATE_RUNNING);
	hyper_close(now);
	hyper_close(old);
	now = at_generation(conn, generation_of(conn, "gen"));
	OK(hyper_machine_remove(now, "gen", HYPER_FORCE, NULL, &err));
	hyper_close(now);
	hyper_close(conn);
}
END_TEST

START_TEST(generation_of_what)
{
	hyper_conn *conn = CONNECT(), *view = at_generation(conn, 1);
	hyper_machine *spec = spec_of("{\"image\": \"demo\"}");
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_NOT_SUPPORTED, "generation",
	      hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "generation",
	      hyper_machine_adopt(view, NULL, "stray", NULL, 0, NULL, NULL,
				  &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "generation",
	      hyper_image_pull(view, "test", "x", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "generation",
	      hyper_image_remove(view, "test", "x", 0, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(view);
	hyper_close(conn);
}
END_TEST

START_TEST(key)
{
	hyper_conn *conn = CONNECT(), *view = with_key(conn, "first \"\\ key");
	hyper_machine *spec = spec_of("{\"id\": \"keyed\", \"image\": "
				      "\"demo\", \"env\": {\"A\": \"1\"}}");
	hyper_machine *one = NULL, *two = NULL;
	hyper_operation *op = NULL, *again = NULL;
	hyper_error *err = NULL;

	OK(hyper_machine_add(view, spec, 0, &one, &op, &err));
	OK(hyper_machine_add(view, spec, 0, &two, &again, &err));
	ck_assert_str_eq(hyper_machine_id(one), hyper_machine_id(two));
	ck_assert_uint_eq(hyper_operation_id(op), hyper_operation_id(again));
	hyper_operation_free(again);
	again = NULL;
	OK(hyper_machine_add(view, spec, HYPER_ASYNC, NULL, &again, &err));
	ck_assert_uint_eq(hyper_operation_id(op), hyper_operation_id(again));
	hyper_operation_free(again);
	hyper_operation_free(op);
	again = op = NULL;

	/* The key of another request. */
	OK(hyper_machine_set_env(spec, "A", "2", &err));
	FAILS(HYPER_ERR_INVALID, "key",
	      hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID, "key",
	      hyper_machine_start(view, hyper_machine_id(one), 0, NULL, NULL,
				  &err));
	OK(hyper_machine_set_env(spec, "A", "1", &err));
	remove_machine(conn, hyper_machine_id(one));
	/* It was added, and that is all that was asked for. */
	FAILS(HYPER_ERR_NOT_FOUND, "id",
	      hyper_machine_add(view, spec, 0, &two, NULL, &err));
	FAILS(HYPER_ERR_NOT_SUPPORTED, "key",
	      hyper_machine_adopt(view, NULL, "stray", NULL, 0, NULL, NULL,
				  &err));
	hyper_machine_free(one);
	hyper_machine_free(two);
	hyper_machine_free(spec);
	hyper_close(view);
	hyper_close(conn);
}
END_TEST

/* A failure is an outcome; a refusal is none. */
START_TEST(key_of_failure)
{
	hyper_conn *conn = CONNECT(), *view = with_key(conn, "failure");
	hyper_machine *spec =
		spec_of("{\"id\": \"fails\", \"image\": \"demo\", "
			"\"options\": {\"script\": "
			"\"add:error=DRIVER\"}}");
	hyper_error *err = NULL;

	FAILS(HYPER_ERR_DRIVER, NULL,
	      hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DRIVER, NULL,
	      hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	hyper_close(view);

	view = with_key(conn, "refusal");
	add_machine(conn, "fails", NULL, "key");
	FAILS(HYPER_ERR_EXISTS, "id",
	      hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	remove_machine(conn, "fails");
	OK(hyper_machine_set_option(spec, "script", "", &err));
	OK(hyper_machine_add(view, spec, 0, NULL, NULL, &err));
	hyper_close(view);
	view = with_key(conn, "start");
	OK(hyper_machine_start(view, "fails", 0, NULL, NULL, &err));
	OK(hyper_machine_stop(conn, "fails", 0, 0, NULL, NULL, &err));
	OK(hyper_machine_start(view, "fails", 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "fails"), HYPER_STATE_STOPPED);
	FAILS(HYPER_ERR_INVALID, "key",
	      hyper_machine_remove(view, "fails", 0, NULL, &err));
	remove_machine(conn, "fails");
	hyper_machine_free(spec);
	hyper_close(view);
	hyper_close(conn);
}
END_TEST

#define THREADS 6

struct worker {
	pthread_t thread;
	int ret;
	char id[64];
};

static void *add_slowly(void *data)
{
	struct worker *worker = data;
	hyper_conn *conn = NULL, *view = NULL;
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;

	worker->ret = hyper_open(test_uri, 0, &conn, NULL) ||
		      hyper_conn_view(conn, 0, &view, NULL) ||
		      hyper_conn_set_key(view, "all at once", NULL) ||
		      hyper_machine_set_image(spec, "demo", NULL) ||
		      hyper_machine_set_option(spec, "script",
					       "add:latency=300", NULL) ||
		      hyper_machine_add(view, spec, 0, &machine, NULL, NULL);
	if (!worker->ret)
		snprintf(worker->id, sizeof(worker->id), "%s",
			 hyper_machine_id(machine));
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	hyper_close(view);
	hyper_close(conn);
	return NULL;
}

START_TEST(at_once)
{
	struct worker workers[THREADS] = { 0 };
	hyper_conn *conn = CONNECT();

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL,
						add_slowly, &workers[i]),
				 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(workers[i].ret, 0);
		ck_assert_str_eq(workers[i].id, workers[0].id);
	}
	remove_machine(conn, workers[0].id);
	hyper_close(conn);
}
END_TEST

START_TEST(images)
{
	hyper_conn *conn = CONNECT(), *view = with_key(conn, "pull");
	hyper_operation *op = NULL, *again = NULL;
	hyper_error *err = NULL;

	OK(hyper_image_pull(view, "test", "keyed", 0, NULL, &op, &err));
	OK(hyper_image_pull(view, "test", "keyed", 0, NULL, &again, &err));
	ck_assert_uint_eq(hyper_operation_id(op), hyper_operation_id(again));
	FAILS(HYPER_ERR_INVALID, "key",
	      hyper_image_remove(view, "test", "keyed", 0, NULL, &err));
	OK(hyper_image_remove(conn, "test", "keyed", 0, NULL, &err));
	hyper_operation_free(op);
	hyper_operation_free(again);
	hyper_close(view);
	hyper_close(conn);
}
END_TEST

TCase *terms_tests(void)
{
	TCase *tests = tcase_create("terms");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, arguments);
	tcase_add_test(tests, generation);
	tcase_add_test(tests, generation_of_what);
	tcase_add_test(tests, key);
	tcase_add_test(tests, key_of_failure);
	tcase_add_test(tests, at_once);
	tcase_add_test(tests, images);
	return tests;
}
