/* SPDX-License-Identifier: MIT */
#include "local/job.h"

#include <stdatomic.h>
#include <string.h>

#include "core/log.h"
#include "local/identity.h"
#include "local/list.h"
#include "util/time.h"

static const uint32_t limits[] = {
	[HYP_VERB_PROBE] = 10000,	  [HYP_VERB_ADD] = 600000,
	[HYP_VERB_START] = 120000,	  [HYP_VERB_STOP] = 30000,
	[HYP_VERB_REMOVE] = 120000,	  [HYP_VERB_INSPECT] = 10000,
	[HYP_VERB_LIST] = 10000,	  [HYP_VERB_IMAGE_LIST] = 10000,
	[HYP_VERB_PULL] = 3600000,	  [HYP_VERB_IMPORT] = 3600000,
	[HYP_VERB_IMAGE_REMOVE] = 120000, [HYP_VERB_WATCH] = UINT32_MAX,
	[HYP_VERB_FIND] = 10000,	  [HYP_VERB_CHANGE] = 120000,
	[HYP_VERB_PLAN] = 10000,
};

uint32_t hyp_verb_limit(enum hyp_verb verb)
{
	return limits[verb];
}

static bool is_look(enum hyp_verb verb)
{
	return verb == HYP_VERB_PROBE || verb == HYP_VERB_INSPECT ||
	       verb == HYP_VERB_LIST || verb == HYP_VERB_IMAGE_LIST ||
	       verb == HYP_VERB_WATCH || verb == HYP_VERB_FIND ||
	       verb == HYP_VERB_PLAN;
}

bool hyp_driver_can(const hyper_driver *driver, enum hyp_verb verb)
{
	switch (verb) {
	case HYP_VERB_PROBE:
		return driver->probe;
	case HYP_VERB_ADD:
		return driver->machine_add;
	case HYP_VERB_START:
		return driver->machine_start;
	case HYP_VERB_STOP:
		return driver->machine_stop;
	case HYP_VERB_REMOVE:
		return driver->machine_remove;
	case HYP_VERB_INSPECT:
		return driver->machine_inspect;
	case HYP_VERB_LIST:
		return driver->machine_list;
	case HYP_VERB_IMAGE_LIST:
		return driver->image_list;
	case HYP_VERB_PULL:
		return driver->image_pull;
	case HYP_VERB_IMPORT:
		return driver->image_import;
	case HYP_VERB_IMAGE_REMOVE:
		return driver->image_remove;
	case HYP_VERB_WATCH:
		return driver->watch;
	case HYP_VERB_FIND:
		return driver->machine_find && driver->machine_inspect;
	case HYP_VERB_CHANGE:
		return driver->machine_change;
	case HYP_VERB_PLAN:
		return driver->plan;
	}
	return false;
}

static int call_plan(struct hyp_job *job, hyper_error **err)
{
	static const int kinds[] = {
		[HYP_VERB_ADD] = HYPER_PLAN_ADD,
		[HYP_VERB_START] = HYPER_PLAN_START,
		[HYP_VERB_STOP] = HYPER_PLAN_STOP,
		[HYP_VERB_REMOVE] = HYPER_PLAN_REMOVE,
		[HYP_VERB_CHANGE] = HYPER_PLAN_CHANGE,
		[HYP_VERB_PULL] = HYPER_PLAN_PULL,
		[HYP_VERB_IMPORT] = HYPER_PLAN_IMPORT,
		[HYP_VERB_IMAGE_REMOVE] = HYPER_PLAN_IMAGE_REMOVE,
	};
	const hyper_plan plan = {
		.kind = kinds[job->planned],
		.machine = job->machine,
		.to = job->to,
		.name = job->machine ? NULL : job->name,
		.path = job->path,
		.timeout_ms = job->timeout_ms,
		.flags = job->flags,
	};

	return job->plugin->driver.plan(job->plugin->self, &job->call, &plan,
					err);
}

static int call_driver(struct hyp_job *job, hyper_error **err)
{
	const hyper_driver *d = &job->plugin->driver;
	void *self = job->plugin->self;
	struct hyper_call *call = &job->call;

	switch (job->verb) {
	case HYP_VERB_PROBE:
		return d->probe(self, call, &job->engine, err);
	case HYP_VERB_ADD:
		return d->machine_add(self, call, job->machine, job->seen, err);
	case HYP_VERB_START:
		return d->machine_start(self, call, job->machine, job->seen,
					err);
	case HYP_VERB_STOP:
		return d->machine_stop(self, call, job->machine,
				       job->timeout_ms, job->flags, job->seen,
				       err);
	case HYP_VERB_REMOVE:
		return d->machine_remove(self, call, job->machine, job->flags,
					 err);
	case HYP_VERB_INSPECT:
		return d->machine_inspect(self, call, job->machine, job->seen,
					  err);
	case HYP_VERB_LIST:
		return hyp_list_run(job, err);
	case HYP_VERB_IMAGE_LIST:
		return d->image_list(self, call, job->name, err);
	case HYP_VERB_PULL:
		return d->image_pull(self, call, job->name, err);
	case HYP_VERB_IMPORT:
		return d->image_import(self, call, job->name, job->path, err);
	case HYP_VERB_IMAGE_REMOVE:
		return d->image_remove(self, call, job->name, err);
	case HYP_VERB_WATCH:
		return d->watch(self, call, err);
	case HYP_VERB_FIND:
		return d->machine_find(self, call, job->name, job->flags,
				       job->seen, err);
	case HYP_VERB_CHANGE:
		return d->machine_change(self, call, job->machine, job->to,
					 job->seen, err);
	case HYP_VERB_PLAN:
		return call_plan(job, err);
	}
	return 0;
}

int hyp_job_new(struct hyp_plugin *plugin, enum hyp_verb verb,
		struct hyp_job **ret_job, hyper_error **err)
{
	struct hyp_job *job = calloc(1, sizeof(*job));
	pthread_condattr_t attr;

	if (!job)
		return hyp_nomem(err);
	job->plugin = plugin;
	job->verb = verb;
	job->ended = true; /* nothing to wait for before the start */
	job->call.type = plugin->name;
	job->call.plugin = plugin;
	pthread_mutex_init(&job->lock, NULL);
	pthread_mutex_init(&job->call.lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&job->cond, &attr);
	pthread_condattr_destroy(&attr);
	job->seen = hyper_machine_new();
	job->call.images = hyp_images_new();
	if (!job->seen || !job->call.images) {
		hyp_job_leave(job);
		return hyp_nomem(err);
	}
	*ret_job = job;
	return 0;
}

int hyp_job_new_list(struct hyp_plugin *plugin, const hyper_machines *known,
		     struct hyp_job **ret_job, hyper_error **err)
{
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_job_new(plugin, HYP_VERB_LIST, &job, err);

	if (rc)
		return rc;
	job->known = hyp_machines_new();
	if (!job->known)
		return hyp_nomem(err);
	for (size_t i = 0; i < known->list.n; i++) {
		HYP_CLEANUP(hyper_machine_free_p)
		hyper_machine *copy = hyper_machine_copy(known->list.items[i]);

		if (!copy || hyp_list_add(&job->known->list, copy))
			return hyp_nomem(err);
		copy = NULL;
	}
	*ret_job = hyp_steal(&job);
	return 0;
}

static void job_free(struct hyp_job *job)
{
	size_t found = job->call.found_count + job->call.copy_count;

	for (size_t i = 0; i < found; i++) {
		free(job->call.found[i].id);
		free(job->call.found[i].uuid);
		hyper_machine_free(job->call.found[i].seen);
	}
	free(job->call.found);
	hyper_images_free(job->call.images);
	hyp_strv_free(&job->call.plan);
	hyper_machine_free(job->machine);
	hyper_machine_free(job->to);
	hyper_machines_free(job->known);
	hyper_machine_free(job->seen);
	hyper_error_free(job->error);
	free(job->name);
	free(job->path);
	free(job->engine);
	pthread_cond_destroy(&job->cond);
	pthread_mutex_destroy(&job->call.lock);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

static bool is_code(int code)
{
	return code <= HYPER_ERR_INVALID && code >= HYPER_ERR_INTERNAL;
}

/* Drivers are other people's code: what they return is made sense of. */
static int check_result(struct hyp_job *job, int rc)
{
	const char *name = job->plugin->name;

	if (rc == 0)
		return 0;
	if (!is_code(rc) || !is_code(hyper_error_code(job->error)))
		hyper_error_wrap(&job->error, HYPER_ERR_DRIVER, NULL,
				 "driver '%s' failed with %d and no error",
				 name, rc);
	hyp_error_set_driver(job->error, name);
	return hyper_error_code(job->error);
}

/* The driver is open: call it, unless that took so long that nobody waits for
 * it any more. */
static int begin_call(struct hyp_job *job, hyper_error **err)
{
	int rc = hyp_identity_before(job, err);

	if (rc)
		return rc;
	pthread_mutex_lock(&job->lock);
	rc = hyper_call_check(&job->call, err);
	job->called = rc == 0;
	pthread_mutex_unlock(&job->lock);
	return rc ? rc : hyp_identity_after(job, call_driver(job, err), err);
}

static void *job_main(void *data)
{
	struct hyp_job *job = data;
	struct hyp_local *local = job->plugin->local;
	bool left, wakes;
	int rc;

	rc = hyp_plugin_open(job->plugin, &job->error);
	if (rc == 0)
		rc = begin_call(job, &job->error);
	rc = check_result(job, rc);
	if (rc == HYPER_ERR_CONNECT || rc == HYPER_ERR_TIMEOUT ||
	    rc == HYPER_ERR_PROTOCOL || job->verb == HYP_VERB_WATCH)
		hyp_identity_lost(job->plugin);

	pthread_mutex_lock(&job->lock);
	job->rc = rc;
	job->ended = true;
	left = job->left;
	wakes = job->wakes;
	pthread_cond_signal(&job->cond);
	pthread_mutex_unlock(&job->lock);
	if (wakes)
		hyp_local_signal(local);
	if (left) {
		atomic_fetch_sub(&job->plugin->hung[is_look(job->verb)], 1);
		if (job->late)
			job->late(job);
		job_free(job);
	}
	hyp_local_unref(local);
	return NULL;
}

int hyp_job_start(struct hyp_job *job, uint32_t limit_ms, hyper_error **err)
{
	bool look = is_look(job->verb);
	int max = look ? HYP_LOOK_HUNG_MAX : HYP_JOB_HUNG_MAX, rc;

	if (!hyp_driver_can(&job->plugin->driver, job->verb))
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "driver '%s' cannot do that",
				       job->plugin->name);
	if (atomic_load(&job->plugin->hung[look]) >= max)
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "driver '%s' has not come back from %d "
				       "calls: it gets no more",
				       job->plugin->name, max);
	job->call.deadline = hyp_mono_ms() + limit_ms;
	job->ended = false;
	hyp_local_ref(job->plugin->local);
	rc = hyp_thread_start(&job->thread, job_main, job, err);
	job->started = rc == 0;
	if (rc) {
		job->ended = true;
		hyp_local_unref(job->plugin->local);
	}
	return rc;
}

bool hyp_job_wait(struct hyp_job *job, int64_t until)
{
	struct timespec at = hyp_mono_timespec(until);
	bool ended;
	int rc = 0;

	pthread_mutex_lock(&job->lock);
	while (!job->ended && rc == 0)
		rc = pthread_cond_timedwait(&job->cond, &job->lock, &at);
	ended = job->ended;
	pthread_mutex_unlock(&job->lock);
	return ended;
}

int hyp_job_result(struct hyp_job *job, hyper_error **err)
{
	if (job->rc)
		hyp_error_move(err, &job->error);
	return job->rc;
}

int hyp_job_finish(struct hyp_job *job, hyper_error **err)
{
	/* Whoever gave it up has waited already. */
	int64_t until = hyper_call_cancelled(&job->call)
				? 0
				: job->call.deadline + HYP_JOB_GRACE;

	if (!hyp_job_wait(job, until)) {
		hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				"driver '%s' does not answer",
				job->plugin->name);
		if (err)
			hyp_error_set_driver(*err, job->plugin->name);
		return HYPER_ERR_TIMEOUT;
	}
	return hyp_job_result(job, err);
}

int hyp_job_call(struct hyp_job *job, hyper_error **err)
{
	int rc = hyp_job_start(job, hyp_verb_limit(job->verb), err);

	return rc ? rc : hyp_job_finish(job, err);
}

bool hyp_job_give_up(struct hyp_job *job)
{
	bool called;

	pthread_mutex_lock(&job->lock);
	atomic_store(&job->call.cancelled, true);
	called = job->called;
	pthread_mutex_unlock(&job->lock);
	return called;
}

void hyp_job_leave(struct hyp_job *job)
{
	bool ended;

	if (!job)
		return;
	pthread_mutex_lock(&job->lock);
	ended = job->ended;
	if (!ended) {
		atomic_store(&job->call.cancelled, true);
		atomic_fetch_add(&job->plugin->hung[is_look(job->verb)], 1);
		pthread_detach(job->thread);
		/* From here on its thread may free it. */
		job->left = true;
	}
	pthread_mutex_unlock(&job->lock);
	if (!ended)
		return;
	if (job->started)
		pthread_join(job->thread, NULL);
	job_free(job);
}
