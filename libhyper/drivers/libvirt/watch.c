/* SPDX-License-Identifier: MIT */
/* What libvirt tells of domains, as it happens. */
#include "lv.h"
#include "util/time.h"

/* How often to look whether the call was cancelled or libvirt lost, ms. */
#define SLICE 50

/* Libvirt may still be in its callback when that is taken back, so what the
 * callback has outlives the op. */
struct watch {
	pthread_mutex_t lock;
	hyper_call *call; /* NULL: it has ended */
	int users;	  /* the op, and libvirt */
};

static struct watch *watch_new(hyper_call *call)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	pthread_mutex_init(&watch->lock, NULL);
	watch->call = call;
	watch->users = 2;
	return watch;
}

/* By each of the two, as it ends. */
static void watch_leave(void *data)
{
	struct watch *watch = data;
	bool last;

	pthread_mutex_lock(&watch->lock);
	watch->call = NULL;
	last = --watch->users == 0;
	pthread_mutex_unlock(&watch->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

/* On the thread of the event loop, which must not ask libvirt anything: but
 * names it has at hand. That of one of ours is its id; one that somebody has
 * renamed, or that was adopted, is known by its handle. */
static int on_event(virConnectPtr conn, virDomainPtr domain, int event,
		    int detail, void *data)
{
	const char *name = virDomainGetName(domain);
	char uuid[VIR_UUID_STRING_BUFLEN];
	bool known = virDomainGetUUIDString(domain, uuid) == 0;
	struct watch *watch = data;

	(void)conn;
	(void)event;
	(void)detail;
	pthread_mutex_lock(&watch->lock);
	if (watch->call) {
		hyper_call_changed(watch->call, name);
		hyper_call_changed_handle(watch->call, known ? uuid : NULL);
	}
	pthread_mutex_unlock(&watch->lock);
	return 0;
}

int hyp_lv_watch(void *self, hyper_call *call, hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_LV_AUTOCONN conn = NULL;
	struct watch *watch;
	int r = hyp_lv_connect(lv, call, &conn, err), id;

	if (r)
		return r;
	watch = watch_new(call);
	if (!watch)
		return hyp_lv_nomem(err);
	id = virConnectDomainEventRegisterAny(
		conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
		VIR_DOMAIN_EVENT_CALLBACK(on_event), watch, watch_leave);
	if (id < 0) {
		r = hyp_lv_error(err, "cannot watch the domains");
		watch_leave(watch);
		watch_leave(watch);
		return r;
	}
	hyper_call_changed(call, NULL);
	while (!(r = hyper_call_check(call, err)) &&
	       virConnectIsAlive(conn) == 1)
		hyp_sleep_ms(SLICE);
	watch_leave(watch);
	virConnectDomainEventDeregisterAny(conn, id);
	return r ? r
		 : hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
				   "the connection to %s broke", lv->uri);
}
