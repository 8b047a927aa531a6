/* SPDX-License-Identifier: MIT */
/* The template, filled in for one machine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lv.h"
#include "util/text.h"

static bool set_number(xmlNodePtr domain, const char *name, const char *unit,
		       uint64_t number)
{
	xmlNodePtr node = hyp_lv_xml_make(domain, name);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return node && hyp_lv_xml_text(node, text) &&
	       hyp_lv_xml_set(node, "unit", unit);
}

static bool set_text(xmlNodePtr domain, const char *name, const char *text)
{
	xmlNodePtr node = hyp_lv_xml_make(domain, name);

	return node && hyp_lv_xml_text(node, text);
}

/* Who the machine is and what it gets. The id of a running domain, in a
 * template made with virsh dumpxml, would be wrong for all others. */
static bool set_basics(xmlNodePtr domain, const hyper_machine *machine,
		       bool kvm)
{
	xmlNodePtr vcpu;

	hyp_lv_xml_set(domain, "id", NULL);
	if (!hyp_lv_xml_set(domain, "type", kvm ? "kvm" : "qemu") ||
	    !set_text(domain, "name", hyper_machine_id(machine)) ||
	    !set_text(domain, "uuid", hyper_machine_uuid(machine)) ||
	    !set_number(domain, "memory", "MiB", hyper_machine_mem(machine)) ||
	    !set_number(domain, "currentMemory", "MiB",
			hyper_machine_mem(machine)) ||
	    !set_number(domain, "vcpu", NULL, hyper_machine_vcpus(machine)))
		return false;
	vcpu = hyp_lv_xml_child(domain, "vcpu");
	return hyp_lv_xml_set(vcpu, "current", NULL);
}

/* The host's CPU is there only under KVM. */
static bool set_cpu(xmlNodePtr domain, bool kvm)
{
	xmlNodePtr cpu = hyp_lv_xml_child(domain, "cpu");

	if (kvm || !cpu ||
	    (!hyp_lv_xml_attr_is(cpu, "mode", "host-passthrough") &&
	     !hyp_lv_xml_attr_is(cpu, "mode", "host-model")))
		return true;
	hyp_lv_xml_drop(domain, "cpu");
	cpu = hyp_lv_xml_make(domain, "cpu");
	return cpu && hyp_lv_xml_set(cpu, "mode", "maximum");
}

/* The first disk without a file. */
static xmlNodePtr find_disk(xmlNodePtr devices)
{
	xmlNodePtr node = hyp_lv_xml_child(devices, "disk");

	for (; node; node = hyp_lv_xml_next(node->next, "disk")) {
		xmlNodePtr source = hyp_lv_xml_child(node, "source");

		if (!hyp_lv_xml_attr_is(node, "device", NULL) &&
		    !hyp_lv_xml_attr_is(node, "device", "disk"))
			continue;
		if (!source || !source->properties ||
		    hyp_lv_xml_attr_is(source, "file", ""))
			break;
	}
	return node;
}

static bool set_disk(xmlNodePtr disk, const char *file)
{
	xmlNodePtr driver = hyp_lv_xml_make(disk, "driver");
	xmlNodePtr source = hyp_lv_xml_make(disk, "source");

	return driver && source && hyp_lv_xml_set(disk, "type", "file") &&
	       hyp_lv_xml_set(driver, "name", "qemu") &&
	       hyp_lv_xml_set(driver, "type", "qcow2") &&
	       hyp_lv_xml_set(source, "file", file);
}

/* "user", "bridge:NAME", else the name of a network of libvirt's. The mac of
 * a template would be the same for all machines. */
static bool set_interface(xmlNodePtr interface, const char *network)
{
	bool bridge = hyp_starts_with(network, HYP_LV_BRIDGE);
	xmlNodePtr source;

	hyp_lv_xml_drop(interface, "mac");
	hyp_lv_xml_drop(interface, "source");
	if (strcmp(network, "user") == 0)
		return hyp_lv_xml_set(interface, "type", "user");
	source = hyp_lv_xml_make(interface, "source");
	if (!source)
		return false;
	if (bridge)
		return hyp_lv_xml_set(interface, "type", "bridge") &&
		       hyp_lv_xml_set(source, "bridge",
				      network + strlen(HYP_LV_BRIDGE));
	return hyp_lv_xml_set(interface, "type", "network") &&
	       hyp_lv_xml_set(source, "network", network);
}

static int wrong(const struct hyp_lv *lv, xmlNodePtr node, const char *what,
		 hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, "template", "%s:%ld: %s",
			       lv->template_file, xmlGetLineNo(node), what);
}

int hyp_lv_domain_xml(const struct hyp_lv *lv, const hyper_machine *machine,
		      const struct hyp_lv_mark *mark, const char *network,
		      bool kvm, char **ret_xml, hyper_error **err)
{
	xmlNodePtr domain, devices, disk, interface;
	HYP_LV_AUTODOC doc = NULL;
	xmlChar *text = NULL;
	int r, len;

	r = hyp_lv_template_read(lv, &doc, err);
	if (r)
		return r;
	domain = xmlDocGetRootElement(doc);
	devices = hyp_lv_xml_child(domain, "devices");
	disk = devices ? find_disk(devices) : NULL;
	interface = devices ? hyp_lv_xml_child(devices, "interface") : NULL;
	if (!disk)
		return wrong(lv, devices ? devices : domain,
			     "<devices> has no <disk> with <source file=''/>",
			     err);
	if (!interface && hyper_machine_option(machine, "network"))
		return wrong(lv, devices,
			     "a network is asked for, but <devices> has no "
			     "<interface>",
			     err);
	if (!set_basics(domain, machine, kvm) || !set_cpu(domain, kvm) ||
	    !hyp_lv_mark_add(domain, mark) || !set_disk(disk, mark->disk) ||
	    (interface && !set_interface(interface, network)))
		return hyp_lv_nomem(err);
	xmlDocDumpMemoryEnc(doc, &text, &len, "UTF-8");
	*ret_xml = text ? strdup((const char *)text) : NULL;
	xmlFree(text);
	return *ret_xml ? 0 : hyp_lv_nomem(err);
}
