/* SPDX-License-Identifier: MIT */
#include "api/check.h"

/* An asynchronous caller without the operation could not know its end. */
static int check_async(uint32_t flags, const void *ret_op, hyper_error **err)
{
	return flags & HYPER_ASYNC ? hyp_check_given(ret_op, "ret_op", err) : 0;
}

/* What all check that change one machine. */
static int check_one(const hyper_conn *conn, const char *id, uint32_t flags,
		     uint32_t allowed, const void *ret_op, char **ret_id,
		     hyper_error **err)
{
	int rc = hyp_check_change(conn, flags, allowed | HYPER_DRY_RUN, err);

	if (rc == 0)
		rc = check_async(flags, ret_op, err);
	return rc ? rc : hyp_check_given_id(id, ret_id, err);
}

int hyper_machine_add(hyper_conn *conn, const hyper_machine *spec,
		      uint32_t flags, hyper_machine **ret_machine,
		      hyper_operation **ret_op, hyper_error **err)
{
	int rc = hyp_check_new(conn, flags, HYPER_ASYNC | HYPER_DRY_RUN, err);

	if (rc == 0)
		rc = check_async(flags, ret_op, err);
	if (rc == 0)
		rc = hyp_check_given(spec, "spec", err);
	if (rc == 0)
		rc = hyp_check_given(spec->image, "image", err);
	return rc ? rc
		  : conn->ops->machine_add(conn, spec, flags, ret_machine,
					   ret_op, err);
}

int hyper_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			hyper_machine **ret_machine, hyper_operation **ret_op,
			hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = check_one(conn, id, flags, HYPER_ASYNC, ret_op, &canonical,
			   err);

	return rc ? rc
		  : conn->ops->machine_start(conn, canonical, flags,
					     ret_machine, ret_op, err);
}

int hyper_machine_stop(hyper_conn *conn, const char *id, uint32_t timeout_ms,
		       uint32_t flags, hyper_machine **ret_machine,
		       hyper_operation **ret_op, hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = check_one(conn, id, flags, HYPER_ASYNC | HYPER_FORCE, ret_op,
			   &canonical, err);

	return rc ? rc
		  : conn->ops->machine_stop(conn, canonical, timeout_ms, flags,
					    ret_machine, ret_op, err);
}

int hyper_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			 hyper_operation **ret_op, hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = check_one(conn, id, flags,
			   HYPER_ASYNC | HYPER_FORCE | HYPER_KEEP, ret_op,
			   &canonical, err);

	return rc ? rc
		  : conn->ops->machine_remove(conn, canonical, flags, ret_op,
					      err);
}

int hyper_machine_change(hyper_conn *conn, const char *id,
			 const hyper_changes *changes, uint32_t flags,
			 hyper_machine **ret_machine, hyper_operation **ret_op,
			 hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = check_one(conn, id, flags, HYPER_ASYNC, ret_op, &canonical,
			   err);

	if (rc == 0)
		rc = hyp_check_given(changes, "changes", err);
	return rc ? rc
		  : conn->ops->machine_change(conn, canonical, changes, flags,
					      ret_machine, ret_op, err);
}

int hyper_machine_adopt(hyper_conn *conn, const char *type, const char *name,
			const char *id, uint32_t flags,
			hyper_machine **ret_machine, hyper_operation **ret_op,
			hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = hyp_check_new(conn, flags, HYPER_FORCE | HYPER_DRY_RUN, err);

	if (rc == 0 && conn->terms.key)
		rc = hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "key",
				     "adopt knows no key: what was adopted "
				     "already is refused with EXISTS");
	if (rc == 0 && type)
		rc = hyp_check_type(type, err);
	if (rc == 0)
		rc = hyp_check_given(name, "name", err);
	if (rc == 0)
		rc = hyp_check_name(name, err);
	if (rc == 0 && id)
		rc = hyp_check_id(id, &canonical, err);
	return rc ? rc
		  : conn->ops->machine_adopt(conn, type, name, canonical, flags,
					     ret_machine, ret_op, err);
}

int hyper_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
		      hyper_machine **ret_machine, hyper_error **err)
{
	HYP_AUTOFREE char *canonical = NULL;
	int rc = hyp_check_call(conn, flags, HYPER_REFRESH, err);

	if (rc == 0)
		rc = hyp_check_given(ret_machine, "ret_machine", err);
	if (rc == 0)
		rc = hyp_check_given_id(id, &canonical, err);
	return rc ? rc
		  : conn->ops->machine_get(conn, canonical, flags, ret_machine,
					   err);
}

int hyper_machine_list(hyper_conn *conn, const hyper_query *query,
		       uint32_t flags, hyper_machines **ret_machines,
		       hyper_error **err)
{
	int rc = hyp_check_call(conn, flags, HYPER_REFRESH, err);

	if (rc == 0)
		rc = hyp_check_given(ret_machines, "ret_machines", err);
	return rc ? rc
		  : conn->ops->machine_list(conn, query, flags, ret_machines,
					    err);
}
