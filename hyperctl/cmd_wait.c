/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <limits.h>

static const struct option options[] = {
	{ "timeout", required_argument, NULL, 't' },
	{ 0 },
};

static int begin(hyper_conn *conn, const char *name, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	uint64_t id;

	(void)data;
	(void)flags;
	if (!text_uint(name, UINT64_MAX, &id))
		return hyper_error_set(err, HYPER_ERR_INVALID, "id",
				       "'%s' is no number of an operation",
				       name);
	return hyper_operation_get(conn, id, 0, ret_op, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct jobs jobs = { .begin = begin,
			     .show = SHOW_NOTHING,
			     .theirs = true };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_wait, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt != 't')
			return args.exit;
		exit = args_seconds(&args, optarg, &jobs.timeout_ms);
		if (exit >= 0)
			return exit;
		jobs.timed = true;
	}
	exit = args_count(&args, 1, INT_MAX, "the number of an operation");
	if (exit >= 0)
		return exit;
	return jobs_run(ctl, &jobs, args.operands, args.count);
}

const struct command cmd_wait = {
	.name = "wait",
	.brief = "wait <operation>",
	.usage = "wait NUMBER... [OPTION]...",
	.help = "Wait until operations have ended. Succeeds if all of them "
		"have; the exit code of\n"
		"a failed one is that of the command that began it.\n"
		"\n"
		"  -t, --timeout SECONDS  for all together; without it as "
		"long as it takes\n",
	.examples = "wait 42\n"
		    "start web1 --async | xargs hyperctl wait -t 60\n",
	.see = "operations, start",
	.operand = OPERAND_OPERATIONS,
	.options = options,
	.shows = &out_operations,
	.run = run,
};
