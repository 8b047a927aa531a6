/* SPDX-License-Identifier: MIT */
/* What a local connection tells of events. */
#include <stdatomic.h>

#include "local/local.h"
#include "local/ops.h"
#include "util/time.h"

/* How often to look for what other processes did, ms. */
#define LOOK_INTERVAL 50

static int look(struct hyp_local *local, uint64_t after, uint32_t limit,
		hyper_events **ret_events, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(local->store, &tx, err);

	return rc ? rc : hyp_event_query(&tx, after, limit, ret_events, err);
}

int hyp_local_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			 uint32_t timeout_ms, hyper_events **ret_events,
			 hyper_error **err)
{
	int64_t end = timeout_ms == UINT32_MAX ? INT64_MAX
					       : hyp_mono_ms() + timeout_ms;
	struct hyp_local *local = hyp_local_of(conn);
	unsigned int cancels = atomic_load(&local->cancels);

	for (;;) {
		HYP_CLEANUP(hyper_events_free_p) hyper_events *events = NULL;
		int rc = look(local, after, limit, &events, err);
		int64_t left = end - hyp_mono_ms();

		if (rc)
			return rc;
		if (events->list.n || left <= 0) {
			*ret_events = hyp_steal(&events);
			return 0;
		}
		if (atomic_load(&local->cancels) != cancels)
			return hyper_error_set(err, HYPER_ERR_CANCELLED, NULL,
					       "the wait for events was "
					       "cancelled");
		hyp_local_wait(local, left < LOOK_INTERVAL ? (uint32_t)left
							   : LOOK_INTERVAL);
	}
}
