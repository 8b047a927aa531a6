/* SPDX-License-Identifier: MIT */
#include "args.h"

/* Outside of the shell there is nothing to leave. */
static int run(struct ctl *ctl, int argc, char **argv)
{
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_exit, argc, argv);
	exit = args_only_operands(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	ctl->leave = true;
	return CTL_OK;
}

const struct command cmd_exit = {
	.name = "exit",
	.brief = "exit",
	.usage = "exit",
	.help = "Leave the shell that hyperctl is when it is called without a "
		"command. So do quit\n"
		"and the end of the input.\n",
	.run = run,
};
