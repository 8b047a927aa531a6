/* SPDX-License-Identifier: MIT */
#include "local/settings.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <string.h>

#include "util/buf.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/strv.h"
#include "util/text.h"

#define FILE_MAX     (1u << 20)
#define LINE_MAX_LEN 199

static char *join(const char *section, const char *key)
{
	HYP_AUTOBUF name = HYP_BUF_INIT;

	hyp_buf_addf(&name, "%s\n%s", section, key);
	return hyp_buf_take(&name);
}

/* A key that is there already is given twice, or goes on in an indented line,
 * which inih passes as the same key again: neither is meant. */
static int on_pair(void *data, const char *section, const char *key,
		   const char *value)
{
	struct hyp_settings *settings = data;
	HYP_AUTOFREE char *name = join(section, key);

	return name && *section && *key && !hyp_map_get(&settings->map, name) &&
	       hyp_map_set(&settings->map, name, value) == 0;
}

/* The first line that is too long, from 1; 0: none. inih cuts it, and takes
 * the rest for a line of its own. */
static int long_line(const char *text)
{
	for (int line = 1; *text; line++) {
		size_t len = strcspn(text, "\n");

		if (len > LINE_MAX_LEN)
			return line;
		text += len + (text[len] != '\0');
	}
	return 0;
}

int hyp_settings_read(const char *path, struct hyp_settings *ret_settings,
		      hyper_error **err)
{
	struct hyp_settings settings = { 0 };
	HYP_AUTOFREE char *text = NULL;
	size_t len;
	int line;

	text = hyp_read_file(path, FILE_MAX, &len);
	if (!text) {
		if (errno == ENOENT)
			return 0;
		return hyp_errno(err, "cannot read %s", path);
	}
	if (!hyp_text_valid(text, len, true))
		return hyper_error_set(err, HYPER_ERR_INVALID, "settings",
				       "%s holds control characters or is not "
				       "UTF-8",
				       path);
	line = long_line(text);
	if (line == 0)
		line = ini_parse_string(text, on_pair, &settings);
	if (line == 0) {
		*ret_settings = settings;
		return 0;
	}
	hyp_settings_free(&settings);
	if (line < 0)
		return hyp_nomem(err);
	return hyper_error_set(err, HYPER_ERR_INVALID, "settings",
			       "%s:%d: must be [driver], or key = value of at "
			       "most %d bytes, not indented, each key once",
			       path, line, LINE_MAX_LEN);
}

/* What is read by us, whatever the driver. */
static const char *const host_keys[] = { "poll", NULL };

int hyp_settings_check(const struct hyp_settings *settings, const char *section,
		       const char *const *keys, hyper_error **err)
{
	size_t len = strlen(section);

	for (size_t i = 0; i < settings->map.n; i++) {
		const char *name = settings->map.pairs[i].key;
		HYP_AUTOFREE char *known = NULL;

		if (strncmp(name, section, len) != 0 || name[len] != '\n' ||
		    hyp_words_have(keys, name + len + 1) ||
		    hyp_words_have(host_keys, name + len + 1))
			continue;
		known = hyp_words_join(keys);
		if (!known)
			return hyp_nomem(err);
		return hyper_error_set(err, HYPER_ERR_INVALID, "settings",
				       "drivers.conf: [%s] has no setting "
				       "'%s'; it has: poll, and of its own: %s",
				       section, name + len + 1, known);
	}
	return 0;
}

const char *hyp_settings_get(const struct hyp_settings *settings,
			     const char *section, const char *key)
{
	HYP_AUTOFREE char *name = NULL;
	HYP_AUTOBUF variable = HYP_BUF_INIT;
	const char *value;

	hyp_buf_addf(&variable, "HYPER_%s_%s", section, key);
	if (variable.failed)
		return NULL;
	for (char *c = variable.data; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	value = hyp_getenv(variable.data);
	if (value)
		return value;
	name = join(section, key);
	return name ? hyp_map_get(&settings->map, name) : NULL;
}

void hyp_settings_free(struct hyp_settings *settings)
{
	hyp_map_free(&settings->map);
}
