/* SPDX-License-Identifier: MIT */
/* Processes: which one is it, is it still there, run one. */
#ifndef HYP_UTIL_PROC_H
#define HYP_UTIL_PROC_H

#include <stdbool.h>
#include <stdint.h>

/* A process for ever: a pid is used again, but not with the same start time
 * within one boot (proc(5), starttime of /proc/PID/stat). */
struct hyp_proc_id {
	int64_t pid;
	uint64_t start;
	char boot[37]; /* /proc/sys/kernel/random/boot_id */
};

int hyp_proc_self(struct hyp_proc_id *ret_id);
/* False only when it is sure that the process has gone. */
bool hyp_proc_alive(const struct hyp_proc_id *id);
/* The short name of this process, "hyperd". Never NULL. */
const char *hyp_proc_name(void);
/* Its user, as of the first call: "user:alice", or "user:1000" where nobody
 * knows the name. Never NULL. */
const char *hyp_proc_actor(void);

/*
 * Run a program (posix_spawnp, no shell) with stdin from /dev/null, and wait.
 *
 *  argv        NULL-terminated
 *  pass        a file descriptor that the program gets as number 3, or -1
 *  keep_going  asked every 20 ms with data; false kills it (SIGKILL);
 *              NULL: waits for ever
 *  ret_output  [new] the last 64 KiB of stdout and stderr together, or NULL
 *              if not wanted
 *
 * Returns the exit status, 128 + the signal, or -1 when it could not be
 * started (errno), or was killed by keep_going (errno ECANCELED).
 */
int hyp_run(const char *const *argv, int pass, bool (*keep_going)(void *data),
	    void *data, char **ret_output);

#endif
