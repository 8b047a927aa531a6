/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <limits.h>
#include <string.h>

static const struct option options[] = {
	{ "id", required_argument, NULL, 'i' },
	{ "type", required_argument, NULL, 't' },
	{ "mem", required_argument, NULL, 'm' },
	{ "vcpus", required_argument, NULL, OPT_VCPUS },
	{ "env", required_argument, NULL, 'e' },
	{ "publish", required_argument, NULL, 'p' },
	{ "label", required_argument, NULL, 'l' },
	{ "option", required_argument, NULL, 'o' },
	{ "autostart", no_argument, NULL, OPT_AUTOSTART },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "async", no_argument, NULL, OPT_ASYNC },
	{ 0 },
};

/* One of the three maps: "key=value" to its setter. */
static int set_pair(struct args *args, hyper_machine *machine,
		    const char *option,
		    int (*set)(hyper_machine *, const char *, const char *,
			       hyper_error **))
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	const char *value = args_value(optarg);

	if (!value)
		return usage_error(args->command,
				   "--%s %s has no '=': "
				   "--%s NAME=VALUE",
				   option, optarg, option);
	if (set(machine, optarg, value, &err) < 0)
		return fail(args->ctl, err);
	return -1;
}

static int set_mem(struct args *args, hyper_machine *machine, hyper_error **err)
{
	uint64_t mib;

	if (!text_mib(optarg, &mib) || mib == 0)
		return usage_error(args->command,
				   "'%s' is no size of memory: MiB, or with a "
				   "unit, such as 512, 512M or 2G",
				   optarg);
	return hyper_machine_set_mem(machine, mib, err) < 0
		       ? fail(args->ctl, *err)
		       : -1;
}

static int set_vcpus(struct args *args, hyper_machine *machine,
		     hyper_error **err)
{
	uint64_t vcpus;

	if (!text_uint(optarg, UINT32_MAX, &vcpus) || vcpus == 0)
		return usage_error(args->command,
				   "'%s' is no number of CPUs: 1 or more",
				   optarg);
	return hyper_machine_set_vcpus(machine, (uint32_t)vcpus, err) < 0
		       ? fail(args->ctl, *err)
		       : -1;
}

/* Take one option. An exit code, or -1. */
static int set_option(struct args *args, hyper_machine *machine, int opt)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	int r;

	switch (opt) {
	case 'i':
		r = hyper_machine_set_id(machine, optarg, &err);
		break;
	case 't':
		r = hyper_machine_set_type(machine, optarg, &err);
		break;
	case 'm':
		return set_mem(args, machine, &err);
	case OPT_VCPUS:
		return set_vcpus(args, machine, &err);
	case 'e':
		return set_pair(args, machine, "env", hyper_machine_set_env);
	case 'p':
		r = hyper_machine_add_port(machine, optarg, &err);
		break;
	case 'l':
		return set_pair(args, machine, "label",
				hyper_machine_set_label);
	case 'o':
		return set_pair(args, machine, "option",
				hyper_machine_set_option);
	case OPT_AUTOSTART:
		r = hyper_machine_set_autostart(machine, true, &err);
		break;
	default:
		return args->exit;
	}
	return r < 0 ? fail(args->ctl, err) : -1;
}

/* IMAGE [-- COMMAND…]. An exit code, or -1. */
static int set_operands(struct args *args, hyper_machine *machine)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	int n = args->count;
	int exit;

	if (args->before_dashes > 0)
		n = args->before_dashes;
	else if (n > 1)
		n = 1; /* -- IMAGE COMMAND… */
	if (n > 1)
		return usage_error(args->command,
				   "add: '%s' is too much (a command to run "
				   "stands behind --)",
				   args->operands[1]);
	exit = args_count(args, 1, INT_MAX, "an image");
	if (exit >= 0)
		return exit;
	if (hyper_machine_set_image(machine, args->operands[0], &err) < 0)
		return fail(args->ctl, err);
	/* argv ends with NULL, also after its words were moved up. */
	args->operands[args->count] = NULL;
	if (args->count > 1 &&
	    hyper_machine_set_command(
		    machine, (const char *const *)args->operands + 1, &err) < 0)
		return fail(args->ctl, err);
	return -1;
}

struct wish {
	hyper_machine *machine;
	const char *key; /* or NULL */
};

static int begin(hyper_conn *conn, const char *name, const void *data,
		 uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	AUTO(hyper_close) hyper_conn *view = NULL;
	const struct wish *wish = data;
	int r = hyper_conn_view(conn, 0, &view, err);

	(void)name;
	if (r == 0 && wish->key)
		r = hyper_conn_set_key(view, wish->key, err);
	return r < 0 ? r
		     : hyper_machine_add(view, wish->machine, flags, NULL,
					 ret_op, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_machine_free)
	hyper_machine *machine = must(hyper_machine_new());
	struct wish wish = { .machine = machine };
	struct jobs jobs = { .begin = begin,
			     .data = &wish,
			     .show = SHOW_MACHINE };
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_add, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		if (opt == OPT_ASYNC) {
			jobs.async = true;
			continue;
		}
		if (opt == OPT_DRY_RUN) {
			jobs.dry_run = true;
			continue;
		}
		if (opt == OPT_KEY) {
			wish.key = optarg;
			continue;
		}
		exit = set_option(&args, machine, opt);
		if (exit >= 0)
			return exit;
	}
	exit = set_operands(&args, machine);
	if (exit >= 0)
		return exit;
	return jobs_run(ctl, &jobs, args.operands, 1);
}

const struct command cmd_add = {
	.name = "add",
	.aliases = (const char *const[]){ "create", NULL },
	.brief = "add <image> [-i id] [-t <type>] [-m <mem>]",
	.usage = "add IMAGE [OPTION]... [-- COMMAND [ARG]...]",
	.help = "Add a machine, made from an image, and print its id. It is "
		"not started.\n"
		"\n"
		"  -i, --id ID              its name; without one it gets one\n"
		"  -t, --type TYPE          the driver; may be left out when "
		"only one has IMAGE\n"
		"  -m, --mem SIZE           memory: MiB, or 512M, 2G\n"
		"      --vcpus N            CPUs\n"
		"  -e, --env NAME=VALUE     a variable of a container\n"
		"  -p, --publish PORT       [[IP:]HOST_PORT:]PORT[/tcp|/udp]\n"
		"  -l, --label NAME=VALUE   a note of your own\n"
		"  -o, --option NAME=VALUE  an option of the driver's own\n"
		"      --autostart          start it with its engine\n"
		"      --key KEY            a key of this request, which is "
		"done only once\n"
		"      --dry-run            only tell what would be done\n"
		"      --async              do not wait: print the number of "
		"the operation\n"
		"\n"
		"COMMAND is what a container runs instead of what its image "
		"says.\n",
	.examples =
		"add busybox -i box1 -t docker -m 64M -l tier=web -- sleep 1d\n"
		"add debian12 -i vm1 -m 1G --vcpus 2 --autostart --dry-run\n"
		"add nginx -i www -p 127.0.0.1:8080:80 -e TZ=UTC\n",
	.see = "images, start, rm",
	.operand = OPERAND_IMAGES,
	.options = options,
	.shows = &out_machines,
	.run = run,
};
