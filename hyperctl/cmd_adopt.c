/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static const struct option options[] = {
	{ "id", required_argument, NULL, 'i' },
	{ "type", required_argument, NULL, 't' },
	{ "force", no_argument, NULL, 'F' },
	{ 0 },
};

static int show(struct ctl *ctl, const hyper_machine *machine)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct out out;
	int r;

	r = out_begin(&out, ctl, &out_machines, OUT_KEYS, true, &err);
	if (r == 0) {
		r = out_item(&out, machine, &err);
		out_end(&out);
	}
	return r < 0 ? fail(ctl, err) : CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_machine_free) hyper_machine *machine = NULL;
	AUTO(hyper_error_free) hyper_error *err = NULL;
	const char *type = NULL, *id = NULL;
	uint32_t flags = 0;
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_adopt, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 'i':
			id = optarg;
			break;
		case 't':
			type = optarg;
			break;
		case 'F':
			flags = HYPER_FORCE;
			break;
		default:
			return args.exit;
		}
	}
	exit = args_count(&args, 1, 1, "what its engine calls it");
	if (exit >= 0)
		return exit;
	if (out_check(ctl, &out_machines, &err) < 0)
		return fail(ctl, err);
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (hyper_machine_adopt(ctl->conn, type, args.operands[0], id, flags,
				&machine, NULL, &err) < 0)
		return fail_on(ctl, args.operands[0], err);
	return show(ctl, machine);
}

const struct command cmd_adopt = {
	.name = "adopt",
	.brief = "adopt <name>",
	.usage = "adopt NAME [OPTION]...",
	.help = "Take in a container or domain that hyper did not make, and "
		"print its id. NAME\n"
		"is what its engine calls it: a name, or the id of a container "
		"or the uuid of a\n"
		"domain. Nothing of it is touched. 'hyperctl release' lets it "
		"go again.\n"
		"\n"
		"  -i, --id ID      its id; without one its name\n"
		"  -t, --type TYPE  the driver; may be left out when only one "
		"has NAME\n"
		"  -F, --force      also one that another hyper made, if that "
		"is gone\n",
	.examples = "adopt postgres\n"
		    "adopt legacy-vm -t libvirt -i legacy\n"
		    "adopt 3f0c2a -i cache\n",
	.see = "release, list, drivers",
	.operand = OPERAND_NONE,
	.options = options,
	.shows = &out_machines,
	.run = run,
};
