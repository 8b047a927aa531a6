/* SPDX-License-Identifier: MIT */
/*
 * A browser asks whatever server a page tells it to, from inside our network
 * and with our names. So over TCP the Host must be ours, or a page could give
 * its own name our address (DNS rebinding); and what a page of another site
 * asks is refused, unless the setting `origins` lets it in (Fetch standard,
 * "CORS protocol").
 */
#include "hyperd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <ulfius.h>
#include <unistd.h>

static const char *header(const struct _u_request *in, const char *name)
{
	return u_map_get_case(in->map_header, name);
}

/* Is a text of some length one of a list with commas? */
static bool is_listed(const char *list, const char *text, size_t len)
{
	while (list && *list) {
		size_t n = strcspn(list, ",");

		if (n == len && strncasecmp(list, text, len) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static bool is_host_name(const char *name, size_t len)
{
	char own[256] = "";

	if (gethostname(own, sizeof(own) - 1) != 0)
		return false;
	return (strlen(own) == len && strncasecmp(own, name, len) == 0) ||
	       (strcspn(own, ".") == len && strncasecmp(own, name, len) == 0);
}

/* A loopback address, or the one that the client has connected to. */
static bool is_own_address(const char *host)
{
	struct sockaddr_storage own = { 0 }, said = { 0 };
	struct sockaddr_in *in = (void *)&said;
	struct sockaddr_in6 *in6 = (void *)&said;
	socklen_t len = sizeof(own);

	if (inet_pton(AF_INET, host, &in->sin_addr) == 1)
		said.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1)
		said.ss_family = AF_INET6;
	else
		return false;
	if (is_loopback(&said))
		return true;
	if (getsockname(client_fd(), (struct sockaddr *)&own, &len) != 0 ||
	    own.ss_family != said.ss_family)
		return false;
	if (own.ss_family == AF_INET)
		return ((struct sockaddr_in *)&own)->sin_addr.s_addr ==
		       in->sin_addr.s_addr;
	return memcmp(&((struct sockaddr_in6 *)&own)->sin6_addr,
		      &in6->sin6_addr, sizeof(in6->sin6_addr)) == 0;
}

/* The name in "NAME:PORT" or "[ADDRESS]:PORT"; 0 for nonsense. */
static size_t name_of(const char *host, const char **ret_name)
{
	const char *end;

	*ret_name = host;
	if (*host == '[') {
		*ret_name = ++host;
		end = strchr(host, ']');
		if (!end)
			return 0;
	} else {
		end = host + strcspn(host, ":");
	}
	host = end + (*end == ']');
	if (*host && (*host != ':' ||
		      strspn(host + 1, "0123456789") != strlen(host + 1)))
		return 0;
	return (size_t)(end - *ret_name);
}

static bool is_own_name(const struct service *service, const char *name,
			size_t len)
{
	char address[INET6_ADDRSTRLEN] = "";

	if (len < sizeof(address))
		memcpy(address, name, len);
	return is_listed("localhost", name, len) || is_own_address(address) ||
	       is_host_name(name, len) || is_listed(service->hosts, name, len);
}

/* What the target names as the server counts more than Host (RFC 9112 §3.2.2).
 * [new] */
static char *authority_of(const struct _u_request *in)
{
	const char *target = in->http_url, *host = header(in, "Host");
	size_t scheme = scheme_length(target);

	if (!host || scheme == 0)
		return strdup(host ? host : "");
	return strndup(target + scheme, strcspn(target + scheme, "/?"));
}

static const char *check_host(const struct service *service,
			      const struct _u_request *in, char why[WHY_SIZE])
{
	char *host = authority_of(in);
	const char *slug = NULL, *name;
	size_t len = host ? name_of(host, &name) : 0;

	if (len == 0 || strchr(host, ',')) {
		slug = "bad-request";
		snprintf(why, WHY_SIZE,
			 "Host is missing, there twice, or no host");
	} else if (!is_own_name(service, name, len)) {
		slug = "misdirected";
		snprintf(why, WHY_SIZE,
			 "Host is '%.100s', which is not known to be a name of "
			 "this server: the setting `hosts` may add it",
			 host);
	}
	free(host);
	return slug;
}

/* "http://" and what Host says. */
static bool is_same_origin(const struct service *service,
			   const struct _u_request *in, const char *origin)
{
	const char *scheme = service->tls ? "https://" : "http://";
	const char *host = header(in, "Host");

	return service->tcp && host &&
	       strncasecmp(origin, scheme, strlen(scheme)) == 0 &&
	       strcasecmp(origin + strlen(scheme), host) == 0;
}

static bool is_allowed_origin(const struct service *service, const char *origin)
{
	return origin && is_listed(service->origins, origin, strlen(origin));
}

static const char *check_origin(const struct service *service,
				const struct _u_request *in, char why[WHY_SIZE])
{
	const char *origin = header(in, "Origin");
	const char *site = header(in, "Sec-Fetch-Site");

	if (is_allowed_origin(service, origin))
		return NULL;
	if (origin && !is_same_origin(service, in, origin)) {
		snprintf(why, WHY_SIZE,
			 "Origin is '%.100s', whose pages may not ask this "
			 "server: the setting `origins` may let them",
			 origin);
		return "cross-origin";
	}
	if (site && strcasecmp(site, "same-origin") != 0 &&
	    strcasecmp(site, "none") != 0) {
		snprintf(why, WHY_SIZE,
			 "Sec-Fetch-Site is '%.100s': pages of other sites may "
			 "not ask this server",
			 site);
		return "cross-origin";
	}
	return NULL;
}

const char *origin_check(const struct service *service,
			 const struct _u_request *in, char why[WHY_SIZE])
{
	const char *slug = NULL;

	if (service->tcp)
		slug = check_host(service, in, why);
	return slug ? slug : check_origin(service, in, why);
}

bool origin_is_preflight(const struct _u_request *in)
{
	return strcmp(in->http_verb, "OPTIONS") == 0 && header(in, "Origin") &&
	       header(in, "Access-Control-Request-Method");
}

void origin_add_headers(const struct service *service,
			const struct _u_request *in, struct _u_response *out)
{
	const char *origin = header(in, "Origin");

	if (!is_allowed_origin(service, origin))
		return;
	u_map_put(out->map_header, "Access-Control-Allow-Origin", origin);
	u_map_put(out->map_header, "Vary", "Origin");
	if (!origin_is_preflight(in)) {
		u_map_put(out->map_header, "Access-Control-Expose-Headers",
			  "ETag, Link, Location, Hyper-Next-Cursor, "
			  "Hyper-Operation, Hyper-Seq, Hyper-Total-Count, "
			  "X-Request-Id");
		return;
	}
	u_map_put(out->map_header, "Access-Control-Allow-Methods",
		  "GET, POST, PUT, PATCH, DELETE");
	u_map_put(out->map_header, "Access-Control-Allow-Headers",
		  "Authorization, Content-Type, Idempotency-Key, If-Match, "
		  "Last-Event-ID, Prefer, X-Request-Id");
	u_map_put(out->map_header, "Access-Control-Max-Age", "600");
}
