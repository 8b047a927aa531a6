/* SPDX-License-Identifier: MIT */
/*
 * Strays: machines of ours in an engine that no row knows, for their add has
 * failed. A process that dies while the engine makes a machine leaves its
 * request behind. Whoever recovers the add may come before the engine does: it
 * finds nothing, and the machine appears after that.
 */
#ifndef HYP_LOCAL_STRAY_H
#define HYP_LOCAL_STRAY_H

#include "local/job.h"

/* Add the drivers that may have strays to names. */
int hyp_stray_drivers(struct hyp_tx *tx, struct hyp_strv *names,
		      hyper_error **err);

/* Remove, in the background, one that is among what an engine has; the next
 * round sees the next one. */
void hyp_stray_sweep(struct hyp_plugin *plugin, const struct hyper_call *call);

#endif
