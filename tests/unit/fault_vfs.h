/* SPDX-License-Identifier: MIT */
/*
 * SQLite's files on a disk that fails: the default VFS of this process, which
 * counts whatever changes a file, and lets the one that is wanted fail.
 */
#ifndef TEST_FAULT_VFS_H
#define TEST_FAULT_VFS_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum fault_change {
	FAULT_WRITE,
	FAULT_SYNC,
	FAULT_TRUNCATE,
	FAULT_CREATE,
	FAULT_SHM,
	FAULT_DELETE,
	FAULT_CHANGES
};

/* What a disk in trouble answers to each of these. */
struct fault_kind {
	const char *name;
	int codes[FAULT_CHANGES];
};

static const struct fault_kind fault_kinds[] = {
	{ "no space",
	  { SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE,
	    SQLITE_CANTOPEN, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_DELETE } },
	{ "I/O error",
	  { SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE,
	    SQLITE_IOERR, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_DELETE } },
	{ "read-only",
	  { SQLITE_READONLY, SQLITE_IOERR_FSYNC, SQLITE_READONLY,
	    SQLITE_CANTOPEN, SQLITE_IOERR_SHMOPEN, SQLITE_READONLY } },
};
#define FAULT_KINDS (sizeof(fault_kinds) / sizeof(fault_kinds[0]))

static struct {
	pthread_mutex_t lock;
	const struct fault_kind *kind; /* NULL: the disk is well */
	unsigned int left;	       /* changes before it fails */
	bool stays;		       /* and it goes on failing */
	unsigned int hits;
} fault = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* From now on, the change number k (0 is the next) fails. */
static inline void fault_arm(const struct fault_kind *kind, unsigned int k,
			     bool stays)
{
	pthread_mutex_lock(&fault.lock);
	fault.kind = kind;
	fault.left = k;
	fault.stays = stays;
	fault.hits = 0;
	pthread_mutex_unlock(&fault.lock);
}

/* The disk is well again. How often did it fail? */
static inline unsigned int fault_lift(void)
{
	unsigned int hits;

	pthread_mutex_lock(&fault.lock);
	fault.kind = NULL;
	hits = fault.hits;
	pthread_mutex_unlock(&fault.lock);
	return hits;
}

/* 0, or how this change fails */
static inline int fault_of(enum fault_change change)
{
	int code = SQLITE_OK;

	pthread_mutex_lock(&fault.lock);
	if (fault.kind && fault.left > 0) {
		fault.left--;
	} else if (fault.kind && (fault.stays || fault.hits == 0)) {
		fault.hits++;
		code = fault.kind->codes[change];
	}
	pthread_mutex_unlock(&fault.lock);
	return code;
}

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* lies behind this */
};

static inline sqlite3_file *fault_real(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

/* Pass a call on. */
#define FAULT_CALL(file, call, ...)                                            \
	(fault_real(file)->pMethods->call(fault_real(file), ##__VA_ARGS__))

static inline int fault_close(sqlite3_file *file)
{
	return FAULT_CALL(file, xClose);
}

static inline int fault_read(sqlite3_file *file, void *data, int n,
			     sqlite3_int64 at)
{
	return FAULT_CALL(file, xRead, data, n, at);
}

/* A write that fails has been done by half. */
static inline int fault_write(sqlite3_file *file, const void *data, int n,
			      sqlite3_int64 at)
{
	int code = fault_of(FAULT_WRITE);

	if (!code)
		return FAULT_CALL(file, xWrite, data, n, at);
	if (code != SQLITE_READONLY && n > 1)
		FAULT_CALL(file, xWrite, data, n / 2, at);
	return code;
}

static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int code = fault_of(FAULT_TRUNCATE);

	return code ? code : FAULT_CALL(file, xTruncate, size);
}

static inline int fault_sync(sqlite3_file *file, int flags)
{
	int code = fault_of(FAULT_SYNC);

	return code ? code : FAULT_CALL(file, xSync, flags);
}

static inline int fault_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	return FAULT_CALL(file, xFileSize, ret_size);
}

static inline int fault_lock(sqlite3_file *file, int level)
{
	return FAULT_CALL(file, xLock, level);
}

static inline int fault_unlock(sqlite3_file *file, int level)
{
	return FAULT_CALL(file, xUnlock, level);
}

static inline int fault_reserved(sqlite3_file *file, int *ret_is)
{
	return FAULT_CALL(file, xCheckReservedLock, ret_is);
}

static inline int fault_control(sqlite3_file *file, int op, void *arg)
{
	return FAULT_CALL(file, xFileControl, op, arg);
}

static inline int fault_sector(sqlite3_file *file)
{
	return FAULT_CALL(file, xSectorSize);
}

static inline int fault_traits(sqlite3_file *file)
{
	return FAULT_CALL(file, xDeviceCharacteristics);
}

static inline int fault_shm_map(sqlite3_file *file, int page, int size,
				int extend, void volatile **ret_at)
{
	int code = extend ? fault_of(FAULT_SHM) : SQLITE_OK;

	if (code)
		*ret_at = NULL;
	return code ? code
		    : FAULT_CALL(file, xShmMap, page, size, extend, ret_at);
}

static inline int fault_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return FAULT_CALL(file, xShmLock, at, n, flags);
}

static inline void fault_shm_barrier(sqlite3_file *file)
{
	FAULT_CALL(file, xShmBarrier);
}

static inline int fault_shm_unmap(sqlite3_file *file, int remove)
{
	return FAULT_CALL(file, xShmUnmap, remove);
}

static sqlite3_vfs *fault_below; /* SQLite's own */

static inline int fault_open(sqlite3_vfs *vfs, const char *path,
			     sqlite3_file *file, int flags, int *ret_flags)
{
	/* 2: with shared memory, for WAL, and without mapped files. */
	static const sqlite3_io_methods methods = {
		.iVersion = 2,
		.xClose = fault_close,
		.xRead = fault_read,
		.xWrite = fault_write,
		.xTruncate = fault_truncate,
		.xSync = fault_sync,
		.xFileSize = fault_size,
		.xLock = fault_lock,
		.xUnlock = fault_unlock,
		.xCheckReservedLock = fault_reserved,
		.xFileControl = fault_control,
		.xSectorSize = fault_sector,
		.xDeviceCharacteristics = fault_traits,
		.xShmMap = fault_shm_map,
		.xShmLock = fault_shm_lock,
		.xShmBarrier = fault_shm_barrier,
		.xShmUnmap = fault_shm_unmap,
	};
	struct fault_file *self = (struct fault_file *)file;
	int code = SQLITE_OK;

	(void)vfs;
	file->pMethods = NULL;
	self->real = (sqlite3_file *)(self + 1);
	memset(self->real, 0, (size_t)fault_below->szOsFile);
	if ((flags & SQLITE_OPEN_CREATE) && (!path || access(path, F_OK)))
		code = fault_of(FAULT_CREATE);
	if (code == SQLITE_OK)
		code = fault_below->xOpen(fault_below, path, self->real, flags,
					  ret_flags);
	if (self->real->pMethods)
		file->pMethods = &methods;
	return code;
}

static inline int fault_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	int code = fault_of(FAULT_DELETE);

	(void)vfs;
	return code ? code : fault_below->xDelete(fault_below, path, sync);
}

/* Once per process, before it opens a database. */
static inline int fault_vfs_register(void)
{
	static sqlite3_vfs vfs;

	fault_below = sqlite3_vfs_find(NULL);
	vfs = *fault_below;
	vfs.zName = "fault";
	vfs.szOsFile += (int)sizeof(struct fault_file);
	vfs.xOpen = fault_open;
	vfs.xDelete = fault_delete;
	return sqlite3_vfs_register(&vfs, 1);
}

#endif
