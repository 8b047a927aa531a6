/* SPDX-License-Identifier: MIT */
/*
 * Is the engine that answers the one that the machines are on? Settings
 * change, and so do engines behind one address: the machines of the old one
 * must not be taken for missing then, nor their rows be removed.
 */
#ifndef HYP_LOCAL_IDENTITY_H
#define HYP_LOCAL_IDENTITY_H

#include "local/job.h"

/* Before the driver is called for a job, on its thread. An engine that has the
 * machine is the right one, so only what makes or takes away waits for it.
 * CONNECT, and the job says other_engine, when it is another. */
int hyp_identity_before(struct hyp_job *job, hyper_error **err);
/* After the driver has answered: that it has not what it should have is
 * believed of the right engine only. */
int hyp_identity_after(struct hyp_job *job, int rc, hyper_error **err);
/* What answers next may be another one. */
void hyp_identity_lost(struct hyp_plugin *plugin);
/* What answers next is the right one. */
int hyp_identity_forget(struct hyp_plugin *plugin, hyper_error **err);

#endif
