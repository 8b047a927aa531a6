/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <ctype.h>
#include <string.h>

/* How many are asked for at once. */
#define PAGE 500

/* [new] exactly this machine; NULL: no id is like that. */
static char *filter_of(const char *id)
{
	AUTO(free) char *lower = must(strdup(id));
	char *c;

	for (c = lower; *c; c++) {
		*c = (char)tolower((unsigned char)*c);
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c))
			return NULL;
	}
	return *lower ? must_printf("machine=\"%s\"", lower) : NULL;
}

static int begin(const struct ctl *ctl, struct out *out, hyper_error **err)
{
	return out->noun ? 0
			 : out_begin(out, ctl, &out_history, OUT_TABLE, false,
				     err);
}

/* Its operations, the oldest first. */
static int show_operations(struct ctl *ctl, const char *filter, struct out *out,
			   hyper_error **err)
{
	AUTO(hyper_query_free) hyper_query *query = must(hyper_query_new());
	const char *cursor = NULL;

	if (hyper_query_set_filter(query, filter) < 0 ||
	    hyper_query_set_sort(query, "id") < 0 ||
	    hyper_query_set_limit(query, PAGE) < 0)
		must(NULL);
	do {
		AUTO(hyper_operations_free) hyper_operations *page = NULL;
		const hyper_operation *op;
		size_t i;
		int r = hyper_operation_list(ctl->conn, query, 0, &page, err);

		for (i = 0; r == 0 && (op = hyper_operations_at(page, i));
		     i++) {
			r = begin(ctl, out, err);
			if (r == 0)
				r = out_item(out, op, err);
		}
		if (r < 0)
			return r;
		cursor = hyper_operations_next_cursor(page);
		if (cursor && hyper_query_set_cursor(query, cursor) < 0)
			must(NULL);
	} while (cursor);
	return 0;
}

static int show(struct ctl *ctl, const char *id, struct out *out,
		hyper_error **err)
{
	AUTO(hyper_machine_free) hyper_machine *machine = NULL;
	AUTO(free) char *filter = filter_of(id);
	int r = filter ? show_operations(ctl, filter, out, err) : 0;

	if (r < 0 || out->noun)
		return r;
	/* Nothing: was it never there, or did nothing happen for long? */
	r = hyper_machine_get(ctl->conn, id, 0, &machine, err);
	return r < 0 ? r : begin(ctl, out, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct args args;
	struct out out = { 0 };
	int exit;

	args_begin(&args, ctl, &cmd_history, argc, argv);
	exit = args_only_operands(&args, 1, 1, "the id of a machine");
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	ctl->operand = args.operands[0];
	if (show(ctl, args.operands[0], &out, &err) < 0)
		exit = fail(ctl, err);
	if (out.noun) /* what was never there has no empty history */
		out_end(&out);
	return exit;
}

const struct command cmd_history = {
	.name = "history",
	.brief = "history <id>",
	.usage = "history ID [OPTION]...",
	.help = "Tell what was done with a machine, when, by whom, and what "
		"came of it, the\n"
		"oldest first: its operations of the last days, also when "
		"it is removed.\n",
	.examples = "history web1\n"
		    "history web1 -f json\n"
		    "history web1 --columns time,kind,note\n",
	.see = "operations, events, get",
	.operand = OPERAND_MACHINES,
	.shows = &out_history,
	.run = run,
};
