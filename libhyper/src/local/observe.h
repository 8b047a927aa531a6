/* SPDX-License-Identifier: MIT */
/* What the engines say of our machines, written into the database. */
#ifndef HYP_LOCAL_OBSERVE_H
#define HYP_LOCAL_OBSERVE_H

#include "local/job.h"

/* Ask about one machine now, for the operation that has its turn on it (0:
 * none). 0 if the database then says what the engine does. */
int hyp_observe_machine(struct hyp_local *local, const hyper_machine *machine,
			uint64_t own_op);

/* Ask one driver, or (NULL) all that have machines, for at most so many ms.
 * What does not answer stays as it was. */
int hyp_observe_all(struct hyp_local *local, const char *type, uint32_t ms,
		    hyper_error **err);

/* The late() of jobs: the driver came back after it was given up on. */
void hyp_observe_late(struct hyp_job *job);

/* Begin to observe the drivers that have machines, soon after the state was
 * opened. */
int hyp_observe_begin(struct hyp_local *local, hyper_error **err);

/* Begin to ask a driver now and then, if that is not so already. */
void hyp_observe_start(struct hyp_plugin *plugin);

#endif
