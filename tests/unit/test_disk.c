/* SPDX-License-Identifier: MIT */
/*
 * Each change of a file below the database fails once, or from then on: what
 * is called says so, what is there can be read, and as soon as the disk is
 * well again all goes on, with nothing lost and nothing left.
 */
#include <dirent.h>
#include <sys/wait.h>

#include "fault_vfs.h"
#include "state.h"

/* So many processes share the changes: most of the time they wait. Under a
 * sanitizer, which makes them work, a few of them take every eighth. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LANES 3
#define EVERY 8
#else
#define LANES 24
#define EVERY 1
#endif

enum { ONCE, FOR_A_WHILE, UNTIL_CLOSED, WAYS };

static const char *const ways[WAYS] = { "once", "for a while", "until closed" };

/* What this process tries just now, for messages. */
static char trial[64];

#define TRUE(condition, ...)                                                   \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s: %s: ", trial, #condition);        \
			fprintf(stderr, __VA_ARGS__);                          \
			fputc('\n', stderr);                                   \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* A call went well, or told that the disk is in trouble. */
static bool named(int rc, const char *what, hyper_error *err)
{
	bool good = rc == 0 || rc == HYPER_ERR_IO || rc == HYPER_ERR_DENIED;

	TRUE(good && hyper_error_code(err) == rc, "%s: %s: %s", what,
	     hyper_code_name(rc), hyper_error_message(err));
	TRUE(rc == 0 || strlen(hyper_error_message(err)) > 10, "%s", what);
	hyper_error_free(err);
	return rc == 0;
}

static size_t rows(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	size_t n;
	int rc = hyper_machine_list(conn, NULL, 0, &machines, &err);

	TRUE(rc == 0, "list: %s", hyper_error_message(err));
	n = hyper_machines_count(machines);
	hyper_machines_free(machines);
	return n;
}

static int add_box(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_machine *spec = spec_of(id, NULL);
	int rc = hyper_machine_add(conn, spec, 0, NULL, NULL, err);

	hyper_machine_free(spec);
	return rc;
}

static void wait_for_ends(hyper_conn *conn)
{
	int64_t end = hyp_mono_ms() + 30000;

	while (open_ops(conn) > 0) {
		TRUE(hyp_mono_ms() < end, "operations have no end");
		hyp_sleep_ms(2);
	}
}

/* The rows are the files of the engine. */
static void compare(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	struct dirent *entry;
	size_t files = 0, n;
	char path[128];
	DIR *stream;

	TRUE(hyper_machine_list(conn, NULL, 0, &machines, NULL) == 0, "list");
	n = hyper_machines_count(machines);
	for (size_t i = 0; i < n; i++) {
		const hyper_machine *m = hyper_machines_at(machines, i);
		const char *id = hyper_machine_id(m);
		char uuid[64] = "";
		int state = 0;
		FILE *f;

		engine_path(path, id);
		f = fopen(path, "r");
		TRUE(f, "%s is in no engine", id);
		TRUE(fscanf(f, "%63s %d", uuid, &state) == 2, "%s", id);
		fclose(f);
		TRUE(strcmp(uuid, hyper_machine_uuid(m)) == 0, "%s", id);
		TRUE(state == hyper_machine_state(m), "%s is %s, and really %d",
		     id, hyper_state_name(hyper_machine_state(m)), state);
	}
	hyper_machines_free(machines);
	snprintf(path, sizeof(path), "%s/test", dir);
	stream = opendir(path);
	while (stream && (entry = readdir(stream)))
		files += strstr(entry->d_name, ".machine") != NULL;
	if (stream)
		closedir(stream);
	TRUE(files == n, "%zu rows, %zu files", n, files);
}

/* As a program that knows nothing of us sees it. */
static void check_database(void)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;
	char path[128];

	snprintf(path, sizeof(path), "%s/hyper.db", dir);
	TRUE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix") == 0 &&
		     sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt,
					NULL) == 0 &&
		     sqlite3_step(stmt) == SQLITE_ROW,
	     "%s", sqlite3_errmsg(db));
	TRUE(strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0,
	     "%s", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* The life of a machine, up to the call that fails. */
static void use(hyper_conn *conn, bool *ret_removed)
{
	static const int states[] = { HYPER_STATE_STOPPED, HYPER_STATE_RUNNING,
				      HYPER_STATE_STOPPED, 0 };
	static const char *const verbs[] = { "add", "start", "stop", "remove" };
	for (int step = 0; step < 4; step++) {
		hyper_error *err = NULL;
		bool done;
		int rc;

		if (step == 0)
			rc = add_box(conn, "box", &err);
		else if (step == 1)
			rc = hyper_machine_start(conn, "box", 0, NULL, NULL,
						 &err);
		else if (step == 2)
			rc = hyper_machine_stop(conn, "box", 1000, 0, NULL,
						NULL, &err);
		else
			rc = hyper_machine_remove(conn, "box", 0, NULL, &err);
		done = named(rc, verbs[step], err);
		rows(conn);
		TRUE(!done || state_of(conn, "box") == states[step],
		     "done, but not so: step %d", step);
		*ret_removed = done && step == 3;
		/* The rest would be about what is not there. */
		if (!done)
			return;
	}
}

/* The change number k fails. Was there one? */
static bool try(const struct fault_kind *kind, int way, unsigned int k)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	bool opened, removed = false;
	unsigned int hits;
	size_t n;
	int rc;

	snprintf(trial, sizeof(trial), "%s %s, change %u", kind->name,
		 ways[way], k);
	state_setup();
	fault_arm(kind, k, way != ONCE);
	rc = hyper_open(dir, 0, &conn, &err);
	opened = named(rc, "open", err);
	err = NULL;
	if (!opened) {
		hits = fault_lift();
		rc = hyper_open(dir, 0, &conn, &err);
		TRUE(rc == 0, "open: %s", hyper_error_message(err));
	} else {
		use(conn, &removed);
		if (way == UNTIL_CLOSED)
			hyper_close(conn);
		hits = fault_lift();
		if (way == UNTIL_CLOSED) {
			conn = NULL;
			rc = hyper_open(dir, 0, &conn, &err);
			TRUE(rc == 0, "open: %s", hyper_error_message(err));
		}
	}
	rc = add_box(conn, "after", &err);
	TRUE(rc == 0, "nothing goes on: %s", hyper_error_message(err));
	wait_for_ends(conn);
	TRUE(!removed || state_of(conn, "box") == 0, "it is back");
	TRUE(state_of(conn, "after") == HYPER_STATE_STOPPED, "it is not");
	compare(conn);
	n = rows(conn);
	hyper_close(conn);
	check_database();
	conn = NULL;
	TRUE(hyper_open(dir, 0, &conn, NULL) == 0 && rows(conn) == n, "%zu", n);
	hyper_close(conn);
	state_teardown();
	return hits > 0;
}

/* Its share of the changes, to the first that is never reached. */
static void run_lane(const struct fault_kind *kind, int way, unsigned int lane)
{
	unsigned int k = lane * EVERY;

	TRUE(fault_vfs_register() == SQLITE_OK, "no such VFS");
	while (try(kind, way, k))
		k += LANES * EVERY;
	/* The first one at least has failed. */
	TRUE(k >= LANES * EVERY, "nothing was tried");
	_exit(0);
}

static void run_lanes(const struct fault_kind *kind, int way)
{
	pid_t pids[LANES];
	int status;

	for (unsigned int i = 0; i < LANES; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] == 0)
			run_lane(kind, way, i);
	}
	for (unsigned int i = 0; i < LANES; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(status == 0, "%s %s: %d", kind->name, ways[way],
			      status);
	}
}

START_TEST(test_trouble)
{
	run_lanes(&fault_kinds[_i / WAYS], _i % WAYS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("disk");
	TCase *tcase = tcase_create("disk");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, test_trouble, 0, (int)FAULT_KINDS * WAYS);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
