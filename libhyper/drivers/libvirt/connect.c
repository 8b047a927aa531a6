/* SPDX-License-Identifier: MIT */
/* The connection to libvirt, and the event loop that it needs. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lv.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/time.h"

/* Below an embedded root: who has it. */
#define PID_FILE "run/qemu/driver.pid"
/* A daemon that says nothing for so long is given up on. */
#define KEEPALIVE_S	5
#define KEEPALIVE_COUNT 2

static void quiet(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static void never(int timer, void *data)
{
	(void)timer;
	(void)data;
}

/*
 * Libvirt writes warnings to stderr unless told otherwise, in embedded mode
 * those of its QEMU driver. The function that tells it otherwise is exported
 * for its own programs only, so it is asked for by name, and done without
 * where it is not there.
 */
static void quiet_log(void)
{
	void *libvirt = dlopen("libvirt.so.0", RTLD_LAZY | RTLD_NOLOAD);
	void *symbol = libvirt ? dlsym(libvirt, "virLogSetOutputs") : NULL;
	int (*set_outputs)(const char *);

	if (symbol && !hyp_getenv("LIBVIRT_LOG_OUTPUTS")) {
		memcpy(&set_outputs, &symbol, sizeof(symbol));
		set_outputs("3:file:/dev/null");
	}
	if (libvirt)
		dlclose(libvirt);
}

static void *run_events(void *data)
{
	for (;;)
		if (virEventRunDefaultImpl() < 0)
			hyp_sleep_ms(100);
	return data;
}

static int start_events(hyper_error **err)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int r;

	if (virEventRegisterDefaultImpl() < 0)
		return hyp_lv_error(err, "cannot register an event loop");
	r = pthread_attr_init(&attr);
	if (!r) {
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		/* Signals are for the program's own threads. */
		sigfillset(&all);
		pthread_sigmask(SIG_BLOCK, &all, &old);
		r = pthread_create(&thread, &attr, run_events, NULL);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		pthread_attr_destroy(&attr);
	}
	if (!r)
		return 0;
	errno = r;
	return hyp_lv_errno(err, "cannot start the event loop");
}

/*
 * Once per process, for good. A program that uses libvirt itself and has an
 * event loop goes on running its own; then errors are its own to show, too.
 */
int hyp_lv_events(hyper_error **err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool done;
	int r = 0, timer;

	pthread_mutex_lock(&lock);
	if (!done) {
		timer = virEventAddTimeout(-1, never, NULL, NULL);
		if (timer >= 0) {
			virEventRemoveTimeout(timer);
		} else {
			virSetErrorFunc(NULL, quiet);
			quiet_log();
			r = start_events(err);
		}
		done = r == 0;
	}
	pthread_mutex_unlock(&lock);
	return r;
}

int hyp_lv_lock(pthread_mutex_t *lock, const hyper_call *call,
		hyper_error **err)
{
	struct timespec until = hyp_mono_timespec(
		hyp_mono_ms() + (int64_t)hyper_call_remaining(call));

	if (pthread_mutex_clocklock(lock, CLOCK_MONOTONIC, &until) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
			       "libvirt is still busy with another call");
}

static int no_conn(const struct hyp_lv *lv, hyper_error **err)
{
	HYP_AUTOFREE char *why = hyp_lv_last_error();
	int code = HYPER_ERR_CONNECT;

	if (!why)
		return hyp_lv_nomem(err);
	if (virGetLastErrorCode() == VIR_ERR_AUTH_UNAVAILABLE)
		code = HYPER_ERR_DENIED;
	return hyper_error_set(err, code, NULL, "cannot open %s: %s", lv->uri,
			       why);
}

/*
 * Libvirt never gets over a root that another process had at its first try,
 * and lets its own go only when the process ends; so look first. Not when it
 * is ours: to close the file would drop libvirt's lock (fcntl(2)).
 */
static int check_root(const struct hyp_lv *lv, hyper_error **err)
{
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_len = 1 };
	HYP_AUTOFREE char *file = hyp_path_join(lv->root, PID_FILE);
	HYP_AUTOCLOSE int fd = -1;

	if (!file)
		return hyp_lv_nomem(err);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return hyper_error_set(err, HYPER_ERR_BUSY, NULL,
			       "process %ld has %s until it ends",
			       (long)lock.l_pid, lv->root);
}

/*
 * Libvirt starts its embedded driver once in a process. If that failed, all
 * later tries only say that it "is not active": tell the first reason again.
 */
static int no_embed(const struct hyp_lv *lv, hyper_error **err)
{
	static char reason[256];
	bool first = !*reason;

	if (first) {
		HYP_AUTOFREE char *why = hyp_lv_last_error();

		snprintf(reason, sizeof(reason), "%s", why ? why : "");
	}
	/* Debian's libvirt runs root's QEMU as this user. */
	if (strstr(reason, "libvirt-qemu"))
		return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
				       "cannot open %s: %s: install the "
				       "package libvirt-daemon-system, then "
				       "start this program anew",
				       lv->uri, reason);
	return hyper_error_set(
		err, HYPER_ERR_CONNECT, NULL, "cannot open %s: %s%s", lv->uri,
		reason, first ? "" : " (libvirt tries only once in a process)");
}

static int open_embed(struct hyp_lv *lv, hyper_error **err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool ours;
	int r;

	r = hyper_driver_claim(lv->host, err);
	if (!r)
		r = hyp_lv_embed_prepare(lv, err);
	if (r)
		return r;
	pthread_mutex_lock(&lock);
	r = ours ? 0 : check_root(lv, err);
	if (!r && !ours)
		r = hyp_lv_embed_new_boot(lv, err);
	if (!r) {
		lv->conn = virConnectOpen(lv->uri);
		ours = ours || lv->conn;
		if (!lv->conn)
			r = ours ? no_conn(lv, err) : no_embed(lv, err);
	}
	pthread_mutex_unlock(&lock);
	return r;
}

static int open_conn(struct hyp_lv *lv, hyper_call *call, hyper_error **err)
{
	int r = 0;

	hyper_call_progress(call, 0, 0, "connecting to libvirt");
	if (lv->root) {
		r = open_embed(lv, err);
	} else {
		lv->conn = virConnectOpen(lv->uri);
		r = lv->conn ? 0 : no_conn(lv, err);
	}
	if (r)
		return r;
	virConnSetErrorFunc(lv->conn, NULL, quiet);
	/* Embedded libvirt knows no keepalive, and needs none. */
	if (!lv->root)
		virConnectSetKeepAlive(lv->conn, KEEPALIVE_S, KEEPALIVE_COUNT);
	return 0;
}

int hyp_lv_connect(struct hyp_lv *lv, hyper_call *call, virConnectPtr *ret_conn,
		   hyper_error **err)
{
	int r = hyp_lv_lock(&lv->conn_lock, call, err);

	if (r)
		return r;
	if (lv->conn && virConnectIsAlive(lv->conn) != 1) {
		hyper_log(HYPER_LOG_INFO, "libvirt: connection to %s broke",
			  lv->uri);
		virConnectClose(hyp_steal(&lv->conn));
	}
	if (!lv->conn)
		r = open_conn(lv, call, err);
	if (!r) {
		virConnectRef(lv->conn);
		*ret_conn = lv->conn;
	}
	pthread_mutex_unlock(&lv->conn_lock);
	return r;
}
