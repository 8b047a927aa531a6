/* SPDX-License-Identifier: MIT */
#include "api/event_watch.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/thread.h"
#include "util/time.h"

/* How long one look waits at most, so that the end is seen; and how long after
 * a failure that is told, so that whoever tries at once does not spin. */
#define LOOK_MS 500

struct hyp_event_watch {
	hyper_conn *conn;
	int fd;
	pthread_t thread;

	/* Guards what follows. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t after;
	bool waits; /* for events; else it is readable */
	bool stop;
};

/* Are there any? Failures are for the reader to see. */
static bool look(struct hyp_event_watch *watch, uint64_t after, int *ret_rc)
{
	hyper_events *events = NULL;
	bool any;

	*ret_rc = hyper_event_list(watch->conn, after, 1, LOOK_MS, 0, &events,
				   NULL);
	any = *ret_rc || hyper_events_count(events) > 0;
	hyper_events_free(events);
	return any;
}

/* Under the lock. */
static void pause_for(struct hyp_event_watch *watch, uint32_t ms)
{
	struct timespec until = hyp_mono_timespec(hyp_mono_ms() + ms);

	while (!watch->stop &&
	       pthread_cond_timedwait(&watch->changed, &watch->lock, &until) ==
		       0)
		;
}

static void *watch_main(void *data)
{
	struct hyp_event_watch *watch = data;

	pthread_mutex_lock(&watch->lock);
	while (!watch->stop) {
		uint64_t after = watch->after;
		bool any;
		int rc;

		if (!watch->waits) {
			pthread_cond_wait(&watch->changed, &watch->lock);
			continue;
		}
		pthread_mutex_unlock(&watch->lock);
		any = look(watch, after, &rc);
		pthread_mutex_lock(&watch->lock);
		if (rc)
			pause_for(watch, LOOK_MS);
		if (any && watch->after == after) {
			watch->waits = false;
			eventfd_write(watch->fd, 1);
		}
	}
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

int hyp_event_watch_new(hyper_conn *conn, uint64_t after,
			struct hyp_event_watch **ret_watch, hyper_error **err)
{
	struct hyp_event_watch *watch = calloc(1, sizeof(*watch));
	pthread_condattr_t attr;

	if (!watch)
		return hyp_nomem(err);
	watch->conn = conn;
	watch->after = after;
	watch->waits = true;
	watch->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watch->fd < 0) {
		free(watch);
		return hyp_errno(err, "cannot make a descriptor");
	}
	pthread_mutex_init(&watch->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (hyp_thread_create(&watch->thread, watch_main, watch)) {
		pthread_cond_destroy(&watch->changed);
		pthread_mutex_destroy(&watch->lock);
		close(watch->fd);
		free(watch);
		return hyp_nomem(err);
	}
	*ret_watch = watch;
	return 0;
}

int hyp_event_watch_fd(const struct hyp_event_watch *watch)
{
	return watch->fd;
}

void hyp_event_watch_anew(struct hyp_event_watch *watch, uint64_t after)
{
	eventfd_t value;

	pthread_mutex_lock(&watch->lock);
	eventfd_read(watch->fd, &value);
	watch->after = after;
	watch->waits = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
}

void hyp_event_watch_free(struct hyp_event_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->stop = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->lock);
	close(watch->fd);
	free(watch);
}
