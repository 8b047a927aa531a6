/* SPDX-License-Identifier: MIT */
/*
 * All machines of a driver, as its engine has them. What drivers tell of may
 * be more than one of a machine, and does not hold those that were adopted:
 * afterwards there is at most one for each machine.
 */
#ifndef HYP_LOCAL_LIST_H
#define HYP_LOCAL_LIST_H

#include "local/job.h"

/* The driver's part of a job that lists, and the rest. */
int hyp_list_run(struct hyp_job *job, hyper_error **err);

/* The one of a uuid, after that; NULL: there is none. */
struct hyp_found *hyp_list_find(const struct hyper_call *call,
				const char *uuid);

#endif
