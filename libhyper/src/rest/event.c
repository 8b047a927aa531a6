/* SPDX-License-Identifier: MIT */
/* /hyper/events */
#include <string.h>

#include "core/record.h"
#include "rest/rest.h"
#include "util/text.h"

static int get_number(struct hyp_rest_call *call, const char *name,
		      uint64_t max, uint64_t *ret_value, hyper_error **err)
{
	const char *text = hyp_map_get(&call->params, name);

	if (!text || hyp_parse_uint(text, max, ret_value) == 0)
		return 0;
	return hyp_rest_fail(call, "bad-parameter", name, err,
			     "%s is '%.100s': must be a number from 0 to %llu",
			     name, text, (unsigned long long)max);
}

int hyp_rest_event_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
	HYP_AUTOERROR *why = NULL;
	uint64_t after = 0, limit = 0;
	uint32_t ms = 0;
	char *json = NULL;
	int rc = get_number(call, "after", INT64_MAX, &after, err);

	if (!rc)
		rc = get_number(call, "limit", HYPER_LIMIT_MAX, &limit, err);
	if (!rc)
		rc = hyp_rest_get_wait(call, &ms, err);
	if (rc)
		return rc;
	rc = hyper_event_list(call->conn, after, (uint32_t)limit, ms, 0,
			      &events, &why);
	/* The server stops: nothing came till then is an answer, too. */
	if (rc == HYPER_ERR_CANCELLED)
		rc = hyper_event_list(call->conn, after, (uint32_t)limit, 0, 0,
				      &events, &why);
	if (rc == HYPER_ERR_LIMIT && hyper_error_field(why))
		call->problem = hyp_problem_of_slug("trimmed");
	if (rc) {
		hyp_error_move(err, &why);
		return rc;
	}
	rc = hyper_events_to_json(events, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}
