/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"
#include "watch.h"

static const struct option options[] = {
	{ "after", required_argument, NULL, OPT_AFTER },
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "limit", required_argument, NULL, 'n' },
	{ 0 },
};

struct wanted {
	uint64_t after;
	uint64_t limit; /* 0: no limit */
	bool follow;
};

/* What there is after the last one, NULL for nothing. */
static int take(struct ctl *ctl, const struct wanted *wanted,
		hyper_events **ret_events, hyper_error **err)
{
	return wanted->follow
		       ? watch_events(ctl, wanted->after, ret_events, err)
		       : hyper_event_list(ctl->conn, wanted->after, 0, 0, 0,
					  ret_events, err);
}

static int list(struct ctl *ctl, struct wanted *wanted, struct out *out,
		hyper_error **err)
{
	uint64_t n = 0;

	while (watch_goes_on()) {
		AUTO(hyper_events_free) hyper_events *events = NULL;
		const hyper_event *event;
		size_t i;
		int r = take(ctl, wanted, &events, err);

		for (i = 0;
		     r == 0 && events && (event = hyper_events_at(events, i));
		     i++) {
			r = out_item(out, event, err);
			wanted->after = hyper_event_seq(event);
			if (++n == wanted->limit)
				return r;
		}
		if (r < 0 || (i == 0 && !wanted->follow))
			return r;
	}
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct wanted wanted = { 0 };
	struct args args;
	struct out out;
	int opt, exit;

	args_begin(&args, ctl, &cmd_events, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt == OPT_AFTER) {
			if (!text_uint(optarg, INT64_MAX, &wanted.after))
				return usage_error(args.command,
						   "'%s' is no number of an "
						   "event",
						   optarg);
		} else if (opt == OPT_FOLLOW) {
			wanted.follow = true;
		} else if (opt == 'n') {
			if (!text_uint(optarg, INT64_MAX, &wanted.limit) ||
			    wanted.limit == 0)
				return usage_error(args.command,
						   "'%s' is no limit: 1 or "
						   "more",
						   optarg);
		} else {
			return args.exit;
		}
	}
	exit = args_count(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (out_begin(&out, ctl, &out_events, OUT_TABLE, false, &err) < 0)
		return fail(ctl, err);
	watch_begin();
	if (list(ctl, &wanted, &out, &err) < 0)
		exit = fail(ctl, err);
	out_end(&out);
	return watch_end(exit);
}

const struct command cmd_events = {
	.name = "events",
	.brief = "events [--follow]",
	.usage = "events [OPTION]...",
	.help = "Show what happened to machines and operations, the oldest "
		"first, a line each.\n"
		"With -f json each line is a JSON document.\n"
		"\n"
		"      --after N  only what came after event N; without it "
		"from the oldest that\n"
		"                 is kept\n"
		"      --follow   go on until Ctrl-C; a hyperd that goes away "
		"is waited for\n"
		"  -n, --limit N  at most so many\n",
	.examples = "events --after 120 --follow -f json\n"
		    "events -n 20 --columns at,machine,state\n",
	.see = "list, history, operations",
	.operand = OPERAND_NONE,
	.options = options,
	.shows = &out_events,
	.run = run,
};
