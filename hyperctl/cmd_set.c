/* SPDX-License-Identifier: MIT */
#include "machines.h"

#include <string.h>

static const struct option options[] = {
	{ "mem", required_argument, NULL, 'm' },
	{ "vcpus", required_argument, NULL, OPT_VCPUS },
	{ "label", required_argument, NULL, 'l' },
	{ "unlabel", required_argument, NULL, OPT_UNLABEL },
	{ "autostart", required_argument, NULL, OPT_AUTOSTART },
	MACHINES_OPTIONS,
	{ 0 },
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	return hyper_machine_change(conn, id, data, flags, NULL, ret_op, err);
}

/* Take one option. An exit code, or -1. */
static int set_option(struct args *args, hyper_changes *changes, int opt)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	const char *value;
	uint64_t number;
	int r;

	switch (opt) {
	case 'm':
		if (!text_mib(optarg, &number))
			return usage_error(args->command,
					   "'%s' is no size of memory: MiB, or "
					   "with a unit, such as 512, 512M or "
					   "2G",
					   optarg);
		r = hyper_changes_set_mem(changes, number, &err);
		break;
	case OPT_VCPUS:
		if (!text_uint(optarg, UINT32_MAX, &number))
			return usage_error(args->command,
					   "'%s' is no number of CPUs: 1 or "
					   "more",
					   optarg);
		r = hyper_changes_set_vcpus(changes, (uint32_t)number, &err);
		break;
	case 'l':
		value = args_value(optarg);
		if (!value)
			return usage_error(args->command,
					   "--label %s has no '=': --label "
					   "NAME=VALUE (--unlabel takes it "
					   "away)",
					   optarg);
		r = hyper_changes_set_label(changes, optarg, value, &err);
		break;
	case OPT_UNLABEL:
		r = hyper_changes_set_label(changes, optarg, NULL, &err);
		break;
	case OPT_AUTOSTART:
		if (strcmp(optarg, "yes") != 0 && strcmp(optarg, "no") != 0)
			return usage_error(args->command,
					   "--autostart %s: must be yes or no",
					   optarg);
		r = hyper_changes_set_autostart(
			changes, strcmp(optarg, "yes") == 0, &err);
		break;
	default:
		return args->exit;
	}
	return r < 0 ? fail(args->ctl, err) : -1;
}

static bool is_shared(int opt)
{
	return opt == OPT_ASYNC || opt == OPT_DRY_RUN || opt == OPT_QUERY;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_changes_free)
	hyper_changes *changes = must(hyper_changes_new());
	struct jobs jobs = { .begin = begin,
			     .data = changes,
			     .show = SHOW_MACHINE };
	struct args args;
	bool any = false;
	int opt, exit;

	args_begin(&args, ctl, &cmd_set, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		exit = is_shared(opt) ? machines_option(&args, &jobs, opt)
				      : set_option(&args, changes, opt);
		if (exit >= 0)
			return exit;
		any = any || !is_shared(opt);
	}
	if (!any && args.count > 0)
		return usage_error(&cmd_set,
				   "set: say what to change, such as --mem 1G");
	return machines_run(&args, &jobs);
}

const struct command cmd_set = {
	.name = "set",
	.brief = "set <id> [-m <mem>] [-l <label>]",
	.usage = "set ID... OPTION...\n"
		 "   or: hyperctl set --query QUERY OPTION...",
	.help = "Change machines that are there, and print the id of each that "
		"was changed. What\n"
		"has no option stays as it is.\n"
		"\n"
		"  -m, --mem SIZE           memory: MiB, or 512M, 2G\n"
		"      --vcpus N            CPUs\n"
		"  -l, --label NAME=VALUE   a note of your own\n"
		"      --unlabel NAME       take one away\n"
		"      --autostart yes|no   start it with its "
		"engine\n" MACHINES_HELP "\n"
		"A virtual machine must be stopped for other memory or CPUs.\n",
	.examples = "set web1 --mem 1G\n"
		    "set web1 db1 -l tier=front --unlabel old\n"
		    "set web1 --autostart yes\n",
	.see = "get, add, stop",
	.operand = OPERAND_MACHINES,
	.options = options,
	.run = run,
};
