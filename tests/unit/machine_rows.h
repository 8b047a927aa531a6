/* SPDX-License-Identifier: MIT */
/*
 * A table of machines with something of everything, and numbers that are
 * random but the same each time.
 */
#ifndef MACHINE_ROWS_H
#define MACHINE_ROWS_H

#include <check.h>
#include <string.h>

#include "store/filter.h"
#include "util/mem.h"

#define NONE INT64_MIN /* NULL in a column of numbers */

/* What of a machine the rows fill in; all other columns are NULL. */
struct row {
	const char *id;
	const char *image;
	const char *handle;
	int64_t mem;
	int64_t state;
	int64_t created_at;
	int64_t stale;
	const char *addresses;
	const char *address_list[3];
	const char *labels;
	const char *label_list[3][2];
};

static const struct row rows[] = {
	{ "a",
	  "debian12",
	  NULL,
	  512,
	  4,
	  1000,
	  0,
	  "[\"10.0.0.1\",\"::1\"]",
	  { "10.0.0.1", "::1" },
	  "{\"tier\":\"web\",\"x\":\"1\"}",
	  { { "tier", "web" }, { "x", "1" } } },
	{ "b",
	  "Debian11",
	  "h2",
	  512,
	  2,
	  2000,
	  1,
	  "[]",
	  { NULL },
	  "{\"tier\":\"db\"}",
	  { { "tier", "db" } } },
	{ "c",
	  "alpine",
	  NULL,
	  NONE,
	  4,
	  NONE,
	  0,
	  NULL,
	  { NULL },
	  NULL,
	  { { NULL } } },
	{ "d",
	  "alp[i]ne",
	  "h1",
	  2048,
	  9,
	  1000,
	  NONE,
	  "[\"10.0.0.2\"]",
	  { "10.0.0.2" },
	  "{\"a\\\"b\":\"q\",\"com.example\\/x\":\"\\u00fc\"}",
	  { { "a\"b", "q" }, { "com.example/x", "\xc3\xbc" } } },
	{ "e",
	  "",
	  "",
	  0,
	  3,
	  0,
	  1,
	  "[\"\"]",
	  { "" },
	  "{\"tier\":\"\"}",
	  { { "tier", "" } } },
	{ "f",
	  "it's",
	  "h1",
	  1024,
	  4,
	  3000,
	  0,
	  "[\"10.0.0.1\"]",
	  { "10.0.0.1" },
	  "{\"tier\":\"web\"}",
	  { { "tier", "web" } } },
	{ "g",
	  "*",
	  NULL,
	  1024,
	  4,
	  3000,
	  0,
	  NULL,
	  { NULL },
	  "{\"tier\":\"Web2\"}",
	  { { "tier", "Web2" } } },
	{ "h",
	  "50%_x",
	  "H1",
	  NONE,
	  1,
	  2000,
	  0,
	  NULL,
	  { NULL },
	  "{}",
	  { { NULL } } },
};

static sqlite3 *db;

static inline void run(const char *sql)
{
	char *message = NULL;

	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK,
		      "%s: %s", sql, message);
}

static inline void bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
}

static inline void bind_int(sqlite3_stmt *stmt, int index, int64_t value)
{
	if (value == NONE)
		sqlite3_bind_null(stmt, index);
	else
		sqlite3_bind_int64(stmt, index, value);
}

static inline void insert(const struct row *row)
{
	sqlite3_stmt *stmt;

	ck_assert_int_eq(
		sqlite3_prepare_v2(
			db,
			"INSERT INTO machine (id, image, handle, mem, state,"
			" created_at, stale, addresses, labels)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			-1, &stmt, NULL),
		SQLITE_OK);
	bind_text(stmt, 1, row->id);
	bind_text(stmt, 2, row->image);
	bind_text(stmt, 3, row->handle);
	bind_int(stmt, 4, row->mem);
	bind_int(stmt, 5, row->state);
	bind_int(stmt, 6, row->created_at);
	bind_int(stmt, 7, row->stale);
	bind_text(stmt, 8, row->addresses);
	bind_text(stmt, 9, row->labels);
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
}

static inline void setup(void)
{
	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	run("CREATE TABLE machine (id TEXT PRIMARY KEY, uuid TEXT, type TEXT,"
	    " image TEXT, mem INTEGER, vcpus INTEGER, state INTEGER,"
	    " driver_state TEXT, state_reason TEXT, handle TEXT,"
	    " observed_at INTEGER, stale INTEGER, created_at INTEGER,"
	    " updated_at INTEGER, addresses TEXT, env TEXT, labels TEXT,"
	    " autostart INTEGER, generation INTEGER, options TEXT)");
	for (size_t i = 0; i < HYP_COUNT(rows); i++)
		insert(&rows[i]);
}

static inline void teardown(void)
{
	sqlite3_close(db);
}

static unsigned int seed;

static inline unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

#endif
