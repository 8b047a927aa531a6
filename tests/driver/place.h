/* SPDX-License-Identifier: MIT */
/* A place for one driver to be tested in: a driver directory with only that,
 * and a state directory. */
#ifndef DRIVER_CHECK_PLACE_H
#define DRIVER_CHECK_PLACE_H

#include <limits.h>
#include <stdbool.h>

struct place {
	char type[64]; /* the driver's name */
	char dir[64];  /* empty: there is none */
	char state[PATH_MAX];
};

/* Make it below $TMPDIR, and have the library look there. config: a
 * drivers.conf, or NULL. False: what is wrong has been said. */
bool place_make(struct place *place, const char *driver, const char *config);
/* Remove all of it. */
void place_remove(struct place *place);

#endif
