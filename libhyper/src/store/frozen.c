/* SPDX-License-Identifier: MIT */
/*
 * Reading where nothing can be written. In WAL mode even a reader needs a file
 * beside the database; on a disk that is full, or read-only, it cannot be made
 * unless some other process has it open already. What is there shall be read
 * all the same: alone with the database, SQLite has that file in memory, and
 * who comes meanwhile waits as for a writer; and what cannot change needs none.
 */
#include "store/db.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

/* SQLite maps its index, and makes sure that the last byte of each of its pages
 * has a place. Where a page is several blocks, the others have none: to touch
 * them when the disk is full is the end of the process, by SIGBUS. (What is
 * kept for root does not count: ext4 keeps some for itself besides, and tells
 * of both together.) */
#define PAGE	 4096
#define ROOM_MIN 65536
/* How often to look whether who has it alone has left, ms. */
#define TRY_INTERVAL 20
#define TRIES	     250

int hyp_db_check_room(const char *path, hyper_error **err)
{
	struct statvfs fs;

	if (statvfs(path, &fs) || fs.f_frsize >= PAGE ||
	    fs.f_bavail * fs.f_frsize >= ROOM_MIN)
		return 0;
	errno = ENOSPC;
	return hyp_errno(err, "database %s", path);
}

/* Without opening it; see prepare_file() in store.c. Also a file system that
 * still says it could be written to may not be. */
static bool is_read_only(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && chmod(path, st.st_mode & 07777) < 0 &&
	       errno == EROFS;
}

/* Is all of it in the one file? */
static bool is_whole(const char *path)
{
	HYP_AUTOBUF wal = HYP_BUF_INIT;
	struct stat st;

	hyp_buf_addf(&wal, "%s-wal", path);
	return !wal.failed && (stat(wal.data, &st) || st.st_size == 0);
}

static int open_still(const char *path, struct hyp_db *db, hyper_error **err)
{
	HYP_AUTOFREE char *name = hyp_percent_encode(path, "/");
	HYP_AUTOBUF uri = HYP_BUF_INIT;

	if (name)
		hyp_buf_addf(&uri, "file:%s?immutable=1", name);
	if (!name || uri.failed)
		return hyp_nomem(err);
	return hyp_db_open(uri.data, HYP_DB_READ, db, err);
}

/* Whoever has it open has that file, too. */
static int open_full(const char *path, struct hyp_db *db, hyper_error **err)
{
	HYP_AUTOERROR *error = NULL;
	int rc = HYPER_ERR_BUSY;

	for (int i = 0; i < TRIES && rc == HYPER_ERR_BUSY; i++) {
		if (i > 0)
			hyp_sleep_ms(TRY_INTERVAL);
		rc = hyp_db_open(path, HYP_DB_ALONE, db, &error);
		if (rc == HYPER_ERR_BUSY)
			rc = hyp_db_open(path, HYP_DB_BESIDE, db, &error);
	}
	if (rc)
		hyp_error_move(err, &error);
	return rc;
}

int hyp_db_open_frozen(const char *path, struct hyp_db *db, hyper_error **err)
{
	int rc;

	if (!is_read_only(path))
		rc = open_full(path, db, err);
	else if (is_whole(path))
		rc = open_still(path, db, err);
	else /* the files beside it are as somebody left them */
		rc = hyp_db_open(path, HYP_DB_READ, db, err);
	if (rc == 0)
		db->frozen = true;
	return rc;
}
