/* SPDX-License-Identifier: MIT */
#include "local/list.h"

#include <stdatomic.h>
#include <string.h>

#include "util/time.h"

/* How long one look may take, ms; less when there is less left for all: one
 * that hangs leaves time for the others. */
#define LOOK_MAX   1000
#define LOOK_SHARE 8

/* Look at one machine of a list, within its share of the time. */
static int look(struct hyp_job *job, const hyper_machine *machine,
		hyper_machine *seen)
{
	const struct hyp_plugin *plugin = job->plugin;
	uint32_t limit = hyper_call_remaining(&job->call) / LOOK_SHARE;
	HYP_AUTOERROR *error = NULL;
	struct hyper_call call = {
		.parent = &job->call,
		.type = job->call.type,
		.plugin = job->plugin,
		.deadline =
			hyp_mono_ms() + (limit < LOOK_MAX ? limit : LOOK_MAX),
	};
	int rc;

	if (!plugin->driver.machine_inspect)
		return HYPER_ERR_NOT_SUPPORTED;
	pthread_mutex_init(&call.lock, NULL);
	rc = plugin->driver.machine_inspect(plugin->self, &call, machine, seen,
					    &error);
	pthread_mutex_destroy(&call.lock);
	return rc;
}

/* Those that we adopted bear no mark, by which the driver would know them.
 * One that cannot be looked at is told without a state. */
static int add_adopted(struct hyp_job *job, const hyper_machine *machine,
		       hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *seen = hyper_machine_new();
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *nothing = hyper_machine_new();
	int rc = hyper_call_check(&job->call, err);

	if (!seen || !nothing)
		return hyp_nomem(err);
	if (rc)
		return rc;
	rc = look(job, machine, seen);
	if (rc == HYPER_ERR_NOT_FOUND)
		return 0;
	return hyper_call_found_machine(&job->call, machine->id, machine->uuid,
					rc ? nothing : seen, err);
}

static int by_uuid(const void *a, const void *b)
{
	const struct hyp_found *x = a, *y = b;

	return strcmp(x->uuid, y->uuid);
}

static void sort(struct hyper_call *call)
{
	if (call->found_count)
		qsort(call->found, call->found_count, sizeof(*call->found),
		      by_uuid);
}

static int of_uuid(const void *uuid, const void *found)
{
	return strcmp(uuid, ((const struct hyp_found *)found)->uuid);
}

struct hyp_found *hyp_list_find(const struct hyper_call *call, const char *uuid)
{
	return call->found_count ? bsearch(uuid, call->found, call->found_count,
					   sizeof(*call->found), of_uuid)
				 : NULL;
}

static bool is_handle(const struct hyp_found *found, const char *handle)
{
	return found->seen->handle && handle &&
	       strcmp(found->seen->handle, handle) == 0;
}

/* Is it there under another handle than the one that we know, or are they all
 * copies? The driver knows; if it cannot tell now, nobody does. */
static int choose_anew(struct hyp_job *job, const hyper_machine *machine,
		       struct hyp_found *found, size_t n, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *seen = hyper_machine_new();
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *nothing = hyper_machine_new();
	int rc;

	if (!seen || !nothing)
		return hyp_nomem(err);
	rc = hyper_call_check(&job->call, err);
	if (rc)
		return rc;
	rc = look(job, machine, seen);
	for (size_t i = 0; i < n; i++)
		found[i].copy = rc ? rc == HYPER_ERR_NOT_FOUND || i > 0
				   : !is_handle(&found[i], seen->handle);
	if (rc && rc != HYPER_ERR_NOT_FOUND) {
		hyper_machine_free(found[0].seen);
		found[0].seen = hyp_steal(&nothing);
	}
	return 0;
}

/* Which of several with its mark is the machine? Tools that make one like
 * another copy the mark as well. */
static int choose(struct hyp_job *job, const hyper_machine *machine,
		  hyper_error **err)
{
	struct hyper_call *call = &job->call;
	struct hyp_found *end = call->found + call->found_count;
	struct hyp_found *first = hyp_list_find(call, machine->uuid);
	struct hyp_found *chosen = NULL, *last;

	if (!first)
		return 0;
	while (first > call->found && by_uuid(first - 1, first) == 0)
		first--;
	for (last = first; last < end && by_uuid(last, first) == 0; last++)
		if (!chosen && is_handle(last, machine->handle))
			chosen = last;
	if (!chosen && machine->handle && first->seen->handle)
		return choose_anew(job, machine, first, (size_t)(last - first),
				   err);
	for (struct hyp_found *found = first; found < last; found++)
		found->copy = found != (chosen ? chosen : first);
	return 0;
}

/* What is known as a copy goes behind the end of the list. */
static void set_apart(struct hyper_call *call)
{
	size_t n = 0;

	for (size_t i = 0; i < call->found_count; i++) {
		struct hyp_found found = call->found[i];

		if (found.copy)
			continue;
		call->found[i] = call->found[n];
		call->found[n++] = found;
	}
	call->copy_count = call->found_count - n;
	call->found_count = n;
}

int hyp_list_run(struct hyp_job *job, hyper_error **err)
{
	const struct hyp_list *known = &job->known->list;
	struct hyp_plugin *plugin = job->plugin;
	int rc = plugin->driver.machine_list(plugin->self, &job->call, err);

	for (size_t i = 0; rc == 0 && i < known->n; i++) {
		const hyper_machine *machine = known->items[i];

		if (machine->adopted)
			rc = add_adopted(job, machine, err);
	}
	sort(&job->call);
	for (size_t i = 0; rc == 0 && i < known->n; i++) {
		const hyper_machine *machine = known->items[i];

		if (!machine->adopted)
			rc = choose(job, machine, err);
	}
	set_apart(&job->call);
	return rc;
}
