/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"
#include "watch.h"

static const struct option options[] = {
	ARGS_QUERY_OPTIONS,
	{ "watch", no_argument, NULL, OPT_WATCH },
	{ 0 },
};

/* Page by page, until there are no more or as many as wanted. *ret_seq is
 * where all that has changed since begins. */
static int list(struct ctl *ctl, hyper_query *query, uint64_t limit,
		struct out *out, uint64_t *ret_seq, hyper_error **err)
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
		if (!out->noun) {
			r = out_begin(out, ctl, &out_machines, OUT_TABLE, false,
				      err);
			if (r < 0)
				return r;
			*ret_seq = hyper_machines_seq(page);
		}
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

/* Show the list once. 0 or a negative code. */
static int show(struct ctl *ctl, const struct args_query *wanted,
		const struct args *args, uint64_t *ret_seq, hyper_error **err)
{
	AUTO(hyper_query_free)
	hyper_query *query =
		args_query_make(wanted, args->operands, args->count);
	struct out out = { 0 };
	int r = list(ctl, query, wanted->limit, &out, ret_seq, err);

	if (out.noun) /* a list that failed is not an empty one */
		out_end(&out);
	return r;
}

/* Wait until something has happened to a machine after `seq`. 0 or a negative
 * code. */
static int wait_for_change(struct ctl *ctl, uint64_t seq, hyper_error **err)
{
	while (watch_goes_on()) {
		AUTO(hyper_events_free) hyper_events *events = NULL;
		AUTO(hyper_error_free) hyper_error *why = NULL;
		const hyper_event *event;
		int r = watch_events(ctl, seq, &events, &why);

		/* So much that some is forgotten, or a hyperd that came back
		 * with another state: the next list has it all. */
		if (r == HYPER_ERR_LIMIT || r == HYPER_ERR_INVALID)
			return 0;
		if (r < 0) {
			*err = why;
			why = NULL;
			return r;
		}
		for (size_t i = 0;
		     events && (event = hyper_events_at(events, i)); i++) {
			seq = hyper_event_seq(event);
			/* Or to all of a driver: they are stale, or not. */
			if (hyper_event_machine(event) ||
			    hyper_event_driver(event))
				return 0;
		}
	}
	return 0;
}

/* Between two lists: a terminal shows only the last one. */
static void part_lists(bool first)
{
	if (out_steers())
		fputs("\033[H\033[2J", stdout);
	else if (!first)
		putchar('\n');
}

static int watch(struct ctl *ctl, const struct args_query *wanted,
		 const struct args *args)
{
	bool first = true, lost = false;
	uint64_t seq = 0;
	int exit = CTL_OK;

	watch_begin();
	while (exit == CTL_OK && watch_goes_on()) {
		AUTO(hyper_error_free) hyper_error *err = NULL;
		int r;

		if (!lost) /* what was told of that stays to be read */
			part_lists(first);
		first = false;
		r = show(ctl, wanted, args, &seq, &err);
		lost = watch_lost(ctl, err);
		if (lost)
			continue;
		if (r == 0)
			r = wait_for_change(ctl, seq, &err);
		if (r < 0)
			exit = fail(ctl, err);
	}
	return watch_end(exit);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct args_query wanted = { 0 };
	bool watching = false;
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct args args;
	uint64_t seq;
	int opt, exit;

	args_begin(&args, ctl, &cmd_list, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt == OPT_WATCH) {
			watching = true;
			continue;
		}
		exit = args_query_option(&args, &wanted, opt);
		if (exit >= 0)
			return exit;
	}
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (watching)
		return watch(ctl, &wanted, &args);
	return show(ctl, &wanted, &args, &seq, &err) < 0 ? fail(ctl, err)
							 : CTL_OK;
}

const struct command cmd_list = {
	.name = "list",
	.aliases = (const char *const[]){ "ls", "ps", NULL },
	.brief = "list {field=value}",
	.usage = "list [FIELD=VALUE]... [OPTION]...",
	.help = "List machines: all, or those for which every FIELD=VALUE "
		"holds. Beside = there\n"
		"are != < <= > >= and ~ (contains); VALUE may have * and ? in "
		"it.\n"
		"\n"
		"      --query TEXT   the same as one text, with and, or, not, "
		"( )\n"
		"      --sort FIELDS  such as -mem,id: the largest memory "
		"first\n"
		"      --limit N      at most so many\n"
		"      --watch        show it anew after each change, until "
		"Ctrl-C; a hyperd\n"
		"                     that goes away is waited for\n",
	.examples = "list state=running type!=docker 'mem>=512'\n"
		    "list --query 'label.tier=web or id=db*' --sort -mem,id\n"
		    "list --columns id,state,ports --no-headers\n",
	.see = "get, events, operations",
	.operand = OPERAND_FILTER,
	.options = options,
	.shows = &out_machines,
	.run = run,
};
