/* SPDX-License-Identifier: MIT */
/* A state directory in this process. Private to src/local. */
#ifndef HYP_LOCAL_LOCAL_H
#define HYP_LOCAL_LOCAL_H

#include <pthread.h>

#include "conn/conn.h"
#include "local/plugin.h"
#include "local/settings.h"
#include "store/store.h"

struct hyp_local {
	struct hyper_conn base;
	char *dir;
	struct hyp_store *store;
	struct hyp_settings settings;
	/* One for the connection, one for each driver call that is under way:
	 * the last one to leave frees all. */
	_Atomic int refs;

	/* Guards what follows. */
	pthread_mutex_t lock;
	/* An operation of this process has ended, or we are closing. */
	pthread_cond_t changed;
	int busy;		  /* threads that run operations or observe */
	struct hyp_worker *ended; /* those that are to be joined */
	bool closing;
	_Atomic int64_t written_at;   /* when hyp_local_ready() could, in ms */
	_Atomic unsigned int cancels; /* grows with hyper_conn_cancel() */

	pthread_mutex_t owner_lock;
	int64_t owner; /* our row in `process`, 0: none yet */
	struct hyp_local *next_owner;

	/* Found at the first need, constant from then on. */
	pthread_mutex_t load_lock;
	bool found;
	char *driver_dir;
	struct hyp_plugin *plugins;
	size_t plugin_count;
};

static inline struct hyp_local *hyp_local_of(hyper_conn *conn)
{
	return (struct hyp_local *)hyp_conn_base(conn);
}

/* A thread that works for the connection, which waits for it when closing;
 * false: it is closing already. */
bool hyp_local_enter(struct hyp_local *local);
void hyp_local_leave(struct hyp_local *local);
/* Who asks. [borrowed] */
static inline const char *hyp_terms_actor(const struct hyp_terms *terms)
{
	return terms->actor ? terms->actor : hyp_proc_actor();
}
/* Tell all who wait that something has changed. */
void hyp_local_signal(struct hyp_local *local);
/* Wait for that, or for some ms. */
void hyp_local_wait(struct hyp_local *local, uint32_t ms);
/* Sleep to a monotonic time; false at once when the connection closes. */
bool hyp_local_sleep(struct hyp_local *local, int64_t until);
bool hyp_local_closing(struct hyp_local *local);
void hyp_local_ref(struct hyp_local *local);
void hyp_local_unref(struct hyp_local *local);

/* Our row in `process`, made at the first need. */
int hyp_local_owner(struct hyp_local *local, int64_t *ret_owner,
		    hyper_error **err);

/* Is it an open connection of this process that has this row? */
bool hyp_local_is_owner(const char *instance, int64_t owner);

/* Start a thread that the caller joins or detaches. 0 or NOMEM. */
int hyp_thread_start(pthread_t *ret_thread, void *(*main)(void *), void *data,
		     hyper_error **err);
/* Start one that works for the connection: closing waits until it has ended,
 * so that nothing of ours runs on. 0, NOMEM, or STATE: it is closing. */
int hyp_local_spawn(struct hyp_local *local, void (*main)(void *), void *data,
		    hyper_error **err);
/* Wait until all those have ended. */
void hyp_local_join(struct hyp_local *local);

#endif
