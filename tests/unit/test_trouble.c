/* SPDX-License-Identifier: MIT */
/* A world that does not work: full disks, read-only files, nonsense. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>

#include "state.h"

/* A small file system of its own; false where that is not allowed. */
static bool mount_small(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", dir, "tmpfs", 0, "size=1m") == 0;
}

static void fill(const char *path)
{
	static const char page[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	while (write(fd, page, sizeof(page)) > 0)
		;
	ck_assert_int_eq(errno, ENOSPC);
	close(fd);
}

static _Atomic int unwritten;

static void on_log(int level, const char *text, void *data)
{
	(void)level;
	(void)data;
	if (strstr(text, "could not be written"))
		atomic_fetch_add(&unwritten, 1);
}

/* The end of an operation that cannot be written is not forgotten: it is there
 * as soon as there is room, and nothing waits for ever. */
START_TEST(test_disk_full)
{
	hyper_machine *machine = NULL;
	hyper_conn *conn, *late;
	char path[128], text[160];
	hyper_error *error = NULL;
	uint64_t id;

	if (!mount_small())
		return;
	unsetenv("HYPER_TEST_KEEP");
	snprintf(path, sizeof(path), "%s/ballast", dir);
	hyper_log_set(on_log, HYPER_LOG_WARNING, NULL);
	conn = state_open(0);
	add(conn, "async", "start:latency=300");
	add(conn, "sync", "start:latency=300");
	id = start_async(conn, "async");
	fill(path);
	ck_assert_int_eq(
		hyper_machine_start(conn, "sync", 0, NULL, NULL, &error),
		HYPER_ERR_IO);
	/* Where is room to be made? */
	snprintf(text, sizeof(text),
		 "database %s/hyper.db: database or disk "
		 "is full",
		 dir);
	ck_assert_str_eq(hyper_error_message(error), text);
	hyper_error_free(error);
	/* What is there can be read, by others too. */
	ck_assert_int_eq(state_of(conn, "async"), HYPER_STATE_STARTING);
	late = state_open(HYPER_OPEN_READONLY);
	ck_assert_int_eq(state_of(late, "async"), HYPER_STATE_STARTING);
	hyper_close(late);
	WAIT_FOR(atomic_load(&unwritten) > 0);
	ck_assert_int_eq(op_state(conn, id), HYPER_OP_RUNNING);
	ck_assert_int_eq(unlink(path), 0);
	op_ends(conn, id, HYPER_OP_DONE, 0);
	OK(hyper_machine_stop(conn, "async", 1000, 0, &machine, NULL, &err));
	hyper_machine_free(machine);
	OK(hyper_machine_start(conn, "sync", 0, NULL, NULL, &err));
	ck_assert_uint_eq(open_ops(conn), 0);
	hyper_close(conn);
}
END_TEST

/* It was never written before the process let the state go: the next
 * connection, of the same process too, finds it. */
START_TEST(test_full_until_closed)
{
	hyper_conn *conn;
	char path[128];
	uint64_t id;

	if (!mount_small())
		return;
	unsetenv("HYPER_TEST_KEEP");
	snprintf(path, sizeof(path), "%s/ballast", dir);
	conn = state_open(0);
	add(conn, "box", "start:latency=300");
	id = start_async(conn, "box");
	fill(path);
	hyper_close(conn);
	ck_assert_int_eq(unlink(path), 0);
	conn = state_open(0);
	op_ends(conn, id, HYPER_OP_DONE, 0);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	hyper_close(conn);
}
END_TEST

static void is_removed(hyper_conn *conn)
{
	hyper_machines *machines = NULL;
	hyper_machine *spec = spec_of("more", NULL);

	FAILS(HYPER_ERR_IO, hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_IO, hyper_machine_list(conn, NULL, 0, &machines, &err));
	FAILS(HYPER_ERR_IO,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	hyper_machine_free(spec);
}

/* Somebody deletes the directory under us: nothing is acknowledged that goes
 * nowhere, and what is made in its place is not ours. */
START_TEST(test_removed)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };
	hyper_conn *conn = state_open(0), *other;

	unsetenv("HYPER_TEST_KEEP");
	add(conn, "box", "start:latency=200");
	start_async(conn, "box");
	ck_assert_int_eq(hyp_run(argv, -1, NULL, NULL, NULL), 0);
	is_removed(conn);
	ck_assert_int_ne(access(dir, F_OK), 0);
	other = state_open(0);
	add(other, "new", NULL);
	is_removed(conn);
	hyper_close(conn);
	ck_assert_int_eq(state_of(other, "new"), HYPER_STATE_STOPPED);
	ck_assert_int_eq(state_of(other, "box"), 0);
	hyper_close(other);
	other = state_open(0);
	ck_assert_int_ne(state_of(other, "new"), 0);
	hyper_close(other);
}
END_TEST

START_TEST(test_read_only)
{
	hyper_conn *conn = NULL, *writer;
	hyper_machine *machine = NULL, *spec = spec_of("no", NULL);

	FAILS(HYPER_ERR_NOT_FOUND,
	      hyper_open("/nowhere/at/all", HYPER_OPEN_READONLY, &conn, &err));
	ck_assert_ptr_null(conn);
	writer = state_open(0);
	add(writer, "box", NULL);
	conn = state_open(HYPER_OPEN_READONLY);
	OK(hyper_machine_get(conn, "box", HYPER_REFRESH, &machine, &err));
	hyper_machine_free(machine);
	FAILS(HYPER_ERR_DENIED,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_DENIED, hyper_operation_cancel(conn, 1, 0, NULL, &err));
	FAILS(HYPER_ERR_DENIED, hyper_conn_announce(conn, "unix:/x", 0, &err));
	hyper_close(writer);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	hyper_close(conn);
	hyper_machine_free(spec);
}
END_TEST

/* A file system that nobody may write to. */
START_TEST(test_read_only_disk)
{
	hyper_conn *conn = NULL;

	if (!mount_small())
		return;
	conn = state_open(0);
	add(conn, "box", NULL);
	hyper_close(conn);
	ck_assert_int_eq(mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL),
			 0);
	/* SQLite's files beside the database cannot be made either. */
	for (uint32_t flags = 0; flags <= HYPER_OPEN_READONLY; flags++) {
		conn = state_open(flags);
		ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
		FAILS(HYPER_ERR_DENIED,
		      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
		hyper_close(conn);
	}
	ck_assert_int_eq(mount(NULL, dir, NULL, MS_REMOUNT, NULL), 0);
	conn = state_open(0);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	hyper_close(conn);
}
END_TEST

/* Nobody has the state open, and then the disk is full to the last block. */
START_TEST(test_full_at_open)
{
	hyper_conn *conn, *other;
	char path[128];

	if (!mount_small())
		return;
	snprintf(path, sizeof(path), "%s/ballast", dir);
	conn = state_open(0);
	add(conn, "box", NULL);
	hyper_close(conn);
	fill(path);
	conn = state_open(0);
	other = state_open(HYPER_OPEN_READONLY);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	ck_assert_int_eq(state_of(other, "box"), HYPER_STATE_STOPPED);
	FAILS(HYPER_ERR_IO,
	      hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	ck_assert_int_eq(unlink(path), 0);
	OK(hyper_machine_start(conn, "box", 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(other, "box"), HYPER_STATE_RUNNING);
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_RUNNING);
	hyper_close(other);
	hyper_close(conn);
}
END_TEST

#define FIFTY "probe:latency=1;probe:latency=1;probe:latency=001;"
static const char *const broken[] = {
	"keep = yes\n",			   /* in no section */
	"[test]\nkeep\n",		   /* no value */
	"[test\nkeep = yes\n",		   /* not closed */
	"[test]\n= yes\n",		   /* no key */
	"[test]\nkeep = no\nkeep = yes\n", /* twice */
	"[test]\nscript = a\n  b\n",	   /* goes on */
	"[test]\nkeep = \xff\xfe\n",	   /* not UTF-8 */
	/* too long, and what is left of it would be a line */
	"[test]\nscript = " FIFTY FIFTY FIFTY FIFTY "\n",
};

START_TEST(test_settings)
{
	hyper_conn *conn = NULL;
	hyper_machine *spec;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/drivers.conf", dir);
	for (size_t i = 0; i < HYP_COUNT(broken); i++) {
		f = fopen(path, "w");
		fputs(broken[i], f);
		fclose(f);
		FAILS(HYPER_ERR_INVALID, hyper_open(dir, 0, &conn, &err));
	}
	f = fopen(path, "w");
	fputs("# hyper\n\n[test]\nkeep = yes\n"
	      "script = probe:error=DRIVER;add:error=LIMIT\n",
	      f);
	fclose(f);
	conn = state_open(0);
	spec = spec_of("box", NULL);
	FAILS(HYPER_ERR_LIMIT,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), 0);
	hyper_close(conn);
	/* What the driver does not know is no setting. */
	f = fopen(path, "a");
	fputs("colour = red\n", f);
	fclose(f);
	conn = state_open(0);
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

START_TEST(test_no_drivers)
{
	hyper_machine *spec = spec_of("new", NULL);
	hyper_drivers *drivers = NULL;
	hyper_conn *conn = state_open(0);
	char *real = strdup(getenv("HYPER_DRIVER_DIR"));

	add(conn, "box", NULL);
	hyper_close(conn);
	setenv("HYPER_DRIVER_DIR", "/nowhere", 1);
	conn = state_open(0);
	FAILS(HYPER_ERR_NO_DRIVER, hyper_driver_list(conn, 0, &drivers, &err));
	/* Not NOT_FOUND, which would say that there is no such machine. */
	FAILS(HYPER_ERR_NO_DRIVER,
	      hyper_machine_remove(conn, "box", HYPER_FORCE, NULL, &err));
	ck_assert_int_eq(state_of(conn, "box"), HYPER_STATE_STOPPED);
	setenv("HYPER_DRIVER_DIR", dir, 1);
	OK(hyper_driver_list(conn, 0, &drivers, &err));
	ck_assert_uint_eq(hyper_drivers_count(drivers), 0);
	hyper_drivers_free(drivers);
	FAILS(HYPER_ERR_NO_DRIVER,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_close(conn);
	setenv("HYPER_DRIVER_DIR", real, 1);
	conn = state_open(0);
	OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
	hyper_close(conn);
	hyper_machine_free(spec);
	free(real);
}
END_TEST

static const char *const nasty[] = {
	"'; DROP TABLE machine; --",
	"\" OR 1=1 --",
	"%s%n",
	"\xff\xfe",
	"a\nb",
	"a\x01",
	"../../etc/passwd",
	"",
};

/* None of it gets anywhere; the database is what it was. */
START_TEST(test_nasty_texts)
{
	hyper_conn *conn = state_open(0);
	hyper_query *query = hyper_query_new();
	hyper_machine *machine = NULL, *spec = spec_of("box", NULL);
	hyper_machines *machines = NULL;
	hyper_images *images = NULL;
	char *huge = malloc((1 << 20) + 1);

	add(conn, "keep", NULL);
	memset(huge, 'a', 1 << 20);
	huge[1 << 20] = '\0';
	for (size_t i = 0; i <= HYP_COUNT(nasty); i++) {
		const char *text = i < HYP_COUNT(nasty) ? nasty[i] : huge;

		FAILS(HYPER_ERR_INVALID,
		      hyper_machine_get(conn, text, 0, &machine, &err));
		FAILS(HYPER_ERR_INVALID,
		      hyper_machine_remove(conn, text, 0, NULL, &err));
		FAILS(HYPER_ERR_INVALID,
		      hyper_image_list(conn, text, 0, &images, &err));
		ck_assert_int_ne(
			hyper_image_remove(conn, "test", text, 0, NULL, NULL),
			0);
		/* What may be a text comes out as it went in. */
		if (hyper_machine_set_label(spec, "note", text, NULL) == 0)
			OK(hyper_machine_add(conn, spec, 0, &machine, NULL,
					     &err));
		if (machine) {
			ck_assert_str_eq(hyper_machine_label(machine, "note"),
					 text);
			OK(hyper_machine_remove(conn, "box", 0, NULL, &err));
			hyper_machine_free(hyp_steal(&machine));
		}
		hyper_query_set_filter(query, *text ? text : "'");
		FAILS(HYPER_ERR_INVALID,
		      hyper_machine_list(conn, query, 0, &machines, &err));
		hyper_query_set_filter(query, NULL);
		hyper_query_set_cursor(query, text);
		FAILS(HYPER_ERR_INVALID,
		      hyper_machine_list(conn, query, 0, &machines, &err));
		hyper_query_set_cursor(query, NULL);
	}
	FAILS(HYPER_ERR_INVALID, hyper_conn_announce(conn, huge, 0, &err));
	FAILS(HYPER_ERR_INVALID, hyper_conn_announce(conn, "\xff", 0, &err));
	OK(hyper_machine_list(conn, query, 0, &machines, &err));
	ck_assert_uint_eq(hyper_machines_count(machines), 1);
	hyper_machines_free(machines);
	hyper_machine_free(spec);
	hyper_query_free(query);
	free(huge);
	hyper_close(conn);
}
END_TEST

START_TEST(test_nothing_given)
{
	hyper_conn *conn = state_open(0);
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;

	FAILS(HYPER_ERR_INVALID, hyper_open(dir, 0, NULL, &err));
	FAILS(HYPER_ERR_INVALID, hyper_open(dir, 64, &conn, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_add(conn, NULL, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_start(conn, NULL, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_start(conn, "box", HYPER_ASYNC, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_start(conn, "box", HYPER_FORCE, NULL, NULL, &err));
	FAILS(HYPER_ERR_INVALID,
	      hyper_machine_get(NULL, "x", 0, &machine, &err));
	FAILS(HYPER_ERR_INVALID, hyper_machine_set_label(spec, NULL, "", &err));
	FAILS(HYPER_ERR_INVALID, hyper_machine_add_port(spec, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND,
	      hyper_operation_cancel(conn, UINT64_MAX, 0, NULL, &err));
	/* Nobody wants to know why. */
	ck_assert_int_eq(hyper_machine_start(conn, "box", 0, NULL, NULL, NULL),
			 HYPER_ERR_NOT_FOUND);
	ck_assert_int_eq(hyper_open("x:y", 0, &conn, NULL), HYPER_ERR_INVALID);
	hyper_close(NULL);
	hyper_machine_free(NULL);
	hyper_machine_free(spec);
	hyper_close(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trouble");
	TCase *tcase = tcase_create("trouble");

	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_disk_full);
	tcase_add_test(tcase, test_full_until_closed);
	tcase_add_test(tcase, test_removed);
	tcase_add_test(tcase, test_read_only);
	tcase_add_test(tcase, test_read_only_disk);
	tcase_add_test(tcase, test_full_at_open);
	tcase_add_test(tcase, test_settings);
	tcase_add_test(tcase, test_no_drivers);
	tcase_add_test(tcase, test_nasty_texts);
	tcase_add_test(tcase, test_nothing_given);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
