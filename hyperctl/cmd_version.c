/* SPDX-License-Identifier: MIT */
#include "args.h"

void version_print(void)
{
	printf("hyperctl %s (libhyper %s)\n", HYPER_VERSION_STRING,
	       hyper_version());
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_version, argc, argv);
	exit = args_only_operands(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	version_print();
	return CTL_OK;
}

const struct command cmd_version = {
	.name = "version",
	.brief = "version",
	.usage = "version",
	.help = "Show the version of this program and of the library that it "
		"runs with, which\n"
		"may be a newer one. The version of a server, and what it is "
		"able to do, is\n"
		"told by 'hyperctl info'.\n",
	.examples = "version\n"
		    "--version\n"
		    "info\n",
	.see = "info",
	.run = run,
};
