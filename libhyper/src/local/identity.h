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
 * says other_engine, when it is another. Afresh: what was known may be old. */
int hyp_identity_check(struct hyp_job *job, bool afresh, hyper_error **err);
/* Is what the driver has answered so true of the right engine only that it is
 * to be checked afresh? */
bool hyp_identity_doubt(const struct hyp_job *job, int rc);
/* What answers next may be another one. */
void hyp_identity_lost(struct hyp_plugin *plugin);
/* What answers next is the right one. */
int hyp_identity_forget(struct hyp_plugin *plugin, hyper_error **err);

#endif
