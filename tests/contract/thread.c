/* SPDX-License-Identifier: MIT */
/* Many at once: on one connection, on several, with one that hangs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

#define THREADS 8
#define ROUNDS	5

/* check's assertions belong to the main thread: others count. */
struct worker {
	pthread_t thread;
	hyper_conn *conn;
	unsigned int number;
	unsigned int rounds;
	char failure[256];
};

static bool good(struct worker *worker, const char *what, int ret,
		 hyper_error **err)
{
	if (ret)
		snprintf(worker->failure, sizeof(worker->failure), "%s: %s: %s",
			 what, hyper_code_name(ret), hyper_error_message(*err));
	hyper_error_free(*err);
	*err = NULL;
	return ret == 0;
}

#define GOOD(call) good(worker, #call, (call), &err)

static bool one_life(struct worker *worker, const char *id)
{
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	hyper_conn *conn = worker->conn;
	hyper_error *err = NULL;
	bool ok;

	ok = GOOD(hyper_machine_set_image(spec, "demo", &err)) &&
	     GOOD(hyper_machine_set_type(spec, "test", &err)) &&
	     GOOD(hyper_machine_set_id(spec, id, &err)) &&
	     GOOD(hyper_machine_set_option(spec, "script", "start:latency=5",
					   &err)) &&
	     GOOD(hyper_machine_add(conn, spec, 0, NULL, NULL, &err)) &&
	     GOOD(hyper_machine_start(conn, id, 0, &machine, NULL, &err)) &&
	     hyper_machine_state(machine) == HYPER_STATE_RUNNING &&
	     GOOD(hyper_machine_stop(conn, id, 5000, 0, NULL, NULL, &err)) &&
	     GOOD(hyper_machine_remove(conn, id, 0, NULL, &err));
	if (!ok && !worker->failure[0])
		snprintf(worker->failure, sizeof(worker->failure),
			 "%s was started and does not run", id);
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	return ok;
}

static void *work(void *data)
{
	struct worker *worker = data;
	char id[32];

	for (unsigned int i = 0; i < worker->rounds; i++) {
		snprintf(id, sizeof(id), "w%u-%u", worker->number, i);
		if (!one_life(worker, id))
			break;
	}
	return NULL;
}

static void work_all(struct worker *workers)
{
	for (unsigned int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work,
						&workers[i]),
				 0);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned int i = 0; i < THREADS; i++)
		ck_assert_msg(!workers[i].failure[0], "%s", workers[i].failure);
}

START_TEST(one_connection)
{
	struct worker workers[THREADS] = { 0 };
	hyper_conn *conn = CONNECT();
	char *left;

	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i].conn = conn;
		workers[i].number = i;
		workers[i].rounds = ROUNDS;
	}
	work_all(workers);
	left = ids_of(conn, "id=w*", NULL);
	ck_assert_str_eq(left, "");
	free(left);
	hyper_close(conn);
}
END_TEST

START_TEST(own_connections)
{
	struct worker workers[THREADS] = { 0 };

	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i].conn = CONNECT();
		workers[i].number = 10 + i;
		workers[i].rounds = 2;
	}
	work_all(workers);
	for (unsigned int i = 0; i < THREADS; i++)
		hyper_close(workers[i].conn);
}
END_TEST

static void *add_same(void *data)
{
	struct worker *worker = data;
	hyper_machine *spec = hyper_machine_new();
	hyper_error *err = NULL;
	int ret;

	hyper_machine_set_id(spec, "only-one", NULL);
	hyper_machine_set_image(spec, "demo", NULL);
	ret = hyper_machine_add(worker->conn, spec, 0, NULL, NULL, &err);
	worker->rounds = ret == 0;
	if (ret && ret != HYPER_ERR_EXISTS)
		good(worker, "add", ret, &err);
	hyper_error_free(err);
	hyper_machine_free(spec);
	return NULL;
}

START_TEST(same_id)
{
	struct worker workers[THREADS] = { 0 };
	unsigned int made = 0;
	hyper_conn *conn = CONNECT();

	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i].conn = conn;
		pthread_create(&workers[i].thread, NULL, add_same, &workers[i]);
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		ck_assert_msg(!workers[i].failure[0], "%s", workers[i].failure);
		made += workers[i].rounds;
	}
	ck_assert_uint_eq(made, 1);
	remove_machine(conn, "only-one");
	hyper_close(conn);
}
END_TEST

/* Machines that hang hold up neither other machines nor lists. The bound is
 * far above what it takes, and far below what hanging would. */
START_TEST(hung)
{
	struct worker worker = { .number = 99, .rounds = 3 };
	hyper_conn *conn = CONNECT();
	hyper_operation *ops[4] = { NULL }, *ended;
	hyper_error *err = NULL;
	int64_t begun;
	char id[16];

	for (unsigned int i = 0; i < 4; i++) {
		snprintf(id, sizeof(id), "hung%u", i);
		add_machine(conn, id, "start:hang", "hung");
		OK(hyper_machine_start(conn, id, HYPER_ASYNC, NULL, &ops[i],
				       &err));
	}
	begun = now_ms();
	worker.conn = conn;
	work(&worker);
	ck_assert_msg(!worker.failure[0], "%s", worker.failure);
	ck_assert_int_eq(state_of(conn, "hung0"), HYPER_STATE_STARTING);
	free(ids_of(conn, "id=hung*", NULL));
	ck_assert_int_lt(now_ms() - begun, 15000);

	for (unsigned int i = 0; i < 4; i++) {
		OK(hyper_operation_cancel(conn, hyper_operation_id(ops[i]), 0,
					  NULL, &err));
		ended = wait_for_end(conn, hyper_operation_id(ops[i]));
		ck_assert_int_eq(hyper_operation_state(ended),
				 HYPER_OP_CANCELLED);
		hyper_operation_free(ended);
		hyper_operation_free(ops[i]);
		snprintf(id, sizeof(id), "hung%u", i);
		remove_machine(conn, id);
	}
	hyper_close(conn);
}
END_TEST

TCase *thread_tests(void)
{
	TCase *tests = tcase_create("thread");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, one_connection);
	tcase_add_test(tests, own_connections);
	tcase_add_test(tests, same_id);
	tcase_add_test(tests, hung);
	return tests;
}
