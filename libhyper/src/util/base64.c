/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <string.h>

#include "util/mem.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789-_";

char *hyp_base64url_encode(const void *data, size_t len)
{
	const unsigned char *in = data;
	char *text, *out;

	if (len > SIZE_MAX / 2)
		return NULL;
	text = out = malloc(len / 3 * 4 + 4);
	if (!text)
		return NULL;
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t bits = (uint32_t)in[i] << 16;

		if (left > 1)
			bits |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			bits |= in[i + 2];
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		if (left > 1)
			*out++ = digits[bits >> 6 & 63];
		if (left > 2)
			*out++ = digits[bits & 63];
	}
	*out = '\0';
	return text;
}

void *hyp_base64url_decode(const char *text, size_t *ret_len)
{
	size_t len = strlen(text);
	HYP_AUTOFREE char *data = malloc(len / 4 * 3 + 3);
	char *out = data;
	uint32_t bits = 0;

	if (!data || len % 4 == 1)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		const char *digit = strchr(digits, text[i]);

		if (!digit)
			return NULL;
		bits = bits << 6 | (uint32_t)(digit - digits);
		/* Each digit but the first of four completes a byte. */
		if (i % 4)
			*out++ = (char)(bits >> (6 - i % 4 * 2) & 0xff);
	}
	/* Bits that nobody wrote: one text for one value. */
	if (len % 4 && bits & ((len % 4 == 2) ? 0x0f : 0x03))
		return NULL;
	*out = '\0';
	*ret_len = (size_t)(out - data);
	return hyp_steal(&data);
}
