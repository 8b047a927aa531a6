/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#define LIMIT_DEFAULT 100

int hyper_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
		     uint32_t timeout_ms, uint32_t flags,
		     hyper_events **ret_events, hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_events, "ret_events", err);
	if (rc == 0 && limit > HYPER_LIMIT_MAX)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "limit",
				     "limit is '%u': must be 1 to %d, or 0 for "
				     "%d",
				     limit, HYPER_LIMIT_MAX, LIMIT_DEFAULT);
	if (rc == 0 && after > INT64_MAX)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "after",
				     "after is %llu: there is no such event",
				     (unsigned long long)after);
	return rc ? rc
		  : conn->ops->event_list(conn, after,
					  limit ? limit : LIMIT_DEFAULT,
					  timeout_ms, ret_events, err);
}
