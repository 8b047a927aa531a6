/* SPDX-License-Identifier: MIT */
#include "rest/route.h"

#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/text.h"

/* In any segment; the last {name...} may have slashes, too. */
#define KEEP	  ":@"
#define KEEP_REST ":@/"

static const struct {
	const char *method;
	enum hyper_role role;
	const char *path;
} routes[] = {
#define ROUTE(name, method, role, path)                                        \
	[HYP_ROUTE_##name] = { #method, HYPER_ROLE_##role, path },
#include "rest/routes.def"
#undef ROUTE
};

const char *hyp_route_method(enum hyp_route route)
{
	return routes[route].method;
}

const char *hyp_route_pattern(enum hyp_route route)
{
	return routes[route].path;
}

bool hyp_route_is_text(enum hyp_route route)
{
	return route == HYP_ROUTE_metrics || route == HYP_ROUTE_healthz ||
	       route == HYP_ROUTE_readyz;
}

enum hyper_role hyp_route_role(enum hyp_route route)
{
	return routes[route].role;
}

bool hyp_route_takes_generation(enum hyp_route route)
{
	return route == HYP_ROUTE_machine_change ||
	       route == HYP_ROUTE_machine_patch ||
	       route == HYP_ROUTE_machine_remove;
}

bool hyp_route_takes_key(enum hyp_route route)
{
	return hyp_route_takes_generation(route) ||
	       route == HYP_ROUTE_machine_add || route == HYP_ROUTE_image_add ||
	       route == HYP_ROUTE_image_remove;
}

bool hyp_route_patches(enum hyp_route route)
{
	return strcmp(routes[route].method, "PATCH") == 0;
}

/* At the `{` of a pattern: does it take all that is left? */
static bool takes_rest(const char *pattern)
{
	return strncmp(pattern + strcspn(pattern, ".}"), "...}", 4) == 0;
}

bool hyp_route_has_arg(enum hyp_route route, const char *name)
{
	const char *at = routes[route].path;
	size_t len = strlen(name);

	while ((at = strchr(at, '{'))) {
		at++;
		if (strncmp(at, name, len) == 0 && strchr(".}", at[len]))
			return true;
	}
	return false;
}

char *hyp_route_path(enum hyp_route route, const char *const *args)
{
	const char *pattern = routes[route].path;
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	while (*pattern) {
		size_t len = strcspn(pattern, "{");

		hyp_buf_add(&buf, pattern, len);
		pattern += len;
		if (*pattern == '{') {
			HYP_AUTOFREE char *text = hyp_percent_encode(
				*args++,
				takes_rest(pattern) ? KEEP_REST : KEEP);

			if (!text)
				return NULL;
			hyp_buf_adds(&buf, text);
			pattern += strcspn(pattern, "}") + 1;
		}
	}
	return hyp_buf_take(&buf);
}

/* Does a segment say what the pattern does? -1: no memory. */
static int says(const char *segment, size_t len, const char *want,
		size_t want_len)
{
	HYP_AUTOFREE char *text = NULL;

	if (!memchr(segment, '%', len))
		return len == want_len && memcmp(segment, want, len) == 0;
	text = hyp_percent_decode(segment, len);
	if (!text)
		return -1;
	return strlen(text) == want_len && memcmp(text, want, want_len) == 0;
}

static int add_arg(struct hyp_strv *args, const char *segment, size_t len)
{
	HYP_AUTOFREE char *text = NULL;

	if (len == 0)
		return 0;
	text = hyp_percent_decode(segment, len);
	return text && hyp_strv_add(args, text) == 0 ? 1 : -1;
}

/* Does a path fit a pattern? 1 or 0, its arguments added; -1: no memory. */
static int fits(const char *pattern, const char *path, struct hyp_strv *args)
{
	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/");
		size_t len = strcspn(++path, "/");
		int rc;

		if (*pattern == '{' && takes_rest(pattern))
			len = strlen(path);
		rc = *pattern == '{' ? add_arg(args, path, len)
				     : says(path, len, pattern, want);
		if (rc <= 0)
			return rc;
		pattern += want;
		path += len;
	}
	return *pattern == '\0' && *path == '\0';
}

/* Nearly all paths are plain, and nearly all routes begin otherwise. */
static bool differs(const char *pattern, const char *path)
{
	while (*pattern && *pattern != '{' && *pattern == *path)
		pattern++, path++;
	return *pattern != '{' && *pattern != *path;
}

int hyp_route_find(const char *method, const char *path,
		   struct hyp_route_match *ret_match)
{
	bool plain = !strchr(path, '%');

	*ret_match = (struct hyp_route_match){ .route = HYP_ROUTE_COUNT };
	for (size_t i = 0; i < HYP_COUNT(routes); i++) {
		HYP_AUTOSTRV args = { 0 };
		int rc = plain && differs(routes[i].path, path)
				 ? 0
				 : fits(routes[i].path, path, &args);

		if (rc < 0 ||
		    (rc && hyp_strv_add(&ret_match->methods, routes[i].method)))
			return -1;
		if (rc && strcmp(routes[i].method, method) == 0) {
			ret_match->route = (enum hyp_route)i;
			ret_match->args = args;
			args = (struct hyp_strv){ 0 };
		}
	}
	return 0;
}

void hyp_route_match_clear(struct hyp_route_match *match)
{
	hyp_strv_free(&match->args);
	hyp_strv_free(&match->methods);
}
