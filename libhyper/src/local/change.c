/* SPDX-License-Identifier: MIT */
/* What a local connection does to change a machine. */
#include "local/ops.h"
#include "local/perform.h"
#include "local/resolve.h"

/* Can its driver do that at all? Before it is written down. */
static int check(hyper_conn *conn, const char *id, const hyper_changes *changes,
		 hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	struct hyp_plugin *plugin;
	int rc = hyp_local_machine_get(conn, id, 0, &machine, err);

	if (rc || !hyp_changes_engine(changes, machine))
		return rc;
	rc = hyp_plugin_find(hyp_local_of(conn), machine->type, &plugin, err);
	if (rc == 0)
		rc = hyp_check_features(&plugin->driver, changes->to, err);
	if (rc || hyp_driver_can(&plugin->driver, HYP_VERB_CHANGE))
		return rc;
	return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "type",
			       "driver '%s' cannot change machines, but for "
			       "their labels",
			       machine->type);
}

int hyp_local_machine_change(hyper_conn *conn, const char *id,
			     const hyper_changes *changes, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err)
{
	struct hyp_request request = { .action = HYP_CHANGE,
				       .id = id,
				       .changes = changes,
				       .flags = flags };
	bool repeated = false;
	int rc = hyp_local_repeat(conn, &request, &repeated, ret_machine,
				  ret_op, err);

	if (rc || repeated)
		return rc;
	rc = check(conn, id, changes, err);
	return rc ? rc
		  : hyp_local_perform(conn, &request, ret_machine, ret_op, err);
}
