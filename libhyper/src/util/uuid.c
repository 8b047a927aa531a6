/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <sys/random.h>

static bool is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

int hyp_uuid(char out[HYP_UUID_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char raw[16];
	size_t nibble = 0;
	ssize_t n;

	do
		n = getrandom(raw, sizeof(raw), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	raw[6] = (raw[6] & 0x0f) | 0x40; /* version 4 */
	raw[8] = (raw[8] & 0x3f) | 0x80; /* variant of RFC 9562 */
	for (size_t i = 0; i < HYP_UUID_SIZE - 1; i++) {
		if (is_dash(i)) {
			out[i] = '-';
			continue;
		}
		out[i] = hex[raw[nibble / 2] >> (nibble % 2 ? 0 : 4) & 0x0f];
		nibble++;
	}
	out[HYP_UUID_SIZE - 1] = '\0';
	return 0;
}

bool hyp_uuid_valid(const char *text)
{
	for (size_t i = 0; i < HYP_UUID_SIZE - 1; i++)
		if (is_dash(i) ? text[i] != '-'
			       : !isxdigit((unsigned char)text[i]))
			return false;
	return !text[HYP_UUID_SIZE - 1];
}
