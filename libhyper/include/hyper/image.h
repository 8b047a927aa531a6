/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Images: what a machine can be made from.
 */
#ifndef HYPER_IMAGE_H
#define HYPER_IMAGE_H

#include <hyper/conn.h>
#include <hyper/operation.h>

HYPER_BEGIN_DECLS

/** An image. Immutable once returned. */
typedef struct hyper_image hyper_image;

/** Images, by type and name. Immutable. */
typedef struct hyper_images hyper_images;

/**
 * The images of one driver or of all that are available. This asks the
 * engines (at most 10 s each).
 *
 * @param conn        the connection
 * @param type        [borrowed] a driver's name, or NULL for all
 * @param flags       0
 * @param ret_images  [new] free with hyper_images_free()
 * @param err         NO_DRIVER, CONNECT (only with a type: without one, a
 *                    driver that is away is left out), …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_image_list(hyper_conn *conn, const char *type,
			       uint32_t flags, hyper_images **ret_images,
			       hyper_error **err);

/**
 * One image.
 *
 * @param conn       the connection
 * @param type       [borrowed] the driver's name
 * @param name       [borrowed] its name
 * @param flags      0
 * @param ret_image  [new] free with hyper_image_free()
 * @param err        NOT_FOUND, NO_DRIVER, CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_image_get(hyper_conn *conn, const char *type,
			      const char *name, uint32_t flags,
			      hyper_image **ret_image, hyper_error **err);

/**
 * Fetch an image from the driver's registry (docker).
 *
 * @param conn       the connection
 * @param type       [borrowed] the driver's name
 * @param name       [borrowed] as the registry calls it, "debian:12"
 * @param flags      HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_image  [new] the image (not with HYPER_ASYNC or
 *                   HYPER_DRY_RUN), or NULL
 * @param ret_op     [new] the operation, or NULL
 * @param err        NOT_FOUND, NOT_SUPPORTED, CONNECT, DRIVER, CANCELLED, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_image_pull(hyper_conn *conn, const char *type,
			       const char *name, uint32_t flags,
			       hyper_image **ret_image,
			       hyper_operation **ret_op, hyper_error **err);

/**
 * Copy an image in from a file (libvirt: qcow2 or raw).
 *
 * @param conn       the connection
 * @param type       [borrowed] the driver's name
 * @param name       [borrowed] what it shall be called
 * @param path       [borrowed] an absolute path on the host of the driver
 * @param flags      HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_image  [new] the image (not with HYPER_ASYNC or
 *                   HYPER_DRY_RUN), or NULL
 * @param ret_op     [new] the operation, or NULL
 * @param err        EXISTS, NOT_FOUND, INVALID, NOT_SUPPORTED, IO, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_image_import(hyper_conn *conn, const char *type,
				 const char *name, const char *path,
				 uint32_t flags, hyper_image **ret_image,
				 hyper_operation **ret_op, hyper_error **err);

/**
 * Remove an image. Refused with BUSY while machines use it.
 *
 * @param conn    the connection
 * @param type    [borrowed] the driver's name
 * @param name    [borrowed] its name
 * @param flags   HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_op  [new] the operation, or NULL
 * @param err     NOT_FOUND, BUSY, NOT_SUPPORTED, CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_image_remove(hyper_conn *conn, const char *type,
				 const char *name, uint32_t flags,
				 hyper_operation **ret_op, hyper_error **err);

/**
 * @name Getters
 * What they return is [borrowed from image]; NULL or 0 where unknown.
 * @since 0.1
 * @{
 */
/** What it is called, as `image` of a machine says. */
HYPER_API const char *hyper_image_name(const hyper_image *image);
/** The driver's name. */
HYPER_API const char *hyper_image_type(const hyper_image *image);
/** The engine's own id: a digest, or NULL. */
HYPER_API const char *hyper_image_handle(const hyper_image *image);
/** "qcow2", "raw", "oci", … */
HYPER_API const char *hyper_image_format(const hyper_image *image);
/** Bytes that it takes on disk. */
HYPER_API uint64_t hyper_image_size(const hyper_image *image);
/** When it was made or copied in, ms. */
HYPER_API int64_t hyper_image_created_at(const hyper_image *image);
/** @} */

/** The image as JSON. As hyper_machine_to_json(). @since 0.1 */
HYPER_API int hyper_image_to_json(const hyper_image *image, uint32_t flags,
				  char **ret_json, hyper_error **err);
/** Free an image. @param image [takes] or NULL. @since 0.1 */
HYPER_API void hyper_image_free(hyper_image *image);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_images_count(const hyper_images *images);
/** An item of a list. @return [borrowed from images], or NULL past the last and
 * for NULL. @since 0.1 */
HYPER_API const hyper_image *hyper_images_at(const hyper_images *images,
					     size_t index);
/** The list as a JSON array. As hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_images_to_json(const hyper_images *images, uint32_t flags,
				   char **ret_json, hyper_error **err);
/** Free a list. @param images [takes] or NULL. @since 0.1 */
HYPER_API void hyper_images_free(hyper_images *images);

HYPER_END_DECLS

#endif
