/* SPDX-License-Identifier: MIT */
/* From what a user asks for to a complete record. */
#ifndef HYP_LOCAL_RESOLVE_H
#define HYP_LOCAL_RESOLVE_H

#include "local/local.h"

/* A copy of spec with id, uuid, type and the driver's defaults filled in;
 * what the driver cannot do is refused. */
/* Does the driver honour all that a record asks for? NOT_SUPPORTED, INVALID. */
int hyp_check_features(const hyper_driver *driver, const hyper_machine *m,
		       hyper_error **err);
int hyp_resolve(struct hyp_local *local, const hyper_machine *spec,
		hyper_machine **ret_machine, hyper_error **err);

#endif
