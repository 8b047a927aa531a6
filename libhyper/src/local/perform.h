/* SPDX-License-Identifier: MIT */
/* A request from its record to its answer. */
#ifndef HYP_LOCAL_PERFORM_H
#define HYP_LOCAL_PERFORM_H

#include "local/engine.h"

/* Answer a request with a key that was made before: once its operation has
 * ended, as that did. False in *ret_repeated: it was not. */
int hyp_local_repeat(hyper_conn *conn, struct hyp_request *request,
		     bool *ret_repeated, hyper_machine **ret_machine,
		     hyper_operation **ret_op, hyper_error **err);
/* The same of the operation that it repeats. */
int hyp_local_answer(hyper_conn *conn, const struct hyp_request *request,
		     uint64_t id, hyper_machine **ret_machine,
		     hyper_operation **ret_op, hyper_error **err);

/* plan.c: what a request on its terms would do (HYPER_DRY_RUN): an operation
 * that is not recorded, and the machine as it would be. */
int hyp_local_plan(hyper_conn *conn, const struct hyp_request *request,
		   hyper_machine **ret_machine, hyper_operation **ret_op,
		   hyper_error **err);

/* Record a request on the terms of the connection, run it here or (HYPER_ASYNC)
 * on a thread of its own, and read what came of it. ret_machine only for
 * requests on machines that are not removed. Both may be NULL. */
int hyp_local_perform(hyper_conn *conn, struct hyp_request *request,
		      hyper_machine **ret_machine, hyper_operation **ret_op,
		      hyper_error **err);

#endif
