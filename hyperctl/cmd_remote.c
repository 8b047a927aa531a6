/* SPDX-License-Identifier: MIT */
/* Names for servers. Secrets come from files or without echo, and are never
 * shown. */
#include "args.h"
#include "out.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What a terminal hands over at once (termios(3)). */
#define LINE_SIZE 4096

static const struct option options[] = {
	{ "fingerprint", required_argument, NULL, OPT_FINGERPRINT },
	{ "token-file", required_argument, NULL, OPT_TOKEN_FILE },
	{ "client-cert", required_argument, NULL, OPT_CLIENT_CERT },
	{ 0 },
};

struct remote_args {
	const char *fingerprint;
	const char *token_file;
	const char *client_cert;
};

/* A line of memory that no longer holds a secret. */
static void forget(char **line)
{
	if (*line)
		explicit_bzero(*line, strlen(*line));
	free(*line);
}
#define AUTOSECRET __attribute__((cleanup(forget))) char

static bool is_dialogue(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* [new] the next line, without its end; NULL: there is none. */
static char *read_line(FILE *from)
{
	char *line = NULL;
	size_t size = 0;

	if (getline(&line, &size, from) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

/* [new] what is typed, which nobody sees. NULL: the user gives up. */
static char *ask_secret(const char *question)
{
	struct termios old, silent;
	char line[LINE_SIZE], *secret = NULL;
	ssize_t n = 0;

	if (tcgetattr(STDIN_FILENO, &old) != 0)
		return NULL;
	silent = old;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	/* Ctrl-C ends the line, not us: the terminal must have its echo back.
	 */
	silent.c_cc[VEOL] = old.c_cc[VINTR];
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0) {
		fputs(question, stderr);
		n = read(STDIN_FILENO, line, sizeof(line));
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fputc('\n', stderr);
	if (n > 0 && line[n - 1] == '\n') {
		line[n - 1] = '\0';
		secret = must(strdup(line));
	}
	explicit_bzero(line, sizeof(line));
	return secret;
}

/* [new] the first line of a file, or of stdin. */
static int read_secret(const char *path, char **ret_line)
{
	bool from_stdin = strcmp(path, "-") == 0;
	FILE *file = from_stdin ? stdin : fopen(path, "re");

	if (!file) {
		say("%s: %s", path, strerror(errno));
		return CTL_USAGE;
	}
	*ret_line = read_line(file);
	if (!from_stdin)
		fclose(file);
	if (*ret_line && **ret_line)
		return CTL_OK;
	say("%s: there is no token in it", from_stdin ? "stdin" : path);
	return CTL_USAGE;
}

/* [new] the token, or NULL: a unix socket wants none, and who shows a
 * certificate needs none. */
static int find_token(const struct remote_args *remote, const char *uri,
		      char **ret_token)
{
	if (remote->token_file)
		return read_secret(remote->token_file, ret_token);
	if (text_starts(uri, "unix:") || remote->client_cert || !is_dialogue())
		return CTL_OK;
	*ret_token = ask_secret("Token (none if empty): ");
	if (!*ret_token)
		return CTL_INTERRUPTED;
	if (!**ret_token) {
		free(*ret_token);
		*ret_token = NULL;
	}
	return CTL_OK;
}

static bool says_yes(void)
{
	AUTO(free) char *answer = read_line(stdin);

	return answer &&
	       (strcmp(answer, "yes") == 0 || strcmp(answer, "y") == 0);
}

/* The user decides on first sight; a script must know beforehand. */
static int trust(const char *uri, const char *fingerprint)
{
	if (!is_dialogue()) {
		say("nobody that is trusted here vouches for %s: its "
		    "fingerprint is %s; if that is what its hyperd tells in "
		    "its log, say so with --fingerprint",
		    uri, fingerprint);
		return CTL_UNREACHABLE;
	}
	fprintf(stderr,
		"Nobody that is trusted here vouches for %s.\n"
		"Its fingerprint is\n"
		"    %s\n"
		"Is that what its hyperd tells in its log? (yes/no) ",
		uri, fingerprint);
	if (says_yes())
		return CTL_OK;
	say("not added");
	return CTL_UNREACHABLE;
}

/* [new] the URI with the fingerprint, where one is to be pinned. */
static int pin(const struct ctl *ctl, const struct remote_args *remote,
	       const char *uri, char **ret_uri)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_free) char *found = NULL;
	const char *fingerprint = remote->fingerprint;
	int exit;

	if (!fingerprint && text_starts(uri, "https://") && !strchr(uri, '#')) {
		if (hyper_remote_fingerprint(uri, 0, &found, &err) < 0)
			return fail(ctl, err);
		exit = found ? trust(uri, found) : CTL_OK;
		if (exit != CTL_OK)
			return exit;
		fingerprint = found;
	}
	*ret_uri = fingerprint ? must_printf("%s#%s", uri, fingerprint)
			       : must(strdup(uri));
	return CTL_OK;
}

static int add(const struct ctl *ctl, const struct remote_args *remote,
	       const char *name, const char *uri)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTOSECRET *token = NULL;
	AUTO(free) char *pinned = NULL;
	AUTO(free) char *cert = NULL;
	int exit = pin(ctl, remote, uri, &pinned);

	if (exit == CTL_OK)
		exit = find_token(remote, uri, &token);
	if (exit != CTL_OK)
		return exit;
	if (remote->client_cert) {
		cert = realpath(remote->client_cert, NULL);
		if (!cert) {
			say("%s: %s", remote->client_cert, strerror(errno));
			return CTL_USAGE;
		}
	}
	if (hyper_remote_add(name, pinned, token, cert, 0, &err) < 0)
		return fail(ctl, err);
	return CTL_OK;
}

static int list(const struct ctl *ctl)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_remotes_free) hyper_remotes *remotes = NULL;
	AUTO(hyper_free) char *json = NULL;
	struct out out;
	size_t i;
	int r;

	if (hyper_remote_list(0, &remotes, &err) < 0)
		return fail(ctl, err);
	if (out_mode(ctl, OUT_TABLE) == OUT_JSON) {
		if (hyper_remotes_to_json(remotes, 0, &json, &err) < 0)
			return fail(ctl, err);
		out_line(json);
		return CTL_OK;
	}
	r = out_begin(&out, ctl, &out_remotes, OUT_TABLE, false, &err);
	for (i = 0; r == 0 && i < hyper_remotes_count(remotes); i++)
		r = out_item(&out, hyper_remotes_at(remotes, i), &err);
	out_end(&out);
	return r < 0 ? fail(ctl, err) : CTL_OK;
}

/* The next command opens what is in use then. */
static int use(struct ctl *ctl, const char *name)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;

	if (hyper_remote_use(name, 0, &err) < 0)
		return fail(ctl, err);
	hyper_close(ctl->conn);
	ctl->conn = NULL;
	return CTL_OK;
}

static int forget_remote(const struct ctl *ctl, const char *name)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;

	if (hyper_remote_remove(name, 0, &err) < 0)
		return fail(ctl, err);
	return CTL_OK;
}

/* How many words stand behind a verb; -1: there is no such verb. */
static int count_words(const char *verb)
{
	if (strcmp(verb, "list") == 0)
		return 0;
	if (strcmp(verb, "use") == 0 || strcmp(verb, "rm") == 0)
		return 1;
	return strcmp(verb, "add") == 0 ? 2 : -1;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct remote_args remote = { 0 };
	const char *verb;
	struct args args;
	int opt, exit, words;

	args_begin(&args, ctl, &cmd_remote, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case OPT_FINGERPRINT:
			remote.fingerprint = optarg;
			break;
		case OPT_TOKEN_FILE:
			remote.token_file = optarg;
			break;
		case OPT_CLIENT_CERT:
			remote.client_cert = optarg;
			break;
		default:
			return args.exit;
		}
	}
	verb = args.count > 0 ? args.operands[0] : "list";
	words = count_words(verb);
	if (words < 0)
		return usage_error(args.command,
				   "remote: there is no '%s', only add, list, "
				   "use and rm",
				   verb);
	exit = args_count(&args, words ? 1 + words : 0, 1 + words,
			  words == 2 ? "a name and a URI"
				     : "the name of a remote");
	if (exit >= 0)
		return exit;
	if (words == 2)
		return add(ctl, &remote, args.operands[1], args.operands[2]);
	if (words == 0)
		return list(ctl);
	return strcmp(verb, "use") == 0 ? use(ctl, args.operands[1])
					: forget_remote(ctl, args.operands[1]);
}

const struct command cmd_remote = {
	.name = "remote",
	.brief = "remote [add|list|use|rm]",
	.usage = "remote [list] [OPTION]...\n"
		 "   or: hyperctl remote add NAME URI [OPTION]...\n"
		 "   or: hyperctl remote use NAME\n"
		 "   or: hyperctl remote rm NAME",
	.help = "Give hyperds names, for --remote NAME; use one by default, or "
		"this machine\n"
		"('local'). On a terminal, add asks whether the server is the "
		"right one, and for\n"
		"its token.\n"
		"\n"
		"      --fingerprint F     add: trust the server with that "
		"key, "
		"sha256//…\n"
		"      --token-file FILE   add: the token is the first line of "
		"it; -: of stdin\n"
		"      --client-cert FILE  add: a PEM file with the "
		"certificate "
		"that is\n"
		"                          shown to the server, and its key\n",
	.examples = "remote add prod https://prod.example\n"
		    "remote use prod\n"
		    "--remote prod list\n",
	.see = "token, info",
	.options = options,
	.shows = &out_remotes,
	.verbs = (const char *const[]){ "add", "list", "use", "rm", NULL },
	.run = run,
};
