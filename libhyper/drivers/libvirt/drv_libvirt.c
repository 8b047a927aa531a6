/* SPDX-License-Identifier: MIT */
/*
 * drv_libvirt: virtual machines of QEMU, by libvirt. See
 * libhyper/docs/DRIVER_LIBVIRT.md.
 */
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>

#include "lv.h"
#include "util/fs.h"
#include "util/text.h"

#define EMBED "qemu:///embed"

/* [new] a path setting; relative ones are in the driver's directory. */
static char *path_setting(const struct hyp_lv *lv, const char *key,
			  const char *fallback)
{
	const char *path = hyper_driver_setting(lv->host, key, fallback);

	return *path == '/' ? strdup(path) : hyp_path_join(lv->dir, path);
}

/* Embedded libvirt keeps its own state below a root; ours unless the user
 * names one. */
static int set_embed(struct hyp_lv *lv, const char *uri, hyper_error **err)
{
	const char *root = strstr(uri, "root=");
	HYP_AUTOFREE char *escaped = NULL;

	if (root) {
		root += strlen("root=");
		lv->root = hyp_percent_decode(root, strcspn(root, "&"));
		lv->uri = strdup(uri);
	} else {
		lv->root = hyp_path_join(lv->dir, "embed");
		escaped = lv->root ? hyp_percent_encode(lv->root, "/") : NULL;
		if (escaped &&
		    asprintf(&lv->uri, "%s%sroot=%s", uri,
			     strchr(uri, '?') ? "&" : "?", escaped) < 0)
			lv->uri = NULL;
	}
	if (!lv->root || !lv->uri)
		return hyp_lv_nomem(err);
	if (*lv->root == '/')
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
			       "the root in %s must be an absolute path", uri);
}

static int set_uri(struct hyp_lv *lv, hyper_error **err)
{
	const char *uri = hyper_driver_setting(lv->host, "uri", EMBED);
	const char *host = strstr(uri, "://");

	if (!host)
		return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				       "uri is \"%s\": must be a URI of "
				       "libvirt's, such as qemu:///system",
				       uri);
	lv->remote = host[strlen("://")] != '/';
	if (hyp_starts_with(uri, EMBED))
		return set_embed(lv, uri, err);
	lv->uri = strdup(uri);
	return lv->uri ? 0 : hyp_lv_nomem(err);
}

static int set_up(struct hyp_lv *lv, hyper_error **err)
{
	int r;

	lv->instance = hyper_driver_instance(lv->host);
	lv->dir = hyper_driver_dir(lv->host);
	lv->network = hyper_driver_setting(lv->host, "network", "user");
	lv->accel = hyper_driver_setting(lv->host, "accel", "auto");
	if (!hyp_lv_accel_valid(lv->accel))
		return hyper_error_set(err, HYPER_ERR_INVALID, "accel",
				       "accel is \"%s\": must be auto, kvm or "
				       "tcg",
				       lv->accel);
	r = set_uri(lv, err);
	if (r)
		return r;
	lv->images = path_setting(lv, "images", "images");
	lv->machines = path_setting(lv, "machines", "machines");
	lv->template_file = path_setting(lv, "template", "template.xml");
	if (!lv->images || !lv->machines || !lv->template_file)
		return hyp_lv_nomem(err);
	if (hyp_mkdir_p(lv->images, 0755) < 0)
		return hyp_lv_errno(err, "cannot make %s", lv->images);
	if (hyp_mkdir_p(lv->machines, 0711) < 0)
		return hyp_lv_errno(err, "cannot make %s", lv->machines);
	r = hyp_lv_template_write(lv, err);
	return r ? r : hyp_lv_events(err);
}

static void lv_close(void *self)
{
	struct hyp_lv *lv = self;

	if (lv->conn && lv->root)
		hyp_lv_embed_settle();
	if (lv->conn)
		virConnectClose(lv->conn);
	pthread_mutex_destroy(&lv->conn_lock);
	pthread_mutex_destroy(&lv->kvm_lock);
	free(lv->uri);
	free(lv->root);
	free(lv->images);
	free(lv->machines);
	free(lv->template_file);
	free(lv);
}

static void init_once(void)
{
	xmlInitParser();
	virInitialize();
}

static int lv_open(hyper_driver_host *host, void **ret_self, hyper_error **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct hyp_lv *lv = calloc(1, sizeof(*lv));
	int r;

	if (!lv)
		return hyp_lv_nomem(err);
	pthread_once(&once, init_once);
	pthread_mutex_init(&lv->conn_lock, NULL);
	pthread_mutex_init(&lv->kvm_lock, NULL);
	lv->host = host;
	lv->kvm = -1;
	r = set_up(lv, err);
	if (r) {
		lv_close(lv);
		return r;
	}
	*ret_self = lv;
	return 0;
}

static int version_text(unsigned long version, char *text, size_t size)
{
	return snprintf(text, size, "%lu.%lu.%lu", version / 1000000,
			version / 1000 % 1000, version % 1000);
}

static int lv_probe(void *self, hyper_call *call, char **ret_engine,
		    hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_LV_AUTOCONN conn = NULL;
	unsigned long libvirt, qemu;
	char libvirt_text[32], qemu_text[32];
	bool kvm = false;
	int r = hyp_lv_connect(lv, call, &conn, err);

	if (r)
		return r;
	hyper_call_progress(call, 0, 0, "asking libvirt what QEMU can do");
	if (virConnectGetLibVersion(conn, &libvirt) < 0 ||
	    virConnectGetVersion(conn, &qemu) < 0)
		return hyp_lv_error(err, "cannot use QEMU");
	r = hyp_lv_accel(lv, call, conn, NULL, &kvm, err);
	if (r)
		return r;
	version_text(libvirt, libvirt_text, sizeof(libvirt_text));
	version_text(qemu, qemu_text, sizeof(qemu_text));
	if (asprintf(ret_engine, "libvirt %s, QEMU %s (%s)", libvirt_text,
		     qemu_text, kvm ? "kvm" : "tcg") >= 0)
		return 0;
	*ret_engine = NULL;
	return hyp_lv_nomem(err);
}

static const hyper_driver driver = {
	.abi = HYPER_DRIVER_ABI,
	.size = sizeof(driver),
	.name = "libvirt",
	.version = HYPER_VERSION_STRING,
	.kinds = (const char *const[]){ "vm", NULL },
	.features = (const char *const[]){ "mem", "vcpus", "autostart", NULL },
	.options = (const char *const[]){ "accel", "disk", "network", NULL },
	.settings = (const char *const[]){ "accel", "images", "machines",
					   "network", "template", "uri", NULL },
	.default_mem = 512,
	.default_vcpus = 1,
	.open = lv_open,
	.close = lv_close,
	.probe = lv_probe,
	.machine_add = hyp_lv_machine_add,
	.machine_start = hyp_lv_machine_start,
	.machine_stop = hyp_lv_machine_stop,
	.machine_remove = hyp_lv_machine_remove,
	.machine_inspect = hyp_lv_machine_inspect,
	.machine_list = hyp_lv_machine_list,
	.image_list = hyp_lv_image_list,
	.image_import = hyp_lv_image_import,
	.image_remove = hyp_lv_image_remove,
	.watch = hyp_lv_watch,
	.machine_find = hyp_lv_machine_find,
	.identify = hyp_lv_identify,
	.machine_change = hyp_lv_machine_change,
	.plan = hyp_lv_plan,
};

HYPER_DRIVER_ENTRY
{
	return host_abi == HYPER_DRIVER_ABI ? &driver : NULL;
}
