/* SPDX-License-Identifier: MIT */
/*
 * Cursors: base64url of "1:machine:-mem,id:i512:tweb": the version, what is
 * sorted by what, and a value for each key: n (null), i and a number, or t
 * and a percent-encoded text. It comes back from outside: trust nothing.
 */
#include "core/query.h"

#include <inttypes.h>
#include <string.h>

#include "util/buf.h"
#include "util/text.h"

#define CURSOR_VERSION "1"
#define CURSOR_MAX     (256u << 10)

void hyp_cursor_clear(struct hyp_cursor *cursor)
{
	for (size_t i = 0; i < cursor->n; i++)
		free(cursor->values[i].text);
	*cursor = (struct hyp_cursor){ .n = 0 };
}

static void add_head(struct hyp_buf *buf, const struct hyp_noun *noun,
		     const struct hyp_sort *sort)
{
	hyp_buf_addf(buf, CURSOR_VERSION ":%s:", noun->name);
	for (size_t i = 0; i < sort->n; i++)
		hyp_buf_addf(buf, "%s%s%s", i ? "," : "",
			     sort->by[i].falling ? "-" : "",
			     sort->by[i].field->name);
}

static void add_value(struct hyp_buf *buf, const struct hyp_cursor_value *value)
{
	HYP_AUTOFREE char *text = NULL;

	if (value->is_null) {
		hyp_buf_adds(buf, ":n");
	} else if (!value->text) {
		hyp_buf_addf(buf, ":i%" PRId64, value->value);
	} else {
		text = hyp_percent_encode(value->text, NULL);
		buf->failed |= !text;
		hyp_buf_adds(buf, ":t");
		hyp_buf_adds(buf, text ? text : "");
	}
}

char *hyp_cursor_encode(const struct hyp_noun *noun,
			const struct hyp_sort *sort,
			const struct hyp_cursor *cursor)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	add_head(&buf, noun, sort);
	for (size_t i = 0; i < cursor->n; i++)
		add_value(&buf, &cursor->values[i]);
	return buf.failed ? NULL : hyp_base64url_encode(buf.data, buf.len);
}

static bool read_value(char *text, enum hyp_type type,
		       struct hyp_cursor_value *value)
{
	bool negative = text[0] == 'i' && text[1] == '-';
	uint64_t number;

	if (strcmp(text, "n") == 0) {
		value->is_null = true;
		return true;
	}
	if (type == HYP_T_TEXT) {
		if (text[0] == 't')
			value->text =
				hyp_percent_decode(text + 1, strlen(text + 1));
		return value->text;
	}
	if (text[0] != 'i' ||
	    hyp_parse_uint(text + 1 + negative, INT64_MAX, &number) < 0)
		return false;
	value->value = negative ? -(int64_t)number : (int64_t)number;
	return true;
}

static int bad_cursor(const char *why, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, "cursor", "cursor %s",
			       why);
}

int hyp_cursor_decode(const struct hyp_noun *noun, const struct hyp_sort *sort,
		      const char *text, struct hyp_cursor *ret_cursor,
		      hyper_error **err)
{
	HYP_CLEANUP(hyp_cursor_clear) struct hyp_cursor cursor = { .n = 0 };
	HYP_AUTOBUF head = HYP_BUF_INIT;
	HYP_AUTOFREE char *data = NULL;
	size_t len;
	char *rest;

	if (strlen(text) <= CURSOR_MAX)
		data = hyp_base64url_decode(text, &len);
	if (!data || strlen(data) != len ||
	    !hyp_starts_with(data, CURSOR_VERSION ":"))
		return bad_cursor("is not what a list told", err);
	add_head(&head, noun, sort);
	if (head.failed)
		return hyp_nomem(err);
	rest = data + head.len;
	if (!hyp_starts_with(data, head.data) || *rest != ':')
		return bad_cursor("belongs to another list or sort", err);
	for (rest++; rest; cursor.n++) {
		if (cursor.n == sort->n)
			return bad_cursor("is too long", err);
		if (!read_value(strsep(&rest, ":"),
				sort->by[cursor.n].field->type,
				&cursor.values[cursor.n]))
			return bad_cursor("holds a bad value", err);
	}
	if (cursor.n != sort->n)
		return bad_cursor("is too short", err);
	*ret_cursor = cursor;
	cursor.n = 0;
	return 0;
}
