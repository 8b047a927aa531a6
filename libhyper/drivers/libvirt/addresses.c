/* SPDX-License-Identifier: MIT */
/*
 * The addresses of a running domain: those that libvirt's own networks gave
 * away, else what the guest's agent says of interfaces that can be reached.
 * Behind user-mode networking each guest is 10.0.2.15, which nobody can
 * reach: that is not told.
 */
#include <string.h>

#include "lv.h"
#include "util/strv.h"

#define AGENT_NAME "org.qemu.guest_agent.0"
#define AGENT_S	   1	/* an agent that hangs shall not delay a list */
#define ENOUGH_MS  3000 /* do not ask one with less time than that */

static bool has_agent(xmlNodePtr devices)
{
	xmlNodePtr node = hyp_lv_xml_child(devices, "channel");

	for (; node; node = hyp_lv_xml_next(node->next, "channel")) {
		xmlNodePtr target = hyp_lv_xml_child(node, "target");

		if (target && hyp_lv_xml_attr_is(target, "name", AGENT_NAME) &&
		    hyp_lv_xml_attr_is(target, "state", "connected"))
			return true;
	}
	return false;
}

/* The macs of interfaces that are not in user mode, and whether there is one
 * on a network of libvirt's. */
static bool reachable(xmlNodePtr devices, struct hyp_strv *macs,
		      bool *ret_network)
{
	xmlNodePtr node = hyp_lv_xml_child(devices, "interface");

	for (; node; node = hyp_lv_xml_next(node->next, "interface")) {
		xmlNodePtr mac = hyp_lv_xml_child(node, "mac");
		HYP_AUTOFREE char *address =
			mac ? hyp_lv_xml_attr(mac, "address") : NULL;

		if (!address || hyp_lv_xml_attr_is(node, "type", "user"))
			continue;
		if (hyp_strv_add(macs, address) < 0)
			return false;
		if (hyp_lv_xml_attr_is(node, "type", "network"))
			*ret_network = true;
	}
	return true;
}

/* How many of these interfaces' addresses there were, or a negative code. */
static int saw(virDomainPtr domain, unsigned int source,
	       const struct hyp_strv *macs, hyper_machine *seen,
	       hyper_error **err)
{
	virDomainInterfacePtr *interfaces = NULL;
	int n = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
	int r = 0, count = 0;

	/* No driver for it, no agent, just stopped: then there are none. */
	for (int i = 0; i < n; i++) {
		const virDomainInterface *one = interfaces[i];
		bool wanted = one->hwaddr && hyp_strv_has(macs, one->hwaddr);

		for (unsigned int k = 0; wanted && k < one->naddrs; k++) {
			const char *address = one->addrs[k].addr;

			/* of use only with the name of an interface */
			if (r || strncmp(address, "fe80:", 5) == 0)
				continue;
			r = hyper_machine_saw_address(seen, address, err);
			count++;
		}
		virDomainInterfaceFree(interfaces[i]);
	}
	free(interfaces);
	return r ? r : count;
}

int hyp_lv_see_addresses(hyper_call *call, virDomainPtr domain,
			 hyper_machine *seen, hyper_error **err)
{
	HYP_AUTOFREE char *xml = NULL;
	HYP_AUTOSTRV macs = { 0 };
	HYP_LV_AUTODOC doc = NULL;
	xmlNodePtr devices;
	bool network = false;
	int r = 0;

	if (hyper_machine_state(seen) != HYPER_STATE_RUNNING)
		return 0;
	xml = virDomainGetXMLDesc(domain, 0);
	doc = xml ? hyp_lv_xml_parse(xml) : NULL;
	devices = doc ? hyp_lv_xml_child(xmlDocGetRootElement(doc), "devices")
		      : NULL;
	if (!devices)
		return 0;
	if (!reachable(devices, &macs, &network))
		return hyp_lv_nomem(err);
	/* Only where it makes sense: without one, libvirt would try to start
	 * a daemon for networks, for 5 s. */
	if (network)
		r = saw(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, &macs,
			seen, err);
	if (r || !macs.n || !has_agent(devices) ||
	    hyper_call_remaining(call) < ENOUGH_MS)
		return r < 0 ? r : 0;
	virDomainAgentSetResponseTimeout(domain, AGENT_S, 0);
	r = saw(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, &macs, seen,
		err);
	return r < 0 ? r : 0;
}
