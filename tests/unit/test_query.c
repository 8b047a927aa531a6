/* SPDX-License-Identifier: MIT */
/* core/query.h: filters as texts and trees. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/query.h"
#include "util/buf.h"
#include "util/text.h"

#define ROUNDS 20000

static const char *const cmps[] = {
	[HYP_EQ] = "=", [HYP_NE] = "!=", [HYP_LT] = "<",  [HYP_LE] = "<=",
	[HYP_GT] = ">", [HYP_GE] = ">=", [HYP_HAS] = "~",
};

/* A tree as text without any doubt: every node in its own parentheses, texts
 * between ' ', patterns between / /. */
static void dump(struct hyp_buf *buf, const struct hyp_expr *expr)
{
	static const char *const joints[] = { [HYP_AND] = "&", [HYP_OR] = "|" };

	switch (expr->kind) {
	case HYP_AND:
	case HYP_OR:
		hyp_buf_addc(buf, '(');
		dump(buf, expr->left);
		hyp_buf_adds(buf, joints[expr->kind]);
		dump(buf, expr->right);
		hyp_buf_addc(buf, ')');
		break;
	case HYP_NOT:
		hyp_buf_adds(buf, "!(");
		dump(buf, expr->left);
		hyp_buf_addc(buf, ')');
		break;
	case HYP_TERM:
		hyp_buf_adds(buf, expr->field->name);
		if (expr->key)
			hyp_buf_addf(buf, ".%s", expr->key);
		hyp_buf_adds(buf, cmps[expr->cmp]);
		if (!expr->text)
			hyp_buf_addf(buf, "%" PRId64, expr->value);
		else if (expr->pattern)
			hyp_buf_addf(buf, "/%s/", expr->text);
		else
			hyp_buf_addf(buf, "'%s'", expr->text);
		break;
	}
}

/* [new] the dump, or the error's message. */
static char *parsed(const struct hyp_noun *noun, const char *text)
{
	HYP_CLEANUP(hyp_expr_free_p) struct hyp_expr *expr = NULL;
	HYP_AUTOERROR *err = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (hyp_filter_parse(noun, text, &expr, &err)) {
		ck_assert_int_eq(hyper_error_code(err), HYPER_ERR_INVALID);
		ck_assert_str_eq(hyper_error_field(err), "query");
		ck_assert_ptr_null(expr);
		hyp_buf_adds(&buf, hyper_error_message(err));
	} else {
		ck_assert_ptr_null(err);
		if (expr)
			dump(&buf, expr);
	}
	return hyp_buf_take(&buf);
}

struct sample {
	const char *text;
	const char *result;
};

static void check_samples(const struct sample *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		HYP_AUTOFREE char *result =
			parsed(&hyp_noun_machine, samples[i].text);

		ck_assert_msg(strcmp(result, samples[i].result) == 0,
			      "%s\n  gave     %s\n  expected %s",
			      samples[i].text, result, samples[i].result);
	}
}

START_TEST(filters)
{
	static const struct sample samples[] = {
		{ "", "" },
		{ " \t\n ", "" },
		{ "id=web1", "id='web1'" },
		{ "  id = web1 ", "id='web1'" },
		{ "name=web1", "id='web1'" },
		{ "id=web*", "id=/web*/" },
		{ "id!=web?", "id!=/web?/" },
		{ "id=\"web*\"", "id='web*'" },
		{ "id~web*", "id~'web*'" },
		{ "id>web*", "id>'web*'" },
		{ "image~deb", "image~'deb'" },
		{ "image=\"a b\"", "image='a b'" },
		{ "image=\"\"", "image=''" },
		{ "image=\"\\\"\\\\\"", "image='\"\\'" },
		{ "image=registry.example:5000/a_b-c@sha256:0%41+x,y",
		  "image='registry.example:5000/a_b-c@sha256:0%41+x,y'" },
		{ "image=a=b", "image='a=b'" },
		{ "image=a\\b", "image='a\\b'" },
		{ "image=\xc3\xbc", "image='\xc3\xbc'" },
		{ "mem>=512", "mem>=512" },
		{ "mem=2G", "mem=2048" },
		{ "mem<2GiB", "mem<2048" },
		{ "vcpus<=4", "vcpus<=4" },
		{ "generation>9", "generation>9" },
		{ "state=running", "state=4" },
		{ "state!=missing", "state!=9" },
		{ "state=\"running\"", "state=4" },
		{ "stale=true autostart!=false", "(stale=1&autostart!=0)" },
		{ "created_at>=2026-11-23", "created_at>=1795392000000" },
		{ "created_at<2026-11-23T02:00:00+02:00",
		  "created_at<1795392000000" },
		{ "address=10.0.*", "addresses=/10.0.*/" },
		{ "label.tier=web", "labels.tier='web'" },
		{ "labels.com.example/a-b:c=x",
		  "labels.com.example/a-b:c='x'" },
		{ "labels.\"a b\"=x", "labels.a b='x'" },
		{ "env.PATH~/bin option.disk=full",
		  "(env.PATH~'/bin'&options.disk='full')" },
		{ "labels.a=*", "labels.a=/*/" },

		{ "id=a id=b id=c", "((id='a'&id='b')&id='c')" },
		{ "id=a and id=b", "(id='a'&id='b')" },
		{ "id=a or id=b id=c", "(id='a'|(id='b'&id='c'))" },
		{ "id=a id=b or id=c", "((id='a'&id='b')|id='c')" },
		{ "id=a or id=b or id=c", "((id='a'|id='b')|id='c')" },
		{ "not id=a id=b", "(!(id='a')&id='b')" },
		{ "not (id=a id=b)", "!((id='a'&id='b'))" },
		{ "not not id=a", "id='a'" },
		{ "not not not id=a", "!(id='a')" },
		{ "NOT id=a AnD id=b Or id=c", "((!(id='a')&id='b')|id='c')" },
		{ "(id=a or id=b)id=c", "((id='a'|id='b')&id='c')" },
		{ "id=a(id=b)", "(id='a'&id='b')" },
		{ "not(id=a)", "!(id='a')" },
		{ "((((id=a))))", "id='a'" },
		{ "id=and", "id='and'" },
		{ "id=or or id=not", "(id='or'|id='not')" },
		{ "(state=running or state=paused) and not label.tier=test",
		  "((state=4|state=5)&!(labels.tier='test'))" },
	};

	check_samples(samples, HYP_COUNT(samples));
}
END_TEST

#define FIELDS                                                                 \
	"(id, uuid, type, image, mem, vcpus, state, driver_state, "            \
	"state_reason, handle, observed_at, stale, created_at, "               \
	"updated_at, addresses, env, labels, autostart, generation, "          \
	"options, adopted)"
#define STATES                                                                 \
	"creating, stopped, starting, running, paused, stopping, "             \
	"removing, error, missing"

START_TEST(filter_errors)
{
	static const struct sample samples[] = {
		{ "id", "expected = != < <= > >= or ~ after id at column 3" },
		{ "web1",
		  "expected a field " FIELDS ", not 'web1' at column 1" },
		{ "id=a colour=red",
		  "expected a field " FIELDS ", not 'colour' at column 6" },
		{ "ports=80",
		  "expected a field " FIELDS ", not 'ports' at column 1" },
		{ "id=", "expected a value (in quotes if it is empty or holds "
			 "operators) at column 4" },
		{ "id= type=x", "expected a value (in quotes if it is empty "
				"or holds operators) at column 5" },
		{ "id==x", "expected a value (in quotes if it is empty or "
			   "holds operators) at column 4" },
		{ "id=)", "expected a value (in quotes if it is empty or holds "
			  "operators) at column 4" },
		{ "id!x", "expected = != < <= > >= or ~ after id at column 3" },
		{ "id.x=1", "id has no parts: expected an operator at "
			    "column 3" },
		{ "labels=x", "expected a key of labels, as in "
			      "labels.KEY=VALUE at column 7" },
		{ "label.=x", "expected a key of labels, as in "
			      "labels.KEY=VALUE at column 7" },
		{ "label.\"\"=x", "expected a key of labels, as in "
				  "labels.KEY=VALUE at column 9" },
		{ "mem=big", "expected a size such as 512 (MiB) or 2G for mem, "
			     "not 'big' at column 5" },
		{ "mem=5*", "expected a size such as 512 (MiB) or 2G for mem, "
			    "not '5*' at column 5" },
		{ "mem= -1", "expected a size such as 512 (MiB) or 2G for mem, "
			     "not '-1' at column 6" },
		{ "mem~5", "expected an operator other than ~ for mem at "
			   "column 5" },
		{ "vcpus=1.5", "expected a whole number for vcpus, not '1.5' "
			       "at column 7" },
		{ "vcpus=9223372036854775808",
		  "expected a whole number for vcpus, not "
		  "'9223372036854775808' at column 7" },
		{ "stale=yes", "expected = or != and true or false for stale, "
			       "not 'yes' at column 7" },
		{ "stale>true", "expected = or != and true or false for stale, "
				"not 'true' at column 7" },
		{ "created_at>now",
		  "expected a time such as 2026-11-23 or 2026-11-23T07:28:17Z "
		  "for created_at, not 'now' at column 12" },
		{ "state=run*", "expected state= or state!= and one of " STATES
				", not 'run*' at column 7" },
		{ "state~run", "expected state= or state!= and one of " STATES
			       ", not 'run' at column 7" },
		{ "state>running",
		  "expected state= or state!= and one of " STATES
		  ", not 'running' at column 7" },
		{ "id=a and", "expected a term such as state=running, not the "
			      "end at column 9" },
		{ "not", "expected a term such as state=running, not the end "
			 "at column 4" },
		{ "or id=a",
		  "expected a field " FIELDS ", not 'or' at column 1" },
		{ "()", "expected a term such as state=running at column 2" },
		{ "=", "expected a term such as state=running at column 1" },
		{ "(id=a", "expected ) at column 6" },
		{ "id=a)", "expected no ) at column 5" },
		{ "id=\"a", "expected a closing quote for the one at "
			    "column 4" },
		{ "id=\"a\\", "expected a closing quote for the one at "
			      "column 4" },
		{ "id=\"a\\n\"", "expected \\\" or \\\\ after a backslash at "
				 "column 6" },
		{ "id=\"a\"b", "expected a space before 'b' at column 7" },
		{ "id=a\"b\"", "expected a space before '\"' at column 5" },
		{ "id=\"\xc3\xbc\xe2\x82\xac\" x=1",
		  "expected a field " FIELDS ", not 'x' at column 9" },
		{ "id=\x01", "the query holds control characters or is not "
			     "UTF-8" },
		{ "id=\xff", "the query holds control characters or is not "
			     "UTF-8" },
	};

	check_samples(samples, HYP_COUNT(samples));
}
END_TEST

START_TEST(filters_of_operations)
{
	HYP_AUTOFREE char *good =
		parsed(&hyp_noun_operation,
		       "id>=10 kind=start state=failed machine=web* "
		       "ended_at>2026-11-23");
	HYP_AUTOFREE char *bad = parsed(&hyp_noun_operation, "state=missing");
	HYP_AUTOFREE char *field = parsed(&hyp_noun_operation, "name=x");

	ck_assert_str_eq(good, "((((id>=10&kind='start')&state=4)&"
			       "machine=/web*/)&ended_at>1795392000000)");
	ck_assert_str_eq(
		bad, "expected state= or state!= and one of queued, "
		     "running, done, failed, cancelled, planned, not 'missing' "
		     "at column 7");
	ck_assert_str_eq(field,
			 "expected a field (id, kind, state, type, machine, "
			 "image, created_at, started_at, ended_at, program, "
			 "pid, uid, actor), not 'name' at column 1");
}
END_TEST

/* n times a text, then a middle, then n times another text. */
static void check_long(const char *before, size_t n, const char *middle,
		       const char *after, const char *message)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *result = NULL;

	for (size_t i = 0; i < n; i++)
		hyp_buf_adds(&buf, before);
	hyp_buf_adds(&buf, middle);
	for (size_t i = 0; i < n; i++)
		hyp_buf_adds(&buf, after);
	ck_assert(!buf.failed);
	result = parsed(&hyp_noun_machine, buf.data);
	if (message)
		ck_assert_str_eq(result, message);
	else
		ck_assert_msg(!strstr(result, "expected"), "%s", result);
}

START_TEST(filters_have_limits)
{
	HYP_AUTOERROR *err = NULL;
	struct hyp_expr *expr = NULL;

	check_long("(", 64, "id=a", ")", NULL);
	check_long("(", 65, "id=a", ")",
		   "expected at most 64 levels of ( and not at column 65");
	check_long("(", 8000, "", "",
		   "expected at most 64 levels of ( and not at column 65");
	check_long("not ", 64, "id=a", "", NULL);
	check_long("not ", 65, "id=a", "",
		   "expected at most 64 levels of ( and not at column 261");
	check_long("not(id=b ", 32, "id=a", ")", NULL);
	check_long("(id=a) ", 200, "id=a", "", NULL);
	check_long("id=a ", 255, "id=a", "", NULL);
	check_long("id=a ", 256, "id=a", "",
		   "expected at most 256 terms at column 1281");
	check_long(" ", 8188, "id=a", "", NULL);
	check_long(" ", 8189, "id=a", "",
		   "the query has 8193 bytes: at most 8192");
	check_long(
		"x", 8000, "=1", "",
		"expected a field " FIELDS ", not "
		"'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"' at column 1");
	ck_assert_int_eq(hyp_filter_parse(&hyp_noun_machine, NULL, &expr, &err),
			 0);
	ck_assert_ptr_null(expr);
	ck_assert_int_eq(hyp_filter_parse(&hyp_noun_machine, "x", &expr, NULL),
			 HYPER_ERR_INVALID);
}
END_TEST

START_TEST(messages_stay_utf8)
{
	/* 59 bytes and a character of three: cut before it */
	HYP_AUTOFREE char *result = parsed(
		&hyp_noun_machine,
		"mem="
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"\xe2\x82\xac\xe2\x82\xac");

	ck_assert(hyp_text_valid(result, strlen(result), false));
	ck_assert_ptr_nonnull(strstr(result, "aaa' at column 5"));
}
END_TEST

/* Random trees: written down with random spaces and parentheses, they must
 * come back as they were. */

static unsigned int seed;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static const char *one_of(const char *const *words, unsigned int n)
{
	return words[pick(n)];
}
#define ONE_OF(...)                                                            \
	one_of((const char *const[]){ __VA_ARGS__ },                           \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void write_spaces(struct hyp_buf *out, bool needed)
{
	hyp_buf_adds(out, ONE_OF("", "", " ", "\t", "\n "));
	hyp_buf_adds(out, needed ? " " : "");
}

/* Write a term, and its dump. */
static void write_term(struct hyp_buf *out, struct hyp_buf *expected)
{
	static const char *const texts[][2] = {
		{ "a", "'a'" },
		{ "or", "'or'" },
		{ "a*?b", "/a*?b/" },
		{ "\"a*?b\"", "'a*?b'" },
		{ "\") or id=x --\"", "') or id=x --'" },
		{ "\"\\\"\"", "'\"'" },
		{ "';--", "'';--'" },
		{ "[a]", "'[a]'" },
		{ "\"\"", "''" },
	};
	unsigned int i = pick(HYP_COUNT(texts));
	const char *cmp = ONE_OF("=", "!=");

	switch (pick(4)) {
	case 0:
		hyp_buf_addf(out, "image%s%s", cmp, texts[i][0]);
		hyp_buf_addf(expected, "image%s%s", cmp, texts[i][1]);
		break;
	case 1:
		hyp_buf_addf(out, "label.k-1%s%s", cmp, texts[i][0]);
		hyp_buf_addf(expected, "labels.k-1%s%s", cmp, texts[i][1]);
		break;
	case 2:
		cmp = ONE_OF("=", "!=", "<", "<=", ">", ">=");
		hyp_buf_addf(out, "mem");
		write_spaces(out, false);
		hyp_buf_adds(out, cmp);
		write_spaces(out, false);
		hyp_buf_addf(out, "%uG", i);
		hyp_buf_addf(expected, "mem%s%u", cmp, i * 1024);
		break;
	default:
		hyp_buf_addf(out, "state%srunning", cmp);
		hyp_buf_addf(expected, "state%s4", cmp);
	}
}

/* level: 0 or, 1 and, 2 not or term. */
static void write_tree(struct hyp_buf *out, struct hyp_buf *expected,
		       unsigned int level, unsigned int size)
{
	unsigned int left;

	write_spaces(out, false);
	if (size <= 1) {
		write_term(out, expected);
	} else if (level == 2 && pick(2)) {
		hyp_buf_adds(out, ONE_OF("not", "NOT", "Not"));
		hyp_buf_adds(out, "(");
		hyp_buf_adds(expected, "!(");
		write_tree(out, expected, 0, size - 1);
		hyp_buf_adds(out, ")");
		hyp_buf_adds(expected, ")");
	} else if (level == 2) {
		hyp_buf_adds(out, "(");
		write_tree(out, expected, 0, size - 1);
		hyp_buf_adds(out, ")");
	} else {
		/* left-associative: the left side may be of the same level */
		left = 1 + pick(size - 1);
		hyp_buf_adds(expected, "(");
		write_tree(out, expected, level, left);
		hyp_buf_adds(out, level ? ONE_OF(" ", " and ", "\nAND\t")
					: ONE_OF(" or ", " OR\n"));
		hyp_buf_adds(expected, level ? "&" : "|");
		write_tree(out, expected, level + 1, size - left);
		hyp_buf_adds(expected, ")");
	}
	write_spaces(out, false);
}

START_TEST(random_trees_come_back)
{
	seed = 1;
	for (int i = 0; i < ROUNDS; i++) {
		HYP_AUTOBUF out = HYP_BUF_INIT, expected = HYP_BUF_INIT;
		HYP_AUTOFREE char *result = NULL;

		write_tree(&out, &expected, pick(3), 1 + pick(20));
		ck_assert(!out.failed && !expected.failed);
		result = parsed(&hyp_noun_machine, out.data);
		ck_assert_msg(strcmp(result, expected.data) == 0,
			      "%s\n  gave     %s\n  expected %s", out.data,
			      result, expected.data);
	}
}
END_TEST

START_TEST(random_texts_do_no_harm)
{
	static const char *const tokens[] = {
		"id", "mem", "state",	"label.a",  "address",	"stale",
		"=",  "!=",  "<",	">=",	    "~",	"(",
		")",  " ",   " ",	"\"",	    "\\",	"and",
		"or", "not", "running", "2G",	    "*",	"?",
		"'",  ";--", "%",	"\xc3\xbc", "\xe2\x82", "true",
		"[",  ".",   ",",	"\x7f",	    "\t",	"2026-01-01",
	};

	seed = 2;
	for (int i = 0; i < ROUNDS; i++) {
		HYP_AUTOBUF buf = HYP_BUF_INIT;
		HYP_AUTOFREE char *result = NULL;
		unsigned int n = 1 + pick(12);

		while (n--) {
			hyp_buf_adds(&buf, one_of(tokens, HYP_COUNT(tokens)));
			if (pick(20) == 0)
				hyp_buf_addc(&buf, (char)(1 + pick(255)));
		}
		ck_assert(!buf.failed);
		result = parsed(&hyp_noun_machine, buf.data);
		ck_assert_msg(!strstr(result, " at column ") ||
				      (size_t)atoll(strrchr(result, ' ')) <=
					      buf.len + 1,
			      "%s: %s", buf.data, result);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("query");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, filters);
	tcase_add_test(tc, filter_errors);
	tcase_add_test(tc, filters_of_operations);
	tcase_add_test(tc, filters_have_limits);
	tcase_add_test(tc, messages_stay_utf8);
	tcase_add_test(tc, random_trees_come_back);
	tcase_add_test(tc, random_texts_do_no_harm);
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
