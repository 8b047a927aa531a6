/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <string.h>

/* The files in completion/, made texts by CMake. */
extern const char completion_bash[], completion_zsh[], completion_fish[];

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct args args;
	size_t i;
	int exit;

	args_begin(&args, ctl, &cmd_completion, argc, argv);
	exit = args_only_operands(&args, 1, 1, "a shell: bash, zsh or fish");
	if (exit >= 0)
		return exit;
	for (i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		if (strcmp(args.operands[0], scripts[i].shell) == 0) {
			fputs(scripts[i].script, stdout);
			return CTL_OK;
		}
	}
	return usage_error(args.command,
			   "there is no completion for '%s': bash, zsh or fish",
			   args.operands[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.brief = "completion <bash|zsh|fish>",
	.usage = "completion bash|zsh|fish",
	.help = "Print the script by which a shell completes commands, "
		"options, "
		"ids of machines,\n"
		"names of images and numbers of operations. An installed "
		"hyperctl has it at its\n"
		"place already; else source it, as below.\n",
	.examples =
		"completion bash | grep complete\n"
		"completion zsh >~/.zfunc/_hyperctl   # a folder of $fpath\n"
		"completion fish | source\n",
	.see = "help",
	.operand = OPERAND_NONE,
	.verbs = (const char *const[]){ "bash", "zsh", "fish", NULL },
	.run = run,
};
