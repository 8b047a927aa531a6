/* SPDX-License-Identifier: MIT */
/* When the engines are asked: what they tell of by themselves, and polling. */
#ifndef HYP_LOCAL_OBSERVER_H
#define HYP_LOCAL_OBSERVER_H

#include "local/local.h"

/* The host's own setting in the section of each driver: how often its engine
 * is asked, in s. */
#define HYP_SETTING_POLL "poll"
/* Is it one? INVALID if not. */
int hyp_observer_check(struct hyp_plugin *plugin, hyper_error **err);

/* Begin to observe a driver, if that is not so already. */
void hyp_observe_start(struct hyp_plugin *plugin);

/*
 * news.c: what there is to look at.
 */

/* Look at a machine, or (NULL) at all of the driver: now. */
void hyp_news_tell(struct hyp_plugin *plugin, const char *id);
/* The same of the machine that has a handle, if one of ours has. */
void hyp_news_tell_handle(struct hyp_plugin *plugin, const char *handle);
/* The same when no operation is open on it any more. */
void hyp_news_later(struct hyp_plugin *plugin, const char *id);
/* The driver has its first machine: there is something to watch. */
void hyp_news_begin(struct hyp_plugin *plugin);

/* Is there any, but for what was put off? Under the connection's lock. */
bool hyp_news_is(const struct hyp_news *news);
/* Take them, handles as ids; also what was put off, if it is time for that. */
void hyp_news_take(struct hyp_plugin *plugin, bool later,
		   struct hyp_news *ret_news);
void hyp_news_free(struct hyp_news *news);

/*
 * keeper.c: one thread for each connection sees to it that all machines are
 * observed, and that what dead processes left comes to an end.
 */
int hyp_keeper_start(struct hyp_local *local, hyper_error **err);

#endif
