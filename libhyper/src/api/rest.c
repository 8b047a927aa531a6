/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#include <string.h>

#include "rest/rest.h"

/* Visible ASCII that begins with one of these; a blank or a line's end would
 * make it another request. */
static bool is_word(const char *text, const char *begin)
{
	if (!*text || (begin && !strchr(begin, *text)))
		return false;
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool is_line(const char *text)
{
	return !text[strcspn(text, "\r\n")];
}

static int check_http(const hyper_rest_request *request, hyper_error **err)
{
	if (!is_word(request->method, NULL))
		return hyper_error_set(err, HYPER_ERR_INVALID, "method",
				       "'%.40s' is no method, such as GET",
				       request->method);
	if (!is_word(request->path, "/") ||
	    (request->query && *request->query &&
	     !is_word(request->query, NULL)))
		return hyper_error_set(err, HYPER_ERR_INVALID, "target",
				       "'%.200s' is no path: it begins with / "
				       "and is percent-encoded",
				       request->path);
	for (size_t i = 0; i < request->names.n; i++)
		if (!is_word(request->names.items[i], NULL) ||
		    strchr(request->names.items[i], ':') ||
		    !is_line(request->values.items[i]))
			return hyper_error_set(err, HYPER_ERR_INVALID,
					       request->names.items[i],
					       "'%.100s' is no header field: "
					       "it is one line, and its name "
					       "a word",
					       request->names.items[i]);
	if (request->body_len > HYPER_REST_BODY_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "body",
				       "the body may have at most %u bytes",
				       HYPER_REST_BODY_MAX);
	return 0;
}

static bool is_change(const hyper_rest_request *request)
{
	static const char *const safe[] = { "GET", "HEAD", "OPTIONS", NULL };

	return !hyp_words_have(safe, request->method);
}

static bool is_stream(const hyper_rest_request *request)
{
	enum hyp_rest_media media = hyp_rest_choose_media(request, true);

	return media == HYP_MEDIA_SSE || media == HYP_MEDIA_NDJSON;
}

static int check(hyper_conn *conn, const hyper_rest_request *request,
		 uint32_t flags, hyper_rest_response **ret_response,
		 hyper_error **err)
{
	int rc = hyp_check_given(request, "request", err);

	if (rc == 0)
		rc = is_change(request) ? hyp_check_change(conn, flags, 0, err)
					: hyp_check_call(conn, flags, 0, err);
	if (rc == 0)
		rc = hyp_check_given(ret_response, "ret_response", err);
	if (rc == 0)
		rc = check_http(request, err);
	if (rc == 0 && is_stream(request))
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "Accept",
				     "a stream is no single answer: ask for "
				     "application/json");
	return rc;
}

int hyper_rest_send(hyper_conn *conn, const hyper_rest_request *request,
		    uint32_t flags, hyper_rest_response **ret_response,
		    hyper_error **err)
{
	int rc = check(conn, request, flags, ret_response, err);
	hyper_rest_request ours;

	if (rc)
		return rc;
	if (conn->ops->rest_send)
		return conn->ops->rest_send(conn, request, ret_response, err);
	/* Who has the state directory may do everything. */
	ours = *request;
	if (ours.role == HYPER_ROLE_NONE)
		ours.role = HYPER_ROLE_ADMIN;
	rc = hyper_rest_dispatch(conn, &ours, 0, ret_response);
	return rc ? hyp_nomem(err) : 0;
}
