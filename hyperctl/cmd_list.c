/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static const struct option options[] = {
	ARGS_QUERY_OPTIONS,
	{ 0 },
};

/* Page by page, until there are no more or as many as wanted. */
static int list(struct ctl *ctl, hyper_query *query, uint64_t limit,
		struct out *out, hyper_error **err)
{
	uint32_t flags = ctl_refresh(ctl);
	const char *cursor;

	for (;;) {
		AUTO(hyper_machines_free) hyper_machines *page = NULL;
		const hyper_machine *machine;
		size_t i;
		int r = hyper_machine_list(ctl->conn, query, flags, &page, err);

		if (r < 0)
			return r;
		if (!out->noun)
			out_begin(out, &out_machines, out_mode(ctl, OUT_TABLE),
				  false);
		for (i = 0; (machine = hyper_machines_at(page, i)); i++) {
			r = out_item(out, machine, err);
			if (r < 0 || out->rows == limit)
				return r;
		}
		cursor = hyper_machines_next_cursor(page);
		if (!cursor)
			return 0;
		if (hyper_query_set_cursor(query, cursor) < 0)
			must(NULL);
		flags = 0; /* the engines were asked a moment ago */
	}
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_query_free) hyper_query *query = NULL;
	struct args_query wanted = { 0 };
	struct args args;
	struct out out = { 0 };
	int opt, exit;

	args_begin(&args, ctl, &cmd_list, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		exit = args_query_option(&args, &wanted, opt);
		if (exit >= 0)
			return exit;
	}
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	query = args_query_make(&wanted, args.operands, args.count);
	if (list(ctl, query, wanted.limit, &out, &err) < 0)
		exit = fail(ctl, err);
	if (out.noun) /* a list that failed is not an empty one */
		out_end(&out);
	return exit;
}

const struct command cmd_list = {
	.name = "list",
	.brief = "list {field=value}",
	.usage = "list [FIELD=VALUE]... [OPTION]...",
	.help = "List machines: all, or those for which every FIELD=VALUE "
		"holds. Beside = there are\n"
		"!= < <= > >= and ~ (contains); VALUE may have * and ? in "
		"it.\n"
		"\n"
		"      --query TEXT  the same as one text, with and, or, not, "
		"( )\n"
		"      --sort FIELDS such as -mem,id: the largest memory "
		"first\n"
		"      --limit N     at most so many\n"
		"\n"
		"  hyperctl list state=running type!=docker 'mem>=512'\n"
		"  hyperctl list --query 'label.tier=web or id=db*'\n",
	.operand = OPERAND_FILTER,
	.options = options,
	.run = run,
};
