/* SPDX-License-Identifier: MIT */
/* A descriptor that says when there are events: a thread waits for them. */
#ifndef HYP_API_EVENT_WATCH_H
#define HYP_API_EVENT_WATCH_H

#include "api/check.h"

struct hyp_event_watch;

/* [new] one that says when there are events after a seq. */
int hyp_event_watch_new(hyper_conn *conn, uint64_t after,
			struct hyp_event_watch **ret_watch, hyper_error **err);
/* Readable once there is one, or they cannot be had. */
int hyp_event_watch_fd(const struct hyp_event_watch *watch);
/* No longer readable; from then on it is about what comes after a seq. */
void hyp_event_watch_anew(struct hyp_event_watch *watch, uint64_t after);
/* [takes] or NULL. */
void hyp_event_watch_free(struct hyp_event_watch *watch);

#endif
