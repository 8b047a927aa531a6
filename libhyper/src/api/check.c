/* SPDX-License-Identifier: MIT */
#include "api/check.h"

int hyp_check_given(const void *argument, const char *name, hyper_error **err)
{
	if (argument)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, name, "%s is missing",
			       name);
}

int hyp_check_call(const hyper_conn *conn, uint32_t flags, uint32_t allowed,
		   hyper_error **err)
{
	int rc = hyp_check_given(conn, "conn", err);

	return rc ? rc : hyp_check_flags(flags, allowed, err);
}

int hyp_check_change(const hyper_conn *conn, uint32_t flags, uint32_t allowed,
		     hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, allowed, err);

	if (rc == 0 && (conn->flags & HYPER_OPEN_READONLY))
		rc = hyper_error_set(err, HYPER_ERR_DENIED, NULL,
				     "the connection is read-only");
	return rc;
}

int hyp_check_new(const hyper_conn *conn, uint32_t flags, uint32_t allowed,
		  hyper_error **err)
{
	int rc = hyp_check_change(conn, flags, allowed, err);

	if (rc == 0 && conn->terms.generation)
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "generation",
				     "generation goes only with changes of a "
				     "machine that is there");
	return rc;
}

int hyp_check_given_id(const char *id, char **ret_id, hyper_error **err)
{
	int rc = hyp_check_given(id, "id", err);

	return rc ? rc : hyp_check_id(id, ret_id, err);
}

int hyp_check_given_image(const char *type, const char *name, hyper_error **err)
{
	int rc = hyp_check_given(type, "type", err);

	if (rc == 0)
		rc = hyp_check_type(type, err);
	if (rc == 0)
		rc = hyp_check_given(name, "name", err);
	return rc ? rc : hyp_check_image(name, err);
}
