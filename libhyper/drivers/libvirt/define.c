/* SPDX-License-Identifier: MIT */
/* Adding and removing machines: the domain and its disk. */
#include <string.h>

#include "lv.h"
#include "util/text.h"

#define NETWORKD "/run/libvirt/virtnetworkd-sock"

#define UNDEFINE                                                               \
	(VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |                                    \
	 VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM |  \
	 VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA)

static int option_wrong(const char *field, const char *value, const char *want,
			hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, field,
			       "%s is \"%s\": must be %s", field, value, want);
}

/* Embedded libvirt has no networks of its own. */
static int check_network(const struct hyp_lv *lv, const char *network,
			 hyper_error **err)
{
	if (!*network)
		return option_wrong("options.network", network,
				    "user, bridge:NAME, or the name of a "
				    "network of libvirt's",
				    err);
	if (!lv->root || strcmp(network, "user") == 0 ||
	    hyp_starts_with(network, HYP_LV_BRIDGE) ||
	    access(NETWORKD, F_OK) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "options.network",
			       "network is \"%s\", but libvirt's networks are "
			       "there only where virtnetworkd runs, or with "
			       "uri=qemu:///system: use user or bridge:NAME",
			       network);
}

static int check_options(const struct hyp_lv *lv, const hyper_machine *machine,
			 hyper_error **err)
{
	const char *disk = hyper_machine_option(machine, "disk");
	const char *accel = hyper_machine_option(machine, "accel");
	const char *network = hyper_machine_option(machine, "network");

	if (disk && strcmp(disk, "overlay") != 0 && strcmp(disk, "copy") != 0)
		return option_wrong("options.disk", disk, "overlay or copy",
				    err);
	if (accel && !hyp_lv_accel_valid(accel))
		return option_wrong("options.accel", accel, "auto, kvm or tcg",
				    err);
	return check_network(lv, network ? network : lv->network, err);
}

/* Is the name taken? Only asked when no domain has the machine's uuid. */
static int check_name(virConnectPtr conn, const char *id, hyper_error **err)
{
	HYP_LV_AUTODOMAIN other = virDomainLookupByName(conn, id);

	if (!other)
		return 0;
	return hyper_error_set(err, HYPER_ERR_EXISTS, "id",
			       "libvirt has another domain named %s", id);
}

static int make_mark(const struct hyp_lv *lv, const hyper_machine *machine,
		     struct hyp_lv_mark *mark, hyper_error **err)
{
	const char *disk = hyper_machine_option(machine, "disk");
	int r = hyp_lv_image_find(lv, hyper_machine_image(machine),
				  &mark->image, err);

	if (!r)
		r = hyp_lv_disk_path(lv, machine, &mark->disk, err);
	if (r)
		return r;
	mark->instance = strdup(lv->instance);
	mark->id = strdup(hyper_machine_id(machine));
	mark->uuid = strdup(hyper_machine_uuid(machine));
	mark->overlay = !disk || strcmp(disk, "copy") != 0;
	return mark->instance && mark->id && mark->uuid ? 0 : hyp_lv_nomem(err);
}

/* What only libvirt finds wrong with the template carries its name. */
static int define(const struct hyp_lv *lv, virConnectPtr conn, const char *xml,
		  bool kvm, virDomainPtr *ret_domain, hyper_error **err)
{
	HYP_AUTOFREE char *why = NULL;

	*ret_domain = virDomainDefineXML(conn, xml);
	if (*ret_domain)
		return 0;
	if (hyp_lv_error_code() != HYPER_ERR_INVALID)
		return hyp_lv_error(err, "cannot define the domain, with %s",
				    kvm ? "kvm" : "tcg");
	why = hyp_lv_last_error();
	return hyper_error_set(err, HYPER_ERR_INVALID, "template",
			       "libvirt refuses what was made from %s: %s",
			       lv->template_file,
			       why ? why : "no reason given");
}

/* A machine that is about to be made. */
struct draft {
	struct hyp_lv_mark mark;
	const char *network;
	bool kvm;
	char *xml;
};

static void draft_clear(struct draft *draft)
{
	hyp_lv_mark_free(&draft->mark);
	free(draft->xml);
}
#define AUTODRAFT HYP_CLEANUP(draft_clear) struct draft

/* All that can be known of it before anything is made. */
static int prepare(struct hyp_lv *lv, hyper_call *call, virConnectPtr conn,
		   const hyper_machine *machine, struct draft *draft,
		   hyper_error **err)
{
	const char *network = hyper_machine_option(machine, "network");
	const char *accel = hyper_machine_option(machine, "accel");
	int r = check_name(conn, hyper_machine_id(machine), err);

	draft->network = network ? network : lv->network;
	if (!r)
		r = make_mark(lv, machine, &draft->mark, err);
	if (!r)
		r = hyp_lv_accel(lv, call, conn, accel, &draft->kvm, err);
	return r ? r
		 : hyp_lv_domain_xml(lv, machine, &draft->mark, draft->network,
				     draft->kvm, &draft->xml, err);
}

static int make(struct hyp_lv *lv, hyper_call *call, virConnectPtr conn,
		const struct draft *draft, virDomainPtr *ret_domain,
		hyper_error **err)
{
	const struct hyp_lv_mark *mark = &draft->mark;
	int r = hyp_lv_disk_make(lv, call, mark, err);

	if (r)
		return r;
	/* The first time, libvirt asks QEMU what it can do. */
	hyper_call_progress(call, 0, 0, "defining the domain");
	r = hyper_call_check(call, err);
	if (!r)
		r = define(lv, conn, draft->xml, draft->kvm, ret_domain, err);
	/* When libvirt went away it may have the domain, which needs its disk.
	 */
	if (r && r != HYPER_ERR_CONNECT)
		hyp_lv_disk_delete(mark->disk, mark->uuid, NULL);
	return r;
}

static int set_autostart(virDomainPtr domain, const hyper_machine *machine,
			 hyper_error **err)
{
	const char *name = virDomainGetName(domain);
	int want = hyper_machine_autostart(machine), is = 0;

	if (virDomainGetAutostart(domain, &is) == 0 && !is == !want)
		return 0;
	if (virDomainSetAutostart(domain, want) == 0)
		return 0;
	return hyp_lv_error(err, "cannot set autostart of %s", name);
}

/* Undefine, then delete; see disk.c for what a crash between them leaves. */
static int drop(virDomainPtr domain, const struct hyp_lv_mark *mark,
		hyper_error **err)
{
	int r = hyp_lv_disk_unsettle(mark->disk, mark->uuid, err);

	if (r)
		return r;
	r = virDomainUndefineFlags(domain, UNDEFINE);
	/* libvirt's mock driver, test:///default, knows no such flags. */
	if (r < 0 && virGetLastErrorCode() == VIR_ERR_INVALID_ARG)
		r = virDomainUndefine(domain);
	if (r < 0 && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) {
		r = hyp_lv_error(err, "cannot undefine %s", mark->id);
		/* When libvirt went away nobody knows; start() puts it right.
		 */
		if (r != HYPER_ERR_CONNECT)
			hyp_lv_disk_settle(mark->disk, mark->uuid);
		return r;
	}
	return hyp_lv_disk_delete(mark->disk, mark->uuid, err);
}

/* Of an adopted one only the domain goes: its disks, and what else libvirt
 * keeps of it unless force is used, are its user's. */
static int drop_adopted(virDomainPtr domain, const char *id, uint32_t flags,
			hyper_error **err)
{
	unsigned int how = VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;

	if (flags & HYPER_FORCE)
		how |= VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
		       VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
		       VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;
	if (virDomainUndefineFlags(domain, how) == 0 ||
	    virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ||
	    virDomainIsPersistent(domain) == 0)
		return 0;
	return hyp_lv_error(err, "cannot undefine %s", id);
}

/* CONNECT would say that nothing was done. */
static int in_the_middle(int r, hyper_error **err)
{
	if (r != HYPER_ERR_CONNECT)
		return r;
	return hyper_error_wrap(err, HYPER_ERR_PROTOCOL, NULL,
				"libvirt went away while the machine was made");
}

static int add_new(struct hyp_lv *lv, hyper_call *call, virConnectPtr conn,
		   const hyper_machine *machine, hyper_machine *seen,
		   hyper_error **err)
{
	HYP_LV_AUTODOMAIN domain = NULL;
	AUTODRAFT draft = { 0 };
	int r = prepare(lv, call, conn, machine, &draft, err);

	if (!r)
		r = make(lv, call, conn, &draft, &domain, err);
	if (r)
		return r;
	hyp_lv_disk_settle(draft.mark.disk, draft.mark.uuid);
	r = set_autostart(domain, machine, err);
	if (!r)
		r = hyp_lv_see(call, domain, seen, err);
	if (r)
		drop(domain, &draft.mark, NULL);
	return r;
}

/* What add and its plan do first. 1: the domain is there already. */
static int look(struct hyp_lv *lv, hyper_call *call,
		const hyper_machine *machine, virConnectPtr *ret_conn,
		virDomainPtr *ret_domain, struct hyp_lv_mark *ret_mark,
		hyper_error **err)
{
	int r;

	if (lv->remote)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "uri",
				       "%s is on another host, where disks "
				       "cannot be made: run hyperd there",
				       lv->uri);
	r = check_options(lv, machine, err);
	if (!r)
		r = hyp_lv_connect(lv, call, ret_conn, err);
	return r ? r
		 : hyp_lv_lookup(lv, *ret_conn, machine, ret_domain, ret_mark,
				 err);
}

int hyp_lv_plan_add(struct hyp_lv *lv, hyper_call *call,
		    const hyper_machine *machine, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	AUTODRAFT draft = { 0 };
	int r = look(lv, call, machine, &conn, &domain, &mark, err);

	if (!r)
		r = prepare(lv, call, conn, machine, &draft, err);
	if (!r)
		r = hyp_lv_disk_check(&draft.mark, err);
	if (r)
		return r < 0 ? r : 0;
	r = hyper_call_plan(call, err, "make the disk %s, %s %s",
			    draft.mark.disk,
			    draft.mark.overlay ? "an overlay on" : "a copy of",
			    draft.mark.image.file);
	if (!r)
		r = hyper_call_plan(
			call, err,
			"define domain %s after %s: %s, %llu MiB, %u vcpus, "
			"network %s%s",
			draft.mark.id, lv->template_file,
			draft.kvm ? "kvm" : "tcg",
			(unsigned long long)hyper_machine_mem(machine),
			hyper_machine_vcpus(machine), draft.network,
			hyper_machine_autostart(machine) ? ", autostart" : "");
	return r;
}

int hyp_lv_machine_add(void *self, hyper_call *call,
		       const hyper_machine *machine, hyper_machine *seen,
		       hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = look(lv, call, machine, &conn, &domain, &mark, err);

	if (r < 0)
		return r;
	if (r == 0)
		return in_the_middle(
			add_new(lv, call, conn, machine, seen, err), err);
	/* An earlier call got as far as the domain. */
	hyp_lv_disk_settle(mark.disk, mark.uuid);
	r = set_autostart(domain, machine, err);
	if (!r)
		r = hyp_lv_see(call, domain, seen, err);
	return in_the_middle(r, err);
}

static int refuse_active(const char *id, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_STATE, NULL,
			       "machine %s runs: stop it first, or remove it "
			       "with force",
			       id);
}

static int make_inactive(virDomainPtr domain, const char *id, uint32_t flags,
			 hyper_error **err)
{
	if (virDomainIsActive(domain) != 1)
		return 0;
	if (!(flags & HYPER_FORCE))
		return refuse_active(id, err);
	if (virDomainDestroy(domain) == 0 || virDomainIsActive(domain) == 0)
		return 0;
	return hyp_lv_error(err, "cannot kill %s", id);
}

int hyp_lv_machine_remove(void *self, hyper_call *call,
			  const hyper_machine *machine, uint32_t flags,
			  hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	HYP_AUTOFREE char *disk = NULL;
	int r;

	r = hyp_lv_connect(lv, call, &conn, err);
	if (!r)
		r = hyp_lv_lookup(lv, conn, machine, &domain, &mark, err);
	if (r < 0)
		return r;
	if (r == 1) {
		r = make_inactive(domain, hyper_machine_id(machine), flags,
				  err);
		if (r)
			return r;
		return hyper_machine_adopted(machine)
			       ? drop_adopted(domain, mark.id, flags, err)
			       : drop(domain, &mark, err);
	}
	if (hyper_machine_adopted(machine))
		return 0;
	r = hyp_lv_disk_path(lv, machine, &disk, err);
	return r ? r
		 : hyp_lv_disk_delete(disk, hyper_machine_uuid(machine), err);
}

/* No step where there is nothing left of it. */
int hyp_lv_plan_remove(struct hyp_lv *lv, hyper_call *call,
		       const hyper_machine *machine, uint32_t flags,
		       hyper_error **err)
{
	const char *id = hyper_machine_id(machine);
	HYP_LV_AUTOCONN conn = NULL;
	HYP_LV_AUTODOMAIN domain = NULL;
	HYP_LV_AUTOMARK mark = { 0 };
	int r = hyp_lv_connect(lv, call, &conn, err);

	if (!r)
		r = hyp_lv_lookup(lv, conn, machine, &domain, &mark, err);
	if (r <= 0)
		return r;
	r = 0;
	if (virDomainIsActive(domain) == 1)
		r = flags & HYPER_FORCE
			    ? hyper_call_plan(call, err, "kill domain %s", id)
			    : refuse_active(id, err);
	if (!r)
		r = hyper_call_plan(call, err, "undefine domain %s%s", id,
				    hyper_machine_adopted(machine)
					    ? ", and leave its disks"
					    : "");
	if (!r && !hyper_machine_adopted(machine))
		r = hyper_call_plan(call, err, "delete the disk %s", mark.disk);
	return r;
}
