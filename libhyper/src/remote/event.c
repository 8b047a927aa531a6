/* SPDX-License-Identifier: MIT */
/* Events of a hyperd. */
#include <inttypes.h>
#include <stdio.h>

#include "json/json.h"
#include "remote/remote.h"
#include "util/time.h"

/* How long one request waits, so that a dead connection is found out. */
#define WAIT_MS 20000

static int ask(hyper_conn *conn, uint64_t after, uint32_t limit,
	       uint32_t wait_ms, hyper_events **ret_events, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_event_list };
	HYP_AUTOANSWER answer = { 0 };
	char number[24];
	int rc;

	snprintf(number, sizeof(number), "%" PRIu64, after);
	hyp_request_param(&request, "after", number);
	snprintf(number, sizeof(number), "%" PRIu32, limit);
	hyp_request_param(&request, "limit", number);
	hyp_request_wait(&request, wait_ms);
	rc = hyp_remote_call(conn, &request, &answer, err);
	return rc ? rc
		  : hyp_json_read_events(answer.body.data, answer.body.len,
					 ret_events, err);
}

int hyp_remote_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			  uint32_t timeout_ms, hyper_events **ret_events,
			  hyper_error **err)
{
	const bool for_ever = timeout_ms == UINT32_MAX;
	const int64_t end = hyp_mono_ms() + timeout_ms;

	for (;;) {
		HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
		int64_t left = for_ever ? WAIT_MS : end - hyp_mono_ms();
		int rc;

		if (left < 0)
			left = 0;
		rc = ask(conn, after, limit,
			 (uint32_t)(left < WAIT_MS ? left : WAIT_MS), &events,
			 err);
		if (rc)
			return rc;
		if (events->list.n || left == 0) {
			*ret_events = hyp_steal(&events);
			return 0;
		}
	}
}
