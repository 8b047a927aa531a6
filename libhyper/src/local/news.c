/* SPDX-License-Identifier: MIT */
/* What drivers tell of, until the observer takes it. Guarded by the lock of
 * the connection. */
#include "local/observer.h"

#include <stdlib.h>

/* How many are remembered by their names. */
#define NEWS_MAX 64

static void add_once(struct hyp_strv *ids, const char *id, bool *full)
{
	if (!hyp_strv_has(ids, id) && hyp_strv_add(ids, id))
		*full = true;
}

bool hyp_news_is(const struct hyp_news *news)
{
	return news->all || news->ids.n || news->handles.n;
}

/* One more name for a list of the plugin's news; NULL: it may be anybody. */
static void tell(struct hyp_plugin *plugin, struct hyp_strv *names,
		 const char *name)
{
	struct hyp_local *local = plugin->local;
	struct hyp_news *news = &plugin->news;
	bool first;

	pthread_mutex_lock(&local->lock);
	first = !hyp_news_is(news);
	if (!news->listening) {
		news->listening = true;
		name = NULL;
	}
	if (!name || names->n >= NEWS_MAX)
		news->all = true;
	else
		add_once(names, name, &news->all);
	/* Many wait for that: they are not woken for each event of a storm. */
	if (first)
		pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
}

void hyp_news_tell(struct hyp_plugin *plugin, const char *id)
{
	tell(plugin, &plugin->news.ids, id);
}

void hyp_news_tell_handle(struct hyp_plugin *plugin, const char *handle)
{
	tell(plugin, &plugin->news.handles, handle);
}

void hyp_news_begin(struct hyp_plugin *plugin)
{
	struct hyp_local *local = plugin->local;

	pthread_mutex_lock(&local->lock);
	if (!plugin->news.any) {
		plugin->news.all = true;
		pthread_cond_broadcast(&local->changed);
	}
	pthread_mutex_unlock(&local->lock);
}

void hyp_news_later(struct hyp_plugin *plugin, const char *id)
{
	struct hyp_local *local = plugin->local;

	pthread_mutex_lock(&local->lock);
	add_once(&plugin->news.later, id, &plugin->news.all);
	pthread_mutex_unlock(&local->lock);
}

/* The ids of those handles that are our machines'. */
static void resolve(struct hyp_plugin *plugin, struct hyp_news *news)
{
	HYP_AUTOTX tx = HYP_TX_INIT;

	if (news->handles.n == 0)
		return;
	if (hyp_tx_read(plugin->local->store, &tx, NULL)) {
		news->all = true;
		return;
	}
	for (size_t i = 0; i < news->handles.n; i++) {
		HYP_AUTOFREE char *id = NULL;

		if (hyp_machine_of_handle(&tx, plugin->name,
					  news->handles.items[i], &id, NULL))
			news->all = true;
		else if (id)
			add_once(&news->ids, id, &news->all);
	}
}

/* Also what was put off, if it is time for that. */
void hyp_news_take(struct hyp_plugin *plugin, bool later,
		   struct hyp_news *ret_news)
{
	struct hyp_news *news = &plugin->news;

	pthread_mutex_lock(&plugin->local->lock);
	*ret_news = *news;
	*news = (struct hyp_news){ .listening = news->listening,
				   .any = news->any };
	if (!later) {
		news->later = ret_news->later;
		ret_news->later = (struct hyp_strv){ 0 };
	}
	pthread_mutex_unlock(&plugin->local->lock);
	resolve(plugin, ret_news);
}

void hyp_news_free(struct hyp_news *news)
{
	hyp_strv_free(&news->ids);
	hyp_strv_free(&news->handles);
	hyp_strv_free(&news->later);
}
