/* SPDX-License-Identifier: MIT */
/*
 * What json-c lets pass even when it is told to be strict: single quotes,
 * NaN, "1.", raw control characters, half-checked UTF-8, \u0000.
 */
#include "json/codec.h"

#include <string.h>

#include "util/text.h"

struct scan {
	const char *at;
	const char *end;
	const char *why;
};

static int fail(struct scan *scan, const char *why)
{
	scan->why = why;
	return -1;
}

static bool is_digit(const struct scan *scan)
{
	return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

static bool skip(struct scan *scan, const char *any)
{
	if (scan->at == scan->end || *scan->at == '\0' ||
	    !strchr(any, *scan->at))
		return false;
	scan->at++;
	return true;
}

static int scan_digits(struct scan *scan)
{
	if (!is_digit(scan))
		return fail(scan, "a digit expected");
	while (is_digit(scan))
		scan->at++;
	return 0;
}

/* RFC 8259 §6 */
static int scan_number(struct scan *scan)
{
	skip(scan, "-");
	if (skip(scan, "0")) {
		if (is_digit(scan))
			return fail(scan, "a number with a leading zero");
	} else if (scan_digits(scan)) {
		return -1;
	}
	if (skip(scan, ".") && scan_digits(scan))
		return -1;
	if (skip(scan, "eE")) {
		skip(scan, "+-");
		return scan_digits(scan);
	}
	return 0;
}

/* From behind the opening quote to behind the closing one (RFC 8259 §7). */
static int scan_string(struct scan *scan)
{
	const char *start = scan->at;

	for (; scan->at < scan->end && *scan->at != '"'; scan->at++) {
		if (*scan->at != '\\')
			continue;
		if (scan->end - scan->at > 5 &&
		    memcmp(scan->at, "\\u0000", 6) == 0)
			return fail(scan, "a NUL character");
		if (++scan->at == scan->end)
			break;
	}
	if (scan->at == scan->end)
		return fail(scan, "the text ends inside a string");
	if (!hyp_text_valid(start, (size_t)(scan->at - start), false)) {
		scan->at = start;
		return fail(scan, "a string with control characters or "
				  "broken UTF-8");
	}
	scan->at++;
	return 0;
}

int hyp_json_scan(const char *text, size_t len, size_t *ret_members,
		  size_t *ret_pos, const char **ret_why)
{
	struct scan scan = { .at = text, .end = text + len };
	size_t members = 0;
	int rc = 0;

	while (!rc && scan.at < scan.end) {
		if (is_digit(&scan) || *scan.at == '-') {
			rc = scan_number(&scan);
		} else if (skip(&scan, "\"")) {
			rc = scan_string(&scan);
		} else if (skip(&scan, ":")) {
			members++;
		} else if (!skip(&scan, "{}[], \t\r\naeflnrstu")) {
			/* the letters are those of true, false and null */
			rc = fail(&scan, "unexpected character");
		}
	}
	if (rc) {
		*ret_pos = (size_t)(scan.at - text) + 1;
		*ret_why = scan.why;
		return -1;
	}
	*ret_members = members;
	return 0;
}
