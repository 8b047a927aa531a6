/* SPDX-License-Identifier: MIT */
/* What the other ops would do. */
#include "lv.h"

int hyp_lv_plan(void *self, hyper_call *call, const hyper_plan *plan,
		hyper_error **err)
{
	const hyper_machine *machine = plan->machine;

	switch (plan->kind) {
	case HYPER_PLAN_ADD:
		return hyp_lv_plan_add(self, call, machine, err);
	case HYPER_PLAN_START:
		return hyp_lv_plan_start(self, call, machine, err);
	case HYPER_PLAN_STOP:
		return hyp_lv_plan_stop(self, call, machine, plan->timeout_ms,
					plan->flags, err);
	case HYPER_PLAN_REMOVE:
		return hyp_lv_plan_remove(self, call, machine, plan->flags,
					  err);
	case HYPER_PLAN_CHANGE:
		return hyp_lv_plan_change(self, call, machine, plan->to, err);
	case HYPER_PLAN_IMPORT:
		return hyp_lv_plan_import(self, call, plan->name, plan->path,
					  err);
	case HYPER_PLAN_IMAGE_REMOVE:
		return hyp_lv_plan_image_remove(self, call, plan->name, err);
	default:
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "no plan of that kind");
	}
}
