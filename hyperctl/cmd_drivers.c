/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static int print(const struct ctl *ctl, const hyper_drivers *drivers,
		 hyper_error **err)
{
	AUTO(hyper_free) char *json = NULL;
	struct out out;
	size_t i;
	int r;

	if (out_mode(ctl, OUT_TABLE) == OUT_JSON && !ctl->columns) {
		r = hyper_drivers_to_json(drivers, 0, &json, err);
		if (r == 0)
			out_line(json);
		return r;
	}
	r = out_begin(&out, ctl, &out_drivers, OUT_TABLE, false, err);
	if (r < 0)
		return r;
	for (i = 0; i < hyper_drivers_count(drivers); i++)
		out_item(&out, hyper_drivers_at(drivers, i), err);
	out_end(&out);
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_drivers_free) hyper_drivers *drivers = NULL;
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_drivers, argc, argv);
	exit = args_only_operands(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (hyper_driver_list(ctl->conn, 0, &drivers, &err) < 0 ||
	    print(ctl, drivers, &err) < 0)
		return fail(ctl, err);
	return CTL_OK;
}

const struct command cmd_drivers = {
	.name = "drivers",
	.brief = "drivers",
	.usage = "drivers [OPTION]...",
	.help = "List the drivers, which are the types of machine, also those "
		"that cannot be\n"
		"used now, with the reason.\n",
	.examples = "drivers\n"
		    "drivers -f json\n"
		    "drivers --columns name,features\n",
	.see = "images, info, doctor",
	.shows = &out_drivers,
	.run = run,
};
