/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <string.h>

#include "nearest.h"

const struct option args_common[] = {
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "columns", required_argument, NULL, OPT_COLUMNS },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "no-headers", no_argument, NULL, OPT_NO_HEADERS },
	{ "quiet", no_argument, NULL, 'q' },
	{ "remote", required_argument, NULL, OPT_REMOTE },
	{ "uri", required_argument, NULL, 'u' },
	{ 0 },
};

static const struct option own_options[] = {
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

static void add_options(struct args *args, const struct option *options)
{
	size_t n = 0;
	size_t len = strlen(args->shorts);

	while (args->longs[n].name)
		n++;
	for (; options && options->name; options++) {
		args->longs[n++] = *options;
		if (options->val >= OPT_ASYNC)
			continue;
		args->shorts[len++] = (char)options->val;
		if (options->has_arg)
			args->shorts[len++] = ':';
	}
}

void args_begin(struct args *args, struct ctl *ctl,
		const struct command *command, int argc, char **argv)
{
	static char name[] = "hyperctl"; /* in the messages of getopt */

	*args = (struct args){
		.ctl = ctl, .command = command, .argc = argc, .argv = argv
	};
	/* "-": operands are told in order; "+": stop at the first one. */
	args->shorts[0] = command ? '-' : '+';
	add_options(args, args_common);
	add_options(args, command ? command->options : own_options);
	args->operands = argv + 1;
	argv[0] = name;
	optind = 0; /* glibc: begin anew */
}

static int stop(struct args *args, int exit_with)
{
	args->exit = exit_with;
	return ARGS_STOP;
}

const char *const args_formats[] = { "table", "json", "csv", NULL };
const char *const args_colors[] = { "auto", "always", "never", NULL };

/* The index of a word, or -1. */
static int find_word(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int set_format(struct args *args, const char *text)
{
	int i = find_word(args_formats, text);

	if (i < 0)
		return usage_error(args->command,
				   "no format '%s': table, json or csv", text);
	args->ctl->format = (enum ctl_format)(FORMAT_TABLE + i);
	return -1;
}

static int set_color(struct args *args, const char *text)
{
	int i = find_word(args_colors, text);

	if (i < 0)
		return usage_error(args->command,
				   "no --color '%s': auto, always or never",
				   text);
	args->ctl->color = (enum ctl_color)i;
	return -1;
}

static int set_columns(struct args *args, const char *text)
{
	const struct command *command = args->command;

	if (command && !command->shows)
		return usage_error(command,
				   "%s has no table: --columns is "
				   "for those that have",
				   command->name);
	args->ctl->columns = text;
	return -1;
}

/* Take an option that every command has. An exit code; -1: go on; -2: it is
 * another one. */
static int common_option(struct args *args, int opt)
{
	struct ctl *ctl = args->ctl;

	switch (opt) {
	case OPT_COLOR:
		return set_color(args, optarg);
	case OPT_COLUMNS:
		return set_columns(args, optarg);
	case OPT_NO_HEADERS:
		ctl->no_headers = true;
		return -1;
	case 'f':
		return set_format(args, optarg);
	case 'h':
		help_print(stdout, args->command);
		return CTL_OK;
	case 'q':
		ctl->quiet = true;
		return -1;
	case 'u':
		ctl_set_uri(ctl, optarg);
		return -1;
	case OPT_REMOTE:
		if (!ctl_set_remote(ctl, optarg))
			return usage_error(args->command,
					   "'%s' is no name of a remote",
					   optarg);
		return -1;
	default:
		return -2;
	}
}

/* getopt has said why. */
static int bad_option(const struct args *args)
{
	const char *word = args->argv[optind - 1];
	const struct option *option;
	AUTO(free) char *name = must(strndup(word, strcspn(word, "=")));
	struct nearest nearest = { .word = name };

	if (optopt == 0 && text_starts(name, "--")) { /* an unknown one */
		nearest.word = name + 2;
		for (option = args->longs; option->name; option++)
			nearest_offer(&nearest, option->name);
	}
	if (nearest.best)
		say_hint("did you mean '--%s'?", nearest.best);
	return usage_hint(args->command);
}

static void add_operand(struct args *args, char *word)
{
	/* Never overtakes getopt, which has read at least as many. */
	args->operands[args->count++] = word;
}

int args_next(struct args *args)
{
	int opt, exit;

	while ((opt = getopt_long(args->argc, args->argv, args->shorts,
				  args->longs, NULL)) != -1) {
		if (opt == 1) {
			add_operand(args, optarg);
			continue;
		}
		exit = opt == '?' ? bad_option(args) : common_option(args, opt);
		if (exit >= 0)
			return stop(args, exit);
		if (exit == -2)
			return opt;
	}
	args->before_dashes = args->count;
	while (optind < args->argc)
		add_operand(args, args->argv[optind++]);
	return -1;
}

int args_only_operands(struct args *args, int min, int max, const char *what)
{
	if (args_next(args) == ARGS_STOP)
		return args->exit;
	return args_count(args, min, max, what);
}

int args_count(struct args *args, int min, int max, const char *what)
{
	if (args->count < min)
		return usage_error(args->command, "%s needs %s",
				   args->command->name, what);
	if (args->count > max)
		return usage_error(args->command, "%s: '%s' is too much",
				   args->command->name, args->operands[max]);
	return -1;
}

int args_seconds(struct args *args, const char *text, uint32_t *ret_ms)
{
	uint64_t seconds;

	/* One less: UINT32_MAX has a meaning of its own. */
	if (!text_uint(text, (UINT32_MAX - 1) / 1000, &seconds))
		return usage_error(args->command,
				   "'%s' is no timeout: whole seconds", text);
	*ret_ms = (uint32_t)seconds * 1000;
	return -1;
}

char *args_value(char *pair)
{
	char *equals = strchr(pair, '=');

	if (!equals)
		return NULL;
	*equals = '\0';
	return equals + 1;
}
