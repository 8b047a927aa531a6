/* SPDX-License-Identifier: MIT */
/* Who holds this state open, and what became of it. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "util/time.h"

void hyp_process_clear(struct hyp_process *process)
{
	free(process->program);
	free(process->endpoint);
	memset(process, 0, sizeof(*process));
}

int hyp_process_insert(struct hyp_tx *tx, const struct hyp_proc_id *proc,
		       const char *program, int64_t *ret_id, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "INSERT INTO process (pid, start, boot, "
				  "program, opened_at) "
				  "VALUES (?1, ?2, ?3, ?4, ?5)",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, proc->pid);
	hyp_bind_int(stmt, 2, (int64_t)proc->start);
	hyp_bind_text(stmt, 3, proc->boot);
	hyp_bind_text(stmt, 4, program);
	hyp_bind_int(stmt, 5, hyp_now_ms());
	rc = hyp_db_run(tx->db, stmt, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(tx->db->handle);
	return rc;
}

int hyp_process_announce(struct hyp_tx *tx, int64_t id, const char *endpoint,
			 hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db, "UPDATE process SET endpoint = ?2 WHERE id = ?1", &stmt,
		err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, id);
	hyp_bind_text(stmt, 2, endpoint);
	return hyp_db_run(tx->db, stmt, err);
}

static int load(struct hyp_tx *tx, const char *sql, int64_t key,
		struct hyp_process *ret_process, hyper_error **err)
{
	struct hyp_process process = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db, sql, &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, key);
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, NULL,
				       "no process %lld", (long long)key);
	process.id = sqlite3_column_int64(stmt, 0);
	process.proc.pid = sqlite3_column_int64(stmt, 1);
	process.proc.start = (uint64_t)sqlite3_column_int64(stmt, 2);
	snprintf(process.proc.boot, sizeof(process.proc.boot), "%s",
		 (const char *)sqlite3_column_text(stmt, 3));
	rc = hyp_column_text(stmt, 4, &process.program, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 5, &process.endpoint, err);
	if (rc) {
		hyp_process_clear(&process);
		return rc;
	}
	*ret_process = process;
	return 0;
}

int hyp_process_load(struct hyp_tx *tx, int64_t id,
		     struct hyp_process *ret_process, hyper_error **err)
{
	return load(tx,
		    "SELECT id, pid, start, boot, program, endpoint "
		    "FROM process WHERE id = ?1",
		    id, ret_process, err);
}

int hyp_process_by_pid(struct hyp_tx *tx, int64_t pid,
		       struct hyp_process *ret_process, hyper_error **err)
{
	return load(tx,
		    "SELECT id, pid, start, boot, program, endpoint "
		    "FROM process WHERE pid = ?1 "
		    "ORDER BY endpoint IS NULL, id DESC LIMIT 1",
		    pid, ret_process, err);
}

/* All ints of a statement's first column, ended by 0. [new] */
static int collect(struct hyp_tx *tx, sqlite3_stmt *stmt, int64_t **ret_ids,
		   hyper_error **err)
{
	HYP_AUTOFREE int64_t *ids = calloc(1, sizeof(*ids));
	size_t n = 0;
	int rc;

	if (!ids)
		return hyp_nomem(err);
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		int64_t *more = realloc(ids, (n + 2) * sizeof(*ids));

		if (!more)
			return hyp_nomem(err);
		ids = more;
		ids[n++] = sqlite3_column_int64(stmt, 0);
		ids[n] = 0;
	}
	if (rc < 0)
		return rc;
	*ret_ids = hyp_steal(&ids);
	return 0;
}

int hyp_process_owners(struct hyp_tx *tx, int64_t **ret_ids, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT id FROM process UNION "
				  "SELECT owner FROM operation "
				  "WHERE state <= 2",
				  &stmt, err);

	return rc ? rc : collect(tx, stmt, ret_ids, err);
}

int hyp_op_of_owner(struct hyp_tx *tx, int64_t owner, int64_t **ret_ids,
		    hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT id FROM operation "
				  "WHERE owner = ?1 AND state <= 2 ORDER BY id",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, owner);
	return collect(tx, stmt, ret_ids, err);
}

int hyp_process_delete(struct hyp_tx *tx, int64_t id, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db, "DELETE FROM process WHERE id = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, id);
	return hyp_db_run(tx->db, stmt, err);
}
