/* SPDX-License-Identifier: MIT */
/* /hyper/tokens */
#include "core/record.h"
#include "json/json.h"
#include "rest/rest.h"

int hyp_rest_token_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_tokens_free_p) hyper_tokens *tokens = NULL;
	char *json = NULL;
	int rc = hyper_token_list(call->conn, 0, &tokens, err);

	if (!rc)
		rc = hyper_tokens_to_json(tokens, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

/* The one answer that has a secret: no cache on the way may keep it. */
static int send_new_token(struct hyp_rest_call *call, const hyper_token *token,
			  hyper_error **err)
{
	const char *name = hyper_token_name(token);
	char *json = NULL;
	int rc = hyper_token_to_json(token, 0, &json, err);

	if (!rc)
		rc = hyp_rest_send_new(call, json, HYP_ROUTE_token_remove,
				       &name, err);
	return rc ? rc
		  : hyp_rest_add_header(call->response, err, "Cache-Control",
					"no-store");
}

int hyp_rest_token_add(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p) hyper_token *wanted = NULL;
	HYP_CLEANUP(hyper_token_free_p) hyper_token *token = NULL;
	int rc = hyp_json_parse_token_request(
		call->request->body, call->request->body_len, &wanted, err);

	if (!rc)
		rc = hyper_token_add(call->conn, hyper_token_name(wanted),
				     hyper_token_role(wanted),
				     hyper_token_expires_at(wanted), 0, &token,
				     err);
	return rc ? rc : send_new_token(call, token, err);
}

int hyp_rest_token_remove(struct hyp_rest_call *call, hyper_error **err)
{
	int rc = hyper_token_remove(call->conn, call->args[0], 0, err);

	return rc ? rc : hyp_rest_send(call, 204, NULL, err);
}
