/* SPDX-License-Identifier: MIT */
/*
 * What the query language means in SQL. A statement is put together from
 * constant text and values; values stand as parameters, so that nothing which
 * a user wrote ever becomes SQL.
 *
 * It is for tables or views whose columns are named like the fields of their
 * noun. Texts are TEXT; LIST and MAP are JSON texts; all other types are
 * INTEGER (a time in ms, a bool 0 or 1, a state its number). Any may be NULL.
 */
#ifndef HYP_STORE_FILTER_H
#define HYP_STORE_FILTER_H

#include <sqlite3.h>

#include "core/query.h"
#include "util/buf.h"

/*
 * A statement that is being written. Errors stick, as in util/buf.h: check
 * sql.text.failed once, at the end: out of memory. The parameters are named
 * :v1, :v2, …; text of one's own may hold parameters of other names.
 */
struct hyp_sql_value {
	char *text; /* NULL: value */
	int64_t value;
};
struct hyp_sql {
	struct hyp_buf text;
	struct hyp_sql_value *values;
	size_t n;
};
void hyp_sql_free(struct hyp_sql *sql);
#define HYP_AUTOSQL __attribute__((cleanup(hyp_sql_free))) struct hyp_sql

/* Add text of our own. */
void hyp_sql_add(struct hyp_sql *sql, const char *text);
/* Add a parameter and its value. */
void hyp_sql_int(struct hyp_sql *sql, int64_t value);
void hyp_sql_text(struct hyp_sql *sql, const char *value);

/* Add a condition that says what the filter says; NULL: 1. Can stand beside
 * AND without parentheses. */
void hyp_sql_where(struct hyp_sql *sql, const struct hyp_expr *expr);
/* Add a condition: a row comes behind the one that the cursor tells of. */
void hyp_sql_after(struct hyp_sql *sql, const struct hyp_sort *sort,
		   const struct hyp_cursor *cursor);
/* Add what stands behind ORDER BY. */
void hyp_sql_order(struct hyp_sql *sql, const struct hyp_sort *sort);

/* Give a statement made of sql.text its values, which it copies. SQLITE_OK or
 * what sqlite3_bind_*() said. */
int hyp_sql_bind(const struct hyp_sql *sql, sqlite3_stmt *statement);

#endif
