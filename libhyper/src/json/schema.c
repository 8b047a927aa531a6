/* SPDX-License-Identifier: MIT */
/* The tables of members as schemas (JSON Schema 2020-12), and as examples. */
#include "json/build.h"

#include <string.h>

#include "core/state.h"

/* A port comes out with all of its members, and goes in with one at least. */
static const struct hyp_json_record written_port = {
	"port", hyp_json_port_members, { "protocol" }, 0
};
static const struct hyp_json_record read_port = {
	"port", hyp_json_port_members, { "guest_port" }, 0
};
static const struct hyp_json_schema ports[] = {
	{ .name = "Port", .record = &written_port },
	{ "PortSpec", &read_port, "Port", HYP_SCHEMA_REQUEST },
	{ 0 }
};

/* {"type": "string", "enum": [all names that are wanted]} */
static struct json_object *words(const char *(*name_of)(int),
				 bool (*wanted)(int))
{
	struct json_object *list = json_object_new_array();
	const char *name;

	for (int i = 1; (name = name_of(i)); i++)
		if (!wanted || wanted(i))
			hyp_json_append(&list, hyp_json_string(name));
	return hyp_json_object("type", hyp_json_string("string"), "enum", list,
			       NULL);
}

static struct json_object *array_of(struct json_object *items)
{
	return hyp_json_object("type", hyp_json_string("array"), "items", items,
			       NULL);
}

static struct json_object *number(double max, const char *type)
{
	struct json_object *json =
		hyp_json_object("type", hyp_json_string(type), "minimum",
				json_object_new_int(0), NULL);

	if (max > 0)
		hyp_json_set(&json, "maximum",
			     json_object_new_int64((int64_t)max));
	return json;
}

static struct json_object *object_of(const struct hyp_json_schema *schema);

/* Of an object that is a member: MAKE, for its own table. */
static struct json_object *
group_of(const struct hyp_json_member *members,
	 struct json_object *(*make)(const struct hyp_json_schema *))
{
	const struct hyp_json_record record = { .members = members };
	const struct hyp_json_schema schema = { .name = "Progress",
						.record = &record };

	return make(&schema);
}

/* A time that we write has one form; a user may write more. */
static struct json_object *time_of(bool written)
{
	return hyp_json_constant(
		written ? "{'type': 'string', 'format': 'date-time'}"
			: "{'type': 'string', 'anyOf': [{'format': "
			  "'date-time'}, {'format': 'date'}]}");
}

static struct json_object *port_specs(void)
{
	struct json_object *any = json_object_new_array();

	hyp_json_append(
		&any,
		hyp_json_constant(
			"{'type': 'string', 'description': "
			"'[[HOST_IP:]HOST_PORT:]GUEST_PORT[/tcp|/udp]; an "
			"IPv6 address in brackets', 'examples': ['8080:80']}"));
	hyp_json_append(&any, hyp_json_ref("schemas", "PortSpec"));
	return array_of(hyp_json_object("anyOf", any, NULL));
}

/* What a value is that is not null. */
static struct json_object *value_of(const struct hyp_json_member *member,
				    bool written)
{
	switch (member->kind) {
	case HYP_J_TEXT:
		return hyp_json_constant("{'type': 'string'}");
	case HYP_J_U64:
	case HYP_J_PID:
	case HYP_J_UID:
		return number(0, "integer");
	case HYP_J_U32:
		return number(UINT32_MAX, "integer");
	case HYP_J_U16:
		return number(UINT16_MAX, "integer");
	case HYP_J_BOOL:
		return hyp_json_constant("{'type': 'boolean'}");
	case HYP_J_TIME:
		return time_of(written);
	case HYP_J_STATE:
		return words(hyper_state_name, NULL);
	case HYP_J_GOAL:
		return words(hyper_state_name, hyp_state_is_goal);
	case HYP_J_OPSTATE:
		return words(hyper_op_state_name, NULL);
	case HYP_J_ACTION:
		return words(hyp_action_name, NULL);
	case HYP_J_ROLE:
		return words(hyper_role_name, NULL);
	case HYP_J_STRV:
	case HYP_J_COMMAND:
		return array_of(hyp_json_constant("{'type': 'string'}"));
	case HYP_J_MAP:
		return hyp_json_constant("{'type': 'object', "
					 "'additionalProperties': "
					 "{'type': 'string'}}");
	case HYP_J_LABEL_CHANGES:
		return hyp_json_constant("{'type': 'object', "
					 "'additionalProperties': "
					 "{'type': ['string', 'null']}}");
	case HYP_J_PORTS:
		return array_of(hyp_json_ref("schemas", "Port"));
	case HYP_J_PORT_SPECS:
		return port_specs();
	case HYP_J_ERROR:
		return hyp_json_ref("schemas", "Problem");
	case HYP_J_MACHINE:
		return hyp_json_ref("schemas", "Machine");
	case HYP_J_OPERATION:
		return hyp_json_ref("schemas", "Operation");
	case HYP_J_GROUP:
		return group_of(member->group, object_of);
	case HYP_J_MIB:
		return hyp_json_constant(
			"{'type': ['integer', 'string'], 'minimum': 0, "
			"'pattern': '^[0-9]+([MmGgTt](iB|B)?)?$'}");
	case HYP_J_SECONDS:
		return number((HYPER_TIMEOUT_DEFAULT - 1) / 1000, "number");
	}
	return NULL;
}

/* [takes] a schema, and allows null as well. */
static struct json_object *or_null(struct json_object *schema)
{
	struct json_object *type, *list, *words_of;

	if (!schema)
		return NULL;
	list = json_object_new_array();
	if (!json_object_object_get_ex(schema, "type", &type)) {
		hyp_json_append(&list, schema);
		hyp_json_append(&list, hyp_json_constant("{'type': 'null'}"));
		return hyp_json_object("anyOf", list, NULL);
	}
	if (json_object_is_type(type, json_type_array)) {
		json_object_put(list);
		list = json_object_get(type);
	} else {
		hyp_json_append(&list, json_object_get(type));
	}
	hyp_json_append(&list, hyp_json_string("null"));
	hyp_json_set(&schema, "type", list);
	if (schema && json_object_object_get_ex(schema, "enum", &words_of) &&
	    json_object_array_add(words_of, NULL)) {
		json_object_put(schema);
		return NULL;
	}
	return schema;
}

/* Is null among what an answer may have there (see members.c)? */
static bool is_nullable(enum hyp_json_kind kind)
{
	switch (kind) {
	case HYP_J_TEXT:
	case HYP_J_ACTION:
	case HYP_J_TIME:
	case HYP_J_PID:
	case HYP_J_UID:
	case HYP_J_COMMAND:
	case HYP_J_ERROR:
	case HYP_J_MACHINE:
	case HYP_J_OPERATION:
		return true;
	default:
		return false;
	}
}

static bool is_must(const struct hyp_json_schema *schema, const char *name)
{
	return hyp_words_have(schema->record->must, name);
}

static const struct hyp_json_text *text_of(const struct hyp_json_schema *schema,
					   const char *member)
{
	const struct hyp_json_text *text =
		hyp_json_describe(schema->name, member);

	return text || !schema->like ? text
				     : hyp_json_describe(schema->like, member);
}

static struct json_object *member_of(const struct hyp_json_schema *schema,
				     const struct hyp_json_member *member)
{
	const struct hyp_json_text *text = text_of(schema, member->name);
	struct json_object *json =
		value_of(member, schema->use == HYP_SCHEMA_ANSWER);
	struct json_object *examples;

	if (!is_must(schema, member->name) &&
	    (schema->use == HYP_SCHEMA_ANSWER
		     ? is_nullable(member->kind)
		     : schema->use == HYP_SCHEMA_REQUEST))
		json = or_null(json);
	if (!text)
		return json;
	hyp_json_set(&json, "description", hyp_json_string(text->text));
	if (!text->example)
		return json;
	examples = json_object_new_array();
	hyp_json_append(&examples, hyp_json_constant(text->example));
	hyp_json_set(&json, "examples", examples);
	return json;
}

static struct json_object *object_of(const struct hyp_json_schema *schema)
{
	const struct hyp_json_member *member = schema->record->members;
	struct json_object *properties = json_object_new_object();
	struct json_object *must = json_object_new_array();
	struct json_object *json;

	for (; member->name; member++) {
		hyp_json_set(&properties, member->name,
			     member_of(schema, member));
		if (schema->use == HYP_SCHEMA_ANSWER ||
		    is_must(schema, member->name))
			hyp_json_append(&must, hyp_json_string(member->name));
	}
	json = hyp_json_object("type", hyp_json_string("object"), "properties",
			       properties, "additionalProperties",
			       json_object_new_boolean(false), NULL);
	hyp_json_set(&json, "required", must);
	return json;
}

/* A machine of which only some fields were asked for. */
static struct json_object *some_of(const struct hyp_json_schema *schema)
{
	struct json_object *json = object_of(schema);

	if (json)
		json_object_object_del(json, "required");
	return json;
}

static void add_all(struct json_object **all,
		    const struct hyp_json_schema *schema)
{
	for (; schema->name; schema++)
		hyp_json_set(all, schema->name, object_of(schema));
}

static const struct hyp_json_schema *find(const char *name)
{
	const struct hyp_json_schema *const lists[] = { hyp_json_answers,
							hyp_json_requests };

	for (size_t i = 0; i < HYP_COUNT(lists); i++)
		for (const struct hyp_json_schema *s = lists[i]; s->name; s++)
			if (strcmp(s->name, name) == 0)
				return s;
	return NULL;
}

struct json_object *hyp_json_schemas(void)
{
	struct json_object *all = json_object_new_object();

	add_all(&all, hyp_json_answers);
	add_all(&all, hyp_json_requests);
	hyp_json_set(&all, "SomeOfMachine", some_of(find("Machine")));
	add_all(&all, ports);
	hyp_json_set(&all, "Problem", hyp_json_problem_schema());
	return all;
}

static struct json_object *example_of(const struct hyp_json_schema *schema);

static struct json_object *example_of_ports(void)
{
	struct json_object *list = json_object_new_array();

	hyp_json_append(&list, example_of(&ports[0]));
	return list;
}

static struct json_object *example_of(const struct hyp_json_schema *schema)
{
	const struct hyp_json_member *member = schema->record->members;
	struct json_object *json = json_object_new_object();

	for (; json && member->name; member++) {
		const struct hyp_json_text *text =
			text_of(schema, member->name);

		if (member->kind == HYP_J_GROUP)
			hyp_json_set(&json, member->name,
				     group_of(member->group, example_of));
		else if (member->kind == HYP_J_MACHINE)
			hyp_json_set(&json, member->name,
				     hyp_json_example("Machine"));
		else if (member->kind == HYP_J_OPERATION)
			hyp_json_set(&json, member->name,
				     hyp_json_example("Operation"));
		else if (member->kind == HYP_J_PORTS)
			hyp_json_set(&json, member->name, example_of_ports());
		else if (text && text->example)
			hyp_json_set(&json, member->name,
				     hyp_json_constant(text->example));
		else if (json_object_object_add(json, member->name, NULL))
			json_object_put(hyp_steal(&json));
	}
	return json;
}

struct json_object *hyp_json_example(const char *name)
{
	const struct hyp_json_schema *schema = find(name);

	return schema ? example_of(schema) : NULL;
}
