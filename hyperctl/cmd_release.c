/* SPDX-License-Identifier: MIT */
#include "machines.h"
#include "out.h"

static int begin(hyper_conn *conn, const char *id, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	(void)data;
	return hyper_machine_remove(conn, id, flags | HYPER_KEEP, ret_op, err);
}

static const struct option options[] = {
	MACHINES_OPTIONS,
	{ 0 },
};

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct jobs jobs = { .begin = begin, .show = SHOW_NAME };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_release, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		exit = machines_option(&args, &jobs, opt);
		if (exit >= 0)
			return exit;
	}
	return machines_run(&args, &jobs);
}

const struct command cmd_release = {
	.name = "release",
	.brief = "release <id>",
	.usage = "release ID... [OPTION]...\n"
		 "   or: hyperctl release --query QUERY [OPTION]...",
	.help = "Forget machines that were adopted, and leave them with their "
		"engines as they\n"
		"are. Print the id of each that is forgotten.\n"
		"\n" MACHINES_HELP,
	.examples = "release postgres\n"
		    "release --query 'image=postgres adopted=true' --dry-run\n",
	.see = "adopt, rm",
	.operand = OPERAND_MACHINES,
	.options = options,
	.shows = &out_operations,
	.run = run,
};
