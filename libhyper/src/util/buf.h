/* SPDX-License-Identifier: MIT */
/* A growing, bounded, NUL-terminated byte buffer. */
#ifndef HYP_UTIL_BUF_H
#define HYP_UTIL_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Errors stick: after one failed addition all others do nothing, so a writer
 * checks once, at the end, with hyp_buf_take() or buf.failed.
 */
struct hyp_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* 0: HYP_BUF_MAX */
	bool failed;
};

#define HYP_BUF_MAX (64u << 20)
#define HYP_BUF_INIT { 0 }

void hyp_buf_add(struct hyp_buf *buf, const void *data, size_t len);
void hyp_buf_adds(struct hyp_buf *buf, const char *text);
void hyp_buf_addc(struct hyp_buf *buf, char c);
void hyp_buf_addf(struct hyp_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add len bytes for the caller to write: where. NULL: it failed. */
char *hyp_buf_more(struct hyp_buf *buf, size_t len);

/* [new] the text, the buffer is empty again; NULL (and freed) if it failed. */
char *hyp_buf_take(struct hyp_buf *buf);
void hyp_buf_free(struct hyp_buf *buf);

#define HYP_AUTOBUF __attribute__((cleanup(hyp_buf_free))) struct hyp_buf

#endif
