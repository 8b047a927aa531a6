/* SPDX-License-Identifier: MIT */
#ifndef HYP_UTIL_THREAD_H
#define HYP_UTIL_THREAD_H

#include <pthread.h>

/* Start a thread that gets no signals; the caller joins or detaches it. 0, or
 * -1: there cannot be more. */
int hyp_thread_create(pthread_t *ret_thread, void *(*main)(void *),
		      void *data);

#endif
