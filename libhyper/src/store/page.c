/* SPDX-License-Identifier: MIT */
#include "store/page.h"

#include <string.h>

#include "store/filter.h"

/* A query, understood. */
struct parsed {
	struct hyp_expr *filter;
	struct hyp_sort sort;
	struct hyp_cursor cursor;
	bool has_cursor;
	uint32_t limit; /* 0: none */
	bool count;
};

static void parsed_clear(struct parsed *parsed)
{
	hyp_expr_free(parsed->filter);
	hyp_cursor_clear(&parsed->cursor);
}

static int parse(const struct hyp_noun *noun, const hyper_query *query,
		 struct parsed *parsed, hyper_error **err)
{
	static const hyper_query everything = { 0 };
	int rc;

	if (!query)
		query = &everything;
	if (query->limit > HYPER_LIMIT_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "limit",
				       "limit is '%u': must be 1 to %d, or 0 "
				       "for all",
				       query->limit, HYPER_LIMIT_MAX);
	parsed->limit = query->limit;
	parsed->count = query->count;
	rc = hyp_sort_parse(noun, query->sort, &parsed->sort, err);
	if (rc == 0 && query->filter)
		rc = hyp_filter_parse(noun, query->filter, &parsed->filter,
				      err);
	if (rc == 0 && query->cursor) {
		rc = hyp_cursor_decode(noun, &parsed->sort, query->cursor,
				       &parsed->cursor, err);
		parsed->has_cursor = rc == 0;
	}
	return rc;
}

static int prepare(struct hyp_tx *tx, const struct hyp_sql *sql,
		   sqlite3_stmt **ret_stmt, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc;

	if (sql->text.failed)
		return hyp_nomem(err);
	rc = hyp_db_query(tx->db, sql->text.data, &stmt, err);
	if (rc)
		return rc;
	if (hyp_sql_bind(sql, stmt) != SQLITE_OK)
		return hyp_db_error(tx->db, "cannot bind a query", err);
	*ret_stmt = hyp_steal(&stmt);
	return 0;
}

static int count(struct hyp_tx *tx, const struct hyp_page *page,
		 const struct parsed *parsed, int64_t *ret_total,
		 hyper_error **err)
{
	HYP_AUTOSQL sql = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc;

	hyp_sql_add(&sql, "SELECT count(*) FROM ");
	hyp_sql_add(&sql, page->from);
	hyp_sql_add(&sql, " WHERE ");
	hyp_sql_where(&sql, parsed->filter);
	rc = prepare(tx, &sql, &stmt, err);
	if (rc)
		return rc;
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	*ret_total = sqlite3_column_int64(stmt, 0);
	return 0;
}

/* SELECT the columns of the page, and behind them those of the sort. */
static int select_page(struct hyp_tx *tx, const struct hyp_page *page,
		       const struct parsed *parsed, sqlite3_stmt **ret_stmt,
		       hyper_error **err)
{
	HYP_AUTOSQL sql = { 0 };

	hyp_sql_add(&sql, "SELECT ");
	hyp_sql_add(&sql, page->columns);
	for (size_t i = 0; i < parsed->sort.n; i++) {
		hyp_sql_add(&sql, ", ");
		hyp_sql_add(&sql, parsed->sort.by[i].field->name);
	}
	hyp_sql_add(&sql, " FROM ");
	hyp_sql_add(&sql, page->from);
	hyp_sql_add(&sql, " WHERE ");
	hyp_sql_where(&sql, parsed->filter);
	if (parsed->has_cursor) {
		hyp_sql_add(&sql, " AND ");
		hyp_sql_after(&sql, &parsed->sort, &parsed->cursor);
	}
	hyp_sql_add(&sql, " ORDER BY ");
	hyp_sql_order(&sql, &parsed->sort);
	/* One more tells whether there is a next page. */
	if (parsed->limit) {
		hyp_sql_add(&sql, " LIMIT ");
		hyp_sql_int(&sql, (int64_t)parsed->limit + 1);
	}
	return prepare(tx, &sql, ret_stmt, err);
}

/* Where the current row stands in the sort. */
static int read_cursor(sqlite3_stmt *stmt, const struct hyp_sort *sort,
		       struct hyp_cursor *cursor, hyper_error **err)
{
	int first = sqlite3_column_count(stmt) - (int)sort->n;

	hyp_cursor_clear(cursor);
	for (size_t i = 0; i < sort->n; i++) {
		struct hyp_cursor_value *value = &cursor->values[i];
		int column = first + (int)i;

		memset(value, 0, sizeof(*value));
		cursor->n = i + 1;
		if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
			value->is_null = true;
		else if (sort->by[i].field->type != HYP_T_TEXT)
			value->value = sqlite3_column_int64(stmt, column);
		else if (hyp_column_text(stmt, column, &value->text, err))
			return HYPER_ERR_NOMEM;
	}
	return 0;
}

int hyp_page_run(struct hyp_tx *tx, const struct hyp_page *page,
		 const hyper_query *query, void *list, struct hyp_list *shape,
		 hyper_error **err)
{
	HYP_CLEANUP(parsed_clear) struct parsed parsed = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = parse(page->noun, query, &parsed, err);

	if (rc == 0 && parsed.count)
		rc = count(tx, page, &parsed, &shape->total, err);
	if (rc == 0)
		rc = select_page(tx, page, &parsed, &stmt, err);
	if (rc)
		return rc;
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		if (parsed.limit && shape->n == parsed.limit) {
			shape->next_cursor = hyp_cursor_encode(
				page->noun, &parsed.sort, &parsed.cursor);
			return shape->next_cursor ? 0 : hyp_nomem(err);
		}
		rc = page->add_row(list, stmt, err);
		if (rc == 0 && parsed.limit && shape->n == parsed.limit)
			rc = read_cursor(stmt, &parsed.sort, &parsed.cursor,
					 err);
		if (rc)
			return rc;
	}
	return rc;
}
