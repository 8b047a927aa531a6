/* SPDX-License-Identifier: MIT */
/*
 * The query language: text in, a tree out. Knows the grammar and the fields
 * of each noun with their types, nothing of SQL.
 */
#ifndef HYP_CORE_QUERY_H
#define HYP_CORE_QUERY_H

#include <hyper/query.h>

#include "core/error.h"

struct hyper_query {
	char *filter;
	char *sort;
	char *cursor;
	char *fields;
	uint32_t limit;
	bool count;
};
hyper_query *hyp_query_copy(const hyper_query *query);
HYP_DEFINE_CLEANUP(hyper_query, hyper_query_free)

enum hyp_type {
	HYP_T_TEXT,
	HYP_T_INT,
	HYP_T_MIB,   /* an int that may be written 2G */
	HYP_T_TIME,  /* ms; written as RFC 3339 */
	HYP_T_BOOL,  /* true, false */
	HYP_T_STATE, /* a name of the noun's states */
	HYP_T_LIST,  /* texts; a term holds if it holds for one of them, and
		      * != where = does not */
	HYP_T_MAP    /* texts by key: labels.tier, label.tier */
};

/* A field that can be asked for, and sorted by unless it is a LIST or MAP. */
struct hyp_field {
	const char *name;
	enum hyp_type type;
};

/* What can be queried: the fields (ended by a NULL name), and other names of
 * theirs. `state_name` names the values of T_STATE, from 1; NULL past the
 * last. */
struct hyp_noun {
	const char *name;
	const struct hyp_field *fields;
	const char *const (*aliases)[2]; /* or NULL; ended by a NULL */
	const char *(*state_name)(int state);
	const char *default_sort;
	const char *key; /* unique field, ends each sort */
};
extern const struct hyp_noun hyp_noun_machine;
extern const struct hyp_noun hyp_noun_operation;

/* The field of that name or alias, or NULL. */
const struct hyp_field *hyp_noun_find(const struct hyp_noun *noun,
				      const char *name, size_t len);
/* A LIST or MAP has no one value to sort by. */
bool hyp_field_sorts(const struct hyp_field *field);
/* [new] "id, type, mem": all fields, or those that sort, for messages. */
char *hyp_noun_names(const struct hyp_noun *noun, bool only_sorting);
/* How much of a text a message shows: the bytes of its first characters. */
int hyp_shown(const char *text, size_t len);

enum hyp_cmp { HYP_EQ, HYP_NE, HYP_LT, HYP_LE, HYP_GT, HYP_GE, HYP_HAS };

struct hyp_expr {
	enum { HYP_AND, HYP_OR, HYP_NOT, HYP_TERM } kind;
	/* AND, OR: both; NOT: left */
	struct hyp_expr *left, *right;
	/* TERM */
	const struct hyp_field *field;
	char *key; /* T_MAP */
	enum hyp_cmp cmp;
	char *text;    /* T_TEXT, T_LIST, T_MAP: the value */
	bool pattern;  /* = or != with a * or ? outside quotes */
	int64_t value; /* the other types */
};
void hyp_expr_free(struct hyp_expr *expr);
HYP_DEFINE_CLEANUP(struct hyp_expr, hyp_expr_free)

#define HYP_QUERY_MAX 8192   /* bytes of a filter */
#define HYP_QUERY_DEPTH 64   /* nesting of ( ) and not */
#define HYP_QUERY_TERMS 256
#define HYP_SORT_MAX 8

/* Parse a filter. *ret_expr stays NULL for an empty one: everything. INVALID
 * with field "query"; the message ends in "at column N" (characters, from 1),
 * save when the text is too long or no UTF-8. */
int hyp_filter_parse(const struct hyp_noun *noun, const char *text,
		     struct hyp_expr **ret_expr, hyper_error **err);

struct hyp_sort {
	struct {
		const struct hyp_field *field;
		bool falling;
	} by[HYP_SORT_MAX + 1]; /* the key is always the last */
	size_t n;
};
/* Parse a sort (NULL or empty: the default). INVALID with field "sort". */
int hyp_sort_parse(const struct hyp_noun *noun, const char *text,
		   struct hyp_sort *ret_sort, hyper_error **err);

/* A mask of enum hyp_machine_field from "id,state", all for NULL or an empty
 * text; INVALID with field "fields". */
int hyp_fields_parse(const char *text, uint32_t *ret_mask, hyper_error **err);

/*
 * A cursor: the sort that it belongs to and the values of the last row. Text
 * values are strings, all other types ints.
 */
struct hyp_cursor_value {
	bool is_null;
	char *text; /* NULL: value */
	int64_t value;
};
struct hyp_cursor {
	struct hyp_cursor_value values[HYP_SORT_MAX + 1];
	size_t n;
};
void hyp_cursor_clear(struct hyp_cursor *cursor);
/* [new] opaque text, NULL when out of memory. */
char *hyp_cursor_encode(const struct hyp_noun *noun,
			const struct hyp_sort *sort,
			const struct hyp_cursor *cursor);
/* INVALID with field "cursor" when it is none, or of another sort. */
int hyp_cursor_decode(const struct hyp_noun *noun, const struct hyp_sort *sort,
		      const char *text, struct hyp_cursor *ret_cursor,
		      hyper_error **err);

#endif
