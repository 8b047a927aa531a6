/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <string.h>

const struct option args_common[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
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

static bool set_format(struct ctl *ctl, const char *text)
{
	static const char *const names[] = { [FORMAT_TABLE] = "table",
					     [FORMAT_JSON] = "json",
					     [FORMAT_CSV] = "csv" };
	int format;

	for (format = FORMAT_TABLE; format <= FORMAT_CSV; format++)
		if (strcmp(text, names[format]) == 0) {
			ctl->format = (enum ctl_format)format;
			return true;
		}
	return false;
}

/* In place of the connection that there is, which belongs to the shell. */
static void set_uri(struct ctl *ctl, const char *uri)
{
	ctl->uri = uri;
	ctl->conn = NULL;
}

static bool set_remote(struct ctl *ctl, const char *name)
{
	size_t len = (size_t)snprintf(ctl->remote, sizeof(ctl->remote),
				      "remote:%s", name);

	set_uri(ctl, ctl->remote);
	return len < sizeof(ctl->remote) && *name;
}

static void add_operand(struct args *args, char *word)
{
	/* Never overtakes getopt, which has read at least as many. */
	args->operands[args->count++] = word;
}

int args_next(struct args *args)
{
	int opt;

	while ((opt = getopt_long(args->argc, args->argv, args->shorts,
				  args->longs, NULL)) != -1) {
		switch (opt) {
		case 1:
			add_operand(args, optarg);
			break;
		case 'f':
			if (!set_format(args->ctl, optarg))
				return stop(args,
					    usage_error(args->command,
							"no format '%s': table,"
							" json or csv",
							optarg));
			break;
		case 'h':
			help_print(stdout, args->command);
			return stop(args, CTL_OK);
		case 'q':
			args->ctl->quiet = true;
			break;
		case 'u':
			set_uri(args->ctl, optarg);
			break;
		case OPT_REMOTE:
			if (!set_remote(args->ctl, optarg))
				return stop(args,
					    usage_error(args->command,
							"'%s' is no name of a "
							"remote",
							optarg));
			break;
		case '?': /* getopt has said why */
			fprintf(stderr, "Try 'hyperctl help%s%s'.\n",
				args->command ? " " : "",
				args->command ? args->command->name : "");
			return stop(args, CTL_USAGE);
		default:
			return opt;
		}
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
