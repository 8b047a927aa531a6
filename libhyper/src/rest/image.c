/* SPDX-License-Identifier: MIT */
/* /hyper/images */
#include "core/record.h"
#include "json/json.h"
#include "rest/rest.h"

#define AUTOIMAGE     HYP_CLEANUP(hyper_image_free_p) hyper_image
#define AUTOOPERATION HYP_CLEANUP(hyper_operation_free_p) hyper_operation

int hyp_rest_image_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	char *json = NULL;
	int rc =
		hyper_image_list(call->conn, hyp_map_get(&call->params, "type"),
				 0, &images, err);

	if (!rc)
		rc = hyper_images_to_json(images, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

int hyp_rest_image_get(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOIMAGE *image = NULL;
	char *json = NULL;
	int rc = hyper_image_get(call->conn, call->args[0], call->args[1], 0,
				 &image, err);

	if (!rc)
		rc = hyper_image_to_json(image, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

static int send_new_image(struct hyp_rest_call *call, const hyper_image *image,
			  hyper_error **err)
{
	const char *args[] = { hyper_image_type(image),
			       hyper_image_name(image) };
	char *json = NULL;
	int rc = hyper_image_to_json(image, 0, &json, err);

	return rc ? rc
		  : hyp_rest_send_new(call, json, HYP_ROUTE_image_get, args,
				      err);
}

int hyp_rest_image_add(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOIMAGE *image = NULL;
	AUTOOPERATION *op = NULL;
	/* Else there is no image yet. */
	const bool waits = !(call->flags & (HYPER_ASYNC | HYPER_DRY_RUN));
	hyper_image **want = waits ? &image : NULL;
	struct hyp_image_request request = { 0 };
	int rc = hyp_json_parse_image_request(
		call->request->body, call->request->body_len, &request, err);

	/* It reads any file that the server may read. */
	if (!rc && request.path)
		rc = hyp_rest_check_access(call, HYPER_ROLE_ADMIN, err);
	if (!rc && request.path)
		rc = hyper_image_import(call->conn, request.type, request.name,
					request.path, call->flags, want, &op,
					err);
	else if (!rc)
		rc = hyper_image_pull(call->conn, request.type, request.name,
				      call->flags, want, &op, err);
	if (!rc && !want)
		rc = hyp_rest_send_operation(call, op, NULL, err);
	else if (!rc)
		rc = send_new_image(call, image, err);
	if (!rc && want)
		rc = hyp_rest_add_operation(call, op, err);
	hyp_image_request_clear(&request);
	return rc;
}

int hyp_rest_image_remove(struct hyp_rest_call *call, hyper_error **err)
{
	AUTOOPERATION *op = NULL;
	int rc = hyper_image_remove(call->conn, call->args[0], call->args[1],
				    call->flags, &op, err);

	if (!rc && hyp_rest_tells_operation(call, op))
		return hyp_rest_send_operation(call, op, NULL, err);
	if (!rc)
		rc = hyp_rest_send(call, 204, NULL, err);
	return rc ? rc : hyp_rest_add_operation(call, op, err);
}
