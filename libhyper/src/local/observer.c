/* SPDX-License-Identifier: MIT */
/*
 * One thread for each driver asks its engine what has become of our machines:
 * at once when the driver's watch says that something has changed, and now and
 * then in any case. The watch is a call of the driver's like others, which
 * lasts as long as the connection. Of all processes that have the state open
 * one leads: what it writes is there for the others.
 */
#include "local/observer.h"

#include <stdatomic.h>
#include <sys/random.h>

#include "core/log.h"
#include "local/claim.h"
#include "local/observe.h"
#include "util/fs.h"
#include "util/text.h"
#include "util/time.h"

/* When to begin, after the driver was first needed: programs that ask one thing
 * and go need no more of its engine. In ms, as all that follows. */
#define FIRST_DELAY 1000
/* How often an engine is asked: while nothing tells of changes, and else. */
#define INTERVAL      2000
#define LONG_INTERVAL 10000
#define POLL_MAX      86400 /* s */
/* Between two looks there is at least that, and between two rounds of a slow
 * engine four times as long as one takes: it has other work. */
#define GAP	200
#define GAP_MAX 10000
#define LATER	250
/* The pause after a watch that has ended; one that lasted was a good one. */
#define PAUSE_MIN 250
#define PAUSE_MAX 30000
#define GOOD	  1000
/* Whoever leads has an answer every 10 s, and a slow one later; it may also be
 * stopped, or poll less often than others want. */
#define LATELY 20000
/* How many machines are looked at one by one: for more, one list is cheaper. */
#define LOOKS_MAX 8
/* How long is waited for a look at one machine: the others have news too. */
#define LOOK_MS 1000

struct observer {
	struct hyp_plugin *plugin;
	uint32_t poll; /* as the user wants it; 0: nobody said */

	/* Who does not lead looks now and then whether it should; for the first
	 * time when there is news. */
	bool leads;
	bool tried;
	struct hyp_claim *claim; /* by which it leads */
	int64_t lead_at;

	bool any;	/* the driver has machines */
	bool answered;	/* to the last round */
	bool listening; /* the watch had begun when the round did */

	/* All are asked for: now; when at the latest, and not before. */
	struct hyp_round round;
	struct hyp_job *hung; /* of a round that nobody waits for any more */
	bool want_round;
	int64_t round_at;
	int64_t round_after;

	/* Some are looked at: not before, and those that were put off. */
	int64_t news_at;
	int64_t later_at;
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

static bool may_watch(const struct observer *o)
{
	return o->leads && !o->watch && !o->unable && o->any &&
	       hyp_driver_can(&o->plugin->driver, HYP_VERB_WATCH);
}

/* Each call that hangs holds a thread: there are no more of them then. */
static bool may_round(const struct observer *o)
{
	return !o->round.job && !o->hung;
}

static int64_t round_due(const struct observer *o)
{
	int64_t at = o->leads ? o->round_at : INT64_MAX;

	return o->want_round ? least(at, o->round_after) : at;
}

/* When there is something to do. Under the lock. */
static int64_t due(const struct observer *o)
{
	const struct hyp_news *news = &o->plugin->news;
	int64_t at = o->claim || o->hung ? INT64_MAX : o->lead_at;

	if (o->round.job)
		at = least(at, hyp_round_limit(&o->round));
	else if (may_round(o))
		at = least(at, round_due(o));
	if ((o->leads || !o->tried) && hyp_news_is(news))
		at = least(at, o->news_at);
	if (o->leads && news->later.n)
		at = least(at, most(o->later_at, o->news_at));
	if (may_watch(o))
		at = least(at, o->watch_at);
	return at;
}

static bool has_ended(struct hyp_job *job)
{
	return job && hyp_job_wait(job, 0);
}

/* Wait until there is; false when the connection closes. */
static bool wait_for_work(const struct observer *o)
{
	struct hyp_local *local = o->plugin->local;
	bool closing;

	pthread_mutex_lock(&local->lock);
	while (!local->closing && hyp_mono_ms() < due(o) &&
	       !has_ended(o->watch) && !has_ended(o->round.job) &&
	       !has_ended(o->hung) && !has_ended(o->slow.job)) {
		struct timespec at = hyp_mono_timespec(due(o));

		pthread_cond_timedwait(&local->changed, &local->lock, &at);
	}
	closing = local->closing;
	pthread_mutex_unlock(&local->lock);
	return !closing;
}

/* Has whoever leads had an answer? */
static bool is_seen_lately(const struct observer *o, const char *path)
{
	int64_t at = hyp_claim_touched(path), now = hyp_now_ms();
	int64_t lately = most(LATELY, o->poll + (LATELY - LONG_INTERVAL));

	return at > now - lately && at < now + lately;
}

static bool has_news(const struct observer *o)
{
	struct hyp_local *local = o->plugin->local;
	bool has;

	pthread_mutex_lock(&local->lock);
	has = hyp_news_is(&o->plugin->news);
	pthread_mutex_unlock(&local->lock);
	return has;
}

/* Where it cannot be told who leads, each does. */
static void lead(struct observer *o)
{
	const struct hyp_plugin *plugin = o->plugin;
	int64_t now = hyp_mono_ms(), pid = 0;
	HYP_AUTOFREE char *dir = NULL, *path = NULL;
	int rc = HYPER_ERR_NOMEM;

	if (o->claim || o->hung ||
	    (now < o->lead_at && (o->tried || !has_news(o))))
		return;
	o->tried = true;
	o->lead_at = now + INTERVAL;
	dir = hyp_path_join(plugin->local->dir, plugin->name);
	if (dir)
		path = hyp_path_join(dir, "observer");
	if (path)
		rc = hyp_claim_take(path, &o->claim, &pid, NULL);
	if (rc != HYPER_ERR_BUSY) {
		/* What it would have heard of. */
		o->want_round = o->want_round || !o->leads;
		o->leads = true;
		return;
	}
	hyp_debug("driver %s: process %lld observes it", plugin->name,
		  (long long)pid);
	o->leads = false;
	if (o->watch)
		hyp_job_give_up(o->watch);
	if (is_seen_lately(o, path))
		return;
	o->want_round = true;
	o->lead_at = now + most(LONG_INTERVAL, o->poll);
}

/* Others may see more of it. */
static void lead_no_more(struct observer *o)
{
	hyp_claim_release(hyp_steal(&o->claim));
	o->lead_at = hyp_mono_ms() + INTERVAL;
}

/* The driver has answered, or not. */
static void round_done(struct observer *o, int rc)
{
	bool answers = o->any && rc == 0;
	int64_t now = hyp_mono_ms();

	if (rc && o->claim)
		lead_no_more(o);
	else if (o->claim)
		hyp_claim_touch(o->claim);
	/* It is back. */
	if (answers && !o->answered)
		o->watch_at = now;
	o->answered = answers;
	pthread_mutex_lock(&o->plugin->local->lock);
	o->plugin->news.any = o->any;
	pthread_mutex_unlock(&o->plugin->local->lock);
	if (o->poll && o->any)
		o->round_at = now + o->poll;
	else if (o->listening && o->any)
		o->round_at = now + LONG_INTERVAL;
	else
		o->round_at = now + INTERVAL;
}

static void round_start(struct observer *o, bool listening)
{
	int rc = hyp_round_begin(&o->round, o->plugin);

	o->want_round = false;
	o->listening = listening;
	o->any = rc || o->round.job;
	if (!o->round.job)
		round_done(o, rc);
}

/* When it has ended, or taken too long. */
static void round_end(struct observer *o)
{
	int64_t now = hyp_mono_ms(), took = now - o->round.began;

	if (has_ended(o->hung)) {
		hyp_job_leave(hyp_steal(&o->hung));
		o->round_at = now;
	}
	if (!has_ended(o->round.job) &&
	    !(o->round.job && now >= hyp_round_limit(&o->round)))
		return;
	o->round_after = now + most(GAP, least(4 * took, GAP_MAX));
	round_done(o, hyp_round_end(&o->round, &o->hung));
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
		o->want_round = true;
}

/* When one of them hangs, the others will be asked for at once. */
static void ask_some(struct observer *o, const struct hyp_strv *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (o->slow.job) {
			o->want_round = true;
			break;
		}
		ask_one(o, ids->items[i]);
	}
}

static void look(struct observer *o)
{
	int64_t now = hyp_mono_ms();
	struct hyp_news news;

	if (!o->leads || now < o->news_at)
		return;
	hyp_news_take(o->plugin, now >= o->later_at, &news);
	/* A list may take its time: what is known by name does not wait. */
	o->want_round = o->want_round || news.all;
	if (news.ids.n + news.later.n > LOOKS_MAX) {
		o->want_round = true;
	} else {
		ask_some(o, &news.ids);
		ask_some(o, &news.later);
	}
	hyp_news_free(&news);
	o->news_at = hyp_mono_ms() + GAP;
	if (now >= o->later_at)
		o->later_at = o->news_at + LATER;
}

/* One that began before the news would not tell of it: then another is
 * wanted. */
static void ask_all(struct observer *o)
{
	struct hyp_local *local = o->plugin->local;
	int64_t now = hyp_mono_ms();
	bool listening;

	/* The way to find out whether an engine is back. */
	if (may_watch(o) && !o->answered && now >= o->watch_at)
		o->round_at = now;
	if (!may_round(o) || now < round_due(o))
		return;
	pthread_mutex_lock(&local->lock);
	listening = o->plugin->news.listening;
	pthread_mutex_unlock(&local->lock);
	hyp_debug("driver %s: asking its engine", o->plugin->name);
	round_start(o, listening);
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
	    hyp_job_new(o->plugin, HYP_VERB_WATCH, &job, NULL) == 0)
		job->wakes = true;
	if (job &&
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
	if (o->round.job)
		hyp_round_end(&o->round, &o->hung);
	hyp_observe_end(o->hung);
	hyp_observe_end(o->watch);
	hyp_claim_release(o->claim);
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
	o.round_at = o.lead_at = now + FIRST_DELAY;
	while (wait_for_work(&o)) {
		lead(&o);
		watch_end(&o);
		round_end(&o);
		if (has_ended(o.slow.job))
			hyp_look_end(&o.slow);
		look(&o);
		ask_all(&o);
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
