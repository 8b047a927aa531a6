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

/* Begin to observe the drivers that have machines, soon after the state was
 * opened. */
int hyp_observe_begin(struct hyp_local *local, hyper_error **err);

/* Begin to observe a driver, if that is not so already. */
void hyp_observe_start(struct hyp_plugin *plugin);

/* The observer shall look at a machine, or (NULL) at all of its driver: now. */
void hyp_news_tell(struct hyp_plugin *plugin, const char *id);
/* The same of the machine that has a handle, if one of ours has. */
void hyp_news_tell_handle(struct hyp_plugin *plugin, const char *handle);
/* The driver has its first machine: there is something to watch. */
void hyp_news_begin(struct hyp_plugin *plugin);
/* The same as tell when no operation is open on it any more. */
void hyp_news_later(struct hyp_plugin *plugin, const char *id);

#endif
