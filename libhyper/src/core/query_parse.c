/* SPDX-License-Identifier: MIT */
/*
 * The parser of filters, by recursive descent:
 *
 *   or    = and { "or" and }
 *   and   = not { ["and"] not }
 *   not   = { "not" } ( "(" or ")" | term )
 *   term  = name [ "." key ] operator value
 *   value = bare | '"' { character | '\"' | '\\' } '"'
 *
 * Spaces may stand around an operator. A bare value ends at a space, quote or
 * parenthesis and does not begin with an operator.
 */
#include "core/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

#define SPACES	  "\t\n "
#define OPERATORS "!<=>~"
#define NAME_CHARS                                                             \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                           \
	"0123456789_-"

struct parser {
	const struct hyp_noun *noun;
	const char *text;
	const char *p;
	unsigned int depth;
	unsigned int terms;
	int code; /* of the first error */
	hyper_error **err;
};

static const struct {
	char text[3];
	enum hyp_cmp cmp;
} operators[] = {
	{ "!=", HYP_NE }, { "<=", HYP_LE }, { ">=", HYP_GE }, { "=", HYP_EQ },
	{ "<", HYP_LT },  { ">", HYP_GT },  { "~", HYP_HAS },
};

static struct hyp_expr *parse_or(struct parser *ps);

void hyp_expr_free(struct hyp_expr *expr)
{
	if (!expr)
		return;
	hyp_expr_free(expr->left);
	hyp_expr_free(expr->right);
	free(expr->key);
	free(expr->text);
	free(expr);
}

static void *no_memory(struct parser *ps)
{
	ps->code = hyp_nomem(ps->err);
	return NULL;
}

/* Report what is wrong at a place of the text. */
HYPER_PRINTF(3, 4)
static void *fail(struct parser *ps, const char *at, const char *format, ...)
{
	HYP_AUTOFREE char *what = NULL;
	size_t column = 1;
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&what, format, args);
	va_end(args);
	if (r < 0) {
		what = NULL;
		return no_memory(ps);
	}
	for (const char *p = ps->text; p < at; p++)
		column += (*p & 0xc0) != 0x80; /* characters, not bytes */
	ps->code = hyper_error_set(ps->err, HYPER_ERR_INVALID, "query",
				   "%s at column %zu", what, column);
	return NULL;
}

static struct hyp_expr *new_expr(struct parser *ps, int kind)
{
	struct hyp_expr *expr = calloc(1, sizeof(*expr));

	if (!expr)
		return no_memory(ps);
	expr->kind = kind;
	return expr;
}

/* [takes] both; NULL if one of them is. */
static struct hyp_expr *join(struct parser *ps, int kind, struct hyp_expr *left,
			     struct hyp_expr *right)
{
	struct hyp_expr *expr = left && right ? new_expr(ps, kind) : NULL;

	if (!expr) {
		hyp_expr_free(left);
		hyp_expr_free(right);
		return NULL;
	}
	expr->left = left;
	expr->right = right;
	return expr;
}

static void skip_spaces(struct parser *ps)
{
	ps->p += strspn(ps->p, SPACES);
}

static bool at_word(struct parser *ps, const char *word)
{
	size_t len = strspn(ps->p, NAME_CHARS);

	return len == strlen(word) && strncasecmp(ps->p, word, len) == 0;
}

static bool eat_word(struct parser *ps, const char *word)
{
	if (!at_word(ps, word))
		return false;
	ps->p += strlen(word);
	skip_spaces(ps);
	return true;
}

/* [new] what is in quotes; p stands on the first. */
static char *parse_quoted(struct parser *ps)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	const char *open = ps->p++;

	for (; *ps->p != '"'; ps->p++) {
		if (*ps->p == '\\' && !strchr("\"\\", *++ps->p))
			return fail(ps, ps->p - 1,
				    "expected \\\" or \\\\ after a backslash");
		if (!*ps->p)
			return fail(ps, open,
				    "expected a closing quote for the one");
		hyp_buf_addc(&buf, *ps->p);
	}
	ps->p++;
	return buf.failed ? no_memory(ps) : hyp_buf_take(&buf);
}

/* [new] the next len bytes. */
static char *parse_plain(struct parser *ps, size_t len)
{
	char *text = strndup(ps->p, len);

	ps->p += len;
	return text ? text : no_memory(ps);
}

static bool parse_name(struct parser *ps, struct hyp_expr *term)
{
	const char *name = ps->p;
	size_t len = strspn(name, NAME_CHARS);
	HYP_AUTOFREE char *names = NULL;

	term->field = hyp_noun_find(ps->noun, name, len);
	if (!term->field) {
		names = hyp_noun_names(ps->noun, false);
		if (!names)
			return no_memory(ps);
		return fail(ps, name, "expected a field (%s), not '%.*s'",
			    names, hyp_shown(name, len), name);
	}
	ps->p += len;
	if (term->field->type != HYP_T_MAP)
		return *ps->p != '.' ||
		       fail(ps, ps->p, "%s has no parts: expected an operator",
			    term->field->name);
	if (*ps->p == '.') {
		ps->p++;
		len = strcspn(ps->p, SPACES OPERATORS "()\"");
		term->key =
			*ps->p == '"' ? parse_quoted(ps) : parse_plain(ps, len);
		if (!term->key || *term->key)
			return term->key;
	}
	return fail(ps, ps->p, "expected a key of %s, as in %s.KEY=VALUE",
		    term->field->name, term->field->name);
}

static bool parse_operator(struct parser *ps, struct hyp_expr *term)
{
	for (size_t i = 0; i < HYP_COUNT(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (strncmp(ps->p, operators[i].text, len) == 0) {
			term->cmp = operators[i].cmp;
			ps->p += len;
			return true;
		}
	}
	return fail(ps, ps->p, "expected = != < <= > >= or ~ after %s",
		    term->field->name);
}

/* [new] a value, and whether it stood in quotes. */
static char *parse_value(struct parser *ps, bool *ret_quoted)
{
	const char *start = ps->p;
	size_t len;
	char *text;

	skip_spaces(ps);
	*ret_quoted = *ps->p == '"';
	if (*ret_quoted) {
		text = parse_quoted(ps);
	} else {
		len = strcspn(ps->p, SPACES "()\"");
		/* In "image= type=x" the value was forgotten. */
		if (!len || strcspn(ps->p, OPERATORS) == 0 ||
		    (ps->p != start && strcspn(ps->p, OPERATORS) < len))
			return fail(ps, ps->p,
				    "expected a value (in quotes if it is "
				    "empty or holds operators)");
		text = parse_plain(ps, len);
	}
	if (text && *ps->p && !strchr(SPACES "()", *ps->p)) {
		free(text);
		return fail(ps, ps->p, "expected a space before '%c'", *ps->p);
	}
	return text;
}

static bool parse_state(struct parser *ps, struct hyp_expr *term,
			const char *at, const char *text)
{
	HYP_AUTOBUF names = HYP_BUF_INIT;
	const char *name;

	for (int i = 1; (name = ps->noun->state_name(i)); i++) {
		if (strcmp(name, text) == 0)
			term->value = i;
		hyp_buf_adds(&names, i > 1 ? ", " : "");
		hyp_buf_adds(&names, name);
	}
	if (names.failed)
		return no_memory(ps);
	if (term->value && (term->cmp == HYP_EQ || term->cmp == HYP_NE))
		return true;
	return fail(ps, at, "expected %s= or %s!= and one of %s, not '%.*s'",
		    term->field->name, term->field->name, names.data,
		    hyp_shown(text, strlen(text)), text);
}

/* The value of a type that has no text. */
static bool convert(struct parser *ps, struct hyp_expr *term, const char *at,
		    const char *text)
{
	const char *expected;
	uint64_t number = 0;
	bool ok;

	switch (term->field->type) {
	case HYP_T_STATE:
		return parse_state(ps, term, at, text);
	case HYP_T_BOOL:
		expected = "= or != and true or false";
		term->value = strcmp(text, "true") == 0;
		ok = (term->value || strcmp(text, "false") == 0) &&
		     (term->cmp == HYP_EQ || term->cmp == HYP_NE);
		break;
	case HYP_T_TIME:
		expected = "a time such as 2026-11-23 or 2026-11-23T07:28:17Z";
		ok = hyp_time_parse(text, &term->value) == 0;
		break;
	case HYP_T_MIB:
		expected = "a size such as 512 (MiB) or 2G";
		ok = hyp_parse_mib(text, &number) == 0 && number <= INT64_MAX;
		term->value = (int64_t)number;
		break;
	default:
		expected = "a whole number";
		ok = hyp_parse_uint(text, INT64_MAX, &number) == 0;
		term->value = (int64_t)number;
	}
	if (term->cmp == HYP_HAS)
		return fail(ps, at, "expected an operator other than ~ for %s",
			    term->field->name);
	return ok ||
	       fail(ps, at, "expected %s for %s, not '%.*s'", expected,
		    term->field->name, hyp_shown(text, strlen(text)), text);
}

static struct hyp_expr *parse_term(struct parser *ps)
{
	HYP_CLEANUP(hyp_expr_free_p) struct hyp_expr *term = NULL;
	const char *at = ps->p;
	bool quoted, equality;

	if (!*at || !strspn(at, NAME_CHARS))
		return fail(ps, at, "expected a term such as state=running%s",
			    *at ? "" : ", not the end");
	if (++ps->terms > HYP_QUERY_TERMS)
		return fail(ps, at, "expected at most %d terms",
			    HYP_QUERY_TERMS);
	term = new_expr(ps, HYP_TERM);
	if (!term || !parse_name(ps, term))
		return NULL;
	skip_spaces(ps);
	if (!parse_operator(ps, term))
		return NULL;
	at = ps->p;
	term->text = parse_value(ps, &quoted);
	if (!term->text)
		return NULL;
	switch (term->field->type) {
	case HYP_T_TEXT:
	case HYP_T_LIST:
	case HYP_T_MAP:
		equality = term->cmp == HYP_EQ || term->cmp == HYP_NE;
		term->pattern =
			equality && !quoted && strpbrk(term->text, "*?");
		break;
	default:
		if (!convert(ps, term, at + strspn(at, SPACES), term->text))
			return NULL;
		free(hyp_steal(&term->text));
	}
	return hyp_steal(&term);
}

static bool deeper(struct parser *ps)
{
	return ++ps->depth <= HYP_QUERY_DEPTH ||
	       fail(ps, ps->p, "expected at most %d levels of ( and not",
		    HYP_QUERY_DEPTH);
}

static struct hyp_expr *parse_group(struct parser *ps)
{
	struct hyp_expr *expr;

	if (*ps->p != '(')
		return parse_term(ps);
	if (!deeper(ps))
		return NULL;
	ps->p++;
	expr = parse_or(ps);
	if (!expr || *ps->p == ')') {
		ps->p += !!expr;
		return expr;
	}
	hyp_expr_free(expr);
	return fail(ps, ps->p, "expected )");
}

static struct hyp_expr *parse_not(struct parser *ps)
{
	struct hyp_expr *expr, *not ;
	unsigned int depth = ps->depth;
	bool negate = false;

	skip_spaces(ps);
	while (eat_word(ps, "not")) {
		if (!deeper(ps))
			return NULL;
		negate = !negate;
	}
	expr = parse_group(ps);
	ps->depth = depth;
	skip_spaces(ps);
	if (!expr || !negate)
		return expr;
	not = new_expr(ps, HYP_NOT);
	if (not )
		not ->left = expr;
	else
		hyp_expr_free(expr);
	return not ;
}

static struct hyp_expr *parse_and(struct parser *ps)
{
	struct hyp_expr *expr = parse_not(ps);

	while (expr && *ps->p && *ps->p != ')' && !at_word(ps, "or")) {
		eat_word(ps, "and");
		expr = join(ps, HYP_AND, expr, parse_not(ps));
	}
	return expr;
}

static struct hyp_expr *parse_or(struct parser *ps)
{
	struct hyp_expr *expr = parse_and(ps);

	while (expr && eat_word(ps, "or"))
		expr = join(ps, HYP_OR, expr, parse_and(ps));
	return expr;
}

int hyp_filter_parse(const struct hyp_noun *noun, const char *text,
		     struct hyp_expr **ret_expr, hyper_error **err)
{
	struct parser ps = { .noun = noun, .err = err };
	struct hyp_expr *expr;
	size_t len;

	text = text ? text : "";
	len = strlen(text);
	if (len > HYP_QUERY_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "query",
				       "the query has %zu bytes: at most %d",
				       len, HYP_QUERY_MAX);
	if (!hyp_text_valid(text, len, true))
		return hyper_error_set(err, HYPER_ERR_INVALID, "query",
				       "the query holds control characters or "
				       "is not UTF-8");
	if (strspn(text, SPACES) == len) {
		*ret_expr = NULL;
		return 0;
	}
	ps.text = ps.p = text;
	expr = parse_or(&ps);
	if (expr && *ps.p) { /* only a ) that no ( opened is left over */
		hyp_expr_free(expr);
		expr = fail(&ps, ps.p, "expected no )");
	}
	if (!expr)
		return ps.code;
	*ret_expr = expr;
	return 0;
}
