/* SPDX-License-Identifier: MIT */
#include "util/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "util/mem.h"

#define OUTPUT_MAX (64u << 10)
#define ASK_MS	   20
#define REAP_MS	   2

/* The end of what a program says. */
struct tail {
	char *data; /* twice the maximum, and the NUL */
	size_t len;
};

static void tail_add(struct tail *tail, const char *data, size_t len)
{
	if (tail->len + len > 2 * OUTPUT_MAX) {
		memmove(tail->data, tail->data + tail->len - OUTPUT_MAX,
			OUTPUT_MAX);
		tail->len = OUTPUT_MAX;
	}
	memcpy(tail->data + tail->len, data, len);
	tail->len += len;
}

/* [new] */
static char *tail_take(struct tail *tail)
{
	if (tail->len > OUTPUT_MAX) {
		memmove(tail->data, tail->data + tail->len - OUTPUT_MAX,
			OUTPUT_MAX);
		tail->len = OUTPUT_MAX;
	}
	tail->data[tail->len] = '\0';
	return hyp_steal(&tail->data);
}

/* Output goes first: the pipe may have got one of the numbers 0 to 2. (dup2 of
 * a number to itself clears FD_CLOEXEC in posix_spawn(3).) Signals that this
 * thread blocks or ignores are normal again in the program. */
static int spawn(const char *const *argv, int pass, int output, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char **args, **env = environ;
	int r;

	memcpy(&args, &argv, sizeof(args)); /* posix_spawnp() writes nothing */
	sigemptyset(&none);
	sigfillset(&all);
	r = posix_spawn_file_actions_init(&actions);
	if (r)
		return r;
	r = posix_spawnattr_init(&attr);
	if (r)
		goto out_actions;
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn_file_actions_adddup2(&actions, output, 1);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&actions, output, 2);
	if (!r && pass >= 0)
		r = posix_spawn_file_actions_adddup2(&actions, pass, 3);
	if (!r)
		r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
						     O_RDONLY, 0);
	if (!r)
		r = posix_spawnp(ret_pid, args[0], &actions, &attr, args, env);
	posix_spawnattr_destroy(&attr);
out_actions:
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

/* Read what is there, at most as much as a pipe holds. False: no more will
 * come. */
static bool drain(int fd, struct tail *tail)
{
	char chunk[4096];

	for (int i = 0; i < 16; i++) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		tail_add(tail, chunk, (size_t)n);
	}
	return true;
}

static int wait_for(pid_t pid, int flags, int *ret_status)
{
	int r;

	do
		r = waitpid(pid, ret_status, flags);
	while (r < 0 && errno == EINTR);
	return r;
}

/* Follow the program to its end, not to that of its output: what it left in
 * the background may hold the pipe open for long. */
static int follow(pid_t pid, int output, bool (*keep_going)(void *data),
		  void *data, struct tail *tail)
{
	struct pollfd pfd = { .fd = output, .events = POLLIN };
	int r, status = 0;

	for (;;) {
		poll(&pfd, 1, pfd.fd < 0 ? REAP_MS : ASK_MS);
		r = wait_for(pid, WNOHANG, &status);
		if (r < 0)
			return -1;
		if (pfd.fd >= 0 && !drain(output, tail))
			pfd.fd = -1;
		if (r > 0)
			break;
		if (keep_going && !keep_going(data)) {
			kill(pid, SIGKILL);
			wait_for(pid, 0, &status);
			errno = ECANCELED;
			return -1;
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int hyp_run(const char *const *argv, int pass, bool (*keep_going)(void *data),
	    void *data, char **ret_output)
{
	HYP_AUTOFREE char *room = malloc(2 * OUTPUT_MAX + 1);
	struct tail tail = { .data = room };
	HYP_AUTOCLOSE int output = -1;
	HYP_AUTOCLOSE int high = -1;
	int fds[2], r;
	pid_t pid;

	/* Output is put in the place of the first ones. */
	if (pass >= 0 && pass < 3) {
		high = pass = fcntl(pass, F_DUPFD_CLOEXEC, 3);
		if (pass < 0)
			return -1;
	}
	if (!room || pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	output = fds[0];
	r = fcntl(output, F_SETFL, O_NONBLOCK) < 0
		    ? errno
		    : spawn(argv, pass, fds[1], &pid);
	close(fds[1]);
	if (r) {
		errno = r;
		return -1;
	}
	r = follow(pid, output, keep_going, data, &tail);
	if (r >= 0 && ret_output) {
		*ret_output = tail_take(&tail);
		room = NULL;
	}
	return r;
}
