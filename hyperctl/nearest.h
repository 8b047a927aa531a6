/* SPDX-License-Identifier: MIT */
/* Which word was meant by one that is not known. */
#ifndef CTL_NEAREST_H
#define CTL_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* what was typed */
	const char *best; /* NULL: nothing is near */
	size_t distance;  /* of the best one */
};

/* Keep a word that is nearer than those before, if it is near at all. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
