/* SPDX-License-Identifier: MIT */
/* The one place that reads the environment. */
#ifndef HYP_UTIL_ENV_H
#define HYP_UTIL_ENV_H

/* The value of a variable, or NULL when it is unset or empty, or when the
 * program runs with more rights than its caller (secure_getenv(3)). */
const char *hyp_getenv(const char *name);

#endif
