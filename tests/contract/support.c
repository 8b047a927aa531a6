/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract.h"

const char *test_uri;

hyper_conn *connect_to(const char *uri, uint32_t flags)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int ret = hyper_open(uri, flags, &conn, &err);

	ck_assert_msg(ret == 0, "open %s: %s", uri, hyper_error_message(err));
	return conn;
}

static void write_line(const char *text)
{
	const char *path = getenv("HYPER_TEST_TRANSCRIPT");
	FILE *f = path && *path ? fopen(path, "ae") : NULL;

	if (f) {
		fprintf(f, "%s\n", text);
		fclose(f);
	}
}

void say(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	ck_assert_int_ge(vasprintf(&text, format, args), 0);
	va_end(args);
	write_line(text);
	free(text);
}

/* Replace the value of each member of that name. It never gets longer. */
static void mask(char *json, const char *name)
{
	char key[64];
	char *at = json, *end;

	snprintf(key, sizeof(key), "\"%s\":", name);
	while ((at = strstr(at, key))) {
		at += strlen(key);
		at += strspn(at, " ");
		if (!strncmp(at, "null", 4))
			continue;
		end = *at == '"'   ? strchr(at + 1, '"') + 1
		      : *at == '[' ? strchr(at, ']') + 1
				   : at + strcspn(at, ",}");
		*at++ = '*';
		memmove(at, end, strlen(end) + 1);
	}
}

void say_json(const char *what, char *json)
{
	static const char *const differ[] = {
		"uuid",	      "handle",	    "observed_at", "created_at",
		"updated_at", "started_at", "ended_at",	   "instance",
		"file",	      "addresses",  "actor",	   "program",
		"pid",	      "uid"
	};

	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++)
		mask(json, differ[i]);
	say("%s: %s", what, json);
	hyper_free(json);
}

void say_machine(const char *what, const hyper_machine *machine)
{
	hyper_error *err = NULL;
	char *json = NULL;

	OK(hyper_machine_to_json(machine, 0, &json, &err));
	say_json(what, json);
}

/* An error must be complete and in the house style. */
static void check_error(const char *file, int line, int ret,
			const hyper_error *err)
{
	const char *text = hyper_error_message(err);
	size_t len = strlen(text);

	ck_assert_msg(err != NULL, "%s:%d: %d without an error", file, line,
		      ret);
	ck_assert_msg(hyper_error_code(err) == ret, "%s:%d: %d, but error %d",
		      file, line, ret, hyper_error_code(err));
	ck_assert_msg(len > 0 && !strchr(text, '\n') && text[len - 1] != '.',
		      "%s:%d: error text \"%s\"", file, line, text);
}

void expect(const char *file, int line, const char *call, int want,
	    const char *field, int ret, hyper_error **err)
{
	const char *got = hyper_error_field(*err);
	const hyper_error *cause = *err;

	say("%s", call);
	say("  %s%s%s", hyper_code_name(ret), got ? " field " : "",
	    got ? got : "");
	for (; cause; cause = hyper_error_cause(cause))
		say("  %s: %s: %s", hyper_code_name(hyper_error_code(cause)),
		    hyper_error_driver(cause) ? hyper_error_driver(cause) : "-",
		    hyper_error_message(cause));

	ck_assert_msg(ret == want, "%s:%d: %s: %s instead of %s: %s", file,
		      line, call, hyper_code_name(ret), hyper_code_name(want),
		      hyper_error_message(*err));
	if (ret)
		check_error(file, line, ret, *err);
	else
		ck_assert_msg(!*err, "%s:%d: %s: success with an error", file,
			      line, call);
	ck_assert_msg(!field || (got && !strcmp(field, got)),
		      "%s:%d: %s: field %s instead of %s", file, line, call,
		      got ? got : "none", field ? field : "any");
	hyper_error_free(*err);
	*err = NULL;
}

hyper_machine *spec_of(const char *json)
{
	hyper_machine *spec = NULL;
	hyper_error *err = NULL;

	OK(hyper_machine_from_json(json, strlen(json), 0, &spec, &err));
	return spec;
}

void add_machine(hyper_conn *conn, const char *id, const char *script,
		 const char *label)
{
	hyper_machine *spec =
		spec_of("{\"type\": \"test\", \"image\": \"demo\"}");
	hyper_error *err = NULL;

	OK(hyper_machine_set_id(spec, id, &err));
	OK(hyper_machine_set_option(spec, "script", script, &err));
	OK(hyper_machine_set_label(spec, "t", label, &err));
	OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_free(spec);
}

void remove_machine(hyper_conn *conn, const char *id)
{
	hyper_error *err = NULL;

	OK(hyper_machine_remove(conn, id, HYPER_FORCE, NULL, &err));
}

int state_of(hyper_conn *conn, const char *id)
{
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	int state;

	OK(hyper_machine_get(conn, id, 0, &machine, &err));
	state = hyper_machine_state(machine);
	hyper_machine_free(machine);
	return state;
}

hyper_operation *wait_for_end(hyper_conn *conn, uint64_t id)
{
	hyper_operation *op = NULL;
	hyper_error *err = NULL;

	OK(hyper_operation_wait(conn, id, 30000, 0, &op, &err));
	ck_assert(hyper_operation_ended(op));
	ck_assert_uint_eq(hyper_operation_id(op), id);
	return op;
}

char *ids_of(hyper_conn *conn, const char *filter, const char *sort)
{
	hyper_query *query = hyper_query_new();
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	hyper_query_set_filter(query, filter);
	hyper_query_set_sort(query, sort);
	OK(hyper_machine_list(conn, query, 0, &machines, &err));
	for (size_t i = 0; i < hyper_machines_count(machines); i++)
		fprintf(f, "%s%s", i ? " " : "",
			hyper_machine_id(hyper_machines_at(machines, i)));
	fclose(f);
	say("  %s | %s: %s", filter, sort ? sort : "-", text);
	hyper_machines_free(machines);
	hyper_query_free(query);
	return text;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void sleep_ms(unsigned int ms)
{
	usleep(ms * 1000);
}

int run_again(const char *what, const char *id)
{
	char program[] = "/proc/self/exe", uri[4096], verb[64], name[64];
	char *argv[] = { program, uri, verb, name, NULL };
	int status;
	pid_t pid;

	snprintf(uri, sizeof(uri), "%s", test_uri);
	snprintf(verb, sizeof(verb), "%s", what);
	snprintf(name, sizeof(name), "%s", id);
	ck_assert_int_eq(posix_spawn(&pid, program, NULL, NULL, argv, environ),
			 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
