/* SPDX-License-Identifier: MIT */
/*
 * A long list, or a look at thousands of machines, leaves memory with the C
 * library that it keeps for the next one, for each thread anew. An idle hyperd
 * is to be small.
 */
#include "hyperd.h"

#include <malloc.h>

/* What may stay: to give pages back and to get them again has its price. */
#define KEEP ((size_t)4 << 20)

void memory_give_back(void)
{
#ifdef __GLIBC__
	if (mallinfo2().fordblks > KEEP)
		malloc_trim(0);
#endif
}
