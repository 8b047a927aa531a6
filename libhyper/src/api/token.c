/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#include <string.h>

/* The form of a machine's id. */
static int check_name(const char *name, char **ret_name, hyper_error **err)
{
	int rc = hyp_check_given(name, "name", err);

	if (rc || hyp_check_id(name, ret_name, NULL) == 0)
		return rc;
	return hyper_error_set(err, HYPER_ERR_INVALID, "name",
			       "name is '%.100s': must be a letter, then "
			       "letters, digits and '-', at most %d",
			       name, HYPER_ID_MAX);
}

int hyper_token_add(hyper_conn *conn, const char *name, int role,
		    int64_t expires_at, uint32_t flags, hyper_token **ret_token,
		    hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = hyp_check_change(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_token, "ret_token", err);
	if (rc == 0)
		rc = check_name(name, &canonical, err);
	if (rc)
		return rc;
	if (!hyper_role_name(role))
		return hyper_error_set(err, HYPER_ERR_INVALID, "role",
				       "role is none of viewer, operator and "
				       "admin");
	if (expires_at < 0)
		return hyper_error_set(err, HYPER_ERR_INVALID, "expires_at",
				       "expires_at is %lld: must be a time, or "
				       "0 for never",
				       (long long)expires_at);
	return conn->ops->token_add(conn, canonical, role, expires_at,
				    ret_token, err);
}

int hyper_token_list(hyper_conn *conn, uint32_t flags,
		     hyper_tokens **ret_tokens, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_tokens, "ret_tokens", err);
	return rc ? rc : conn->ops->token_list(conn, ret_tokens, err);
}

int hyper_token_remove(hyper_conn *conn, const char *name, uint32_t flags,
		       hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = hyp_check_change(conn, flags, 0, err);

	if (rc == 0)
		rc = check_name(name, &canonical, err);
	return rc ? rc : conn->ops->token_remove(conn, canonical, err);
}

int hyper_token_check(hyper_conn *conn, const char *secret, uint32_t flags,
		      hyper_token **ret_token, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(secret, "secret", err);
	if (rc == 0)
		rc = hyp_check_given(ret_token, "ret_token", err);
	if (rc == 0 && !conn->ops->token_check)
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				     "the server knows its tokens");
	return rc ? rc : conn->ops->token_check(conn, secret, ret_token, err);
}
