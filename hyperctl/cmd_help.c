/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <string.h>

/* No line of help is longer. */
#define WIDTH 80

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
	"      --columns NAMES  of tables and CSV, such as id,state\n"
	"      --no-headers     tables and CSV without their first line\n"
	"      --color WHEN     always, never, or auto: on a terminal, unless "
	"NO_COLOR\n"
	"                       is set\n"
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

/* "Columns: id, type, …", in lines that fit. */
static void print_columns(FILE *to, const struct out_noun *noun)
{
	static const char begin[] = "Columns:";
	const struct out_column *column = noun->columns;
	int at = fprintf(to, "\n%s", begin) - 1;

	for (; column->name; column++) {
		AUTO(free)
		char *word = must_printf(" %s%s", column->name,
					 column[1].name ? "," : "\n");

		if (at + (int)strlen(word) > WIDTH)
			at = fprintf(to, "\n%*s", (int)strlen(begin), "") - 1;
		at += fprintf(to, "%s", word);
	}
}

static void print_aliases(FILE *to, const char *const *alias)
{
	const char *before = "Other names: ";

	for (; alias && *alias; alias++) {
		fprintf(to, "%s%s%s", before, *alias, alias[1] ? "" : "\n");
		before = ", ";
	}
}

/* A page on one command. */
static void print_command(FILE *to, const struct command *command)
{
	const char *line = command->examples;

	fprintf(to, "Usage: hyperctl %s\n", command->usage);
	print_aliases(to, command->aliases);
	fprintf(to, "\n%s\n%s", command->help, common);
	if (command->shows)
		print_columns(to, command->shows);
	if (line)
		fputs("\nExamples:\n", to);
	while (line && *line) {
		int n = (int)strcspn(line, "\n");

		fprintf(to, "  hyperctl%s%.*s\n", n > 0 ? " " : "", n, line);
		line += n + 1;
	}
	if (command->see)
		fprintf(to, "\nSee also 'hyperctl help' of: %s\n",
			command->see);
}

void help_print(FILE *to, const struct command *command)
{
	const struct command *const *each;

	if (command) {
		print_command(to, command);
		return;
	}
	fputs("Usage: hyperctl <command> [options]\n", to);
	for (each = commands; *each; each++)
		if ((*each)->brief)
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
			return command_unknown(args.operands[0]);
	}
	help_print(stdout, about);
	return CTL_OK;
}

const struct command cmd_help = {
	.name = "help",
	.brief = "help [command]",
	.usage = "help [COMMAND]",
	.help = "Show all commands and the exit codes, or a page on one "
		"command: what it does,\n"
		"its options, examples, and what to read next.\n"
		"\n"
		"The manual has more: man hyperctl\n",
	.examples = "help\n"
		    "help ls\n"
		    "help add\n",
	.see = "version",
	.operand = OPERAND_COMMANDS,
	.run = run,
};
