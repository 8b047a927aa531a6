/* SPDX-License-Identifier: MIT */
/* A machine from the JSON that a user would send. */
#ifndef PARSE_MACHINE_H
#define PARSE_MACHINE_H

#include <check.h>
#include <string.h>

#include "json/json.h"

static inline hyper_machine *parse(const char *text)
{
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	int rc = hyp_json_parse_machine(text, strlen(text), &machine, &err);

	ck_assert_msg(rc == 0, "%s: %s", text, hyper_error_message(err));
	ck_assert_ptr_null(err);
	return machine;
}

#endif
