/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

static const struct option options[] = {
	{ "id", required_argument, NULL, 'i' },
	{ "type", required_argument, NULL, 't' },
	{ "force", no_argument, NULL, 'F' },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ 0 },
};

/* The machine; of a dry run the operation. */
static int show(struct ctl *ctl, const hyper_machine *machine,
		const hyper_operation *op)
{
	const bool planned = hyper_operation_state(op) == HYPER_OP_PLANNED;
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct out out;
	int r;

	r = out_begin(&out, ctl, planned ? &out_operations : &out_machines,
		      OUT_KEYS, true, &err);
	if (r == 0 && planned && out.mode == OUT_KEYS) {
		jobs_print_plan(op);
		out_end(&out);
	} else if (r == 0) {
		r = planned ? out_item(&out, op, &err)
			    : out_item(&out, machine, &err);
		out_end(&out);
	}
	return r < 0 ? fail(ctl, err) : CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_machine_free) hyper_machine *machine = NULL;
	AUTO(hyper_operation_free) hyper_operation *op = NULL;
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
			flags |= HYPER_FORCE;
			break;
		case OPT_DRY_RUN:
			flags |= HYPER_DRY_RUN;
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
				&machine, &op, &err) < 0)
		return fail_on(ctl, args.operands[0], err);
	return show(ctl, machine, op);
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
		"is gone\n"
		"      --dry-run    only tell what would be done\n",
	.examples = "adopt postgres\n"
		    "adopt legacy-vm -t libvirt -i legacy\n"
		    "adopt 3f0c2a -i cache\n",
	.see = "release, list, drivers",
	.operand = OPERAND_NONE,
	.options = options,
	.shows = &out_machines,
	.run = run,
};
