/* SPDX-License-Identifier: MIT */
/* /healthz and /readyz: is the process there, and can it serve? */
#include "rest/rest.h"

int hyp_rest_healthz(struct hyp_rest_call *call, hyper_error **err)
{
	return hyp_rest_send_text(call, "text/plain; charset=utf-8", "ok\n",
				  err);
}

int hyp_rest_readyz(struct hyp_rest_call *call, hyper_error **err)
{
	int rc = hyper_conn_ready(call->conn, 0, err);

	if (!rc)
		return hyp_rest_send_text(call, "text/plain; charset=utf-8",
					  "ok\n", err);
	/* The code tells what is wrong; who balances load asks for 503. */
	call->problem = hyp_problem_of_slug("not-ready");
	return rc;
}
