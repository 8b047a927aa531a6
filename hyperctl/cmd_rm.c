/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <limits.h>

static const struct option options[] = {
	{ "force", no_argument, NULL, 'F' },
	{ "async", no_argument, NULL, OPT_ASYNC },
	{ 0 },
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 hyper_operation **ret_op, hyper_error **err)
{
	const uint32_t *flags = data;

	return hyper_machine_remove(conn, id, HYPER_ASYNC | *flags, ret_op,
				    err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	uint32_t flags = 0;
	struct jobs jobs = { .begin = begin,
			     .data = &flags,
			     .show = SHOW_NAME };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_rm, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 'F':
			flags = HYPER_FORCE;
			break;
		case OPT_ASYNC:
			jobs.async = true;
			break;
		default:
			return args.exit;
		}
	}
	exit = args_count(&args, 1, INT_MAX, "the id of a machine");
	if (exit >= 0)
		return exit;
	return jobs_run(ctl, &jobs, args.operands, args.count);
}

const struct command cmd_rm = {
	.name = "rm",
	.aliases = (const char *const[]){ "remove", "delete", NULL },
	.brief = "rm <id>",
	.usage = "rm ID... [OPTION]...",
	.help = "Remove machines with their disks, and print the id of each "
		"that has gone. Of an\n"
		"adopted one only the container or domain goes, but no volume "
		"or disk.\n"
		"\n"
		"  -F, --force  also when it runs, and from any other state\n"
		"      --async  do not wait: print the numbers of the "
		"operations\n",
	.examples = "rm web1 web2\n"
		    "rm -F vm1\n"
		    "list -q state=error | xargs hyperctl rm -F\n",
	.see = "stop, release, list",
	.operand = OPERAND_MACHINES,
	.options = options,
	.shows = &out_operations,
	.run = run,
};
