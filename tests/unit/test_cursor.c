/* SPDX-License-Identifier: MIT */
/* core/query.h: sorts, fields, cursors, and the record of a query. */
#include <check.h>
#include <string.h>

#include "core/query.h"
#include "core/record.h"
#include "util/buf.h"
#include "util/text.h"

#define ROUNDS 20000

/* "-mem id" of a sort, or the message. */
static void check_sort(const struct hyp_noun *noun, const char *text,
		       const char *expected)
{
	struct hyp_sort sort = { .n = 99 };
	HYP_AUTOERROR *err = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (hyp_sort_parse(noun, text, &sort, &err)) {
		ck_assert_str_eq(hyper_error_field(err), "sort");
		ck_assert_uint_eq(sort.n, 99);
		hyp_buf_adds(&buf, hyper_error_message(err));
	} else {
		for (size_t i = 0; i < sort.n; i++)
			hyp_buf_addf(&buf, "%s%s%s", i ? " " : "",
				     sort.by[i].falling ? "-" : "",
				     sort.by[i].field->name);
	}
	ck_assert_str_eq(buf.data, expected);
}

#define SORTED                                                                 \
	"id, uuid, type, image, mem, vcpus, state, driver_state, "             \
	"state_reason, handle, observed_at, stale, created_at, "               \
	"updated_at, autostart, generation, adopted"

START_TEST(sorts)
{
	const struct hyp_noun *noun = &hyp_noun_machine;

	check_sort(noun, NULL, "id");
	check_sort(noun, "", "id");
	check_sort(&hyp_noun_operation, NULL, "-id");
	check_sort(noun, "-mem", "-mem id");
	check_sort(noun, " -mem , id ", "-mem id");
	check_sort(noun, "type,-id,mem", "type -id");
	check_sort(noun, "-name", "-id");
	check_sort(noun, "type,image,mem,vcpus,state,handle,stale,uuid",
		   "type image mem vcpus state handle stale uuid id");
	check_sort(noun,
		   "type,image,mem,vcpus,state,handle,stale,uuid,generation",
		   "expected at most 8 fields at column 46");
	check_sort(noun, "mem,colour",
		   "expected one of " SORTED ", not 'colour' at column 5");
	check_sort(noun, "labels",
		   "expected one of " SORTED ", not 'labels' at column 1");
	check_sort(noun, "mem,",
		   "expected one of " SORTED ", not '' at column 5");
	check_sort(noun, "--mem",
		   "expected one of " SORTED ", not '-mem' at column 1");
	check_sort(noun, "mem,-mem", "sorted by mem already at column 5");
}
END_TEST

START_TEST(fields)
{
	HYP_AUTOERROR *err = NULL;
	uint32_t mask = 7;

	ck_assert_int_eq(hyp_fields_parse("ports, id", &mask, &err), 0);
	ck_assert_uint_eq(mask, 1u << HYP_MACHINE_id | 1u << HYP_MACHINE_ports);
	ck_assert_int_eq(hyp_fields_parse(NULL, &mask, &err), 0);
	ck_assert_uint_eq(mask, HYP_FIELDS_ALL);
	mask = 7;
	ck_assert_int_eq(hyp_fields_parse("id,idx", &mask, &err),
			 HYPER_ERR_INVALID);
	ck_assert_uint_eq(mask, 7);
	ck_assert_str_eq(hyper_error_field(err), "fields");
	ck_assert_ptr_nonnull(
		strstr(hyper_error_message(err), "not 'idx' at column 4"));
}
END_TEST

START_TEST(cursors)
{
	const struct hyp_noun *noun = &hyp_noun_machine;
	char hostile[] = "a:b%\"'\xc3\xbc\n";
	struct hyp_cursor in = {
		{ { .value = -512 }, { .is_null = true }, { .text = hostile } },
		3
	};
	struct hyp_cursor out = { .n = 99 };
	HYP_AUTOFREE char *text = NULL;
	HYP_AUTOERROR *err = NULL;
	struct hyp_sort sort, other;

	ck_assert_int_eq(hyp_sort_parse(noun, "-mem,image", &sort, NULL), 0);
	text = hyp_cursor_encode(noun, &sort, &in);
	ck_assert_uint_eq(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_"),
			  strlen(text));

	ck_assert_int_eq(hyp_sort_parse(noun, "mem,image", &other, NULL), 0);
	ck_assert_int_eq(hyp_cursor_decode(noun, &other, text, &out, &err),
			 HYPER_ERR_INVALID);
	ck_assert_str_eq(hyper_error_field(err), "cursor");
	ck_assert_str_eq(hyper_error_message(err),
			 "cursor belongs to another list or sort");
	ck_assert_int_eq(
		hyp_cursor_decode(&hyp_noun_operation, &sort, text, &out, NULL),
		HYPER_ERR_INVALID);
	ck_assert_int_eq(hyp_cursor_decode(noun, &sort, text + 1, &out, NULL),
			 HYPER_ERR_INVALID);
	ck_assert_uint_eq(out.n, 99);

	out.n = 0;
	ck_assert_int_eq(hyp_cursor_decode(noun, &sort, text, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 3);
	ck_assert(!out.values[0].is_null && !out.values[0].text);
	ck_assert_int_eq(out.values[0].value, -512);
	ck_assert(out.values[1].is_null);
	ck_assert_str_eq(out.values[2].text, hostile);
	hyp_cursor_clear(&out);
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

static unsigned int seed;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

/* Is a cursor's inside taken? */
static bool accepted(const char *inside, size_t len)
{
	HYP_AUTOFREE char *text = hyp_base64url_encode(inside, len);
	struct hyp_cursor cursor = { .n = 0 };
	struct hyp_sort sort;
	int rc;

	ck_assert_int_eq(hyp_sort_parse(&hyp_noun_machine, "-mem", &sort, NULL),
			 0);
	rc = hyp_cursor_decode(&hyp_noun_machine, &sort, text, &cursor, NULL);
	hyp_cursor_clear(&cursor);
	ck_assert(rc == 0 || rc == HYPER_ERR_INVALID);
	return rc == 0;
}

START_TEST(cursors_from_outside)
{
	static const char good[] = "1:machine:-mem,id:i512:tweb";
	static const char *const bad[] = {
		"",
		"1",
		"2:machine:-mem,id:i512:tweb",
		"1:machine:-mem,id",
		"1:machine:-mem,id:",
		"1:machine:-mem,id:i512",
		"1:machine:-mem,id:i512:tweb:",
		"1:machine:-mem,id:i512:tweb:n",
		"1:machine:-mem,id:tx:tweb",
		"1:machine:-mem,id:i512:i5",
		"1:machine:-mem,id:i:tweb",
		"1:machine:-mem,id:i-:tweb",
		"1:machine:-mem,id:i99999999999999999999:tweb",
		"1:machine:-mem,id:i512:t%00",
		"1:machine:-mem,id:i512:t%4",
		"1:machine:-mem,id:i512:nx",
		"1:machine:-mem,idx:i512:tweb",
		"1:machine:-mem,id;i512:tweb",
	};
	struct hyp_cursor cursor = { .n = 0 };
	struct hyp_sort sort;

	ck_assert(accepted(good, strlen(good)));
	ck_assert(accepted("1:machine:-mem,id:n:n", 21));
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_msg(!accepted(bad[i], strlen(bad[i])), "%s", bad[i]);
	ck_assert(!accepted("1:machine:-mem,id:i512:t\0", 25));

	ck_assert_int_eq(hyp_sort_parse(&hyp_noun_machine, NULL, &sort, NULL),
			 0);
	seed = 3;
	for (int i = 0; i < ROUNDS; i++) {
		char text[64];
		unsigned int len = pick(sizeof(text));

		for (unsigned int j = 0; j < len; j++)
			text[j] = (char)(1 + pick(255));
		text[len] = '\0';
		ck_assert_int_eq(hyp_cursor_decode(&hyp_noun_machine, &sort,
						   text, &cursor, NULL),
				 HYPER_ERR_INVALID);
		/* and a good one with a few bytes changed */
		memcpy(text, good, sizeof(good));
		for (unsigned int n = 1 + pick(3); n; n--)
			text[pick(sizeof(good) - 1)] = (char)pick(256);
		accepted(text, sizeof(good) - 1);
	}
}
END_TEST

START_TEST(queries_are_copied)
{
	hyper_query *query = hyper_query_new(), *copy;

	ck_assert_int_eq(hyper_query_set_filter(query, "a"), 0);
	ck_assert_int_eq(hyper_query_set_filter(query, "id=a"), 0);
	ck_assert_int_eq(hyper_query_set_sort(query, "-mem"), 0);
	ck_assert_int_eq(hyper_query_set_cursor(query, "c"), 0);
	ck_assert_int_eq(hyper_query_set_fields(query, "id"), 0);
	ck_assert_int_eq(hyper_query_set_fields(query, NULL), 0);
	ck_assert_int_eq(hyper_query_set_limit(query, 7), 0);
	ck_assert_int_eq(hyper_query_set_count(query, true), 0);
	copy = hyp_query_copy(query);
	hyper_query_free(query);
	ck_assert_str_eq(copy->filter, "id=a");
	ck_assert_str_eq(copy->sort, "-mem");
	ck_assert_str_eq(copy->cursor, "c");
	ck_assert_ptr_null(copy->fields);
	ck_assert_uint_eq(copy->limit, 7);
	ck_assert(copy->count);
	hyper_query_free(copy);
	hyper_query_free(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cursor");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, sorts);
	tcase_add_test(tc, fields);
	tcase_add_test(tc, cursors);
	tcase_add_test(tc, cursors_from_outside);
	tcase_add_test(tc, queries_are_copied);
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
