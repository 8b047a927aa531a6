/* SPDX-License-Identifier: MIT */
/*
 * What shall go wrong, and where: the machine's option `script`, then the
 * driver's setting of that name.
 *
 *     script = rule *( ";" rule )
 *     rule   = op [ "@" step ] ":" action
 *     action = "latency=" MS / "deaf=" MS / "error=" CODE / "hang" / "crash"
 *            / "ignore"
 */
#ifndef DRV_TEST_SCRIPT_H
#define DRV_TEST_SCRIPT_H

#include <hyper/driver.h>

/* INVALID when a script makes no sense. */
int script_check(const char *script, hyper_error **err);

/* Do what a script (or NULL) says for a step of an op: 1 before anything has
 * changed, 2 half-way, 3 when it is done. call is NULL for open. */
int script_run(const char *script, const char *op, int step, hyper_call *call,
	       hyper_error **err);

/* Does it say op:ignore? */
bool script_ignores(const char *script, const char *op);

#endif
