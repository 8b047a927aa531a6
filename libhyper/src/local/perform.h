/* SPDX-License-Identifier: MIT */
/* A request from its record to its answer. */
#ifndef HYP_LOCAL_PERFORM_H
#define HYP_LOCAL_PERFORM_H

#include "local/engine.h"

/* Record a request on the terms of the connection, run it here or (HYPER_ASYNC)
 * on a thread of its own, and read what came of it. ret_machine only for
 * requests on machines that are not removed. Both may be NULL. */
int hyp_local_perform(hyper_conn *conn, struct hyp_request *request,
		      hyper_machine **ret_machine, hyper_operation **ret_op,
		      hyper_error **err);

#endif
