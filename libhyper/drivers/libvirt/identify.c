/* SPDX-License-Identifier: MIT */
/* Which libvirt it is, of all those that a URI may lead to. */
#include <string.h>

#include <libxml/uri.h>

#include "lv.h"
#include "util/text.h"

HYP_DEFINE_CLEANUP(xmlURI, xmlFreeURI)

static int say(const char *what, const char *where, char **ret_identity,
	       hyper_error **err)
{
	if (asprintf(ret_identity, "%s %s", what, where) >= 0)
		return 0;
	*ret_identity = NULL;
	return hyp_lv_nomem(err);
}

/* A root in the state directory goes where that goes. */
static const char *root_of(const struct hyp_lv *lv)
{
	size_t len = strlen(lv->dir);

	return hyp_starts_with(lv->root, lv->dir) && lv->root[len] == '/'
		       ? lv->root + len + 1
		       : lv->root;
}

/* A host has /system, and a /session for each of its users. (The uuid of the
 * host would not do: where libvirt cannot read one, it makes up a new one each
 * time that it starts.) */
int hyp_lv_identify(void *self, hyper_call *call, char **ret_identity,
		    hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_CLEANUP(xmlFreeURI_p) xmlURIPtr parts = NULL;
	HYP_AUTOFREE char *host = NULL, *uri = NULL;
	HYP_LV_AUTOCONN conn = NULL;
	int r;

	if (lv->root)
		return say("embedded", root_of(lv), ret_identity, err);
	r = hyp_lv_connect(lv, call, &conn, err);
	if (r)
		return r;
	host = virConnectGetHostname(conn);
	uri = virConnectGetURI(conn);
	if (!host || !uri)
		return hyp_lv_error(err, "cannot find out which libvirt it is");
	parts = xmlParseURI(uri);
	return say(host, parts && parts->path ? parts->path : "", ret_identity,
		   err);
}
