/* SPDX-License-Identifier: MIT */
/* Images of a hyperd. */
#include "json/json.h"
#include "remote/remote.h"

#define AUTOIMAGE     HYP_CLEANUP(hyper_image_free_p) hyper_image
#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

/* One image, as a list of one. */
static int get_one(hyper_conn *conn, const char *type, const char *name,
		   hyper_images **ret_images, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_image_get,
				       .args = { type, name } };
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	HYP_AUTOANSWER answer = { 0 };
	AUTOIMAGE *image = NULL;
	int rc = hyp_remote_call(conn, &request, &answer, err);

	if (!rc)
		rc = hyp_json_read_image(answer.body.data, answer.body.len,
					 &image, err);
	if (rc)
		return rc;
	images = hyp_images_new();
	if (!images || hyp_list_add(&images->list, image))
		return hyp_nomem(err);
	image = NULL;
	*ret_images = hyp_steal(&images);
	return 0;
}

int hyp_remote_image_list(hyper_conn *conn, const char *type, const char *name,
			  hyper_images **ret_images, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_image_list };
	HYP_AUTOANSWER answer = { 0 };
	int rc;

	if (name)
		return get_one(conn, type, name, ret_images, err);
	hyp_request_param(&request, "type", type);
	rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_images(answer.body.data, answer.body.len,
					 ret_images, err);
}

/* The operation of a change: the answer itself, or what it names. */
static int take_operation(hyper_conn *conn, const struct hyp_answer *answer,
			  uint32_t flags, hyper_operation **ret_op,
			  hyper_error **err)
{
	if (flags & HYPER_DRY_RUN)
		return hyp_remote_take_plan(answer, NULL, ret_op, err);
	if (answer->status != 202)
		return hyp_remote_operation_of(conn, answer, ret_op, err);
	return ret_op ? hyp_json_read_operation(answer->body.data,
						answer->body.len, ret_op, err)
		      : 0;
}

int hyp_remote_image_add(hyper_conn *conn, const char *type, const char *name,
			 const char *path, uint32_t flags,
			 hyper_image **ret_image, hyper_operation **ret_op,
			 hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_image_add,
				       .flags = flags };
	HYP_AUTOANSWER answer = { 0 };
	AUTOIMAGE *image = NULL;
	int rc = hyp_json_image_request(type, name, path, &request.body, err);

	if (!rc)
		rc = hyp_remote_call(conn, &request, &answer, err);
	if (!rc && ret_image && answer.status == 201)
		rc = hyp_json_read_image(answer.body.data, answer.body.len,
					 &image, err);
	if (!rc)
		rc = take_operation(conn, &answer, flags, ret_op, err);
	if (!rc && image)
		*ret_image = hyp_steal(&image);
	return rc;
}

int hyp_remote_image_remove(hyper_conn *conn, const char *type,
			    const char *name, uint32_t flags,
			    hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_image_remove,
				       .args = { type, name },
				       .flags = flags };
	HYP_AUTOANSWER answer = { 0 };
	int rc = hyp_remote_call(conn, &request, &answer, err);

	return rc ? rc : take_operation(conn, &answer, flags, ret_op, err);
}
