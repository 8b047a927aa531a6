/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <string.h>

/* Leading digits; NULL when there are none or too many. */
static const char *eat_uint(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (digit > max || value > (max - digit) / 10)
			return NULL;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return text;
}

int hyp_parse_uint(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value;
	const char *rest = eat_uint(text, max, &value);

	if (!rest || *rest)
		return -1;
	*ret_value = value;
	return 0;
}

int hyp_parse_mib(const char *text, uint64_t *ret_mib)
{
	static const char units[] = "MmGgTt";
	uint64_t value;
	const char *rest = eat_uint(text, UINT64_MAX, &value);
	const char *unit;

	if (!rest)
		return -1;
	if (*rest) {
		unsigned int shift;

		unit = strchr(units, *rest);
		if (!unit)
			return -1;
		shift = (unsigned int)(unit - units) / 2 * 10;
		rest++;
		if ((*rest && strcmp(rest, "B") != 0 &&
		     strcmp(rest, "iB") != 0) ||
		    value > UINT64_MAX >> shift)
			return -1;
		value <<= shift;
	}
	*ret_mib = value;
	return 0;
}
