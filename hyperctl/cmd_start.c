/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <limits.h>

static const struct option options[] = {
	{ "async", no_argument, NULL, OPT_ASYNC },
	{ 0 },
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 hyper_operation **ret_op, hyper_error **err)
{
	(void)data;
	return hyper_machine_start(conn, id, HYPER_ASYNC, NULL, ret_op, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct jobs jobs = { .begin = begin, .show = SHOW_MACHINE };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_start, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt != OPT_ASYNC)
			return args.exit;
		jobs.async = true;
	}
	exit = args_count(&args, 1, INT_MAX, "the id of a machine");
	if (exit >= 0)
		return exit;
	return jobs_run(ctl, &jobs, args.operands, args.count);
}

const struct command cmd_start = {
	.name = "start",
	.brief = "start <id>",
	.usage = "start ID... [OPTION]...",
	.help = "Start machines, at the same time, and print the id of each "
		"that runs. One that\n"
		"runs already is left as it is.\n"
		"\n"
		"      --async  do not wait: print the numbers of the "
		"operations\n",
	.examples = "start web1 web2\n"
		    "start vm1 --async\n"
		    "start web1 --columns id,state,addresses\n",
	.see = "stop, list, wait",
	.operand = OPERAND_MACHINES,
	.which = "state!=running",
	.options = options,
	.shows = &out_machines,
	.run = run,
};
