/* SPDX-License-Identifier: MIT */
#include "machines.h"

#include <limits.h>
#include <string.h>

int machines_option(struct args *args, struct jobs *jobs, int opt)
{
	switch (opt) {
	case OPT_ASYNC:
		jobs->async = true;
		return -1;
	case OPT_DRY_RUN:
		jobs->dry_run = true;
		return -1;
	case OPT_QUERY:
		jobs->query = optarg;
		return -1;
	default:
		return args->exit;
	}
}

/* The machines that the query finds now. */
static int run_query(struct ctl *ctl, const struct jobs *jobs)
{
	AUTO(hyper_machines_free) hyper_machines *machines = NULL;
	AUTO(hyper_query_free) hyper_query *query = must(hyper_query_new());
	AUTO(hyper_error_free) hyper_error *err = NULL;
	char **ids;
	int exit = ctl_open(ctl);
	size_t n;

	if (exit != CTL_OK)
		return exit;
	if (hyper_query_set_filter(query, jobs->query) < 0)
		must(NULL);
	if (hyper_machine_list(ctl->conn, query, ctl_refresh(ctl), &machines,
			       &err) < 0)
		return fail(ctl, err);
	n = hyper_machines_count(machines);
	if (n == 0) {
		say("no machine matches %s", jobs->query);
		return CTL_OK;
	}
	ids = must(calloc(n, sizeof(*ids)));
	for (size_t i = 0; i < n; i++)
		ids[i] = must(strdup(
			hyper_machine_id(hyper_machines_at(machines, i))));
	exit = jobs_run(ctl, jobs, ids, (int)n);
	for (size_t i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
	return exit;
}

int machines_run(struct args *args, struct jobs *jobs)
{
	int exit;

	if (jobs->query && args->count > 0)
		return usage_error(args->command,
				   "%s: '%s' and --query: name machines, or "
				   "say which, not both",
				   args->command->name, args->operands[0]);
	if (jobs->query && !*jobs->query)
		return usage_error(args->command,
				   "%s: --query is empty: id=* means all",
				   args->command->name);
	if (jobs->query)
		return run_query(args->ctl, jobs);
	exit = args_count(args, 1, INT_MAX, "the id of a machine");
	return exit >= 0
		       ? exit
		       : jobs_run(args->ctl, jobs, args->operands, args->count);
}
