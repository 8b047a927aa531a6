/* SPDX-License-Identifier: MIT */
#include "core/record.h"
#include "json/json.h"
#include "remote/remote.h"

int hyp_remote_token_add(hyper_conn *conn, const char *name, int role,
			 int64_t expires_at, hyper_token **ret_token,
			 hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p)
	hyper_token *wanted = calloc(1, sizeof(*wanted));
	struct hyp_request request = { .route = HYP_ROUTE_token_add };
	HYP_AUTOANSWER answer = { 0 };
	int rc = wanted ? hyp_set_text(&wanted->name, name, err)
			: hyp_nomem(err);

	if (rc)
		return rc;
	wanted->role = role;
	wanted->expires_at = expires_at;
	rc = hyp_json_token_request(wanted, &request.body, err);
	if (!rc)
		rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_token(answer.body.data, answer.body.len,
					ret_token, err);
}

int hyp_remote_token_list(hyper_conn *conn, hyper_tokens **ret_tokens,
			  hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_token_list };
	HYP_AUTOANSWER answer = { 0 };
	int rc = hyp_remote_call(conn, &request, &answer, err);

	return rc ? rc
		  : hyp_json_read_tokens(answer.body.data, answer.body.len,
					 ret_tokens, err);
}

int hyp_remote_token_remove(hyper_conn *conn, const char *name,
			    hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_token_remove,
				       .args = { name } };
	HYP_AUTOANSWER answer = { 0 };

	return hyp_remote_call(conn, &request, &answer, err);
}
