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

/*
 * What follows is for the observer of a driver, which waits for calls in
 * slices: closing need not wait for an engine.
 */

/* Ask for all machines of a driver, in two steps. */
struct hyp_round {
	struct hyp_plugin *plugin;
	hyper_machines *known;
	struct hyp_job *job; /* NULL: there is nothing to ask for */
	int64_t at;
	int64_t began; /* monotonic */
	bool *unseen;  /* which are there, but nothing else is known of them */
	bool any_unseen;
};

/* 0 without a job: the driver has no machines. */
int hyp_round_begin(struct hyp_round *round, struct hyp_plugin *plugin);
/* Until when to wait for its end, monotonic ms. */
int64_t hyp_round_limit(const struct hyp_round *round);
/* Take over what came of it, when it has ended or is over its limit; then
 * *ret_hung has the job. Returns what the driver did. */
int hyp_round_end(struct hyp_round *round, struct hyp_job **ret_hung);

/* Ask for one, in two steps. */
struct hyp_look {
	hyper_machine *machine;
	struct hyp_job *job;
	int64_t at;
};

/* BUSY: an operation is open on it; 0 without a job: there is no such
 * machine. */
int hyp_look_begin(struct hyp_plugin *plugin, const char *id,
		   struct hyp_look *ret_look);
/* Take over what came of it, if it has ended. 0 if the database then says what
 * the engine does. */
int hyp_look_end(struct hyp_look *look);

/* How long closing waits for a call that it has cancelled, ms. */
#define HYP_CLOSE_GRACE 1000

/* Wait until a job has ended, or a monotonic time, or the connection closes;
 * true if it has ended. */
bool hyp_observe_wait(struct hyp_job *job, int64_t until);
/* [takes] a job (or NULL). When the connection closes it is cancelled, and may
 * come back. */
void hyp_observe_end(struct hyp_job *job);

#endif
