/* SPDX-License-Identifier: MIT */
/* The database behind the library's back. */
#ifndef SQL_H
#define SQL_H

#include <sqlite3.h>

#include "state.h"

static inline void run_sql(const char *sql)
{
	char path[96];
	char *message = NULL;
	sqlite3 *handle;

	snprintf(path, sizeof(path), "%s/hyper.db", dir);
	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	sqlite3_busy_timeout(handle, 10000);
	sqlite3_exec(handle, sql, NULL, NULL, &message);
	ck_assert_msg(!message, "%s", message);
	sqlite3_close(handle);
}

#endif
