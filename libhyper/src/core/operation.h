/* SPDX-License-Identifier: MIT */
/* Operations: what local and remote say alike. */
#ifndef HYP_CORE_OPERATION_H
#define HYP_CORE_OPERATION_H

#include "core/record.h"

/* NOT_FOUND for an operation that is not there. */
int hyp_operation_unknown(uint64_t id, hyper_error **err);
/* TIMEOUT of hyper_operation_wait(). */
int hyp_operation_timeout(uint64_t id, uint32_t timeout_ms,
			  hyper_error **err);
/* 0 if op is done, else its error as that of the call. */
int hyp_operation_result(const hyper_operation *op, hyper_error **err);

#endif
