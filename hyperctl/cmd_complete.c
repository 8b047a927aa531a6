/* SPDX-License-Identifier: MIT */
/* What the completion of bash, zsh and fish asks at each press of the
 * tabulator. Not for people, so that no help lists it. */
#include "args.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Nobody waits longer for a server that does not answer. */
#define PATIENCE_S 1

static void give_up(int sig)
{
	(void)sig;
	_exit(CTL_OK);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct sigaction action = { .sa_handler = give_up };
	struct completions found;
	struct args args;
	size_t i;
	int exit;

	args_begin(&args, ctl, &cmd_complete, argc, argv);
	exit = args_only_operands(&args, 1, 1, "a line");
	if (exit >= 0)
		return exit;
	sigaction(SIGALRM, &action, NULL);
	alarm(PATIENCE_S);
	complete(ctl, args.operands[0], &found);
	alarm(0);
	/* A word is a line: one that has several cannot be told. */
	for (i = 0; i < found.n; i++)
		if (!strpbrk(found.words[i], "\r\n"))
			puts(found.words[i]);
	completions_clear(&found);
	return CTL_OK;
}

const struct command cmd_complete = {
	.name = "complete",
	.usage = "complete -- LINE",
	.help = "Print what could stand at the end of LINE, a command line "
		"without its first\n"
		"word. The scripts of 'hyperctl completion' call it.\n",
	.run = run,
};
