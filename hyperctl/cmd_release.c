/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <limits.h>

static int begin(hyper_conn *conn, const char *id, const void *data,
		 hyper_operation **ret_op, hyper_error **err)
{
	(void)data;
	return hyper_machine_remove(conn, id, HYPER_ASYNC | HYPER_KEEP, ret_op,
				    err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct jobs jobs = { .begin = begin, .show = SHOW_NAME };
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_release, argc, argv);
	exit = args_only_operands(&args, 1, INT_MAX, "the id of a machine");
	if (exit >= 0)
		return exit;
	return jobs_run(ctl, &jobs, args.operands, args.count);
}

const struct command cmd_release = {
	.name = "release",
	.brief = "release <id>",
	.usage = "release ID... [OPTION]...",
	.help = "Forget machines that were adopted, and leave them with their "
		"engines as they\n"
		"are. Print the id of each that is forgotten.\n",
	.examples = "release postgres\n"
		    "list -q image=postgres | xargs hyperctl release\n",
	.see = "adopt, rm",
	.operand = OPERAND_MACHINES,
	.shows = &out_operations,
	.run = run,
};
