/* SPDX-License-Identifier: MIT */
/* Have the log of the library on a stream of our own. */
#include <hyper/hyper.h>
#include <stdio.h>

static void to_stream(int level, const char *text, void *data)
{
	static const char *const names[] = { "error", "warning", "info",
					     "debug" };

	fprintf(data, "%s: %s\n", names[level], text);
}

int main(void)
{
	hyper_log_set(to_stream, HYPER_LOG_INFO, stdout);
	hyper_log(HYPER_LOG_INFO, "program %s begins", "log");
	hyper_log(HYPER_LOG_DEBUG, "nobody wants to know this");
	hyper_log_set(NULL, HYPER_LOG_ERROR, NULL);
	hyper_log(HYPER_LOG_ERROR, "nobody listens any more");
	return 0;
}
