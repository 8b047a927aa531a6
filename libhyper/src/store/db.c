/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/time.h"

/* How long to wait for another process's transaction, ms. They are short:
 * whoever waits this long waits for a stopped process. */
#define BUSY_LIMIT 60000

/*
 * SQLite's own handler sleeps up to 100 ms a time, which starves writers when
 * several processes write at once. Transactions here take well under a
 * millisecond, so short uneven naps keep all of them going.
 */
static int on_busy(void *data, int count)
{
	(void)data;
	if (count > BUSY_LIMIT / 3)
		return 0;
	hyp_sleep_ms((uint32_t)(count < 3 ? 1 : 1 + hyp_mono_ms() % 5));
	return 1;
}

/* Which file it is, and what the system says, is what helps whoever has to make
 * room or to mend a disk; what we were about does not. */
static int trouble(struct hyp_db *db, int code, const char *what,
		   hyper_error **err)
{
	const char *file = sqlite3_db_filename(db->handle, "main");
	int number = sqlite3_system_errno(db->handle);
	int kind = sqlite3_errcode(db->handle) & 0xff;
	bool told = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
	char text[128] = "";

	/* Of a commit that fails SQLite does not keep it. */
	if (!number)
		number = errno;
	if (number && told)
		snprintf(text, sizeof(text), " (%s)", strerrordesc_np(number));
	if (number == EROFS && told)
		code = HYPER_ERR_DENIED;
	return hyper_error_set(err, code, NULL, "database %s: %s%s",
			       file && *file ? file : what,
			       sqlite3_errmsg(db->handle), text);
}

int hyp_db_error(struct hyp_db *db, const char *what, hyper_error **err)
{
	int code = HYPER_ERR_IO;

	switch (db->handle ? sqlite3_errcode(db->handle) & 0xff
			   : SQLITE_NOMEM) {
	case SQLITE_NOMEM:
		return hyp_nomem(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		code = HYPER_ERR_BUSY;
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return trouble(db, HYPER_ERR_DENIED, what, err);
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_CORRUPT:
		return trouble(db, HYPER_ERR_IO, what, err);
	case SQLITE_TOOBIG:
		code = HYPER_ERR_LIMIT;
		break;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_ERROR:
		code = HYPER_ERR_INTERNAL;
		break;
	default:
		break;
	}
	return hyper_error_set(err, code, NULL, "database: %s: %s", what,
			       sqlite3_errmsg(db->handle));
}

int hyp_db_exec(struct hyp_db *db, const char *sql, hyper_error **err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return hyp_db_error(db, "cannot run a statement", err);
}

int hyp_db_open(const char *path, int how, struct hyp_db *db, hyper_error **err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
		    SQLITE_OPEN_URI |
		    (how == HYP_DB_READ || how == HYP_DB_BESIDE
			     ? SQLITE_OPEN_READONLY
			     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	int rc;

	memset(db, 0, sizeof(*db));
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
		rc = hyp_db_error(db, path, err);
		hyp_db_close(db);
		return rc;
	}
	if (how == HYP_DB_WRITE || how == HYP_DB_READ)
		sqlite3_busy_handler(db->handle, on_busy, NULL);
	sqlite3_extended_result_codes(db->handle, 0);
	/* Before anything is read, or there are files beside it. */
	rc = how == HYP_DB_ALONE
		     ? hyp_db_exec(db, "PRAGMA locking_mode=EXCLUSIVE", err)
		     : 0;
	/* FULL: what was acknowledged is on the disk. */
	if (rc == 0)
		rc = hyp_db_exec(db,
				 "PRAGMA synchronous=FULL;"
				 "PRAGMA trusted_schema=OFF",
				 err);
	sqlite3_busy_handler(db->handle, on_busy, NULL);
	if (rc)
		hyp_db_close(db);
	return rc;
}

void hyp_db_close(struct hyp_db *db)
{
	for (size_t i = 0; i < db->cached; i++)
		sqlite3_finalize(db->cache[i].stmt);
	for (size_t i = 0; i < HYP_DB_RECENT; i++) {
		sqlite3_finalize(db->recent[i].stmt);
		free(db->recent[i].sql);
	}
	sqlite3_close(db->handle);
	memset(db, 0, sizeof(*db));
}

static int prepare(struct hyp_db *db, const char *sql, sqlite3_stmt **ret_stmt,
		   hyper_error **err)
{
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       ret_stmt, NULL) == SQLITE_OK)
		return 0;
	return hyp_db_error(db, "cannot prepare a statement", err);
}

static sqlite3_stmt *afresh(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return stmt;
}

int hyp_db_statement(struct hyp_db *db, const char *sql,
		     sqlite3_stmt **ret_stmt, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc;

	for (size_t i = 0; i < db->cached; i++)
		if (db->cache[i].sql == sql) {
			*ret_stmt = afresh(db->cache[i].stmt);
			return 0;
		}
	if (db->cached == HYP_DB_STATEMENTS)
		return hyper_error_set(err, HYPER_ERR_INTERNAL, NULL,
				       "database: too many statements");
	rc = prepare(db, sql, &stmt, err);
	if (rc)
		return rc;
	db->cache[db->cached].sql = sql;
	db->cache[db->cached].stmt = stmt;
	db->cached++;
	*ret_stmt = stmt;
	return 0;
}

/* To the front, in the place of the oldest. */
static int remember(struct hyp_db *db, const char *sql, hyper_error **err)
{
	const size_t last = HYP_DB_RECENT - 1;
	sqlite3_stmt *stmt = NULL;
	int rc = prepare(db, sql, &stmt, err);
	char *copy = rc ? NULL : strdup(sql);

	if (!copy) {
		sqlite3_finalize(stmt);
		return rc ? rc : hyp_nomem(err);
	}
	sqlite3_finalize(db->recent[last].stmt);
	free(db->recent[last].sql);
	memmove(db->recent + 1, db->recent, last * sizeof(*db->recent));
	db->recent[0].sql = copy;
	db->recent[0].stmt = stmt;
	return 0;
}

int hyp_db_query(struct hyp_db *db, const char *sql, sqlite3_stmt **ret_stmt,
		 hyper_error **err)
{
	size_t i = 0;
	int rc;

	while (i < HYP_DB_RECENT && db->recent[i].sql &&
	       strcmp(db->recent[i].sql, sql) != 0)
		i++;
	if (i == HYP_DB_RECENT || !db->recent[i].sql) {
		i = 0;
		rc = remember(db, sql, err);
		if (rc)
			return rc;
	}
	*ret_stmt = afresh(db->recent[i].stmt);
	return 0;
}

void hyp_bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	sqlite3_bind_text(stmt, index, text, -1, SQLITE_TRANSIENT);
}

void hyp_bind_int(sqlite3_stmt *stmt, int index, int64_t value)
{
	sqlite3_bind_int64(stmt, index, value);
}

int hyp_db_step(struct hyp_db *db, sqlite3_stmt *stmt, hyper_error **err)
{
	errno = 0;
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return hyp_db_error(db, "cannot run a statement", err);
	}
}

int hyp_db_run(struct hyp_db *db, sqlite3_stmt *stmt, hyper_error **err)
{
	int rc = hyp_db_step(db, stmt, err);

	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int hyp_column_text(sqlite3_stmt *stmt, int column, char **slot,
		    hyper_error **err)
{
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return 0;
	*slot = strdup((const char *)sqlite3_column_text(stmt, column));
	return *slot ? 0 : hyp_nomem(err);
}
