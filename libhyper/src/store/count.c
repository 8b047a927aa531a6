/* SPDX-License-Identifier: MIT */
/* How many there are of what: numbers for those who watch a server. */
#include "store/count.h"

#include "store/db.h"

/* A statement with the columns name, state and value. */
static int count(struct hyp_tx *tx, const char *sql, hyp_count_fn *each,
		 void *data, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db, sql, &stmt, err);

	while (rc == 0 && (rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		rc = name ? 0 : hyp_nomem(err);
		if (name)
			each(data, name, sqlite3_column_int(stmt, 1),
			     sqlite3_column_int64(stmt, 2));
	}
	return rc;
}

int hyp_machine_count(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		      hyper_error **err)
{
	return count(tx,
		     "SELECT type, state, count(*) FROM machine "
		     "GROUP BY type, state",
		     each, data, err);
}

int hyp_op_count_open(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		      hyper_error **err)
{
	return count(tx,
		     "SELECT kind, state, count(*) FROM operation "
		     "WHERE state <= 2 GROUP BY kind, state",
		     each, data, err);
}

int hyp_op_count_ended(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		       hyper_error **err)
{
	return count(
		tx,
		"SELECT substr(key, 9), substr(key, 7, 1), value FROM meta "
		"WHERE key >= 'ended ' AND key < 'ended!'",
		each, data, err);
}

int hyp_op_count_end(struct hyp_tx *tx, uint64_t id, int state,
		     hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (state <= HYPER_OP_RUNNING)
		return 0;
	rc = hyp_db_statement(
		tx->db,
		"INSERT INTO meta SELECT 'ended ' || ?2 || ' ' || kind, '1' "
		"FROM operation WHERE id = ?1 AND state <= 2 "
		"ON CONFLICT (key) DO UPDATE SET value = value + 1",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)id);
	hyp_bind_int(stmt, 2, state);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_driver_count(struct hyp_tx *tx, hyp_count_fn *each, void *data,
		     hyper_error **err)
{
	return count(tx,
		     "SELECT name, reason IS NULL AND "
		     "observed_at >= (unixepoch() - 30) * 1000, observed_at "
		     "FROM driver WHERE EXISTS "
		     "(SELECT 1 FROM machine WHERE type = name)",
		     each, data, err);
}

int hyp_store_touch(struct hyp_tx *tx, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db, "UPDATE meta SET value = value WHERE key = 'instance'",
		&stmt, err);

	return rc ? rc : hyp_db_run(tx->db, stmt, err);
}

const char *hyp_store_sqlite_version(void)
{
	return sqlite3_libversion();
}
