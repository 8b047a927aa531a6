/* SPDX-License-Identifier: MIT */
#include "remote/remote.h"

int hyp_remote_metrics(hyper_conn *conn, char **ret_text, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_metrics };
	HYP_AUTOANSWER answer = { 0 };
	int rc = hyp_remote_call(conn, &request, &answer, err);

	if (rc)
		return rc;
	*ret_text = hyp_buf_take(&answer.body);
	return *ret_text ? 0 : hyp_nomem(err);
}

int hyp_remote_ready(hyper_conn *conn, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_readyz };
	HYP_AUTOANSWER answer = { 0 };

	return hyp_remote_call(conn, &request, &answer, err);
}

const char *hyp_remote_curl_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
