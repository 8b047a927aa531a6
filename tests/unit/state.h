/* SPDX-License-Identifier: MIT */
/* A state directory with the test driver, whose machines are files as those of
 * a real engine would be: for tests of src/local through the public API. */
#ifndef TEST_STATE_H
#define TEST_STATE_H

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <hyper/hyper.h>

#include "scratch.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/time.h"

static char dir[64];

/* The call succeeds, else the error is told. */
#define OK(call)                                                               \
	do {                                                                   \
		hyper_error *err = NULL;                                       \
		int ok_rc = (call);                                            \
		ck_assert_msg(ok_rc == 0 && !err, "%s: %s", #call,             \
			      hyper_error_message(err));                       \
	} while (0)

/* It fails with a code, and says why. */
#define FAILS(code, call)                                                      \
	do {                                                                   \
		hyper_error *err = NULL;                                       \
		int fails_rc = (call);                                         \
		ck_assert_msg(fails_rc == (code), "%s: %s: %s", #call,         \
			      hyper_code_name(fails_rc),                       \
			      hyper_error_message(err));                       \
		ck_assert_int_eq(hyper_error_code(err), (code));               \
		hyper_error_free(err);                                         \
	} while (0)

/* Wait until a condition holds: the bound is far above what it takes. */
#define WAIT_FOR(condition)                                                    \
	do {                                                                   \
		int64_t wait_end = hyp_mono_ms() + 20000;                      \
		while (!(condition)) {                                         \
			ck_assert_msg(hyp_mono_ms() < wait_end, "%s",          \
				      #condition);                             \
			hyp_sleep_ms(2);                                       \
		}                                                              \
	} while (0)

static inline void state_setup(void)
{
	ck_assert_ptr_nonnull(scratch_make(dir, sizeof(dir)));
	ck_assert_int_eq(setenv("HYPER_TEST_KEEP", "yes", 1), 0);
	unsetenv("HYPER_TEST_SCRIPT");
}

/* The doctor asks all drivers: here only the test driver is one. */
static inline void only_test_driver(void)
{
	const char *all = getenv("HYPER_DRIVER_DIR");
	char drivers[96], from[512], to[128];

	ck_assert_ptr_nonnull(all);
	snprintf(drivers, sizeof(drivers), "%s/drivers", dir);
	snprintf(from, sizeof(from), "%s/drv_test.so", all);
	snprintf(to, sizeof(to), "%s/drv_test.so", drivers);
	ck_assert_int_eq(mkdir(drivers, 0755), 0);
	ck_assert_int_eq(symlink(from, to), 0);
	ck_assert_int_eq(setenv("HYPER_DRIVER_DIR", drivers, 1), 0);
}

static inline void state_teardown(void)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };

	umount2(dir, MNT_DETACH); /* if a test has mounted something */
	ck_assert_int_eq(hyp_run(argv, -1, NULL, NULL, NULL), 0);
}

static inline hyper_conn *state_open(uint32_t flags)
{
	hyper_conn *conn = NULL;

	OK(hyper_open(dir, flags, &conn, &err));
	return conn;
}

static inline hyper_machine *spec_of(const char *id, const char *script)
{
	hyper_machine *spec = hyper_machine_new();

	OK(hyper_machine_set_id(spec, id, &err));
	OK(hyper_machine_set_type(spec, "test", &err));
	OK(hyper_machine_set_image(spec, "demo", &err));
	if (script)
		OK(hyper_machine_set_option(spec, "script", script, &err));
	return spec;
}

static inline void add(hyper_conn *conn, const char *id, const char *script)
{
	hyper_machine *spec = spec_of(id, script);

	OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
}

/* Free an operation for its number. */
static inline uint64_t number_of(hyper_operation *op)
{
	uint64_t id = hyper_operation_id(op);

	hyper_operation_free(op);
	return id;
}

static inline uint64_t add_async(hyper_conn *conn, const char *id,
				 const char *script)
{
	hyper_machine *spec = spec_of(id, script);
	hyper_operation *op = NULL;

	OK(hyper_machine_add(conn, spec, HYPER_ASYNC, NULL, &op, &err));
	hyper_machine_free(spec);
	return number_of(op);
}

static inline uint64_t start_async(hyper_conn *conn, const char *id)
{
	hyper_operation *op = NULL;

	OK(hyper_machine_start(conn, id, HYPER_ASYNC, NULL, &op, &err));
	return number_of(op);
}

/* 0: there is none */
static inline int state_of(hyper_conn *conn, const char *id)
{
	hyper_machine *machine = NULL;
	int state = 0;

	if (hyper_machine_get(conn, id, 0, &machine, NULL) == 0)
		state = hyper_machine_state(machine);
	hyper_machine_free(machine);
	return state;
}

static inline int op_state(hyper_conn *conn, uint64_t id)
{
	hyper_operation *op = NULL;
	int state;

	OK(hyper_operation_get(conn, id, 0, &op, &err));
	state = hyper_operation_state(op);
	hyper_operation_free(op);
	return state;
}

/* Wait for its end; [new] */
static inline hyper_operation *op_end(hyper_conn *conn, uint64_t id)
{
	hyper_operation *op = NULL;

	OK(hyper_operation_wait(conn, id, 20000, 0, &op, &err));
	return op;
}

/* It ended like that, with that code (0: none). */
static inline void op_ends(hyper_conn *conn, uint64_t id, int state, int code)
{
	hyper_operation *op = op_end(conn, id);
	const hyper_error *why = hyper_operation_error(op);

	ck_assert_msg(hyper_operation_state(op) == state &&
			      hyper_error_code(why) == code,
		      "operation %s: %s",
		      hyper_op_state_name(hyper_operation_state(op)),
		      hyper_error_message(why));
	hyper_operation_free(op);
}

static inline size_t open_ops(hyper_conn *conn)
{
	hyper_query *query = hyper_query_new();
	hyper_operations *ops = NULL;
	size_t n;

	hyper_query_set_filter(query, "state=queued or state=running");
	OK(hyper_operation_list(conn, query, 0, &ops, &err));
	n = hyper_operations_count(ops);
	hyper_operations_free(ops);
	hyper_query_free(query);
	return n;
}

static inline void engine_path(char path[128], const char *id)
{
	snprintf(path, 128, "%s/test/%s.machine", dir, id);
}

static inline bool engine_has(const char *id)
{
	char path[128];

	engine_path(path, id);
	return access(path, F_OK) == 0;
}

static inline void uuid_of(hyper_conn *conn, const char *id, char uuid[64])
{
	hyper_machine *machine = NULL;

	OK(hyper_machine_get(conn, id, 0, &machine, &err));
	snprintf(uuid, 64, "%s", hyper_machine_uuid(machine));
	hyper_machine_free(machine);
}

/* Behind our back the machine comes into a state. */
static inline void becomes(const char *id, const char *uuid, int state)
{
	char path[128], text[64];
	int len = snprintf(text, sizeof(text), "%s %d\n", uuid, state);

	engine_path(path, id);
	ck_assert_int_eq(hyp_write_file(path, text, (size_t)len, 0600), 0);
}

static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}

#endif
