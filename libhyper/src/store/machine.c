/* SPDX-License-Identifier: MIT */
/* Machines in the database. */
#include "store/store.h"

#include <string.h>

#include "json/json.h"
#include "store/db.h"
#include "store/page.h"
#include "util/time.h"

/* The order of parameters and of columns, everywhere below. */
#define COLUMNS_BUT(observed_at)                                               \
	"id, uuid, type, image, mem, vcpus, state, driver_state, "             \
	"state_reason, handle, " observed_at ", created_at, updated_at, "      \
	"autostart, generation, addresses, ports, env, command, "              \
	"labels, options, adopted"
#define COLUMNS	    COLUMNS_BUT("observed_at")
#define NOW_COLUMNS COLUMNS_BUT("seen_at")
#define FROM_NOW    "SELECT " NOW_COLUMNS " FROM machine_now "

/* Without news for so long, in ms, a machine is stale. A clock may be set: what
 * was seen so far in the future counts as never. */
#define STALE_AFTER  30000
#define CLOCK_MARGIN 5000

/* An empty list or map stays NULL: most are, and cost nothing to read. */
static int bind_strv(sqlite3_stmt *stmt, int index, const struct hyp_strv *strv,
		     hyper_error **err)
{
	char *json;
	int rc;

	if (strv->n == 0)
		return 0;
	rc = hyp_json_strv(strv, &json, err);
	if (rc == 0)
		sqlite3_bind_text(stmt, index, json, -1, free);
	return rc;
}

static int bind_map(sqlite3_stmt *stmt, int index, const struct hyp_map *map,
		    hyper_error **err)
{
	char *json;
	int rc;

	if (map->n == 0)
		return 0;
	rc = hyp_json_map(map, &json, err);
	if (rc == 0)
		sqlite3_bind_text(stmt, index, json, -1, free);
	return rc;
}

static int bind_ports(sqlite3_stmt *stmt, int index,
		      const struct hyp_ports *ports, hyper_error **err)
{
	char *json;
	int rc;

	if (ports->n == 0)
		return 0;
	rc = hyp_json_ports(ports, &json, err);
	if (rc == 0)
		sqlite3_bind_text(stmt, index, json, -1, free);
	return rc;
}

static int bind_machine(sqlite3_stmt *stmt, const hyper_machine *m,
			hyper_error **err)
{
	int rc;

	hyp_bind_text(stmt, 1, m->id);
	hyp_bind_text(stmt, 2, m->uuid);
	hyp_bind_text(stmt, 3, m->type);
	hyp_bind_text(stmt, 4, m->image);
	hyp_bind_int(stmt, 5, (int64_t)m->mem);
	hyp_bind_int(stmt, 6, m->vcpus);
	hyp_bind_int(stmt, 7, m->state);
	hyp_bind_text(stmt, 8, m->driver_state);
	hyp_bind_text(stmt, 9, m->state_reason);
	hyp_bind_text(stmt, 10, m->handle);
	hyp_bind_int(stmt, 11, m->observed_at);
	hyp_bind_int(stmt, 12, m->created_at);
	hyp_bind_int(stmt, 13, m->updated_at);
	hyp_bind_int(stmt, 14, m->autostart);
	hyp_bind_int(stmt, 15, (int64_t)m->generation);
	rc = bind_strv(stmt, 16, &m->addresses, err);
	if (rc == 0)
		rc = bind_ports(stmt, 17, &m->ports, err);
	if (rc == 0)
		rc = bind_map(stmt, 18, &m->env, err);
	if (rc == 0)
		rc = bind_strv(stmt, 19, &m->command, err);
	if (rc == 0)
		rc = bind_map(stmt, 20, &m->labels, err);
	if (rc == 0)
		rc = bind_map(stmt, 21, &m->options, err);
	hyp_bind_int(stmt, 22, m->adopted);
	return rc;
}

/* The JSON of a column, or NULL. [borrowed from stmt] */
static const char *json_at(sqlite3_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt, column);
}

static int read_compounds(sqlite3_stmt *stmt, hyper_machine *m,
			  hyper_error **err)
{
	const char *json;
	int rc = 0;

	if ((json = json_at(stmt, 15)))
		rc = hyp_json_read_strv(json, &m->addresses, err);
	if (rc == 0 && (json = json_at(stmt, 16)))
		rc = hyp_json_read_ports(json, &m->ports, err);
	if (rc == 0 && (json = json_at(stmt, 17)))
		rc = hyp_json_read_map(json, &m->env, err);
	if (rc == 0 && (json = json_at(stmt, 18)))
		rc = hyp_json_read_strv(json, &m->command, err);
	if (rc == 0 && (json = json_at(stmt, 19)))
		rc = hyp_json_read_map(json, &m->labels, err);
	if (rc == 0 && (json = json_at(stmt, 20)))
		rc = hyp_json_read_map(json, &m->options, err);
	return rc;
}

/* What is read in one go, and the driver of the machine before: most machines
 * of a page are of one. It is looked up here, not in the view: a join of two
 * tables takes as long as all the rest of a row. */
struct reader {
	struct hyp_tx *tx;
	hyper_machines *machines; /* where they go, or NULL */
	const char *driver;	  /* [borrowed from that machine]; NULL: none */
	int64_t seen_at;	  /* all of its machines */
	bool away;
};

static int look_up(struct reader *reader, const char *driver, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		reader->tx->db,
		"SELECT observed_at, reason IS NOT NULL FROM driver "
		"WHERE name = ?1",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	rc = hyp_db_step(reader->tx->db, stmt, err);
	if (rc < 0)
		return rc;
	/* The row of a driver that there is not is one of zeros. */
	reader->seen_at = rc ? sqlite3_column_int64(stmt, 0) : 0;
	reader->away = rc && sqlite3_column_int(stmt, 1);
	return 0;
}

static int64_t sound(int64_t at, int64_t now)
{
	return at < now + CLOCK_MARGIN ? at : 0;
}

/* As the view machine_now has it for queries: by whole seconds. */
static int read_age(struct reader *reader, int64_t seen_at, hyper_machine *m,
		    hyper_error **err)
{
	const int64_t now = hyp_now_ms() / 1000 * 1000;
	const int64_t own = sound(seen_at, now);
	int64_t all;
	int rc = 0;

	if (!reader->driver || strcmp(reader->driver, m->type) != 0)
		rc = look_up(reader, m->type, err);
	if (rc)
		return rc;
	reader->driver = m->type;
	all = sound(reader->seen_at, now);
	m->observed_at = own > all ? own : all;
	m->stale = reader->away || m->observed_at < now - STALE_AFTER;
	return 0;
}

/* One row of FROM_NOW. */
static int read_machine(struct reader *reader, sqlite3_stmt *stmt,
			hyper_machine **ret_machine, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p)
	hyper_machine *m = hyper_machine_new();
	int rc;

	if (!m)
		return hyp_nomem(err);
	rc = hyp_column_text(stmt, 0, &m->id, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 1, &m->uuid, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 2, &m->type, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 3, &m->image, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 7, &m->driver_state, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 8, &m->state_reason, err);
	if (rc == 0)
		rc = hyp_column_text(stmt, 9, &m->handle, err);
	if (rc == 0)
		rc = read_compounds(stmt, m, err);
	if (rc == 0)
		rc = read_age(reader, sqlite3_column_int64(stmt, 10), m, err);
	if (rc)
		return rc;
	m->mem = (uint64_t)sqlite3_column_int64(stmt, 4);
	m->vcpus = (uint32_t)sqlite3_column_int64(stmt, 5);
	m->state = sqlite3_column_int(stmt, 6);
	m->created_at = sqlite3_column_int64(stmt, 11);
	m->updated_at = sqlite3_column_int64(stmt, 12);
	m->autostart = sqlite3_column_int(stmt, 13) != 0;
	m->generation = (uint64_t)sqlite3_column_int64(stmt, 14);
	m->adopted = sqlite3_column_int(stmt, 21) != 0;
	*ret_machine = hyp_steal(&m);
	return 0;
}

static int write_machine(struct hyp_tx *tx, const char *sql,
			 const hyper_machine *m, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db, sql, &stmt, err);

	if (rc == 0)
		rc = bind_machine(stmt, m, err);
	return rc ? rc : hyp_db_run(tx->db, stmt, err);
}

int hyp_machine_insert(struct hyp_tx *tx, hyper_machine *m, hyper_error **err)
{
	m->created_at = m->updated_at = hyp_now_ms();
	m->generation = 1;
	return write_machine(tx,
			     "INSERT INTO machine (" COLUMNS ") VALUES "
			     "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
			     "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
			     "?21, ?22)",
			     m, err);
}

int hyp_machine_update(struct hyp_tx *tx, hyper_machine *m, hyper_error **err)
{
	m->updated_at = hyp_now_ms();
	m->generation++;
	/* What never changes is left out: each column that is set makes SQLite
	 * write the pages of its indexes anew. */
	return write_machine(tx,
			     "UPDATE machine SET mem = ?5, vcpus = ?6, "
			     "state = ?7, driver_state = ?8, state_reason = "
			     "?9, handle = ?10, observed_at = ?11, updated_at "
			     "= ?13, autostart = ?14, generation = ?15, "
			     "addresses = ?16, ports = ?17, env = ?18, command "
			     "= ?19, labels = ?20, options = ?21, adopted = "
			     "?22 WHERE id = ?1",
			     m, err);
}

int hyp_machine_seen(struct hyp_tx *tx, const char *uuid, int64_t at,
		     hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(
		tx->db, "UPDATE machine SET observed_at = ?2 WHERE uuid = ?1",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, uuid);
	hyp_bind_int(stmt, 2, at);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_machine_delete(struct hyp_tx *tx, const char *id, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db, "DELETE FROM machine WHERE id = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, id);
	return hyp_db_run(tx->db, stmt, err);
}

int hyp_machine_load(struct hyp_tx *tx, const char *id,
		     hyper_machine **ret_machine, hyper_error **err)
{
	struct reader reader = { .tx = tx };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db, FROM_NOW "WHERE id = ?1", &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, id);
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "id",
				       "no machine '%s'", id);
	return read_machine(&reader, stmt, ret_machine, err);
}

static int add_row(void *data, sqlite3_stmt *stmt, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	struct reader *reader = data;
	hyper_machines *machines = reader->machines;
	int rc = read_machine(reader, stmt, &machine, err);

	if (rc)
		return rc;
	machine->fields = machines->list.fields;
	if (hyp_list_add(&machines->list, machine))
		return hyp_nomem(err);
	machine = NULL;
	return 0;
}

int hyp_machine_query(struct hyp_tx *tx, const hyper_query *query,
		      hyper_machines **ret_machines, hyper_error **err)
{
	static const struct hyp_page page = {
		.noun = &hyp_noun_machine,
		.columns = NOW_COLUMNS,
		.from = "machine_now",
		.add_row = add_row,
	};
	HYP_CLEANUP(hyper_machines_free_p)
	hyper_machines *machines = hyp_machines_new();
	struct reader reader = { .tx = tx, .machines = machines };
	int rc;

	if (!machines)
		return hyp_nomem(err);
	if (query && query->fields) {
		rc = hyp_fields_parse(query->fields, &machines->list.fields,
				      err);
		if (rc)
			return rc;
	}
	rc = hyp_page_run(tx, &page, query, &reader, &machines->list, err);
	if (rc)
		return rc;
	*ret_machines = hyp_steal(&machines);
	return 0;
}

int hyp_machine_of_driver(struct hyp_tx *tx, const char *driver,
			  hyper_machines **ret_machines, hyper_error **err)
{
	HYP_CLEANUP(hyper_machines_free_p)
	hyper_machines *machines = hyp_machines_new();
	struct reader reader = { .tx = tx, .machines = machines };
	HYP_AUTOSTMT *stmt = NULL;
	int rc;

	if (!machines)
		return hyp_nomem(err);
	rc = hyp_db_statement(tx->db, FROM_NOW "WHERE type = ?1", &stmt, err);
	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		rc = add_row(&reader, stmt, err);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret_machines = hyp_steal(&machines);
	return 0;
}

int hyp_machine_of_handle(struct hyp_tx *tx, const char *driver,
			  const char *handle, char **ret_id, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		tx->db,
		"SELECT id FROM machine WHERE handle = ?1 AND type = ?2", &stmt,
		err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, handle);
	hyp_bind_text(stmt, 2, driver);
	rc = hyp_db_step(tx->db, stmt, err);
	if (rc < 0)
		return rc;
	return rc ? hyp_column_text(stmt, 0, ret_id, err) : 0;
}

int hyp_machine_of_image(struct hyp_tx *tx, const char *driver,
			 const char *image, char **ret_ids, hyper_error **err)
{
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		tx->db,
		"SELECT group_concat(id, ', ') FROM (SELECT id FROM machine "
		"WHERE type = ?1 AND image = ?2 ORDER BY id LIMIT 5)",
		&stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, driver);
	hyp_bind_text(stmt, 2, image);
	rc = hyp_db_step(tx->db, stmt, err);
	return rc < 0 ? rc : hyp_column_text(stmt, 0, ret_ids, err);
}

int hyp_machine_drivers(struct hyp_tx *tx, struct hyp_strv *ret_names,
			hyper_error **err)
{
	HYP_AUTOSTRV names = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(
		tx->db, "SELECT DISTINCT type FROM machine ORDER BY type",
		&stmt, err);

	if (rc)
		return rc;
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1)
		if (hyp_strv_add(&names, json_at(stmt, 0)))
			return hyp_nomem(err);
	if (rc < 0)
		return rc;
	*ret_names = names;
	names = (struct hyp_strv){ 0 };
	return 0;
}
