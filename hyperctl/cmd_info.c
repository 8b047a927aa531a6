/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

static void print_pairs(const hyper_conn *conn, const hyper_info *info)
{
	struct libscols_table *pairs = out_pairs_begin();
	const char *feature;
	size_t i;

	out_pair(pairs, "uri", "%s", hyper_conn_uri(conn));
	out_pair(pairs, "version", "%s", hyper_info_version(info));
	out_pair(pairs, "instance", "%s", hyper_info_instance(info));
	for (i = 0; (feature = hyper_info_feature(info, i)); i++)
		out_pair(pairs, i == 0 ? "features" : "", "%s", feature);
	out_pairs_end(pairs);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_info_free) hyper_info *info = NULL;
	AUTO(hyper_free) char *json = NULL;
	struct args args;
	int exit;

	args_begin(&args, ctl, &cmd_info, argc, argv);
	exit = args_only_operands(&args, 0, 0, "nothing");
	if (exit >= 0)
		return exit;
	if (ctl->format == FORMAT_CSV)
		return usage_error(args.command, "info has no CSV");
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (hyper_conn_info(ctl->conn, 0, &info, &err) < 0)
		return fail(ctl, err);
	switch (out_mode(ctl, OUT_TABLE)) {
	case OUT_KEYS:
		out_line(hyper_info_instance(info));
		break;
	case OUT_JSON:
		if (hyper_info_to_json(info, 0, &json, &err) < 0)
			return fail(ctl, err);
		out_line(json);
		break;
	default:
		print_pairs(ctl->conn, info);
		break;
	}
	return CTL_OK;
}

const struct command cmd_info = {
	.name = "info",
	.brief = "info",
	.usage = "info [OPTION]...",
	.help = "Show what is connected to: its address, version, instance and "
		"abilities. The\n"
		"instance is the uuid of a state directory: whoever sees the "
		"same one sees the\n"
		"same machines.\n",
	.examples = "info\n"
		    "info -u http://127.0.0.1:7070\n"
		    "info -f json\n",
	.see = "drivers, version",
	.run = run,
};
