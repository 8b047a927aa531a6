/* SPDX-License-Identifier: MIT */
/* Errors: what is printed, what is advised, which exit code. */
#include "ctl.h"

#include <stdarg.h>
#include <string.h>

#include "nearest.h"
#include "progress.h"

/* So many ids are looked at for one that may be meant. */
#define NEAR_MAX 500

/* The one table of exit codes; hyperctl(1) and `hyperctl help` tell it. */
int exit_code(int code)
{
	switch (code) {
	case HYPER_OK:
		return CTL_OK;
	case HYPER_ERR_INVALID:
	case HYPER_ERR_LIMIT:
		return CTL_USAGE;
	case HYPER_ERR_NOT_FOUND:
		return CTL_NOT_FOUND;
	case HYPER_ERR_EXISTS:
	case HYPER_ERR_STATE:
	case HYPER_ERR_BUSY:
		return CTL_CONFLICT;
	case HYPER_ERR_CONNECT:
	case HYPER_ERR_AUTH:
	case HYPER_ERR_DENIED:
	case HYPER_ERR_NO_DRIVER:
		return CTL_UNREACHABLE;
	case HYPER_ERR_TIMEOUT:
		return CTL_TIMEOUT;
	default:
		return CTL_FAILED;
	}
}

static void print_line(const char *prefix, const char *text)
{
	AUTO(free) char *clean = text_clean(text);

	progress_erase();
	fprintf(stderr, "%s%s\n", prefix, clean);
}

HYPER_PRINTF(2, 0)
static void vsay(const char *prefix, const char *format, va_list args)
{
	AUTO(free) char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		text = must(NULL);
	print_line(prefix, text);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsay("hyperctl: ", format, args);
	va_end(args);
}

void say_hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsay("hint: ", format, args);
	va_end(args);
}

int usage_hint(const struct command *command)
{
	fprintf(stderr, "Try 'hyperctl help%s%s'.\n", command ? " " : "",
		command ? command->name : "");
	return CTL_USAGE;
}

int usage_error(const struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsay("hyperctl: ", format, args);
	va_end(args);
	return usage_hint(command);
}

/* Whom an error is about. */
enum where {
	ANYWHERE,
	HERE,	/* this machine: there is no connection, or a local one */
	SOCKET, /* a hyperd on a unix socket */
	NET,	/* one on TCP */
	ENGINE	/* what a driver works with, here or there */
};

/* What to do next; the first row that fits. NULL fits all, a field "" any
 * that is told. Where no row fits the message says it. */
static const struct {
	int code;
	const char *field;
	const struct command *command;
	enum where where;
	const char *advice;
} hints[] = {
	{ HYPER_ERR_INVALID, "query", NULL, ANYWHERE,
	  "'hyperctl help list' shows some" },
	{ HYPER_ERR_NOT_FOUND, "id", NULL, ANYWHERE,
	  "'hyperctl list' shows all machines" },
	{ HYPER_ERR_NOT_FOUND, "image", NULL, ANYWHERE,
	  "'hyperctl images' tells which there are, 'hyperctl images pull' "
	  "fetches one" },
	{ HYPER_ERR_NOT_FOUND, "operation", NULL, ANYWHERE,
	  "'hyperctl operations' lists those of the last days" },
	{ HYPER_ERR_NOT_FOUND, "name", &cmd_images, ANYWHERE,
	  "'hyperctl images' tells which there are" },
	{ HYPER_ERR_NOT_FOUND, "name", &cmd_token, ANYWHERE,
	  "'hyperctl token list' tells which there are" },
	{ HYPER_ERR_NOT_FOUND, "name", &cmd_adopt, ANYWHERE,
	  "it is what its engine calls it: 'docker ps -a' and 'virsh list "
	  "--all' tell" },
	{ HYPER_ERR_NOT_FOUND, "name", NULL, ANYWHERE,
	  "'hyperctl remote list' tells which there are" },
	{ HYPER_ERR_EXISTS, "id", NULL, ANYWHERE,
	  "choose another name with --id, or remove that machine with "
	  "'hyperctl rm'" },
	{ HYPER_ERR_EXISTS, "name", &cmd_remote, ANYWHERE,
	  "choose another name, or forget that one with 'hyperctl remote "
	  "rm'" },
	{ HYPER_ERR_EXISTS, "name", &cmd_token, ANYWHERE,
	  "choose another name, or take that one back with 'hyperctl token "
	  "rm'" },
	{ HYPER_ERR_STATE, "state", &cmd_rm, ANYWHERE,
	  "'hyperctl stop' stops it first, 'hyperctl rm --force' does not "
	  "wait for that; 'hyperctl get' shows its state" },
	{ HYPER_ERR_STATE, "state", &cmd_start, ANYWHERE,
	  "'hyperctl get' shows the state and its reason; what is missing "
	  "can only be removed, by 'hyperctl rm'" },
	{ HYPER_ERR_STATE, NULL, &cmd_set, ANYWHERE,
	  "'hyperctl get' shows its state: a virtual machine takes other "
	  "memory or CPUs after 'hyperctl stop'" },
	{ HYPER_ERR_STATE, "adopted", NULL, ANYWHERE,
	  "'hyperctl rm' removes it" },
	{ HYPER_ERR_STATE, "name", &cmd_remote, ANYWHERE,
	  "'hyperctl remote use local' uses none" },
	{ HYPER_ERR_STATE, "state", NULL, ANYWHERE,
	  "'hyperctl get' shows the state and its reason, 'hyperctl history' "
	  "how it came" },
	{ HYPER_ERR_BUSY, NULL, NULL, ANYWHERE,
	  "'hyperctl operations state=running' tells what goes on" },
	{ HYPER_ERR_NOT_SUPPORTED, "Accept", NULL, ANYWHERE,
	  "'hyperctl events --follow' shows a stream" },
	{ HYPER_ERR_NOT_SUPPORTED, "", NULL, ANYWHERE,
	  "'hyperctl drivers --columns name,features' tells what each can" },
	{ HYPER_ERR_DENIED, "uri", NULL, ANYWHERE,
	  "on the host of that hyperd: hyperd --listen ADDRESS:PORT serves "
	  "TLS; or 'ssh -L 7070:127.0.0.1:7070 HOST' and "
	  "http://127.0.0.1:7070" },
	{ HYPER_ERR_DENIED, "fingerprint", NULL, ANYWHERE,
	  "nothing was sent to it; its owner finds its fingerprint in "
	  "hyperd's log" },
	{ HYPER_ERR_DENIED, NULL, NULL, SOCKET,
	  "'sudo adduser $USER hyper' and a new login open the socket, a "
	  "token with a higher role the rest" },
	{ HYPER_ERR_DENIED, NULL, NULL, NET,
	  "it takes a token with a higher role: 'hyperctl token add' on its "
	  "host makes one" },
	{ HYPER_ERR_DENIED, NULL, NULL, HERE,
	  "its owner may, or root; --uri chooses another state directory or a "
	  "hyperd" },
	{ HYPER_ERR_AUTH, NULL, NULL, ANYWHERE,
	  "HYPER_TOKEN or HYPER_TOKEN_FILE gives the token, 'hyperctl remote "
	  "add --token-file' keeps it; 'hyperctl token add' on its host makes "
	  "one" },
	{ HYPER_ERR_TIMEOUT, NULL, NULL, ANYWHERE,
	  "'hyperctl operations' tells what became of it; --force does not "
	  "wait" },
	{ HYPER_ERR_CONNECT, NULL, NULL, ENGINE,
	  "'hyperctl drivers' tells which engines can be reached" },
	{ HYPER_ERR_CONNECT, NULL, NULL, ANYWHERE,
	  "is hyperd running there? 'systemctl start hyperd' starts it, --uri "
	  "or HYPER_URI names another place" },
	{ HYPER_ERR_DRIVER, NULL, NULL, ANYWHERE,
	  "that is what its engine says; 'hyperctl doctor' looks whether "
	  "anything is left over" },
	{ HYPER_ERR_NO_DRIVER, NULL, NULL, ANYWHERE,
	  "'hyperctl drivers' tells which there are, and why not" },
	{ HYPER_ERR_PROTOCOL, NULL, NULL, ANYWHERE,
	  "is that a hyperd, and as new as this? 'hyperctl version' tells "
	  "what this is" },
	{ HYPER_ERR_IO, NULL, NULL, ANYWHERE,
	  "'df' tells whether a disk is full; what was under way is ended by "
	  "the next command" },
	{ HYPER_ERR_INTERNAL, NULL, NULL, ANYWHERE,
	  "that is a bug: please report it, with what led to it" },
};

static bool is_where(enum where where, const struct ctl *ctl,
		     const hyper_error *err)
{
	const char *uri = ctl->conn && !hyper_conn_is_local(ctl->conn)
				  ? hyper_conn_uri(ctl->conn)
				  : NULL;

	switch (where) {
	case HERE:
		return !uri;
	case SOCKET:
		return uri && text_starts(uri, "unix:");
	case NET:
		return uri && !text_starts(uri, "unix:");
	case ENGINE:
		return hyper_error_driver(err);
	case ANYWHERE:
		break;
	}
	return true;
}

static bool is_field(const char *want, const char *field)
{
	return !want || (field && (!*want || strcmp(field, want) == 0));
}

static const char *hint(const struct ctl *ctl, const hyper_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].code == hyper_error_code(err) &&
		    is_field(hints[i].field, hyper_error_field(err)) &&
		    (!hints[i].command || hints[i].command == ctl->command) &&
		    is_where(hints[i].where, ctl, err))
			return hints[i].advice;
	return NULL;
}

/* [new] the id that may be meant by one that is not there, or NULL. */
static char *find_near(const struct ctl *ctl, const hyper_error *err)
{
	AUTO(hyper_query_free) hyper_query *query = NULL;
	AUTO(hyper_machines_free) hyper_machines *machines = NULL;
	struct nearest nearest = { .word = ctl->operand };
	const char *field = hyper_error_field(err);
	size_t i;

	if (hyper_error_code(err) != HYPER_ERR_NOT_FOUND || !field ||
	    strcmp(field, "id") != 0 || !ctl->operand || !ctl->conn)
		return NULL;
	query = must(hyper_query_new());
	if (hyper_query_set_limit(query, NEAR_MAX) < 0 ||
	    hyper_machine_list(ctl->conn, query, 0, &machines, NULL) < 0)
		return NULL;
	for (i = 0; i < hyper_machines_count(machines); i++)
		nearest_offer(&nearest,
			      hyper_machine_id(hyper_machines_at(machines, i)));
	return nearest.best ? must(strdup(nearest.best)) : NULL;
}

/* The message, with causes as far as they tell more. */
static char *explain(const char *about, const hyper_error *err)
{
	const char *message = hyper_error_message(err);
	char *text;

	if (about && !strstr(message, about))
		text = must_printf("%s: %s", about, message);
	else
		text = must_printf("%s", message);
	while ((err = hyper_error_cause(err))) {
		char *longer;

		message = hyper_error_message(err);
		if (strstr(text, message))
			continue;
		longer = must_printf("%s: caused by %s", text, message);
		free(text);
		text = longer;
	}
	return text;
}

/* Under which name the server's log has what happened there. */
static void print_request(const hyper_error *err)
{
	const char *id = hyper_error_request_id(err);

	if (id && hyper_code_http_status(hyper_error_code(err)) >= 500)
		print_line("request id: ", id);
}

int fail_on(const struct ctl *ctl, const char *about, const hyper_error *err)
{
	AUTO(free) char *text = explain(about, err);
	AUTO(free) char *near = find_near(ctl, err);
	const char *advice = hint(ctl, err);

	print_line("hyperctl: ", text);
	print_request(err);
	if (near)
		say_hint("did you mean '%s'?", near);
	else if (advice)
		say_hint("%s", advice);
	return exit_code(hyper_error_code(err));
}

int fail(const struct ctl *ctl, const hyper_error *err)
{
	return fail_on(ctl, NULL, err);
}
