/* SPDX-License-Identifier: MIT */
/* What all of hyperctl shares: the state of a run, commands, errors. */
#ifndef CTL_H
#define CTL_H

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <hyper/hyper.h>

#include "text.h"

/* Exit codes; error.c maps enum hyper_code to them. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,
	CTL_NOT_FOUND = 3,
	CTL_CONFLICT = 4,
	CTL_UNREACHABLE = 5,
	CTL_TIMEOUT = 6,
	CTL_INTERRUPTED = 130
};

enum ctl_format {
	FORMAT_PLAIN, /* what suits the command best */
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_CSV
};

enum ctl_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the options that every command has say, and the connection. */
struct ctl {
	const char *uri;  /* NULL: $HYPER_URI, else the remote in use */
	char remote[80];  /* the uri, if it is of --remote */
	hyper_conn *conn; /* NULL until ctl_open() */
	enum ctl_format format;
	const char *columns; /* of tables and CSV; NULL: the usual ones */
	enum ctl_color color;
	bool no_headers;
	bool quiet;
	bool shell;		       /* in the shell, and */
	bool leave;		       /* it shall end */
	const struct command *command; /* that runs, and */
	const char *operand;	       /* the machine it is at, or NULL */
};

/* What the words after a command are, for completion. */
enum ctl_operand {
	OPERAND_NONE,
	OPERAND_MACHINES,
	OPERAND_IMAGES,
	OPERAND_OPERATIONS,
	OPERAND_FILTER,
	OPERAND_COMMANDS,
	OPERAND_FILES
};

struct out_noun;

struct command {
	const char *name;
	/* Other names, which other tools have for it; NULL-terminated, or
	 * NULL. */
	const char *const *aliases;
	const char *brief;    /* in the list of commands; NULL: not in it */
	const char *usage;    /* in its own help, without "hyperctl" */
	const char *help;     /* what it does and its options */
	const char *examples; /* a line each, without "  hyperctl " */
	const char *see;      /* what to read next */
	enum ctl_operand operand;
	const char *which; /* of machines: a query, for completion, or NULL */
	/* What its tables are of; NULL: it has none. */
	const struct out_noun *shows;
	/* Its own options, ended by an empty one, or NULL. A `val` that is a
	 * letter is a short option too. */
	const struct option *options;
	/* Words that it takes first, "pull"; NULL-terminated, or NULL. */
	const char *const *verbs;
	int (*run)(struct ctl *ctl, int argc, char **argv);
};

/* `val` of options that have no letter. */
enum {
	OPT_ASYNC = 256, /* the first: args.c */
	OPT_AFTER,
	OPT_AUTOSTART,
	OPT_CLIENT_CERT,
	OPT_FINGERPRINT,
	OPT_COLOR,
	OPT_COLUMNS,
	OPT_DRY_RUN,
	OPT_FOLLOW,
	OPT_KEY,
	OPT_LIMIT,
	OPT_NO_HEADERS,
	OPT_QUERY,
	OPT_REMOTE,
	OPT_REPAIR,
	OPT_SORT,
	OPT_TOKEN_FILE,
	OPT_UNLABEL,
	OPT_VCPUS,
	OPT_VERSION,
	OPT_WATCH
};

/* main.c: all commands, NULL-terminated; the one of a name, or NULL. */
extern const struct command *const commands[];
const struct command *command_find(const char *name);
/* Tell that there is none, and which may be meant. An exit code. */
int command_unknown(const char *name);
/* Run a command line, whose first word is "hyperctl"; without a command the
 * shell. Reorders argv. Returns an exit code. */
int ctl_run(struct ctl *ctl, int argc, char **argv);

extern const struct command cmd_add, cmd_adopt, cmd_api, cmd_complete,
	cmd_completion, cmd_doctor, cmd_drivers, cmd_events, cmd_exit, cmd_get,
	cmd_help, cmd_history, cmd_images, cmd_info, cmd_list, cmd_operations,
	cmd_release, cmd_remote, cmd_rm, cmd_set, cmd_start, cmd_stop,
	cmd_token, cmd_version, cmd_wait;

/* cmd_help.c: help on a command, or on everything for NULL. */
void help_print(FILE *to, const struct command *command);
void version_print(void);

/* shell.c: read commands from stdin until `exit`. */
int shell_run(struct ctl *ctl);

/* complete.c: what could stand at the end of a line. */
struct completions {
	char **words; /* sorted; all begin with what is there already */
	size_t n;
	size_t typed; /* bytes of the last word that are there already */
};
void complete(struct ctl *ctl, const char *line, struct completions *found);
void completions_clear(struct completions *found);

/*
 * error.c: each prints "hyperctl: …" on stderr, safe for a terminal, and
 * returns an exit code.
 */
int exit_code(int code);
int fail(const struct ctl *ctl, const hyper_error *err);
/* A line "hint: …" with what to do next. */
void say_hint(const char *format, ...) HYPER_PRINTF(1, 2);
/* The same, naming what it was about unless the message does so itself. */
int fail_on(const struct ctl *ctl, const char *about, const hyper_error *err);
/* Where to read how it is right; NULL: hyperctl itself. */
int usage_hint(const struct command *command);
int usage_error(const struct command *command, const char *format, ...)
	HYPER_PRINTF(2, 3);
void say(const char *format, ...) HYPER_PRINTF(1, 2);

/* In place of what is connected to. */
void ctl_set_uri(struct ctl *ctl, const char *uri);
/* The same, by the name of a remote. False: it cannot be one. */
bool ctl_set_remote(struct ctl *ctl, const char *name);
/* Connect if that has not happened. 0 or a negative code. */
int ctl_connect(struct ctl *ctl, uint32_t flags, hyper_error **err);
/* The same, telling what went wrong. An exit code. */
int ctl_open(struct ctl *ctl);
/* What reads ask for: local ones look at the engines first. */
uint32_t ctl_refresh(const struct ctl *ctl);

#define CLEANUP(type, name)                                                    \
	static inline void name##_p(type **pp)                                 \
	{                                                                      \
		name(*pp);                                                     \
	}
/* A local that frees itself: AUTO(hyper_error_free) hyper_error *err = NULL */
#define AUTO(name) __attribute__((cleanup(name##_p)))

CLEANUP(hyper_changes, hyper_changes_free)
CLEANUP(hyper_conn, hyper_close)
CLEANUP(hyper_error, hyper_error_free)
CLEANUP(hyper_machine, hyper_machine_free)
CLEANUP(hyper_machines, hyper_machines_free)
CLEANUP(hyper_operation, hyper_operation_free)
CLEANUP(hyper_operations, hyper_operations_free)
CLEANUP(hyper_events, hyper_events_free)
CLEANUP(hyper_image, hyper_image_free)
CLEANUP(hyper_images, hyper_images_free)
CLEANUP(hyper_drivers, hyper_drivers_free)
CLEANUP(hyper_findings, hyper_findings_free)
CLEANUP(hyper_info, hyper_info_free)
CLEANUP(hyper_token, hyper_token_free)
CLEANUP(hyper_tokens, hyper_tokens_free)
CLEANUP(hyper_query, hyper_query_free)
CLEANUP(hyper_remotes, hyper_remotes_free)
CLEANUP(char, hyper_free)
CLEANUP(char, free)

#endif
