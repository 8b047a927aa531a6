/* SPDX-License-Identifier: MIT */
/* Images of the drivers. */
#ifndef HYP_LOCAL_IMAGES_H
#define HYP_LOCAL_IMAGES_H

#include "local/local.h"

/*
 * The images of one driver (type) or of all that answer (NULL); all images or
 * only those that a name means (NULL: all). By type and name.
 */
int hyp_images_find(struct hyp_local *local, const char *type, const char *name,
		    hyper_images **ret_images, hyper_error **err);

#endif
