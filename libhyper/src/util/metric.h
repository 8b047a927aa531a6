/* SPDX-License-Identifier: MIT */
/* Numbers about oneself in the text format 0.0.4 of Prometheus. */
#ifndef HYP_UTIL_METRIC_H
#define HYP_UTIL_METRIC_H

#include <stdint.h>

#include "util/buf.h"

/* The samples of a family follow. type: "counter", "gauge" or "histogram". */
void hyp_metric_family(struct hyp_buf *to, const char *name, const char *type,
		       const char *help);
/* One sample, value / unit (a power of ten). labels: names and values in turn,
 * ended by NULL; or NULL. */
void hyp_metric_sample(struct hyp_buf *to, const char *name,
		       const char *const *labels, int64_t value, int64_t unit);
#define HYP_LABELS(...)                                                        \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

#endif
