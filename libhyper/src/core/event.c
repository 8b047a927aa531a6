/* SPDX-License-Identifier: MIT */
#include "core/event.h"

uint64_t hyper_event_seq(const hyper_event *event)
{
	return event->seq;
}

int64_t hyper_event_at(const hyper_event *event)
{
	return event->at;
}

const char *hyper_event_kind(const hyper_event *event)
{
	return event->kind;
}

const char *hyper_event_machine(const hyper_event *event)
{
	return event->machine;
}

const char *hyper_event_driver(const hyper_event *event)
{
	return event->driver;
}

uint64_t hyper_event_operation(const hyper_event *event)
{
	return event->operation;
}

const char *hyper_event_actor(const hyper_event *event)
{
	return event->actor;
}

const char *hyper_event_state(const hyper_event *event)
{
	return event->state;
}

hyper_event *hyper_event_copy(const hyper_event *event)
{
	HYP_CLEANUP(hyper_event_free_p)
	hyper_event *copy = calloc(1, sizeof(*copy));

	if (!copy || hyp_set_text(&copy->kind, event->kind, NULL) ||
	    hyp_set_text(&copy->machine, event->machine, NULL) ||
	    hyp_set_text(&copy->driver, event->driver, NULL) ||
	    hyp_set_text(&copy->actor, event->actor, NULL) ||
	    hyp_set_text(&copy->state, event->state, NULL))
		return NULL;
	copy->seq = event->seq;
	copy->at = event->at;
	copy->operation = event->operation;
	return hyp_steal(&copy);
}

void hyper_event_free(hyper_event *event)
{
	if (!event)
		return;
	free(event->kind);
	free(event->machine);
	free(event->driver);
	free(event->actor);
	free(event->state);
	free(event);
}

int hyp_event_check(uint64_t after, uint64_t oldest, uint64_t newest,
		    hyper_error **err)
{
	if (after > newest)
		return hyper_error_set(err, HYPER_ERR_INVALID, "after",
				       "after is %llu, but the newest event is "
				       "%llu",
				       (unsigned long long)after,
				       (unsigned long long)newest);
	if (after && after + 1 < oldest)
		return hyper_error_set(err, HYPER_ERR_LIMIT, "after",
				       "the events after %llu are no longer "
				       "kept: the oldest is %llu",
				       (unsigned long long)after,
				       (unsigned long long)oldest);
	return 0;
}
