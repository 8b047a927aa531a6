/* SPDX-License-Identifier: MIT */
/* Opening, closing, and waiting for what goes on in between. */
#include "local/local.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "core/log.h"
#include "local/engine.h"
#include "local/observer.h"
#include "local/ops.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/time.h"

bool hyp_local_enter(struct hyp_local *local)
{
	bool open;

	pthread_mutex_lock(&local->lock);
	open = !local->closing;
	if (open)
		local->busy++;
	pthread_mutex_unlock(&local->lock);
	return open;
}

void hyp_local_leave(struct hyp_local *local)
{
	pthread_mutex_lock(&local->lock);
	local->busy--;
	pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
}

void hyp_local_signal(struct hyp_local *local)
{
	pthread_mutex_lock(&local->lock);
	pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
}

void hyp_local_wait(struct hyp_local *local, uint32_t ms)
{
	struct timespec at = hyp_mono_timespec(hyp_mono_ms() + ms);

	pthread_mutex_lock(&local->lock);
	pthread_cond_timedwait(&local->changed, &local->lock, &at);
	pthread_mutex_unlock(&local->lock);
}

bool hyp_local_sleep(struct hyp_local *local, int64_t until)
{
	struct timespec at = hyp_mono_timespec(until);
	bool closing;
	int rc = 0;

	pthread_mutex_lock(&local->lock);
	while (!local->closing && rc == 0)
		rc = pthread_cond_timedwait(&local->changed, &local->lock, &at);
	closing = local->closing;
	pthread_mutex_unlock(&local->lock);
	return !closing;
}

bool hyp_local_closing(struct hyp_local *local)
{
	bool closing;

	pthread_mutex_lock(&local->lock);
	closing = local->closing;
	pthread_mutex_unlock(&local->lock);
	return closing;
}

void hyp_local_ref(struct hyp_local *local)
{
	atomic_fetch_add(&local->refs, 1);
}

static void local_free(struct hyp_local *local)
{
	hyp_plugins_free(local);
	hyp_store_close(local->store);
	hyp_settings_free(&local->settings);
	pthread_cond_destroy(&local->changed);
	pthread_mutex_destroy(&local->lock);
	pthread_mutex_destroy(&local->owner_lock);
	pthread_mutex_destroy(&local->load_lock);
	free(local->driver_dir);
	free(local->dir);
	free(local->base.uri);
	free(local);
}

void hyp_local_unref(struct hyp_local *local)
{
	if (atomic_fetch_sub(&local->refs, 1) == 1)
		local_free(local);
}

/* The connections of this process that have rows. The row of one that could
 * not delete it, for the disk was full, would look alive as long as we are. */
static pthread_mutex_t owners_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hyp_local *owners;

static void add_owner(struct hyp_local *local, int64_t owner)
{
	pthread_mutex_lock(&owners_lock);
	local->owner = owner;
	local->next_owner = owners;
	owners = local;
	pthread_mutex_unlock(&owners_lock);
}

static void remove_owner(struct hyp_local *local)
{
	struct hyp_local **link = &owners;

	pthread_mutex_lock(&owners_lock);
	while (*link && *link != local)
		link = &(*link)->next_owner;
	if (*link)
		*link = local->next_owner;
	local->owner = 0;
	pthread_mutex_unlock(&owners_lock);
}

bool hyp_local_is_owner(const char *instance, int64_t owner)
{
	struct hyp_local *local;

	pthread_mutex_lock(&owners_lock);
	for (local = owners; local; local = local->next_owner)
		if (local->owner == owner &&
		    strcmp(hyp_store_instance(local->store), instance) == 0)
			break;
	pthread_mutex_unlock(&owners_lock);
	return local;
}

/* A process that runs operations is known to the others. */
static int register_process(struct hyp_local *local, hyper_error **err)
{
	struct hyp_proc_id self;
	HYP_AUTOTX tx = HYP_TX_INIT;
	int64_t owner;
	int rc;

	if (hyp_local_closing(local))
		return hyper_error_set(err, HYPER_ERR_STATE, NULL,
				       "the connection is closing");
	if (hyp_proc_self(&self))
		return hyp_errno(err, "cannot read /proc");
	rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = hyp_process_insert(&tx, &self, hyp_proc_name(), &owner,
					err);
	if (rc)
		return rc;
	/* Before others can see the row. */
	add_owner(local, owner);
	rc = hyp_tx_commit(&tx, err);
	if (rc)
		remove_owner(local);
	return rc;
}

int hyp_local_owner(struct hyp_local *local, int64_t *ret_owner,
		    hyper_error **err)
{
	int rc = 0;

	pthread_mutex_lock(&local->owner_lock);
	if (!local->owner)
		rc = register_process(local, err);
	if (rc == 0)
		*ret_owner = local->owner;
	pthread_mutex_unlock(&local->owner_lock);
	return rc;
}

/* If something of ours is still open, for it could not be written, whoever
 * comes next finds it without an owner. */
static void unregister_process(struct hyp_local *local)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int64_t owner;

	pthread_mutex_lock(&local->owner_lock);
	owner = local->owner;
	remove_owner(local);
	pthread_mutex_unlock(&local->owner_lock);
	if (owner && hyp_tx_write(local->store, &tx, NULL) == 0 &&
	    hyp_process_delete(&tx, owner, NULL) == 0)
		hyp_tx_commit(&tx, NULL);
}

static void local_close(hyper_conn *conn)
{
	struct hyp_local *local = hyp_local_of(conn);

	pthread_mutex_lock(&local->lock);
	local->closing = true;
	pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
	hyp_local_join(local);
	unregister_process(local);
	hyp_local_unref(local);
}

static const struct hyp_conn_ops ops = {
	.close = local_close,
	.announce = hyp_local_announce,
	.cancel = hyp_local_cancel,
	.info = hyp_local_info,
	.metrics = hyp_local_metrics,
	.ready = hyp_local_ready,
	.driver_list = hyp_local_driver_list,
	.machine_add = hyp_local_machine_add,
	.machine_start = hyp_local_machine_start,
	.machine_stop = hyp_local_machine_stop,
	.machine_remove = hyp_local_machine_remove,
	.machine_change = hyp_local_machine_change,
	.machine_adopt = hyp_local_machine_adopt,
	.machine_get = hyp_local_machine_get,
	.machine_list = hyp_local_machine_list,
	.machine_bulk = hyp_local_machine_bulk,
	.operation_get = hyp_local_operation_get,
	.operation_list = hyp_local_operation_list,
	.operation_wait = hyp_local_operation_wait,
	.operation_cancel = hyp_local_operation_cancel,
	.event_list = hyp_local_event_list,
	.image_list = hyp_local_image_list,
	.image_add = hyp_local_image_add,
	.image_remove = hyp_local_image_remove,
	.doctor = hyp_local_doctor,
	.token_add = hyp_local_token_add,
	.token_list = hyp_local_token_list,
	.token_remove = hyp_local_token_remove,
	.token_check = hyp_local_token_check,
};

/* Make the directory, and find its one true name: drivers and claims know
 * states by it. */
static int open_dir(struct hyp_local *local, const char *dir, bool readonly,
		    hyper_error **err)
{
	HYP_AUTOBUF uri = HYP_BUF_INIT;

	/* 0711: engines that run as other users must get through to disks. */
	if (!readonly && hyp_mkdir_p(dir, 0711))
		return hyp_errno(err, "cannot make %s", dir);
	local->dir = realpath(dir, NULL);
	if (!local->dir)
		return hyp_errno(err, "cannot find %s", dir);
	hyp_buf_addf(&uri, "file:%s", local->dir);
	local->base.uri = hyp_buf_take(&uri);
	return local->base.uri ? 0 : hyp_nomem(err);
}

static int open_files(struct hyp_local *local, bool readonly, hyper_error **err)
{
	HYP_AUTOFREE char *database = hyp_path_join(local->dir, "hyper.db");
	HYP_AUTOFREE char *settings = hyp_path_join(local->dir, "drivers.conf");
	int rc;

	if (!database || !settings)
		return hyp_nomem(err);
	rc = hyp_settings_read(settings, &local->settings, err);
	if (rc == 0)
		rc = hyp_store_open(database, readonly, &local->store, err);
	return rc;
}

static struct hyp_local *local_new(uint32_t flags)
{
	struct hyp_local *local = calloc(1, sizeof(*local));
	pthread_condattr_t attr;

	if (!local)
		return NULL;
	pthread_mutex_init(&local->lock, NULL);
	pthread_mutex_init(&local->owner_lock, NULL);
	pthread_mutex_init(&local->load_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&local->changed, &attr);
	pthread_condattr_destroy(&attr);
	atomic_store(&local->refs, 1);
	local->base.ops = &ops;
	local->base.flags = flags;
	return local;
}

int hyp_local_open(const char *dir, uint32_t flags, hyper_conn **ret_conn,
		   hyper_error **err)
{
	bool readonly = flags & HYPER_OPEN_READONLY;
	struct hyp_local *local = local_new(flags);
	HYP_AUTOERROR *error = NULL;
	int rc;

	if (!local)
		return hyp_nomem(err);
	rc = open_dir(local, dir, readonly, err);
	if (rc == 0)
		rc = open_files(local, readonly, err);
	if (rc) {
		local_free(local);
		return rc;
	}
	/* A state that cannot be written, for the disk is full, can still be
	 * read. */
	if (hyp_recover_all(local, &error))
		hyp_warn("cannot recover what dead processes left: %s",
			 hyper_error_message(error));
	if (!readonly && hyp_keeper_start(local, &error))
		hyp_warn("cannot observe the engines: %s",
			 hyper_error_message(error));
	*ret_conn = &local->base;
	return 0;
}
