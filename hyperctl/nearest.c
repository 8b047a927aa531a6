/* SPDX-License-Identifier: MIT */
#include "nearest.h"

#include <stdint.h>
#include <string.h>

/* No word of ours is longer. */
#define LENGTH_MAX 24

static uint8_t least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/* How many letters must be added, left out, replaced, or exchanged with the
 * next one (Damerau and Levenshtein's, of short words). */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	uint8_t d[LENGTH_MAX + 1][LENGTH_MAX + 1];
	size_t i, j;

	for (i = 0; i <= n; i++)
		d[i][0] = (uint8_t)i;
	for (j = 0; j <= m; j++)
		d[0][j] = (uint8_t)j;
	for (i = 1; i <= n; i++) {
		for (j = 1; j <= m; j++) {
			uint8_t other = a[i - 1] != b[j - 1];

			d[i][j] = least((uint8_t)(d[i - 1][j - 1] + other),
					least((uint8_t)(d[i - 1][j] + 1),
					      (uint8_t)(d[i][j - 1] + 1)));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j],
						(uint8_t)(d[i - 2][j - 2] + 1));
		}
	}
	return d[n][m];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t n = strlen(nearest->word);
	size_t m = strlen(candidate);
	size_t apart;

	if (n > LENGTH_MAX || m > LENGTH_MAX)
		return;
	apart = distance(nearest->word, n, candidate, m);
	/* A third of the word may be wrong, two letters at most. */
	if (apart > 2 || apart * 3 > (n > m ? n : m) ||
	    (nearest->best && apart >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = apart;
}
