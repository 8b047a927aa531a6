/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log.h"
#include "store/db.h"
#include "store/migrate.h"
#include "util/env.h"
#include "util/time.h"

/* Readers that are kept open for the next one. */
#define IDLE_MAX 32

/* How many events are kept, and how long operations after they have ended,
 * unless the environment says so. */
#define EVENTS_KEEP	    100000
#define EVENTS_KEEP_MAX	    1000000000
#define OPERATIONS_KEEP	    7 /* days */
#define OPERATIONS_KEEP_MAX 36500
#define DAY		    (24LL * 3600 * 1000)

/* How long a reader believes that the file is still there, ms. */
#define PLACE_BELIEVED 100

struct hyp_store {
	char *path;
	_Atomic dev_t dev; /* which file it was when it was opened */
	_Atomic ino_t ino;
	_Atomic int64_t place_seen; /* when it was found there, ms */
	bool readonly;
	_Atomic bool frozen; /* nothing can be written, not even to read */
	char instance[HYP_UUID_SIZE];
	int64_t events_keep;
	int64_t operations_keep;
	/* Held for the length of a write transaction. */
	pthread_mutex_t write_lock;
	struct hyp_db writer;
	pthread_mutex_t pool_lock;
	struct hyp_db *idle[IDLE_MAX];
	size_t idle_count;
};

const char *hyp_store_instance(const struct hyp_store *store)
{
	return store->instance;
}

int64_t hyp_store_events_keep(const struct hyp_store *store)
{
	return store->events_keep;
}

int64_t hyp_store_operations_keep(const struct hyp_store *store)
{
	return store->operations_keep * DAY;
}

static int read_limit(const char *name, int64_t usual, uint64_t max,
		      int64_t *ret_limit, hyper_error **err)
{
	const char *text = hyp_getenv(name);
	uint64_t keep = (uint64_t)usual;

	if (text && (hyp_parse_uint(text, max, &keep) || !keep))
		return hyper_error_set(err, HYPER_ERR_INVALID, name,
				       "%s is '%.100s': must be 1 to %llu",
				       name, text, (unsigned long long)max);
	*ret_limit = (int64_t)keep;
	return 0;
}

static int read_limits(struct hyp_store *store, hyper_error **err)
{
	int rc = read_limit("HYPER_EVENTS_KEEP", EVENTS_KEEP, EVENTS_KEEP_MAX,
			    &store->events_keep, err);

	return rc ? rc
		  : read_limit("HYPER_OPERATIONS_KEEP", OPERATIONS_KEEP,
			       OPERATIONS_KEEP_MAX, &store->operations_keep,
			       err);
}

/* Read the instance; a new database has none and gets one. */
static int load_instance(struct hyp_store *store, struct hyp_db *db,
			 hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		db, "SELECT value FROM meta WHERE key = 'instance'", &stmt,
		err);

	if (rc == 0)
		rc = hyp_db_step(db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return HYPER_ERR_NOT_FOUND;
	snprintf(store->instance, sizeof(store->instance), "%s",
		 (const char *)sqlite3_column_text(stmt, 0));
	return 0;
}

static int make_instance(struct hyp_store *store, hyper_error **err)
{
	char uuid[HYP_UUID_SIZE];
	HYP_AUTOTX tx = HYP_TX_INIT;
	HYP_AUTOSTMT *stmt = NULL;
	int rc;

	if (hyp_uuid(uuid))
		return hyp_errno(err, "cannot make a uuid");
	rc = hyp_tx_write(store, &tx, err);
	if (rc == 0)
		rc = hyp_db_statement(tx.db,
				      "INSERT OR IGNORE INTO meta VALUES "
				      "('instance', ?1), ('created_at', ?2)",
				      &stmt, err);
	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, uuid);
	hyp_bind_int(stmt, 2, hyp_now_ms());
	rc = hyp_db_run(tx.db, stmt, err);
	if (rc == 0)
		rc = load_instance(store, tx.db, err);
	return rc ? rc : hyp_tx_commit(&tx, err);
}

/*
 * A file that is not there yet is made private before SQLite finds it; the
 * files beside it get its mode. It is never opened here: to close it would end
 * the locks that other connections of this process have on it (fcntl(2)), and
 * the next process to go would delete the log under them.
 */
static int prepare_file(struct hyp_store *store, bool readonly,
			hyper_error **err)
{
	struct stat st;

	if (!readonly && mknod(store->path, S_IFREG | 0600, 0) &&
	    errno != EEXIST)
		return hyp_errno(err, "cannot make %s", store->path);
	if (lstat(store->path, &st) ||
	    faccessat(AT_FDCWD, store->path, R_OK | (readonly ? 0 : W_OK),
		      AT_EACCESS))
		return hyp_errno(err, "cannot open %s", store->path);
	store->dev = st.st_dev;
	store->ino = st.st_ino;
	return 0;
}

/* What is written to a file without a name is lost, whatever SQLite says, and
 * a reader that is opened now would find another one. */
static int check_place(struct hyp_store *store, hyper_error **err)
{
	const int64_t now = hyp_mono_ms();
	struct stat st;

	if (stat(store->path, &st) == 0 && st.st_dev == store->dev &&
	    st.st_ino == store->ino) {
		store->place_seen = now;
		return 0;
	}
	store->place_seen = 0;
	return hyper_error_set(err, HYPER_ERR_IO, NULL,
			       "database %s was removed or replaced while it "
			       "was open: start this program anew",
			       store->path);
}

/* To look takes a fifth of a short read, and nothing is lost by it. */
static int check_place_to_read(struct hyp_store *store, hyper_error **err)
{
	return hyp_mono_ms() < store->place_seen + PLACE_BELIEVED
		       ? 0
		       : check_place(store, err);
}

/* A newer hyper may have brought the database to its version under us: what
 * holds there we do not know. The statement is left where it has its row: as
 * long as it is, all that is read is of one moment. [borrowed from db] */
static int hold_version(struct hyp_db *db, sqlite3_stmt **ret_stmt,
			hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(db, "PRAGMA user_version", &stmt, err);

	if (rc == 0)
		rc = hyp_db_step(db, stmt, err);
	if (rc < 0)
		return rc;
	if (sqlite3_column_int(stmt, 0) != hyp_schema_version)
		return hyper_error_set(
			err, HYPER_ERR_NOT_SUPPORTED, NULL,
			"a newer hyper has brought the database to version %d, "
			"this one knows %d: start this program anew, with the "
			"newer hyper",
			sqlite3_column_int(stmt, 0), hyp_schema_version);
	*ret_stmt = hyp_steal(&stmt);
	return 0;
}

static int check_version(struct hyp_db *db, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;

	return hold_version(db, &stmt, err);
}

/* Read-only: what cannot be migrated must be there already. */
static int open_writer(struct hyp_store *store, hyper_error **err)
{
	int rc = prepare_file(store, store->readonly, err);

	if (rc == 0)
		rc = hyp_db_check_room(store->path, err);
	if (rc == 0)
		rc = hyp_db_open(store->path, store->readonly, &store->writer,
				 err);
	if (rc == 0)
		rc = hyp_migrate(&store->writer, store->path, hyp_migrations,
				 hyp_schema_version, err);
	if (rc)
		hyp_db_close(&store->writer);
	return rc;
}

/* A disk in trouble: what is there can be read, if it is of our version. */
static int open_frozen(struct hyp_store *store)
{
	struct hyp_db db;
	int rc = prepare_file(store, true, NULL);

	if (rc == 0)
		rc = hyp_db_open_frozen(store->path, &db, NULL);
	if (rc)
		return rc;
	rc = check_version(&db, NULL);
	if (rc == 0)
		rc = load_instance(store, &db, NULL);
	hyp_db_close(&db);
	store->frozen = rc == 0;
	return rc;
}

static int open_any(struct hyp_store *store, hyper_error **err)
{
	HYP_AUTOERROR *error = NULL;
	int rc = open_writer(store, &error);

	if ((rc == HYPER_ERR_IO || rc == HYPER_ERR_DENIED) &&
	    open_frozen(store) == 0) {
		hyp_warn("it can only be read: %s", hyper_error_message(error));
		return 0;
	}
	if (rc) {
		hyp_error_move(err, &error);
		return rc;
	}
	rc = load_instance(store, &store->writer, err);
	return rc == HYPER_ERR_NOT_FOUND ? make_instance(store, err) : rc;
}

int hyp_store_open(const char *path, bool readonly,
		   struct hyp_store **ret_store, hyper_error **err)
{
	struct hyp_store *store = calloc(1, sizeof(*store));
	int rc;

	if (!store)
		return hyp_nomem(err);
	pthread_mutex_init(&store->write_lock, NULL);
	pthread_mutex_init(&store->pool_lock, NULL);
	store->readonly = readonly;
	store->path = strdup(path);
	rc = store->path ? read_limits(store, err) : hyp_nomem(err);
	if (rc == 0)
		rc = open_any(store, err);
	if (rc) {
		hyp_store_close(store);
		return rc;
	}
	*ret_store = store;
	return 0;
}

void hyp_store_close(struct hyp_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->idle_count; i++) {
		hyp_db_close(store->idle[i]);
		free(store->idle[i]);
	}
	hyp_db_close(&store->writer);
	pthread_mutex_destroy(&store->write_lock);
	pthread_mutex_destroy(&store->pool_lock);
	free(store->path);
	free(store);
}

static int begin(struct hyp_db *db, const char *sql, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(db, sql, &stmt, err);

	return rc ? rc : hyp_db_run(db, stmt, err);
}

int hyp_tx_write(struct hyp_store *store, struct hyp_tx *tx, hyper_error **err)
{
	int rc;

	if (store->readonly)
		return hyper_error_set(err, HYPER_ERR_DENIED, NULL,
				       "the connection is read-only");
	rc = check_place(store, err);
	if (rc == 0)
		rc = hyp_db_check_room(store->path, err);
	if (rc)
		return rc;
	pthread_mutex_lock(&store->write_lock);
	/* There may be room by now. */
	if (store->frozen) {
		rc = open_writer(store, err);
		store->frozen = rc != 0;
	}
	if (rc == 0)
		rc = begin(&store->writer, "BEGIN IMMEDIATE", err);
	if (rc) {
		pthread_mutex_unlock(&store->write_lock);
		return rc;
	}
	*tx = (struct hyp_tx){ store, &store->writer, NULL };
	rc = check_version(tx->db, err);
	if (rc)
		hyp_tx_end(tx);
	return rc;
}

static void put_reader(struct hyp_store *store, struct hyp_db *db)
{
	pthread_mutex_lock(&store->pool_lock);
	if (!db->frozen && store->idle_count < IDLE_MAX) {
		store->idle[store->idle_count++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&store->pool_lock);
	if (db) {
		hyp_db_close(db);
		free(db);
	}
}

static int open_reader(struct hyp_store *store, struct hyp_db *db,
		       hyper_error **err)
{
	HYP_AUTOERROR *error = NULL;
	int rc = 0;

	if (store->frozen)
		rc = hyp_db_check_room(store->path, NULL);
	if (rc == 0)
		rc = hyp_db_open(store->path, store->readonly, db, &error);
	if (rc && store->frozen)
		return hyp_db_open_frozen(store->path, db, err);
	if (rc)
		hyp_error_move(err, &error);
	return rc;
}

static int get_reader(struct hyp_store *store, struct hyp_db **ret_db,
		      hyper_error **err)
{
	struct hyp_db *db = NULL;
	int rc;

	pthread_mutex_lock(&store->pool_lock);
	if (store->idle_count > 0)
		db = store->idle[--store->idle_count];
	pthread_mutex_unlock(&store->pool_lock);
	if (!db) {
		db = calloc(1, sizeof(*db));
		rc = db ? check_place(store, err) : hyp_nomem(err);
		if (rc == 0)
			rc = open_reader(store, db, err);
		if (rc) {
			free(db);
			return rc;
		}
	}
	*ret_db = db;
	return 0;
}

int hyp_tx_read(struct hyp_store *store, struct hyp_tx *tx, hyper_error **err)
{
	struct hyp_db *db = NULL;
	sqlite3_stmt *snapshot = NULL;
	int rc = check_place_to_read(store, err);

	if (rc == 0)
		rc = get_reader(store, &db, err);
	if (rc)
		return rc;
	rc = hold_version(db, &snapshot, err);
	if (rc)
		put_reader(store, db);
	else
		*tx = (struct hyp_tx){ store, db, snapshot };
	return rc;
}

static void release(struct hyp_tx *tx)
{
	if (tx->snapshot)
		put_reader(tx->store, tx->db);
	else
		pthread_mutex_unlock(&tx->store->write_lock);
	tx->db = NULL;
}

int hyp_tx_commit(struct hyp_tx *tx, hyper_error **err)
{
	int rc = begin(tx->db, "COMMIT", err);

	if (rc == 0)
		release(tx);
	return rc;
}

void hyp_tx_end(struct hyp_tx *tx)
{
	hyper_error *err = NULL;

	if (!tx->db)
		return;
	/* After some errors SQLite has rolled back already; then this fails,
	 * and nothing is lost. */
	if (tx->snapshot)
		sqlite3_reset(tx->snapshot);
	else
		begin(tx->db, "ROLLBACK", &err);
	hyper_error_free(err);
	release(tx);
}
