/* SPDX-License-Identifier: MIT */
/* What the files of this driver share. */
#ifndef HYP_LIBVIRT_LV_H
#define HYP_LIBVIRT_LV_H

#include <pthread.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/tree.h>

#include <hyper/driver.h>
#include <hyper/version.h>

#include "util/mem.h"

/* The open driver. All but what stands below a lock never changes. */
struct hyp_lv {
	hyper_driver_host *host;
	const char *instance; /* borrowed from host, as the next three */
	const char *dir;
	const char *network;
	const char *accel;
	char *uri;
	char *root; /* of qemu:///embed, else NULL */
	bool remote;
	char *images;
	char *machines;
	char *template_file;

	pthread_mutex_t conn_lock;
	virConnectPtr conn;

	pthread_mutex_t kvm_lock;
	int kvm; /* 1: works, 0: does not, -1: not known yet */
};

/* A base image, as it was when a machine was made from it. */
struct hyp_lv_image {
	char *name;
	char *file;
	uint64_t size;
	int64_t mtime; /* ns */
};

/* The mark that each of our domains carries in its <metadata>. */
#define HYP_LV_MARK_NS "urn:hyper:machine:1"
struct hyp_lv_mark {
	char *instance;
	char *id;
	char *uuid;
	char *disk; /* file */
	bool overlay;
	struct hyp_lv_image image;
};

/* connect.c: [new] a reference to the connection, made anew when the old one
 * has broken; free with virConnectClose(). */
int hyp_lv_connect(struct hyp_lv *lv, hyper_call *call, virConnectPtr *ret_conn,
		   hyper_error **err);
/* Lock within the time that a call has. */
int hyp_lv_lock(pthread_mutex_t *lock, const hyper_call *call,
		hyper_error **err);
int hyp_lv_events(hyper_error **err);

/* embed.c: what embedded libvirt needs before it is opened for the first
 * time. */
int hyp_lv_embed_prepare(const struct hyp_lv *lv, hyper_error **err);
/* Forget, after a boot, which processes its machines were. A daemon has that
 * in /run, which is empty then; embedded libvirt has it below the root, and
 * would kill whatever has such a process id now. It also starts its autostart
 * machines again then. Nobody may have the root open. */
int hyp_lv_embed_new_boot(const struct hyp_lv *lv, hyper_error **err);
/* Wait for the threads that libvirt has started at the opening. */
void hyp_lv_embed_settle(void);

/* error.c: the code that fits errno or libvirt's last error; the text is
 * "<format>: <what they say>". Each call of libvirt's, virDomainGetName() too,
 * forgets its last error: none may stand among the arguments. */
int hyp_lv_errno(hyper_error **err, const char *format, ...) HYPER_PRINTF(2, 3);
int hyp_lv_error(hyper_error **err, const char *format, ...) HYPER_PRINTF(2, 3);
int hyp_lv_nomem(hyper_error **err);
int hyp_lv_error_code(void);
/* [new] libvirt's last error as one line, or NULL. */
char *hyp_lv_last_error(void);

/* template.c: see to it that there is a template file. */
int hyp_lv_template_write(const struct hyp_lv *lv, hyper_error **err);
int hyp_lv_template_read(const struct hyp_lv *lv, xmlDocPtr *ret_doc,
			 hyper_error **err);

/* A network that is a bridge of the host's, not one of libvirt's. */
#define HYP_LV_BRIDGE "bridge:"

/* domain_xml.c: [new] the domain of a machine; network and kvm as the machine
 * and the settings have it. */
int hyp_lv_domain_xml(const struct hyp_lv *lv, const hyper_machine *machine,
		      const struct hyp_lv_mark *mark, const char *network,
		      bool kvm, char **ret_xml, hyper_error **err);

/* xml.c: small things on documents and nodes. [new] a document that libvirt
 * gave us, NULL: it cannot be read; free with xmlFreeDoc(). */
xmlDocPtr hyp_lv_xml_parse(const char *text);
/* The first child element of that name, NULL:
 * none; _make: add it when there is none, NULL: out of memory. */
xmlNodePtr hyp_lv_xml_child(xmlNodePtr node, const char *name);
xmlNodePtr hyp_lv_xml_make(xmlNodePtr node, const char *name);
/* The next sibling element of that name, node itself included. */
xmlNodePtr hyp_lv_xml_next(xmlNodePtr node, const char *name);
bool hyp_lv_xml_is(xmlNodePtr node, const char *name);
/* [new] */
char *hyp_lv_xml_content(xmlNodePtr node);
char *hyp_lv_xml_attr(xmlNodePtr node, const char *name);
/* Is this the value of the attribute? NULL: there is none. */
bool hyp_lv_xml_attr_is(xmlNodePtr node, const char *name, const char *value);
/* Set an attribute, or take it out for NULL. False: out of memory. */
bool hyp_lv_xml_set(xmlNodePtr node, const char *name, const char *value);
bool hyp_lv_xml_text(xmlNodePtr node, const char *text);
void hyp_lv_xml_drop(xmlNodePtr parent, const char *name);

/* mark.c */
bool hyp_lv_mark_add(xmlNodePtr domain, const struct hyp_lv_mark *mark);
/* The mark of a domain: 1, 0 when it has none (or it is not a whole one), or
 * a negative code. */
int hyp_lv_mark_read(virDomainPtr domain, struct hyp_lv_mark *ret_mark,
		     hyper_error **err);
void hyp_lv_mark_free(struct hyp_lv_mark *mark);

/* accel.c: whether a machine runs under KVM, as it or the setting says. */
int hyp_lv_accel(struct hyp_lv *lv, hyper_call *call, virConnectPtr conn,
		 const char *choice, bool *ret_kvm, hyper_error **err);
bool hyp_lv_accel_valid(const char *choice);
/* kvm_guest.c: [new] a firmware of HYP_LV_ROM_SIZE bytes that tries KVM out:
 * QEMU ends with HYP_LV_ROM_OK. NULL: out of memory, or there is none for this
 * kind of processor (errno ENOSYS). */
#define HYP_LV_ROM_SIZE 65536
#define HYP_LV_ROM_OK	85
unsigned char *hyp_lv_kvm_rom(void);

/* copy.c: the whole of a file into an empty one, with its holes. */
int hyp_lv_copy(hyper_call *call, const char *step, int from, int to,
		const char *path, hyper_error **err);
/* Run qemu-img within the time that a call has; it gets `pass` (or -1) as file
 * descriptor 3. `grows` (or NULL) is the file
 * that it writes, and total the size it will have, roughly: for progress. */
int hyp_lv_qemu_img(hyper_call *call, const char *const *argv, int pass,
		    const char *grows, uint64_t total, const char *step,
		    hyper_error **err);

/* disk.c: the disk of a machine. Made under a second name that holds the uuid,
 * and kept under both until the domain is defined. */
int hyp_lv_disk_path(const struct hyp_lv *lv, const hyper_machine *machine,
		     char **ret_path, hyper_error **err);
int hyp_lv_disk_make(const struct hyp_lv *lv, hyper_call *call,
		     const struct hyp_lv_mark *mark, hyper_error **err);
/* EXISTS where making it would find another's. */
int hyp_lv_disk_check(const struct hyp_lv_mark *mark, hyper_error **err);
/* It has its domain: drop the second name, or take the own one back. */
void hyp_lv_disk_settle(const char *disk, const char *uuid);
/* Its domain goes: give it the second name again (only that one, where the
 * system allows no link). */
int hyp_lv_disk_unsettle(const char *disk, const char *uuid, hyper_error **err);
/* Delete a disk that is known as ours, and its second name; what is not ours
 * stays. */
int hyp_lv_disk_delete(const char *disk, const char *uuid, hyper_error **err);

/* image.c; [new] the file of an image, if its name is one. */
int hyp_lv_image_path(const struct hyp_lv *lv, const char *name,
		      char **ret_path, hyper_error **err);
int hyp_lv_image_find(const struct hyp_lv *lv, const char *name,
		      struct hyp_lv_image *ret_image, hyper_error **err);
/* STATE when the image is not what it was. */
int hyp_lv_image_check(const struct hyp_lv_image *image, hyper_error **err);
void hyp_lv_image_free(struct hyp_lv_image *image);
int hyp_lv_image_list(void *self, hyper_call *call, const char *name,
		      hyper_error **err);
/* import.c */
/* Delete a file of the images if it is one that a dead import left. */
void hyp_lv_import_tidy(int dir, const char *file);
int hyp_lv_image_import(void *self, hyper_call *call, const char *name,
			const char *path, hyper_error **err);
int hyp_lv_image_remove(void *self, hyper_call *call, const char *name,
			hyper_error **err);

/* qcow2.c: 1 for a qcow2 that stands alone, 0 for a file that is none; INVALID
 * for one that refers to another file. */
int hyp_lv_qcow2_check(int fd, const char *path, hyper_error **err);

/* observe.c */
int hyp_lv_see(hyper_call *call, virDomainPtr domain, hyper_machine *seen,
	       hyper_error **err);
/* [new] a machine's domain and its mark: 1, 0 when there is none that is ours,
 * or a negative code. _find: NOT_FOUND instead of 0, and 0 instead of 1. Of
 * an adopted one the mark has only id and uuid. */
int hyp_lv_lookup(struct hyp_lv *lv, virConnectPtr conn,
		  const hyper_machine *machine, virDomainPtr *ret_domain,
		  struct hyp_lv_mark *ret_mark, hyper_error **err);
/* The same on a connection that it opens; one that is not there is
 * NOT_FOUND. */
int hyp_lv_find(struct hyp_lv *lv, hyper_call *call,
		const hyper_machine *machine, virConnectPtr *ret_conn,
		virDomainPtr *ret_domain, struct hyp_lv_mark *ret_mark,
		hyper_error **err);
/* An enum virDomainState or a negative code. */
int hyp_lv_state(virDomainPtr domain, hyper_error **err);
int hyp_lv_machine_inspect(void *self, hyper_call *call,
			   const hyper_machine *machine, hyper_machine *seen,
			   hyper_error **err);
int hyp_lv_machine_list(void *self, hyper_call *call, hyper_error **err);

/* adopt.c */
int hyp_lv_machine_find(void *self, hyper_call *call, const char *name,
			uint32_t flags, hyper_machine *found,
			hyper_error **err);

/* identify.c */
int hyp_lv_identify(void *self, hyper_call *call, char **ret_identity,
		    hyper_error **err);

/* change.c */
int hyp_lv_machine_change(void *self, hyper_call *call,
			  const hyper_machine *machine, const hyper_machine *to,
			  hyper_machine *seen, hyper_error **err);

/* watch.c */
int hyp_lv_watch(void *self, hyper_call *call, hyper_error **err);

/* addresses.c */
int hyp_lv_see_addresses(hyper_call *call, virDomainPtr domain,
			 hyper_machine *seen, hyper_error **err);

/* define.c, power.c */
int hyp_lv_machine_add(void *self, hyper_call *call,
		       const hyper_machine *machine, hyper_machine *seen,
		       hyper_error **err);
int hyp_lv_machine_remove(void *self, hyper_call *call,
			  const hyper_machine *machine, uint32_t flags,
			  hyper_error **err);
int hyp_lv_machine_start(void *self, hyper_call *call,
			 const hyper_machine *machine, hyper_machine *seen,
			 hyper_error **err);
int hyp_lv_machine_stop(void *self, hyper_call *call,
			const hyper_machine *machine, uint32_t timeout_ms,
			uint32_t flags, hyper_machine *seen, hyper_error **err);

/* plan.c, and the parts of it that stand beside what they tell of. */
int hyp_lv_plan(void *self, hyper_call *call, const hyper_plan *plan,
		hyper_error **err);
int hyp_lv_plan_add(struct hyp_lv *lv, hyper_call *call,
		    const hyper_machine *machine, hyper_error **err);
int hyp_lv_plan_remove(struct hyp_lv *lv, hyper_call *call,
		       const hyper_machine *machine, uint32_t flags,
		       hyper_error **err);
int hyp_lv_plan_start(struct hyp_lv *lv, hyper_call *call,
		      const hyper_machine *machine, hyper_error **err);
int hyp_lv_plan_stop(struct hyp_lv *lv, hyper_call *call,
		     const hyper_machine *machine, uint32_t timeout_ms,
		     uint32_t flags, hyper_error **err);
int hyp_lv_plan_change(struct hyp_lv *lv, hyper_call *call,
		       const hyper_machine *machine, const hyper_machine *to,
		       hyper_error **err);
int hyp_lv_plan_import(struct hyp_lv *lv, hyper_call *call, const char *name,
		       const char *path, hyper_error **err);
int hyp_lv_plan_image_remove(struct hyp_lv *lv, hyper_call *call,
			     const char *name, hyper_error **err);

static inline void hyp_lv_conn_p(virConnectPtr *conn)
{
	if (*conn)
		virConnectClose(*conn);
}

static inline void hyp_lv_domain_p(virDomainPtr *domain)
{
	if (*domain)
		virDomainFree(*domain);
}

static inline void hyp_lv_error_p(hyper_error **err)
{
	hyper_error_free(*err);
}

HYP_DEFINE_CLEANUP(xmlDoc, xmlFreeDoc)

#define HYP_LV_AUTOCONN	  HYP_CLEANUP(hyp_lv_conn_p) virConnectPtr
#define HYP_LV_AUTODOMAIN HYP_CLEANUP(hyp_lv_domain_p) virDomainPtr
#define HYP_LV_AUTOERROR  HYP_CLEANUP(hyp_lv_error_p) hyper_error *
#define HYP_LV_AUTODOC	  HYP_CLEANUP(xmlFreeDoc_p) xmlDocPtr
#define HYP_LV_AUTOMARK	  HYP_CLEANUP(hyp_lv_mark_free) struct hyp_lv_mark
#define HYP_LV_AUTOIMAGE  HYP_CLEANUP(hyp_lv_image_free) struct hyp_lv_image

#endif
