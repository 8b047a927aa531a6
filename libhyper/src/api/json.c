/* SPDX-License-Identifier: MIT */
/* Records as JSON: thin around src/json. */
#include "api/check.h"
#include "json/json.h"

int hyper_machine_from_json(const char *text, size_t len, uint32_t flags,
			    hyper_machine **ret_machine, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(text, "text", err);
	if (rc == 0)
		rc = hyp_check_given(ret_machine, "ret_machine", err);
	return rc ? rc : hyp_json_parse_machine(text, len, ret_machine, err);
}

int hyper_changes_from_json(const char *text, size_t len, uint32_t flags,
			    hyper_changes **ret_changes, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(text, "text", err);
	if (rc == 0)
		rc = hyp_check_given(ret_changes, "ret_changes", err);
	return rc ? rc : hyp_json_parse_changes(text, len, ret_changes, err);
}

static int check(const void *record, const char *name, uint32_t flags,
		 char **ret_json, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(record, name, err);
	return rc ? rc : hyp_check_given(ret_json, "ret_json", err);
}

int hyper_machine_to_json(const hyper_machine *machine, uint32_t flags,
			  char **ret_json, hyper_error **err)
{
	int rc = check(machine, "machine", flags, ret_json, err);

	return rc ? rc
		  : hyp_json_machine(machine, machine->fields, ret_json, err);
}

/* The others have nothing to choose. */
#define TO_JSON(name, type)                                                    \
	int hyper_##name##_to_json(const type *name, uint32_t flags,           \
				   char **ret_json, hyper_error **err)         \
	{                                                                      \
		int rc = check(name, #name, flags, ret_json, err);             \
                                                                               \
		return rc ? rc : hyp_json_##name(name, ret_json, err);         \
	}
TO_JSON(machines, hyper_machines)
TO_JSON(operation, hyper_operation)
TO_JSON(operations, hyper_operations)
TO_JSON(outcomes, hyper_outcomes)
TO_JSON(event, hyper_event)
TO_JSON(events, hyper_events)
TO_JSON(image, hyper_image)
TO_JSON(images, hyper_images)
TO_JSON(drivers, hyper_drivers)
TO_JSON(findings, hyper_findings)
TO_JSON(remotes, hyper_remotes)
TO_JSON(token, hyper_token)
TO_JSON(tokens, hyper_tokens)
TO_JSON(info, hyper_info)

int hyper_error_to_json(const hyper_error *err, uint32_t flags, char **ret_json)
{
	if (!err || flags || !ret_json)
		return HYPER_ERR_INVALID;
	return hyp_json_problem(err, NULL, ret_json);
}
