/* SPDX-License-Identifier: MIT */
#include "machines.h"
#include "out.h"

static const struct option options[] = {
	MACHINES_OPTIONS,
	{ 0 },
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	(void)data;
	return hyper_machine_start(conn, id, flags, NULL, ret_op, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct jobs jobs = { .begin = begin, .show = SHOW_MACHINE };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_start, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		exit = machines_option(&args, &jobs, opt);
		if (exit >= 0)
			return exit;
	}
	return machines_run(&args, &jobs);
}

const struct command cmd_start = {
	.name = "start",
	.brief = "start <id>",
	.usage = "start ID... [OPTION]...\n"
		 "   or: hyperctl start --query QUERY [OPTION]...",
	.help = "Start machines, at the same time, and print the id of each "
		"that runs. One that\n"
		"runs already is left as it is.\n"
		"\n" MACHINES_HELP,
	.examples = "start web1 web2\n"
		    "start vm1 --async\n"
		    "start --query 'label.tier=web' --dry-run\n"
		    "start web1 --columns id,state,addresses\n",
	.see = "stop, list, wait",
	.operand = OPERAND_MACHINES,
	.which = "state!=running",
	.options = options,
	.shows = &out_machines,
	.run = run,
};
