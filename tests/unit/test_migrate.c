/* SPDX-License-Identifier: MIT */
/*
 * Databases of older hypers, kept in tests/data/schema, and what becomes of
 * them: all that they hold is there afterwards, or the file is as it was.
 */
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "state.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/store.h"
#include "util/fs.h"

#define FILE_MAX (4u << 20)

static char path[96];

static void setup(void)
{
	state_setup();
	snprintf(path, sizeof(path), "%s/hyper.db", dir);
}

static void run_sql(const char *file, const char *sql)
{
	sqlite3 *handle;
	char *message = NULL;

	ck_assert_int_eq(sqlite3_open(file, &handle), SQLITE_OK);
	sqlite3_exec(handle, sql, NULL, NULL, &message);
	ck_assert_msg(!message, "%s", message);
	sqlite3_close(handle);
}

/* The database of a version, as its hyper left it. */
static void make_old(int version)
{
	char name[256];
	char *sql;

	snprintf(name, sizeof(name), "%s/schema/v%d.sql", TEST_DATA, version);
	sql = hyp_read_file(name, FILE_MAX, NULL);
	ck_assert_ptr_nonnull(sql);
	run_sql(path, "PRAGMA journal_mode=WAL");
	run_sql(path, sql);
	free(sql);
}

/* One number out of a database. */
static int64_t ask(const char *file, const char *sql)
{
	sqlite3 *handle;
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	ck_assert_int_eq(sqlite3_open(file, &handle), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(handle);
	return value;
}

/* What a file holds, to be compared with what it holds later. */
struct content {
	char *data; /* NULL: there is no file */
	size_t len;
};

static struct content content_of(const char *suffix)
{
	struct content content = { 0 };
	char name[128];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	content.data = hyp_read_file(name, FILE_MAX, &content.len);
	return content;
}

static void check_content(const struct content *before, const char *suffix)
{
	struct content now = content_of(suffix);

	ck_assert_int_eq(!now.data, !before->data);
	ck_assert_uint_eq(now.len, before->len);
	if (now.data)
		ck_assert_mem_eq(now.data, before->data, now.len);
	free(now.data);
}

static int count_files(void)
{
	DIR *list = opendir(dir);
	int n = 0;

	ck_assert_ptr_nonnull(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

static int state_in(struct hyp_tx *tx, const char *id)
{
	hyper_machine *machine = NULL;
	int state;

	OK(hyp_machine_load(tx, id, &machine, &err));
	state = hyper_machine_state(machine);
	hyper_machine_free(machine);
	return state;
}

/* All that a machine has. */
static void check_web(struct hyp_tx *tx)
{
	hyper_machine *web = NULL;

	OK(hyp_machine_load(tx, "web", &web, &err));
	ck_assert_int_eq(hyper_machine_state(web), HYPER_STATE_RUNNING);
	ck_assert_str_eq(hyper_machine_image(web), "demo");
	ck_assert_uint_eq(hyper_machine_mem(web), 512);
	ck_assert_uint_eq(hyper_machine_vcpus(web), 2);
	ck_assert_str_eq(hyper_machine_env(web, "MODE"), "live");
	ck_assert_str_eq(hyper_machine_label(web, "tier"), "front");
	ck_assert_uint_eq(hyper_machine_port(web, 0)->host_port, 8080);
	ck_assert_mem_eq(hyper_machine_address(web, 0), "192.0.2.", 8);
	ck_assert_uint_eq(hyper_machine_generation(web), 4);
	ck_assert(!hyper_machine_adopted(web));
	ck_assert_int_gt(hyper_machine_created_at(web), 0);
	hyper_machine_free(web);
}

static void check_operations(struct hyp_tx *tx, int version)
{
	static const char *const kinds[] = {
		"pull",	  "add", "start", "add", "add", "start",
		"remove", "add", "start", "add", "add", "start"
	};
	hyper_operations *ops = NULL;
	hyper_query *query = hyper_query_new();
	const hyper_operation *op;

	hyper_query_set_sort(query, "id");
	OK(hyp_op_query(tx, query, &ops, &err));
	ck_assert_uint_eq(hyper_operations_count(ops), HYP_COUNT(kinds));
	for (size_t i = 0; (op = hyper_operations_at(ops, i)); i++) {
		bool open = i == HYP_COUNT(kinds) - 1;

		ck_assert_uint_eq(hyper_operation_id(op), i + 1);
		ck_assert_str_eq(hyper_operation_kind(op), kinds[i]);
		ck_assert_int_eq(hyper_operation_ended(op), !open);
		ck_assert_int_eq(!hyper_operation_error(op), i != 8 && i != 9);
		/* Who did what has ended was not kept by the first. */
		ck_assert_int_eq(!hyper_operation_program(op),
				 version == 1 && !open);
		ck_assert_int_eq(hyper_operation_uid(op),
				 version == 1 ? -1 : 0);
		if (version == 1)
			ck_assert_int_eq(hyper_operation_pid(op),
					 open ? 4194304 : 0);
	}
	op = hyper_operations_at(ops, 11);
	ck_assert_str_eq(hyper_operation_program(op), "hyperctl");
	op = hyper_operations_at(ops, 8);
	ck_assert_str_eq(hyper_error_message(hyper_operation_error(op)),
			 "the script says so");
	hyper_operations_free(ops);
	hyper_query_free(query);
}

START_TEST(test_old_opens_with_all_it_holds)
{
	int version = _i;
	struct hyp_store *store;
	char backup[128];

	make_old(version);
	/* Twice: the second time there is nothing to do. */
	for (int i = 0; i < 2; i++) {
		HYP_AUTOTX tx = HYP_TX_INIT;

		OK(hyp_store_open(path, false, &store, &err));
		OK(hyp_tx_read(store, &tx, &err));
		ck_assert_str_eq(hyp_store_instance(store),
				 "cd6809b1-c945-4030-acda-1cd655c8f5f2");
		check_web(&tx);
		ck_assert_int_eq(state_in(&tx, "db"), HYPER_STATE_STOPPED);
		ck_assert_int_eq(state_in(&tx, "bad"), HYPER_STATE_STOPPED);
		ck_assert_int_eq(state_in(&tx, "half"), HYPER_STATE_STARTING);
		check_operations(&tx, version);
		hyp_tx_end(&tx);
		hyp_store_close(store);
	}
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), hyp_schema_version);
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM event"), 32);
	snprintf(backup, sizeof(backup), "%s.v%d.bak", path, version);
	ck_assert_int_eq(ask(backup, "PRAGMA user_version"), version);
	ck_assert_int_eq(ask(backup, "SELECT count(*) FROM operation"), 12);
}
END_TEST

/* What its process left open is ended, as with a database of today; machines
 * that the engine no longer has are missing. */
START_TEST(test_old_is_recovered)
{
	hyper_machine *machine = NULL;
	hyper_conn *conn;
	hyper_operation *op;

	make_old(_i);
	conn = state_open(0);
	op = op_end(conn, 12);
	ck_assert_int_eq(hyper_operation_state(op), HYPER_OP_FAILED);
	ck_assert_str_eq(hyper_operation_program(op), "hyperctl");
	hyper_operation_free(op);
	OK(hyper_machine_get(conn, "web", HYPER_REFRESH, &machine, &err));
	ck_assert_int_eq(hyper_machine_state(machine), HYPER_STATE_MISSING);
	hyper_machine_free(machine);
	OK(hyper_machine_remove(conn, "web", 0, NULL, &err));
	hyper_close(conn);
}
END_TEST

/* Interrupts the n-th step of SQLite's. */
static int count_down(void *data)
{
	return --*(int *)data < 0;
}

/* Wherever it fails, the old file stays, and opens. */
START_TEST(test_failure_leaves_the_old)
{
	struct content before;
	int failures = 0, rc = -1;

	make_old(_i);
	before = content_of("");
	for (int n = 0; rc; n += 1 + n / 20) {
		struct hyp_db db;
		int left = n;

		ck_assert_int_lt(n, 1000000);
		OK(hyp_db_open(path, false, &db, &err));
		sqlite3_progress_handler(db.handle, 1, count_down, &left);
		rc = hyp_migrate(&db, path, hyp_migrations, hyp_schema_version,
				 NULL);
		sqlite3_progress_handler(db.handle, 0, NULL, NULL);
		hyp_db_close(&db);
		if (rc == 0)
			break;
		failures++;
		check_content(&before, "");
		ck_assert_int_eq(ask(path, "PRAGMA user_version"), _i);
	}
	ck_assert_int_gt(failures, 20);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), hyp_schema_version);
	free(before.data);
}
END_TEST

/* Run something in a process that then dies with all its files open. */
static void in_dying_process(void (*run)(sqlite3 *handle))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		sqlite3 *handle;

		if (sqlite3_open(path, &handle) == SQLITE_OK)
			run(handle);
		raise(SIGKILL);
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

/* All is written, but not committed; a page of cache lets none wait. */
static void migrate_half(sqlite3 *handle)
{
	sqlite3_exec(handle, "PRAGMA cache_size=1; BEGIN IMMEDIATE", NULL, NULL,
		     NULL);
	for (int i = 1; i < hyp_schema_version; i++)
		sqlite3_exec(handle, hyp_migrations[i], NULL, NULL, NULL);
}

START_TEST(test_death_leaves_the_old)
{
	struct content before;
	struct hyp_store *store;

	make_old(1);
	before = content_of("");
	in_dying_process(migrate_half);
	check_content(&before, "");
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 1);
	check_content(&before, "");
	OK(hyp_store_open(path, false, &store, &err));
	hyp_store_close(store);
	free(before.data);
}
END_TEST

static void write_more(sqlite3 *handle)
{
	sqlite3_exec(handle,
		     "PRAGMA wal_autocheckpoint=0; PRAGMA user_version=99;"
		     "INSERT INTO meta VALUES ('more', 'x')",
		     NULL, NULL, NULL);
}

static void check_refused(bool readonly)
{
	struct content whole = content_of(""), log = content_of("-wal");
	struct hyp_store *store;
	hyper_error *err = NULL;

	ck_assert_int_eq(hyp_store_open(path, readonly, &store, &err),
			 HYPER_ERR_NOT_SUPPORTED);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "version 99"));
	hyper_error_free(err);
	check_content(&whole, "");
	check_content(&log, "-wal");
	free(whole.data);
	free(log.data);
}

START_TEST(test_newer_is_left_alone)
{
	bool readonly = _i & 1;

	make_old(1);
	/* Closed in good order, in either journal mode. */
	run_sql(path, "PRAGMA user_version=99");
	if (!readonly) {
		int files = count_files();

		check_refused(false);
		run_sql(path, "PRAGMA journal_mode=DELETE");
		check_refused(false);
		ck_assert_int_eq(count_files(), files);
	} else {
		run_sql(path, "PRAGMA journal_mode=DELETE");
		check_refused(true);
	}
	/* Left by a process that died: the newer version is in the log. */
	run_sql(path, "PRAGMA journal_mode=WAL; PRAGMA user_version=1");
	in_dying_process(write_more);
	check_refused(readonly);
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), 99);
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM meta"), 3);
}
END_TEST

/* A newer hyper migrates it while this one is at work: whatever is wanted from
 * then on is refused, and what is there stays as it is. */
START_TEST(test_migrated_under_us)
{
	const char *steps[8] = { NULL };
	int next = hyp_schema_version + 1;
	hyper_machine *spec = spec_of("late", NULL);
	hyper_machines *machines = NULL;
	hyper_error *error = NULL;
	hyper_conn *conn = state_open(0);
	struct hyp_db db;
	uint64_t id;

	ck_assert_uint_lt((size_t)next, HYP_COUNT(steps));
	memcpy(steps, hyp_migrations, sizeof(steps[0]) * (size_t)(next - 1));
	steps[next - 1] = "ALTER TABLE machine RENAME COLUMN image TO picture";
	unsetenv("HYPER_TEST_KEEP");
	add(conn, "box", "start:latency=200");
	id = start_async(conn, "box");
	ck_assert_int_eq(op_state(conn, id), HYPER_OP_RUNNING);
	OK(hyp_db_open(path, false, &db, &err));
	OK(hyp_migrate(&db, path, steps, next, &err));
	hyp_db_close(&db);
	ck_assert_int_eq(hyper_machine_list(conn, NULL, 0, &machines, &error),
			 HYPER_ERR_NOT_SUPPORTED);
	ck_assert_ptr_nonnull(
		strstr(hyper_error_message(error), "newer hyper"));
	hyper_error_free(error);
	FAILS(HYPER_ERR_NOT_SUPPORTED,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(conn);
	FAILS(HYPER_ERR_NOT_SUPPORTED, hyper_open(dir, 0, &conn, &err));
	ck_assert_int_eq(ask(path, "PRAGMA user_version"), next);
	/* Left open, for the newer one to end. */
	ck_assert_int_eq(ask(path, "SELECT state FROM operation WHERE id = 2"),
			 HYPER_OP_RUNNING);
	ck_assert_int_eq(ask(path, "SELECT count(*) FROM machine "
				   "WHERE picture = 'demo'"),
			 1);
	ck_assert_int_eq(ask(path, "SELECT integrity_check = 'ok' "
				   "FROM pragma_integrity_check"),
			 1);
}
END_TEST

/* An older one that may not be written says what to do. */
START_TEST(test_old_readonly)
{
	struct content before;
	struct hyp_store *store;
	hyper_error *err = NULL;

	make_old(1);
	before = content_of("");
	ck_assert_int_eq(hyp_store_open(path, true, &store, &err),
			 HYPER_ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "version 1"));
	hyper_error_free(err);
	check_content(&before, "");
	free(before.data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("migrate");
	TCase *tcase = tcase_create("migrate");

	tcase_add_checked_fixture(tcase, setup, state_teardown);
	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, test_old_opens_with_all_it_holds, 1,
			    hyp_schema_version);
	tcase_add_loop_test(tcase, test_old_is_recovered, 1,
			    hyp_schema_version);
	tcase_add_loop_test(tcase, test_failure_leaves_the_old, 1,
			    hyp_schema_version);
	tcase_add_test(tcase, test_death_leaves_the_old);
	tcase_add_loop_test(tcase, test_newer_is_left_alone, 0, 2);
	tcase_add_test(tcase, test_migrated_under_us);
	tcase_add_test(tcase, test_old_readonly);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
