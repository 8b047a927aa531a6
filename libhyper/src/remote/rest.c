/* SPDX-License-Identifier: MIT */
/* A request that is passed on as it is. */
#include "remote/remote.h"

#include <string.h>

#include "rest/rest.h"

int hyp_remote_take_raw(CURL *curl, struct hyp_buf *body,
			hyper_rest_response *response, hyper_error **err)
{
	struct curl_header *field = NULL;
	size_t len = body->len;
	long status = 0;
	int rc = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	response->status = (int)status;
	while (!rc &&
	       (field = curl_easy_nextheader(curl, CURLH_HEADER, -1, field)))
		rc = hyp_rest_add_header(response, err, field->name, "%s",
					 field->value);
	if (rc)
		return rc;
	response->body = hyp_buf_take(body);
	if (!response->body)
		return hyp_nomem(err);
	if (strlen(response->body) != len)
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "the answer is no text");
	return 0;
}

int hyp_remote_rest_send(hyper_conn *conn, const hyper_rest_request *request,
			 hyper_rest_response **ret_response, hyper_error **err)
{
	HYP_CLEANUP(hyper_rest_response_free_p)
	hyper_rest_response *response = calloc(1, sizeof(*response));
	struct hyp_request call = { .raw = request, .raw_answer = response };
	HYP_AUTOANSWER answer = { 0 };
	int rc;

	if (!response)
		return hyp_nomem(err);
	rc = hyp_remote_call(conn, &call, &answer, err);
	if (rc == 0)
		*ret_response = hyp_steal(&response);
	return rc;
}
