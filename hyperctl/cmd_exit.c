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
	.aliases = (const char *const[]){ "quit", NULL },
	.brief = "exit",
	.usage = "exit",
	.help = "Leave the shell that hyperctl is when it is called without a "
		"command. So does\n"
		"the end of the input (Ctrl-D). The exit code of a shell whose "
		"input is no\n"
		"terminal is that of the last command that failed, or 0.\n",
	.examples = "\n"
		    "-u unix:/run/hyper/hyperd.sock\n",
	.see = "help",
	.run = run,
};
