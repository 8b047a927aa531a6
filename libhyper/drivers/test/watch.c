/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

#include "engine.h"
#include "util/mem.h"

/* How often to look whether the call was cancelled, ms. */
#define SLICE 50

#define CHANGES                                                                \
	(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE)
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF)

static int lost(const char *dir, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
			       "%s is no longer there", dir);
}

static void tell(struct engine *engine, hyper_call *call, const char *name)
{
	const char *dot = strstr(name, ENGINE_SUFFIX);
	char id[HYPER_ID_MAX + 1];
	struct entry entry;

	/* Files on their way to their names are no machines. */
	if (!dot || dot[strlen(ENGINE_SUFFIX)] || dot - name > HYPER_ID_MAX)
		return;
	memcpy(id, name, (size_t)(dot - name));
	id[dot - name] = '\0';
	hyper_call_changed(call, id);
	/* One that was adopted may have another id. */
	if (engine_get(engine, id, &entry, NULL) == 0)
		hyper_call_changed_handle(call, entry.uuid);
	else
		hyper_call_changed(call, NULL);
}

/* What has come; false when it is the end. */
static bool pass_on(struct engine *engine, int fd, hyper_call *call)
{
	char bytes[4096];
	ssize_t len = read(fd, bytes, sizeof(bytes));

	if (len < 0)
		return errno == EAGAIN || errno == EINTR;
	for (char *at = bytes; at < bytes + len;) {
		struct inotify_event event;

		memcpy(&event, at, sizeof(event));
		if (event.mask & (GONE | IN_UNMOUNT | IN_IGNORED))
			return false;
		if (event.mask & IN_Q_OVERFLOW)
			hyper_call_changed(call, NULL);
		else if (event.len > 0)
			tell(engine, call, at + sizeof(event));
		at += sizeof(event) + event.len;
	}
	return true;
}

static int watch_files(struct engine *engine, hyper_call *call,
		       hyper_error **err)
{
	const char *dir = engine_files(engine);
	HYP_AUTOCLOSE int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int rc;

	if (fd < 0)
		return hyper_error_set(err, HYPER_ERR_LIMIT, NULL,
				       "cannot watch files: %s",
				       strerror(errno));
	if (inotify_add_watch(fd, dir, CHANGES | GONE) < 0)
		return lost(dir, err);
	hyper_call_changed(call, NULL);
	while (!(rc = hyper_call_check(call, err))) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (poll(&wait, 1, SLICE) > 0 && !pass_on(engine, fd, call))
			return lost(dir, err);
	}
	return rc;
}

static int watch_memory(struct engine *engine, hyper_call *call,
			hyper_error **err)
{
	uint64_t known = engine_changes(engine, UINT64_MAX, 0), now;
	int rc;

	hyper_call_changed(call, NULL);
	while (!(rc = hyper_call_check(call, err))) {
		now = engine_changes(engine, known, SLICE);
		if (now != known)
			hyper_call_changed(call, NULL);
		known = now;
	}
	return rc;
}

int engine_watch(struct engine *engine, hyper_call *call, hyper_error **err)
{
	return engine_files(engine) ? watch_files(engine, call, err)
				    : watch_memory(engine, call, err);
}
