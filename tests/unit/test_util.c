/* SPDX-License-Identifier: MIT */
/* src/util, values: texts, lists, maps, numbers, times; their edges. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/strv.h"
#include "util/text.h"
#include "util/time.h"

START_TEST(buf_grows_and_stops)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOBUF small = { .max = 10 };
	HYP_AUTOFREE char *text = NULL, *empty = NULL;

	for (int i = 0; i < 1000; i++) {
		hyp_buf_adds(&buf, "ab");
		hyp_buf_addc(&buf, 'c');
		hyp_buf_addf(&buf, "%d%s", i % 10, "");
	}
	ck_assert_uint_eq(buf.len, 4000);
	text = hyp_buf_take(&buf);
	ck_assert_uint_eq(strlen(text), 4000);
	ck_assert_str_eq(text + 3992, "abc8abc9");
	ck_assert_ptr_null(buf.data);
	empty = hyp_buf_take(&buf);
	ck_assert_str_eq(empty, "");

	hyp_buf_adds(&small, "0123456789");
	ck_assert(!small.failed);
	hyp_buf_addc(&small, 'x');
	ck_assert(small.failed);
	hyp_buf_addf(&small, "y");
	ck_assert_uint_eq(small.len, 10);
	ck_assert_ptr_null(hyp_buf_take(&small));
	ck_assert(!small.failed);
	hyp_buf_add(&small, "x", SIZE_MAX);
	ck_assert(small.failed);
}
END_TEST

START_TEST(strv_holds_copies)
{
	const char *const words[] = { "b", "a", "", NULL };
	HYP_AUTOSTRV a = { 0 }, b = { 0 };
	HYP_AUTOFREE char *joined = hyp_words_join(words);
	HYP_AUTOFREE char *none = hyp_words_join(NULL);

	ck_assert_int_eq(hyp_strv_set(&a, words), 0);
	ck_assert_uint_eq(a.n, 3);
	ck_assert_ptr_null(a.items[3]);
	ck_assert_int_eq(hyp_strv_copy(&b, &a), 0);
	ck_assert(hyp_strv_equal(&a, &b));
	ck_assert_int_eq(hyp_strv_copy(&b, &b), 0);
	ck_assert_int_eq(hyp_strv_add(&b, "c"), 0);
	ck_assert(!hyp_strv_equal(&a, &b));
	ck_assert(hyp_strv_has(&b, "c") && !hyp_strv_has(&a, "c"));
	ck_assert_str_eq(hyp_strv_at(&b, 3), "c");
	ck_assert_ptr_null(hyp_strv_at(&b, 4));
	ck_assert_int_eq(hyp_strv_set(&a, NULL), 0);
	ck_assert(a.n == 0 && !a.items && !hyp_strv_has(&a, ""));
	ck_assert(hyp_words_have(words, "") && !hyp_words_have(NULL, ""));
	ck_assert_str_eq(joined, "b, a, ");
	ck_assert_str_eq(none, "none");
}
END_TEST

START_TEST(map_is_sorted)
{
	HYP_AUTOMAP a = { 0 }, b = { 0 };
	char key[8];

	for (int i = 99; i >= 0; i--) {
		snprintf(key, sizeof(key), "%d", i * 7 % 100);
		ck_assert_int_eq(hyp_map_set(&a, key, key), 0);
	}
	ck_assert_uint_eq(a.n, 100);
	for (size_t i = 1; i < a.n; i++)
		ck_assert_str_lt(a.pairs[i - 1].key, a.pairs[i].key);
	ck_assert_str_eq(hyp_map_get(&a, "42"), "42");
	ck_assert_int_eq(hyp_map_copy(&b, &a), 0);
	ck_assert(hyp_map_equal(&a, &b));
	ck_assert_int_eq(hyp_map_set(&b, "42", "x"), 0);
	ck_assert(!hyp_map_equal(&a, &b));
	/* the value may be the map's own */
	ck_assert_int_eq(hyp_map_set(&b, "42", hyp_map_get(&b, "42")), 0);
	ck_assert_str_eq(hyp_map_get(&b, "42"), "x");
	ck_assert_int_eq(hyp_map_set(&b, "42", NULL), 0);
	ck_assert_int_eq(hyp_map_set(&b, "no such", NULL), 0);
	ck_assert_ptr_null(hyp_map_get(&b, "42"));
	ck_assert_uint_eq(b.n, 99);
}
END_TEST

START_TEST(time_is_rfc3339)
{
	static const struct {
		const char *text;
		int64_t ms;
		const char *canonical;
	} good[] = {
		{ "1970-01-01", 0, "1970-01-01T00:00:00.000Z" },
		{ "2026-11-23T07:28:17.123Z", 1795418897123,
		  "2026-11-23T07:28:17.123Z" },
		{ "2026-11-23t07:28:17.1239999z", 1795418897123,
		  "2026-11-23T07:28:17.123Z" },
		{ "2026-11-23T09:28:17+02:00", 1795418897000,
		  "2026-11-23T07:28:17.000Z" },
		{ "2026-11-22T23:58:17.5-07:30", 1795418897500,
		  "2026-11-23T07:28:17.500Z" },
		{ "2024-02-29", 1709164800000, "2024-02-29T00:00:00.000Z" },
		{ "2016-12-31T23:59:60Z", 1483228800000,
		  "2017-01-01T00:00:00.000Z" },
		{ "1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z" },
		{ "0001-01-01", -62135596800000, "0001-01-01T00:00:00.000Z" },
	};
	static const char *const bad[] = {
		"",
		"2026",
		"2026-11-23T",
		"2026-11-23T07:28Z",
		"2026-11-23T07:28:17",
		"2026-11-23 07:28:17Z",
		"2026-13-01",
		"2026-00-01",
		"2026-02-29",
		"2026-04-31",
		"2026-11-23T24:00:00Z",
		"2026-11-23T07:60:17Z",
		"2026-11-23T07:28:61Z",
		"2026-11-23T07:28:17.Z",
		"2026-11-23T07:28:17+2:00",
		"2026-11-23T07:28:17+24:00",
		"2026-11-23T07:28:17Zx",
		"2026-11-23x",
		" 2026-11-23",
		"+026-11-23",
		"26-11-23",
	};
	char text[HYP_TIME_SIZE];
	int64_t ms = 7;

	for (size_t i = 0; i < HYP_COUNT(good); i++) {
		ck_assert_int_eq(hyp_time_parse(good[i].text, &ms), 0);
		ck_assert_int_eq(ms, good[i].ms);
		hyp_time_format(ms, text);
		ck_assert_str_eq(text, good[i].canonical);
	}
	ms = 7;
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_msg(hyp_time_parse(bad[i], &ms) < 0 && ms == 7,
			      "'%s' was accepted", bad[i]);
	hyp_time_format(INT64_MAX, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
	hyp_time_format(INT64_MIN, text);
	ck_assert_str_eq(text, "0000-01-01T00:00:00.000Z");
}
END_TEST

START_TEST(clocks_go)
{
	int64_t mono = hyp_mono_ms(), now = hyp_now_ms();
	struct timespec spec = hyp_mono_timespec(1234567);

	hyp_sleep_ms(20);
	ck_assert_int_ge(hyp_mono_ms() - mono, 20);
	ck_assert_int_gt(now, 1700000000000);
	ck_assert_int_eq(spec.tv_sec, 1234);
	ck_assert_int_eq(spec.tv_nsec, 567000000);
}
END_TEST

START_TEST(numbers_are_strict)
{
	uint64_t n = 7;

	ck_assert_int_eq(hyp_parse_uint("0", 10, &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(hyp_parse_uint("010", 10, &n), 0);
	ck_assert_uint_eq(n, 10);
	ck_assert_int_eq(hyp_parse_uint("18446744073709551615", UINT64_MAX, &n),
			 0);
	ck_assert_uint_eq(n, UINT64_MAX);
	n = 7;
	ck_assert_int_lt(hyp_parse_uint("18446744073709551616", UINT64_MAX, &n),
			 0);
	ck_assert_int_lt(hyp_parse_uint("11", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("5", 3, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("-1", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("+1", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint(" 1", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("1 ", 10, &n), 0);
	ck_assert_int_lt(hyp_parse_uint("0x1", 10, &n), 0);
	ck_assert_uint_eq(n, 7);
}
END_TEST

START_TEST(sizes_are_mib)
{
	static const struct {
		const char *text;
		uint64_t mib;
	} good[] = {
		{ "512", 512 },	     { "512M", 512 },	  { "512MiB", 512 },
		{ "2G", 2048 },	     { "2GB", 2048 },	  { "1T", 1048576 },
		{ "1g", 1024 },	     { "1TiB", 1048576 }, { "0", 0 },
		{ "16T", 16777216 },
	};
	static const char *const bad[] = {
		"",
		"M",
		"1K",
		"1.5G",
		"512 M",
		"512Mi",
		"512MBx",
		"1B",
		"-1M",
		"1GG",
		"18446744073709551615G",
	};
	uint64_t mib = 7;

	for (size_t i = 0; i < HYP_COUNT(good); i++) {
		ck_assert_int_eq(hyp_parse_mib(good[i].text, &mib), 0);
		ck_assert_uint_eq(mib, good[i].mib);
	}
	mib = 7;
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_msg(hyp_parse_mib(bad[i], &mib) < 0 && mib == 7,
			      "'%s' was accepted", bad[i]);
}
END_TEST

START_TEST(text_is_utf8)
{
	char dirty[] = "a\tb\x7f c\xc2\xa0\xff \xc3\xa9\xc2\x9b";
	static const char *const good[] = {
		"",
		"abc",
		"é",
		"€",
		"😀",
		"\xf4\x8f\xbf\xbf",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\x7f",
	};
	static const char *const bad[] = {
		"\x01",
		"\x1b[0m",
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xc3",
		"\xe2\x82",
		"\xf0\x9f\x98",
		"\xff",
		"a\xc3(",
		"\r",
	};

	for (size_t i = 0; i < HYP_COUNT(good); i++)
		ck_assert(hyp_text_valid(good[i], strlen(good[i]), false));
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_msg(!hyp_text_valid(bad[i], strlen(bad[i]), true),
			      "bad text %zu was accepted", i);
	ck_assert(!hyp_text_valid("a\0b", 3, true));
	ck_assert(hyp_text_valid("a\tb\n", 4, true));
	ck_assert(!hyp_text_valid("a\tb", 3, false));
	ck_assert(!hyp_text_valid("a\n", 2, false));
	/* U+009B is what ESC [ is in one character. */
	hyp_text_clean(dirty);
	ck_assert_str_eq(dirty, "a b? c\xc2\xa0? \xc3\xa9  ");
	ck_assert(hyp_starts_with("abc", "ab") && hyp_starts_with("abc", ""));
	ck_assert(!hyp_starts_with("ab", "abc"));
}
END_TEST

START_TEST(uuids_are_version_4)
{
	char a[HYP_UUID_SIZE], b[HYP_UUID_SIZE];

	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(hyp_uuid(a), 0);
		ck_assert_int_eq(hyp_uuid(b), 0);
		ck_assert_str_ne(a, b);
		ck_assert(hyp_uuid_valid(a));
		ck_assert_int_eq(a[14], '4');
		ck_assert_ptr_nonnull(strchr("89ab", a[19]));
	}
	ck_assert(hyp_uuid_valid("0F8fad5b-d9cb-469f-a165-70867728950e"));
	ck_assert(!hyp_uuid_valid("0f8fad5b-d9cb-469f-a165-70867728950"));
	ck_assert(!hyp_uuid_valid("0f8fad5b-d9cb-469f-a165-70867728950e0"));
	ck_assert(!hyp_uuid_valid("0f8fad5b0d9cb-469f-a165-70867728950e"));
	ck_assert(!hyp_uuid_valid("0f8fad5b-d9cb-469f-a165-70867728950g"));
	ck_assert(!hyp_uuid_valid(""));
}
END_TEST

START_TEST(base64url_goes_and_comes)
{
	static const char *const bad[] = { "A",	   "AAAAA", "AB",   "AAB",
					   "Zg==", "Z g",   "+/+/", "Zg\n" };
	unsigned char data[64];
	size_t len = 7;
	char *text;
	void *back;

	for (size_t n = 0; n <= sizeof(data); n++) {
		for (size_t i = 0; i < n; i++)
			data[i] = (unsigned char)(i * 37 + n * 11);
		text = hyp_base64url_encode(data, n);
		back = hyp_base64url_decode(text, &len);
		ck_assert_uint_eq(len, n);
		ck_assert_mem_eq(back, data, n);
		free(text);
		free(back);
	}
	text = hyp_base64url_encode("\xfb\xff\xfe~", 4);
	ck_assert_str_eq(text, "-__-fg");
	free(text);
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_ptr_null(hyp_base64url_decode(bad[i], &len));
}
END_TEST

START_TEST(percent_goes_and_comes)
{
	static const char *const bad[] = { "%", "%4", "%4x", "a%00", "%zz" };
	HYP_AUTOFREE char *a = hyp_percent_encode("a b/ü?~", NULL);
	HYP_AUTOFREE char *b = hyp_percent_encode("a b/ü?~", "/");
	HYP_AUTOFREE char *c = hyp_percent_decode(a, strlen(a));
	HYP_AUTOFREE char *d = hyp_percent_decode("a%2Fb+c", 4);

	ck_assert_str_eq(a, "a%20b%2F%C3%BC%3F~");
	ck_assert_str_eq(b, "a%20b/%C3%BC%3F~");
	ck_assert_str_eq(c, "a b/ü?~");
	ck_assert_str_eq(d, "a/");
	for (size_t i = 0; i < HYP_COUNT(bad); i++)
		ck_assert_ptr_null(hyp_percent_decode(bad[i], strlen(bad[i])));
	ck_assert_ptr_null(hyp_percent_decode("a%41", 3));
	ck_assert_ptr_null(hyp_percent_decode("a\0b", 3));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("util");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, buf_grows_and_stops);
	tcase_add_test(tc, strv_holds_copies);
	tcase_add_test(tc, map_is_sorted);
	tcase_add_test(tc, time_is_rfc3339);
	tcase_add_test(tc, clocks_go);
	tcase_add_test(tc, numbers_are_strict);
	tcase_add_test(tc, sizes_are_mib);
	tcase_add_test(tc, text_is_utf8);
	tcase_add_test(tc, uuids_are_version_4);
	tcase_add_test(tc, base64url_goes_and_comes);
	tcase_add_test(tc, percent_goes_and_comes);
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
