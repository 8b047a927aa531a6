/* SPDX-License-Identifier: MIT */
/*
 * Bytes of zero in the header of a request. libmicrohttpd (0.9.75) hands on C
 * texts, which end there: "/hyper/machines/web\0x" would mean "web", and
 * somebody between the client and us may have read it otherwise. But all these
 * texts are pieces of the header as it came, with an end in the place of what
 * parts them. So each must begin where the one before it ends.
 */
#include "hyperd.h"

#include <string.h>
#include <ulfius.h>

/* Where the target of this thread's request begins, and its text ends: before
 * libmicrohttpd decodes it. */
static _Thread_local const char *target, *target_end;

void whole_begins(const char *uri)
{
	target = uri;
	target_end = uri + strlen(uri);
}

/* Where the line goes on behind which a text stands: there are one or two ends,
 * for LF or CR and LF. Behind the last field that may be the empty line. */
static const char *next_line(const char *end)
{
	return end[1] ? end + 1 : end + 2;
}

struct walk {
	const char *at;
	bool gap;
};

static enum MHD_Result on_field(void *data, enum MHD_ValueKind kind,
				const char *name, const char *value)
{
	struct walk *walk = data;

	(void)kind;
	if (name != walk->at || !value) {
		walk->gap = true;
		return MHD_NO;
	}
	walk->at = next_line(value + strlen(value));
	return MHD_YES;
}

bool whole_is(const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		client_connection(), MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	const char *begin = target - 1, *line = target_end + 1;
	size_t len = strlen(version);
	struct walk walk = { 0 };

	while (*begin == ' ')
		begin--;
	begin -= strlen(method);
	if (!info || memcmp(line, version, len + 1) != 0)
		return false;
	walk.at = next_line(line + len);
	MHD_get_connection_values(client_connection(), MHD_HEADER_KIND,
				  on_field, &walk);
	/* The empty line is the last one. */
	return !walk.gap && walk.at <= begin + info->header_size &&
	       walk.at + 2 >= begin + info->header_size;
}
