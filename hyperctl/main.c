/* SPDX-License-Identifier: MIT */
/* hyperctl: the command line of hyper. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "nearest.h"

/* In the order of the help: the seed's six first. */
const struct command *const commands[] = { &cmd_add,	    &cmd_start,
					   &cmd_stop,	    &cmd_rm,
					   &cmd_list,	    &cmd_exit,
					   &cmd_set,	    &cmd_get,
					   &cmd_images,	    &cmd_drivers,
					   &cmd_operations, &cmd_history,
					   &cmd_events,	    &cmd_wait,
					   &cmd_adopt,	    &cmd_release,
					   &cmd_remote,	    &cmd_doctor,
					   &cmd_token,	    &cmd_api,
					   &cmd_info,	    &cmd_completion,
					   &cmd_complete,   &cmd_version,
					   &cmd_help,	    NULL };

static bool has_name(const struct command *command, const char *name)
{
	const char *const *alias = command->aliases;

	if (strcmp(name, command->name) == 0)
		return true;
	for (; alias && *alias; alias++)
		if (strcmp(name, *alias) == 0)
			return true;
	return false;
}

const struct command *command_find(const char *name)
{
	const struct command *const *command;

	for (command = commands; *command; command++)
		if (has_name(*command, name))
			return *command;
	return NULL;
}

/* Words of docker, podman, virsh and incus that no command has. */
static const struct {
	const char *word, *advice;
} elsewhere[] = {
	{ "destroy", "'hyperctl stop -F -t 0' ends it at once, 'hyperctl rm' "
		     "removes it" },
	{ "kill", "'hyperctl stop -F -t 0' ends it at once" },
	{ "pull", "'hyperctl images pull' fetches an image" },
	{ "rmi", "'hyperctl images rm' removes an image" },
	{ "run", "'hyperctl add' makes a machine, 'hyperctl start' starts it" },
};

int command_unknown(const char *name)
{
	const struct command *const *command;
	const char *const *alias;
	struct nearest nearest = { .word = name };
	size_t i;

	say("there is no command '%s'", name);
	for (command = commands; *command; command++) {
		if (!(*command)->brief)
			continue;
		nearest_offer(&nearest, (*command)->name);
		alias = (*command)->aliases;
		for (; alias && *alias; alias++)
			nearest_offer(&nearest, *alias);
	}
	for (i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		if (strcmp(name, elsewhere[i].word) == 0)
			break;
	if (i < sizeof(elsewhere) / sizeof(*elsewhere))
		say_hint("%s", elsewhere[i].advice);
	else if (nearest.best)
		say_hint("did you mean 'hyperctl %s'?", nearest.best);
	else
		say_hint("'hyperctl help' lists all commands");
	return CTL_USAGE;
}

void ctl_set_uri(struct ctl *ctl, const char *uri)
{
	ctl->uri = uri;
	ctl->conn = NULL; /* belongs to the shell */
}

bool ctl_set_remote(struct ctl *ctl, const char *name)
{
	size_t len = (size_t)snprintf(ctl->remote, sizeof(ctl->remote),
				      "remote:%s", name);

	ctl_set_uri(ctl, ctl->remote);
	return len < sizeof(ctl->remote) && *name;
}

/* The order: --uri or --remote, $HYPER_URI, the remote in use, this machine. */
int ctl_connect(struct ctl *ctl, uint32_t flags, hyper_error **err)
{
	const char *variable = secure_getenv("HYPER_URI");
	const char *uri = ctl->uri;

	if (ctl->conn)
		return 0;
	if (!uri && !(variable && *variable))
		uri = "remote:";
	return hyper_open(uri, flags, &ctl->conn, err);
}

int ctl_open(struct ctl *ctl)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;

	return ctl_connect(ctl, 0, &err) < 0 ? fail(ctl, err) : CTL_OK;
}

uint32_t ctl_refresh(const struct ctl *ctl)
{
	return hyper_conn_is_local(ctl->conn) ? HYPER_REFRESH : 0;
}

/* A database must never be opened as stdout. A stream that is closed stays
 * unusable: what stands in for it is opened the wrong way round. */
static void open_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null",
				   fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Whether all that was printed has arrived. `error` is of the last attempt. */
static int check_output(int code, int error)
{
	if (!error && !ferror(stdout))
		return code;
	if (error != EPIPE) /* who closed the pipe knows */
		say("cannot write the output%s%s", error ? ": " : "",
		    error ? strerror(error) : "");
	return code == CTL_OK ? CTL_FAILED : code;
}

int ctl_run(struct ctl *ctl, int argc, char **argv)
{
	const struct command *command;
	struct args args;

	args_begin(&args, ctl, NULL, argc, argv);
	switch (args_next(&args)) {
	case -1:
		break;
	case OPT_VERSION:
		version_print();
		return CTL_OK;
	default:
		return args.exit;
	}
	if (args.count == 0)
		return ctl->shell ? usage_error(NULL, "a command is missing")
				  : shell_run(ctl);
	command = command_find(args.operands[0]);
	if (!command)
		return command_unknown(args.operands[0]);
	ctl->command = command;
	return command->run(ctl, args.count, args.operands);
}

int main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	int code, error;

	open_streams();
	setlocale(LC_ALL, "");
	/* A reader that leaves shall not end us amid an operation. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 1)
		return CTL_USAGE;
	code = ctl_run(&ctl, argc, argv);
	/* Closing waits for what was begun with --async: tell its id first. */
	error = fflush(stdout) == 0 ? 0 : errno;
	hyper_close(ctl.conn);
	return check_output(code, error);
}
