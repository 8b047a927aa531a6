/* SPDX-License-Identifier: MIT */
#include "machines.h"
#include "out.h"

static const struct option options[] = {
	{ "timeout", required_argument, NULL, 't' },
	{ "force", no_argument, NULL, 'F' },
	MACHINES_OPTIONS,
	{ 0 },
};

struct stop {
	uint32_t timeout_ms;
	uint32_t flags;
};

static int begin(hyper_conn *conn, const char *id, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	const struct stop *stop = data;

	return hyper_machine_stop(conn, id, stop->timeout_ms,
				  flags | stop->flags, NULL, ret_op, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct stop stop = { .timeout_ms = HYPER_TIMEOUT_DEFAULT };
	struct jobs jobs = { .begin = begin,
			     .data = &stop,
			     .show = SHOW_MACHINE };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_stop, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 't':
			exit = args_seconds(&args, optarg, &stop.timeout_ms);
			if (exit >= 0)
				return exit;
			break;
		case 'F':
			stop.flags = HYPER_FORCE;
			break;
		default:
			exit = machines_option(&args, &jobs, opt);
			if (exit >= 0)
				return exit;
		}
	}
	return machines_run(&args, &jobs);
}

const struct command cmd_stop = {
	.name = "stop",
	.aliases = (const char *const[]){ "shutdown", NULL },
	.brief = "stop <id>",
	.usage = "stop ID... [OPTION]...\n"
		 "   or: hyperctl stop --query QUERY [OPTION]...",
	.help = "Ask machines to stop, at the same time, wait until they have, "
		"and print the id\n"
		"of each that did.\n"
		"\n"
		"  -t, --timeout SECONDS  how long one may take (30)\n"
		"  -F, --force            kill what does not stop in time; "
		"with -t 0 at once\n" MACHINES_HELP,
	.examples = "stop web1 web2\n"
		    "stop vm1 -t 60 --force\n"
		    "stop box1 -t 0 -F\n"
		    "stop --query 'type=docker state=running'\n",
	.see = "start, rm, operations",
	.operand = OPERAND_MACHINES,
	.which = "state!=stopped",
	.options = options,
	.shows = &out_machines,
	.run = run,
};
