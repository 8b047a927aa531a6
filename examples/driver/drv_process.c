/* SPDX-License-Identifier: MIT */
/*
 * drv_process: machines that are processes of this host; the image is "host".
 * A machine's are all those with its uuid in their environment.
 */
#define _GNU_SOURCE
#include <hyper/driver.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MARK "HYPER_MACHINE=%s"
/* The shell that waits bears the mark: amid execve(2) a process has none. */
#define SHELL "{ \"$@\"; :; } </dev/null >/dev/null 2>&1 &"

/* Send a signal (0: none) to the processes of a machine. Are there any? */
static bool tell(const hyper_machine *machine, int sig)
{
	char mark[64], text[4096];
	bool any = false;
	glob_t all = { 0 };

	snprintf(mark, sizeof(mark), MARK, hyper_machine_uuid(machine));
	glob("/proc/[0-9]*/environ", GLOB_NOSORT, NULL, &all);
	for (size_t i = 0; i < all.gl_pathc; i++) {
		FILE *f = fopen(all.gl_pathv[i], "re");
		size_t n = f ? fread(text, 1, sizeof(text), f) : 0;
		int pid = (int)strtol(all.gl_pathv[i] + 6, NULL, 10);

		any |= memmem(text, n, mark, strlen(mark)) && !kill(pid, sig);
		if (f)
			fclose(f);
	}
	globfree(&all);
	return any;
}

static int inspect(void *self, hyper_call *call, const hyper_machine *machine,
		   hyper_machine *seen, hyper_error **err)
{
	(void)self, (void)call;
	return hyper_machine_saw_state(seen,
				       tell(machine, 0) ? HYPER_STATE_RUNNING
							: HYPER_STATE_STOPPED,
				       NULL, NULL, err);
}

static int add(void *self, hyper_call *call, const hyper_machine *machine,
	       hyper_machine *seen, hyper_error **err)
{
	if (strcmp(hyper_machine_image(machine), "host"))
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				       "the only image is host");
	return inspect(self, call, machine, seen, err);
}

static int start(void *self, hyper_call *call, const hyper_machine *machine,
		 hyper_machine *seen, hyper_error **err)
{
	const char *const *command = hyper_machine_command(machine);
	const char *argv[64] = { "sh", "-c", SHELL, "sh", "sleep", "1d" };
	char mark[64], path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *envp[] = { mark, path, NULL };
	posix_spawnattr_t attr;
	pid_t pid;
	int ret;

	if (tell(machine, 0))
		return inspect(self, call, machine, seen, err);
	for (int i = 4; command && (i == 4 || argv[i - 1]); i++) {
		if (i == 64)
			return hyper_error_set(err, HYPER_ERR_LIMIT, "command",
					       "at most 59 words");
		argv[i] = command[i - 4];
	}
	snprintf(mark, sizeof(mark), MARK, hyper_machine_uuid(machine));
	posix_spawnattr_init(&attr); /* our threads may block signals */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	ret = posix_spawn(&pid, "/bin/sh", NULL, &attr, (char **)argv, envp);
	posix_spawnattr_destroy(&attr);
	if (ret)
		return hyper_error_set(err, HYPER_ERR_DRIVER, NULL, "sh: %s",
				       strerror(ret));
	waitpid(pid, NULL, 0); /* the shell; its child goes on */
	return inspect(self, call, machine, seen, err);
}

static int stop(void *self, hyper_call *call, const hyper_machine *machine,
		uint32_t timeout_ms, uint32_t flags, hyper_machine *seen,
		hyper_error **err)
{
	for (uint32_t ms = 0; tell(machine, 0); ms += 20) {
		if (ms >= timeout_ms && !(flags & HYPER_FORCE))
			return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
					       "it still runs");
		if (ms == 0 || ms >= timeout_ms)
			tell(machine, ms < timeout_ms ? SIGTERM : SIGKILL);
		if (hyper_call_check(call, NULL))
			return hyper_call_check(call, err);
		poll(NULL, 0, 20);
	}
	return seen ? inspect(self, call, machine, seen, err) : 0;
}

static int discard(void *self, hyper_call *call, const hyper_machine *machine,
		   uint32_t flags, hyper_error **err)
{
	return stop(self, call, machine, 0, flags, NULL, err);
}

static int images(void *self, hyper_call *call, const char *name,
		  hyper_error **err)
{
	if (self && name && strcmp(name, "host"))
		return 0;
	return hyper_call_found_image(call, "host", NULL, NULL, 0, 0, err);
}

static int ready(hyper_driver_host *host, void **ret_self, hyper_error **err)
{
	return *ret_self = host, (void)err, 0;
}

static void done(void *self)
{
	(void)self;
}

/* clang-format off */
static const hyper_driver driver = {
	.abi = HYPER_DRIVER_ABI, .size = sizeof(driver),
	.name = "process", .version = "1.0", .open = ready, .close = done,
	.kinds = (const char *const[]){ "container", NULL },
	.features = (const char *const[]){ "command", NULL },
	.machine_add = add, .machine_start = start, .machine_stop = stop,
	.machine_remove = discard, .machine_inspect = inspect, .image_list = images
};
/* clang-format on */

HYPER_DRIVER_ENTRY
{
	return host_abi == HYPER_DRIVER_ABI ? &driver : NULL;
}
