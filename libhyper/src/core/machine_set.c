/* SPDX-License-Identifier: MIT */
/* The setters of a machine's record: every value from outside passes here. */
#include "core/record.h"

#include <ctype.h>
#include <string.h>
#include <sys/random.h>

#include "util/text.h"

int hyp_set_text(char **slot, const char *text, hyper_error **err)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return hyp_nomem(err);
	free(*slot);
	*slot = copy;
	return 0;
}

int hyp_check_id(const char *id, char **ret_id, hyper_error **err)
{
	size_t len = strlen(id);
	HYP_AUTOFREE char *lower = strdup(id);
	bool good = len > 0 && len <= HYPER_ID_MAX;

	if (!lower)
		return hyp_nomem(err);
	for (size_t i = 0; good && i < len; i++) {
		unsigned char c = (unsigned char)id[i];

		lower[i] = (char)(c < 0x80 ? tolower(c) : c);
		c = (unsigned char)lower[i];
		good = (c >= 'a' && c <= 'z') ||
		       (i > 0 && c >= '0' && c <= '9') ||
		       (i > 0 && i + 1 < len && c == '-');
	}
	if (!good)
		return hyper_error_set(
			err, HYPER_ERR_INVALID, "id",
			"id '%.100s': must be a letter, then letters, digits "
			"or '-', not ending in '-', at most %d characters",
			id, HYPER_ID_MAX);
	*ret_id = hyp_steal(&lower);
	return 0;
}

char *hyp_generate_id(void)
{
	/* 32 letters without the ones that are taken for others: 35 bits. */
	static const char letters[] = "abcdefghijkmnopqrstuvwxyz2345679";
	unsigned char random[7];
	char id[] = "m-0000000";

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return NULL;
	for (size_t i = 0; i < sizeof(random); i++)
		id[2 + i] = letters[random[i] & 31];
	return strdup(id);
}

/* One text of printable UTF-8 that is not too long. */
static int check_text(const char *field, const char *text, size_t max,
		      bool multiline, hyper_error **err)
{
	size_t len = strlen(text);

	if (len > max)
		return hyper_error_set(err, HYPER_ERR_LIMIT, field,
				       "%s is %zu bytes long: at most %zu",
				       field, len, max);
	if (!hyp_text_valid(text, len, multiline))
		return hyper_error_set(
			err, HYPER_ERR_INVALID, field,
			"%s holds control characters or is not UTF-8", field);
	return 0;
}

int hyp_check_type(const char *type, hyper_error **err)
{
	size_t len = strlen(type);

	if (len > 0 && len <= 32 &&
	    strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "type",
			       "type '%.100s': must be the name of a driver",
			       type);
}

int hyp_check_image(const char *image, hyper_error **err)
{
	if (*image == '\0')
		return hyper_error_set(err, HYPER_ERR_INVALID, "image",
				       "image is empty");
	return check_text("image", image, 512, false, err);
}

int hyp_check_name(const char *name, hyper_error **err)
{
	if (*name == '\0')
		return hyper_error_set(err, HYPER_ERR_INVALID, "name",
				       "name is empty");
	return check_text("name", name, 512, false, err);
}

int hyper_machine_set_id(hyper_machine *machine, const char *id,
			 hyper_error **err)
{
	HYP_AUTOFREE char *lower = NULL;
	int rc = id ? hyp_check_id(id, &lower, err) : 0;

	return rc ? rc : hyp_set_text(&machine->id, lower, err);
}

int hyper_machine_set_type(hyper_machine *machine, const char *type,
			   hyper_error **err)
{
	int rc = type ? hyp_check_type(type, err) : 0;

	return rc ? rc : hyp_set_text(&machine->type, type, err);
}

int hyper_machine_set_image(hyper_machine *machine, const char *image,
			    hyper_error **err)
{
	int rc = image ? hyp_check_image(image, err) : 0;

	return rc ? rc : hyp_set_text(&machine->image, image, err);
}

int hyper_machine_set_mem(hyper_machine *machine, uint64_t mem_mib,
			  hyper_error **err)
{
	if (mem_mib > HYP_MEM_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "mem",
				       "mem is %llu MiB: at most %u",
				       (unsigned long long)mem_mib,
				       HYP_MEM_MAX);
	machine->mem = mem_mib;
	return 0;
}

int hyper_machine_set_vcpus(hyper_machine *machine, uint32_t vcpus,
			    hyper_error **err)
{
	if (vcpus > HYP_VCPUS_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "vcpus",
				       "vcpus is %u: at most %d", vcpus,
				       HYP_VCPUS_MAX);
	machine->vcpus = vcpus;
	return 0;
}

int hyper_machine_set_autostart(hyper_machine *machine, bool autostart,
				hyper_error **err)
{
	(void)err;
	machine->autostart = autostart;
	return 0;
}

/* Set one pair of a map field whose key is known to be good. */
static int set_pair(struct hyp_map *map, const char *field, const char *key,
		    const char *value, hyper_error **err)
{
	int rc = value ? check_text(field, value, HYP_TEXT_MAX, true, err) : 0;

	if (rc)
		return rc;
	if (value && map->n == HYP_ITEMS_MAX && !hyp_map_get(map, key))
		return hyper_error_set(err, HYPER_ERR_LIMIT, field,
				       "%s: more than %d", field,
				       HYP_ITEMS_MAX);
	return hyp_map_set(map, key, value) ? hyp_nomem(err) : 0;
}

static int check_key(const char *field, const char *key, const char *others,
		     hyper_error **err)
{
	size_t len = key ? strlen(key) : 0, i = 0;

	while (i < len && ((unsigned char)key[i] < 0x80) &&
	       (isalnum((unsigned char)key[i]) || strchr(others, key[i])))
		i++;
	if (len > 0 && len <= 128 && i == len)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, field,
			       "%s key '%.128s': must be 1 to 128 letters, "
			       "digits or any of '%s'",
			       field, key ? key : "", others);
}

int hyper_machine_set_label(hyper_machine *machine, const char *key,
			    const char *value, hyper_error **err)
{
	int rc = check_key("labels", key, "._-/", err);

	return rc ? rc : set_pair(&machine->labels, "labels", key, value, err);
}

int hyper_machine_set_env(hyper_machine *machine, const char *name,
			  const char *value, hyper_error **err)
{
	int rc = check_key("env", name, "_.-", err);

	return rc ? rc : set_pair(&machine->env, "env", name, value, err);
}

int hyper_machine_set_option(hyper_machine *machine, const char *key,
			     const char *value, hyper_error **err)
{
	int rc = check_key("options", key, "._-", err);

	return rc ? rc
		  : set_pair(&machine->options, "options", key, value, err);
}

int hyper_machine_set_command(hyper_machine *machine, const char *const *argv,
			      hyper_error **err)
{
	struct hyp_strv copy = { 0 };
	size_t n = 0;

	for (; argv && argv[n]; n++) {
		int rc =
			check_text("command", argv[n], HYP_TEXT_MAX, true, err);

		if (rc)
			return rc;
	}
	if (n > HYP_ITEMS_MAX)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "command",
				       "command has %zu words: at most %d", n,
				       HYP_ITEMS_MAX);
	if (hyp_strv_set(&copy, argv))
		return hyp_nomem(err);
	hyp_strv_free(&machine->command);
	machine->command = copy;
	return 0;
}
