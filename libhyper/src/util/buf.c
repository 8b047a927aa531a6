/* SPDX-License-Identifier: MIT */
#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64

/* Make room for extra bytes and the NUL. */
static bool reserve(struct hyp_buf *buf, size_t extra)
{
	size_t max = buf->max ? buf->max : HYP_BUF_MAX;
	size_t cap = buf->cap ? buf->cap : FIRST_CAP;
	char *data;

	if (buf->failed || extra > max || buf->len > max - extra) {
		buf->failed = true;
		return false;
	}
	while (cap <= buf->len + extra)
		cap *= 2;
	if (cap == buf->cap)
		return true;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void hyp_buf_add(struct hyp_buf *buf, const void *data, size_t len)
{
	if (!reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void hyp_buf_adds(struct hyp_buf *buf, const char *text)
{
	hyp_buf_add(buf, text, strlen(text));
}

void hyp_buf_addc(struct hyp_buf *buf, char c)
{
	hyp_buf_add(buf, &c, 1);
}

void hyp_buf_addf(struct hyp_buf *buf, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		buf->failed = true;
	if (!reserve(buf, len < 0 ? 0 : (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
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
