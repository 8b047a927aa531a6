/* SPDX-License-Identifier: MIT */
#include "json/json.h"
#include "remote/remote.h"

int hyp_remote_doctor(hyper_conn *conn, uint32_t flags,
		      hyper_findings **ret_findings, hyper_error **err)
{
	bool repair = flags & HYPER_REPAIR;
	struct hyp_request request = { .route = repair ? HYP_ROUTE_doctor_repair
						       : HYP_ROUTE_doctor };
	HYP_AUTOANSWER answer = { 0 };
	int rc = repair ? hyp_json_repair(true, &request.body, err) : 0;

	if (!rc)
		rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_findings(answer.body.data, answer.body.len,
					   ret_findings, err);
}
