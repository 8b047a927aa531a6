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

#include "util/buf.h"
#include "util/text.h"

/* Does nobody change it, and is all of it in the one file? */
static bool is_still(const char *path)
{
	HYP_AUTOBUF wal = HYP_BUF_INIT;
	struct stat st;

	/* Without opening it; see prepare_file() in store.c. */
	if (stat(path, &st) || chmod(path, st.st_mode & 07777) == 0 ||
	    errno != EROFS)
		return false;
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

int hyp_db_open_frozen(const char *path, struct hyp_db *db, hyper_error **err)
{
	int rc = is_still(path) ? open_still(path, db, err)
				: hyp_db_open(path, HYP_DB_ALONE, db, err);

	if (rc == 0)
		db->frozen = true;
	return rc;
}
