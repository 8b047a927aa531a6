/* SPDX-License-Identifier: MIT */
/* Starting and stopping. */
#include "lv.h"
#include "util/time.h"

#define POLL_MS 100
/* A guest that is still booting does not hear the power button: press again. */
#define PRESS_MS 3000

static bool is_off(int state)
{
	return state == VIR_DOMAIN_SHUTOFF || state == VIR_DOMAIN_NOSTATE;
}

/* One that is about to be off is waited for. */
static int settled_state(hyper_call *call, virDomainPtr domain,
			 hyper_error **err)
{
	int state, r;

	for (;;) {
		state = hyp_lv_state(domain, err);
		if (state != VIR_DOMAIN_SHUTDOWN)
			return state;
		r = hyper_call_check(call, err);
		if (r)
			return r;
		hyp_sleep_ms(POLL_MS);
	}
}

static int check_image(const struct hyp_lv_mark *mark, hyper_error **err)
{
	return mark->overlay ? hyp_lv_image_check(&mark->image, err) : 0;
}

static int create(virDomainPtr domain, const struct hyp_lv_mark *mark,
		  hyper_error **err)
{
	int r = check_image(mark, err);

	if (r)
		return r;
	/* The disks of an adopted one are not ours. */
	if (mark->disk)
		hyp_lv_disk_settle(mark->disk, mark->uuid);
	if (virDomainCreate(domain) == 0 ||
	    (virGetLastErrorCode() == VIR_ERR_OPERATION_INVALID &&
	     virDomainIsActive(domain) == 1))
		return 0;
	return hyp_lv_error(err, "cannot start %s", mark->id);
}

static int crashed(const char *id, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_STATE, NULL,
			       "the guest of %s crashed: stop it with force "
			       "first",
			       id);
}

static int start(hyper_call *call, virDomainPtr domain,
		 const struct hyp_lv_mark *mark, hyper_error **err)
{
	int state = settled_state(call, domain, err);

	switch (state) {
	case VIR_DOMAIN_RUNNING:
	case VIR_DOMAIN_BLOCKED:
		return 0;
	case VIR_DOMAIN_PAUSED:
		if (virDomainResume(domain) == 0)
			return 0;
		return hyp_lv_error(err, "cannot resume %s", mark->id);
	case VIR_DOMAIN_PMSUSPENDED:
		if (virDomainPMWakeup(domain, 0) == 0)
			return 0;
		return hyp_lv_error(err, "cannot wake %s up", mark->id);
	case VIR_DOMAIN_CRASHED:
		return crashed(mark->id, err);
	default:
		return state < 0 ? state : create(domain, mark, err);
	}
}

int hyp_lv_machine_start(void *self, hyper_call *call,
			 const hyper_machine *machine, hyper_machine *seen,
			 hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(self, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = start(call, domain, &mark, err);
	return r ? r : hyp_lv_see(call, domain, seen, err);
}

/* Press the power button. A guest that sleeps cannot feel it. */
static void press(virDomainPtr domain, int state)
{
	if (state == VIR_DOMAIN_PAUSED)
		virDomainResume(domain);
	if (state == VIR_DOMAIN_PMSUSPENDED)
		virDomainPMWakeup(domain, 0);
	virDomainShutdown(domain);
}

/* Ask the guest. 1: it is off, 0: it is not in time, or a negative code. */
static int ask(hyper_call *call, virDomainPtr domain, uint32_t timeout_ms,
	       hyper_error **err)
{
	int64_t begin = hyp_mono_ms(), next = begin, now;
	int state, r;

	for (;;) {
		state = hyp_lv_state(domain, err);
		if (state < 0 || is_off(state))
			return state < 0 ? state : 1;
		now = hyp_mono_ms();
		if (now >= next && state != VIR_DOMAIN_SHUTDOWN) {
			press(domain, state);
			next = now + PRESS_MS;
		}
		if (now - begin >= timeout_ms)
			return 0;
		r = hyper_call_check(call, err);
		if (r)
			return r;
		hyper_call_progress(call, (uint64_t)(now - begin), timeout_ms,
				    "waiting for the guest");
		hyp_sleep_ms(POLL_MS);
	}
}

static int stop(hyper_call *call, virDomainPtr domain, const char *id,
		uint32_t timeout_ms, bool force, hyper_error **err)
{
	int r = force && !timeout_ms ? 0 : ask(call, domain, timeout_ms, err);

	if (r)
		return r < 0 ? r : 0;
	if (!force)
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "%s was asked to stop %u ms ago and "
				       "still runs: wait longer, or use force",
				       id, timeout_ms);
	hyper_call_progress(call, 0, 0, "killing the guest");
	if (virDomainDestroy(domain) == 0 || virDomainIsActive(domain) == 0)
		return 0;
	return hyp_lv_error(err, "cannot kill %s", id);
}

int hyp_lv_machine_stop(void *self, hyper_call *call,
			const hyper_machine *machine, uint32_t timeout_ms,
			uint32_t flags, hyper_machine *seen, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(self, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = stop(call, domain, mark.id, timeout_ms, flags & HYPER_FORCE,
			 err);
	return r ? r : hyp_lv_see(call, domain, seen, err);
}

int hyp_lv_plan_start(struct hyp_lv *lv, hyper_call *call,
		      const hyper_machine *machine, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	const char *how = "start";
	int r = hyp_lv_find(lv, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = hyp_lv_state(domain, err);
	if (r < 0)
		return r;
	switch (r) {
	case VIR_DOMAIN_RUNNING:
	case VIR_DOMAIN_BLOCKED:
		return 0;
	case VIR_DOMAIN_PAUSED:
		how = "resume";
		break;
	case VIR_DOMAIN_PMSUSPENDED:
		how = "wake up";
		break;
	case VIR_DOMAIN_CRASHED:
		return crashed(mark.id, err);
	default:
		r = check_image(&mark, err);
		if (r)
			return r;
	}
	return hyper_call_plan(call, err, "%s domain %s", how, mark.id);
}

int hyp_lv_plan_stop(struct hyp_lv *lv, hyper_call *call,
		     const hyper_machine *machine, uint32_t timeout_ms,
		     uint32_t flags, hyper_error **err)
{
	const bool force = flags & HYPER_FORCE;
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(lv, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = hyp_lv_state(domain, err);
	if (r < 0 || is_off(r))
		return r < 0 ? r : 0;
	if (force && !timeout_ms)
		return hyper_call_plan(call, err, "kill domain %s", mark.id);
	r = hyper_call_plan(call, err,
			    "press the power button of domain %s, and wait up "
			    "to %u ms until it is off",
			    mark.id, timeout_ms);
	if (!r && force)
		r = hyper_call_plan(call, err, "else kill it");
	return r;
}
