/* SPDX-License-Identifier: MIT */
/*
 * Domain XML: an input is a template that somebody edited, what libvirt says of
 * a running domain, and the metadata of one. The first byte is not part of it:
 * it chooses network and accelerator. Whatever a template holds, the domain
 * made from it is the machine's.
 */
#include "fuzz.h"

#include <fcntl.h>

#include <libxml/parser.h>

#include "json/json.h"
#include "libvirt/lv.h"
#include "local/job.h"
#include "util/time.h"

#define UUID "0c5d7a2e-7d0f-4b8e-9a53-1f0b6c7d8e90"

/* --- stand-ins for libvirt --- */

static const char *domain_text;

char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
	(void)domain;
	(void)flags;
	return strdup(domain_text);
}

char *virDomainGetMetadata(virDomainPtr domain, int type, const char *uri,
			   unsigned int flags)
{
	(void)domain;
	(void)type;
	(void)uri;
	(void)flags;
	return strdup(domain_text);
}

const char *virDomainGetName(virDomainPtr domain)
{
	(void)domain;
	return "web1";
}

int virDomainAgentSetResponseTimeout(virDomainPtr domain, int timeout,
				     unsigned int flags)
{
	(void)domain;
	(void)timeout;
	(void)flags;
	return 0;
}

int virDomainInterfaceAddresses(virDomainPtr domain,
				virDomainInterfacePtr **interfaces,
				unsigned int source, unsigned int flags)
{
	static char ip4[] = "192.0.2.7", local[] = "fe80::1";
	static char mac[] = "52:54:00:00:00:01";
	static virDomainIPAddress addresses[] = {
		{ .addr = ip4 },
		{ .addr = local },
	};
	static virDomainInterface interface = {
		.hwaddr = mac,
		.naddrs = HYP_COUNT(addresses),
		.addrs = addresses,
	};

	(void)domain;
	(void)source;
	(void)flags;
	*interfaces = malloc(sizeof(**interfaces));
	FUZZ_CHECK(*interfaces, "out of memory");
	**interfaces = &interface;
	return 1;
}

void virDomainInterfaceFree(virDomainInterfacePtr interface)
{
	(void)interface;
}

/* --- */

static char file[600];
static hyper_machine *machine;
/* Texts with all that XML writes otherwise. */
static struct hyp_lv_mark mark = {
	.instance = (char[]){ UUID },
	.id = (char[]){ "web1" },
	.uuid = (char[]){ UUID },
	.disk = (char[]){ "/m/<a> & \"b\".qcow2" },
	.overlay = true,
	.image = { .name = (char[]){ "a'b&c" },
		   .file = (char[]){ "/i/\xc3\xa9 & <c>.qcow2" },
		   .size = 4096,
		   .mtime = 1700000000123456789 },
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char json[] =
		"{\"id\":\"web1\",\"type\":\"libvirt\",\"image\":\"a\","
		"\"uuid\":\"" UUID "\",\"state\":\"running\",\"mem\":64,"
		"\"vcpus\":2}";

	(void)argc;
	(void)argv;
	snprintf(file, sizeof(file), "%s/template.xml", fuzz_dir());
	return hyp_json_read_machine(json, strlen(json), &machine, NULL);
}

static void mark_is_ours(const struct hyp_lv_mark *read)
{
	FUZZ_CHECK(strcmp(read->instance, mark.instance) == 0 &&
			   strcmp(read->id, mark.id) == 0 &&
			   strcmp(read->uuid, mark.uuid) == 0 &&
			   strcmp(read->disk, mark.disk) == 0 &&
			   read->overlay == mark.overlay,
		   "%s", read->disk);
	FUZZ_CHECK(strcmp(read->image.name, mark.image.name) == 0 &&
			   strcmp(read->image.file, mark.image.file) == 0 &&
			   read->image.size == mark.image.size &&
			   read->image.mtime == mark.image.mtime,
		   "%s", read->image.file);
}

/* The one mark in the metadata, as libvirt would give it to us. */
static void check_mark(xmlDocPtr doc, xmlNodePtr domain)
{
	xmlNodePtr metadata = hyp_lv_xml_child(domain, "metadata"),
		   found = NULL;
	HYP_LV_AUTOMARK read = { 0 };
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlNodePtr alone;

	FUZZ_CHECK(metadata && buffer, "no metadata");
	for (xmlNodePtr n = metadata->children; n; n = n->next) {
		if (n->type != XML_ELEMENT_NODE || !n->ns ||
		    !xmlStrEqual(n->ns->href, (const xmlChar *)HYP_LV_MARK_NS))
			continue;
		FUZZ_CHECK(!found, "two marks");
		found = n;
	}
	FUZZ_CHECK(found, "no mark");
	alone = xmlDocCopyNode(found, doc, 1);
	xmlNodeDump(buffer, doc, alone, 0, 0);
	domain_text = (const char *)xmlBufferContent(buffer);
	FUZZ_CHECK(hyp_lv_mark_read(NULL, &read, NULL) == 1, "%s", domain_text);
	mark_is_ours(&read);
	xmlFreeNode(alone);
	xmlBufferFree(buffer);
}

static void content_is(xmlNodePtr domain, const char *name, const char *text)
{
	xmlNodePtr node = hyp_lv_xml_child(domain, name);
	HYP_AUTOFREE char *is = node ? hyp_lv_xml_content(node) : NULL;

	FUZZ_CHECK(is && strcmp(is, text) == 0, "%s is %s", name, is);
}

static void check_domain(const char *xml, const char *network, bool kvm)
{
	HYP_LV_AUTODOC doc = hyp_lv_xml_parse(xml);
	xmlNodePtr domain, devices, node;
	int disks = 0;

	FUZZ_CHECK(doc, "not XML: %s", xml);
	domain = xmlDocGetRootElement(doc);
	FUZZ_CHECK(hyp_lv_xml_attr_is(domain, "type", kvm ? "kvm" : "qemu"),
		   "%s", xml);
	content_is(domain, "name", "web1");
	content_is(domain, "uuid", UUID);
	content_is(domain, "memory", "64");
	content_is(domain, "vcpu", "2");
	devices = hyp_lv_xml_child(domain, "devices");
	FUZZ_CHECK(devices, "%s", xml);
	for (node = hyp_lv_xml_child(devices, "disk"); node;
	     node = hyp_lv_xml_next(node->next, "disk")) {
		xmlNodePtr source = hyp_lv_xml_child(node, "source");

		disks +=
			source && hyp_lv_xml_attr_is(source, "file", mark.disk);
	}
	FUZZ_CHECK(disks >= 1, "no disk in %s", xml);
	node = hyp_lv_xml_child(devices, "interface");
	if (node && strcmp(network, "user") != 0) {
		bool bridge = strcmp(network, "front&back") != 0;

		node = hyp_lv_xml_child(node, "source");
		FUZZ_CHECK(node && hyp_lv_xml_attr_is(
					   node, bridge ? "bridge" : "network",
					   bridge ? "br<0" : "front&back"),
			   "%s", xml);
	}
	check_mark(doc, domain);
}

static void as_template(const char *text, char choice)
{
	static const char *const networks[] = { "user", "front&back",
						"bridge:br<0" };
	const char *network = networks[(unsigned char)choice % 3];
	bool kvm = choice & 4;
	struct hyp_lv lv = { .instance = UUID, .template_file = file };
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	HYP_AUTOFREE char *xml = NULL;
	hyper_error *err = NULL;
	size_t len = strlen(text);

	FUZZ_CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len, "%s", file);
	close(fd);
	if (fuzz_end_user(hyp_lv_domain_xml(&lv, machine, &mark, network, kvm,
					    &xml, &err),
			  &err) == 0)
		check_domain(xml, network, kvm);
}

static void as_running(const char *text)
{
	struct hyper_call call = { .deadline = hyp_mono_ms() + 60000 };
	hyper_machine *seen = hyper_machine_new();
	const char *address;
	hyper_error *err = NULL;

	domain_text = text;
	FUZZ_CHECK(seen, "out of memory");
	hyper_machine_saw_state(seen, HYPER_STATE_RUNNING, NULL, NULL, NULL);
	fuzz_end(hyp_lv_see_addresses(&call, NULL, seen, &err), &err);
	for (size_t i = 0; (address = hyper_machine_address(seen, i)); i++)
		FUZZ_CHECK(strcmp(address, "192.0.2.7") == 0, "%s", address);
	hyper_machine_free(seen);
}

static void as_metadata(const char *text)
{
	HYP_LV_AUTOMARK read = { 0 };
	hyper_error *err = NULL;
	int found;

	domain_text = text;
	found = hyp_lv_mark_read(NULL, &read, &err);
	fuzz_end(found < 0 ? found : 0, &err);
	if (found == 1)
		FUZZ_CHECK(read.instance && read.id && read.uuid && read.disk &&
				   *read.disk == '/' && read.image.name &&
				   read.image.file,
			   "half a mark");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *text = fuzz_part(&data, &size, '\0');

	if (!*text)
		return 0;
	as_template(text + 1, *text);
	as_running(text + 1);
	as_metadata(text + 1);
	return 0;
}
