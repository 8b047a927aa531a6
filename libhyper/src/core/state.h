/* SPDX-License-Identifier: MIT */
/* The states of a machine: the one table of what is legal in which. */
#ifndef HYP_CORE_STATE_H
#define HYP_CORE_STATE_H

#include "core/record.h"

/* What is done to a machine or an image; the kinds of an operation. */
enum hyp_action {
	HYP_ADD = 1,
	HYP_START,
	HYP_STOP,
	HYP_REMOVE,
	HYP_PULL,
	HYP_IMPORT,
	HYP_IMAGE_REMOVE,
	HYP_ADOPT,
	HYP_RELEASE, /* remove with HYPER_KEEP */
	HYP_CHANGE
};

const char *hyp_action_name(int action); /* NULL for none */
int hyp_action_parse(const char *name);	 /* 0 for none */

/* Is it what the machine is already (true in *ret_nothing), may it begin (0),
 * or STATE with what one can do instead? */
int hyp_action_check(enum hyp_action action, const hyper_machine *machine,
		     uint32_t flags, bool *ret_nothing, hyper_error **err);

/* The state while an action runs, and the one that it leads to; 0: it stays
 * what it is. */
int hyp_action_passing(enum hyp_action action);
int hyp_action_target(enum hyp_action action);

/* A state between two others, which only a live operation may hold. */
bool hyp_state_is_passing(int state);
/* One that a user may ask for. */
bool hyp_state_is_goal(int state);

#endif
