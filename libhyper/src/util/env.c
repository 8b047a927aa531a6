/* SPDX-License-Identifier: MIT */
#include "util/env.h"

#include <stdlib.h>

const char *hyp_getenv(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}
