/* SPDX-License-Identifier: MIT */
/* One process at a time: a file that is locked while it is open. */
#ifndef HYP_LOCAL_CLAIM_H
#define HYP_LOCAL_CLAIM_H

#include "core/error.h"

struct hyp_claim;

/*
 * Lock a file for this process. Connections of one process share a claim.
 * When another process has it, returns BUSY without an error and tells its
 * pid (0: unknown).
 */
int hyp_claim_take(const char *path, struct hyp_claim **ret_claim,
		   int64_t *ret_pid, hyper_error **err);
/* Show the others that it is made use of; and when somebody did, in ms since the
 * Epoch (0: never). */
void hyp_claim_touch(const struct hyp_claim *claim);
int64_t hyp_claim_touched(const char *path);
void hyp_claim_release(struct hyp_claim *claim);

#endif
