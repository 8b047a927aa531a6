/* SPDX-License-Identifier: MIT */
/*
 * One thread for each driver asks its engine what has become of our machines:
 * at once when the driver's watch says that something has changed, and now and
 * then in any case. The watch is a call of the driver's like others, which
 * lasts as long as the connection.
 */
#include "local/observer.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "core/log.h"
#include "local/engine.h"
#include "local/observe.h"
#include "local/stray.h"
#include "util/text.h"
#include "util/time.h"

/* When to begin: after the state was opened, and after a driver was first
 * needed. Programs that ask one thing and go need no engine for that. In ms,
 * as all that follows. */
#define BEGIN_DELAY 200
#define FIRST_DELAY 1000
/* How often an engine is asked: while nothing tells of changes, and else. */
#define INTERVAL      2000
#define LONG_INTERVAL 10000
#define POLL_MAX      86400 /* s */
/* Between two looks there is at least that, and of a slow engine four times
 * as long as it took: it has other work. */
#define GAP	200
#define GAP_MAX 10000
#define LATER	250
/* The pause after a watch that has ended; one that lasted was a good one. */
#define PAUSE_MIN 250
#define PAUSE_MAX 30000
#define GOOD	  1000
/* How many machines are looked at one by one: for more, one list is cheaper.
 * How many are remembered by their names. */
#define LOOKS_MAX 8
#define NEWS_MAX  64
/* How long is waited for a look at one machine: the others have news too. */
#define LOOK_MS 1000

struct observer {
	struct hyp_plugin *plugin;
	uint32_t poll; /* as the user wants it; 0: nobody said */

	bool any;	  /* the driver has machines */
	bool answered;	  /* to the last round */
	int64_t round_at; /* the next one */
	int64_t news_at;  /* not to look before */
	int64_t later_at;
	int64_t recover_at;
	struct hyp_look slow; /* one that took too long */

	struct hyp_job *watch;
	bool unable; /* the engine tells nothing */
	int64_t watched_at;
	int64_t watch_at; /* not to begin before */
	uint32_t pause;
};

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void add_once(struct hyp_strv *ids, const char *id, bool *full)
{
	if (!hyp_strv_has(ids, id) && hyp_strv_add(ids, id))
		*full = true;
}

void hyp_news_tell(struct hyp_plugin *plugin, const char *id)
{
	struct hyp_local *local = plugin->local;
	struct hyp_news *news = &plugin->news;
	bool first;

	pthread_mutex_lock(&local->lock);
	first = !news->all && news->ids.n == 0;
	if (!news->listening) {
		news->listening = true;
		id = NULL;
	}
	if (!id || news->ids.n >= NEWS_MAX)
		news->all = true;
	else if (!news->all)
		add_once(&news->ids, id, &news->all);
	/* Many wait for that: they are not woken for each event of a storm. */
	if (first)
		pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
}

void hyp_news_later(struct hyp_plugin *plugin, const char *id)
{
	struct hyp_local *local = plugin->local;

	pthread_mutex_lock(&local->lock);
	add_once(&plugin->news.later, id, &plugin->news.all);
	pthread_mutex_unlock(&local->lock);
}

static bool may_watch(const struct observer *o)
{
	return !o->watch && !o->unable && o->any &&
	       hyp_driver_can(&o->plugin->driver, HYP_VERB_WATCH);
}

/* When there is something to do. Under the lock. */
static int64_t due(const struct observer *o)
{
	const struct hyp_news *news = &o->plugin->news;
	int64_t at = least(o->round_at, o->recover_at);

	if (news->all || news->ids.n)
		at = least(at, o->news_at);
	if (news->later.n)
		at = least(at, most(o->later_at, o->news_at));
	if (may_watch(o))
		at = least(at, o->watch_at);
	return at;
}

/* Wait until there is; false when the connection closes. */
static bool wait_for_work(const struct observer *o)
{
	struct hyp_local *local = o->plugin->local;
	bool closing;

	pthread_mutex_lock(&local->lock);
	while (!local->closing && hyp_mono_ms() < due(o) &&
	       !(o->watch && hyp_job_wait(o->watch, 0))) {
		struct timespec at = hyp_mono_timespec(due(o));

		pthread_cond_timedwait(&local->changed, &local->lock, &at);
	}
	closing = local->closing;
	pthread_mutex_unlock(&local->lock);
	return !closing;
}

/* Also what was put off, if it is time for that. */
static void take_news(struct hyp_plugin *plugin, bool later,
		      struct hyp_news *ret_news)
{
	struct hyp_news *news = &plugin->news;

	pthread_mutex_lock(&plugin->local->lock);
	*ret_news = *news;
	*news = (struct hyp_news){ .listening = news->listening };
	if (!later) {
		news->later = ret_news->later;
		ret_news->later = (struct hyp_strv){ 0 };
	}
	pthread_mutex_unlock(&plugin->local->lock);
}

static void put_off(struct observer *o, int64_t began)
{
	int64_t now = hyp_mono_ms();

	o->news_at = now + most(GAP, least(4 * (now - began), GAP_MAX));
}

static void ask_all(struct observer *o, bool listening)
{
	int rc = hyp_observe_round(o->plugin, &o->any);
	bool answers = o->any && rc == 0;
	int64_t now = hyp_mono_ms();

	/* It is back. */
	if (answers && !o->answered)
		o->watch_at = now;
	o->answered = answers;
	if (o->poll && o->any)
		o->round_at = now + o->poll;
	else
		o->round_at =
			now + (listening && o->any ? LONG_INTERVAL : INTERVAL);
}

/* What cannot be found out by a look at one is found out by one at all. */
static void ask_one(struct observer *o, const char *id)
{
	struct hyp_look look = { 0 };
	int rc = hyp_look_begin(o->plugin, id, &look);

	if (rc == HYPER_ERR_BUSY) {
		hyp_news_later(o->plugin, id);
		return;
	}
	if (rc == 0 && !look.job)
		return;
	if (rc == 0 && !hyp_observe_wait(look.job, hyp_mono_ms() + LOOK_MS)) {
		o->slow = look;
		rc = HYPER_ERR_TIMEOUT;
	} else if (rc == 0) {
		rc = hyp_look_end(&look);
	}
	if (rc)
		hyp_news_tell(o->plugin, NULL);
}

/* When one of them hangs, the others will be asked for at once. */
static void ask_some(struct observer *o, const struct hyp_strv *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (o->slow.job) {
			hyp_news_tell(o->plugin, NULL);
			break;
		}
		ask_one(o, ids->items[i]);
	}
}

static void look(struct observer *o)
{
	int64_t now = hyp_mono_ms();
	struct hyp_news news;
	bool all = now >= o->round_at;
	bool hangs = o->slow.job;

	/* The way to find out whether an engine is back. */
	if (may_watch(o) && !o->answered && now >= o->watch_at)
		all = true;
	if (!all && now < o->news_at)
		return;
	take_news(o->plugin, all || now >= o->later_at, &news);
	hyp_debug("driver %s: asking its engine", o->plugin->name);
	/* While a look hangs there are no others: each would hold a thread. */
	if (all || hangs || news.all || news.ids.n > LOOKS_MAX) {
		ask_all(o, news.listening);
	} else {
		ask_some(o, &news.ids);
		ask_some(o, &news.later);
	}
	put_off(o, now);
	if (now >= o->later_at)
		o->later_at = hyp_mono_ms() + LATER;
	hyp_strv_free(&news.ids);
	hyp_strv_free(&news.later);
}

/* Not all at once, where many wait for the same engine. */
static void watch_put_off(struct observer *o)
{
	unsigned char random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	o->watch_at = hyp_mono_ms() + o->pause + o->pause * random / 1024;
	o->pause = (uint32_t)least(o->pause * 2, PAUSE_MAX);
}

static void watch_start(struct observer *o)
{
	HYP_AUTOJOB *job = NULL;

	if (!may_watch(o) || hyp_mono_ms() < o->watch_at)
		return;
	if (o->answered &&
	    hyp_job_new(o->plugin, HYP_VERB_WATCH, &job, NULL) == 0 &&
	    hyp_job_start(job, hyp_verb_limit(HYP_VERB_WATCH), NULL) == 0) {
		o->watch = hyp_steal(&job);
		o->watched_at = hyp_mono_ms();
		hyp_debug("driver %s: beginning to watch", o->plugin->name);
	} else {
		watch_put_off(o);
	}
}

/* What happened since it heard the last is to be looked at, and so is whether
 * the engine still answers. */
static void watch_end(struct observer *o)
{
	struct hyp_local *local = o->plugin->local;
	HYP_AUTOERROR *error = NULL;
	bool listened;
	int rc;

	if (!o->watch || !hyp_job_wait(o->watch, 0))
		return;
	rc = hyp_job_result(o->watch, &error);
	hyp_job_leave(hyp_steal(&o->watch));
	pthread_mutex_lock(&local->lock);
	listened = o->plugin->news.listening;
	o->plugin->news.listening = false;
	o->plugin->news.all = true;
	pthread_mutex_unlock(&local->lock);
	o->unable = rc == HYPER_ERR_NOT_SUPPORTED;
	if (listened && hyp_mono_ms() - o->watched_at >= GOOD)
		o->pause = PAUSE_MIN;
	hyp_info("driver %s: it tells of no changes for now: %s",
		 o->plugin->name,
		 error ? hyper_error_message(error) : "its watch has ended");
	watch_put_off(o);
}

static void stop(struct observer *o)
{
	/* All at once, then wait. */
	if (o->watch)
		hyp_job_give_up(o->watch);
	if (o->slow.job)
		hyp_look_end(&o->slow);
	hyp_observe_end(o->watch);
}

/* 0: it is not set */
static int poll_setting(struct hyp_plugin *plugin, uint32_t *ret_ms)
{
	const char *text = hyp_settings_get(&plugin->local->settings,
					    plugin->name, HYP_SETTING_POLL);
	uint64_t seconds = 0;

	if (text && (hyp_parse_uint(text, POLL_MAX, &seconds) || !seconds))
		return -1;
	*ret_ms = (uint32_t)seconds * 1000;
	return 0;
}

int hyp_observer_check(struct hyp_plugin *plugin, hyper_error **err)
{
	uint32_t ms;

	if (poll_setting(plugin, &ms) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "settings",
			       "setting '" HYP_SETTING_POLL "' of driver '%s' "
			       "must be a number of seconds, from 1 to %d",
			       plugin->name, POLL_MAX);
}

static void observer_main(void *data)
{
	struct observer o = { .plugin = data, .pause = PAUSE_MIN };
	int64_t now = hyp_mono_ms();

	if (poll_setting(o.plugin, &o.poll))
		o.poll = 0;
	o.round_at = now + FIRST_DELAY;
	o.recover_at = now + INTERVAL;
	while (wait_for_work(&o)) {
		watch_end(&o);
		if (o.slow.job && hyp_job_wait(o.slow.job, 0))
			hyp_look_end(&o.slow);
		if (hyp_mono_ms() >= o.recover_at) {
			hyp_recover_all(o.plugin->local, NULL);
			o.recover_at = hyp_mono_ms() + INTERVAL;
		}
		look(&o);
		watch_start(&o);
	}
	stop(&o);
}

void hyp_observe_start(struct hyp_plugin *plugin)
{
	if (!hyp_driver_can(&plugin->driver, HYP_VERB_LIST))
		return;
	/* If it fails, the next one to need the driver tries again. */
	if (!atomic_exchange(&plugin->observed, true) &&
	    hyp_local_spawn(plugin->local, observer_main, plugin, NULL))
		atomic_store(&plugin->observed, false);
}

static void begin_main(void *data)
{
	struct hyp_local *local = data;
	HYP_AUTOSTRV names = { 0 };

	if (hyp_local_sleep(local, hyp_mono_ms() + BEGIN_DELAY)) {
		HYP_AUTOTX tx = HYP_TX_INIT;

		if (hyp_tx_read(local->store, &tx, NULL) == 0 &&
		    hyp_machine_drivers(&tx, &names, NULL) == 0)
			hyp_stray_drivers(&tx, &names, NULL);
	}
	for (size_t i = 0; i < names.n; i++) {
		struct hyp_plugin *plugin;

		if (hyp_plugin_find(local, names.items[i], &plugin, NULL) == 0)
			hyp_observe_start(plugin);
	}
}

int hyp_observe_begin(struct hyp_local *local, hyper_error **err)
{
	return hyp_local_spawn(local, begin_main, local, err);
}
