/* SPDX-License-Identifier: MIT */
#include "core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "util/text.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	hyper_log_fn fn;
	int level;
	void *data;
} hook;

void hyper_log_set(hyper_log_fn fn, int level, void *data)
{
	pthread_mutex_lock(&lock);
	hook.fn = fn;
	hook.level = level;
	hook.data = data;
	pthread_mutex_unlock(&lock);
}

void hyper_log(int level, const char *format, ...)
{
	hyper_log_fn fn;
	void *data;
	int wanted;
	char text[1024];
	va_list args;

	pthread_mutex_lock(&lock);
	fn = hook.fn;
	wanted = hook.level;
	data = hook.data;
	pthread_mutex_unlock(&lock);
	/* Drivers call this too: the hook may count on a level that is one,
	 * and on one line. */
	if (level < HYPER_LOG_ERROR)
		level = HYPER_LOG_ERROR;
	if (!fn || level > wanted || level > HYPER_LOG_DEBUG)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hyp_text_clean(text);
	fn(level, text, data);
}
