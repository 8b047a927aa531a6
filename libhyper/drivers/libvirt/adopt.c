/* SPDX-License-Identifier: MIT */
/* Domains that hyper did not define. */
#include <string.h>

#include "lv.h"

/* By name, else by uuid. */
static int look_up(virConnectPtr conn, const char *name,
		   virDomainPtr *ret_domain, hyper_error **err)
{
	virDomainPtr domain = virDomainLookupByName(conn, name);

	if (!domain && virGetLastErrorCode() == VIR_ERR_NO_DOMAIN)
		domain = virDomainLookupByUUIDString(conn, name);
	/* INVALID_ARG: it is no uuid. */
	if (!domain && (virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ||
			virGetLastErrorCode() == VIR_ERR_INVALID_ARG))
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "libvirt has no domain '%s'", name);
	if (!domain)
		return hyp_lv_error(err, "cannot look for domain %s", name);
	*ret_domain = domain;
	return 0;
}

static int check_mark(const struct hyp_lv *lv, virDomainPtr domain,
		      const char *name, uint32_t flags, hyper_error **err)
{
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_mark_read(domain, &mark, err);

	if (r <= 0)
		return r;
	if (strcmp(mark.instance, lv->instance) == 0)
		return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
				       "domain '%s' is machine '%s' of this "
				       "hyper",
				       name, mark.id);
	if (flags & HYPER_FORCE)
		return 0;
	return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
			       "domain '%s' is machine '%s' of another hyper "
			       "(%s): use force if that is gone",
			       name, mark.id, mark.instance);
}

static int see_spec(virDomainPtr domain, hyper_machine *found,
		    hyper_error **err)
{
	const char *name = virDomainGetName(domain);
	int autostart = 0, r;
	virDomainInfo info;

	if (virDomainGetInfo(domain, &info) < 0)
		return hyp_lv_error(err, "cannot ask about %s", name);
	/* A domain that is not persistent cannot have it. */
	virDomainGetAutostart(domain, &autostart);
	r = hyper_machine_set_mem(found, info.maxMem / 1024, err);
	if (!r)
		r = hyper_machine_set_vcpus(found, info.nrVirtCpu, err);
	if (!r)
		r = hyper_machine_set_autostart(found, autostart, err);
	/* Its name may be none that an id could have. */
	if (!r)
		hyper_machine_set_id(found, name, NULL);
	return r;
}

int hyp_lv_machine_find(void *self, hyper_call *call, const char *name,
			uint32_t flags, hyper_machine *found, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	int r = hyp_lv_connect(self, call, &conn, err);

	if (!r)
		r = look_up(conn, name, &domain, err);
	if (!r)
		r = check_mark(self, domain, name, flags, err);
	if (!r)
		r = see_spec(domain, found, err);
	return r ? r : hyp_lv_see(call, domain, found, err);
}
