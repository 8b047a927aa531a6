/* SPDX-License-Identifier: MIT */
/* The log, for inside: the same as <hyper/log.h>. */
#ifndef HYP_CORE_LOG_H
#define HYP_CORE_LOG_H

#include <hyper/log.h>

#define hyp_warn(...) hyper_log(HYPER_LOG_WARNING, __VA_ARGS__)
#define hyp_info(...) hyper_log(HYPER_LOG_INFO, __VA_ARGS__)
#define hyp_debug(...) hyper_log(HYPER_LOG_DEBUG, __VA_ARGS__)

#endif
