/* SPDX-License-Identifier: MIT */
/* The template that domains are made from: a file that users may edit. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <libxml/parser.h>

#include "lv.h"
#include "util/fs.h"

#define TEMPLATE_MAX (1u << 20)

static const char built_in[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<!--\n"
	"  What new machines of type libvirt are made of. Edit it as you "
	"like;\n"
	"  machines that are there already stay as they are (virsh edit).\n"
	"  Delete it to get the original back.\n"
	"  All elements: https://libvirt.org/formatdomain.html\n"
	"\n"
	"  hyper fills in, and adds where they are missing:\n"
	"    the domain's type (kvm or qemu), name, uuid, memory,\n"
	"    currentMemory, vcpu, and a mark of its own in metadata;\n"
	"    the file of the first disk that has none;\n"
	"    the type, source and mac of the first interface, if there is "
	"one.\n"
	"  A cpu that only KVM has (host-passthrough, host-model) becomes\n"
	"  \"maximum\" for a machine without KVM. All else stays as it is.\n"
	"-->\n"
	"<domain>\n"
	"  <os>\n"
	"    <type>hvm</type>\n"
	"    <boot dev=\"hd\"/>\n"
	"  </os>\n"
	"  <features>\n"
	"    <!-- acpi: without it a guest does not hear that it shall stop "
	"-->\n"
	"    <acpi/>\n"
	"    <apic/>\n"
	"  </features>\n"
	"  <cpu mode=\"host-passthrough\"/>\n"
	"  <clock offset=\"utc\"/>\n"
	"  <on_poweroff>destroy</on_poweroff>\n"
	"  <on_reboot>restart</on_reboot>\n"
	"  <on_crash>destroy</on_crash>\n"
	"  <devices>\n"
	"    <!-- the machine's disk: the file is filled in -->\n"
	"    <disk type=\"file\" device=\"disk\">\n"
	"      <driver name=\"qemu\" type=\"qcow2\" discard=\"unmap\"/>\n"
	"      <source file=\"\"/>\n"
	"      <target dev=\"vda\" bus=\"virtio\"/>\n"
	"    </disk>\n"
	"    <!-- its network: the setting or option \"network\" is filled in "
	"-->\n"
	"    <interface type=\"user\">\n"
	"      <model type=\"virtio\"/>\n"
	"    </interface>\n"
	"    <!-- the serial console, for virsh console -->\n"
	"    <serial type=\"pty\"/>\n"
	"    <console type=\"pty\"/>\n"
	"    <!-- a screen for virt-manager and virt-viewer; no TCP port, only "
	"a\n"
	"         socket that libvirt hands out. Servers do without both. -->\n"
	"    <graphics type=\"vnc\">\n"
	"      <listen type=\"socket\"/>\n"
	"    </graphics>\n"
	"    <video>\n"
	"      <model type=\"vga\"/>\n"
	"    </video>\n"
	"    <rng model=\"virtio\">\n"
	"      <backend model=\"random\">/dev/urandom</backend>\n"
	"    </rng>\n"
	"    <!-- For guests that run qemu-guest-agent (tells the addresses on "
	"a\n"
	"         bridge; in embedded mode the path of the state directory "
	"must\n"
	"         be short, for the socket's sake):\n"
	"    <channel type=\"unix\">\n"
	"      <target type=\"virtio\" name=\"org.qemu.guest_agent.0\"/>\n"
	"    </channel>\n"
	"    -->\n"
	"  </devices>\n"
	"</domain>\n";

int hyp_lv_template_write(const struct hyp_lv *lv, hyper_error **err)
{
	if (access(lv->template_file, F_OK) == 0)
		return 0;
	if (hyp_write_file(lv->template_file, built_in, sizeof(built_in) - 1,
			   0644) < 0)
		return hyp_lv_errno(err, "cannot write %s", lv->template_file);
	return 0;
}

static int malformed(const struct hyp_lv *lv, xmlParserCtxtPtr parser,
		     hyper_error **err)
{
	const xmlError *e = xmlCtxtGetLastError(parser);
	const char *text = e && e->message ? e->message : "not XML";

	return hyper_error_set(err, HYPER_ERR_INVALID, "template",
			       "%s:%d: %.*s", lv->template_file,
			       e ? e->line : 1, (int)strcspn(text, "\n"), text);
}

int hyp_lv_template_read(const struct hyp_lv *lv, xmlDocPtr *ret_doc,
			 hyper_error **err)
{
	HYP_AUTOFREE char *text = NULL;
	HYP_LV_AUTODOC doc = NULL;
	xmlParserCtxtPtr parser;
	xmlNodePtr root;
	size_t len;
	int r;

	/* It may have been deleted since the driver was opened. */
	r = hyp_lv_template_write(lv, err);
	if (r)
		return r;
	text = hyp_read_file(lv->template_file, TEMPLATE_MAX, &len);
	if (!text)
		return hyp_lv_errno(err, "cannot read %s", lv->template_file);
	parser = xmlNewParserCtxt();
	if (!parser)
		return hyp_lv_nomem(err);
	doc = xmlCtxtReadMemory(parser, text, (int)len, lv->template_file, NULL,
				XML_PARSE_NONET | XML_PARSE_NOERROR |
					XML_PARSE_NOWARNING);
	/* A prefix that nothing declares would be lost without a word, and a
	 * namespace that is no URI is not written as it was read. */
	if (!doc || !parser->nsWellFormed)
		r = malformed(lv, parser, err);
	xmlFreeParserCtxt(parser);
	if (r)
		return r;
	root = xmlDocGetRootElement(doc);
	if (!hyp_lv_xml_is(root, "domain"))
		return hyper_error_set(err, HYPER_ERR_INVALID, "template",
				       "%s:%ld: <domain> expected, not <%s>",
				       lv->template_file, xmlGetLineNo(root),
				       (const char *)root->name);
	*ret_doc = hyp_steal(&doc);
	return 0;
}
