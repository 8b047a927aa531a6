/* SPDX-License-Identifier: MIT */
/*
 * Is the engine that answers the one that the machines are on? Settings
 * change, and so do engines behind one address: the machines of the old one
 * must not be taken for missing then, nor their rows be removed.
 */
#ifndef HYP_LOCAL_IDENTITY_H
#define HYP_LOCAL_IDENTITY_H

#include "local/job.h"

/* Before the driver is called for a job, on its thread. CONNECT, and the job
 * says other_engine, when it is another. */
int hyp_identity_check(struct hyp_job *job, hyper_error **err);
/* What answers next may be another one. */
void hyp_identity_lost(struct hyp_plugin *plugin);
/* What answers next is the right one. */
int hyp_identity_forget(struct hyp_plugin *plugin, hyper_error **err);

#endif
