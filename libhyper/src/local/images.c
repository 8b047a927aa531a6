/* SPDX-License-Identifier: MIT */
/* What a local connection does with images. */
#include "local/images.h"

#include <string.h>

#include "local/ops.h"
#include "local/perform.h"

static int start(struct hyp_plugin *plugin, const char *name,
		 struct hyp_job **ret_job, hyper_error **err)
{
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_job_new(plugin, HYP_VERB_IMAGE_LIST, &job, err);

	if (rc == 0)
		rc = hyp_set_text(&job->name, name, err);
	if (rc == 0)
		rc = hyp_job_start(job, hyp_verb_limit(job->verb), err);
	if (rc)
		return rc;
	*ret_job = hyp_steal(&job);
	return 0;
}

/* Move what a job has found over to images. */
static int collect(struct hyp_job *job, hyper_images *images, hyper_error **err)
{
	struct hyp_list *found = &job->call.images->list;
	int rc = hyp_job_finish(job, err);

	while (rc == 0 && found->n > 0) {
		if (hyp_list_add(&images->list, found->items[found->n - 1]))
			return hyp_nomem(err);
		found->n--;
	}
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const hyper_image *const *x = a, *const *y = b;
	int order = strcmp((*x)->type, (*y)->type);

	return order ? order : strcmp((*x)->name, (*y)->name);
}

/* All drivers at once; those that do not answer are left out. */
static int find_all(struct hyp_local *local, const char *name,
		    hyper_images *images, hyper_error **err)
{
	HYP_AUTOFREE struct hyp_job **jobs = NULL;
	int rc = hyp_plugins_load(local, err);

	if (rc)
		return rc;
	jobs = calloc(local->plugin_count + 1, sizeof(struct hyp_job *));
	if (!jobs)
		return hyp_nomem(err);
	for (size_t i = 0; i < local->plugin_count; i++)
		if (!local->plugins[i].broken)
			start(&local->plugins[i], name, &jobs[i], NULL);
	for (size_t i = 0; i < local->plugin_count; i++) {
		if (jobs[i] &&
		    collect(jobs[i], images, NULL) == HYPER_ERR_NOMEM)
			rc = hyp_nomem(err);
		hyp_job_leave(jobs[i]);
	}
	return rc;
}

int hyp_images_find(struct hyp_local *local, const char *type, const char *name,
		    hyper_images **ret_images, hyper_error **err)
{
	HYP_CLEANUP(hyper_images_free_p)
	hyper_images *images = hyp_images_new();
	HYP_AUTOJOB *job = NULL;
	struct hyp_plugin *plugin;
	int rc;

	if (!images)
		return hyp_nomem(err);
	if (type) {
		rc = hyp_plugin_find(local, type, &plugin, err);
		if (rc == 0)
			rc = start(plugin, name, &job, err);
		if (rc == 0)
			rc = collect(job, images, err);
	} else {
		rc = find_all(local, name, images, err);
	}
	if (rc)
		return rc;
	if (images->list.n)
		qsort(images->list.items, images->list.n,
		      sizeof(*images->list.items), by_name);
	*ret_images = hyp_steal(&images);
	return 0;
}

int hyp_local_image_list(hyper_conn *conn, const char *type, const char *name,
			 hyper_images **ret_images, hyper_error **err)
{
	return hyp_images_find(hyp_local_of(conn), type, name, ret_images, err);
}

/* Can the driver do it at all? Before it is written down. */
static int check(struct hyp_local *local, const char *type, enum hyp_verb verb,
		 hyper_error **err)
{
	struct hyp_plugin *plugin;
	int rc = hyp_plugin_find(local, type, &plugin, err);

	if (rc || hyp_driver_can(&plugin->driver, verb))
		return rc;
	return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "type",
			       "driver '%s' cannot %s images", type,
			       verb == HYP_VERB_PULL	 ? "pull"
			       : verb == HYP_VERB_IMPORT ? "import"
							 : "remove");
}

int hyp_local_image_add(hyper_conn *conn, const char *type, const char *name,
			const char *path, uint32_t flags,
			hyper_image **ret_image, hyper_operation **ret_op,
			hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	struct hyp_request request = {
		.action = path ? HYP_IMPORT : HYP_PULL,
		.type = type,
		.image = name,
		.path = path,
		.flags = flags,
	};
	int rc =
		check(local, type, path ? HYP_VERB_IMPORT : HYP_VERB_PULL, err);

	if (rc == 0)
		rc = hyp_local_perform(conn, &request, NULL,
				       ret_op ? &op : NULL, err);
	if (rc == 0 && ret_image && !(flags & (HYPER_ASYNC | HYPER_DRY_RUN))) {
		rc = hyp_images_find(local, type, name, &images, err);
		if (rc == 0 && images->list.n == 0)
			rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
					     "image '%s' has gone again", name);
		if (rc == 0) {
			*ret_image = images->list.items[0];
			images->list.items[0] = NULL;
		}
	}
	if (rc)
		return rc;
	if (ret_op)
		*ret_op = hyp_steal(&op);
	return 0;
}

int hyp_local_image_remove(hyper_conn *conn, const char *type, const char *name,
			   uint32_t flags, hyper_operation **ret_op,
			   hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	struct hyp_request request = {
		.action = HYP_IMAGE_REMOVE,
		.type = type,
		.image = name,
		.flags = flags,
	};
	int rc = check(local, type, HYP_VERB_IMAGE_REMOVE, err);

	return rc ? rc : hyp_local_perform(conn, &request, NULL, ret_op, err);
}
