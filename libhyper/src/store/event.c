/* SPDX-License-Identifier: MIT */
/* Events in the database. seq is given under SQLite's one write lock, and a
 * rollback gives it back: so what is committed has no gap, and what is seen
 * never gets older events behind it. */
#include "store/store.h"

#include <string.h>

#include "core/event.h"
#include "store/db.h"
#include "util/time.h"

/* As many as one event may push out: after the limit was lowered, the rest
 * goes with the next ones. */
#define TRIM_MAX 64

/* Forget the oldest; from the end, so that there is never a hole. */
static int trim(struct hyp_tx *tx, int64_t newest, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "DELETE FROM event WHERE seq <= ?1 AND seq "
				  "IN (SELECT seq FROM event ORDER BY seq "
				  "LIMIT ?2)",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, newest - hyp_store_events_keep(tx->store));
	hyp_bind_int(stmt, 2, TRIM_MAX);
	return hyp_db_run(tx->db, stmt, err);
}

static int insert(struct hyp_tx *tx, const char *kind, const char *machine,
		  const char *driver, uint64_t op, int state, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "INSERT INTO event (at, kind, machine, "
				  "operation, state, driver, actor) VALUES "
				  "(?1, ?2, ?3, nullif(?4, 0), nullif(?5, 0), "
				  "?6, (SELECT actor FROM operation "
				  "WHERE id = ?4))",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, hyp_now_ms());
	hyp_bind_text(stmt, 2, kind);
	hyp_bind_text(stmt, 3, machine);
	hyp_bind_int(stmt, 4, (int64_t)op);
	hyp_bind_int(stmt, 5, state);
	hyp_bind_text(stmt, 6, driver);
	rc = hyp_db_run(tx->db, stmt, err);
	return rc ? rc
		  : trim(tx, sqlite3_last_insert_rowid(tx->db->handle), err);
}

int hyp_event_insert(struct hyp_tx *tx, const char *kind, const char *machine,
		     uint64_t op, int state, hyper_error **err)
{
	return insert(tx, kind, machine, NULL, op, state, err);
}

int hyp_event_insert_driver(struct hyp_tx *tx, const char *kind,
			    const char *driver, hyper_error **err)
{
	return insert(tx, kind, NULL, driver, 0, 0, err);
}

static int read_event(sqlite3_stmt *stmt, hyper_event *event, hyper_error **err)
{
	int state = sqlite3_column_int(stmt, 5);
	const char *name;
	int rc;

	event->seq = (uint64_t)sqlite3_column_int64(stmt, 0);
	event->at = sqlite3_column_int64(stmt, 1);
	rc = hyp_column_text(stmt, 2, &event->kind, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 3, &event->machine, err);
	event->operation = (uint64_t)sqlite3_column_int64(stmt, 4);
	if (rc == 0)
		rc = hyp_column_text(stmt, 6, &event->driver, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 7, &event->actor, err);
	if (rc)
		return rc;
	name = strcmp(event->kind, "operation-ended") == 0
		       ? hyper_op_state_name(state)
		       : hyper_state_name(state);
	return hyp_set_text(&event->state, state ? name : NULL, err);
}

/* The oldest and the newest, 0 when there is none. */
static int bounds(struct hyp_tx *tx, uint64_t *ret_oldest, uint64_t *ret_newest,
		  hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	/* Each alone is the end of the tree; both at once would be a scan. */
	int rc = hyp_db_statement(tx->db,
				  "SELECT (SELECT min(seq) FROM event), "
				  "(SELECT max(seq) FROM event)",
				  &stmt, err);

	if (rc == 0)
		rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	*ret_oldest = (uint64_t)sqlite3_column_int64(stmt, 0);
	*ret_newest = (uint64_t)sqlite3_column_int64(stmt, 1);
	return 0;
}

int hyp_event_newest(struct hyp_tx *tx, uint64_t *ret_seq, hyper_error **err)
{
	uint64_t oldest;

	return bounds(tx, &oldest, ret_seq, err);
}

int hyp_event_query(struct hyp_tx *tx, uint64_t after, uint32_t limit,
		    hyper_events **ret_events, hyper_error **err)
{
	HYP_CLEANUP(hyper_events_free_p)
	hyper_events *events = hyp_events_new();
	uint64_t oldest = 0, newest = 0;
	HYP_AUTOSTMT *stmt = NULL;
	int rc = events ? bounds(tx, &oldest, &newest, err) : hyp_nomem(err);

	if (rc == 0)
		rc = hyp_event_check(after, oldest, newest, err);
	if (rc == 0)
		rc = hyp_db_statement(tx->db,
				      "SELECT seq, at, kind, machine, "
				      "operation, state, driver, actor "
				      "FROM event "
				      "WHERE seq > ?1 ORDER BY seq LIMIT ?2",
				      &stmt, err);
	if (rc)
		return rc;
	hyp_bind_int(stmt, 1, (int64_t)after);
	hyp_bind_int(stmt, 2, limit);
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		/* The list has it before it is filled in: one owner. */
		hyper_event *event = calloc(1, sizeof(*event));

		if (!event || hyp_list_add(&events->list, event)) {
			free(event);
			return hyp_nomem(err);
		}
		rc = read_event(stmt, event, err);
		if (rc)
			return rc;
	}
	if (rc == 0)
		*ret_events = hyp_steal(&events);
	return rc;
}
