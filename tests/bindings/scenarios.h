/* SPDX-License-Identifier: MIT */
/* What plays the scenarios in C, and the calls that it makes. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <json-c/json.h>

#include <hyper/hyper.h>

typedef json_object json;

/* What the calls are made on. */
extern hyper_conn *conn;

/* A call of the contract: its arguments by name, and what it gives. */
struct call {
	const char *name;
	int (*call)(json *args, json **ret, hyper_error **err);
};

/* All; the last has no name. */
extern const struct call calls[];

/* An argument: NULL, or `otherwise`, if it is not there. */
const char *text(json *args, const char *key);
int64_t number(json *args, const char *key, int64_t otherwise);

#endif
