/* SPDX-License-Identifier: MIT */
/* Which libvirt it is, of all those that a URI may lead to. */
#include <string.h>

#include <libxml/parser.h>
#include <libxml/uri.h>

#include "lv.h"
#include "util/text.h"

HYP_DEFINE_CLEANUP(xmlURI, xmlFreeURI)

/* [new] the uuid in the capabilities of a host, see
 * https://libvirt.org/formatcaps.html; NULL: none. */
static char *host_uuid(const char *xml)
{
	HYP_LV_AUTODOC doc = hyp_lv_xml_parse(xml);
	xmlNodePtr node = doc ? xmlDocGetRootElement(doc) : NULL;

	node = node ? hyp_lv_xml_child(node, "host") : NULL;
	node = node ? hyp_lv_xml_child(node, "uuid") : NULL;
	return node ? hyp_lv_xml_content(node) : NULL;
}

/* What is embedded is in a directory of this host; ours goes where the state
 * goes. */
static int identify_root(const struct hyp_lv *lv, char **ret_identity,
			 hyper_error **err)
{
	bool ours = hyp_starts_with(lv->root, lv->dir);

	if (asprintf(ret_identity, "embedded%s%s", ours ? "" : " ",
		     ours ? "" : lv->root) >= 0)
		return 0;
	*ret_identity = NULL;
	return hyp_lv_nomem(err);
}

int hyp_lv_identify(void *self, hyper_call *call, char **ret_identity,
		    hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_CLEANUP(xmlFreeURI_p) xmlURIPtr parts = NULL;
	HYP_AUTOFREE char *xml = NULL, *uuid = NULL, *uri = NULL;
	HYP_LV_AUTOCONN conn = NULL;
	int r;

	if (lv->root)
		return identify_root(lv, ret_identity, err);
	r = hyp_lv_connect(lv, call, &conn, err);
	if (r)
		return r;
	xml = virConnectGetCapabilities(conn);
	uri = virConnectGetURI(conn);
	if (!xml || !uri)
		return hyp_lv_error(err, "cannot find out which libvirt it is");
	uuid = host_uuid(xml);
	parts = xmlParseURI(uri);
	if (!uuid || !parts || !parts->path)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "%s does not tell which libvirt it is",
				       lv->uri);
	/* A host has /system, and a /session for each of its users. */
	if (asprintf(ret_identity, "%s %s", uuid, parts->path) >= 0)
		return 0;
	*ret_identity = NULL;
	return hyp_lv_nomem(err);
}
