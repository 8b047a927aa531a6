/* SPDX-License-Identifier: MIT */
/* What can be queried, and by what. */
#include "core/query.h"

#include <string.h>

#include <hyper/machine.h>
#include <hyper/operation.h>

#include "util/buf.h"

#define SHOWN_MAX 60

static const struct hyp_field machine_fields[] = {
	{ "id", HYP_T_TEXT },		{ "uuid", HYP_T_TEXT },
	{ "type", HYP_T_TEXT },		{ "image", HYP_T_TEXT },
	{ "mem", HYP_T_MIB },		{ "vcpus", HYP_T_INT },
	{ "state", HYP_T_STATE },	{ "driver_state", HYP_T_TEXT },
	{ "state_reason", HYP_T_TEXT }, { "handle", HYP_T_TEXT },
	{ "observed_at", HYP_T_TIME },	{ "stale", HYP_T_BOOL },
	{ "created_at", HYP_T_TIME },	{ "updated_at", HYP_T_TIME },
	{ "addresses", HYP_T_LIST },	{ "env", HYP_T_MAP },
	{ "labels", HYP_T_MAP },	{ "autostart", HYP_T_BOOL },
	{ "generation", HYP_T_INT },	{ "options", HYP_T_MAP },
	{ "adopted", HYP_T_BOOL },	{ NULL, HYP_T_TEXT },
};

static const char *const machine_aliases[][2] = {
	{ "name", "id" },      { "address", "addresses" },
	{ "label", "labels" }, { "option", "options" },
	{ NULL, NULL },
};

const struct hyp_noun hyp_noun_machine = {
	.name = "machine",
	.fields = machine_fields,
	.aliases = machine_aliases,
	.state_name = hyper_state_name,
	.default_sort = "id",
	.key = "id",
};

static const struct hyp_field operation_fields[] = {
	{ "id", HYP_T_INT },	      { "kind", HYP_T_TEXT },
	{ "state", HYP_T_STATE },     { "type", HYP_T_TEXT },
	{ "machine", HYP_T_TEXT },    { "image", HYP_T_TEXT },
	{ "created_at", HYP_T_TIME }, { "started_at", HYP_T_TIME },
	{ "ended_at", HYP_T_TIME },   { "program", HYP_T_TEXT },
	{ "pid", HYP_T_INT },	      { "uid", HYP_T_INT },
	{ "actor", HYP_T_TEXT },      { NULL, HYP_T_TEXT },
};

const struct hyp_noun hyp_noun_operation = {
	.name = "operation",
	.fields = operation_fields,
	.state_name = hyper_op_state_name,
	.default_sort = "-id",
	.key = "id",
};

static bool is(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

const struct hyp_field *hyp_noun_find(const struct hyp_noun *noun,
				      const char *name, size_t len)
{
	const char *const(*alias)[2] = noun->aliases;
	const struct hyp_field *field = noun->fields;

	for (; alias && (*alias)[0]; alias++) {
		if (is((*alias)[0], name, len)) {
			name = (*alias)[1];
			len = strlen(name);
			break;
		}
	}
	while (field->name && !is(field->name, name, len))
		field++;
	return field->name ? field : NULL;
}

bool hyp_field_sorts(const struct hyp_field *field)
{
	return field->type != HYP_T_LIST && field->type != HYP_T_MAP;
}

char *hyp_noun_names(const struct hyp_noun *noun, bool only_sorting)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (const struct hyp_field *field = noun->fields; field->name;
	     field++) {
		if (only_sorting && !hyp_field_sorts(field))
			continue;
		hyp_buf_adds(&buf, buf.len ? ", " : "");
		hyp_buf_adds(&buf, field->name);
	}
	return hyp_buf_take(&buf);
}

int hyp_shown(const char *text, size_t len)
{
	if (len > SHOWN_MAX)
		for (len = SHOWN_MAX; len && (text[len] & 0xc0) == 0x80;)
			len--; /* not within a character of UTF-8 */
	return (int)len;
}
