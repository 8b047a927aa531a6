/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <string.h>

/* The bytes of the character at p, 0 if it is broken: too long a form, a
 * surrogate, past U+10FFFF, or cut off. */
static size_t char_len(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > left)
		return 0;
	switch (p[0]) {
	case 0xe0:
		low = 0xa0;
		break;
	case 0xed:
		high = 0x9f;
		break;
	case 0xf0:
		low = 0x90;
		break;
	case 0xf4:
		high = 0x8f;
		break;
	}
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool hyp_text_valid(const char *text, size_t len, bool multiline)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned char *end = p + len;

	while (p < end) {
		size_t n = char_len(p, (size_t)(end - p));

		if (!n)
			return false;
		if (*p < 0x20 && !(multiline && (*p == '\t' || *p == '\n')))
			return false;
		p += n;
	}
	return true;
}

void hyp_text_clean(char *text)
{
	unsigned char *p = (unsigned char *)text;
	unsigned char *end = p + strlen(text);

	while (p < end) {
		size_t n = char_len(p, (size_t)(end - p));

		if (n == 0 || *p == 0x7f)
			*p = '?';
		else if (*p < 0x20)
			*p = ' ';
		else if (*p == 0xc2 && p[1] < 0xa0) /* U+0080 to U+009F */
			p[0] = p[1] = ' ';
		p += n ? n : 1;
	}
}

bool hyp_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}
