/* SPDX-License-Identifier: MIT */
/* Who may do what, and in whose name it is done. */
#include <string.h>

#include "core/record.h"
#include "rest/rest.h"

int hyper_rest_request_access(hyper_rest_request *request, int role,
			      const char *actor)
{
	if (role != HYPER_ROLE_NONE && !hyper_role_name(role))
		return HYPER_ERR_INVALID;
	if (hyp_set_text(&request->actor, actor, NULL))
		return HYPER_ERR_NOMEM;
	request->role = role;
	return 0;
}

int hyp_rest_check_access(struct hyp_rest_call *call, int least,
			  hyper_error **err)
{
	const hyper_rest_request *request = call->request;

	if (request->role >= least)
		return 0;
	if (request->role == HYPER_ROLE_NONE)
		return hyp_rest_fail(call, "unauthorized", NULL, err,
				     "no valid token: send it as "
				     "Authorization: Bearer TOKEN (or no "
				     "certificate, where one is needed)");
	return hyp_rest_fail(call, "denied", NULL, err,
			     "%s has the role %s: this needs that of %s %s",
			     request->actor ? request->actor : "whoever asks",
			     hyper_role_name(request->role),
			     least == HYPER_ROLE_VIEWER ? "a" : "an",
			     hyper_role_name(least));
}

int hyp_rest_act(struct hyp_rest_call *call, hyper_error **err)
{
	const char *actor = call->request->actor;
	int rc;

	if (strcmp(hyp_route_method(call->route), "GET") == 0)
		return 0;
	rc = hyper_conn_view(call->conn, 0, &call->view, err);
	if (!rc && actor)
		rc = hyper_conn_set_actor(call->view, actor, err);
	if (!rc)
		call->conn = call->view;
	return rc;
}
