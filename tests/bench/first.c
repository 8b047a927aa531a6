/* SPDX-License-Identifier: MIT */
/*
 * first SOCKET TARGET CMD...: a round starts a daemon, and is over when it has
 * answered GET TARGET on its SOCKET; then the daemon is ended.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "http.h"

#define PATIENCE 60e6

extern char **environ;

static bool answers(const char *socket, const char *target)
{
	struct http http;
	bool good = http_open(&http, socket) &&
		    http_call(&http, "GET", target, NULL) == 200;

	http_close(&http);
	return good;
}

int main(int argc, char **argv)
{
	const struct timespec nap = { .tv_nsec = 200000 };
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	need(argc > 3, "run: first SOCKET TARGET CMD...");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	while (next_round()) {
		double then = now_us();

		need(posix_spawnp(&pid, argv[3], &quiet, NULL, argv + 3,
				  environ) == 0,
		     argv[3]);
		while (!answers(argv[1], argv[2])) {
			need(waitpid(pid, NULL, WNOHANG) == 0 &&
				     now_us() - then < PATIENCE,
			     "get an answer");
			nanosleep(&nap, NULL);
		}
		took("first", then);
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	return 0;
}
