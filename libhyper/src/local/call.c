/* SPDX-License-Identifier: MIT */
/* A call as the driver sees it. */
#include "local/job.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "local/observer.h"
#include "util/text.h"
#include "util/time.h"

bool hyper_call_cancelled(const hyper_call *call)
{
	return atomic_load(&call->cancelled) ||
	       (call->parent && hyper_call_cancelled(call->parent));
}

uint32_t hyper_call_remaining(const hyper_call *call)
{
	int64_t left = call->deadline - hyp_mono_ms();

	return left > 0 ? (uint32_t)left : 0;
}

int hyper_call_check(const hyper_call *call, hyper_error **err)
{
	if (hyper_call_cancelled(call))
		return hyper_error_set(err, HYPER_ERR_CANCELLED, NULL,
				       "it was cancelled");
	if (hyper_call_remaining(call) == 0)
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "it took too long");
	return 0;
}

void hyper_call_progress(hyper_call *call, uint64_t done, uint64_t total,
			 const char *step)
{
	pthread_mutex_lock(&call->lock);
	call->done = done;
	call->total = total;
	snprintf(call->step, sizeof(call->step), "%s", step ? step : "");
	hyp_text_clean(call->step);
	call->progressed = true;
	pthread_mutex_unlock(&call->lock);
}

void hyper_call_changed(hyper_call *call, const char *id)
{
	if (!hyper_call_cancelled(call))
		hyp_news_tell(call->plugin, id);
}

void hyper_call_changed_handle(hyper_call *call, const char *handle)
{
	if (handle && !hyper_call_cancelled(call))
		hyp_news_tell_handle(call->plugin, handle);
}

int hyper_call_plan(hyper_call *call, hyper_error **err, const char *format,
		    ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	pthread_mutex_lock(&call->lock);
	rc = hyp_strv_addfv(&call->plan, format, args);
	if (rc == 0)
		hyp_text_clean(call->plan.items[call->plan.n - 1]);
	pthread_mutex_unlock(&call->lock);
	va_end(args);
	return rc ? hyp_nomem(err) : 0;
}

static int add_found(hyper_call *call, struct hyp_found found)
{
	struct hyp_found *more =
		realloc(call->found, (call->found_count + 1) * sizeof(*more));

	if (!more)
		return -1;
	call->found = more;
	call->found[call->found_count++] = found;
	return 0;
}

int hyper_call_found_machine(hyper_call *call, const char *id, const char *uuid,
			     const hyper_machine *seen, hyper_error **err)
{
	struct hyp_found found = { 0 };
	int rc;

	if (!id || !uuid || !seen)
		return hyper_error_set(err, HYPER_ERR_INVALID, NULL,
				       "a machine was found without id, uuid "
				       "or what was seen of it");
	found.id = strdup(id);
	found.uuid = strdup(uuid);
	found.seen = hyper_machine_copy(seen);
	pthread_mutex_lock(&call->lock);
	rc = found.id && found.uuid && found.seen ? add_found(call, found) : -1;
	pthread_mutex_unlock(&call->lock);
	if (rc) {
		free(found.id);
		free(found.uuid);
		hyper_machine_free(found.seen);
		return hyp_nomem(err);
	}
	return 0;
}

int hyper_call_found_image(hyper_call *call, const char *name,
			   const char *handle, const char *format,
			   uint64_t size, int64_t created_at, hyper_error **err)
{
	HYP_CLEANUP(hyper_image_free_p)
	hyper_image *image = calloc(1, sizeof(*image));
	int rc;

	/* One that nobody could ask for by its name: no image for us. */
	if (!name || hyp_check_image(name, NULL))
		return 0;
	if (!image || hyp_set_text(&image->name, name, NULL) ||
	    hyp_set_text(&image->type, call->type, NULL) ||
	    hyp_set_text(&image->handle, handle, NULL) ||
	    hyp_set_text(&image->format, format, NULL))
		return hyp_nomem(err);
	image->size = size;
	image->created_at = created_at;
	pthread_mutex_lock(&call->lock);
	rc = hyp_list_add(&call->images->list, image);
	pthread_mutex_unlock(&call->lock);
	if (rc)
		return hyp_nomem(err);
	image = NULL;
	return 0;
}
