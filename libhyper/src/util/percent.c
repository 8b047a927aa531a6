/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <string.h>

#include "util/buf.h"

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("-._~", c);
}

char *hyp_percent_encode(const char *text, const char *keep)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (; *text; text++) {
		if (is_unreserved(*text) || (keep && strchr(keep, *text)))
			hyp_buf_addc(&buf, *text);
		else
			hyp_buf_addf(&buf, "%%%02X", (unsigned char)*text);
	}
	return hyp_buf_take(&buf);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *hyp_percent_decode(const char *text, size_t len)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			int high = len - i > 2 ? hex_digit(text[i + 1]) : -1;
			int low = len - i > 2 ? hex_digit(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (!c)
			return NULL;
		hyp_buf_addc(&buf, c);
	}
	return hyp_buf_take(&buf);
}
