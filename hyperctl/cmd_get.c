/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <limits.h>

static void pair_time(struct libscols_table *pairs, const char *name,
		      int64_t ms)
{
	char *text;
	size_t len;
	FILE *to = must(open_memstream(&text, &len));

	if (ms > 0) {
		text_time(to, ms);
		fputs(" (", to);
		text_age(to, ms);
		fputs(" ago)", to);
	}
	if (fclose(to) != 0)
		must(NULL);
	out_pair(pairs, name, "%s", text);
	free(text);
}

static void pair_text(struct libscols_table *pairs, const char *name,
		      const char *text)
{
	out_pair(pairs, name, "%s", text ? text : "");
}

/* All entries of a map, a line each. */
static void pair_map(struct libscols_table *pairs, const char *name,
		     const hyper_machine *machine,
		     const char *(*key_at)(const hyper_machine *, size_t),
		     const char *(*get)(const hyper_machine *, const char *))
{
	const char *key;
	size_t i;

	for (i = 0; (key = key_at(machine, i)); i++)
		out_pair(pairs, i == 0 ? name : "", "%s=%s", key,
			 get(machine, key));
}

static void pair_lists(struct libscols_table *pairs,
		       const hyper_machine *machine)
{
	const char *const *word = hyper_machine_command(machine);
	const char *address;
	const hyper_port *port;
	size_t i;

	for (i = 0; (address = hyper_machine_address(machine, i)); i++)
		out_pair(pairs, i == 0 ? "addresses" : "", "%s", address);
	for (i = 0; (port = hyper_machine_port(machine, i)); i++)
		out_pair(pairs, i == 0 ? "ports" : "", "%s:%u -> %u/%s",
			 port->host_ip ? port->host_ip : "*", port->host_port,
			 port->guest_port, port->protocol);
	for (i = 0; word && word[i]; i++)
		out_pair(pairs, i == 0 ? "command" : "", "%s", word[i]);
	pair_map(pairs, "env", machine, hyper_machine_env_key,
		 hyper_machine_env);
	pair_map(pairs, "labels", machine, hyper_machine_label_key,
		 hyper_machine_label);
	pair_map(pairs, "options", machine, hyper_machine_option_key,
		 hyper_machine_option);
}

/* All that is known of a machine, for people. */
static void print_details(const hyper_machine *machine)
{
	struct libscols_table *pairs = out_pairs_begin();

	pair_text(pairs, "id", hyper_machine_id(machine));
	pair_text(pairs, "uuid", hyper_machine_uuid(machine));
	pair_text(pairs, "type", hyper_machine_type(machine));
	pair_text(pairs, "image", hyper_machine_image(machine));
	pair_text(pairs, "state",
		  hyper_state_name(hyper_machine_state(machine)));
	if (hyper_machine_stale(machine))
		pair_text(pairs, "stale", "yes: its engine could not be asked");
	pair_text(pairs, "reason", hyper_machine_state_reason(machine));
	pair_text(pairs, "engine says", hyper_machine_driver_state(machine));
	pair_text(pairs, "handle", hyper_machine_handle(machine));
	if (hyper_machine_adopted(machine))
		pair_text(pairs, "adopted", "yes: hyper did not make it");
	if (hyper_machine_mem(machine) > 0)
		out_pair(pairs, "mem", "%llu MiB",
			 (unsigned long long)hyper_machine_mem(machine));
	if (hyper_machine_vcpus(machine) > 0)
		out_pair(pairs, "vcpus", "%u", hyper_machine_vcpus(machine));
	if (hyper_machine_autostart(machine))
		pair_text(pairs, "autostart", "yes");
	pair_lists(pairs, machine);
	pair_time(pairs, "created", hyper_machine_created_at(machine));
	pair_time(pairs, "updated", hyper_machine_updated_at(machine));
	pair_time(pairs, "observed", hyper_machine_observed_at(machine));
	out_pairs_end(pairs);
}

static int get(struct ctl *ctl, const char *id, struct out *out, bool details,
	       hyper_error **err)
{
	AUTO(hyper_machine_free) hyper_machine *machine = NULL;
	int r = hyper_machine_get(ctl->conn, id, ctl_refresh(ctl), &machine,
				  err);

	if (r < 0 || !details)
		return r < 0 ? r : out_item(out, machine, err);
	if (out->rows++ > 0)
		putchar('\n');
	print_details(machine);
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	bool details;
	struct args args;
	struct out out;
	int i, exit;

	args_begin(&args, ctl, &cmd_get, argc, argv);
	exit = args_only_operands(&args, 1, INT_MAX, "the id of a machine");
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	details = !ctl->quiet && ctl->format == FORMAT_PLAIN && !ctl->columns;
	/* Details are lines of their own, which keys need no frame for. */
	if (out_begin(&out, ctl, &out_machines, OUT_KEYS, args.count == 1,
		      &err) < 0)
		return fail(ctl, err);
	for (i = 0; i < args.count; i++) {
		AUTO(hyper_error_free) hyper_error *why = NULL;

		ctl->operand = args.operands[i];
		if (get(ctl, args.operands[i], &out, details, &why) < 0) {
			int code = fail(ctl, why);

			exit = exit == CTL_OK ? code : exit;
		}
	}
	out_end(&out);
	return exit;
}

const struct command cmd_get = {
	.name = "get",
	.aliases = (const char *const[]){ "show", "inspect", NULL },
	.brief = "get <id>",
	.usage = "get ID... [OPTION]...",
	.help = "Show all that is known of machines.\n",
	.examples = "get web1\n"
		    "get web1 -f json | jq .addresses\n"
		    "get web1 web2 --columns id,state,uuid\n",
	.see = "list, history",
	.operand = OPERAND_MACHINES,
	.shows = &out_machines,
	.run = run,
};
