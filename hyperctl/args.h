/* SPDX-License-Identifier: MIT */
/* Options and operands of one command. */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include "ctl.h"

#define ARGS_OPTIONS_MAX 24

struct args {
	struct ctl *ctl;
	const struct command *command; /* NULL: hyperctl itself */
	int argc;
	char **argv;
	struct option longs[ARGS_OPTIONS_MAX];
	char shorts[2 * ARGS_OPTIONS_MAX + 2];
	/* Once args_next() has returned ARGS_STOP: the exit code. */
	int exit;
	/* Once it has returned -1: the operands, and how many of them stand
	 * in front of a "--". They are words of argv. */
	char **operands;
	int count;
	int before_dashes;
};

#define ARGS_STOP '?'

/* Options may stand anywhere among the operands of a command; those of
 * hyperctl itself (command NULL) end where the command begins. */
void args_begin(struct args *args, struct ctl *ctl,
		const struct command *command, int argc, char **argv);
/* The next option of the command's own (its value is in optarg), -1 at the
 * end, or ARGS_STOP. Options of all commands are done inside. */
int args_next(struct args *args);
/* Read them all, for commands without options of their own. An exit code, or
 * -1 to go on. */
int args_only_operands(struct args *args, int min, int max, const char *what);
/* Whether there are as many operands as wanted. An exit code, or -1. */
int args_count(struct args *args, int min, int max, const char *what);

/* Seconds as ms. An exit code, or -1. */
int args_seconds(struct args *args, const char *text, uint32_t *ret_ms);
/* Cut "key=value" (the '=' becomes NUL): the value, or NULL without a '='. */
char *args_value(char *pair);

/* The options that every command has, for completion. */
extern const struct option args_common[];
/* The words that --format and --color take, NULL-terminated. */
extern const char *const args_formats[], *const args_colors[];

/* query.c: options of commands that list, and what is made of them. */
#define ARGS_QUERY_OPTIONS                                                     \
	{ "limit", required_argument, NULL, OPT_LIMIT },                       \
		{ "query", required_argument, NULL, OPT_QUERY },               \
	{                                                                      \
		"sort", required_argument, NULL, OPT_SORT                      \
	}
struct args_query {
	const char *filter;
	const char *sort;
	uint64_t limit; /* 0: no limit */
};
/* Take one of these options; -1, or an exit code. */
int args_query_option(struct args *args, struct args_query *query, int opt);
/* [new] the query of the options and of operands such as state=running. */
hyper_query *args_query_make(const struct args_query *query, char **operands,
			     int count);

#endif
