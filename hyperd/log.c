/* SPDX-License-Identifier: MIT */
/*
 * What hyperd says on standard error, one line each: "hyperd: info: TEXT" for
 * people and the journal, or all in key=value (logfmt) for programs. Requests
 * are in key=value in both.
 */
#include "hyperd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const names[] = { "error", "warning", "info", "debug" };
static struct {
	int level;
	bool logfmt;
} wanted = { .level = HYPER_LOG_INFO };

static void add_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/* What a client chose: as one word without quotes, whatever is in it. */
static void add_word(FILE *to, const char *text, size_t len)
{
	for (; len > 0; text++, len--) {
		if (*text > ' ' && *text < 0x7f && !strchr("\"=", *text))
			fputc(*text, to);
		else
			fprintf(to, "%%%02X", (unsigned char)*text);
	}
}

static void add_begin(FILE *to, int level)
{
	struct timespec now;
	struct tm utc;
	char time[32];

	if (!wanted.logfmt) {
		fprintf(to, "hyperd: %s: ", names[level]);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", &utc);
	fprintf(to, "ts=%s.%03ldZ level=%s msg=", time, now.tv_nsec / 1000000,
		names[level]);
}

/* The library has made it one line that is safe for a terminal. */
static void on_log(int level, const char *text, void *data)
{
	(void)data;
	flockfile(stderr);
	add_begin(stderr, level);
	if (wanted.logfmt)
		add_text(stderr, text);
	else
		fputs(text, stderr);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void log_init(int level, bool logfmt)
{
	/* One write(2) a line. */
	static char buffer[BUFSIZ];

	setvbuf(stderr, buffer, _IOLBF, sizeof(buffer));
	wanted.level = level;
	wanted.logfmt = logfmt;
	hyper_log_set(on_log, level, NULL);
}

/* Failures are looked for first, then changes; reading is of little news. */
static int level_of(const struct log_request *request)
{
	if (request->status >= 500)
		return HYPER_LOG_WARNING;
	if (strcmp(request->method, "GET") == 0 ||
	    strcmp(request->method, "HEAD") == 0)
		return HYPER_LOG_DEBUG;
	return HYPER_LOG_INFO;
}

void log_request(const struct log_request *request)
{
	int level = level_of(request);
	char peer[PEER_SIZE];

	if (level > wanted.level)
		return;
	peer_of(request->fd, peer);
	flockfile(stderr);
	add_begin(stderr, level);
	fprintf(stderr, "request id=%s method=", request->id);
	add_word(stderr, request->method, strlen(request->method));
	fputs(" path=", stderr);
	add_word(stderr, request->path, request->path_len);
	if (request->route)
		fprintf(stderr, " route=%s", request->route);
	fprintf(stderr, " status=%ld ms=%.1f bytes=%zu peer=%s",
		request->status, request->ms, request->bytes, peer);
	if (*request->actor) {
		fputs(" actor=", stderr);
		add_word(stderr, request->actor, strlen(request->actor));
	}
	fputc('\n', stderr);
	funlockfile(stderr);
}
