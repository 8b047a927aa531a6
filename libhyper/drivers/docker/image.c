/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "docker.h"
#include "util/text.h"
#include "util/time.h"

int hyp_image_check_name(const char *name, hyper_error **err)
{
	return hyp_image_name_valid(name)
		       ? 0
		       : hyper_error_set(err, HYPER_ERR_INVALID, "name",
					 "name is '%s': not a name of an image",
					 name);
}

static const char *tag_at(json_object *image, size_t index)
{
	json_object *tags = hyp_json_at(image, "RepoTags");
	json_object *tag = json_object_is_type(tags, json_type_array)
				   ? json_object_array_get_idx(tags, index)
				   : NULL;

	return tag ? json_object_get_string(tag) : NULL;
}

static int found(hyper_call *call, json_object *image, const char *name,
		 hyper_error **err)
{
	json_object *created = hyp_json_at(image, "Created");
	int64_t size = json_object_get_int64(hyp_json_at(image, "Size"));
	int64_t seconds = json_object_get_int64(created), ms = 0;

	/* Lists tell seconds, a single image the time in words. */
	if (json_object_is_type(created, json_type_int) && seconds > 0 &&
	    seconds < INT64_MAX / 1000)
		ms = seconds * 1000;
	else if (json_object_is_type(created, json_type_string))
		hyp_time_parse(json_object_get_string(created), &ms);
	return hyper_call_found_image(call, name, hyp_json_str(image, "Id"),
				      "oci", size > 0 ? (uint64_t)size : 0,
				      ms > 0 ? ms : 0, err);
}

/* One image, by any name that the engine takes, ids and digests too. */
int hyp_image_get(struct hyp_docker *docker, const hyper_call *call,
		  const char *name, json_object **ret_json, hyper_error **err)
{
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc = hyp_image_check_name(name, err);

	hyp_buf_addf(&path, "/images/%s/json", name);
	if (!rc && path.failed)
		rc = hyp_docker_nomem(err);
	return rc ? rc
		  : hyp_engine_get(docker->engine, call, path.data, ret_json,
				   err);
}

int hyp_image_unknown(const char *name, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
			       "no such image: %s", name);
}

static int find_one(struct hyp_docker *docker, hyper_call *call,
		    const char *name, hyper_error **err)
{
	HYP_AUTOJSON *image = NULL;
	const char *tag;
	int rc = hyp_image_get(docker, call, name, &image, err);

	if (rc || !image)
		return rc;
	for (size_t i = 0; (tag = tag_at(image, i)); i++)
		if (hyp_image_same(name, tag))
			return found(call, image, hyp_image_short(tag), err);
	return found(call, image, name, err);
}

int hyp_image_list(void *self, hyper_call *call, const char *name,
		   hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOJSON *list = NULL;
	const char *tag;
	int rc;

	if (name)
		return find_one(docker, call, name, err);
	rc = hyp_engine_get(docker->engine, call, "/images/json", &list, err);
	if (rc)
		return rc;
	if (!json_object_is_type(list, json_type_array))
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "the engine's list of images is no "
				       "list");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_object *image = json_object_array_get_idx(list, i);

		for (size_t j = 0; !rc && (tag = tag_at(image, j)); j++)
			if (!hyp_starts_with(tag, "<none>"))
				rc = found(call, image, hyp_image_short(tag),
					   err);
	}
	return rc;
}

struct pulling {
	hyper_call *call;
	struct hyp_pull *pull;
};

static void on_line(void *data, const char *line, size_t len)
{
	struct pulling *pulling = data;
	struct hyp_pull *pull = pulling->pull;

	hyp_pull_line(pull, line, len);
	hyper_call_progress(pulling->call, pull->done, pull->total, "pulling");
}

int hyp_image_pull(void *self, hyper_call *call, const char *name,
		   hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_CLEANUP(hyp_pull_free_p)
	struct hyp_pull *pull = calloc(1, sizeof(*pull));
	struct pulling pulling = { call, pull };
	struct hyp_http_request request = {
		.method = "POST",
		.limit_ms = HYP_HTTP_NO_LIMIT,
		.line = on_line,
		.data = &pulling,
	};
	HYP_AUTOREPLY reply = { 0 };
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc = hyp_image_check_name(name, err);

	if (rc)
		return rc;
	/* Without a tag, Docker would fetch all that there are. */
	hyp_buf_addf(&path, "/images/create?fromImage=%s%s", name,
		     hyp_image_has_tag(name) ? "" : ":latest");
	if (!pull || path.failed)
		return hyp_docker_nomem(err);
	request.path = path.data;
	rc = hyp_engine_do(docker->engine, call, &request, &reply, err);
	if (rc)
		return rc;
	if (reply.status != 200)
		return hyp_reply_error(&reply, err, "pull %s", name);
	if (pull->error)
		return hyp_message_error(pull->error, HYPER_ERR_DRIVER, err,
					 "pull %s", name);
	return 0;
}

int hyp_image_remove(void *self, hyper_call *call, const char *name,
		     hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOREPLY reply = { 0 };
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc = hyp_image_check_name(name, err);

	if (rc)
		return rc;
	hyp_buf_addf(&path, "/images/%s", name);
	if (path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_ask(docker->engine, call, "DELETE", path.data, &reply,
			    err);
	if (rc || reply.status == 200)
		return rc;
	if (reply.status == 404)
		return hyp_image_unknown(name, err);
	return hyp_reply_error(&reply, err, "remove image %s", name);
}
