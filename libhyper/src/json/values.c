/* SPDX-License-Identifier: MIT */
/* Texts, lists, maps and ports; and as the texts that the store keeps. */
#include "json/codec.h"

#include <stdio.h>
#include <string.h>

#include "util/text.h"

/* Engines may say anything: keep what is UTF-8 and printable. */
static char *make_valid(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return NULL;
	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < 0x20 && *p != '\t' && *p != '\n')
			*p = ' ';
	if (!hyp_text_valid(copy, strlen(copy), true))
		for (char *p = copy; *p; p++)
			if ((unsigned char)*p >= 0x80)
				*p = '?';
	return copy;
}

struct json_object *hyp_json_new_text(const char *text)
{
	HYP_AUTOFREE char *valid = NULL;

	if (!hyp_text_valid(text, strlen(text), true)) {
		valid = make_valid(text);
		if (!valid)
			return NULL;
		text = valid;
	}
	return json_object_new_string(text);
}

struct json_object *hyp_json_new_strv(const struct hyp_strv *strv)
{
	HYP_AUTOJSON *json = json_object_new_array();

	for (size_t i = 0; json && i < strv->n; i++) {
		struct json_object *item = hyp_json_new_text(strv->items[i]);

		if (!item || json_object_array_add(json, item)) {
			json_object_put(item);
			return NULL;
		}
	}
	return hyp_steal(&json);
}

struct json_object *hyp_json_new_map(const struct hyp_map *map)
{
	HYP_AUTOJSON *json = json_object_new_object();

	for (size_t i = 0; json && i < map->n; i++) {
		struct json_object *value =
			hyp_json_new_text(map->pairs[i].value);

		if (!value ||
		    json_object_object_add_ex(json, map->pairs[i].key, value,
					      JSON_C_OBJECT_ADD_KEY_IS_NEW)) {
			json_object_put(value);
			return NULL;
		}
	}
	return hyp_steal(&json);
}

/* One table reads our own port and writes hyper_port. */
_Static_assert(offsetof(struct hyp_json_port, host_port) ==
			       offsetof(hyper_port, host_port) &&
		       offsetof(struct hyp_json_port, guest_port) ==
			       offsetof(hyper_port, guest_port) &&
		       offsetof(struct hyp_json_port, protocol) ==
			       offsetof(hyper_port, protocol),
	       "the two are laid out alike");
/* clang-format off */
#define PORT(name, kind) \
	{ #name, kind, offsetof(struct hyp_json_port, name), NULL }
const struct hyp_json_member hyp_json_port_members[] = {
	PORT(host_ip, HYP_J_TEXT),
	PORT(host_port, HYP_J_U16),
	PORT(guest_port, HYP_J_U16),
	PORT(protocol, HYP_J_TEXT),
	{ 0 }
};
/* clang-format on */

struct json_object *hyp_json_new_ports(const struct hyp_ports *ports)
{
	HYP_AUTOJSON *json = json_object_new_array();

	for (size_t i = 0; json && i < ports->n; i++) {
		struct json_object *item =
			hyp_json_write_record(hyp_json_port_members,
					      HYP_FIELDS_ALL, &ports->items[i]);

		if (!item || json_object_array_add(json, item)) {
			json_object_put(item);
			return NULL;
		}
	}
	return hyp_steal(&json);
}

int hyp_json_get_strv(const struct hyp_json_source *source, const char *field,
		      struct json_object *json, struct hyp_strv *strv,
		      hyper_error **err)
{
	int rc = hyp_json_need(source, field, json, json_type_array, err);
	size_t n = rc ? 0 : json_object_array_length(json);

	for (size_t i = 0; !rc && i < n; i++) {
		struct json_object *item = json_object_array_get_idx(json, i);

		if (!json_object_is_type(item, json_type_string))
			rc = hyp_json_wrong(source, field, item,
					    "an array of strings", err);
		else if (hyp_strv_add(strv, json_object_get_string(item)))
			rc = hyp_nomem(err);
	}
	return rc;
}

int hyp_json_get_map(const struct hyp_json_source *source, const char *field,
		     struct json_object *json, struct hyp_map *map,
		     hyper_error **err)
{
	int rc = hyp_json_need(source, field, json, json_type_object, err);

	if (rc)
		return rc;
	json_object_object_foreach(json, key, value)
	{
		if (!json_object_is_type(value, json_type_string)) {
			char name[160];

			snprintf(name, sizeof(name), "%s.%s", field, key);
			return hyp_json_need(source, name, value,
					     json_type_string, err);
		}
		if (hyp_map_set(map, key, json_object_get_string(value)))
			return hyp_nomem(err);
	}
	return 0;
}

int hyp_json_get_ports(const struct hyp_json_source *source, const char *field,
		       struct json_object *json, struct hyp_ports *ports,
		       hyper_error **err)
{
	int rc = hyp_json_need(source, field, json, json_type_array, err);
	size_t n = rc ? 0 : json_object_array_length(json);

	for (size_t i = 0; !rc && i < n; i++) {
		struct hyp_json_port port = { 0 };
		hyper_port copy;

		rc = hyp_json_read_record(hyp_json_port_members, source, field,
					  json_object_array_get_idx(json, i),
					  &port, err);
		copy = (hyper_port){ .host_ip = port.host_ip,
				     .host_port = port.host_port,
				     .guest_port = port.guest_port,
				     .protocol = port.protocol };
		if (!rc && hyp_ports_add(ports, &copy))
			rc = hyp_nomem(err);
		free(port.host_ip);
		free(port.protocol);
	}
	return rc;
}

int hyp_json_strv(const struct hyp_strv *strv, char **ret_json,
		  hyper_error **err)
{
	return hyp_json_finish(hyp_json_new_strv(strv), ret_json, err);
}

int hyp_json_map(const struct hyp_map *map, char **ret_json, hyper_error **err)
{
	return hyp_json_finish(hyp_json_new_map(map), ret_json, err);
}

int hyp_json_ports(const struct hyp_ports *ports, char **ret_json,
		   hyper_error **err)
{
	return hyp_json_finish(hyp_json_new_ports(ports), ret_json, err);
}

/* A plain text in quotes: [new], and *at behind it. NULL: it is none. */
static char *take_plain(const char **at)
{
	const char *begin = *at + 1;
	size_t len;

	if (**at != '"')
		return NULL;
	len = hyp_json_plain(begin);
	if (begin[len] != '"')
		return NULL;
	*at = begin + len + 1;
	return strndup(begin, len);
}

/* Most of what the store keeps is nothing, or as plain as we write it. False:
 * it is something else, for json-c to read. */
static bool read_plain_strv(const char *text, struct hyp_strv *strv)
{
	const char *at = text;

	if (strcmp(text, "[]") == 0)
		return true;
	while (*at++ == (strv->n ? ',' : '['))
		if (hyp_strv_take(strv, take_plain(&at)))
			return false;
	return strcmp(at - 1, "]") == 0;
}

static bool read_plain_map(const char *text, struct hyp_map *map)
{
	const char *at = text;

	if (strcmp(text, "{}") == 0)
		return true;
	while (*at++ == (map->n ? ',' : '{')) {
		char *key = take_plain(&at);
		bool named = key && *at++ == ':';

		if (hyp_map_take(map, key, named ? take_plain(&at) : NULL))
			return false;
	}
	return strcmp(at - 1, "}") == 0;
}

static bool read_plain_ports(const char *text, struct hyp_ports *ports)
{
	(void)ports;
	return strcmp(text, "[]") == 0;
}

/* The three readers of the store are alike but for the type. */
#define STORE_READER(type)                                                     \
	int hyp_json_read_##type(const char *text, struct hyp_##type *ret,     \
				 hyper_error **err)                            \
	{                                                                      \
		HYP_AUTOJSON *json = NULL;                                     \
		struct hyp_##type value = { 0 };                               \
		int rc;                                                        \
                                                                               \
		if (read_plain_##type(text, &value)) {                         \
			*ret = value;                                          \
			return 0;                                              \
		}                                                              \
		hyp_##type##_free(&value);                                     \
		rc = hyp_json_load(text, strlen(text), &hyp_json_store, &json, \
				   err);                                       \
		if (!rc)                                                       \
			rc = hyp_json_get_##type(&hyp_json_store, "it", json,  \
						 &value, err);                 \
		if (rc)                                                        \
			hyp_##type##_free(&value);                             \
		else                                                           \
			*ret = value;                                          \
		return rc;                                                     \
	}
STORE_READER(strv)
STORE_READER(map)
STORE_READER(ports)
