/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "out.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static const struct option options[] = {
	{ "role", required_argument, NULL, 'r' },
	{ "expires", required_argument, NULL, 'e' },
	{ 0 },
};

struct token_args {
	int role;
	int64_t expires_at; /* ms; 0: never */
};

/* "30d": a number and a unit; from now on, in ms since the Epoch. */
static int parse_expiry(const char *text, int64_t *ret_at)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 },
		      { 'm', 60 },
		      { 'h', 3600 },
		      { 'd', 86400 },
		      { 'w', 604800 } };
	const int64_t most = 1000000; /* of a unit: 19,000 years */
	struct timespec now;
	char *end;
	int64_t n = strtoll(text, &end, 10);

	if (*text < '0' || *text > '9' || n < 1 || n > most || !*end || end[1])
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*end != units[i].unit)
			continue;
		clock_gettime(CLOCK_REALTIME, &now);
		*ret_at = (now.tv_sec + n * units[i].seconds) * 1000;
		return 0;
	}
	return -1;
}

/* The secret alone for scripts; for people, what to do with it. */
static int show_new(struct ctl *ctl, const hyper_token *token)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct out out;
	int r;

	if (ctl->format != FORMAT_PLAIN) {
		r = out_begin(&out, ctl, &out_tokens, OUT_TABLE, true, &err);
		if (r == 0)
			r = out_item(&out, token, &err);
		out_end(&out);
		return r < 0 ? fail(ctl, err) : CTL_OK;
	}
	out_line(hyper_token_secret(token));
	if (!ctl->quiet)
		say("this is the secret of token '%s' (%s): it is not shown "
		    "again. Use it as HYPER_TOKEN, or as the content of "
		    "HYPER_TOKEN_FILE",
		    hyper_token_name(token),
		    hyper_role_name(hyper_token_role(token)));
	return CTL_OK;
}

static int add(struct ctl *ctl, const char *name, const struct token_args *args)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_token_free) hyper_token *token = NULL;

	if (hyper_token_add(ctl->conn, name, args->role, args->expires_at, 0,
			    &token, &err) < 0)
		return fail_on(ctl, name, err);
	return show_new(ctl, token);
}

static int list(struct ctl *ctl)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_tokens_free) hyper_tokens *tokens = NULL;
	struct out out;
	int r;

	if (hyper_token_list(ctl->conn, 0, &tokens, &err) < 0)
		return fail(ctl, err);
	r = out_begin(&out, ctl, &out_tokens, OUT_TABLE, false, &err);
	for (size_t i = 0; r == 0 && i < hyper_tokens_count(tokens); i++)
		r = out_item(&out, hyper_tokens_at(tokens, i), &err);
	out_end(&out);
	return r < 0 ? fail(ctl, err) : CTL_OK;
}

static int rm(struct ctl *ctl, char **names, int count)
{
	int worst = CTL_OK;

	for (int i = 0; i < count; i++) {
		AUTO(hyper_error_free) hyper_error *err = NULL;

		if (hyper_token_remove(ctl->conn, names[i], 0, &err) < 0)
			worst = fail_on(ctl, names[i], err);
		else
			out_line(names[i]);
	}
	return worst;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct token_args token = { .role = HYPER_ROLE_VIEWER };
	const char *verb = "list";
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_token, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 'r':
			token.role = hyper_role_parse(optarg);
			if (token.role == HYPER_ROLE_NONE)
				return usage_error(args.command,
						   "--role is '%s': must be "
						   "viewer, operator or admin",
						   optarg);
			break;
		case 'e':
			if (parse_expiry(optarg, &token.expires_at) < 0)
				return usage_error(args.command,
						   "--expires is '%s': must be "
						   "a number and s, m, h, d or "
						   "w, such as 30d",
						   optarg);
			break;
		default:
			return args.exit;
		}
	}
	if (args.count > 0)
		verb = args.operands[0];
	if (strcmp(verb, "list") == 0)
		exit = args_count(&args, 0, 1, "nothing");
	else if (strcmp(verb, "add") == 0)
		exit = args_count(&args, 2, 2, "the name of a token");
	else if (strcmp(verb, "rm") == 0)
		exit = args_count(&args, 2, argc, "the name of a token");
	else
		return usage_error(args.command,
				   "token: there is no '%s', only add, list "
				   "and rm",
				   verb);
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	if (*verb == 'a')
		return add(ctl, args.operands[1], &token);
	if (*verb == 'r')
		return rm(ctl, args.operands + 1, args.count - 1);
	return list(ctl);
}

const struct command cmd_token = {
	.name = "token",
	.brief = "token [list|add|rm]",
	.usage = "token [list]\n"
		 "   or: hyperctl token add NAME [OPTION]...\n"
		 "   or: hyperctl token rm NAME...",
	.help = "Let others in over the network, each with a token of their "
		"own. add prints the\n"
		"secret, once; rm takes it back at once. The name stands on "
		"what is done with it.\n"
		"A viewer reads; an operator also runs, adds and removes "
		"machines and pulls\n"
		"images; an admin may do everything.\n"
		"\n"
		"  -r, --role ROLE      viewer (the default), operator or "
		"admin\n"
		"  -e, --expires TIME   it is good for so long: 90m, 12h, 30d, "
		"8w; without it for\n"
		"                       ever\n",
	.examples = "token add ci -r operator -e 30d >ci.token\n"
		    "token list\n"
		    "token rm ci\n",
	.see = "remote, history, api",
	.operand = OPERAND_NONE,
	.options = options,
	.shows = &out_tokens,
	.verbs = (const char *const[]){ "list", "add", "rm", NULL },
	.run = run,
};
