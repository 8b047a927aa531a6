/* SPDX-License-Identifier: MIT */
#include "args.h"

static const char common[] =
	"Options of all commands:\n"
	"  -u, --uri URI        a state directory or a hyperd: /PATH, "
	"unix:/PATH,\n"
	"                       http://HOST:PORT; without it $HYPER_URI, else "
	"the\n"
	"                       remote in use, else the default state "
	"directory\n"
	"      --remote NAME    the hyperd with that name: see 'help remote'\n"
	"  -f, --format FORMAT  table, json or csv\n"
	"  -q, --quiet          print only ids or names\n"
	"  -h, --help           this help\n";

static const char more[] =
	"\n"
	"Exit codes:\n"
	"    0  success\n"
	"    1  the driver, or something else, failed\n"
	"    2  wrong usage or an invalid value\n"
	"    3  no such machine, image or operation\n"
	"    4  conflict: it exists already, is busy or in the wrong state\n"
	"    5  server, engine or driver out of reach, or access denied\n"
	"    6  it did not happen in time\n"
	"  130  interrupted (Ctrl-C)\n"
	"\n"
	"Without a command, hyperctl is a shell that reads commands until "
	"'exit'.\n"
	"'hyperctl help COMMAND' tells more of each.\n";

void help_print(FILE *to, const struct command *command)
{
	const struct command *const *each;

	if (command) {
		fprintf(to, "Usage: hyperctl %s\n\n%s\n%s", command->usage,
			command->help, common);
		return;
	}
	fputs("Usage: hyperctl <command> [options]\n", to);
	for (each = commands; *each; each++)
		fprintf(to, "    %s\n", (*each)->brief);
	fprintf(to, "\n%s      --version        the version\n%s", common, more);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	const struct command *about = NULL;
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_help, argc, argv);
	exit = args_only_operands(&args, 0, 1, "nothing");
	if (exit >= 0)
		return exit;
	if (args.count == 1) {
		about = command_find(args.operands[0]);
		if (!about)
			return usage_error(NULL, "there is no command '%s'",
					   args.operands[0]);
	}
	help_print(stdout, about);
	return CTL_OK;
}

const struct command cmd_help = {
	.name = "help",
	.brief = "help [command]",
	.usage = "help [COMMAND]",
	.help = "Show this help, or that of a command.\n",
	.operand = OPERAND_COMMANDS,
	.run = run,
};
