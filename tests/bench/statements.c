/* SPDX-License-Identifier: MIT */
/*
 * statements DATABASE: what inproc does, as bare prepared statements on a
 * database of the same schema: each column of a row is looked at, as what it
 * is; an insert is on the disk when it ends.
 */
#include <sqlite3.h>

#include "bench.h"

#define GETS  500
#define LISTS 5
#define ADDS  10

#define COLUMNS                                                                \
	"SELECT id, uuid, type, image, mem, vcpus, state, driver_state, "      \
	"state_reason, handle, seen_at, created_at, updated_at, autostart, "   \
	"generation, addresses, ports, env, command, labels, options, "        \
	"adopted FROM machine_now "

static sqlite3 *db;

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *stmt;

	need(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
	return stmt;
}

static void look(sqlite3_stmt *stmt, int i)
{
	static volatile int64_t seen;

	if (sqlite3_column_type(stmt, i) == SQLITE_INTEGER)
		seen = sqlite3_column_int64(stmt, i);
	else if (sqlite3_column_text(stmt, i))
		seen = sqlite3_column_bytes(stmt, i);
}

static void run(sqlite3_stmt *stmt, int rows)
{
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		rows--;
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			look(stmt, i);
	}
	need(sqlite3_reset(stmt) == SQLITE_OK && rows == 0, "run a statement");
}

static void many(const char *name, sqlite3_stmt *stmt, int times, int rows)
{
	for (int i = 0; i < times; i++) {
		double then = now_us();

		run(stmt, rows);
		took(name, then);
	}
}

int main(int argc, char **argv)
{
	sqlite3_stmt *get, *list, *add, *rm;

	need(argc == 2 && sqlite3_open(argv[1], &db) == SQLITE_OK &&
		     sqlite3_exec(db, "PRAGMA synchronous=FULL", NULL, NULL,
				  NULL) == SQLITE_OK,
	     "open the database");
	sqlite3_busy_timeout(db, 10000);
	get = prepare(COLUMNS "WHERE id = 'm-0'");
	list = prepare(COLUMNS "ORDER BY id LIMIT 1000");
	add = prepare("INSERT INTO machine (id, uuid, type, image, mem, vcpus, "
		      "state, observed_at, created_at, updated_at, autostart, "
		      "generation) VALUES ('alone', 'alone', 'none', 'tiny', "
		      "128, 1, 2, 0, 0, 0, 0, 1)");
	rm = prepare("DELETE FROM machine WHERE id = 'alone'");
	while (next_round()) {
		many("get", get, GETS, 1);
		many("list", list, LISTS, 1000);
		for (int i = 0; i < ADDS; i++) {
			many("add", add, 1, 0);
			run(rm, 0);
		}
	}
	sqlite3_finalize(get);
	sqlite3_finalize(list);
	sqlite3_finalize(add);
	sqlite3_finalize(rm);
	sqlite3_close(db);
	return 0;
}
