/* SPDX-License-Identifier: MIT */
/* Operations: begin one for each operand, wait for all, show what came. */
#ifndef CTL_JOBS_H
#define CTL_JOBS_H

#include "ctl.h"

struct jobs {
	/* Begin the operation on an operand; flags has HYPER_ASYNC, or
	 * HYPER_DRY_RUN. */
	int (*begin)(hyper_conn *conn, const char *name, const void *data,
		     uint32_t flags, hyper_operation **ret_op,
		     hyper_error **err);
	const void *data;
	/* What is shown of each that is done. */
	enum {
		SHOW_MACHINE, /* its id; with a format the machine */
		SHOW_IMAGE,   /* its name; with a format the image */
		SHOW_NAME,    /* the operand; with a format the operation */
		SHOW_NOTHING  /* only with a format: the operation */
	} show;
	bool async;	   /* do not wait; show the operations */
	bool dry_run;	   /* only tell what would be done */
	const char *query; /* the operands are the machines that match it */
	bool theirs;	   /* begun earlier by somebody else */
	bool timed;	   /* wait for all together at most so long: */
	uint32_t timeout_ms;
};

/* Print what an operation that is planned would do. */
void jobs_print_plan(const hyper_operation *op);

/* Returns the exit code of the first that failed. */
int jobs_run(struct ctl *ctl, const struct jobs *jobs, char **names, int n);

#endif
