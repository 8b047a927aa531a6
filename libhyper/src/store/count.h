/* SPDX-License-Identifier: MIT */
/* How many there are of what. */
#ifndef HYP_STORE_COUNT_H
#define HYP_STORE_COUNT_H

#include "store/store.h"

typedef void hyp_count_fn(void *data, const char *name, int state,
			  int64_t value);

/* For each driver and state: how many machines. */
int hyp_machine_count(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		      hyper_error **err);
/* For each kind and state: how many operations are open; and how many have
 * ended ever, which counts those that are forgotten, too. */
int hyp_op_count_open(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		      hyper_error **err);
int hyp_op_count_ended(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		       hyper_error **err);
/* Before an operation gets a state: if it ends by that, count it. */
int hyp_op_count_end(struct hyp_tx *tx, uint64_t id, int state,
		     hyper_error **err);
/* For each driver that has machines: has its engine answered lately (1 or 0),
 * and when were all its machines seen, in ms? */
int hyp_driver_count(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		     hyper_error **err);

/* Write, and change nothing. */
int hyp_store_touch(struct hyp_tx *tx, hyper_error **err);
const char *hyp_store_sqlite_version(void);

#endif
