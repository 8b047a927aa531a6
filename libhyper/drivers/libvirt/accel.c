/* SPDX-License-Identifier: MIT */
/*
 * KVM or not. `auto` believes only what it has seen: that libvirt offers KVM,
 * and that a small guest runs to its end under it. The verdict is kept in
 * <driver dir>/kvm until the next boot, or another QEMU.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lv.h"
#include "util/fs.h"
#include "util/proc.h"
#include "util/time.h"

#define KVM		 "/dev/kvm"
#define PROBE_MS	 5000 /* it takes 0.1 s where it works */
#define VERDICT_FILE_MAX 4096

bool hyp_lv_accel_valid(const char *choice)
{
	return strcmp(choice, "auto") == 0 || strcmp(choice, "kvm") == 0 ||
	       strcmp(choice, "tcg") == 0;
}

/* [new] the emulator that libvirt would run with KVM; NULL: none, see its
 * last error. */
static char *kvm_emulator(virConnectPtr conn)
{
	HYP_AUTOFREE char *xml = virConnectGetDomainCapabilities(
		conn, NULL, NULL, NULL, "kvm", 0);
	HYP_LV_AUTODOC doc = NULL;
	xmlNodePtr path;

	if (!xml)
		return NULL;
	doc = hyp_lv_xml_parse(xml);
	path = doc ? hyp_lv_xml_child(xmlDocGetRootElement(doc), "path") : NULL;
	return path ? hyp_lv_xml_content(path) : NULL;
}

struct limit {
	const hyper_call *call;
	int64_t until;
};

static bool in_time(void *data)
{
	const struct limit *limit = data;

	return hyp_mono_ms() < limit->until &&
	       !hyper_call_cancelled(limit->call) &&
	       hyper_call_remaining(limit->call) > 0;
}

/* Run the guest. [new] in *ret_why, why it does not work, NULL when it does. */
static int try_kvm(const struct hyp_lv *lv, hyper_call *call,
		   const char *emulator, char **ret_why, hyper_error **err)
{
	struct limit limit = { call, hyp_mono_ms() + PROBE_MS };
	HYP_AUTOFREE unsigned char *rom = hyp_lv_kvm_rom();
	HYP_AUTOFREE char *file = hyp_path_join(lv->dir, "kvm-probe.rom");
	HYP_AUTOFREE char *output = NULL;
	int r;

	if (!rom && errno == ENOSYS)
		return 0; /* no guest for this processor: believe libvirt */
	if (!rom || !file)
		return hyp_lv_nomem(err);
	if (hyp_write_file(file, rom, HYP_LV_ROM_SIZE, 0600) < 0)
		return hyp_lv_errno(err, "cannot write %s", file);
	hyper_call_progress(call, 0, 0, "trying KVM out");
	r = hyp_run((const char *[]){ emulator, "-nodefaults",
				      "-no-user-config", "-display", "none",
				      "-machine", "pc,accel=kvm", "-m", "16",
				      "-no-reboot", "-bios", file, "-device",
				      "isa-debug-exit,iobase=0xf4", NULL },
		    -1, in_time, &limit, &output);
	if (r == HYP_LV_ROM_OK)
		return 0;
	if (r >= 0)
		r = asprintf(ret_why, "QEMU ended with %d: %.*s", r,
			     (int)strcspn(output ? output : "", "\n"),
			     output ? output : "");
	else if (errno != ECANCELED)
		return hyp_lv_errno(err, "cannot run %s", emulator);
	else if ((r = hyper_call_check(call, err)))
		return r;
	else
		r = asprintf(ret_why, "a test guest did not end within %d ms",
			     PROBE_MS);
	return r < 0 ? hyp_lv_nomem(err) : 0;
}

/* [new] what a verdict holds for: this boot, this user, this QEMU. */
static char *verdict_key(const char *emulator)
{
	struct hyp_proc_id self;
	struct stat st;
	char *key;

	if (hyp_proc_self(&self) < 0 || stat(emulator, &st) < 0 ||
	    asprintf(&key, "%s %u %s %" PRId64, self.boot, (unsigned)geteuid(),
		     emulator, (int64_t)st.st_mtim.tv_sec) < 0)
		return NULL;
	return key;
}

static bool recall(const char *file, const char *key, bool *ret_works)
{
	HYP_AUTOFREE char *text = hyp_read_file(file, VERDICT_FILE_MAX, NULL);
	size_t len = strlen(key);

	if (!text || strncmp(text, key, len) != 0 || text[len] != '\n')
		return false;
	*ret_works = strncmp(text + len + 1, "yes", 3) == 0;
	return true;
}

static void remember(const char *file, const char *key, const char *why)
{
	char *text;
	int len = asprintf(&text, "%s\n%s%s\n", key, why ? "no: " : "yes",
			   why ? why : "");

	if (len < 0)
		return;
	if (hyp_write_file(file, text, (size_t)len, 0644) < 0)
		hyper_log(HYPER_LOG_WARNING, "libvirt: cannot write %s: %m",
			  file);
	free(text);
}

/* 1: KVM works, 0: it does not, or a negative code. */
static int find_out(const struct hyp_lv *lv, hyper_call *call,
		    virConnectPtr conn, hyper_error **err)
{
	HYP_AUTOFREE char *file = hyp_path_join(lv->dir, "kvm");
	HYP_AUTOFREE char *emulator = NULL, *key = NULL, *why = NULL;
	bool works;
	int r;

	hyper_call_progress(call, 0, 0, "asking libvirt what QEMU can do");
	emulator = kvm_emulator(conn);
	if (!emulator) {
		why = hyp_lv_last_error();
		hyper_log(HYPER_LOG_INFO, "libvirt: no KVM: %s",
			  why ? why : "libvirt does not offer it");
		return 0;
	}
	if (access(KVM, R_OK | W_OK) < 0) {
		hyper_log(HYPER_LOG_INFO,
			  "libvirt: KVM, as libvirt offers it; it could not be "
			  "tried: " KVM ": %m");
		return 1;
	}
	key = verdict_key(emulator);
	if (!file || !key)
		return hyp_lv_errno(err, "cannot look at %s", emulator);
	if (recall(file, key, &works))
		return works;
	r = try_kvm(lv, call, emulator, &why, err);
	if (r)
		return r;
	remember(file, key, why);
	if (why)
		hyper_log(
			HYPER_LOG_WARNING,
			"libvirt: KVM is there but does not work, so machines "
			"run without: %s",
			why);
	else
		hyper_log(HYPER_LOG_INFO, "libvirt: KVM works");
	return !why;
}

int hyp_lv_accel(struct hyp_lv *lv, hyper_call *call, virConnectPtr conn,
		 const char *choice, bool *ret_kvm, hyper_error **err)
{
	int r;

	if (!choice)
		choice = lv->accel;
	if (strcmp(choice, "auto") != 0) {
		*ret_kvm = strcmp(choice, "kvm") == 0;
		return 0;
	}
	r = hyp_lv_lock(&lv->kvm_lock, call, err);
	if (r)
		return r;
	r = lv->kvm;
	if (r < 0) {
		r = find_out(lv, call, conn, err);
		if (r >= 0)
			lv->kvm = r;
	}
	pthread_mutex_unlock(&lv->kvm_lock);
	if (r < 0)
		return r;
	*ret_kvm = r;
	return 0;
}
