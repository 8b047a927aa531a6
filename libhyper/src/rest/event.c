/* SPDX-License-Identifier: MIT */
/* /hyper/events */
#include <string.h>

#include "core/record.h"
#include "rest/rest.h"
#include "util/text.h"

#define LAST_ID "Last-Event-ID"

/* A number that was given as a parameter or header field, or not at all. */
static int parse_number(struct hyp_rest_call *call, const char *name,
			const char *text, uint64_t max, uint64_t *ret_value,
			hyper_error **err)
{
	if (!text || hyp_parse_uint(text, max, ret_value) == 0)
		return 0;
	return hyp_rest_fail(call, "bad-parameter", name, err,
			     "%s is '%.100s': must be a number from 0 to %llu",
			     name, text, (unsigned long long)max);
}

static int get_number(struct hyp_rest_call *call, const char *name,
		      uint64_t max, uint64_t *ret_value, hyper_error **err)
{
	return parse_number(call, name, hyp_map_get(&call->params, name), max,
			    ret_value, err);
}

const struct hyp_problem *hyp_rest_event_problem(const hyper_error *err)
{
	return hyper_error_code(err) == HYPER_ERR_LIMIT &&
			       hyper_error_field(err)
		       ? hyp_problem_of_slug("trimmed")
		       : NULL;
}

/* All at once. */
static int send_list(struct hyp_rest_call *call, uint64_t after, uint32_t limit,
		     uint32_t ms, hyper_error **err)
{
	HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
	HYP_AUTOERROR *why = NULL;
	char *json = NULL;
	int rc = hyper_event_list(call->conn, after, limit, ms, 0, &events,
				  &why);

	/* The server stops: nothing came till then is an answer, too. */
	if (rc == HYPER_ERR_CANCELLED) {
		hyper_error_free(hyp_steal(&why));
		rc = hyper_event_list(call->conn, after, limit, 0, 0, &events,
				      &why);
	}
	if (rc) {
		call->problem = hyp_rest_event_problem(why);
		hyp_error_move(err, &why);
		return rc;
	}
	rc = hyper_events_to_json(events, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

int hyp_rest_event_list(struct hyp_rest_call *call, hyper_error **err)
{
	struct hyp_rest_stream_start start = { .media = call->media };
	uint32_t ms = call->media == HYP_MEDIA_JSON ? 0 : UINT32_MAX;
	int rc = get_number(call, "after", INT64_MAX, &start.after, err);

	/* Whoever connects again does so with the same URL: this is newer. */
	if (!rc)
		rc = parse_number(
			call, LAST_ID,
			hyp_rest_get_header(call->request, LAST_ID, 0),
			INT64_MAX, &start.after, err);
	if (!rc)
		rc = get_number(call, "limit", HYPER_LIMIT_MAX, &start.limit,
				err);
	if (!rc)
		rc = hyp_rest_get_wait(call, &ms, err);
	if (rc)
		return rc;
	start.wait_ms = ms;
	return call->media == HYP_MEDIA_JSON
		       ? send_list(call, start.after, (uint32_t)start.limit, ms,
				   err)
		       : hyp_rest_send_stream(call, &start, err);
}
