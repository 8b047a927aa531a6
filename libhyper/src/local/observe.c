/* SPDX-License-Identifier: MIT */
#include "local/observe.h"

#include <stdatomic.h>
#include <string.h>

#include "core/log.h"
#include "local/engine.h"
#include "local/list.h"
#include "local/observer.h"
#include "local/stray.h"
#include "util/time.h"

/* How often it is written down that an engine answers, with nothing new
 * (machines are stale after 30 s, and may be asked for every 10 s), ms. */
#define WRITE_INTERVAL 8000
/* How many copies of machines are remembered, so that each is logged once. */
#define COPIES_MAX 64
/* How often to look for the end of the connection, or of an operation. */
#define SLICE	      50
#define LATE_INTERVAL 100

/* What was seen of a machine. */
struct sight {
	const hyper_machine *known; /* as it was before the engine was asked */
	const hyper_machine *seen;  /* NULL: the engine does not have it */
	int64_t at;
	uint64_t own_op; /* the open operation that looks, 0: none */
	bool later;	 /* not written: it was not the time for it */
};

static int vanish(hyper_machine *machine, bool *changed, hyper_error **err)
{
	if (machine->state == HYPER_STATE_MISSING)
		return 0;
	*changed = true;
	machine->state = HYPER_STATE_MISSING;
	hyp_strv_free(&machine->addresses);
	if (hyp_set_text(&machine->driver_state, NULL, err))
		return HYPER_ERR_NOMEM;
	return hyp_set_text(&machine->state_reason,
			    "its engine no longer has it", err);
}

static int take_in(hyper_machine *machine, const struct sight *sight,
		   bool *changed, hyper_error **err)
{
	return sight->seen
		       ? hyp_machine_observe(machine, sight->seen, changed, err)
		       : vanish(machine, changed, err);
}

/* Is there anything to write? Most times there is not. */
static bool is_news(const struct sight *sight)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *copy = hyper_machine_copy(sight->known);
	bool changed = false;

	return !copy || take_in(copy, sight, &changed, NULL) || changed;
}

/*
 * Take a sight into the machine's row. A machine with an open operation is
 * left to that, and one that changed since the engine was asked was seen too
 * early. (Its generation tells: clocks are set back at times.)
 */
static int observed(struct hyp_tx *tx, struct sight *sight, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
	const hyper_machine *known = sight->known;
	bool changed = false;
	uint64_t head;
	int64_t owner;
	int before, rc = hyp_machine_load(tx, known->id, &now, NULL);

	if (rc || strcmp(now->uuid, known->uuid) != 0)
		return 0;
	rc = hyp_op_head(tx, known->id, &head, &owner, err);
	if (rc)
		return rc;
	sight->later = sight->own_op
			       ? head && head != sight->own_op
			       : head || now->generation != known->generation ||
					 now->observed_at > sight->at;
	if (sight->later)
		return 0;
	before = now->state;
	rc = take_in(now, sight, &changed, err);
	if (rc || !changed)
		return rc;
	now->observed_at = sight->at;
	rc = hyp_machine_update(tx, now, err);
	return rc ? rc
		  : hyp_event_insert(tx,
				     before == now->state ? "machine-changed"
							  : "machine-state",
				     known->id, 0, now->state, err);
}

static int observe_one(struct hyp_local *local, struct sight *sight)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(local->store, &tx, NULL);

	if (rc == 0)
		rc = observed(&tx, sight, NULL);
	return rc ? rc : hyp_tx_commit(&tx, NULL);
}

static int call(struct hyp_local *local, enum hyp_verb verb,
		const hyper_machine *machine, struct hyp_job **ret_job)
{
	struct hyp_plugin *plugin;
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_plugin_find(local, machine->type, &plugin, NULL);

	if (rc == 0)
		rc = hyp_job_new(plugin, verb, &job, NULL);
	if (rc)
		return rc;
	job->flags = HYPER_FORCE;
	job->machine = hyper_machine_copy(machine);
	if (!job->machine)
		return HYPER_ERR_NOMEM;
	rc = hyp_job_call(job, NULL);
	*ret_job = hyp_steal(&job);
	return rc;
}

int hyp_observe_machine(struct hyp_local *local, const hyper_machine *machine,
			uint64_t own_op)
{
	struct sight sight = { .known = machine,
			       .at = hyp_now_ms(),
			       .own_op = own_op };
	HYP_AUTOJOB *job = NULL;
	int rc = call(local, HYP_VERB_INSPECT, machine, &job);

	if (rc == 0)
		sight.seen = job->seen;
	else if (rc != HYPER_ERR_NOT_FOUND)
		return rc;
	return observe_one(local, &sight);
}

/* The machine as it is when nothing is open on it; NULL if it is gone, another
 * has its name, or the connection closes. *ret_rc tells which. */
static hyper_machine *settled(struct hyp_local *local,
			      const hyper_machine *machine, int *ret_rc)
{
	do {
		HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
		HYP_AUTOTX tx = HYP_TX_INIT;
		uint64_t head = 0;
		int64_t owner;
		int rc = hyp_tx_read(local->store, &tx, NULL);

		if (rc == 0)
			rc = hyp_op_head(&tx, machine->id, &head, &owner, NULL);
		if (rc == 0 && head)
			continue;
		if (rc == 0)
			rc = hyp_machine_load(&tx, machine->id, &now, NULL);
		if (rc == 0 && strcmp(now->uuid, machine->uuid) != 0)
			rc = HYPER_ERR_NOT_FOUND;
		*ret_rc = rc;
		return rc ? NULL : hyp_steal(&now);
	} while (hyp_local_sleep(local, hyp_mono_ms() + LATE_INTERVAL));
	*ret_rc = HYPER_ERR_CANCELLED;
	return NULL;
}

void hyp_observe_late(struct hyp_job *job)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *now = NULL;
	struct hyp_local *local = job->plugin->local;
	HYP_AUTOJOB *undo = NULL;
	int rc;

	if (!job->machine || !hyp_local_enter(local))
		return;
	hyp_info("driver %s: it answered after all, for machine '%s'",
		 job->plugin->name, job->machine->id);
	now = settled(local, job->machine, &rc);
	if (now)
		hyp_observe_machine(local, now, 0);
	else if (rc == HYPER_ERR_NOT_FOUND && job->verb == HYP_VERB_ADD)
		/* It was removed before it was made. */
		call(local, HYP_VERB_REMOVE, job->machine, &undo);
	hyp_local_leave(local);
}

static void round_clear(struct hyp_round *round)
{
	hyp_job_leave(round->job);
	hyper_machines_free(round->known);
	free(round->unseen);
	memset(round, 0, sizeof(*round));
}

static int round_start(struct hyp_round *round, struct hyp_plugin *plugin,
		       uint32_t ms)
{
	HYP_AUTOSTRV strays = { 0 };
	int rc;

	round->plugin = plugin;
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(plugin->local->store, &tx, NULL);
		if (rc == 0)
			rc = hyp_machine_of_driver(&tx, plugin->name,
						   &round->known, NULL);
		if (rc == 0)
			rc = hyp_stray_drivers(&tx, &strays, NULL);
	}
	if (rc ||
	    (round->known->list.n == 0 && !hyp_strv_has(&strays, plugin->name)))
		return rc;
	round->at = hyp_now_ms();
	round->began = hyp_mono_ms();
	rc = hyp_job_new_list(plugin, round->known, &round->job, NULL);
	if (rc == 0) {
		round->job->wakes = round->job->decides = true;
		rc = hyp_job_start(round->job, ms, NULL);
	}
	if (rc)
		round_clear(round);
	return rc;
}

/* Is it news that a driver answered, or why not? At times it is, also when
 * nothing has changed. */
static bool note_due(const struct hyp_round *round, const char *reason)
{
	const struct hyp_plugin *plugin = round->plugin;
	const char *known = plugin->seen_reason;

	if (!known || !reason)
		return known != reason || round->at < plugin->seen_at ||
		       round->at >= plugin->seen_at + WRITE_INTERVAL;
	return strcmp(known, reason) != 0;
}

/* What differs between the engine and the database, into sights. */
static size_t compare(struct hyp_round *round, struct sight *sights)
{
	const struct hyp_list *known = &round->known->list;
	size_t n = 0;

	for (size_t i = 0; i < known->n; i++) {
		hyper_machine *m = known->items[i];
		struct hyp_found *found =
			hyp_list_find(&round->job->call, m->uuid);
		struct sight sight = { .known = m, .at = round->at };

		if (found) {
			sight.seen = found->seen;
			found->known = true;
		}
		if (found && !found->seen->state)
			round->unseen[i] = round->any_unseen = true;
		else if (is_news(&sight))
			sights[n++] = sight;
	}
	return n;
}

/* The driver answered. Where it could not look at all of them, that is true of
 * the others alone. */
static int note_answer(struct hyp_tx *tx, const struct hyp_round *round)
{
	const struct hyp_list *known = &round->known->list;
	int rc = hyp_driver_seen(tx, round->plugin->name,
				 round->any_unseen ? 0 : round->at, NULL, NULL);

	for (size_t i = 0; rc == 0 && round->any_unseen && i < known->n; i++) {
		const hyper_machine *machine = known->items[i];

		if (!round->unseen[i])
			rc = hyp_machine_seen(tx, machine->uuid, round->at,
					      NULL);
	}
	return rc;
}

/* Under the plugin's seen_lock. */
static int round_write(struct hyp_round *round, struct sight *sights, size_t n,
		       const char *reason)
{
	struct hyp_plugin *plugin = round->plugin;
	HYP_AUTOFREE char *copy = reason ? strdup(reason) : NULL;
	bool note = note_due(round, reason);
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = 0;

	if (!note && n == 0)
		return 0;
	if (reason && !copy)
		return HYPER_ERR_NOMEM;
	rc = hyp_tx_write(plugin->local->store, &tx, NULL);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = observed(&tx, &sights[i], NULL);
	/* At 0 the age of what is known stays what it is. */
	if (rc == 0 && note)
		rc = reason ? hyp_driver_seen(&tx, plugin->name, 0, reason,
					      NULL)
			    : note_answer(&tx, round);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, NULL);
	if (rc == 0 && note) {
		free(plugin->seen_reason);
		plugin->seen_reason = hyp_steal(&copy);
		plugin->seen_at = round->at;
	}
	return rc;
}

/* Whoever made them may not know that they have a machine's marks. Under the
 * plugin's seen_lock. */
static void log_copies(struct hyp_round *round)
{
	const struct hyper_call *call = &round->job->call;
	struct hyp_plugin *plugin = round->plugin;

	for (size_t i = 0; i < call->copy_count; i++) {
		const struct hyp_found *copy =
			&call->found[call->found_count + i];
		const char *handle = copy->seen->handle;

		if (!handle || plugin->copies.n >= COPIES_MAX ||
		    hyp_strv_has(&plugin->copies, handle) ||
		    hyp_strv_add(&plugin->copies, handle))
			continue;
		hyp_warn("driver %s: %s has the marks of machine '%s', but is "
			 "another: it is left alone",
			 plugin->name, handle, copy->id);
	}
}

/* Take over what a round has found; returns what the driver did. */
static int round_finish(struct hyp_round *round)
{
	HYP_AUTOERROR *error = NULL;
	HYP_AUTOFREE struct sight *sights = NULL;
	size_t n = 0;
	int rc = hyp_job_finish(round->job, &error);

	/* Another process has the driver, and observes. */
	if (rc == HYPER_ERR_BUSY || rc == HYPER_ERR_NOT_SUPPORTED)
		return rc;
	if (rc == 0) {
		sights = calloc(round->known->list.n + 1, sizeof(*sights));
		round->unseen = calloc(round->known->list.n + 1, sizeof(bool));
		if (!sights || !round->unseen)
			return HYPER_ERR_NOMEM;
		n = compare(round, sights);
	}
	pthread_mutex_lock(&round->plugin->seen_lock);
	round_write(round, sights, n, rc ? hyper_error_message(error) : NULL);
	if (rc == 0)
		log_copies(round);
	pthread_mutex_unlock(&round->plugin->seen_lock);
	for (size_t i = 0; i < n; i++)
		if (sights[i].later)
			hyp_news_later(round->plugin, sights[i].known->id);
	if (rc == 0)
		hyp_stray_sweep(round->plugin, &round->job->call);
	return rc;
}

int hyp_observe_all(struct hyp_local *local, const char *type, uint32_t ms,
		    hyper_error **err)
{
	HYP_AUTOSTRV names = { 0 };
	HYP_AUTOFREE struct hyp_round *rounds = NULL;
	int rc;

	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(local->store, &tx, err);
		if (rc == 0)
			rc = hyp_machine_drivers(&tx, &names, err);
		if (rc == 0)
			rc = hyp_stray_drivers(&tx, &names, err);
	}
	if (rc)
		return rc;
	rounds = calloc(names.n + 1, sizeof(*rounds));
	if (!rounds)
		return hyp_nomem(err);
	/* All at once: the slowest says how long it takes. */
	for (size_t i = 0; i < names.n; i++) {
		struct hyp_plugin *plugin;

		if ((!type || strcmp(type, names.items[i]) == 0) &&
		    hyp_plugin_find(local, names.items[i], &plugin, NULL) == 0)
			round_start(&rounds[i], plugin, ms);
	}
	for (size_t i = 0; i < names.n; i++) {
		struct hyp_job *job = rounds[i].job;

		if (job && hyp_job_wait(job, job->call.deadline))
			round_finish(&rounds[i]);
		round_clear(&rounds[i]);
	}
	return 0;
}

bool hyp_observe_wait(struct hyp_job *job, int64_t until)
{
	struct hyp_local *local = job->plugin->local;

	while (!hyp_local_closing(local)) {
		int64_t slice = hyp_mono_ms() + SLICE;

		if (hyp_job_wait(job, slice < until ? slice : until))
			return true;
		if (slice >= until)
			break;
	}
	return false;
}

void hyp_observe_end(struct hyp_job *job)
{
	if (job && hyp_local_closing(job->plugin->local)) {
		hyp_job_give_up(job);
		hyp_job_wait(job, hyp_mono_ms() + HYP_CLOSE_GRACE);
	}
	hyp_job_leave(job);
}

int hyp_round_begin(struct hyp_round *round, struct hyp_plugin *plugin)
{
	int rc = round_start(round, plugin, hyp_verb_limit(HYP_VERB_LIST));

	if (rc || !round->job)
		round_clear(round);
	return rc;
}

int64_t hyp_round_limit(const struct hyp_round *round)
{
	return round->job->call.deadline + HYP_JOB_GRACE;
}

int hyp_round_end(struct hyp_round *round, struct hyp_job **ret_hung)
{
	int rc = HYPER_ERR_CANCELLED;

	if (hyp_job_wait(round->job, 0) ||
	    !hyp_local_closing(round->plugin->local))
		rc = round_finish(round);
	if (hyp_job_wait(round->job, 0))
		round_clear(round);
	*ret_hung = hyp_steal(&round->job);
	round_clear(round);
	return rc;
}

int hyp_look_begin(struct hyp_plugin *plugin, const char *id,
		   struct hyp_look *ret_look)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	HYP_AUTOJOB *job = NULL;
	uint64_t head = 0;
	int64_t owner;
	int rc;

	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(plugin->local->store, &tx, NULL);
		if (rc == 0)
			rc = hyp_op_head(&tx, id, &head, &owner, NULL);
		if (rc == 0 && !head)
			rc = hyp_machine_load(&tx, id, &machine, NULL);
	}
	if (rc == 0 && head)
		return HYPER_ERR_BUSY;
	if (rc == HYPER_ERR_NOT_FOUND ||
	    (rc == 0 && strcmp(machine->type, plugin->name) != 0))
		return 0;
	if (rc == 0)
		rc = hyp_job_new(plugin, HYP_VERB_INSPECT, &job, NULL);
	if (rc)
		return rc;
	job->machine = hyper_machine_copy(machine);
	if (!job->machine)
		return HYPER_ERR_NOMEM;
	job->wakes = true;
	ret_look->at = hyp_now_ms();
	rc = hyp_job_start(job, hyp_verb_limit(HYP_VERB_INSPECT), NULL);
	if (rc)
		return rc;
	ret_look->machine = hyp_steal(&machine);
	ret_look->job = hyp_steal(&job);
	return 0;
}

int hyp_look_end(struct hyp_look *look)
{
	struct hyp_job *job = look->job;
	struct sight sight = { .known = look->machine, .at = look->at };
	int rc = hyp_observe_wait(job, 0) ? hyp_job_result(job, NULL)
					  : HYPER_ERR_CANCELLED;

	if (rc == 0 || rc == HYPER_ERR_NOT_FOUND) {
		if (rc == 0)
			sight.seen = job->seen;
		rc = is_news(&sight) ? observe_one(job->plugin->local, &sight)
				     : 0;
		if (sight.later)
			hyp_news_later(job->plugin, look->machine->id);
	}
	hyp_observe_end(job);
	hyper_machine_free(look->machine);
	memset(look, 0, sizeof(*look));
	return rc;
}
