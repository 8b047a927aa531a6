/* SPDX-License-Identifier: MIT */
#include "rest/rest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "util/buf.h"

int hyper_rest_response_status(const hyper_rest_response *response)
{
	return response->status;
}

const char *hyper_rest_response_route(const hyper_rest_response *response)
{
	return response->route == HYP_ROUTE_COUNT
		       ? NULL
		       : hyp_route_pattern(response->route);
}

bool hyper_rest_response_header(const hyper_rest_response *response,
				size_t index, const char **ret_name,
				const char **ret_value)
{
	if (index >= response->names.n)
		return false;
	*ret_name = response->names.items[index];
	*ret_value = response->values.items[index];
	return true;
}

const char *hyper_rest_response_body(const hyper_rest_response *response,
				     size_t *ret_len)
{
	const char *body = response->body ? response->body : "";

	*ret_len = strlen(body);
	return body;
}

void hyper_rest_response_free(hyper_rest_response *response)
{
	if (!response)
		return;
	hyp_strv_free(&response->names);
	hyp_strv_free(&response->values);
	free(response->body);
	hyp_rest_stream_free(response->stream);
	free(response);
}

/* [new] a text that is safe in a header. */
static char *encode_value(const char *text)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	for (; *text; text++) {
		if (*text >= 0x20 && *text < 0x7f)
			hyp_buf_addc(&buf, *text);
		else
			hyp_buf_addf(&buf, "%%%02X", (unsigned char)*text);
	}
	return hyp_buf_take(&buf);
}

int hyp_rest_add_header(hyper_rest_response *response, hyper_error **err,
			const char *name, const char *format, ...)
{
	HYP_AUTOFREE char *text = NULL, *value = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		value = encode_value(text);
	if (!value || hyp_strv_add(&response->values, value))
		return hyp_nomem(err);
	/* Without its name a value is not seen. */
	return hyp_strv_add(&response->names, name) ? hyp_nomem(err) : 0;
}

int hyp_rest_set_problem(hyper_rest_response *response,
			 const hyper_rest_request *request,
			 const hyper_error *error,
			 const struct hyp_problem *problem)
{
	char *json = NULL;
	int rc;

	if (!problem)
		problem = hyp_problem_of_code(hyper_error_code(error));
	rc = hyp_json_problem_answer(error, problem,
				     request ? request->id : NULL, &json);
	if (rc)
		return rc;
	if (response->body || response->stream) {
		/* An answer that could not be finished. */
		free(response->body);
		hyp_rest_stream_free(response->stream);
		response->stream = NULL;
		hyp_strv_free(&response->names);
		hyp_strv_free(&response->values);
	}
	response->body = json;
	response->status = problem->status;
	rc = hyp_rest_add_header(response, NULL, "Content-Type",
				 "application/problem+json");
	if (!rc && problem->code == HYPER_ERR_AUTH)
		rc = hyp_rest_add_header(response, NULL, "WWW-Authenticate",
					 "Bearer realm=\"hyper\"");
	if (!rc && problem->code == HYPER_ERR_BUSY)
		rc = hyp_rest_add_header(response, NULL, "Retry-After", "1");
	return rc;
}

int hyp_rest_finish(hyper_rest_response *response,
		    const hyper_rest_request *request, hyper_error **err)
{
	return request ? hyp_rest_add_header(response, err, "X-Request-Id",
					     "%s", request->id)
		       : 0;
}

int hyper_rest_problem(const hyper_rest_request *request, const char *slug,
		       const char *detail, hyper_rest_response **ret_response)
{
	HYP_CLEANUP(hyper_rest_response_free_p)
	hyper_rest_response *response = NULL;
	const struct hyp_problem *problem = hyp_problem_of_slug(slug);
	HYP_AUTOERROR *error = NULL;
	int rc;

	if (!problem)
		return HYPER_ERR_INVALID;
	response = calloc(1, sizeof(*response));
	if (!response)
		return HYPER_ERR_NOMEM;
	response->route = HYP_ROUTE_COUNT;
	hyper_error_set(&error, problem->code, NULL, "%s", detail);
	rc = hyp_rest_set_problem(response, request, error, problem);
	if (!rc)
		rc = hyp_rest_finish(response, request, NULL);
	if (rc)
		return rc;
	hyp_rest_count(HYP_ROUTE_COUNT, response->status, 0);
	*ret_response = hyp_steal(&response);
	return 0;
}
