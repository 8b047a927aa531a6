/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static int print(const struct ctl *ctl, const hyper_drivers *drivers,
		 hyper_error **err)
{
	enum out_mode mode = out_mode(ctl, OUT_TABLE);
	AUTO(hyper_free) char *json = NULL;
	struct out out;
	size_t i;

	if (mode == OUT_JSON) {
		int r = hyper_drivers_to_json(drivers, 0, &json, err);

		if (r < 0)
			return r;
		out_line(json);
		return 0;
	}
	out_begin(&out, &out_drivers, mode, false);
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
		"that cannot be used\n"
		"now, with the reason.\n",
	.run = run,
};
