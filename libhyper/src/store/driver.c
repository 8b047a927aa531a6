/* SPDX-License-Identifier: MIT */
/* What is known of drivers and their engines. */
#include "store/store.h"

#include "store/db.h"

/* Whether a driver could not be asked when it was last noted. */
static int was_lost(struct hyp_tx *tx, const char *driver, bool *ret_lost,
		    hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT 1 FROM driver "
				  "WHERE name = ?1 AND reason IS NOT NULL",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	rc = hyp_db_step(tx->db, stmt, err);
	*ret_lost = rc == 1;
	return rc < 0 ? rc : 0;
}

int hyp_driver_seen(struct hyp_tx *tx, const char *driver, int64_t at,
		    const char *reason, hyper_error **err)
{
	sqlite3_stmt *stmt;
	bool lost = false;
	int rc = was_lost(tx, driver, &lost, err);

	if (rc == 0)
		rc = hyp_db_statement(tx->db,
				      "INSERT INTO driver (name, observed_at, "
				      "reason) VALUES (?1, ?2, ?3) "
				      "ON CONFLICT (name) DO UPDATE SET reason "
				      "= excluded.reason, "
				      /* Not the greater one: the clock may have
					 been ahead. */
				      "observed_at = iif(excluded.observed_at, "
				      "excluded.observed_at, observed_at)",
				      &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	hyp_bind_int(stmt, 2, at);
	hyp_bind_text(stmt, 3, reason);
	rc = hyp_db_run(tx->db, stmt, err);
	if (rc || lost == (reason != NULL))
		return rc;
	return hyp_event_insert_driver(
		tx, reason ? "driver-lost" : "driver-back", driver, err);
}

int hyp_driver_engine(struct hyp_tx *tx, const char *driver, char **ret_engine,
		      hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT engine FROM driver WHERE name = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	rc = hyp_db_step(tx->db, stmt, err);
	return rc == 1 ? hyp_column_text(stmt, 0, ret_engine, err) : rc;
}

int hyp_driver_set_engine(struct hyp_tx *tx, const char *driver,
			  const char *engine, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db,
		"INSERT INTO driver (name, observed_at, engine) "
		"VALUES (?1, 0, ?2) "
		"ON CONFLICT (name) DO UPDATE SET engine = excluded.engine",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	hyp_bind_text(stmt, 2, engine);
	return hyp_db_run(tx->db, stmt, err);
}
