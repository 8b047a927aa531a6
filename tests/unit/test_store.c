/* SPDX-License-Identifier: MIT */
/* The database: migrations, instance, transactions among connections. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "scratch.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/store.h"
#include "util/fs.h"

static char dir[64];
static char path[96];

static void setup(void)
{
	ck_assert_ptr_nonnull(scratch_make(dir, sizeof(dir)));
	snprintf(path, sizeof(path), "%s/hyper.db", dir);
}

static void teardown(void)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };

	ck_assert_int_eq(hyp_run(argv, -1, NULL, NULL, NULL), 0);
}

static const char step_1[] = "CREATE TABLE t (a INTEGER); "
			     "INSERT INTO t VALUES (1)";
static const char step_2[] = "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7";
static const char step_bad[] = "ALTER TABLE t ADD COLUMN c INTEGER; "
			       "INSERT INTO nowhere VALUES (1)";

static int migrate(const char *const *steps, int last, hyper_error **err)
{
	struct hyp_db db;
	int rc = hyp_db_open(path, false, &db, err);

	ck_assert_int_eq(rc, 0);
	rc = hyp_migrate(&db, path, steps, last, err);
	hyp_db_close(&db);
	return rc;
}

/* One number out of the database, -1 if the statement does not work. */
static int ask(const char *file, const char *sql)
{
	sqlite3 *handle;
	sqlite3_stmt *stmt = NULL;
	int value = -1;

	ck_assert_int_eq(sqlite3_open(file, &handle), SQLITE_OK);
	if (sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(handle);
	return value;
}

START_TEST(test_migrate_forward_with_backup)
{
	const char *const steps[] = { step_1, step_2 };
	char backup[128];
	struct stat st;

	ck_assert_int_eq(migrate(steps, 1, NULL), 0);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 1);
	ck_assert_int_eq(migrate(steps, 2, NULL), 0);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 2);
	ck_assert_int_eq(ask(path, "SELECT b FROM t"), 7);
	snprintf(backup, sizeof(backup), "%s.v1.bak", path);
	ck_assert_int_eq(stat(backup, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(ask(backup, "PRAGMA user_version"), 1);
	ck_assert_int_eq(ask(backup, "SELECT a FROM t"), 1);
	ck_assert_int_eq(ask(backup, "SELECT b FROM t"), -1);
}
END_TEST

START_TEST(test_migrate_failure_leaves_the_old)
{
	const char *const steps[] = { step_1, step_2, step_bad };
	hyper_error *err = NULL;

	ck_assert_int_eq(migrate(steps, 1, NULL), 0);
	ck_assert_int_lt(migrate(steps, 3, &err), 0);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "nowhere"));
	hyper_error_free(err);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 1);
	ck_assert_int_eq(ask(path, "SELECT b FROM t"), -1);
	ck_assert_int_eq(ask(path, "SELECT a FROM t"), 1);
}
END_TEST

START_TEST(test_newer_is_refused_untouched)
{
	const char *const steps[] = { step_1, step_2 };
	hyper_error *err = NULL;
	char *before, *after;
	size_t before_len, after_len;

	ck_assert_int_eq(migrate(steps, 2, NULL), 0);
	before = hyp_read_file(path, 1 << 20, &before_len);
	ck_assert_int_eq(migrate(steps, 1, &err), HYPER_ERR_NOT_SUPPORTED);
	hyper_error_free(err);
	after = hyp_read_file(path, 1 << 20, &after_len);
	ck_assert_uint_eq(before_len, after_len);
	ck_assert_mem_eq(before, after, before_len);
	free(before);
	free(after);
}
END_TEST

START_TEST(test_foreign_is_refused)
{
	const char *const steps[] = { step_1 };
	hyper_error *err = NULL;

	ask(path, "CREATE TABLE theirs (a)");
	ask(path, "PRAGMA user_version = 5");
	ck_assert_int_eq(migrate(steps, 1, &err), HYPER_ERR_INVALID);
	hyper_error_free(err);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 5);
	/* Many programs leave that at 0. */
	ask(path, "PRAGMA user_version = 0");
	ck_assert_int_eq(migrate(steps, 1, NULL), HYPER_ERR_INVALID);
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM sqlite_schema"), 1);
}
END_TEST

START_TEST(test_not_a_database)
{
	struct hyp_store *store;
	hyper_error *err = NULL;

	ck_assert_int_eq(
		hyp_write_file(path, "this is no database at all", 26, 0600),
		0);
	ck_assert_int_eq(hyp_store_open(path, false, &store, &err),
			 HYPER_ERR_IO);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "database"));
	hyper_error_free(err);
}
END_TEST

START_TEST(test_instance_stays)
{
	struct hyp_store *store;
	char first[HYP_UUID_SIZE];
	struct stat st;

	ck_assert_int_eq(hyp_store_open(path, false, &store, NULL), 0);
	snprintf(first, sizeof(first), "%s", hyp_store_instance(store));
	ck_assert(hyp_uuid_valid(first));
	hyp_store_close(store);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(hyp_store_open(path, true, &store, NULL), 0);
	ck_assert_str_eq(first, hyp_store_instance(store));
	hyp_store_close(store);
}
END_TEST

START_TEST(test_readonly_changes_nothing)
{
	struct hyp_store *store;
	struct hyp_tx tx = HYP_TX_INIT;
	hyper_error *err = NULL;

	ck_assert_int_eq(hyp_store_open(path, true, &store, &err),
			 HYPER_ERR_NOT_FOUND);
	ck_assert_int_ne(access(path, F_OK), 0);
	hyper_error_free(err);
	err = NULL;
	ck_assert_int_eq(hyp_store_open(path, false, &store, NULL), 0);
	hyp_store_close(store);
	ck_assert_int_eq(hyp_store_open(path, true, &store, NULL), 0);
	ck_assert_int_eq(hyp_tx_write(store, &tx, &err), HYPER_ERR_DENIED);
	hyper_error_free(err);
	hyp_store_close(store);
}
END_TEST

static hyper_machine *machine_new(const char *id)
{
	hyper_machine *m = hyper_machine_new();
	char uuid[HYP_UUID_SIZE];

	ck_assert_ptr_nonnull(m);
	ck_assert_int_eq(hyp_uuid(uuid), 0);
	ck_assert_int_eq(hyp_set_text(&m->uuid, uuid, NULL), 0);
	ck_assert_int_eq(hyper_machine_set_id(m, id, NULL), 0);
	ck_assert_int_eq(hyper_machine_set_type(m, "test", NULL), 0);
	ck_assert_int_eq(hyper_machine_set_image(m, "demo", NULL), 0);
	m->state = HYPER_STATE_STOPPED;
	return m;
}

START_TEST(test_machine_comes_out_as_it_went_in)
{
	const char *const argv[] = { "sh", "-c", "echo \"x\"", NULL };
	struct hyp_store *store;
	hyper_machine *in = machine_new("all"), *out = NULL;
	char *a, *b;

	ck_assert_int_eq(hyper_machine_set_mem(in, 256, NULL), 0);
	ck_assert_int_eq(hyper_machine_set_vcpus(in, 3, NULL), 0);
	ck_assert_int_eq(hyper_machine_set_autostart(in, true, NULL), 0);
	ck_assert_int_eq(hyper_machine_set_label(in, "tier", "w'eb\"", NULL),
			 0);
	ck_assert_int_eq(hyper_machine_set_env(in, "A", "1\n2", NULL), 0);
	ck_assert_int_eq(hyper_machine_set_option(in, "disk", "copy", NULL), 0);
	ck_assert_int_eq(hyper_machine_set_command(in, argv, NULL), 0);
	ck_assert_int_eq(hyper_machine_add_port(in, "[::1]:8080:80/udp", NULL),
			 0);
	ck_assert_int_eq(hyp_strv_add(&in->addresses, "10.0.0.1"), 0);
	ck_assert_int_eq(hyp_set_text(&in->state_reason, "why", NULL), 0);
	in->observed_at = 12345;
	in->stale = true; /* seen long ago */
	ck_assert_int_eq(hyp_store_open(path, false, &store, NULL), 0);
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		ck_assert_int_eq(hyp_tx_write(store, &tx, NULL), 0);
		ck_assert_int_eq(hyp_machine_insert(&tx, in, NULL), 0);
		ck_assert_int_eq(hyp_tx_commit(&tx, NULL), 0);
	}
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		ck_assert_int_eq(hyp_tx_read(store, &tx, NULL), 0);
		ck_assert_int_eq(hyp_machine_load(&tx, "all", &out, NULL), 0);
	}
	ck_assert_int_eq(hyper_machine_to_json(in, 0, &a, NULL), 0);
	ck_assert_int_eq(hyper_machine_to_json(out, 0, &b, NULL), 0);
	ck_assert_str_eq(a, b);
	free(a);
	free(b);
	hyper_machine_free(in);
	hyper_machine_free(out);
	hyp_store_close(store);
}
END_TEST

START_TEST(test_rollback)
{
	struct hyp_store *store;
	hyper_machine *m = machine_new("gone"), *out;

	ck_assert_int_eq(hyp_store_open(path, false, &store, NULL), 0);
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		ck_assert_int_eq(hyp_tx_write(store, &tx, NULL), 0);
		ck_assert_int_eq(hyp_machine_insert(&tx, m, NULL), 0);
	}
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		ck_assert_int_eq(hyp_tx_read(store, &tx, NULL), 0);
		ck_assert_int_eq(hyp_machine_load(&tx, "gone", &out, NULL),
				 HYPER_ERR_NOT_FOUND);
	}
	hyper_machine_free(m);
	hyp_store_close(store);
}
END_TEST

#define WRITERS 4
#define WRITES	50

/* Each writer has a store of its own, as a process would. */
static void *write_many(void *data)
{
	struct hyp_store *store;
	const char *prefix = data;

	if (hyp_store_open(path, false, &store, NULL))
		return NULL;
	for (int i = 0; i < WRITES; i++) {
		HYP_AUTOTX tx = HYP_TX_INIT;
		char id[16];
		hyper_machine *m;
		int rc;

		snprintf(id, sizeof(id), "%s%d", prefix, i);
		m = machine_new(id);
		rc = hyp_tx_write(store, &tx, NULL);
		if (rc == 0)
			rc = hyp_machine_insert(&tx, m, NULL);
		if (rc == 0)
			rc = hyp_tx_commit(&tx, NULL);
		hyper_machine_free(m);
		if (rc)
			return NULL;
	}
	hyp_store_close(store);
	return data;
}

START_TEST(test_many_writers_lose_nothing)
{
	static char names[WRITERS][2] = { "a", "b", "c", "d" };
	pthread_t threads[WRITERS];

	/* They also find a database that is not there yet, all at once. */
	for (int i = 0; i < WRITERS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, write_many, names[i]),
			0);
	for (int i = 0; i < WRITERS; i++) {
		void *result;

		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_nonnull(result);
	}
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM machine"),
			 WRITERS * WRITES);
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM meta"), 2);
}
END_TEST

/* The time between two looks at a new database is short: many tries. */
#define NEW_ONES 300
static pthread_barrier_t barrier;

static void *open_new_ones(void *data)
{
	char name[96];

	for (int i = 0; i < NEW_ONES; i++) {
		struct hyp_store *store = NULL;
		int rc;

		snprintf(name, sizeof(name), "%s/%d.db", dir, i);
		pthread_barrier_wait(&barrier);
		rc = hyp_store_open(name, false, &store, NULL);
		hyp_store_close(store);
		if (rc)
			data = NULL;
	}
	return data;
}

START_TEST(test_opened_at_once)
{
	pthread_t threads[WRITERS];

	ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, WRITERS), 0);
	for (int i = 0; i < WRITERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
						open_new_ones, &barrier),
				 0);
	for (int i = 0; i < WRITERS; i++) {
		void *result;

		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_nonnull(result);
	}
	pthread_barrier_destroy(&barrier);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_migrate_forward_with_backup);
	tcase_add_test(tcase, test_migrate_failure_leaves_the_old);
	tcase_add_test(tcase, test_newer_is_refused_untouched);
	tcase_add_test(tcase, test_foreign_is_refused);
	tcase_add_test(tcase, test_not_a_database);
	tcase_add_test(tcase, test_instance_stays);
	tcase_add_test(tcase, test_readonly_changes_nothing);
	tcase_add_test(tcase, test_machine_comes_out_as_it_went_in);
	tcase_add_test(tcase, test_rollback);
	tcase_add_test(tcase, test_many_writers_lose_nothing);
	tcase_add_test(tcase, test_opened_at_once);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
