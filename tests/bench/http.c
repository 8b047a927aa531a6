/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BODY_MAX (256u << 20)

bool http_open(struct http *http, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(http, 0, sizeof(*http));
	if (strlen(path) >= sizeof(address.sun_path) || fd < 0)
		abort();
	memcpy(address.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return false;
	}
	http->in = fdopen(fd, "r");
	http->out = fdopen(dup(fd), "w");
	return http->in && http->out;
}

void http_close(struct http *http)
{
	if (http->in)
		fclose(http->in);
	if (http->out)
		fclose(http->out);
	free(http->line);
	free(http->body);
	memset(http, 0, sizeof(*http));
}

static bool read_line(struct http *http)
{
	return getline(&http->line, &http->line_size, http->in) > 0;
}

static bool read_part(struct http *http, size_t len)
{
	if (len > BODY_MAX - http->len)
		return false;
	if (http->len + len + 1 > http->size) {
		http->size = 2 * (http->len + len + 1);
		http->body = realloc(http->body, http->size);
		if (!http->body)
			abort();
	}
	if (fread(http->body + http->len, 1, len, http->in) != len)
		return false;
	http->len += len;
	http->body[http->len] = '\0';
	return true;
}

static bool read_chunks(struct http *http)
{
	size_t len;

	do {
		if (!read_line(http))
			return false;
		len = strtoul(http->line, NULL, 16);
		if (!read_part(http, len) || !read_line(http))
			return false;
	} while (len > 0);
	return true;
}

static int read_answer(struct http *http)
{
	size_t len = 0;
	bool chunked = false;
	int status;

	if (!read_line(http) || strncmp(http->line, "HTTP/1.1 ", 9) != 0)
		return -1;
	status = (int)strtol(http->line + 9, NULL, 10);
	while (read_line(http) && http->line[0] != '\r') {
		if (strncasecmp(http->line, "Content-Length:", 15) == 0)
			len = strtoul(http->line + 15, NULL, 10);
		if (strncasecmp(http->line, "Transfer-Encoding: chunked", 26) ==
		    0)
			chunked = true;
	}
	http->len = 0;
	if (status == 204 || status == 304)
		return status;
	return (chunked ? read_chunks(http) : read_part(http, len)) ? status
								    : -1;
}

int http_call(struct http *http, const char *method, const char *target,
	      const char *body)
{
	fprintf(http->out, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method,
		target);
	if (body)
		fprintf(http->out,
			"Content-Type: application/json\r\n"
			"Content-Length: %zu\r\n\r\n%s",
			strlen(body), body);
	else
		fputs("\r\n", http->out);
	return fflush(http->out) == 0 ? read_answer(http) : -1;
}
