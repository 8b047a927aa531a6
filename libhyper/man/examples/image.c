/* SPDX-License-Identifier: MIT */
/* Fetch an image, copy another in, look at them, remove one. */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <stdio.h>

static void show(const hyper_image *image)
{
	const char *handle = hyper_image_handle(image);

	printf("%s of %s: %s, %" PRIu64 " bytes, %s, handle %s\n",
	       hyper_image_name(image), hyper_image_type(image),
	       hyper_image_format(image), hyper_image_size(image),
	       hyper_image_created_at(image) ? "dated"
					     : "without a date",
	       handle ? handle : "none");
}

/* Fetch one as its registry calls it; the call waits for the end. */
static int pull(hyper_conn *conn, hyper_error **err)
{
	hyper_image *image = NULL;

	if (hyper_image_pull(conn, "test", "debian:12", 0, &image, NULL,
			     err))
		return 1;
	show(image);
	hyper_image_free(image);
	return 0;
}

/* Copy a file in: the path is one of the driver's host. */
static int import(hyper_conn *conn, const char *path, hyper_error **err)
{
	return hyper_image_import(conn, "test", "mine", path, 0, NULL,
				  NULL, err);
}

static int look_up(hyper_conn *conn, hyper_error **err)
{
	hyper_image *image = NULL;
	char *json = NULL;
	int failed =
		hyper_image_get(conn, "test", "mine", 0, &image, err) ||
		hyper_image_to_json(image, 0, &json, err);

	if (!failed)
		fprintf(stderr, "%s\n", json);
	hyper_free(json);
	hyper_image_free(image);
	return failed;
}

/* All of one driver; NULL instead of "test" is all drivers. */
static int list(hyper_conn *conn, hyper_error **err)
{
	hyper_images *images = NULL;
	char *json = NULL;
	int failed = hyper_image_list(conn, "test", 0, &images, err) ||
		     hyper_images_to_json(images, 0, &json, err);

	if (!failed) {
		for (size_t i = 0; i < hyper_images_count(images); i++)
			show(hyper_images_at(images, i));
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_images_free(images);
	return failed;
}

/* Refused with BUSY while a machine uses it. */
static int drop(hyper_conn *conn, hyper_error **err)
{
	return hyper_image_remove(conn, "test", "mine", 0, NULL, err);
}

/* image [URI [FILE]] */
int main(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : "/etc/hostname";
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		pull(conn, &err) || import(conn, path, &err) ||
		look_up(conn, &err) || drop(conn, &err) ||
		list(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
