/* SPDX-License-Identifier: MIT */
/*
 * syncs DIR COUNT PREFIX: what the disk has to do for so many creations of
 * machines of drv_test, without anything else: two transactions in one log for
 * all, and a file that is put in place twice, all of it synced. What runs side
 * by side cannot be faster by more than the disk is.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "bench.h"

/* What strace(1) shows of a creation, in pages of 4 KiB. */
#define PAGES 12
#define FRAME 24

static char page[4096];

static void transaction(int log)
{
	off_t at = 0;

	need(flock(log, LOCK_EX) == 0, "lock");
	for (int i = 0; i < PAGES; i++, at += FRAME + (off_t)sizeof(page))
		need(pwrite(log, page, FRAME, at) == FRAME &&
			     pwrite(log, page, sizeof(page), at + FRAME) ==
				     (ssize_t)sizeof(page),
		     "write");
	need(fdatasync(log) == 0 && flock(log, LOCK_UN) == 0, "sync");
}

static void put(int dir, const char *name)
{
	char temporary[80];
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.new", name);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
	need(fd >= 0 && write(fd, page, 40) == 40 && fsync(fd) == 0 &&
		     renameat(dir, temporary, dir, name) == 0 &&
		     fsync(dir) == 0,
	     name);
	close(fd);
}

int main(int argc, char **argv)
{
	char name[64];
	int dir, log;

	need(argc == 4, "run: syncs DIR COUNT PREFIX");
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	log = openat(dir, "log", O_RDWR | O_CREAT, 0600);
	need(dir >= 0 && log >= 0, argv[1]);
	for (long i = 0; i < strtol(argv[2], NULL, 10); i++) {
		snprintf(name, sizeof(name), "%s-%ld", argv[3], i);
		transaction(log);
		put(dir, name);
		put(dir, name);
		transaction(log);
	}
	return 0;
}
