/* SPDX-License-Identifier: MIT */
/* The table of parameters as data. */
#include <string.h>

#include "rest/rest.h"

static const struct route_param {
	enum hyp_route route;
	bool in_path;
	struct hyp_api_param is;
} params[] = {
#define ARG(route, name, text)                                                 \
	{ HYP_ROUTE_##route, true, { #name, HYP_API_TEXT, 0, text } },
#define PARAM(route, name, kind, max, text)                                    \
	{ HYP_ROUTE_##route, false, { #name, HYP_API_##kind, max, text } },
#include "rest/params.def"
#undef ARG
#undef PARAM
};

static const struct hyp_api_param *find(enum hyp_route route, bool in_path,
					size_t index)
{
	for (size_t i = 0; i < HYP_COUNT(params); i++)
		if (params[i].route == route && params[i].in_path == in_path &&
		    index-- == 0)
			return &params[i].is;
	return NULL;
}

const struct hyp_api_param *hyp_route_arg(enum hyp_route route, size_t index)
{
	return find(route, true, index);
}

const struct hyp_api_param *hyp_route_param(enum hyp_route route, size_t index)
{
	return find(route, false, index);
}

bool hyp_route_knows(enum hyp_route route, const char *name)
{
	const struct hyp_api_param *param;

	for (size_t i = 0; (param = hyp_route_param(route, i)); i++)
		if (strcmp(param->name, name) == 0)
			return true;
	return false;
}
