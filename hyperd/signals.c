/* SPDX-License-Identifier: MIT */
/*
 * One thread takes all signals, so that nothing runs in a signal handler and
 * a stop is bounded whatever the rest of the process is stuck in. While none
 * comes, it has memory given back.
 */
#include "hyperd.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static sigset_t signals;
static sem_t stop;

static long ms_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000 +
	       (now.tv_nsec - then->tv_nsec) / 1000000;
}

/* SIGTERM or SIGINT; 0 when none came in time. */
static int next_signal(const struct timespec *then, long timeout_ms)
{
	static const struct timespec now_and_then = { .tv_sec = 2 };

	for (;;) {
		long left = timeout_ms - ms_since(then);
		struct timespec wait = {
			.tv_sec = left / 1000,
			.tv_nsec = left % 1000 * 1000000,
		};
		int sig;

		if (timeout_ms >= 0 && left <= 0)
			return 0;
		sig = sigtimedwait(&signals, NULL,
				   timeout_ms >= 0 ? &wait : &now_and_then);
		if (sig < 0 && timeout_ms < 0)
			memory_give_back();
		if (sig == SIGHUP)
			hyper_log(HYPER_LOG_INFO, "SIGHUP: ignored; restart "
						  "to read the settings again");
		else if (sig > 0)
			return sig;
	}
}

static void *take_signals(void *data)
{
	struct timespec since = { 0 };
	int sig;

	(void)data;
	sig = next_signal(&since, -1);
	clock_gettime(CLOCK_MONOTONIC, &since);
	hyper_log(HYPER_LOG_INFO, "%s: stopping",
		  sig == SIGINT ? "SIGINT" : "SIGTERM");
	sem_post(&stop);
	sig = next_signal(&since, STOP_ALL_MS);
	hyper_log(HYPER_LOG_WARNING,
		  sig ? "a second signal: stopped at once"
		      : "something did not end in time: stopped at once");
	_exit(EXIT_HARD_STOP);
}

int signals_init(void)
{
	pthread_t thread;
	int rc;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	/* A client that goes away is an error of a write, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	sem_init(&stop, 0, 0);
	rc = pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (rc == 0)
		rc = pthread_create(&thread, NULL, take_signals, NULL);
	if (rc == 0)
		rc = pthread_detach(thread);
	if (rc != 0)
		hyper_log(HYPER_LOG_ERROR, "signals: %s", strerror(rc));
	return rc == 0 ? 0 : -1;
}

struct timespec time_after(unsigned int ms)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_sec += ms / 1000;
	time.tv_nsec += ms % 1000 * 1000000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_nsec -= 1000000000;
		time.tv_sec++;
	}
	return time;
}

bool signals_wait(unsigned int timeout_ms)
{
	struct timespec until = time_after(timeout_ms);
	int rc;

	do
		rc = timeout_ms == 0
			     ? sem_wait(&stop)
			     : sem_clockwait(&stop, CLOCK_MONOTONIC, &until);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}
