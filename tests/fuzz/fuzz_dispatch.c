/* SPDX-License-Identifier: MIT */
/*
 * Whole requests to the REST service on a state of its own, with the test
 * driver: an input is a request as HTTP/1.1 has it, without a version. Each
 * gets an answer that a client can read, and none finds a fault of ours.
 */
#include "fuzz.h"

#include <strings.h>
#include <sys/stat.h>

#include <hyper/hyper.h>
#include <hyper/rest.h>

#include "json/codec.h"
#include "util/fs.h"
#include "util/proc.h"

/* A state is used for so many changes: lists grow. */
#define CHANGES_MAX 300

static struct {
	hyper_conn *conn;
	char *dir;
	unsigned int number, changes;
} state;

/* Only the test driver: others would ask engines. */
static void choose_driver(const char *dir)
{
	const char *all = getenv("HYPER_DRIVER_DIR");
	HYP_AUTOFREE char *drivers = hyp_path_join(dir, "drivers");
	HYP_AUTOFREE char *from = hyp_path_join(all ? all : "", "drv_test.so");
	HYP_AUTOFREE char *to = hyp_path_join(drivers, "drv_test.so");

	FUZZ_CHECK(access(from, R_OK) == 0, "HYPER_DRIVER_DIR: no %s", from);
	FUZZ_CHECK(mkdir(drivers, 0755) == 0 && symlink(from, to) == 0, "%s",
		   to);
	FUZZ_CHECK(setenv("HYPER_DRIVER_DIR", drivers, 1) == 0, "memory");
}

/* [new] */
static hyper_rest_response *send(const char *method, const char *target,
				 const char *body)
{
	hyper_rest_request *request = hyper_rest_request_new(method, target);
	hyper_rest_response *response = NULL;

	FUZZ_CHECK(request &&
			   !hyper_rest_request_header(request, "Content-Type",
						      "application/json"),
		   "out of memory");
	hyper_rest_request_body(request, body, strlen(body));
	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	FUZZ_CHECK(hyper_rest_dispatch(state.conn, request, 0, &response) == 0,
		   "no answer");
	hyper_rest_request_free(request);
	return response;
}

static void begin_state(const char *dir)
{
	hyper_rest_response *response;
	hyper_error *err = NULL;

	/* Of one it had before, the driver would still have the machines. */
	FUZZ_CHECK(asprintf(&state.dir, "%s/%u", dir, ++state.number) > 0,
		   "out of memory");
	FUZZ_CHECK(hyper_open(state.dir, 0, &state.conn, &err) == 0, "%s",
		   hyper_error_message(err));
	response = send("POST", "/hyper/machines",
			"{\"id\":\"web1\",\"type\":\"test\",\"image\":\"demo\","
			"\"labels\":{\"tier\":\"web\"}}");
	FUZZ_CHECK(hyper_rest_response_status(response) == 201, "%d",
		   hyper_rest_response_status(response));
	hyper_rest_response_free(response);
	state.changes = 0;
}

static void renew_state(void)
{
	const char *argv[] = { "rm", "-rf", state.dir, NULL };
	HYP_AUTOFREE char *old = state.dir;

	hyper_close(state.conn);
	FUZZ_CHECK(hyp_run(argv, -1, NULL, NULL, NULL) == 0, "%s", state.dir);
	*strrchr(state.dir, '/') = '\0';
	begin_state(old);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = fuzz_dir();

	(void)argc;
	(void)argv;
	hyper_log_set(NULL, 0, NULL);
	choose_driver(dir);
	begin_state(dir);
	return 0;
}

/* --- what is sent --- */

/* [new] NULL: it is none. */
static hyper_rest_request *read_request(const char *head)
{
	size_t len = strcspn(head, " \n");
	HYP_AUTOFREE char *method = strndup(head, len);
	const char *rest = head + len + (head[len] == ' ');
	HYP_AUTOFREE char *target = strndup(rest, strcspn(rest, "\n"));
	hyper_rest_request *request = hyper_rest_request_new(method, target);

	FUZZ_CHECK(request, "out of memory");
	rest += strcspn(rest, "\n");
	while (*rest == '\n') {
		const char *line = ++rest;
		size_t name_len = strcspn(line, ":\n");
		HYP_AUTOFREE char *name = strndup(line, name_len);
		HYP_AUTOFREE char *value = NULL;

		rest += strcspn(line, "\n");
		line += name_len + (line[name_len] == ':');
		while (*line == ' ')
			line++;
		value = strndup(line, rest > line ? (size_t)(rest - line) : 0);
		FUZZ_CHECK(!hyper_rest_request_header(request, name, value),
			   "out of memory");
	}
	return request;
}

/* Would it only wait, or tell the driver to hang or to kill the process? */
static bool is_harmful(const char *head, const char *body)
{
	HYP_AUTOFREE char *target =
		hyp_percent_decode(head, strcspn(head, "\n"));

	return (target && strcasestr(target, "wait")) || strstr(body, "\\u") ||
	       strstr(body, "script");
}

/* --- what comes back --- */

static void check_json(const char *body, size_t len)
{
	HYP_AUTOJSON *json = NULL;
	hyper_error *err = NULL;

	FUZZ_CHECK(hyp_json_load(body, len, &hyp_json_server, &json, &err) == 0,
		   "%s: %s", hyper_error_message(err), body);
}

static void check_problem(int status, const char *body, size_t len)
{
	hyper_error *error = hyp_json_read_problem(body, len, status);
	char number[24];

	fuzz_check_error(error);
	snprintf(number, sizeof(number), "\"status\":%d,", status);
	FUZZ_CHECK(strstr(body, number), "%d: %s", status, body);
	FUZZ_CHECK(hyper_error_code(error) != HYPER_ERR_PROTOCOL &&
			   hyper_error_code(error) != HYPER_ERR_INTERNAL &&
			   status != 500,
		   "%d: %s", status, body);
	hyper_error_free(error);
}

/* The fields of a header are one line each. The type, or NULL. */
static const char *check_header(const hyper_rest_response *response)
{
	const char *name, *value, *type = NULL;

	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value); i++) {
		for (const char *c = name; *c; c++)
			FUZZ_CHECK(*c > ' ' && *c < 0x7f && *c != ':', "%s",
				   name);
		for (const char *c = value; *c; c++)
			FUZZ_CHECK(*c >= ' ' && *c < 0x7f, "%s: %s", name,
				   value);
		if (strcmp(name, "Content-Type") == 0)
			type = value;
	}
	return type;
}

static void check_response(hyper_rest_response *response)
{
	int status = hyper_rest_response_status(response);
	const char *type = check_header(response);
	const char *part;
	size_t len;
	const char *body = hyper_rest_response_body(response, &len);

	FUZZ_CHECK(status >= 200 && status <= 599, "%d", status);
	FUZZ_CHECK(status != 401 && status != 403, "it was not let in");
	FUZZ_CHECK(strlen(body) == len, "a NUL in %s", body);
	FUZZ_CHECK(!len == !type || hyper_rest_response_streams(response),
		   "type %s of %zu bytes", type, len);
	if (len && strstr(type, "json"))
		check_json(body, len);
	if (status >= 400) {
		FUZZ_CHECK(type && !strcmp(type, "application/problem+json"),
			   "%s", type);
		check_problem(status, body, len);
	}
	for (int i = 0; i < 3 && hyper_rest_response_streams(response); i++) {
		FUZZ_CHECK(!hyper_rest_response_next(response, 0, &part, &len),
			   "no part");
		FUZZ_CHECK(hyp_text_valid(part, len, true), "%s", part);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\n\n", 2);
	size_t head_size = end ? (size_t)(end - data) : size;
	const uint8_t *rest = end ? end + 2 : data + size;
	size_t rest_size = size - (size_t)(rest - data);
	HYP_AUTOFREE char *head = fuzz_part(&data, &head_size, '\0');
	size_t len = rest_size;
	HYP_AUTOFREE char *body = NULL;
	hyper_rest_request *request;
	hyper_rest_response *response = NULL;

	body = strndup((const char *)rest, rest_size);
	if (is_harmful(head, body))
		return 0;
	request = read_request(head);
	hyper_rest_request_body(request, rest, len);
	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	FUZZ_CHECK(hyper_rest_dispatch(state.conn, request, 0, &response) == 0,
		   "no answer to %s", head);
	check_response(response);
	if (hyper_rest_response_status(response) < 300 &&
	    strncmp(head, "GET ", 4) != 0)
		state.changes++;
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
	if (state.changes == CHANGES_MAX)
		renew_state();
	return 0;
}
