/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <hyper/rest.h>

static const struct option options[] = {
	{ "include", no_argument, NULL, 'i' },
	{ "header", required_argument, NULL, 'H' },
	{ 0 },
};

CLEANUP(hyper_rest_request, hyper_rest_request_free)
CLEANUP(hyper_rest_response, hyper_rest_response_free)

/* What a body may have, and a byte more, so that the library tells that it is
 * too much. */
#define BODY_MAX (HYPER_REST_BODY_MAX + 1)

#define FIELDS_MAX 32

struct body {
	char *text; /* [new] if it was read, or NULL */
	const char *data;
	size_t len;
};

/* The body from a file, or from stdin for "-". An exit code. */
static int read_file(struct body *body, const char *path)
{
	bool in = strcmp(path, "-") == 0;
	FILE *file = in ? stdin : fopen(path, "re");

	if (!file) {
		say("cannot open %s: %s", path, strerror(errno));
		return CTL_FAILED;
	}
	body->text = must(malloc(BODY_MAX));
	body->data = body->text;
	body->len = fread(body->text, 1, BODY_MAX, file);
	if (ferror(file))
		say("cannot read %s: %s", path, strerror(errno));
	else
		path = NULL;
	if (!in)
		fclose(file);
	return path ? CTL_FAILED : CTL_OK;
}

/* BODY, "-" or @FILE. An exit code. */
static int get_body(struct body *body, const char *word)
{
	if (!word)
		return CTL_OK;
	if (strcmp(word, "-") == 0)
		return read_file(body, word);
	if (*word == '@')
		return read_file(body, word + 1);
	body->data = word;
	body->len = strlen(word);
	return CTL_OK;
}

/* "Name: value". An exit code, or -1. */
static int add_header(struct args *args, hyper_rest_request *request,
		      char *line)
{
	char *colon = strchr(line, ':');

	if (!colon || colon == line)
		return usage_error(args->command,
				   "'%s' is no header field: 'Name: value'",
				   line);
	*colon = '\0';
	if (hyper_rest_request_header(request, line,
				      colon + 1 + strspn(colon + 1, " \t")) < 0)
		must(NULL);
	return -1;
}

static void print_head(const hyper_rest_response *response)
{
	const char *name, *value;
	size_t i;

	printf("%d\n", hyper_rest_response_status(response));
	for (i = 0; hyper_rest_response_header(response, i, &name, &value);
	     i++) {
		AUTO(free) char *line = must_printf("%s: %s", name, value);

		out_line(line);
	}
	putchar('\n');
}

static int print(const hyper_rest_response *response, bool head_only,
		 bool include)
{
	size_t len;
	const char *body = hyper_rest_response_body(response, &len);

	if (include)
		print_head(response);
	if (len > 0 && !head_only)
		out_line(body);
	return hyper_rest_response_status(response) < 400 ? CTL_OK : CTL_FAILED;
}

/* The fields are kept apart until there is a request. */
static int send(struct args *args, char **fields, size_t n, bool include)
{
	char **word = args->operands;
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_rest_response_free) hyper_rest_response *response = NULL;
	AUTO(hyper_rest_request_free)
	hyper_rest_request *request =
		must(hyper_rest_request_new(word[0], word[1]));
	struct body body = { 0 };
	AUTO(free) char *text = NULL;
	bool typed = false;
	int exit = get_body(&body, args->count > 2 ? word[2] : NULL);
	size_t i;

	text = body.text;
	for (i = 0; i < n && exit <= CTL_OK; i++) {
		exit = add_header(args, request, fields[i]);
		typed = typed || strcasecmp(fields[i], "Content-Type") == 0;
	}
	if (exit > CTL_OK)
		return exit;
	if (body.data && !typed &&
	    hyper_rest_request_header(request, "Content-Type",
				      "application/json") < 0)
		must(NULL);
	hyper_rest_request_body(request, body.data, body.len);
	exit = ctl_open(args->ctl);
	if (exit != CTL_OK)
		return exit;
	if (hyper_rest_send(args->ctl->conn, request, 0, &response, &err) < 0)
		return fail(args->ctl, err);
	return print(response, strcmp(word[0], "HEAD") == 0, include);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	char *fields[FIELDS_MAX];
	bool include = false;
	struct args args;
	size_t n = 0;
	int opt, exit;

	args_begin(&args, ctl, &cmd_api, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 'i':
			include = true;
			break;
		case 'H':
			if (n == FIELDS_MAX)
				return usage_error(args.command,
						   "at most %d header fields",
						   FIELDS_MAX);
			fields[n++] = optarg;
			break;
		default:
			return args.exit;
		}
	}
	exit = args_count(&args, 2, 3, "a method and a path");
	return exit >= 0 ? exit : send(&args, fields, n, include);
}

const struct command cmd_api = {
	.name = "api",
	.brief = "api <method> <path> [body]",
	.usage = "api METHOD PATH [BODY|-|@FILE] [OPTION]...",
	.help = "Send a request of the REST API as it is, and print the body "
		"of the answer: to\n"
		"the hyperd that is connected to, else to the state directory, "
		"which answers as\n"
		"a hyperd on it would. The exit code is 1 for a status of 400 "
		"or more. BODY is\n"
		"JSON, unless another Content-Type is given; - reads it from "
		"the standard input.\n"
		"Streams of events are refused: see 'hyperctl help events'.\n"
		"\n"
		"  -i, --include       print the status and the header fields, "
		"too\n"
		"  -H, --header FIELD  a header field, such as 'Prefer: "
		"respond-async'\n",
	.examples = "api GET '/hyper/machines?query=state=running'\n"
		    "api PUT /hyper/machines/web1 '{\"state\": \"stopped\"}'\n"
		    "api -i POST /hyper/machines @web1.json\n",
	.see = "list, info, events",
	.operand = OPERAND_FILES,
	.options = options,
	.verbs = (const char *const[]){ "DELETE", "GET", "PATCH", "POST", "PUT",
					NULL },
	.run = run,
};
