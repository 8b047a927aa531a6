/* SPDX-License-Identifier: MIT */
/* Records to objects and back, by their tables of members. */
#include "json/codec.h"

#include <string.h>

#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

/* A text, whether its slot says const or not. */
static const char *text_at(const void *slot)
{
	const char *text;

	memcpy(&text, slot, sizeof(text));
	return text;
}

bool hyp_json_is_null(const struct hyp_json_member *member, const void *slot)
{
	switch (member->kind) {
	case HYP_J_TEXT:
	case HYP_J_ACTION:
		return !text_at(slot);
	case HYP_J_TIME:
	case HYP_J_PID:
	case HYP_J_UID:
		return *(const int64_t *)slot == 0;
	case HYP_J_STATE:
	case HYP_J_GOAL:
		return !hyper_state_name(*(const int *)slot);
	case HYP_J_OPSTATE:
		return !hyper_op_state_name(*(const int *)slot);
	case HYP_J_ROLE:
		return !hyper_role_name(*(const int *)slot);
	case HYP_J_COMMAND:
		return ((const struct hyp_strv *)slot)->n == 0;
	case HYP_J_ERROR:
		return !*(hyper_error *const *)slot;
	case HYP_J_MACHINE:
		return !*(hyper_machine *const *)slot;
	case HYP_J_OPERATION:
		return !*(hyper_operation *const *)slot;
	case HYP_J_SECONDS:
		return *(const uint32_t *)slot == HYPER_TIMEOUT_DEFAULT;
	default:
		return false;
	}
}

static struct json_object *new_time(int64_t ms)
{
	char text[HYP_TIME_SIZE];

	hyp_time_format(ms, text);
	return json_object_new_string(text);
}

struct json_object *hyp_json_new_value(const struct hyp_json_member *member,
				       const void *slot, const void *record)
{
	switch (member->kind) {
	case HYP_J_TEXT:
	case HYP_J_ACTION:
		return hyp_json_new_text(text_at(slot));
	case HYP_J_U64:
	case HYP_J_MIB:
		return json_object_new_uint64(*(const uint64_t *)slot);
	case HYP_J_U32:
		return json_object_new_uint64(*(const uint32_t *)slot);
	case HYP_J_U16:
		return json_object_new_uint64(*(const uint16_t *)slot);
	case HYP_J_BOOL:
		return json_object_new_boolean(*(const bool *)slot);
	case HYP_J_TIME:
		return new_time(*(const int64_t *)slot);
	case HYP_J_PID:
		return json_object_new_int64(*(const int64_t *)slot);
	case HYP_J_UID:
		return json_object_new_int64(*(const int64_t *)slot - 1);
	case HYP_J_STATE:
	case HYP_J_GOAL:
		return hyp_json_new_text(hyper_state_name(*(const int *)slot));
	case HYP_J_OPSTATE:
		return hyp_json_new_text(
			hyper_op_state_name(*(const int *)slot));
	case HYP_J_ROLE:
		return hyp_json_new_text(hyper_role_name(*(const int *)slot));
	case HYP_J_STRV:
	case HYP_J_COMMAND:
		return hyp_json_new_strv(slot);
	case HYP_J_MAP:
		return hyp_json_new_map(slot);
	case HYP_J_PORTS:
		return hyp_json_new_ports(slot);
	case HYP_J_ERROR:
		return hyp_json_new_problem(*(hyper_error *const *)slot, NULL);
	case HYP_J_GROUP:
		return hyp_json_write_record(member->group, HYP_FIELDS_ALL,
					     record);
	case HYP_J_MACHINE:
		return hyp_json_write_record(hyp_json_machine_members,
					     HYP_FIELDS_ALL,
					     *(hyper_machine *const *)slot);
	case HYP_J_OPERATION:
		return hyp_json_write_record(hyp_json_operation_members,
					     HYP_FIELDS_ALL,
					     *(hyper_operation *const *)slot);
	case HYP_J_SECONDS:
		return json_object_new_double(*(const uint32_t *)slot / 1000.0);
	case HYP_J_PORT_SPECS:
	case HYP_J_LABEL_CHANGES:
		break;
	}
	return NULL;
}

bool hyp_json_has_member(const struct hyp_json_member *members, size_t index,
			 uint32_t mask)
{
	enum hyp_json_kind kind = members[index].kind;

	/* Those are left to others than the table. */
	if (kind == HYP_J_PORT_SPECS || kind == HYP_J_LABEL_CHANGES)
		return false;
	return index >= 32 || (mask & (1u << index));
}

struct json_object *hyp_json_write_record(const struct hyp_json_member *members,
					  uint32_t mask, const void *record)
{
	HYP_AUTOJSON *json = json_object_new_object();

	for (size_t i = 0; json && members[i].name; i++) {
		const void *slot = (const char *)record + members[i].offset;
		bool null = hyp_json_is_null(&members[i], slot);
		struct json_object *value;

		if (!hyp_json_has_member(members, i, mask))
			continue;
		value = null ? NULL
			     : hyp_json_new_value(&members[i], slot, record);
		if ((!null && !value) ||
		    json_object_object_add_ex(
			    json, members[i].name, value,
			    JSON_C_OBJECT_ADD_KEY_IS_NEW |
				    JSON_C_OBJECT_KEY_IS_CONSTANT)) {
			json_object_put(value);
			return NULL;
		}
	}
	return hyp_steal(&json);
}

static int get_text(const struct hyp_json_source *source, const char *name,
		    struct json_object *json, char **slot, hyper_error **err)
{
	int rc = hyp_json_need(source, name, json, json_type_string, err);

	return rc ? rc : hyp_set_text(slot, json_object_get_string(json), err);
}

static int get_word(const struct hyp_json_source *source, const char *name,
		    struct json_object *json, int (*parse)(const char *),
		    int *slot, hyper_error **err)
{
	int rc = hyp_json_need(source, name, json, json_type_string, err);

	if (rc)
		return rc;
	*slot = parse(json_object_get_string(json));
	if (*slot)
		return 0;
	return hyper_error_set(err, source->code,
			       source->names_field ? name : NULL,
			       "%s is '%.100s': there is no such %s", name,
			       json_object_get_string(json), name);
}

static int get_time(const struct hyp_json_source *source, const char *name,
		    struct json_object *json, int64_t *slot, hyper_error **err)
{
	if (json_object_is_type(json, json_type_string) &&
	    hyp_time_parse(json_object_get_string(json), slot) == 0)
		return 0;
	return hyp_json_wrong(source, name, json, "a time of RFC 3339", err);
}

static int get_bool(const struct hyp_json_source *source, const char *name,
		    struct json_object *json, bool *slot, hyper_error **err)
{
	int rc = hyp_json_need(source, name, json, json_type_boolean, err);

	if (rc)
		return rc;
	*slot = json_object_get_boolean(json);
	return 0;
}

static int get_mib(const struct hyp_json_source *source, const char *name,
		   struct json_object *json, uint64_t *slot, hyper_error **err)
{
	const char *text;

	if (json_object_is_type(json, json_type_int))
		return hyp_json_get_uint(source, name, json, UINT64_MAX, slot,
					 err);
	if (!json_object_is_type(json, json_type_string))
		return hyp_json_wrong(source, name, json,
				      "a whole number of MiB or a string such "
				      "as \"2G\"",
				      err);
	text = json_object_get_string(json);
	if (hyp_parse_mib(text, slot) == 0)
		return 0;
	return hyper_error_set(err, source->code, name,
			       "%s is '%.100s': must be MiB, or such as 512M "
			       "or 2G",
			       name, text);
}

static int get_seconds(const struct hyp_json_source *source, const char *name,
		       struct json_object *json, uint32_t *slot,
		       hyper_error **err)
{
	/* HYPER_TIMEOUT_DEFAULT is no time. */
	const double max = (HYPER_TIMEOUT_DEFAULT - 1) / 1000;
	double seconds = json_object_get_double(json);

	if (!json_object_is_type(json, json_type_int) &&
	    !json_object_is_type(json, json_type_double))
		return hyp_json_wrong(source, name, json, "a number of seconds",
				      err);
	if (!(seconds >= 0 && seconds <= max))
		return hyper_error_set(err, source->code, name,
				       "%s is %s: must be 0 to %.0f seconds",
				       name, json_object_get_string(json), max);
	*slot = (uint32_t)(seconds * 1000 + 0.5);
	return 0;
}

static int get_value(const struct hyp_json_member *member,
		     const struct hyp_json_source *source,
		     struct json_object *json, void *record, hyper_error **err)
{
	const char *name = member->name;
	void *slot = (char *)record + member->offset;
	uint64_t number;
	int rc = 0;

	switch (member->kind) {
	case HYP_J_TEXT:
	case HYP_J_ACTION:
		return get_text(source, name, json, slot, err);
	case HYP_J_U64:
		return hyp_json_get_uint(source, name, json, UINT64_MAX, slot,
					 err);
	case HYP_J_U32:
		rc = hyp_json_get_uint(source, name, json, UINT32_MAX, &number,
				       err);
		if (!rc)
			*(uint32_t *)slot = (uint32_t)number;
		return rc;
	case HYP_J_U16:
		rc = hyp_json_get_uint(source, name, json, UINT16_MAX, &number,
				       err);
		if (!rc)
			*(uint16_t *)slot = (uint16_t)number;
		return rc;
	case HYP_J_BOOL:
		return get_bool(source, name, json, slot, err);
	case HYP_J_TIME:
		return get_time(source, name, json, slot, err);
	case HYP_J_PID:
	case HYP_J_UID:
		rc = hyp_json_get_uint(source, name, json, UINT32_MAX, &number,
				       err);
		if (!rc)
			*(int64_t *)slot =
				(int64_t)number + (member->kind == HYP_J_UID);
		return rc;
	case HYP_J_STATE:
	case HYP_J_GOAL:
		return get_word(source, name, json, hyp_state_parse, slot, err);
	case HYP_J_OPSTATE:
		return get_word(source, name, json, hyp_op_state_parse, slot,
				err);
	case HYP_J_ROLE:
		return get_word(source, name, json, hyper_role_parse, slot,
				err);
	case HYP_J_STRV:
	case HYP_J_COMMAND:
		return hyp_json_get_strv(source, name, json, slot, err);
	case HYP_J_MAP:
		return hyp_json_get_map(source, name, json, slot, err);
	case HYP_J_PORTS:
		return hyp_json_get_ports(source, name, json, slot, err);
	case HYP_J_ERROR:
		*(hyper_error **)slot = hyp_json_get_problem(json, 0);
		return *(hyper_error **)slot ? 0 : hyp_nomem(err);
	case HYP_J_GROUP:
		return hyp_json_read_record(member->group, source, name, json,
					    record, err);
	case HYP_J_MACHINE:
		return hyp_json_get_machine(json, slot, err);
	case HYP_J_OPERATION:
		return hyp_json_get_operation(json, slot, err);
	case HYP_J_MIB:
		return get_mib(source, name, json, slot, err);
	case HYP_J_SECONDS:
		return get_seconds(source, name, json, slot, err);
	case HYP_J_PORT_SPECS:
	case HYP_J_LABEL_CHANGES:
		break;
	}
	return rc;
}

int hyp_json_read_record(const struct hyp_json_member *members,
			 const struct hyp_json_source *source, const char *what,
			 struct json_object *json, void *record,
			 hyper_error **err)
{
	int rc = hyp_json_need(source, what, json, json_type_object, err);

	for (size_t i = 0; !rc && members[i].name; i++) {
		struct json_object *value;

		if (json_object_object_get_ex(json, members[i].name, &value) &&
		    value)
			rc = get_value(&members[i], source, value, record, err);
	}
	return rc;
}

int hyp_json_check_names(const struct hyp_json_member *members,
			 const char *const *read_only, struct json_object *json,
			 hyper_error **err)
{
	json_object_object_foreach(json, key, value)
	{
		const struct hyp_json_member *member = members;
		HYP_AUTOBUF buf = HYP_BUF_INIT;
		HYP_AUTOFREE char *known = NULL;

		(void)value;
		while (member->name && strcmp(member->name, key) != 0)
			member++;
		if (member->name)
			continue;
		if (hyp_words_have(read_only, key))
			return hyper_error_set(err, HYPER_ERR_INVALID, key,
					       "%s is set by hyper, not by you",
					       key);
		for (member = members; member->name; member++)
			hyp_buf_addf(&buf, "%s%s",
				     member == members ? "" : ", ",
				     member->name);
		known = hyp_buf_take(&buf);
		if (!known)
			return hyp_nomem(err);
		return hyper_error_set(err, HYPER_ERR_INVALID, key,
				       "unknown field '%.100s': known are %s",
				       key, known);
	}
	return 0;
}
