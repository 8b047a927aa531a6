/* SPDX-License-Identifier: MIT */
#include "util/metric.h"

#include <inttypes.h>

void hyp_metric_family(struct hyp_buf *to, const char *name, const char *type,
		       const char *help)
{
	hyp_buf_addf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		     type);
}

static void add_label(struct hyp_buf *to, const char *name, const char *value)
{
	hyp_buf_addf(to, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			hyp_buf_adds(to, "\\n");
		else if (*value == '"' || *value == '\\')
			hyp_buf_addf(to, "\\%c", *value);
		else
			hyp_buf_addc(to, *value);
	}
	hyp_buf_addc(to, '"');
}

/* Not as a double: the comma of a locale would get into it. */
static void add_value(struct hyp_buf *to, int64_t value, int64_t unit)
{
	int64_t rest = value % unit;

	hyp_buf_addf(to, " %" PRId64, value / unit);
	if (rest > 0)
		hyp_buf_addc(to, '.');
	for (unit /= 10; rest > 0; rest %= unit, unit /= 10)
		hyp_buf_addc(to, (char)('0' + rest / unit));
	hyp_buf_addc(to, '\n');
}

void hyp_metric_sample(struct hyp_buf *to, const char *name,
		       const char *const *labels, int64_t value, int64_t unit)
{
	hyp_buf_adds(to, name);
	for (size_t i = 0; labels && labels[i]; i += 2) {
		hyp_buf_addc(to, i ? ',' : '{');
		add_label(to, labels[i], labels[i + 1]);
	}
	if (labels)
		hyp_buf_addc(to, '}');
	add_value(to, value, unit);
}
