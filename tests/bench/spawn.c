/* SPDX-License-Identifier: MIT */
/* spawn COUNT CMD...: a round runs CMD so often. What each took is told. */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "bench.h"

extern char **environ;

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	need(argc > 2, "run: spawn COUNT CMD...");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	while (next_round()) {
		for (long i = strtol(argv[1], NULL, 10); i > 0; i--) {
			double then = now_us();

			need(posix_spawnp(&pid, argv[2], &quiet, NULL, argv + 2,
					  environ) == 0 &&
				     waitpid(pid, &status, 0) == pid &&
				     status == 0,
			     argv[2]);
			took("run", then);
		}
	}
	return 0;
}
