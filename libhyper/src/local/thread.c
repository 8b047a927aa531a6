/* SPDX-License-Identifier: MIT */
/* Threads. None is left when a connection is closed, but those that a driver
 * keeps: a program that unloads us, or exits, meets no code of ours. */
#include "local/local.h"
#include "util/thread.h"

struct hyp_worker {
	struct hyp_worker *next;
	struct hyp_local *local;
	pthread_t thread;
	void (*main)(void *);
	void *data;
};

int hyp_thread_start(pthread_t *ret_thread, void *(*main)(void *), void *data,
		     hyper_error **err)
{
	if (hyp_thread_create(ret_thread, main, data))
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "cannot start a thread");
	return 0;
}

static void *worker_main(void *data)
{
	struct hyp_worker *worker = data;
	struct hyp_local *local = worker->local;

	worker->thread = pthread_self();
	worker->main(worker->data);
	pthread_mutex_lock(&local->lock);
	worker->next = local->ended;
	local->ended = worker;
	local->busy--;
	pthread_cond_broadcast(&local->changed);
	pthread_mutex_unlock(&local->lock);
	return NULL;
}

/* Those that have ended so far. */
static void reap(struct hyp_local *local)
{
	struct hyp_worker *worker, *next;

	pthread_mutex_lock(&local->lock);
	worker = local->ended;
	local->ended = NULL;
	pthread_mutex_unlock(&local->lock);
	for (; worker; worker = next) {
		next = worker->next;
		pthread_join(worker->thread, NULL);
		free(worker);
	}
}

int hyp_local_spawn(struct hyp_local *local, void (*main)(void *), void *data,
		    hyper_error **err)
{
	struct hyp_worker *worker = malloc(sizeof(*worker));
	pthread_t thread;
	int rc;

	if (!worker)
		return hyp_nomem(err);
	*worker = (struct hyp_worker){ .local = local,
				       .main = main,
				       .data = data };
	reap(local);
	if (!hyp_local_enter(local)) {
		free(worker);
		return hyper_error_set(err, HYPER_ERR_STATE, NULL,
				       "the connection is closing");
	}
	rc = hyp_thread_start(&thread, worker_main, worker, err);
	if (rc) {
		hyp_local_leave(local);
		free(worker);
	}
	return rc;
}

void hyp_local_join(struct hyp_local *local)
{
	pthread_mutex_lock(&local->lock);
	while (local->busy > 0)
		pthread_cond_wait(&local->changed, &local->lock);
	pthread_mutex_unlock(&local->lock);
	reap(local);
}
