/* SPDX-License-Identifier: MIT */
/* Sorted lists come in pages: none is told twice, none is left out. */
#include "machine_rows.h"

/* Pages of a sort, one after the other, each begun by the cursor that the one
 * before told. `between` happens between two pages. */
static void read_pages(const char *sort_text, const char *filter,
		       unsigned int limit, void (*between)(char last),
		       char out[HYP_COUNT(rows) + 1])
{
	HYP_CLEANUP(hyp_expr_free_p) struct hyp_expr *expr = NULL;
	HYP_AUTOFREE char *told = NULL;
	struct hyp_sort sort;
	size_t n;

	ck_assert_int_eq(
		hyp_sort_parse(&hyp_noun_machine, sort_text, &sort, NULL), 0);
	ck_assert_int_eq(
		hyp_filter_parse(&hyp_noun_machine, filter, &expr, NULL), 0);
	*out = '\0';
	do {
		struct hyp_cursor cursor = { .n = 0 };
		HYP_AUTOSQL sql = { .n = 0 };
		sqlite3_stmt *stmt = NULL;
		char *end = out + strlen(out);

		hyp_sql_add(&sql, "SELECT * FROM machine WHERE ");
		hyp_sql_where(&sql, expr);
		if (told) {
			ck_assert_int_eq(hyp_cursor_decode(&hyp_noun_machine,
							   &sort, told, &cursor,
							   NULL),
					 0);
			hyp_sql_add(&sql, " AND ");
			hyp_sql_after(&sql, &sort, &cursor);
			hyp_cursor_clear(&cursor);
		}
		hyp_sql_add(&sql, " ORDER BY ");
		hyp_sql_order(&sql, &sort);
		hyp_sql_add(&sql, " LIMIT ");
		hyp_sql_int(&sql, limit);
		ck_assert_msg(sqlite3_prepare_v2(db, sql.text.data, -1, &stmt,
						 NULL) == SQLITE_OK,
			      "%s: %s", sql.text.data, sqlite3_errmsg(db));
		ck_assert_int_eq(hyp_sql_bind(&sql, stmt), SQLITE_OK);
		for (n = 0; sqlite3_step(stmt) == SQLITE_ROW; n++) {
			*end++ = (char)*sqlite3_column_text(stmt, 0);
			ck_assert_int_le(end - out, HYP_COUNT(rows));
			hyp_cursor_clear(&cursor);
			cursor.n = sort.n;
			for (size_t k = 0; k < sort.n; k++) {
				struct hyp_cursor_value *v = &cursor.values[k];
				int column = (int)(sort.by[k].field -
						   hyp_noun_machine.fields);
				int type = sqlite3_column_type(stmt, column);
				const unsigned char *text;

				v->is_null = type == SQLITE_NULL;
				v->value = sqlite3_column_int64(stmt, column);
				text = sqlite3_column_text(stmt, column);
				if (type == SQLITE_TEXT)
					v->text = strdup((const char *)text);
			}
		}
		*end = '\0';
		sqlite3_finalize(stmt);
		free(told);
		told = hyp_cursor_encode(&hyp_noun_machine, &sort, &cursor);
		hyp_cursor_clear(&cursor);
		if (n == limit && between)
			between(end[-1]);
	} while (n == limit);
}

START_TEST(pages_follow_each_other)
{
	static const struct {
		const char *sort;
		const char *filter;
		const char *ids;
	} samples[] = {
		{ NULL, "", "abcdefgh" },
		{ "-id", "", "hgfedcba" },
		{ "mem", "", "cheabfgd" },
		{ "-mem", "", "dfgabech" },
		{ "mem,-id", "", "hcebagfd" },
		{ "-mem,-id", "", "dgfbaehc" },
		{ "handle,mem", "", "cagehfdb" },
		{ "-handle,-mem", "", "bdfhegac" },
		{ "handle,-mem", "", "gacehdfb" },
		{ "-handle,mem", "", "bfdhecag" },
		{ "stale,-created_at,handle", "", "dgfhacbe" },
		{ "-stale,created_at,-handle", "", "ebcahfgd" },
		{ "uuid,vcpus", "", "abcdefgh" },
		{ "-uuid,-vcpus,-id", "", "hgfedcba" },
		{ "image", "state=running or mem=0", "egcaf" },
		{ "-state,type,image,mem", "mem!=512", "dgcfeh" },
	};
	char ids[HYP_COUNT(rows) + 1];

	for (size_t i = 0; i < HYP_COUNT(samples); i++) {
		for (unsigned int limit = 1; limit <= 9; limit++) {
			read_pages(samples[i].sort, samples[i].filter, limit,
				   NULL, ids);
			ck_assert_msg(strcmp(ids, samples[i].ids) == 0,
				      "sort %s, limit %u: gave %s, not %s",
				      samples[i].sort, limit, ids,
				      samples[i].ids);
		}
	}
}
END_TEST

static void delete_row(char last)
{
	char *sql =
		sqlite3_mprintf("DELETE FROM machine WHERE id = '%c'", last);

	run(sql);
	sqlite3_free(sql);
}

START_TEST(pages_survive_deletion)
{
	static const char *const sorts[][2] = {
		{ NULL, "abcdefgh" },
		{ "mem", "cheabfgd" },
		{ "-mem,-id", "dgfbaehc" },
		{ "-stale,created_at,-handle", "ebcahfgd" },
	};
	char ids[HYP_COUNT(rows) + 1];

	for (size_t i = 0; i < HYP_COUNT(sorts); i++) {
		for (unsigned int limit = 1; limit <= 3; limit++) {
			run("DELETE FROM machine");
			for (size_t j = 0; j < HYP_COUNT(rows); j++)
				insert(&rows[j]);
			read_pages(sorts[i][0], "", limit, delete_row, ids);
			ck_assert_str_eq(ids, sorts[i][1]);
		}
	}
}
END_TEST

/* All sorts of up to four keys, in any direction: pages tell the same as one
 * list does. */
START_TEST(random_sorts_page)
{
	static const char *const keys[] = { "id",    "image", "handle",
					    "mem",   "state", "created_at",
					    "stale", "type",  "generation" };
	char whole[HYP_COUNT(rows) + 1], pages[HYP_COUNT(rows) + 1];

	seed = 3;
	for (int i = 0; i < 500; i++) {
		HYP_AUTOBUF sort = HYP_BUF_INIT;
		unsigned int key = pick(HYP_COUNT(keys));

		for (unsigned int n = 1 + pick(8); n; n--) {
			hyp_buf_addf(&sort, "%s%s%s", sort.len ? "," : "",
				     pick(2) ? "-" : "",
				     keys[key++ % HYP_COUNT(keys)]);
		}
		read_pages(sort.data, "", 100, NULL, whole);
		ck_assert_uint_eq(strlen(whole), HYP_COUNT(rows));
		read_pages(sort.data, "", 1 + pick(4), NULL, pages);
		ck_assert_str_eq(whole, pages);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("pages");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, pages_follow_each_other);
	tcase_add_test(tc, pages_survive_deletion);
	tcase_add_test(tc, random_sorts_page);
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
