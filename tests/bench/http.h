/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 on a unix socket, with keep-alive: no more than measuring needs. */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct http {
	FILE *in;
	FILE *out;
	char *line; /* of the header */
	size_t line_size;
	char *body; /* of the last answer, with a NUL behind it */
	size_t len;
	size_t size;
};

/* False if nobody listens there. */
bool http_open(struct http *http, const char *path);
void http_close(struct http *http);
/* body: JSON, or NULL. The status, or -1 if there is no answer. */
int http_call(struct http *http, const char *method, const char *target,
	      const char *body);

#endif
