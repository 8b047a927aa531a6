/* SPDX-License-Identifier: MIT */
#include "util/thread.h"

#include <signal.h>

/* Enough for libvirt and curl; hundreds of threads may wait at once. */
#define STACK_SIZE (1u << 20)

int hyp_thread_create(pthread_t *ret_thread, void *(*main)(void *), void *data)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	/* Signals are the program's business, and for its own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(ret_thread, &attr, main, data);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc ? -1 : 0;
}
