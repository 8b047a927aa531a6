/* SPDX-License-Identifier: MIT */
/* What the commands that change machines have in common: --query, --dry-run
 * and --async, and the operands. */
#ifndef CTL_MACHINES_H
#define CTL_MACHINES_H

#include "args.h"
#include "jobs.h"

#define MACHINES_OPTIONS                                                       \
	{ "query", required_argument, NULL, OPT_QUERY },                       \
		{ "dry-run", no_argument, NULL, OPT_DRY_RUN },                 \
	{                                                                      \
		"async", no_argument, NULL, OPT_ASYNC                          \
	}
#define MACHINES_HELP                                                          \
	"      --query QUERY  all machines that match it, in place of ids\n"   \
	"      --dry-run      only tell what would be done\n"                  \
	"      --async        do not wait: print the numbers of the "          \
	"operations\n"

/* Take one of these options; -1, or an exit code. */
int machines_option(struct args *args, struct jobs *jobs, int opt);
/* Run the jobs on the machines that are meant. An exit code. */
int machines_run(struct args *args, struct jobs *jobs);

#endif
