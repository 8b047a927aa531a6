/* SPDX-License-Identifier: MIT */
/* The route table as data: which route is it (server), where is it (client). */
#ifndef HYP_REST_ROUTE_H
#define HYP_REST_ROUTE_H

#include <hyper/token.h>

#include "util/strv.h"

enum hyp_route {
#define ROUTE(name, method, role, path) HYP_ROUTE_##name,
#include "rest/routes.def"
#undef ROUTE
	HYP_ROUTE_COUNT /* none */
};

/* The method of a route: "GET". */
const char *hyp_route_method(enum hyp_route route);
/* Its path with {name} for what varies. */
const char *hyp_route_pattern(enum hyp_route route);
/* Is it for tools that read plain text, whatever they say they accept? */
bool hyp_route_is_text(enum hyp_route route);
/* The least role that may call it. */
enum hyper_role hyp_route_role(enum hyp_route route);
/* Does a request say If-Match, Idempotency-Key? */
bool hyp_route_takes_generation(enum hyp_route route);
bool hyp_route_takes_key(enum hyp_route route);
/* Is its body a merge patch (RFC 7396)? */
bool hyp_route_patches(enum hyp_route route);
/* Is there a {name} or {name...} in its path? */
bool hyp_route_has_arg(enum hyp_route route, const char *name);
/* [new] its path with args (one for each {…}) filled in, percent-encoded;
 * NULL when out of memory. */
char *hyp_route_path(enum hyp_route route, const char *const *args);

struct hyp_route_match {
	enum hyp_route route;	 /* HYP_ROUTE_COUNT: none */
	struct hyp_strv args;	 /* what stands for each {…}, decoded */
	struct hyp_strv methods; /* all that the path has; none: no such path */
};

/*
 * Find the route of a path (its escapes are known to be good). 0, or -1 when
 * out of memory. Clear the match in either case.
 */
int hyp_route_find(const char *method, const char *path,
		   struct hyp_route_match *ret_match);
void hyp_route_match_clear(struct hyp_route_match *match);

#endif
