/* SPDX-License-Identifier: MIT */
/*
 * Other memory, CPUs and autostart for a domain. A guest cannot be given memory
 * or CPUs that it was not started for, and its domain would tell of what it
 * gets one day: so it must be stopped.
 */
#include "lv.h"

/* The limit and what is used of it: in this order when it grows. */
static int set_mem(virDomainPtr domain, uint64_t from, uint64_t to,
		   const char *id, hyper_error **err)
{
	const unsigned int limit =
		VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_MEM_MAXIMUM;
	const unsigned int used = VIR_DOMAIN_AFFECT_CONFIG;
	const unsigned long kib = to * 1024;

	if (virDomainSetMemoryFlags(domain, kib, to > from ? limit : used) ==
		    0 &&
	    virDomainSetMemoryFlags(domain, kib, to > from ? used : limit) == 0)
		return 0;
	return hyp_lv_error(err, "cannot change the memory of %s", id);
}

static int set_vcpus(virDomainPtr domain, uint32_t from, uint32_t to,
		     const char *id, hyper_error **err)
{
	const unsigned int limit =
		VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM;
	const unsigned int used = VIR_DOMAIN_AFFECT_CONFIG;

	if (virDomainSetVcpusFlags(domain, to, to > from ? limit : used) == 0 &&
	    virDomainSetVcpusFlags(domain, to, to > from ? used : limit) == 0)
		return 0;
	return hyp_lv_error(err, "cannot change the CPUs of %s", id);
}

static int check_stopped(virDomainPtr domain, const char *id, hyper_error **err)
{
	int active = virDomainIsActive(domain);

	if (active < 0)
		return hyp_lv_error(err, "cannot ask about %s", id);
	if (!active)
		return 0;
	return hyper_error_set(err, HYPER_ERR_STATE, "state",
			       "machine '%s' runs: stop it first, for mem and "
			       "vcpus of a guest that runs cannot be changed",
			       id);
}

static int check(virDomainPtr domain, const hyper_machine *machine,
		 const hyper_machine *to, hyper_error **err)
{
	if (hyper_machine_mem(machine) == hyper_machine_mem(to) &&
	    hyper_machine_vcpus(machine) == hyper_machine_vcpus(to))
		return 0;
	return check_stopped(domain, hyper_machine_id(machine), err);
}

static int change(virDomainPtr domain, const hyper_machine *machine,
		  const hyper_machine *to, hyper_error **err)
{
	uint64_t old_mem = hyper_machine_mem(machine);
	uint64_t mem = hyper_machine_mem(to);
	uint32_t old_vcpus = hyper_machine_vcpus(machine);
	uint32_t vcpus = hyper_machine_vcpus(to);
	const char *id = hyper_machine_id(machine);
	bool autostart = hyper_machine_autostart(to);
	int r = check(domain, machine, to, err);

	if (!r && autostart != hyper_machine_autostart(machine) &&
	    virDomainSetAutostart(domain, autostart) < 0)
		r = hyp_lv_error(err, "cannot set autostart of %s", id);
	if (!r && mem != old_mem)
		r = set_mem(domain, old_mem, mem, id, err);
	if (!r && vcpus != old_vcpus)
		r = set_vcpus(domain, old_vcpus, vcpus, id, err);
	return r;
}

int hyp_lv_machine_change(void *self, hyper_call *call,
			  const hyper_machine *machine, const hyper_machine *to,
			  hyper_machine *seen, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(self, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = change(domain, machine, to, err);
	return r ? r : hyp_lv_see(call, domain, seen, err);
}

int hyp_lv_plan_change(struct hyp_lv *lv, hyper_call *call,
		       const hyper_machine *machine, const hyper_machine *to,
		       hyper_error **err)
{
	const char *id = hyper_machine_id(machine);
	bool autostart = hyper_machine_autostart(to);
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_find(lv, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = check(domain, machine, to, err);
	if (!r && autostart != hyper_machine_autostart(machine))
		r = hyper_call_plan(call, err, "turn autostart of domain %s %s",
				    id, autostart ? "on" : "off");
	if (!r && hyper_machine_mem(to) != hyper_machine_mem(machine))
		r = hyper_call_plan(call, err,
				    "give domain %s %llu MiB of memory", id,
				    (unsigned long long)hyper_machine_mem(to));
	if (!r && hyper_machine_vcpus(to) != hyper_machine_vcpus(machine))
		r = hyper_call_plan(call, err, "give domain %s %u vcpus", id,
				    hyper_machine_vcpus(to));
	return r;
}
