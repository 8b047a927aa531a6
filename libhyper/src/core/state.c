/* SPDX-License-Identifier: MIT */
#include "core/state.h"

#include <string.h>

static const char *const state_names[] = {
	[HYPER_STATE_CREATING] = "creating",
	[HYPER_STATE_STOPPED] = "stopped",
	[HYPER_STATE_STARTING] = "starting",
	[HYPER_STATE_RUNNING] = "running",
	[HYPER_STATE_PAUSED] = "paused",
	[HYPER_STATE_STOPPING] = "stopping",
	[HYPER_STATE_REMOVING] = "removing",
	[HYPER_STATE_ERROR] = "error",
	[HYPER_STATE_MISSING] = "missing",
};

static const char *const op_state_names[] = {
	[HYPER_OP_QUEUED] = "queued",	    [HYPER_OP_RUNNING] = "running",
	[HYPER_OP_DONE] = "done",	    [HYPER_OP_FAILED] = "failed",
	[HYPER_OP_CANCELLED] = "cancelled", [HYPER_OP_PLANNED] = "planned",
};

static const char *const action_names[] = {
	[HYP_ADD] = "add",
	[HYP_START] = "start",
	[HYP_STOP] = "stop",
	[HYP_REMOVE] = "remove",
	[HYP_PULL] = "pull",
	[HYP_IMPORT] = "import",
	[HYP_IMAGE_REMOVE] = "image-remove",
	[HYP_ADOPT] = "adopt",
	[HYP_RELEASE] = "release",
	[HYP_CHANGE] = "change",
};

static const char *const role_names[] = {
	[HYPER_ROLE_VIEWER] = "viewer",
	[HYPER_ROLE_OPERATOR] = "operator",
	[HYPER_ROLE_ADMIN] = "admin",
};

static const char *name_of(const char *const *names, size_t n, int number)
{
	return number > 0 && (size_t)number < n ? names[number] : NULL;
}

static int number_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return 0;
}

const char *hyper_state_name(int state)
{
	return name_of(state_names, HYP_COUNT(state_names), state);
}

int hyp_state_parse(const char *name)
{
	return number_of(state_names, HYP_COUNT(state_names), name);
}

const char *hyper_op_state_name(int state)
{
	return name_of(op_state_names, HYP_COUNT(op_state_names), state);
}

int hyp_op_state_parse(const char *name)
{
	return number_of(op_state_names, HYP_COUNT(op_state_names), name);
}

const char *hyp_action_name(int action)
{
	return name_of(action_names, HYP_COUNT(action_names), action);
}

int hyp_action_parse(const char *name)
{
	return number_of(action_names, HYP_COUNT(action_names), name);
}

/*
 * One letter a state, in the order of enum hyper_state:
 *   y  yes    n  no    s  nothing to do, success    f  only with FORCE
 *
 * A machine is in a passing state only while an operation runs on it, and
 * operations on one machine queue: whoever has its turn and still finds such
 * a state found what a crash left, and may go on from there. In `error`,
 * the engine has the last word, so starting and stopping are tried.
 */
static const char *const legal[] = {
	/*              creating stopped starting running paused
	 *              stopping removing error missing */
	[HYP_START] = "nyysyynyn",  [HYP_STOP] = "nsyyyynyn",
	[HYP_REMOVE] = "fyffffyyy", [HYP_RELEASE] = "yyyyyyyyy",
	[HYP_CHANGE] = "nynyynnyn",
};

int hyp_action_check(enum hyp_action action, const hyper_machine *machine,
		     uint32_t flags, bool *ret_nothing, hyper_error **err)
{
	char letter = legal[action][machine->state - 1];
	const char *state = hyper_state_name(machine->state);

	/* What hyper made would be nobody's. */
	if (action == HYP_RELEASE && !machine->adopted)
		return hyper_error_set(err, HYPER_ERR_STATE, "adopted",
				       "machine '%s' was not adopted, but made "
				       "by hyper: it can only be removed",
				       machine->id);
	if (letter == 'y' || letter == 's' ||
	    (letter == 'f' && (flags & HYPER_FORCE))) {
		*ret_nothing = letter == 's';
		return 0;
	}
	if (letter == 'f')
		return hyper_error_set(
			err, HYPER_ERR_STATE, "state",
			"machine '%s' is %s: stop it first, or use force",
			machine->id, state);
	return hyper_error_set(err, HYPER_ERR_STATE, "state",
			       "machine '%s' is %s: cannot %s it", machine->id,
			       state, hyp_action_name(action));
}

int hyp_action_passing(enum hyp_action action)
{
	switch (action) {
	case HYP_ADD:
		return HYPER_STATE_CREATING;
	case HYP_START:
		return HYPER_STATE_STARTING;
	case HYP_STOP:
		return HYPER_STATE_STOPPING;
	case HYP_REMOVE:
	case HYP_RELEASE:
		return HYPER_STATE_REMOVING;
	default:
		return 0;
	}
}

int hyp_action_target(enum hyp_action action)
{
	switch (action) {
	case HYP_ADD:
	case HYP_STOP:
		return HYPER_STATE_STOPPED;
	case HYP_START:
		return HYPER_STATE_RUNNING;
	default:
		return 0;
	}
}

bool hyp_state_is_passing(int state)
{
	return state == HYPER_STATE_CREATING || state == HYPER_STATE_STARTING ||
	       state == HYPER_STATE_STOPPING || state == HYPER_STATE_REMOVING;
}

bool hyp_state_is_goal(int state)
{
	return state == HYPER_STATE_RUNNING || state == HYPER_STATE_STOPPED;
}

const char *hyper_role_name(int role)
{
	return name_of(role_names, HYP_COUNT(role_names), role);
}

int hyper_role_parse(const char *name)
{
	return name ? number_of(role_names, HYP_COUNT(role_names), name)
		    : HYPER_ROLE_NONE;
}
