/* SPDX-License-Identifier: MIT */
#include "core/record.h"

#include <string.h>

const char *hyper_image_name(const hyper_image *image)
{
	return image->name;
}

const char *hyper_image_type(const hyper_image *image)
{
	return image->type;
}

const char *hyper_image_handle(const hyper_image *image)
{
	return image->handle;
}

const char *hyper_image_format(const hyper_image *image)
{
	return image->format;
}

uint64_t hyper_image_size(const hyper_image *image)
{
	return image->size;
}

int64_t hyper_image_created_at(const hyper_image *image)
{
	return image->created_at;
}

void hyper_image_free(hyper_image *image)
{
	if (!image)
		return;
	free(image->name);
	free(image->type);
	free(image->handle);
	free(image->format);
	free(image);
}

hyper_image *hyp_image_copy(const hyper_image *image)
{
	HYP_CLEANUP(hyper_image_free_p)
	hyper_image *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return NULL;
	copy->size = image->size;
	copy->created_at = image->created_at;
	if (hyp_set_text(&copy->name, image->name, NULL) ||
	    hyp_set_text(&copy->type, image->type, NULL) ||
	    hyp_set_text(&copy->handle, image->handle, NULL) ||
	    hyp_set_text(&copy->format, image->format, NULL))
		return NULL;
	return hyp_steal(&copy);
}
