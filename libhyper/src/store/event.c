/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include "store/db.h"
#include "util/time.h"

int hyp_event_insert(struct hyp_tx *tx, const char *kind, const char *machine,
		     uint64_t op, int state, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "INSERT INTO event (at, kind, machine, "
				  "operation, state) VALUES (?1, ?2, ?3, "
				  "nullif(?4, 0), nullif(?5, 0))",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, hyp_now_ms());
	hyp_bind_text(stmt, 2, kind);
	hyp_bind_text(stmt, 3, machine);
	hyp_bind_int(stmt, 4, (int64_t)op);
	hyp_bind_int(stmt, 5, state);
	return hyp_db_run(tx->db, stmt, err);
}
