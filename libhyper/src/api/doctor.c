/* SPDX-License-Identifier: MIT */
#include "api/check.h"

int hyper_doctor(hyper_conn *conn, uint32_t flags,
		 hyper_findings **ret_findings, hyper_error **err)
{
	int rc = flags & HYPER_REPAIR
			 ? hyp_check_change(conn, flags, HYPER_REPAIR, err)
			 : hyp_check_call(conn, flags, HYPER_REPAIR, err);

	if (rc == 0)
		rc = hyp_check_given(ret_findings, "ret_findings", err);
	return rc ? rc : conn->ops->doctor(conn, flags, ret_findings, err);
}
