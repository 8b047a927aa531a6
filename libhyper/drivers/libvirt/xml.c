/* SPDX-License-Identifier: MIT */
/* Small things on XML nodes that libxml2 does not have in this shape. */
#include <string.h>

#include <libxml/parser.h>

#include "lv.h"

static const xmlChar *x(const char *text)
{
	return (const xmlChar *)text;
}

xmlDocPtr hyp_lv_xml_parse(const char *text)
{
	return xmlReadMemory(text, (int)strlen(text), NULL, NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR |
				     XML_PARSE_NOWARNING);
}

bool hyp_lv_xml_is(xmlNodePtr node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       xmlStrEqual(node->name, x(name));
}

xmlNodePtr hyp_lv_xml_next(xmlNodePtr node, const char *name)
{
	while (node && !hyp_lv_xml_is(node, name))
		node = node->next;
	return node;
}

xmlNodePtr hyp_lv_xml_child(xmlNodePtr node, const char *name)
{
	return hyp_lv_xml_next(node->children, name);
}

xmlNodePtr hyp_lv_xml_make(xmlNodePtr node, const char *name)
{
	xmlNodePtr child = hyp_lv_xml_child(node, name);

	return child ? child : xmlNewTextChild(node, NULL, x(name), NULL);
}

char *hyp_lv_xml_content(xmlNodePtr node)
{
	xmlChar *text = xmlNodeGetContent(node);
	char *copy = text ? strdup((const char *)text) : NULL;

	xmlFree(text);
	return copy;
}

char *hyp_lv_xml_attr(xmlNodePtr node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, x(name));
	char *copy = value ? strdup((const char *)value) : NULL;

	xmlFree(value);
	return copy;
}

bool hyp_lv_xml_attr_is(xmlNodePtr node, const char *name, const char *value)
{
	HYP_AUTOFREE char *is = hyp_lv_xml_attr(node, name);

	return is && value ? strcmp(is, value) == 0 : !is && !value;
}

bool hyp_lv_xml_set(xmlNodePtr node, const char *name, const char *value)
{
	if (value)
		return xmlSetProp(node, x(name), x(value)) != NULL;
	xmlUnsetProp(node, x(name));
	return true;
}

/* xmlNodeSetContent() would take an `&` for the beginning of an entity. */
bool hyp_lv_xml_text(xmlNodePtr node, const char *text)
{
	xmlNodePtr content = xmlNewText(x(text));

	if (!content)
		return false;
	while (node->children) {
		xmlNodePtr old = node->children;

		xmlUnlinkNode(old);
		xmlFreeNode(old);
	}
	xmlAddChild(node, content);
	return true;
}

void hyp_lv_xml_drop(xmlNodePtr parent, const char *name)
{
	xmlNodePtr node;

	while ((node = hyp_lv_xml_child(parent, name))) {
		xmlUnlinkNode(node);
		xmlFreeNode(node);
	}
}
