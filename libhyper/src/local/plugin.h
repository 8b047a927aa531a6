/* SPDX-License-Identifier: MIT */
/* A driver file that was found, whether it can be used or not. */
#ifndef HYP_LOCAL_PLUGIN_H
#define HYP_LOCAL_PLUGIN_H

#include <pthread.h>

#include <hyper/driver.h>

#include "core/error.h"
#include "util/strv.h"

struct hyp_local;
struct hyp_claim;

/* What the driver knows as its host. */
struct hyper_driver_host {
	struct hyp_plugin *plugin;
	char *dir; /* made at the first need */
	struct hyp_claim *claim;
};

/* What its observer is to look at. */
struct hyp_news {
	bool listening; /* the driver tells of what happens */
	bool any;	/* it had machines when it was last asked */
	bool all;
	struct hyp_strv ids;
	struct hyp_strv handles; /* maybe of ours */
	struct hyp_strv later; /* when nothing is open on them any more */
};

struct hyp_plugin {
	struct hyp_local *local;
	char *name;
	char *file;
	bool loaded; /* or it was tried; constant from then on: */
	hyper_error *broken; /* why it could not be loaded, or NULL */
	hyper_driver driver; /* zeros behind what the driver knew */

	/* Held while the driver opens: others who need it wait. */
	pthread_mutex_t open_lock;
	bool opened;
	void *self;
	struct hyper_driver_host host;

	/* Calls that were left to themselves and have not come back: those
	 * that only look, and the others. */
	_Atomic int hung[2];

	_Atomic bool observed; /* its observer runs */
	_Atomic bool sweeping; /* a stray is being removed */
	struct hyp_news news;  /* under the connection's lock */

	pthread_mutex_t seen_lock; /* guards what follows */
	/* How often its engine was lost; and that number when it last said who
	 * it is. See identity.h. */
	unsigned int losses, identified;
	char *engine;
	/* What we wrote last of it into the database. */
	int64_t seen_at;
	char *seen_reason;
	struct hyp_strv copies; /* the handles of those that were logged */
};

/* Load all drivers of the driver directory that are not yet. */
int hyp_plugins_load(struct hyp_local *local, hyper_error **err);
void hyp_plugins_free(struct hyp_local *local);
/* The one of a name, loaded; NO_DRIVER when there is none or it is broken. */
int hyp_plugin_find(struct hyp_local *local, const char *name,
		    struct hyp_plugin **ret_plugin, hyper_error **err);

/* Open the driver if it is not; on a thread that may block. */
int hyp_plugin_open(struct hyp_plugin *plugin, hyper_error **err);

#endif
