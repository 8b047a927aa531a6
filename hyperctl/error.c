/* SPDX-License-Identifier: MIT */
/* Errors: what is printed, what is advised, which exit code. */
#include "ctl.h"

#include <stdarg.h>
#include <string.h>

#include "progress.h"

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

/* What to do next; the first row that fits. A field NULL fits all. */
static const struct {
	int code;
	const char *field, *advice;
} hints[] = {
	{ HYPER_ERR_AUTH, NULL,
	  "HYPER_TOKEN or HYPER_TOKEN_FILE gives the token" },
	{ HYPER_ERR_NO_DRIVER, NULL,
	  "'hyperctl drivers' tells which there are, and why not" },
	{ HYPER_ERR_NOT_FOUND, "image",
	  "'hyperctl images' tells which there are, 'hyperctl images pull' "
	  "fetches one" },
	{ HYPER_ERR_NOT_FOUND, "id", "'hyperctl list' shows all machines" },
	{ HYPER_ERR_NOT_FOUND, "operation",
	  "'hyperctl operations' lists those of the last days" },
	{ HYPER_ERR_EXISTS, "id",
	  "choose another name with --id, or remove that machine with "
	  "'hyperctl rm'" },
	{ HYPER_ERR_STATE, "state",
	  "'hyperctl get' shows the state and its reason, 'hyperctl history' "
	  "how it came" },
	{ HYPER_ERR_BUSY, NULL,
	  "'hyperctl operations state=running' tells what goes on" },
	{ HYPER_ERR_TIMEOUT, NULL,
	  "'hyperctl operations' tells what became of it; --force does not "
	  "wait" },
	{ HYPER_ERR_NOT_SUPPORTED, "Accept",
	  "'hyperctl events --follow' shows a stream" },
};

static const char *hint(const struct ctl *ctl, const hyper_error *err)
{
	const char *field = hyper_error_field(err);
	int code = hyper_error_code(err);
	bool local = !ctl->conn || hyper_conn_is_local(ctl->conn);
	size_t i;

	if (code == HYPER_ERR_CONNECT && hyper_error_driver(err))
		return "'hyperctl drivers' tells which engines can be reached";
	if (code == HYPER_ERR_CONNECT)
		return "is hyperd running there? 'systemctl start hyperd' "
		       "starts it, --uri or HYPER_URI names another place";
	if (code == HYPER_ERR_DENIED)
		return local ? "--uri chooses another state directory or a "
			       "hyperd"
			     : "'sudo adduser $USER hyper' and a new login "
			       "open the socket, a token with a higher role "
			       "the rest";
	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].code == code &&
		    (!hints[i].field ||
		     (field && strcmp(field, hints[i].field) == 0)))
			return hints[i].advice;
	return NULL;
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

int fail_on(const struct ctl *ctl, const char *about, const hyper_error *err)
{
	AUTO(free) char *text = explain(about, err);
	const char *advice = hint(ctl, err);

	print_line("hyperctl: ", text);
	if (advice)
		say_hint("%s", advice);
	return exit_code(hyper_error_code(err));
}

int fail(const struct ctl *ctl, const hyper_error *err)
{
	return fail_on(ctl, NULL, err);
}
