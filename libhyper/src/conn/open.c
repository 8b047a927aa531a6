/* SPDX-License-Identifier: MIT */
#include <hyper/conn.h>

#include <string.h>

#include "conn/conn.h"
#include "conn/remotes.h"
#include "conn/uri.h"
#include "util/text.h"

/* A server by its name, or by its URI. */
static int open_server(char *target, uint32_t flags, hyper_conn **ret_conn,
		       hyper_error **err)
{
	HYP_CLEANUP(hyp_remote_free_p) hyper_remote *named = NULL;
	const hyper_remote nameless = { .uri = target };
	int rc = 0;

	if (hyp_starts_with(target, HYP_REMOTE_SCHEME))
		rc = hyp_remotes_get(target + strlen(HYP_REMOTE_SCHEME), &named,
				     err);
	return rc ? rc
		  : hyp_remote_open(named ? named : &nameless, flags, ret_conn,
				    err);
}

int hyper_open(const char *uri, uint32_t flags, hyper_conn **ret_conn,
	       hyper_error **err)
{
	HYP_AUTOFREE char *target = NULL;
	bool local;
	int rc = hyp_check_flags(
		flags, HYPER_OPEN_READONLY | HYPER_OPEN_LOCAL_ONLY, err);

	if (rc == 0 && !ret_conn)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "ret_conn",
				     "ret_conn is NULL");
	if (rc == 0)
		rc = hyp_uri_parse(uri, &local, &target, err);
	if (rc)
		return rc;
	if (local)
		return hyp_local_open(target, flags, ret_conn, err);
	if (flags & HYPER_OPEN_LOCAL_ONLY)
		return hyper_error_set(err, HYPER_ERR_DENIED, "uri",
				       "uri '%s' is not local", target);
	return open_server(target, flags, ret_conn, err);
}
