/* SPDX-License-Identifier: MIT */
#include "store/filter.h"

#include <stdio.h>
#include <string.h>

void hyp_sql_free(struct hyp_sql *sql)
{
	for (size_t i = 0; i < sql->n; i++)
		free(sql->values[i].text);
	free(sql->values);
	hyp_buf_free(&sql->text);
	*sql = (struct hyp_sql){ .n = 0 };
}

void hyp_sql_add(struct hyp_sql *sql, const char *text)
{
	hyp_buf_adds(&sql->text, text);
}

static void add_value(struct hyp_sql *sql, struct hyp_sql_value value)
{
	struct hyp_sql_value *values =
		realloc(sql->values, (sql->n + 1) * sizeof(*values));

	if (!values) {
		free(value.text);
		sql->text.failed = true;
		return;
	}
	sql->values = values;
	values[sql->n++] = value;
	hyp_buf_addf(&sql->text, ":v%zu", sql->n);
}

void hyp_sql_int(struct hyp_sql *sql, int64_t value)
{
	add_value(sql, (struct hyp_sql_value){ .value = value });
}

void hyp_sql_text(struct hyp_sql *sql, const char *value)
{
	char *copy = strdup(value);

	if (copy)
		add_value(sql, (struct hyp_sql_value){ .text = copy });
	else
		sql->text.failed = true;
}

/* Our patterns are GLOB's, save that it also knows sets in brackets. */
static void add_pattern(struct hyp_sql *sql, const char *pattern)
{
	HYP_AUTOBUF glob = HYP_BUF_INIT;

	for (; *pattern; pattern++) {
		if (*pattern == '[')
			hyp_buf_adds(&glob, "[[]");
		else
			hyp_buf_addc(&glob, *pattern);
	}
	if (glob.failed)
		sql->text.failed = true;
	else
		hyp_sql_text(sql, glob.data);
}

static const char *operator_of(enum hyp_cmp cmp)
{
	static const char *const operators[] = {
		[HYP_EQ] = " = ",  [HYP_NE] = " = ", [HYP_LT] = " < ",
		[HYP_LE] = " <= ", [HYP_GT] = " > ", [HYP_GE] = " >= ",
	};

	return operators[cmp];
}

/* Compare one value. != is written as =: see add_term(). */
static void add_comparison(struct hyp_sql *sql, const char *what,
			   const struct hyp_expr *term)
{
	if (term->cmp == HYP_HAS) {
		hyp_buf_addf(&sql->text, "instr(lower(%s), lower(", what);
		hyp_sql_text(sql, term->text);
		hyp_sql_add(sql, ")) > 0");
		return;
	}
	hyp_sql_add(sql, what);
	hyp_sql_add(sql, term->pattern ? " GLOB " : operator_of(term->cmp));
	if (term->pattern)
		add_pattern(sql, term->text);
	else if (term->text)
		hyp_sql_text(sql, term->text);
	else
		hyp_sql_int(sql, term->value);
}

/* != holds exactly where = does not, also for NULL, and for lists and maps,
 * where = asks whether there is one such value. */
static void add_term(struct hyp_sql *sql, const struct hyp_expr *term)
{
	const char *column = term->field->name;

	hyp_sql_add(sql, "(");
	if (hyp_field_sorts(term->field)) {
		add_comparison(sql, column, term);
	} else {
		hyp_buf_addf(&sql->text,
			     "EXISTS (SELECT 1 FROM json_each(%s) WHERE ",
			     column);
		if (term->key) {
			hyp_sql_add(sql, "key = ");
			hyp_sql_text(sql, term->key);
			hyp_sql_add(sql, " AND ");
		}
		add_comparison(sql, "value", term);
		hyp_sql_add(sql, ")");
	}
	hyp_sql_add(sql, term->cmp == HYP_NE ? ") IS NOT TRUE" : ")");
}

static size_t count_terms(const struct hyp_expr *expr)
{
	return expr ? (expr->kind == HYP_TERM) + count_terms(expr->left) +
			       count_terms(expr->right)
		    : 0;
}

static void add_expr(struct hyp_sql *sql, const struct hyp_expr *expr);

/* OR binds looser than AND, so only OR within AND needs parentheses. */
static void add_operand(struct hyp_sql *sql, const struct hyp_expr *parent,
			const struct hyp_expr *expr)
{
	bool group = parent->kind == HYP_AND && expr->kind == HYP_OR;

	hyp_sql_add(sql, group ? "(" : "");
	add_expr(sql, expr);
	hyp_sql_add(sql, group ? ")" : "");
}

/*
 * SQLite's parser has a stack of 100 symbols. The larger side goes first, so
 * that it never waits there with more than a few levels behind it.
 *
 * NOT is written as IS NOT TRUE: a comparison with NULL is neither true nor
 * false in SQL, but in our language it is false, and its opposite true.
 */
static void add_expr(struct hyp_sql *sql, const struct hyp_expr *expr)
{
	const struct hyp_expr *first = expr->left, *second = expr->right;

	switch (expr->kind) {
	case HYP_TERM:
		add_term(sql, expr);
		break;
	case HYP_NOT:
		hyp_sql_add(sql, "(");
		add_expr(sql, expr->left);
		hyp_sql_add(sql, ") IS NOT TRUE");
		break;
	case HYP_AND:
	case HYP_OR:
		if (count_terms(first) < count_terms(second)) {
			first = expr->right;
			second = expr->left;
		}
		add_operand(sql, expr, first);
		hyp_sql_add(sql, expr->kind == HYP_AND ? " AND " : " OR ");
		add_operand(sql, expr, second);
		break;
	}
}

void hyp_sql_where(struct hyp_sql *sql, const struct hyp_expr *expr)
{
	bool group = expr && expr->kind == HYP_OR;

	if (!expr) {
		hyp_sql_add(sql, "1");
		return;
	}
	hyp_sql_add(sql, group ? "(" : "");
	add_expr(sql, expr);
	hyp_sql_add(sql, group ? ")" : "");
}

static void add_cursor_value(struct hyp_sql *sql,
			     const struct hyp_cursor_value *value)
{
	if (value->is_null)
		hyp_sql_add(sql, "NULL");
	else if (value->text)
		hyp_sql_text(sql, value->text);
	else
		hyp_sql_int(sql, value->value);
}

/* NULL comes before everything else, and last when falling. */
static void add_behind(struct hyp_sql *sql, const char *column, bool falling,
		       const struct hyp_cursor_value *value)
{
	if (value->is_null) {
		hyp_sql_add(sql, falling ? "0 AND " : "");
		hyp_buf_addf(&sql->text, "%s IS NOT NULL", column);
		return;
	}
	hyp_buf_addf(&sql->text, falling ? "(%s IS NULL OR %s < " : "(%s > ",
		     column, column);
	add_cursor_value(sql, value);
	hyp_sql_add(sql, ")");
}

/* (a > 1) OR (a IS 1 AND b > 2) OR (a IS 1 AND b IS 2 AND c > 3) */
void hyp_sql_after(struct hyp_sql *sql, const struct hyp_sort *sort,
		   const struct hyp_cursor *cursor)
{
	for (size_t last = 0; last < cursor->n; last++) {
		hyp_sql_add(sql, last ? " OR (" : "((");
		for (size_t i = 0; i < last; i++) {
			hyp_sql_add(sql, sort->by[i].field->name);
			hyp_sql_add(sql, " IS ");
			add_cursor_value(sql, &cursor->values[i]);
			hyp_sql_add(sql, " AND ");
		}
		add_behind(sql, sort->by[last].field->name,
			   sort->by[last].falling, &cursor->values[last]);
		hyp_sql_add(sql, ")");
	}
	hyp_sql_add(sql, ")");
}

void hyp_sql_order(struct hyp_sql *sql, const struct hyp_sort *sort)
{
	for (size_t i = 0; i < sort->n; i++)
		hyp_buf_addf(&sql->text, "%s%s%s", i ? ", " : "",
			     sort->by[i].field->name,
			     sort->by[i].falling ? " DESC" : "");
}

int hyp_sql_bind(const struct hyp_sql *sql, sqlite3_stmt *statement)
{
	char name[24];

	for (size_t i = 0; i < sql->n; i++) {
		const struct hyp_sql_value *value = &sql->values[i];
		int index, rc;

		snprintf(name, sizeof(name), ":v%zu", i + 1);
		index = sqlite3_bind_parameter_index(statement, name);
		rc = value->text
			     ? sqlite3_bind_text(statement, index, value->text,
						 -1, SQLITE_TRANSIENT)
			     : sqlite3_bind_int64(statement, index,
						  value->value);
		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}
