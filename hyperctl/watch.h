/* SPDX-License-Identifier: MIT */
/* Waiting for events until Ctrl-C. */
#ifndef CTL_WATCH_H
#define CTL_WATCH_H

#include "ctl.h"

/* Between these two Ctrl-C does not end us, but the waiting. */
void watch_begin(void);
/* An exit code: CTL_INTERRUPTED after Ctrl-C, else that one. */
int watch_end(int exit);

/* Whether to go on: no Ctrl-C yet, and somebody reads what we print. */
bool watch_goes_on(void);

/* The events after `after`, or NULL: none for a moment. A hyperd that went
 * away is waited for. 0 or a negative code. */
int watch_events(struct ctl *ctl, uint64_t after, hyper_events **ret_events,
		 hyper_error **err);

/* After a call that succeeded or failed: is it a hyperd that was there and
 * went away? Then that has been told, and a moment has passed: try again. */
bool watch_lost(struct ctl *ctl, const hyper_error *err);

#endif
