/* SPDX-License-Identifier: MIT */
#include "machines.h"
#include "out.h"

static const struct option options[] = {
	{ "force", no_argument, NULL, 'F' },
	MACHINES_OPTIONS,
	{ 0 },
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	const uint32_t *more = data;

	return hyper_machine_remove(conn, id, flags | *more, ret_op, err);
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
		default:
			exit = machines_option(&args, &jobs, opt);
			if (exit >= 0)
				return exit;
		}
	}
	return machines_run(&args, &jobs);
}

const struct command cmd_rm = {
	.name = "rm",
	.aliases = (const char *const[]){ "remove", "delete", NULL },
	.brief = "rm <id>",
	.usage = "rm ID... [OPTION]...\n"
		 "   or: hyperctl rm --query QUERY [OPTION]...",
	.help = "Remove machines with their disks, and print the id of each "
		"that has gone. Of an\n"
		"adopted one only the container or domain goes, but no volume "
		"or disk.\n"
		"\n"
		"  -F, --force        also when it runs, and from any other "
		"state\n" MACHINES_HELP,
	.examples = "rm web1 web2\n"
		    "rm -F vm1\n"
		    "rm -F --query state=error --dry-run\n",
	.see = "stop, release, list",
	.operand = OPERAND_MACHINES,
	.options = options,
	.shows = &out_operations,
	.run = run,
};
