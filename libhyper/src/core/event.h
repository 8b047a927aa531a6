/* SPDX-License-Identifier: MIT */
#ifndef HYP_CORE_EVENT_H
#define HYP_CORE_EVENT_H

#include "core/record.h"

/* Can all that came after an event be told? INVALID, LIMIT. */
int hyp_event_check(uint64_t after, uint64_t oldest, uint64_t newest,
		    hyper_error **err);

#endif
