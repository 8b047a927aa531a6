/* SPDX-License-Identifier: MIT */
/* /hyper and /hyper/drivers */
#include "core/record.h"
#include "rest/rest.h"

int hyp_rest_info(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_info_free_p) hyper_info *info = NULL;
	char *json = NULL;
	int rc = hyper_conn_info(call->conn, 0, &info, err);

	if (!rc)
		rc = hyper_info_to_json(info, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}

int hyp_rest_driver_list(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_drivers_free_p) hyper_drivers *drivers = NULL;
	char *json = NULL;
	int rc = hyper_driver_list(call->conn, 0, &drivers, err);

	if (!rc)
		rc = hyper_drivers_to_json(drivers, 0, &json, err);
	return rc ? rc : hyp_rest_send(call, 200, json, err);
}
