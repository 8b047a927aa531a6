/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/time.h"

/* "hypr": what file(1) and we know the database by (PRAGMA application_id). */
#define APPLICATION_ID 0x68797072

static int read_pragma(struct hyp_db *db, const char *sql, int *ret_value,
		       hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(db, sql, &stmt, err);

	if (rc == 0)
		rc = hyp_db_step(db, stmt, err);
	if (rc < 0)
		return rc;
	*ret_value = sqlite3_column_int(stmt, 0);
	return 0;
}

static int read_versions(struct hyp_db *db, int last, int *ret_version,
			 hyper_error **err)
{
	int application, version, tables = 0, rc;

	rc = read_pragma(db, "PRAGMA user_version", &version, err);
	if (rc == 0)
		rc = read_pragma(db, "PRAGMA application_id", &application,
				 err);
	/* Some programs use neither; an empty database is nobody's. */
	if (rc == 0 && application != APPLICATION_ID)
		rc = read_pragma(db, "SELECT count(*) FROM sqlite_schema",
				 &tables, err);
	if (rc)
		return rc;
	if (application != APPLICATION_ID && (version != 0 || tables > 0))
		return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				       "the database is not one of hyper's");
	if (version > last)
		return hyper_error_set(
			err, HYPER_ERR_NOT_SUPPORTED, NULL,
			"the database has version %d, this hyper knows %d: "
			"use a newer hyper",
			version, last);
	*ret_version = version;
	return 0;
}

/*
 * Several processes may find a new database at once, and the change to WAL is
 * one that SQLite does not call the busy handler for.
 */
static int enter_wal(struct hyp_db *db, hyper_error **err)
{
	int rc = 0;

	for (int i = 0; i < 1000; i++) {
		rc = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL,
				  NULL, NULL);
		if (rc != SQLITE_BUSY)
			break;
		hyp_sleep_ms(5);
	}
	return rc == SQLITE_OK ? 0 : hyp_db_error(db, "journal mode", err);
}

/* What is refused stays as it is, also where whoever had it last has died, and
 * left changes beside it that the last one to close would move in. */
static void leave_alone(struct hyp_db *db, const char *path)
{
	HYP_AUTOBUF wal = HYP_BUF_INIT;
	struct stat st;

	hyp_buf_addf(&wal, "%s-wal", path);
	if (wal.failed || (stat(wal.data, &st) == 0 && st.st_size > 0))
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
				  1, NULL);
}

static int vacuum_into(const char *path, const char *copy, hyper_error **err)
{
	struct hyp_db db;
	sqlite3_stmt *stmt;
	int rc = hyp_db_open(path, false, &db, err);

	if (rc)
		return rc;
	rc = hyp_db_statement(&db, "VACUUM INTO ?1", &stmt, err);
	if (rc == 0) {
		hyp_bind_text(stmt, 1, copy);
		rc = hyp_db_run(&db, stmt, err);
	}
	hyp_db_close(&db);
	return rc;
}

/* A copy as it is now, while the caller keeps all others from changing it; an
 * older copy of the same version gives way, once the new one is whole. */
static int back_up(const char *path, int version, hyper_error **err)
{
	HYP_AUTOBUF name = HYP_BUF_INIT, part = HYP_BUF_INIT;
	HYP_AUTOCLOSE int fd = -1;
	int rc;

	hyp_buf_addf(&name, "%s.v%d.bak", path, version);
	hyp_buf_addf(&part, "%s.v%d.bak.part", path, version);
	if (name.failed || part.failed)
		return hyp_nomem(err);
	/* VACUUM INTO takes an empty file, and so keeps its mode. */
	fd = open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return hyp_errno(err, "cannot write %s", part.data);
	rc = vacuum_into(path, part.data, err);
	if (rc == 0 && (fsync(fd) || rename(part.data, name.data)))
		rc = hyp_errno(err, "cannot write %s", name.data);
	if (rc)
		unlink(part.data);
	return rc;
}

static int apply(struct hyp_db *db, const char *const *steps, int from,
		 int last, hyper_error **err)
{
	char sql[96];
	int rc = 0;

	for (int i = from; i < last && rc == 0; i++)
		rc = hyp_db_exec(db, steps[i], err);
	if (rc)
		return rc;
	/* Pragmas take no parameters; these are two numbers of ours. */
	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 APPLICATION_ID, last);
	return hyp_db_exec(db, sql, err);
}

int hyp_migrate(struct hyp_db *db, const char *path, const char *const *steps,
		int last, hyper_error **err)
{
	int version, rc;

	/* In one transaction: another process may make the database now. */
	rc = hyp_db_exec(db, "BEGIN", err);
	if (rc)
		return rc;
	rc = read_versions(db, last, &version, err);
	sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	if (rc == HYPER_ERR_NOT_SUPPORTED || rc == HYPER_ERR_INVALID)
		leave_alone(db, path);
	if (rc == 0 && !sqlite3_db_readonly(db->handle, "main"))
		rc = enter_wal(db, err);
	else if (rc == 0 && version > 0 && version < last)
		rc = hyper_error_set(err, HYPER_ERR_DENIED, NULL,
				     "the database has version %d: open it "
				     "once for writing, which brings it to %d",
				     version, last);
	if (rc || version == last)
		return rc;
	rc = hyp_db_exec(db, "BEGIN IMMEDIATE", err);
	if (rc)
		return rc;
	/* Another process may have been faster. */
	rc = read_versions(db, last, &version, err);
	if (rc == 0 && version > 0 && version < last)
		rc = back_up(path, version, err);
	if (rc == 0 && version < last)
		rc = apply(db, steps, version, last, err);
	if (rc == 0)
		rc = hyp_db_exec(db, "COMMIT", err);
	if (rc)
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}
