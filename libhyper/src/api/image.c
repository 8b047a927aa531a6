/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#include <limits.h>
#include <string.h>

#include "util/text.h"

int hyper_image_list(hyper_conn *conn, const char *type, uint32_t flags,
		     hyper_images **ret_images, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_images, "ret_images", err);
	if (rc == 0 && type)
		rc = hyp_check_type(type, err);
	return rc ? rc
		  : conn->ops->image_list(conn, type, NULL, ret_images, err);
}

int hyper_image_get(hyper_conn *conn, const char *type, const char *name,
		    uint32_t flags, hyper_image **ret_image, hyper_error **err)
{
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_image, "ret_image", err);
	if (rc == 0)
		rc = hyp_check_given_image(type, name, err);
	if (rc == 0)
		rc = conn->ops->image_list(conn, type, name, &images, err);
	if (rc)
		return rc;
	if (images->list.n == 0)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "driver '%s' has no image '%s'", type,
				       name);
	*ret_image = images->list.items[0];
	images->list.items[0] = NULL;
	return 0;
}

static int add(hyper_conn *conn, const char *type, const char *name,
	       const char *path, uint32_t flags, hyper_image **ret_image,
	       hyper_operation **ret_op, hyper_error **err)
{
	int rc = hyp_check_new(conn, flags, HYPER_ASYNC | HYPER_DRY_RUN, err);

	if (rc == 0 && (flags & HYPER_ASYNC))
		rc = hyp_check_given(ret_op, "ret_op", err);
	if (rc == 0)
		rc = hyp_check_given_image(type, name, err);
	return rc ? rc
		  : conn->ops->image_add(conn, type, name, path, flags,
					 ret_image, ret_op, err);
}

int hyper_image_pull(hyper_conn *conn, const char *type, const char *name,
		     uint32_t flags, hyper_image **ret_image,
		     hyper_operation **ret_op, hyper_error **err)
{
	return add(conn, type, name, NULL, flags, ret_image, ret_op, err);
}

int hyper_image_import(hyper_conn *conn, const char *type, const char *name,
		       const char *path, uint32_t flags,
		       hyper_image **ret_image, hyper_operation **ret_op,
		       hyper_error **err)
{
	int rc = hyp_check_given(path, "path", err);

	if (rc == 0 && path[0] != '/')
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "path",
				     "path '%.200s': must be absolute", path);
	if (rc == 0 && (strlen(path) >= PATH_MAX ||
			!hyp_text_valid(path, strlen(path), false)))
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "path",
				     "path '%.200s': must be shorter than %d "
				     "bytes, of UTF-8",
				     path, PATH_MAX);
	return rc ? rc
		  : add(conn, type, name, path, flags, ret_image, ret_op, err);
}

int hyper_image_remove(hyper_conn *conn, const char *type, const char *name,
		       uint32_t flags, hyper_operation **ret_op,
		       hyper_error **err)
{
	int rc = hyp_check_new(conn, flags, HYPER_ASYNC | HYPER_DRY_RUN, err);

	if (rc == 0 && (flags & HYPER_ASYNC))
		rc = hyp_check_given(ret_op, "ret_op", err);
	if (rc == 0)
		rc = hyp_check_given_image(type, name, err);
	return rc ? rc
		  : conn->ops->image_remove(conn, type, name, flags, ret_op,
					    err);
}
