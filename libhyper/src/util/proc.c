/* SPDX-License-Identifier: MIT */
#include "util/proc.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/text.h"

#define BOOT_ID	 "/proc/sys/kernel/random/boot_id"
#define STAT_MAX 4096

static int read_boot_id(char out[37])
{
	HYP_AUTOFREE char *text = hyp_read_file(BOOT_ID, STAT_MAX, NULL);

	if (!text)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	if (!hyp_uuid_valid(text)) {
		errno = EPROTO;
		return -1;
	}
	memcpy(out, text, 37);
	return 0;
}

/* Fields 3 and 22 of proc(5) stat. Field 2, the name in parentheses, may hold
 * anything, also spaces and ')': count behind its last one. */
static int read_stat(const char *path, char *ret_state, uint64_t *ret_start)
{
	HYP_AUTOFREE char *text = hyp_read_file(path, STAT_MAX, NULL);
	char *p;

	if (!text)
		return -1;
	p = strrchr(text, ')');
	if (!p || p[1] != ' ' || !p[2])
		goto broken;
	*ret_state = p[2];
	p++;
	for (int field = 3; field < 22; field++) {
		p = strchr(p + 1, ' ');
		if (!p)
			goto broken;
	}
	p++;
	p[strcspn(p, " \n")] = '\0';
	if (hyp_parse_uint(p, UINT64_MAX, ret_start) == 0)
		return 0;
broken:
	errno = EPROTO;
	return -1;
}

int hyp_proc_self(struct hyp_proc_id *ret_id)
{
	struct hyp_proc_id id = { .pid = getpid() };
	char state;

	if (read_boot_id(id.boot) < 0 ||
	    read_stat("/proc/self/stat", &state, &id.start) < 0)
		return -1;
	*ret_id = id;
	return 0;
}

/* The first thread of a killed process is a zombie as soon as it has ended;
 * another may still be in the middle of a system call. */
static bool has_threads(int64_t pid)
{
	char path[64];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n > 1;
}

bool hyp_proc_alive(const struct hyp_proc_id *id)
{
	char boot[37], path[64], state;
	uint64_t start;

	if (id->pid <= 0 || id->pid > INT32_MAX)
		return false;
	if (read_boot_id(boot) < 0)
		return true;
	if (strcmp(boot, id->boot) != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)id->pid);
	if (read_stat(path, &state, &start) == 0)
		return start == id->start &&
		       ((state != 'Z' && state != 'X') || has_threads(id->pid));
	/* With hidepid= the processes of others look as if they had gone. */
	return kill((pid_t)id->pid, 0) == 0 || errno != ESRCH;
}

static char actor[256];

static void find_actor(void)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found) == 0 &&
	    found)
		snprintf(actor, sizeof(actor), "user:%s", found->pw_name);
	else
		snprintf(actor, sizeof(actor), "user:%u",
			 (unsigned int)getuid());
}

const char *hyp_proc_actor(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, find_actor);
	return actor;
}

const char *hyp_proc_name(void)
{
	return program_invocation_short_name;
}
