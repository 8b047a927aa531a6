/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <string.h>

static const struct option options[] = {
	ARGS_QUERY_OPTIONS,
	{ 0 },
};

/* As list() of machines. */
static int list(struct ctl *ctl, hyper_query *query, uint64_t limit,
		struct out *out, hyper_error **err)
{
	const char *cursor;

	for (;;) {
		AUTO(hyper_operations_free) hyper_operations *page = NULL;
		const hyper_operation *op;
		size_t i;
		int r = hyper_operation_list(ctl->conn, query, 0, &page, err);

		if (r < 0)
			return r;
		if (!out->noun && (r = out_begin(out, ctl, &out_operations,
						 OUT_TABLE, false, err)) < 0)
			return r;
		for (i = 0; (op = hyper_operations_at(page, i)); i++) {
			r = out_item(out, op, err);
			if (r < 0 || out->rows == limit)
				return r;
		}
		cursor = hyper_operations_next_cursor(page);
		if (!cursor)
			return 0;
		if (hyper_query_set_cursor(query, cursor) < 0)
			must(NULL);
	}
}

static int run_list(struct ctl *ctl, const struct args_query *wanted,
		    char **operands, int count)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_query_free)
	hyper_query *query = args_query_make(wanted, operands, count);
	struct out out = { 0 };
	int exit = CTL_OK;

	if (list(ctl, query, wanted->limit, &out, &err) < 0)
		exit = fail(ctl, err);
	if (out.noun) /* a list that failed is not an empty one */
		out_end(&out);
	return exit;
}

static int cancel(struct ctl *ctl, const char *name)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	uint64_t id;

	if (!text_uint(name, UINT64_MAX, &id))
		return usage_error(&cmd_operations,
				   "'%s' is no number of an operation", name);
	if (hyper_operation_cancel(ctl->conn, id, 0, NULL, &err) < 0)
		return fail_on(ctl, name, err);
	return CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct args_query wanted = { 0 };
	struct args args;
	int opt, exit, i;

	args_begin(&args, ctl, &cmd_operations, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		exit = args_query_option(&args, &wanted, opt);
		if (exit >= 0)
			return exit;
	}
	if (args.count == 1 && strcmp(args.operands[0], "cancel") == 0)
		return usage_error(args.command,
				   "cancel needs the number of an operation");
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (args.count == 0 || strcmp(args.operands[0], "cancel") != 0) {
		i = args.count > 0 && strcmp(args.operands[0], "list") == 0;
		return run_list(ctl, &wanted, args.operands + i,
				args.count - i);
	}
	for (i = 1; i < args.count; i++) {
		int code = cancel(ctl, args.operands[i]);

		exit = exit == CTL_OK ? code : exit;
	}
	return exit;
}

const struct command cmd_operations = {
	.name = "operations",
	.aliases = (const char *const[]){ "ops", NULL },
	.brief = "operations [list|cancel]",
	.usage = "operations [list [FIELD=VALUE]...] [OPTION]...\n"
		 "   or: hyperctl operations cancel NUMBER...",
	.help = "List operations, the newest first, as list does machines; or "
		"ask some to stop.\n"
		"\n"
		"      --query TEXT  which, with and, or, not, ( )\n"
		"      --sort FIELDS the order\n"
		"      --limit N     at most so many\n",
	.examples = "operations state=failed --limit 10\n"
		    "operations cancel 42\n"
		    "operations -q 'kind=start' state=running\n",
	.see = "wait, history, events",
	.operand = OPERAND_OPERATIONS,
	.options = options,
	.verbs = (const char *const[]){ "list", "cancel", NULL },
	.shows = &out_operations,
	.run = run,
};
