/* SPDX-License-Identifier: MIT */
/* What libvirt says of our domains, in our words and in those of virsh. */
#include <stdio.h>
#include <string.h>

#include "lv.h"

struct state {
	int state;
	const char *word; /* virsh domstate */
	const char *const *reasons;
	int n;
};

/* In the order of libvirt's enumerations. */
static const char *const running[] = {
	"unknown",	 "booted",   "migrated",	   "restored",
	"from snapshot", "unpaused", "migration canceled", "save canceled",
	"event wakeup",	 "crashed",  "post-copy",	   "post-copy failed"
};
static const char *const paused[] = { "unknown",       "user",
				      "migrating",     "saving",
				      "dumping",       "I/O error",
				      "watchdog",      "from snapshot",
				      "shutting down", "creating snapshot",
				      "crashed",       "starting up",
				      "post-copy",     "post-copy failed" };
static const char *const in_shutdown[] = { "unknown", "user" };
static const char *const shut_off[] = { "unknown", "shutdown",	    "destroyed",
					"crashed", "migrated",	    "saved",
					"failed",  "from snapshot", "daemon" };
static const char *const crashed[] = { "unknown", "panicked" };

#define REASONS(list) list, HYP_COUNT(list)
static const struct state states[] = {
	[VIR_DOMAIN_NOSTATE] = { HYPER_STATE_STOPPED, "no state", NULL, 0 },
	[VIR_DOMAIN_RUNNING] = { HYPER_STATE_RUNNING, "running",
				 REASONS(running) },
	[VIR_DOMAIN_BLOCKED] = { HYPER_STATE_RUNNING, "idle", NULL, 0 },
	[VIR_DOMAIN_PAUSED] = { HYPER_STATE_PAUSED, "paused", REASONS(paused) },
	[VIR_DOMAIN_SHUTDOWN] = { HYPER_STATE_STOPPING, "in shutdown",
				  REASONS(in_shutdown) },
	[VIR_DOMAIN_SHUTOFF] = { HYPER_STATE_STOPPED, "shut off",
				 REASONS(shut_off) },
	[VIR_DOMAIN_CRASHED] = { HYPER_STATE_ERROR, "crashed",
				 REASONS(crashed) },
	[VIR_DOMAIN_PMSUSPENDED] = { HYPER_STATE_PAUSED, "pmsuspended", NULL,
				     0 }
};

/* What a user wants to hear of without asking virsh. */
static const char *explain(int state, int reason)
{
	if (state == VIR_DOMAIN_SHUTOFF) {
		switch (reason) {
		case VIR_DOMAIN_SHUTOFF_CRASHED:
			return "the guest crashed";
		case VIR_DOMAIN_SHUTOFF_FAILED:
			return "QEMU failed or was killed: see its log";
		case VIR_DOMAIN_SHUTOFF_SAVED:
			return "suspended to disk: start goes on from there";
		}
	}
	if (state == VIR_DOMAIN_PAUSED) {
		switch (reason) {
		case VIR_DOMAIN_PAUSED_IOERROR:
			return "a disk reported an error: is the host's full?";
		case VIR_DOMAIN_PAUSED_WATCHDOG:
			return "the guest's watchdog bit";
		case VIR_DOMAIN_PAUSED_CRASHED:
			return "the guest crashed";
		}
	}
	return state == VIR_DOMAIN_CRASHED ? "the guest crashed" : NULL;
}

static int saw_state(virDomainPtr domain, hyper_machine *seen,
		     hyper_error **err)
{
	const char *name = virDomainGetName(domain);
	const struct state *known;
	int state, reason;
	char text[64];

	if (virDomainGetState(domain, &state, &reason, 0) < 0)
		return hyp_lv_error(err, "cannot get the state of %s", name);
	if (state < 0 || state >= (int)HYP_COUNT(states))
		state = VIR_DOMAIN_NOSTATE;
	known = &states[state];
	snprintf(text, sizeof(text), "%s%s%s%s", known->word,
		 reason >= 0 && reason < known->n ? " (" : "",
		 reason >= 0 && reason < known->n ? known->reasons[reason] : "",
		 reason >= 0 && reason < known->n ? ")" : "");
	return hyper_machine_saw_state(
		seen,
		state == VIR_DOMAIN_PAUSED &&
				reason == VIR_DOMAIN_PAUSED_STARTING_UP
			? HYPER_STATE_STARTING
			: known->state,
		text, explain(state, reason), err);
}

int hyp_lv_see(hyper_call *call, virDomainPtr domain, hyper_machine *seen,
	       hyper_error **err)
{
	char uuid[VIR_UUID_STRING_BUFLEN];
	int r = saw_state(domain, seen, err);

	if (!r && virDomainGetUUIDString(domain, uuid) == 0)
		r = hyper_machine_saw_handle(seen, uuid, err);
	return r ? r : hyp_lv_see_addresses(call, domain, seen, err);
}

int hyp_lv_state(virDomainPtr domain, hyper_error **err)
{
	const char *name = virDomainGetName(domain);
	int state;

	if (virDomainGetState(domain, &state, NULL, 0) < 0)
		return hyp_lv_error(err, "cannot get the state of %s", name);
	return state;
}

/* What is known of one that bears no mark. */
static int adopted_mark(const hyper_machine *machine, struct hyp_lv_mark *mark,
			hyper_error **err)
{
	mark->id = strdup(hyper_machine_id(machine));
	mark->uuid = strdup(hyper_machine_uuid(machine));
	return mark->id && mark->uuid ? 1 : hyp_lv_nomem(err);
}

int hyp_lv_lookup(struct hyp_lv *lv, virConnectPtr conn,
		  const hyper_machine *machine, virDomainPtr *ret_domain,
		  struct hyp_lv_mark *ret_mark, hyper_error **err)
{
	bool adopted = hyper_machine_adopted(machine);
	HYP_LV_AUTODOMAIN domain = virDomainLookupByUUIDString(
		conn, adopted ? hyper_machine_handle(machine)
			      : hyper_machine_uuid(machine));
	HYP_LV_AUTOMARK mark = { 0 };
	int r;

	if (!domain && virGetLastErrorCode() == VIR_ERR_NO_DOMAIN)
		return 0;
	if (!domain)
		return hyp_lv_error(err, "cannot look for domain %s",
				    hyper_machine_id(machine));
	r = adopted ? adopted_mark(machine, &mark, err)
		    : hyp_lv_mark_read(domain, &mark, err);
	if (r <= 0)
		return r;
	if (!adopted && strcmp(mark.instance, lv->instance) != 0)
		return 0;
	*ret_domain = hyp_steal(&domain);
	*ret_mark = mark;
	memset(&mark, 0, sizeof(mark));
	return 1;
}

int hyp_lv_find(struct hyp_lv *lv, hyper_call *call,
		const hyper_machine *machine, virConnectPtr *ret_conn,
		virDomainPtr *ret_domain, struct hyp_lv_mark *ret_mark,
		hyper_error **err)
{
	int r = hyp_lv_connect(lv, call, ret_conn, err);

	if (r)
		return r;
	r = hyp_lv_lookup(lv, *ret_conn, machine, ret_domain, ret_mark, err);
	if (r == 0)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, NULL,
				       "libvirt has no domain %s of ours",
				       hyper_machine_id(machine));
	return r < 0 ? r : 0;
}

int hyp_lv_machine_inspect(void *self, hyper_call *call,
			   const hyper_machine *machine, hyper_machine *seen,
			   hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(self, call, machine, &conn, &domain, &mark, err);

	return r ? r : hyp_lv_see(call, domain, seen, err);
}

/* One that cannot be looked at is there, and that is all that is known: the
 * others are told of. Ours have the uuid of their machine. */
static int list_blind(hyper_call *call, virDomainPtr domain, hyper_error **err)
{
	const char *name = virDomainGetName(domain);
	char uuid[VIR_UUID_STRING_BUFLEN];
	hyper_machine *nothing;
	int r;

	if (!name || virDomainGetUUIDString(domain, uuid) < 0)
		return 0;
	nothing = hyper_machine_new();
	if (!nothing)
		return hyp_lv_nomem(err);
	r = hyper_call_found_machine(call, name, uuid, nothing, err);
	hyper_machine_free(nothing);
	return r;
}

static int list_one(const struct hyp_lv *lv, hyper_call *call,
		    virDomainPtr domain, hyper_error **err)
{
	HYP_LV_AUTOERROR why = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	hyper_machine *seen;
	int r = hyp_lv_mark_read(domain, &mark, &why);

	if (r == 0 || (r > 0 && strcmp(mark.instance, lv->instance) != 0))
		return 0;
	seen = hyper_machine_new();
	if (!seen)
		return hyp_lv_nomem(err);
	if (r > 0)
		r = hyp_lv_see(call, domain, seen, &why);
	if (!r)
		r = hyper_call_found_machine(call, mark.id, mark.uuid, seen,
					     err);
	else if (r == HYPER_ERR_NOT_FOUND) /* it has gone meanwhile */
		r = 0;
	else if (r == HYPER_ERR_CONNECT || r == HYPER_ERR_NOMEM)
		hyper_error_set(err, r, NULL, "%s", hyper_error_message(why));
	else
		r = list_blind(call, domain, err);
	hyper_machine_free(seen);
	return r;
}

int hyp_lv_machine_list(void *self, hyper_call *call, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	virDomainPtr *domains = NULL;
	int r = hyp_lv_connect(self, call, &conn, err), n;

	if (r)
		return r;
	n = virConnectListAllDomains(conn, &domains, 0);
	if (n < 0)
		return hyp_lv_error(err, "cannot list the domains");
	for (int i = 0; i < n; i++) {
		if (!r)
			r = hyper_call_check(call, err);
		if (!r)
			r = list_one(self, call, domains[i], err);
		virDomainFree(domains[i]);
	}
	free(domains);
	return r;
}
