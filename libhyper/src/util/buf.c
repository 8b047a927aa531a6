/* SPDX-License-Identifier: MIT */
#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

/* Make room for extra bytes and the NUL. */
static bool grow(struct hyp_buf *buf, size_t extra)
{
	size_t max = buf->max ? buf->max : HYP_BUF_MAX;
	size_t cap = buf->cap ? buf->cap : FIRST_CAP;
	char *data = NULL;

	if (!buf->failed && extra <= max && buf->len <= max - extra) {
		while (cap <= buf->len + extra)
			cap *= 2;
		data = realloc(buf->data, cap <= max ? cap : max + 1);
	}
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap <= max ? cap : max + 1;
	return true;
}

char *hyp_buf_more(struct hyp_buf *buf, size_t len)
{
	char *at;

	if ((buf->failed || len >= buf->cap - buf->len) && !grow(buf, len))
		return NULL;
	at = buf->data + buf->len;
	buf->len += len;
	at[len] = '\0';
	return at;
}

void hyp_buf_add(struct hyp_buf *buf, const void *data, size_t len)
{
	char *at = hyp_buf_more(buf, len);

	if (at && len)
		memcpy(at, data, len);
}

void hyp_buf_adds(struct hyp_buf *buf, const char *text)
{
	hyp_buf_add(buf, text, strlen(text));
}

void hyp_buf_addc(struct hyp_buf *buf, char c)
{
	char *at = hyp_buf_more(buf, 1);

	if (at)
		*at = c;
}

void hyp_buf_addf(struct hyp_buf *buf, const char *format, ...)
{
	va_list args;
	char *at;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		buf->failed = true;
	at = hyp_buf_more(buf, len < 0 ? 0 : (size_t)len);
	if (!at)
		return;
	va_start(args, format);
	vsnprintf(at, (size_t)len + 1, format, args);
	va_end(args);
}

char *hyp_buf_take(struct hyp_buf *buf)
{
	char *text;

	hyp_buf_add(buf, NULL, 0); /* an empty one is "" */
	if (buf->failed)
		hyp_buf_free(buf);
	text = buf->data;
	*buf = (struct hyp_buf){ .max = buf->max };
	return text;
}

void hyp_buf_free(struct hyp_buf *buf)
{
	free(buf->data);
	*buf = (struct hyp_buf){ .max = buf->max };
}
