/* SPDX-License-Identifier: MIT */
/* An examination of a state directory, and what its parts find. */
#ifndef HYP_LOCAL_DOCTOR_H
#define HYP_LOCAL_DOCTOR_H

#include "local/local.h"

struct hyp_exam {
	struct hyp_local *local;
	bool repair;
	hyper_findings *findings;
	hyper_error **err;
};

/* Write down what was found; [borrowed from exam]. NULL: out of memory. */
hyper_finding *hyp_exam_found(struct hyp_exam *exam, const char *kind,
			      const char *type, const char *machine,
			      const char *format, ...) HYPER_PRINTF(5, 6);
/* What was done about it. */
int hyp_exam_acted(struct hyp_exam *exam, hyper_finding *finding,
		   const char *action, bool repaired);

/* doctor_engines.c: hold the machines against what their engines have. */
int hyp_exam_engines(struct hyp_exam *exam);

#endif
