/* SPDX-License-Identifier: MIT */
/*
 * The mark of our domains, in their <metadata>:
 *
 *   <hyper:machine xmlns:hyper="urn:hyper:machine:1" instance="UUID"
 *                  id="web" uuid="UUID">
 *     <hyper:disk file="/…/machines/web.qcow2" mode="overlay"/>
 *     <hyper:image name="debian12" file="/…/images/debian12.qcow2"
 *                  size="BYTES" mtime="NANOSECONDS"/>
 *   </hyper:machine>
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lv.h"
#include "util/text.h"

static const xmlChar *const ns_uri = (const xmlChar *)HYP_LV_MARK_NS;

static bool set_number(xmlNodePtr node, const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return hyp_lv_xml_set(node, name, text);
}

/* An earlier mark, in a template made from one of our domains. */
static void drop_marks(xmlNodePtr metadata)
{
	for (xmlNodePtr node = metadata->children, next; node; node = next) {
		next = node->next;
		if (node->type == XML_ELEMENT_NODE && node->ns &&
		    xmlStrEqual(node->ns->href, ns_uri)) {
			xmlUnlinkNode(node);
			xmlFreeNode(node);
		}
	}
}

bool hyp_lv_mark_add(xmlNodePtr domain, const struct hyp_lv_mark *mark)
{
	xmlNodePtr metadata = hyp_lv_xml_make(domain, "metadata");
	xmlNodePtr node, disk, image;
	xmlNsPtr ns;

	if (!metadata)
		return false;
	drop_marks(metadata);
	node = xmlNewTextChild(metadata, NULL, (const xmlChar *)"machine",
			       NULL);
	ns = node ? xmlNewNs(node, ns_uri, (const xmlChar *)"hyper") : NULL;
	if (!ns)
		return false;
	xmlSetNs(node, ns);
	disk = xmlNewTextChild(node, ns, (const xmlChar *)"disk", NULL);
	image = xmlNewTextChild(node, ns, (const xmlChar *)"image", NULL);
	return disk && image &&
	       hyp_lv_xml_set(node, "instance", mark->instance) &&
	       hyp_lv_xml_set(node, "id", mark->id) &&
	       hyp_lv_xml_set(node, "uuid", mark->uuid) &&
	       hyp_lv_xml_set(disk, "file", mark->disk) &&
	       hyp_lv_xml_set(disk, "mode",
			      mark->overlay ? "overlay" : "copy") &&
	       hyp_lv_xml_set(image, "name", mark->image.name) &&
	       hyp_lv_xml_set(image, "file", mark->image.file) &&
	       set_number(image, "size", mark->image.size) &&
	       set_number(image, "mtime", (uint64_t)mark->image.mtime);
}

static bool get_number(xmlNodePtr node, const char *name, uint64_t *ret)
{
	HYP_AUTOFREE char *text = hyp_lv_xml_attr(node, name);

	return text && hyp_parse_uint(text, INT64_MAX, ret) == 0;
}

static bool parse(xmlNodePtr node, struct hyp_lv_mark *mark)
{
	xmlNodePtr disk = hyp_lv_xml_child(node, "disk");
	xmlNodePtr image = hyp_lv_xml_child(node, "image");
	uint64_t mtime = 0;

	if (!disk || !image)
		return false;
	mark->instance = hyp_lv_xml_attr(node, "instance");
	mark->id = hyp_lv_xml_attr(node, "id");
	mark->uuid = hyp_lv_xml_attr(node, "uuid");
	mark->disk = hyp_lv_xml_attr(disk, "file");
	mark->overlay = hyp_lv_xml_attr_is(disk, "mode", "overlay");
	mark->image.name = hyp_lv_xml_attr(image, "name");
	mark->image.file = hyp_lv_xml_attr(image, "file");
	if (!get_number(image, "size", &mark->image.size) ||
	    !get_number(image, "mtime", &mtime))
		return false;
	mark->image.mtime = (int64_t)mtime;
	return mark->instance && mark->id && mark->uuid && mark->disk &&
	       *mark->disk == '/' && mark->image.name && mark->image.file;
}

int hyp_lv_mark_read(virDomainPtr domain, struct hyp_lv_mark *ret_mark,
		     hyper_error **err)
{
	HYP_LV_AUTOMARK mark = { 0 };
	HYP_LV_AUTODOC doc = NULL;
	const char *name = virDomainGetName(domain);
	HYP_AUTOFREE char *xml =
		virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
				     HYP_LV_MARK_NS, VIR_DOMAIN_AFFECT_CURRENT);
	xmlNodePtr node;

	if (!xml) {
		const virError *e = virGetLastError();

		if (e && (e->code == VIR_ERR_NO_DOMAIN_METADATA ||
			  e->code == VIR_ERR_NO_DOMAIN))
			return 0;
		return hyp_lv_error(err, "cannot read the mark of %s", name);
	}
	/* Libvirt drops the prefix, so names are all that counts here. */
	doc = hyp_lv_xml_parse(xml);
	node = doc ? xmlDocGetRootElement(doc) : NULL;
	if (!node || !parse(node, &mark))
		return 0;
	*ret_mark = mark;
	memset(&mark, 0, sizeof(mark));
	return 1;
}

void hyp_lv_mark_free(struct hyp_lv_mark *mark)
{
	free(mark->instance);
	free(mark->id);
	free(mark->uuid);
	free(mark->disk);
	hyp_lv_image_free(&mark->image);
}
