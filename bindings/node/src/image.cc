/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

static void give_image(Answer &answer, hyper_image *image)
{
	answer.give(image, hyper_image_to_json, hyper_image_free);
}

Napi::Value Connection::image_list(const CallbackInfo &info)
{
	Text type(info[0]);

	return call(info, [type](hyper_conn *c, Answer &answer) {
		hyper_images *images = nullptr;

		if (hyper_image_list(c, type.c_str(), 0, &images,
				     answer.err()) == 0)
			answer.give(images, hyper_images_to_json,
				    hyper_images_free);
	});
}

Napi::Value Connection::image_get(const CallbackInfo &info)
{
	Text type(info[0]), name(info[1]);

	return call(info, [type, name](hyper_conn *c, Answer &answer) {
		hyper_image *image = nullptr;

		if (hyper_image_get(c, type.c_str(), name.c_str(), 0, &image,
				    answer.err()) == 0)
			give_image(answer, image);
	});
}

/* Pull an image, or with a path import it: the answer is the operation, if that
 * is wanted, else the image. */
static void fetch_image(hyper_conn *c, const Text &type, const Text &name,
			const char *path, uint32_t flags, Answer &answer)
{
	bool wants_op = wants_operation(flags);
	hyper_image *image = nullptr, **ret_image = wants_op ? nullptr : &image;
	hyper_operation *op = nullptr, **ret_op = wants_op ? &op : nullptr;
	int rc = path ? hyper_image_import(c, type.c_str(), name.c_str(), path,
					   flags, ret_image, ret_op,
					   answer.err())
		      : hyper_image_pull(c, type.c_str(), name.c_str(), flags,
					 ret_image, ret_op, answer.err());

	if (rc == 0 && wants_op)
		give_operation(answer, op);
	else if (rc == 0)
		give_image(answer, image);
}

Napi::Value Connection::image_pull(const CallbackInfo &info)
{
	Text type(info[1]), name(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		fetch_image(c, type, name, nullptr, flags, answer);
	});
}

Napi::Value Connection::image_import(const CallbackInfo &info)
{
	Text type(info[1]), name(info[2]), path(info[3]);
	uint32_t flags = u32(info[4]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		fetch_image(c, type, name, path.c_str(), flags, answer);
	});
}

Napi::Value Connection::image_remove(const CallbackInfo &info)
{
	Text type(info[1]), name(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_operation *op = nullptr;
		hyper_operation **ret_op =
			wants_operation(flags) ? &op : nullptr;

		if (hyper_image_remove(c, type.c_str(), name.c_str(), flags,
				       ret_op, answer.err()) == 0 &&
		    op)
			give_operation(answer, op);
	});
}
