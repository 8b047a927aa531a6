/* SPDX-License-Identifier: MIT */
/*
 * JSON, as a user or a server sends it. What was read and is written is read
 * as the same again.
 */
#include "fuzz.h"

#include "json/json.h"

/* The fields that a user may say. */
#define USER_FIELDS                                                            \
	(1u << HYP_MACHINE_id | 1u << HYP_MACHINE_type |                       \
	 1u << HYP_MACHINE_image | 1u << HYP_MACHINE_mem |                     \
	 1u << HYP_MACHINE_vcpus | 1u << HYP_MACHINE_autostart |               \
	 1u << HYP_MACHINE_ports | 1u << HYP_MACHINE_env |                     \
	 1u << HYP_MACHINE_labels | 1u << HYP_MACHINE_options |                \
	 1u << HYP_MACHINE_command)

static char *write_user(const hyper_machine *machine)
{
	char *json = NULL;

	FUZZ_CHECK(hyp_json_machine(machine, USER_FIELDS, &json, NULL) == 0,
		   "cannot be written");
	return json;
}

static void user_machine(const char *text, size_t len)
{
	HYP_AUTOFREE char *once = NULL, *twice = NULL;
	hyper_machine *machine = NULL, *again = NULL;
	hyper_error *err = NULL;

	if (fuzz_end_user(hyp_json_parse_machine(text, len, &machine, &err),
			  &err))
		return;
	once = write_user(machine);
	FUZZ_CHECK(hyp_json_parse_machine(once, strlen(once), &again, &err) ==
			   0,
		   "%s: %s", once, hyper_error_message(err));
	twice = write_user(again);
	FUZZ_CHECK(strcmp(once, twice) == 0, "%s, %s", once, twice);
	hyper_machine_free(machine);
	hyper_machine_free(again);
}

/* Read, write, read and write: both texts are one line, and the same. */
#define RECORD(name, type, read, write, free_record)                           \
	static void name(const char *text, size_t len)                         \
	{                                                                      \
		HYP_AUTOFREE char *once = NULL, *twice = NULL;                 \
		type *record = NULL, *again = NULL;                            \
		hyper_error *err = NULL;                                       \
                                                                               \
		if (fuzz_end(read(text, len, &record, &err), &err))            \
			return;                                                \
		FUZZ_CHECK(write(record, &once, NULL) == 0, "not written");    \
		FUZZ_CHECK(hyp_text_valid(once, strlen(once), false), "%s",    \
			   once);                                              \
		FUZZ_CHECK(read(once, strlen(once), &again, &err) == 0,        \
			   "%s: %s", once, hyper_error_message(err));          \
		FUZZ_CHECK(write(again, &twice, NULL) == 0, "not written");    \
		FUZZ_CHECK(strcmp(once, twice) == 0, "%s, %s", once, twice);   \
		free_record(record);                                           \
		free_record(again);                                            \
	}

static int write_machine(const hyper_machine *machine, char **ret_json,
			 hyper_error **err)
{
	return hyp_json_machine(machine, HYP_FIELDS_ALL, ret_json, err);
}
RECORD(machine, hyper_machine, hyp_json_read_machine, write_machine,
       hyper_machine_free)
RECORD(machines, hyper_machines, hyp_json_read_machines, hyp_json_machines,
       hyper_machines_free)
RECORD(operation, hyper_operation, hyp_json_read_operation, hyp_json_operation,
       hyper_operation_free)
RECORD(events, hyper_events, hyp_json_read_events, hyp_json_events,
       hyper_events_free)
RECORD(images, hyper_images, hyp_json_read_images, hyp_json_images,
       hyper_images_free)
RECORD(drivers, hyper_drivers, hyp_json_read_drivers, hyp_json_drivers,
       hyper_drivers_free)
RECORD(findings, hyper_findings, hyp_json_read_findings, hyp_json_findings,
       hyper_findings_free)
RECORD(info, hyper_info, hyp_json_read_info, hyp_json_info, hyper_info_free)

/* The other bodies that a user sends. */
static void requests(const char *text, size_t len)
{
	struct hyp_image_request image = { .type = NULL };
	struct hyp_adopt_request adopt = { .type = NULL };
	struct hyp_state_change change;
	hyper_error *err = NULL;
	bool repair;

	if (fuzz_end_user(hyp_json_parse_state_change(text, len, &change, &err),
			  &err) == 0)
		FUZZ_CHECK(change.state == HYPER_STATE_RUNNING ||
				   change.state == HYPER_STATE_STOPPED,
			   "state %d", change.state);
	if (fuzz_end_user(hyp_json_parse_image_request(text, len, &image, &err),
			  &err) == 0)
		FUZZ_CHECK(image.type && image.name, "without a name");
	hyp_image_request_clear(&image);
	if (fuzz_end_user(hyp_json_parse_adopt_request(text, len, &adopt, &err),
			  &err) == 0)
		FUZZ_CHECK(adopt.name, "without a name");
	hyp_adopt_request_clear(&adopt);
	fuzz_end_user(hyp_json_parse_repair(text, len, &repair, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	user_machine(text, size);
	requests(text, size);
	machine(text, size);
	machines(text, size);
	operation(text, size);
	events(text, size);
	images(text, size);
	drivers(text, size);
	findings(text, size);
	info(text, size);
	return 0;
}
