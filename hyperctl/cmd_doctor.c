/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static const struct option options[] = {
	{ "repair", no_argument, NULL, OPT_REPAIR },
	{ 0 },
};

static int print(const struct ctl *ctl, const hyper_findings *findings,
		 hyper_error **err)
{
	AUTO(hyper_free) char *json = NULL;
	struct out out;
	size_t i;
	int r;

	if (out_mode(ctl, OUT_TABLE) == OUT_JSON) {
		r = hyper_findings_to_json(findings, 0, &json, err);
		if (r == 0)
			out_line(json);
		return r;
	}
	/* People see that all is well without an empty table. */
	if (!ctl->quiet && ctl->format == FORMAT_PLAIN && !ctl->columns &&
	    hyper_findings_count(findings) == 0) {
		out_line("all is well");
		return 0;
	}
	r = out_begin(&out, ctl, &out_findings, OUT_TABLE, false, err);
	if (r < 0)
		return r;
	for (i = 0; i < hyper_findings_count(findings); i++)
		out_item(&out, hyper_findings_at(findings, i), err);
	out_end(&out);
	return 0;
}

static bool is_well(const hyper_findings *findings)
{
	size_t i;

	for (i = 0; i < hyper_findings_count(findings); i++)
		if (!hyper_finding_repaired(hyper_findings_at(findings, i)))
			return false;
	return true;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_findings_free) hyper_findings *findings = NULL;
	uint32_t flags = 0;
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_doctor, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt != OPT_REPAIR)
			return args.exit;
		flags = HYPER_REPAIR;
	}
	exit = args_count(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	if (out_check(ctl, &out_findings, &err) < 0)
		return fail(ctl, err);
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (hyper_doctor(ctl->conn, flags, &findings, &err) < 0 ||
	    print(ctl, findings, &err) < 0)
		return fail(ctl, err);
	return is_well(findings) ? CTL_OK : CTL_FAILED;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.brief = "doctor",
	.usage = "doctor [--repair] [OPTION]...",
	.help = "Look whether the database, the engines and the files agree, "
		"and tell what does\n"
		"not. The exit code is 1 if something is left that is wrong.\n"
		"\n"
		"      --repair  mend what can be mended without losing "
		"anything\n",
	.examples = "doctor\n"
		    "doctor --repair\n"
		    "doctor -f json\n",
	.see = "drivers, operations",
	.options = options,
	.shows = &out_findings,
	.run = run,
};
