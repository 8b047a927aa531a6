/* SPDX-License-Identifier: MIT */
/* A directory of a test's own, below $TMPDIR if that is set. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

/* NULL: there is none. */
static inline char *scratch_make(char *dir, size_t size)
{
	const char *top = getenv("TMPDIR");
	int len = snprintf(dir, size, "%s/u.XXXXXX", top ? top : "/tmp");

	return len > 0 && (size_t)len < size ? mkdtemp(dir) : NULL;
}

#endif
