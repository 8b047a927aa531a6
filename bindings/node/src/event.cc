/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

static void wait_events(uint64_t after, uint32_t limit, Wait &wait,
			Answer &answer)
{
	hyper_events *events;

	do {
		events = nullptr;
		if (hyper_event_list(wait.c(), after, limit, wait.piece(), 0,
				     &events, answer.err()))
			return;
		if (hyper_events_count(events) > 0 || wait.over()) {
			answer.give(events, hyper_events_to_json,
				    hyper_events_free);
			return;
		}
		hyper_events_free(events);
	} while (wait.wanted(answer));
}

Napi::Value Connection::event_list(const CallbackInfo &info)
{
	uint64_t after = u64(info[0]);
	uint32_t limit = u32(info[1]);

	return wait(info, u32(info[2]),
		    [after, limit](Wait &wait, Answer &answer) {
			    wait_events(after, limit, wait, answer);
		    });
}
