/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#include <string.h>

#include "util/text.h"

void hyper_close(hyper_conn *conn)
{
	if (conn && conn->base)
		hyp_view_free(conn);
	else if (conn)
		conn->ops->close(conn);
}

const char *hyper_conn_uri(const hyper_conn *conn)
{
	return conn->uri;
}

bool hyper_conn_is_local(const hyper_conn *conn)
{
	return hyp_starts_with(conn->uri, "file:");
}

int hyper_conn_announce(hyper_conn *conn, const char *url, uint32_t flags,
			hyper_error **err)
{
	int rc = hyp_check_change(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(url, "url", err);
	if (rc == 0 && (strlen(url) > HYP_TEXT_MAX ||
			!hyp_text_valid(url, strlen(url), false)))
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "url",
				     "url is longer than %d bytes or no line "
				     "of UTF-8",
				     HYP_TEXT_MAX);
	if (rc)
		return rc;
	if (!conn->ops->announce)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "only a local connection has other "
				       "processes to tell");
	return conn->ops->announce(conn, url, err);
}

int hyper_conn_cancel(hyper_conn *conn, uint32_t flags, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc)
		return rc;
	if (!conn->ops->cancel)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "the server runs the operations: cancel "
				       "them one by one");
	return conn->ops->cancel(conn, err);
}

int hyper_conn_info(hyper_conn *conn, uint32_t flags, hyper_info **ret_info,
		    hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_info, "ret_info", err);
	return rc ? rc : conn->ops->info(conn, ret_info, err);
}

int hyper_driver_list(hyper_conn *conn, uint32_t flags,
		      hyper_drivers **ret_drivers, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_drivers, "ret_drivers", err);
	return rc ? rc : conn->ops->driver_list(conn, ret_drivers, err);
}
