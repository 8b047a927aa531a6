/* SPDX-License-Identifier: MIT */
/*
 * store/filter.h on a real database: the SQL must choose the same rows as a
 * plain evaluation of the tree in C does.
 */
#include "machine_rows.h"

#define ROUNDS 20000

/* The ids that a statement yields, in one text: ids have one letter. */
static void fetch(const struct hyp_sql *sql, char out[HYP_COUNT(rows) + 1])
{
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	int rc;

	ck_assert(!sql->text.failed);
	ck_assert_msg(sqlite3_prepare_v2(db, sql->text.data, -1, &stmt, NULL) ==
			      SQLITE_OK,
		      "%s: %s", sql->text.data, sqlite3_errmsg(db));
	ck_assert_int_eq(hyp_sql_bind(sql, stmt), SQLITE_OK);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		out[n++] = (char)*sqlite3_column_text(stmt, 0);
	ck_assert_msg(rc == SQLITE_DONE, "%s: %s", sql->text.data,
		      sqlite3_errmsg(db));
	out[n] = '\0';
	sqlite3_finalize(stmt);
}

static void chosen_by_sql(const struct hyp_expr *expr,
			  char out[HYP_COUNT(rows) + 1])
{
	HYP_AUTOSQL sql = { .n = 0 };

	hyp_sql_add(&sql, "SELECT id FROM machine WHERE ");
	hyp_sql_where(&sql, expr);
	hyp_sql_add(&sql, " AND 1 ORDER BY id");
	fetch(&sql, out);
}

/* The same in C. */

static bool matches(const char *pattern, const char *text)
{
	if (*pattern == '*')
		return matches(pattern + 1, text) ||
		       (*text && matches(pattern, text + 1));
	if (!*text || !*pattern)
		return *text == *pattern;
	if (*pattern == '?') { /* a character, not a byte */
		do
			text++;
		while ((*text & 0xc0) == 0x80);
		return matches(pattern + 1, text);
	}
	return *pattern == *text && matches(pattern + 1, text + 1);
}

static bool text_holds(const struct hyp_expr *term, const char *text)
{
	int order;

	if (!text)
		return false;
	if (term->cmp == HYP_HAS)
		return strcasestr(text, term->text);
	if (term->pattern)
		return matches(term->text, text);
	order = strcmp(text, term->text);
	switch (term->cmp) {
	case HYP_LT:
		return order < 0;
	case HYP_LE:
		return order <= 0;
	case HYP_GT:
		return order > 0;
	case HYP_GE:
		return order >= 0;
	default:
		return order == 0;
	}
}

static bool number_holds(const struct hyp_expr *term, int64_t number)
{
	if (number == NONE)
		return false;
	switch (term->cmp) {
	case HYP_LT:
		return number < term->value;
	case HYP_LE:
		return number <= term->value;
	case HYP_GT:
		return number > term->value;
	case HYP_GE:
		return number >= term->value;
	default:
		return number == term->value;
	}
}

/* A term whose != has been taken for =. */
static bool term_holds(const struct hyp_expr *term, const struct row *row)
{
	const char *name = term->field->name;

	if (strcmp(name, "addresses") == 0) {
		for (size_t i = 0; row->address_list[i]; i++)
			if (text_holds(term, row->address_list[i]))
				return true;
		return false;
	}
	if (strcmp(name, "labels") == 0) {
		for (size_t i = 0; row->label_list[i][0]; i++)
			if (strcmp(row->label_list[i][0], term->key) == 0)
				return text_holds(term, row->label_list[i][1]);
		return false;
	}
	if (strcmp(name, "id") == 0)
		return text_holds(term, row->id);
	if (strcmp(name, "image") == 0)
		return text_holds(term, row->image);
	if (strcmp(name, "handle") == 0)
		return text_holds(term, row->handle);
	if (strcmp(name, "mem") == 0)
		return number_holds(term, row->mem);
	if (strcmp(name, "state") == 0)
		return number_holds(term, row->state);
	if (strcmp(name, "created_at") == 0)
		return number_holds(term, row->created_at);
	if (strcmp(name, "stale") == 0)
		return number_holds(term, row->stale);
	return false; /* NULL everywhere */
}

static bool holds(const struct hyp_expr *expr, const struct row *row)
{
	switch (expr->kind) {
	case HYP_AND:
		return holds(expr->left, row) && holds(expr->right, row);
	case HYP_OR:
		return holds(expr->left, row) || holds(expr->right, row);
	case HYP_NOT:
		return !holds(expr->left, row);
	default:
		return term_holds(expr, row) != (expr->cmp == HYP_NE);
	}
}

/* Compare both; the ids if the filter could be parsed at all. */
static bool check_filter(const char *text, char out[HYP_COUNT(rows) + 1])
{
	HYP_CLEANUP(hyp_expr_free_p) struct hyp_expr *expr = NULL;
	char plain[HYP_COUNT(rows) + 1];
	size_t n = 0;

	if (hyp_filter_parse(&hyp_noun_machine, text, &expr, NULL))
		return false;
	for (size_t i = 0; i < HYP_COUNT(rows); i++)
		if (!expr || holds(expr, &rows[i]))
			plain[n++] = *rows[i].id;
	plain[n] = '\0';
	chosen_by_sql(expr, out);
	ck_assert_msg(strcmp(plain, out) == 0, "%s: SQL gave %s, not %s", text,
		      out, plain);
	return true;
}

START_TEST(filters_choose)
{
	static const struct {
		const char *filter;
		const char *ids;
	} samples[] = {
		{ "", "abcdefgh" },
		{ "id=a", "a" },
		{ "id!=a", "bcdefgh" },
		{ "id>=c id<f", "cde" },
		{ "image=alpine", "c" },
		{ "image=alp*", "cd" },
		{ "image!=alp*", "abefgh" },
		{ "image=alp[i]*", "d" },
		{ "image=*[*", "d" },
		{ "image=?", "g" },
		{ "image=\"*\"", "g" },
		{ "image=*", "abcdefgh" },
		{ "image=\"\"", "e" },
		{ "image~DEB", "ab" },
		{ "image~%", "h" },
		{ "image~\"\"", "abcdefgh" },
		{ "image=it's", "f" },
		{ "image=Debian*", "b" },
		{ "handle=h1", "df" },
		{ "handle!=h1", "abcegh" },
		{ "handle=*", "bdefh" },
		{ "handle!=*", "acg" },
		{ "not handle=h1", "abcegh" },
		{ "handle~h", "bdfh" },
		{ "not handle~h", "aceg" },
		{ "mem=512", "ab" },
		{ "mem>=1G", "dfg" },
		{ "not mem>=1G", "abceh" },
		{ "mem!=512", "cdefgh" },
		{ "state=running", "acfg" },
		{ "stale=true", "be" },
		{ "stale!=true", "acdfgh" },
		{ "created_at<=1970-01-01T00:00:01Z", "ade" },
		{ "address=10.0.0.1", "af" },
		{ "address!=10.0.0.1", "bcdegh" },
		{ "address=10.*", "adf" },
		{ "address=*", "adef" },
		{ "not address=*", "bcgh" },
		{ "address~::", "a" },
		{ "label.tier=web", "af" },
		{ "label.tier!=web", "bcdegh" },
		{ "label.tier=*", "abefg" },
		{ "label.tier~web", "afg" },
		{ "label.tier=\"\"", "e" },
		{ "label.x=1 label.tier=web", "a" },
		{ "label.\"a\\\"b\"=q", "d" },
		{ "label.com.example/x=\xc3\xbc", "d" },
		{ "label.com.example/x=?", "d" },
		{ "env.PATH=*", "" },
		{ "env.PATH!=x", "abcdefgh" },
		{ "state=running or mem=2G and id=x", "acfg" },
		{ "(state=running or mem=2G) and id>c", "dfg" },
		{ "not (state=running or mem>0)", "eh" },
		{ "image=\"x' or '1'='1\"", "" },
		{ "image=x';--", "" },
		{ "image=\"\\\"; DROP TABLE machine; --\"", "" },
		{ "label.\"x' or 1=1 --\"=1", "" },
		{ "image=:v1 or image=?1", "" },
	};
	char ids[HYP_COUNT(rows) + 1];

	for (size_t i = 0; i < HYP_COUNT(samples); i++) {
		ck_assert_msg(check_filter(samples[i].filter, ids), "%s",
			      samples[i].filter);
		ck_assert_msg(strcmp(ids, samples[i].ids) == 0,
			      "%s: gave %s, not %s", samples[i].filter, ids,
			      samples[i].ids);
	}
}
END_TEST

static const char *const words[] = {
	"id=a",
	"id>=c",
	"mem=512",
	"mem!=512",
	"mem<1G",
	"state!=running",
	"stale=true",
	"stale!=true",
	"handle=h?",
	"handle!=*",
	"handle~H",
	"image=*i*",
	"image!=a*e",
	"image=alp[*",
	"image<b",
	"address=10.*",
	"address!=::1",
	"label.tier=web",
	"label.tier!=w*",
	"label.tier>a",
	"env.x=1",
	"created_at>=1970-01-01T00:00:02Z",
	"(",
	"(",
	"(",
	")",
	")",
	"and",
	"or",
	"or",
	"or",
	"not",
	"not",
	"'",
	"\"",
	"--",
};

START_TEST(random_filters_choose)
{
	char ids[HYP_COUNT(rows) + 1];
	unsigned int good = 0;

	seed = 1;
	for (int i = 0; i < ROUNDS; i++) {
		HYP_AUTOBUF buf = HYP_BUF_INIT;

		for (unsigned int n = 1 + pick(10); n; n--) {
			hyp_buf_adds(&buf, words[pick(HYP_COUNT(words))]);
			hyp_buf_addc(&buf, ' ');
		}
		good += check_filter(buf.data, ids);
	}
	ck_assert_uint_gt(good, ROUNDS / 50);
}
END_TEST

/* A correct filter of so many terms and such a depth. */
static void write_filter(struct hyp_buf *out, unsigned int terms,
			 unsigned int depth)
{
	unsigned int left = 1 + (terms > 1 ? pick(terms - 1) : 0);

	if (pick(3) == 0) /* a long side: deep rather than wide */
		left = pick(2) ? 1 : terms > 1 ? terms - 1 : 1;
	if (depth > 1 && pick(2)) {
		hyp_buf_adds(out, pick(2) ? "not(" : "(");
		write_filter(out, terms, depth - 2);
		hyp_buf_adds(out, ")");
	} else if (terms > 1) {
		write_filter(out, left, depth);
		hyp_buf_adds(out, pick(2) ? " or " : " and ");
		write_filter(out, terms - left, depth);
	} else {
		hyp_buf_adds(out, words[pick(21)]);
	}
}

START_TEST(large_filters_choose)
{
	char ids[HYP_COUNT(rows) + 1];

	seed = 2;
	for (int i = 0; i < 500; i++) {
		HYP_AUTOBUF buf = HYP_BUF_INIT;

		write_filter(&buf, 1 + pick(256), HYP_QUERY_DEPTH);
		ck_assert_msg(buf.len > HYP_QUERY_MAX ||
				      check_filter(buf.data, ids),
			      "%s", buf.data);
	}
}
END_TEST

/* The deepest filters that there can be must not be too deep for SQLite. */
static void check_deep(const char *before, const char *after, size_t n)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	char ids[HYP_COUNT(rows) + 1];

	for (size_t i = 0; i < n; i++)
		hyp_buf_adds(&buf, before);
	hyp_buf_adds(&buf, "address=10.*");
	for (size_t i = 0; i < n; i++)
		hyp_buf_adds(&buf, after);
	ck_assert_msg(check_filter(buf.data, ids), "%s", buf.data);
}

START_TEST(deep_filters_choose)
{
	check_deep("(", ")", 64);
	check_deep("not ", "", 64);
	check_deep("not(", ")", 32);
	check_deep("id=a and (mem=1 or (", "))", 32);
	check_deep("((", " or mem=1) and id=b)", 32);
	check_deep("id=a or not (", ")", 32);
	check_deep("label.x=1 and (env.x!=2 or (", "))", 32);
	check_deep("label.x=1 or not (", " and env.x=1)", 32);
	check_deep("((address=1 or address=2) and (",
		   " or address=3) or (address=4 or address=5))", 32);
	check_deep("id=a ", " id=b", 127);
	check_deep("label.x=1 or ", " or env.x=2", 127);
}
END_TEST

START_TEST(parameters_beside_ours)
{
	HYP_AUTOSQL sql = { .n = 0 };
	HYP_CLEANUP(hyp_expr_free_p) struct hyp_expr *expr = NULL;
	sqlite3_stmt *stmt;

	ck_assert_int_eq(hyp_filter_parse(&hyp_noun_machine, "mem=512 id=b",
					  &expr, NULL),
			 0);
	hyp_sql_add(&sql, "SELECT id, :now FROM machine WHERE ");
	hyp_sql_where(&sql, expr);
	hyp_sql_add(&sql, " LIMIT ");
	hyp_sql_int(&sql, 1);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql.text.data, -1, &stmt, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(hyp_sql_bind(&sql, stmt), SQLITE_OK);
	sqlite3_bind_int(stmt, sqlite3_bind_parameter_index(stmt, ":now"), 77);
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	ck_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), "b");
	ck_assert_int_eq(sqlite3_column_int(stmt, 1), 77);
	sqlite3_finalize(stmt);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("filter");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, filters_choose);
	tcase_add_test(tc, random_filters_choose);
	tcase_add_test(tc, large_filters_choose);
	tcase_add_test(tc, deep_filters_choose);
	tcase_add_test(tc, parameters_beside_ours);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
