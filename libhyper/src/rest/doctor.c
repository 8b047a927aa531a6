/* SPDX-License-Identifier: MIT */
/* /hyper/doctor */
#include "core/record.h"
#include "json/json.h"
#include "rest/rest.h"

static int answer(struct hyp_rest_call *call, uint32_t flags, hyper_error **err)
{
	HYP_CLEANUP(hyper_findings_free_p) hyper_findings *findings = NULL;
	char *json = NULL;
	int rc = hyper_doctor(call->conn, flags, &findings, err);

	if (!rc)
		rc = hyper_findings_to_json(findings, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

int hyp_rest_doctor(struct hyp_rest_call *call, hyper_error **err)
{
	return answer(call, 0, err);
}

int hyp_rest_doctor_repair(struct hyp_rest_call *call, hyper_error **err)
{
	bool repair;
	int rc = hyp_json_parse_repair(call->request->body,
				       call->request->body_len, &repair, err);

	return rc ? rc : answer(call, repair ? HYPER_REPAIR : 0, err);
}
