/* SPDX-License-Identifier: MIT */
/* One SQLite connection, used by one thread at a time. Private to the store. */
#ifndef HYP_STORE_DB_H
#define HYP_STORE_DB_H

#include <sqlite3.h>

#include "core/error.h"

#define HYP_DB_STATEMENTS 64
#define HYP_DB_RECENT	  4

struct hyp_db {
	sqlite3 *handle;
	/* Prepared once, found by the address of their (constant) text. */
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cache[HYP_DB_STATEMENTS];
	size_t cached;
	/* Those of queries, whose texts are made: the newest first. */
	struct {
		char *sql;
		sqlite3_stmt *stmt;
	} recent[HYP_DB_RECENT];
	bool frozen; /* it may keep others waiting: never to be kept open */
};

/* Alone: nobody else has it open meanwhile. Beside: to read, of what somebody
 * has open. Both are BUSY at once if that is not so. */
enum hyp_db_how { HYP_DB_WRITE, HYP_DB_READ, HYP_DB_ALONE, HYP_DB_BESIDE };
int hyp_db_open(const char *path, int how, struct hyp_db *db,
		hyper_error **err);
/* frozen.c: is there so much room on the disk that it can be opened, and
 * written to, at all? */
int hyp_db_check_room(const char *path, hyper_error **err);
/* To read only, where nothing can be written. */
int hyp_db_open_frozen(const char *path, struct hyp_db *db, hyper_error **err);
void hyp_db_close(struct hyp_db *db);

/* The error of SQLite as one of ours: "<what>: <SQLite's text>". */
int hyp_db_error(struct hyp_db *db, const char *what, hyper_error **err);

/* Run statements without parameters or rows. */
int hyp_db_exec(struct hyp_db *db, const char *sql, hyper_error **err);

/* The statement of a constant text, reset and without parameters. [borrowed
 * from db] */
int hyp_db_statement(struct hyp_db *db, const char *sql,
		     sqlite3_stmt **ret_stmt, hyper_error **err);

/* The same of a text that somebody has asked with; to prepare it takes as long
 * as to read a hundred rows. */
int hyp_db_query(struct hyp_db *db, const char *sql, sqlite3_stmt **ret_stmt,
		 hyper_error **err);

/* Bind by position; a NULL text is NULL. Failures show in the step. */
void hyp_bind_text(sqlite3_stmt *stmt, int index, const char *text);
void hyp_bind_int(sqlite3_stmt *stmt, int index, int64_t value);

/* One step: 1 for a row, 0 at the end, negative on failure. */
int hyp_db_step(struct hyp_db *db, sqlite3_stmt *stmt, hyper_error **err);
/* A statement without rows, to its end. */
int hyp_db_run(struct hyp_db *db, sqlite3_stmt *stmt, hyper_error **err);

/* A column as [new] text into *slot (NULL stays NULL). 0 or NOMEM. */
int hyp_column_text(sqlite3_stmt *stmt, int column, char **slot,
		    hyper_error **err);

static inline void hyp_statement_done(sqlite3_stmt **stmt)
{
	if (*stmt)
		sqlite3_reset(*stmt);
}
/* For cached statements: rows end with the scope, so no lock is left. */
#define HYP_AUTOSTMT HYP_CLEANUP(hyp_statement_done) sqlite3_stmt

#endif
