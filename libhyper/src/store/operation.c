/* SPDX-License-Identifier: MIT */
/* Operations in the database. */
#include "store/store.h"

#include <string.h>

#include "core/operation.h"
#include "json/json.h"
#include "store/db.h"
#include "store/page.h"
#include "util/time.h"

#define SHOWN                                                                  \
	"id, kind, state, type, machine, image, done, total, step, "           \
	"error, created_at, started_at, ended_at, program, pid, "              \
	"uid, actor"
#define KEPT "queue, uuid, path, flags, timeout, owner"

void hyp_op_row_clear(struct hyp_op_row *row)
{
	hyper_operation_free(row->shown);
	free(row->queue);
	free(row->uuid);
	free(row->path);
	memset(row, 0, sizeof(*row));
}

int hyp_op_insert(struct hyp_tx *tx, struct hyp_op_row *row, hyper_error **err)
{
	hyper_operation *op = row->shown;
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db,
		"INSERT INTO operation (kind, state, type, machine, image, "
		"queue, uuid, path, flags, timeout, owner, created_at, "
		"program, pid, uid, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12, ?13, nullif(?14, 0), nullif(?15, -1), "
		"?16)",
		&stmt, err);

	if (rc)
		return rc;
	op->created_at = hyp_now_ms();
	hyp_bind_text(stmt, 1, op->kind);
	hyp_bind_int(stmt, 2, op->state);
	hyp_bind_text(stmt, 3, op->type);
	hyp_bind_text(stmt, 4, op->machine);
	hyp_bind_text(stmt, 5, op->image);
	hyp_bind_text(stmt, 6, row->queue);
	hyp_bind_text(stmt, 7, row->uuid);
	hyp_bind_text(stmt, 8, row->path);
	hyp_bind_int(stmt, 9, row->flags);
	hyp_bind_int(stmt, 10, row->timeout_ms);
	hyp_bind_int(stmt, 11, row->owner);
	hyp_bind_int(stmt, 12, op->created_at);
	hyp_bind_text(stmt, 13, op->program);
	hyp_bind_int(stmt, 14, op->pid);
	hyp_bind_int(stmt, 15, hyper_operation_uid(op));
	hyp_bind_text(stmt, 16, op->actor);
	rc = hyp_db_run(tx->db, stmt, err);
	if (rc == 0)
		op->id = (uint64_t)sqlite3_last_insert_rowid(tx->db->handle);
	return rc;
}

int hyp_op_update(struct hyp_tx *tx, const hyper_operation *op,
		  hyper_error **err)
{
	HYP_AUTOFREE char *error = NULL;
	sqlite3_stmt *stmt;
	int rc =
		hyp_db_statement(tx->db,
				 "UPDATE operation SET state = ?2, error = ?3, "
				 "started_at = ?4, ended_at = ?5, "
				 /* What is done is all done. */
				 "done = iif(?2 = 3 AND total, total, done) "
				 "WHERE id = ?1",
				 &stmt, err);

	if (rc == 0 && op->error && hyp_json_problem(op->error, NULL, &error))
		rc = hyp_nomem(err);
	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)op->id);
	hyp_bind_int(stmt, 2, op->state);
	hyp_bind_text(stmt, 3, error);
	hyp_bind_int(stmt, 4, op->started_at);
	hyp_bind_int(stmt, 5, op->ended_at);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_op_progress(struct hyp_tx *tx, uint64_t id, uint64_t done,
		    uint64_t total, const char *step, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db,
		"UPDATE operation SET done = ?2, total = ?3, step = ?4 "
		"WHERE id = ?1",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)id);
	hyp_bind_int(stmt, 2, (int64_t)done);
	hyp_bind_int(stmt, 3, (int64_t)total);
	hyp_bind_text(stmt, 4, step);
	return hyp_db_run(tx->db, stmt, err);
}

static int read_op(sqlite3_stmt *stmt, hyper_operation **ret_op,
		   hyper_error **err)
{
	HYP_CLEANUP(hyper_operation_free_p)
	hyper_operation *op = calloc(1, sizeof(*op));
	const char *problem;
	int rc;

	if (!op)
		return hyp_nomem(err);
	op->id = (uint64_t)sqlite3_column_int64(stmt, 0);
	rc = hyp_column_text(stmt, 1, &op->kind, err);
	op->state = sqlite3_column_int(stmt, 2);
	if (rc == 0)
		rc = hyp_column_text(stmt, 3, &op->type, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 4, &op->machine, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 5, &op->image, err);
	op->done = (uint64_t)sqlite3_column_int64(stmt, 6);
	op->total = (uint64_t)sqlite3_column_int64(stmt, 7);
	if (rc == 0)
		rc = hyp_column_text(stmt, 8, &op->step, err);
	if (rc)
		return rc;
	problem = (const char *)sqlite3_column_text(stmt, 9);
	if (problem) {
		op->error = hyp_json_read_problem(problem, strlen(problem), 0);
		if (!op->error)
			return hyp_nomem(err);
	}
	op->created_at = sqlite3_column_int64(stmt, 10);
	op->started_at = sqlite3_column_int64(stmt, 11);
	op->ended_at = sqlite3_column_int64(stmt, 12);
	rc = hyp_column_text(stmt, 13, &op->program, err);
	if (rc)
		return rc;
	op->pid = sqlite3_column_int64(stmt, 14);
	if (sqlite3_column_type(stmt, 15) != SQLITE_NULL)
		op->uid_1 = sqlite3_column_int64(stmt, 15) + 1;
	rc = hyp_column_text(stmt, 16, &op->actor, err);
	if (rc)
		return rc;
	*ret_op = hyp_steal(&op);
	return 0;
}

/* The row of an operation in a statement by its id. */
static int find(struct hyp_tx *tx, const char *sql, uint64_t id,
		sqlite3_stmt **stmt, hyper_error **err)
{
	int rc = hyp_db_statement(tx->db, sql, stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(*stmt, 1, (int64_t)id);
	rc = hyp_db_step(tx->db, *stmt, err);
	if (rc < 0)
		return rc;
	return rc == 1 ? 0 : hyp_operation_unknown(id, err);
}

int hyp_op_load(struct hyp_tx *tx, uint64_t id, hyper_operation **ret_op,
		hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = find(tx, "SELECT " SHOWN " FROM operation WHERE id = ?1", id,
		      &stmt, err);

	return rc ? rc : read_op(stmt, ret_op, err);
}

int hyp_op_load_row(struct hyp_tx *tx, uint64_t id, struct hyp_op_row *ret_row,
		    hyper_error **err)
{
	struct hyp_op_row row = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = find(tx,
		      "SELECT " SHOWN ", " KEPT " FROM operation WHERE id = ?1",
		      id, &stmt, err);

	if (rc == 0)
		rc = read_op(stmt, &row.shown, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 17, &row.queue, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 18, &row.uuid, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 19, &row.path, err);
	if (rc) {
		hyp_op_row_clear(&row);
		return rc;
	}
	row.action = hyp_action_parse(row.shown->kind);
	row.flags = (uint32_t)sqlite3_column_int64(stmt, 20);
	row.timeout_ms = (uint32_t)sqlite3_column_int64(stmt, 21);
	row.owner = sqlite3_column_int64(stmt, 22);
	*ret_row = row;
	return 0;
}

static int add_row(void *list, sqlite3_stmt *stmt, hyper_error **err)
{
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	hyper_operations *ops = list;
	int rc = read_op(stmt, &op, err);

	if (rc)
		return rc;
	if (hyp_list_add(&ops->list, op))
		return hyp_nomem(err);
	op = NULL;
	return 0;
}

int hyp_op_query(struct hyp_tx *tx, const hyper_query *query,
		 hyper_operations **ret_ops, hyper_error **err)
{
	static const struct hyp_page page = {
		.noun = &hyp_noun_operation,
		.columns = SHOWN,
		.from = "operation",
		.add_row = add_row,
	};
	HYP_CLEANUP(hyper_operations_free_p)
	hyper_operations *ops = hyp_operations_new();
	int rc;

	if (!ops)
		return hyp_nomem(err);
	rc = hyp_page_run(tx, &page, query, ops, &ops->list, err);
	if (rc)
		return rc;
	*ret_ops = hyp_steal(&ops);
	return 0;
}

int hyp_op_cancel(struct hyp_tx *tx, uint64_t id, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db, "UPDATE operation SET cancel = 1 WHERE id = ?1", &stmt,
		err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)id);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_op_cancel_owner(struct hyp_tx *tx, int64_t owner, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "UPDATE operation SET cancel = 1 "
				  "WHERE owner = ?1 AND state <= 2",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, owner);
	return hyp_db_run(tx->db, stmt, err);
}

/*
 * Stop with force does not wait for starts and for stops that are without;
 * remove with force waits for nothing. But the same thing is not done twice:
 * who wants what is under way already, with force, waits for that. (Operation
 * 1 has nothing to overtake, so that its number is free for HYP_BY_REQUEST.)
 */
int hyp_op_overtake(struct hyp_tx *tx, const struct hyp_op_row *row,
		    hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db,
		"UPDATE operation SET cancel = ?1 "
		"WHERE queue = ?2 AND id < ?1 AND state <= 2 AND cancel = 0 "
		"AND (kind <> ?3 OR flags & ?4 = 0) "
		"AND (?3 = 'remove' OR kind IN ('start', 'stop'))",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)row->shown->id);
	hyp_bind_text(stmt, 2, row->queue);
	hyp_bind_text(stmt, 3, row->shown->kind);
	hyp_bind_int(stmt, 4, HYPER_FORCE);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_op_cancelled(struct hyp_tx *tx, uint64_t id, uint64_t *ret_by,
		     hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = find(tx, "SELECT cancel FROM operation WHERE id = ?1", id,
		      &stmt, err);

	if (rc == 0)
		*ret_by = (uint64_t)sqlite3_column_int64(stmt, 0);
	return rc;
}

int hyp_op_head(struct hyp_tx *tx, const char *queue, uint64_t *ret_id,
		int64_t *ret_owner, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		tx->db,
		"SELECT id, owner FROM operation "
		"WHERE queue = ?1 AND state <= 2 ORDER BY id LIMIT 1",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, queue);
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	*ret_id = rc ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	*ret_owner = rc ? sqlite3_column_int64(stmt, 1) : 0;
	return 0;
}

int hyp_op_is_open(struct hyp_tx *tx, uint64_t id, int64_t owner,
		   bool *ret_open, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT state <= 2 AND owner = ?2 "
				  "FROM operation WHERE id = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)id);
	hyp_bind_int(stmt, 2, owner);
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	*ret_open = rc && sqlite3_column_int(stmt, 0);
	return 0;
}

int hyp_op_failed_adds(struct hyp_tx *tx, int64_t since, struct hyp_strv *names,
		       hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	/* Among the newest: there is no index for it. */
	int rc = hyp_db_statement(
		tx->db,
		"SELECT DISTINCT type FROM operation WHERE kind = 'add' "
		"AND state > 3 AND ended_at > ?1 AND id > "
		"(SELECT max(id) - 1000 FROM operation)",
		&stmt, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(stmt, 1, since);
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		const char *type = (const char *)sqlite3_column_text(stmt, 0);

		if (!type ||
		    (!hyp_strv_has(names, type) && hyp_strv_add(names, type)))
			return hyp_nomem(err);
	}
	return rc;
}

int hyp_op_is_failed_add(struct hyp_tx *tx, const char *machine,
			 const char *uuid, bool *ret_failed, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		tx->db,
		"SELECT 1 FROM operation WHERE machine = ?1 AND uuid = ?2 "
		"AND kind = 'add' AND state > 3 AND NOT EXISTS "
		"(SELECT 1 FROM machine WHERE uuid = ?2)",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, machine);
	hyp_bind_text(stmt, 2, uuid);
	rc = hyp_db_step(tx->db, stmt, err);
	*ret_failed = rc == 1;
	return rc < 0 ? rc : 0;
}

int hyp_op_set_owner(struct hyp_tx *tx, uint64_t id, int64_t owner,
		     hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db, "UPDATE operation SET owner = ?2 WHERE id = ?1", &stmt,
		err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)id);
	hyp_bind_int(stmt, 2, owner);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_op_trim(struct hyp_tx *tx, int64_t before, hyper_error **err)
{
	/* Rows are in the order of time: only the oldest need a look, and
	 * nobody waits for a long history to go. */
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db,
		"DELETE FROM operation WHERE state > 2 AND ended_at < ?1 AND "
		"id IN (SELECT id FROM operation ORDER BY id LIMIT 1000)",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, before);
	return hyp_db_run(tx->db, stmt, err);
}
