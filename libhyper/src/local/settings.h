/* SPDX-License-Identifier: MIT */
/* The drivers' settings: STATE/drivers.conf and the environment. */
#ifndef HYP_LOCAL_SETTINGS_H
#define HYP_LOCAL_SETTINGS_H

#include "core/error.h"
#include "util/map.h"

/* Keys are "section\nkey": neither can hold a newline. */
struct hyp_settings {
	struct hyp_map map;
};

/* Read a file; one that is not there has no settings. It has lines of three
 * kinds: `[section]`, `key = value`, and those that are empty or begin with
 * `#` or `;`. INVALID with the line for any other. */
int hyp_settings_read(const char *path, struct hyp_settings *ret_settings,
		      hyper_error **err);

/* INVALID when a section holds a key that is neither among `keys` nor one that
 * each section may have. */
int hyp_settings_check(const struct hyp_settings *settings,
		       const char *section, const char *const *keys,
		       hyper_error **err);

/* $HYPER_<SECTION>_<KEY>, else what the file says, else NULL. */
const char *hyp_settings_get(const struct hyp_settings *settings,
			     const char *section, const char *key);

void hyp_settings_free(struct hyp_settings *settings);

#endif
