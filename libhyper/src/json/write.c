/* SPDX-License-Identifier: MIT */
/*
 * Records as text, without a tree in between: lists of thousands are written
 * so. What needs no escape is copied; whatever does is left to json-c, as are
 * the values that records seldom have.
 */
#include "json/codec.h"

#include <string.h>

#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

/* [takes] a value; NULL: out of memory. */
static void put_tree(struct hyp_buf *buf, struct json_object *json)
{
	const char *text = NULL;

	if (json)
		text = json_object_to_json_string_ext(json, HYP_JSON_FORMAT);
	if (text)
		hyp_buf_adds(buf, text);
	else
		buf->failed = true;
	json_object_put(json);
}

size_t hyp_json_plain(const char *text)
{
	size_t n = 0;

	while (text[n] >= ' ' && text[n] <= '~' && text[n] != '"' &&
	       text[n] != '\\')
		n++;
	return n;
}

/* In quotes, as it is. */
static void put_plain(struct hyp_buf *buf, const char *text, size_t len)
{
	char *at = hyp_buf_more(buf, len + 2);

	if (!at)
		return;
	*at = at[len + 1] = '"';
	memcpy(at + 1, text, len);
}

static void put_text(struct hyp_buf *buf, const char *text)
{
	size_t len = hyp_json_plain(text);

	if (text[len]) {
		put_tree(buf, hyp_json_new_text(text));
		return;
	}
	put_plain(buf, text, len);
}

static void put_number(struct hyp_buf *buf, uint64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);

	do
		digits[--n] = (char)('0' + number % 10);
	while (number /= 10);
	hyp_buf_add(buf, digits + n, sizeof(digits) - n);
}

static void put_time(struct hyp_buf *buf, int64_t ms)
{
	char text[HYP_TIME_SIZE];

	hyp_time_format(ms, text);
	put_text(buf, text);
}

static void put_strv(struct hyp_buf *buf, const struct hyp_strv *strv)
{
	hyp_buf_addc(buf, '[');
	for (size_t i = 0; i < strv->n; i++) {
		if (i)
			hyp_buf_addc(buf, ',');
		put_text(buf, strv->items[i]);
	}
	hyp_buf_addc(buf, ']');
}

static void put_map(struct hyp_buf *buf, const struct hyp_map *map)
{
	hyp_buf_addc(buf, '{');
	for (size_t i = 0; i < map->n; i++) {
		if (i)
			hyp_buf_addc(buf, ',');
		put_text(buf, map->pairs[i].key);
		hyp_buf_addc(buf, ':');
		put_text(buf, map->pairs[i].value);
	}
	hyp_buf_addc(buf, '}');
}

/* A member that is not null. */
static void put_value(struct hyp_buf *buf, const struct hyp_json_member *member,
		      const void *slot, const void *record)
{
	const char *text;

	switch (member->kind) {
	case HYP_J_TEXT:
	case HYP_J_ACTION:
		memcpy(&text, slot, sizeof(text));
		put_text(buf, text);
		break;
	case HYP_J_U64:
	case HYP_J_MIB:
		put_number(buf, *(const uint64_t *)slot);
		break;
	case HYP_J_U32:
		put_number(buf, *(const uint32_t *)slot);
		break;
	case HYP_J_BOOL:
		hyp_buf_adds(buf, *(const bool *)slot ? "true" : "false");
		break;
	case HYP_J_TIME:
		put_time(buf, *(const int64_t *)slot);
		break;
	case HYP_J_STATE:
		put_text(buf, hyper_state_name(*(const int *)slot));
		break;
	case HYP_J_OPSTATE:
		put_text(buf, hyper_op_state_name(*(const int *)slot));
		break;
	case HYP_J_STRV:
	case HYP_J_COMMAND:
		put_strv(buf, slot);
		break;
	case HYP_J_MAP:
		put_map(buf, slot);
		break;
	case HYP_J_GROUP:
		hyp_json_put_record(buf, member->group, HYP_FIELDS_ALL, record);
		break;
	case HYP_J_MACHINE:
		hyp_json_put_record(buf, hyp_json_machine_members,
				    HYP_FIELDS_ALL,
				    *(hyper_machine *const *)slot);
		break;
	case HYP_J_OPERATION:
		hyp_json_put_record(buf, hyp_json_operation_members,
				    HYP_FIELDS_ALL,
				    *(hyper_operation *const *)slot);
		break;
	default:
		put_tree(buf, hyp_json_new_value(member, slot, record));
		break;
	}
}

void hyp_json_put_record(struct hyp_buf *buf,
			 const struct hyp_json_member *members, uint32_t mask,
			 const void *record)
{
	char before = '{';

	for (size_t i = 0; members[i].name; i++) {
		const void *slot = (const char *)record + members[i].offset;

		if (!hyp_json_has_member(members, i, mask))
			continue;
		hyp_buf_addc(buf, before);
		before = ',';
		put_plain(buf, members[i].name, strlen(members[i].name));
		hyp_buf_addc(buf, ':');
		if (hyp_json_is_null(&members[i], slot))
			hyp_buf_adds(buf, "null");
		else
			put_value(buf, &members[i], slot, record);
	}
	hyp_buf_adds(buf, before == '{' ? "{}" : "}");
}

int hyp_json_take(struct hyp_buf *buf, char **ret_json, hyper_error **err)
{
	char *text = hyp_buf_take(buf);

	if (!text)
		return hyp_nomem(err);
	*ret_json = text;
	return 0;
}
