/* SPDX-License-Identifier: MIT */
/* Many processes on one state directory: how tests start them, and what is
 * then in the database and in the engine. */
#ifndef TEST_PROCESSES_H
#define TEST_PROCESSES_H

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "state.h"

#define PROCESSES 8

extern char **environ;

/* This program once more, with these arguments behind its name. */
static inline pid_t spawn_self(const posix_spawn_file_actions_t *actions,
			       char *first, char *second)
{
	char self[] = "/proc/self/exe";
	char *argv[] = { self, first, second, NULL };
	pid_t pid;

	ck_assert_int_eq(posix_spawn(&pid, self, actions, NULL, argv, environ),
			 0);
	return pid;
}

/* In such a process: wait until standard input ends, for all at once. */
static inline void wait_for_all(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

/* In such a process: why it fails. */
static inline void tell_error(int rc, const hyper_error *err)
{
	fprintf(stderr, "%s: %s\n", hyper_code_name(rc),
		hyper_error_message(err));
}

static inline void end_well(const pid_t *pids, size_t n)
{
	int status;

	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* The first number that a statement gives. */
static inline int ask(const char *sql)
{
	char path[96];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int value = -1;

	snprintf(path, sizeof(path), "%s/hyper.db", dir);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

static inline size_t engine_count(void)
{
	char path[96];
	struct dirent *entry;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/test", dir);
	d = opendir(path);
	ck_assert_ptr_nonnull(d);
	/* Not what a killed process had half written, "ann.machine.x7Kq2p". */
	while ((entry = readdir(d))) {
		const char *dot = strstr(entry->d_name, ".machine");

		n += dot && strcmp(dot, ".machine") == 0;
	}
	closedir(d);
	return n;
}

/* All processes have left, the database is whole, and every operation has its
 * end, and its event. */
static inline void check_database(void)
{
	ck_assert_int_eq(ask("SELECT count(*) FROM process"), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM pragma_integrity_check "
			     "WHERE integrity_check <> 'ok'"),
			 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM operation WHERE id NOT IN "
			     "(SELECT operation FROM event "
			     "WHERE kind = 'operation-ended')"),
			 0);
}

#endif
