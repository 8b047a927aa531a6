/* SPDX-License-Identifier: MIT */
/* scenarios URI SCENARIOS.json: plays tests/contract/scenarios.json in C. */
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

hyper_conn *conn;

/* "$N.KEY": KEY of what step N gave. False: it gave none. */
static bool resolve(json *args, json *given)
{
	json_object_object_foreach(args, key, value)
	{
		const char *from = json_object_get_string(value);
		json *found = NULL;
		char name[32];
		size_t n;

		if (!json_object_is_type(value, json_type_string) ||
		    sscanf(from, "$%zu.%31s", &n, name) != 2)
			continue;
		if (!json_object_object_get_ex(
			    json_object_array_get_idx(given, n), name, &found))
			return false;
		json_object_object_add(args, key, json_object_get(found));
	}
	return true;
}

static json *maybe(const char *value)
{
	return value ? json_object_new_string(value) : NULL;
}

static json *problem(const hyper_error *err)
{
	json *fails = json_object_new_object();

	json_object_object_add(fails, "code",
			       maybe(hyper_code_name(hyper_error_code(err))));
	json_object_object_add(fails, "field", maybe(hyper_error_field(err)));
	json_object_object_add(fails, "driver", maybe(hyper_error_driver(err)));
	json_object_object_add(fails, "message",
			       maybe(hyper_error_message(err)));
	return fails;
}

/* Make a call, with a key or a generation on a view that has them. */
static int make_call(int (*call)(json *args, json **ret, hyper_error **err),
		     json *args, json **ret, hyper_error **err)
{
	const char *key = text(args, "key");
	int64_t generation = number(args, "generation", -1);
	hyper_conn *base = conn, *view = NULL;
	int rc = 0;

	if (!key && generation < 0)
		return call(args, ret, err);
	rc = hyper_conn_view(base, 0, &view, err);
	if (rc == 0 && key)
		rc = hyper_conn_set_key(view, key, err);
	if (rc == 0 && generation >= 0)
		rc = hyper_conn_set_generation(view, (uint64_t)generation, err);
	conn = view;
	if (rc == 0)
		rc = call(args, ret, err);
	conn = base;
	hyper_close(view);
	return rc;
}

/* Play a step; [new] what it gave. */
static json *play(const char *name, json *args, json *line)
{
	const struct call *call = calls;
	hyper_error *err = NULL;
	json *ret = NULL;
	int rc;

	while (call->name && strcmp(call->name, name) != 0)
		call++;
	if (!call->name) {
		fprintf(stderr, "no call %s\n", name);
		exit(2);
	}
	rc = make_call(call->call, args, &ret, &err);
	json_object_object_add(line, rc ? "fails" : "gives",
			       rc ? problem(err) : json_object_get(ret));
	hyper_error_free(err);
	return ret;
}

static void play_all(json *scenario)
{
	json *steps = json_object_object_get(scenario, "steps");
	json *given = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(steps); i++) {
		json *step = json_object_array_get_idx(steps, i);
		json *args = json_object_object_get(step, "with");
		json *line = json_object_new_object();

		if (!resolve(args, given)) {
			json_object_put(line);
			break; /* an earlier step has failed, which is said */
		}
		json_object_object_add(line, "scenario",
				       maybe(text(scenario, "name")));
		json_object_object_add(line, "step", json_object_new_uint64(i));
		json_object_array_add(given,
				      play(text(step, "call"), args, line));
		puts(json_object_to_json_string_ext(line,
						    JSON_C_TO_STRING_PLAIN));
		json_object_put(line);
	}
	json_object_put(given);
}

int main(int argc, char **argv)
{
	hyper_error *err = NULL;
	json *data = argc == 3 ? json_object_from_file(argv[2]) : NULL, *all;

	if (!data) {
		fprintf(stderr, "usage: %s URI SCENARIOS.json\n", argv[0]);
		return 2;
	}
	if (hyper_open(argv[1], 0, &conn, &err)) {
		fprintf(stderr, "%s\n", hyper_error_message(err));
		hyper_error_free(err);
		return 1;
	}
	all = json_object_object_get(data, "scenarios");
	for (size_t i = 0; i < json_object_array_length(all); i++)
		play_all(json_object_array_get_idx(all, i));
	hyper_close(conn);
	json_object_put(data);
	return 0;
}
