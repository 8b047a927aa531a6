/* SPDX-License-Identifier: MIT */
/* Who asks, by what they show: a certificate, a token, or the socket that they
 * came through. */
#include "hyperd.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <ulfius.h>

#define BUFFER_SIZE 4096

/* What stands behind "Bearer " (RFC 6750), or NULL: another scheme. */
static const char *bearer_token(const char *authorization)
{
	static const char scheme[] = "Bearer ";

	if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return NULL;
	authorization += sizeof(scheme) - 1;
	return authorization + strspn(authorization, " ");
}

static void by_token(const struct service *service, const char *secret,
		     struct caller *caller)
{
	hyper_token *token = NULL;

	if (service->token && token_matches(service->token, secret)) {
		caller->role = HYPER_ROLE_ADMIN;
		snprintf(caller->actor, sizeof(caller->actor), "token-file");
	} else if (hyper_token_check(service->conn, secret, 0, &token, NULL) ==
		   0) {
		caller->role = hyper_token_role(token);
		snprintf(caller->actor, sizeof(caller->actor), "token:%s",
			 hyper_token_name(token));
	}
	hyper_token_free(token);
}

static void name_user(uid_t uid, char *actor, size_t size)
{
	struct passwd entry, *found = NULL;
	char buffer[BUFFER_SIZE];

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 &&
	    found)
		snprintf(actor, size, "user:%s", found->pw_name);
	else
		snprintf(actor, size, "user:%u", (unsigned int)uid);
}

/* The user at the other end of a unix socket. A thread serves one connection,
 * whose user is looked up for its first request. */
static void by_user(int fd, struct caller *caller)
{
	static _Thread_local struct caller known;
	static _Thread_local uid_t uid;
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return;
	if (known.role == HYPER_ROLE_NONE || uid != cred.uid) {
		known.role = HYPER_ROLE_ADMIN;
		uid = cred.uid;
		name_user(uid, known.actor, sizeof(known.actor));
	}
	*caller = known;
}

/* By the certificate, where one is asked for. False: go on by the token. */
static bool by_certificate(const struct service *service, const char *shown,
			   struct caller *caller)
{
	const char *name;

	if (service->certificate_role == HYPER_ROLE_NONE)
		return false;
	name = client_name();
	if (name && !shown) {
		caller->role = service->certificate_role;
		snprintf(caller->actor, sizeof(caller->actor), "cert:%s", name);
	}
	return name ? !shown : !service->certificate_optional;
}

void access_find(const struct service *service, const struct _u_request *in,
		 struct caller *ret_caller)
{
	const char *shown = u_map_get_case(in->map_header, "Authorization");
	const char *secret = shown ? bearer_token(shown) : NULL;

	*ret_caller = (struct caller){ .role = HYPER_ROLE_NONE };
	if (by_certificate(service, shown, ret_caller))
		return;
	/* Whoever shows a token wants to be no more than that. */
	if (secret) {
		by_token(service, secret, ret_caller);
	} else if (!shown && !service->tcp) {
		by_user(client_fd(), ret_caller);
	} else if (!shown && service->open) {
		ret_caller->role = HYPER_ROLE_ADMIN;
		snprintf(ret_caller->actor, sizeof(ret_caller->actor),
			 "anyone");
	}
}
