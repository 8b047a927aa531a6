/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

/*
 * Compound fields are JSON, or NULL for empty. Enums are numbers of the
 * public headers. Times are ms since the Epoch.
 */
static const char version_1[] =
	"CREATE TABLE meta ("
	"  key TEXT PRIMARY KEY,"
	"  value TEXT NOT NULL"
	") WITHOUT ROWID;"

	/* Who holds this directory open: the owners of operations. */
	"CREATE TABLE process ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  pid INTEGER NOT NULL,"
	"  start INTEGER NOT NULL,"
	"  boot TEXT NOT NULL,"
	"  program TEXT NOT NULL,"
	"  endpoint TEXT,"
	"  opened_at INTEGER NOT NULL"
	");"

	/* When all machines of a driver were last seen at once, or why not. */
	"CREATE TABLE driver ("
	"  name TEXT PRIMARY KEY,"
	"  observed_at INTEGER NOT NULL,"
	"  reason TEXT"
	") WITHOUT ROWID;"

	"CREATE TABLE machine ("
	"  id TEXT PRIMARY KEY,"
	"  uuid TEXT NOT NULL UNIQUE,"
	"  type TEXT NOT NULL,"
	"  image TEXT NOT NULL,"
	"  mem INTEGER NOT NULL,"
	"  vcpus INTEGER NOT NULL,"
	"  state INTEGER NOT NULL,"
	"  driver_state TEXT,"
	"  state_reason TEXT,"
	"  handle TEXT,"
	"  observed_at INTEGER NOT NULL,"
	"  created_at INTEGER NOT NULL,"
	"  updated_at INTEGER NOT NULL,"
	"  addresses TEXT,"
	"  ports TEXT,"
	"  env TEXT,"
	"  command TEXT,"
	"  labels TEXT,"
	"  autostart INTEGER NOT NULL,"
	"  generation INTEGER NOT NULL,"
	"  options TEXT"
	");"
	"CREATE INDEX machine_type ON machine (type, image);"
	"CREATE INDEX machine_state ON machine (state);"

	/* Every change, written before it is made. `queue` is what it must
	 * wait its turn for: its machine or its image. */
	"CREATE TABLE operation ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  kind TEXT NOT NULL,"
	"  state INTEGER NOT NULL,"
	"  queue TEXT NOT NULL,"
	"  type TEXT NOT NULL,"
	"  machine TEXT,"
	"  uuid TEXT,"
	"  image TEXT,"
	"  path TEXT,"
	"  flags INTEGER NOT NULL,"
	"  timeout INTEGER NOT NULL,"
	"  done INTEGER NOT NULL DEFAULT 0,"
	"  total INTEGER NOT NULL DEFAULT 0,"
	"  step TEXT,"
	"  error TEXT,"
	"  cancel INTEGER NOT NULL DEFAULT 0,"
	"  owner INTEGER NOT NULL,"
	"  created_at INTEGER NOT NULL,"
	"  started_at INTEGER NOT NULL DEFAULT 0,"
	"  ended_at INTEGER NOT NULL DEFAULT 0"
	");"
	"CREATE INDEX operation_open ON operation (queue, id) WHERE state <= 2;"
	"CREATE INDEX operation_machine ON operation (machine, id);"
	"CREATE INDEX operation_owner ON operation (owner);"

	"CREATE TABLE event ("
	"  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  at INTEGER NOT NULL,"
	"  kind TEXT NOT NULL,"
	"  machine TEXT,"
	"  operation INTEGER,"
	"  state INTEGER"
	");"

	/* A machine as it is read: how old is what we know of it? The engine
	 * may have been asked for all at once. */
	"CREATE VIEW machine_now AS SELECT m.id, m.uuid, m.type, m.image,"
	"  m.mem, m.vcpus, m.state, m.driver_state, m.state_reason, m.handle,"
	"  max(m.observed_at, coalesce(d.observed_at, 0)) AS observed_at,"
	"  (d.reason IS NOT NULL OR"
	"   max(m.observed_at, coalesce(d.observed_at, 0))"
	"   < (unixepoch() - 30) * 1000) AS stale,"
	"  m.created_at, m.updated_at, m.addresses, m.ports, m.env, m.command,"
	"  m.labels, m.autostart, m.generation, m.options"
	"  FROM machine AS m LEFT JOIN driver AS d ON d.name = m.type;";

/*
 * Who asked for an operation, which `process` forgets when it ends. What is
 * open still has its process; who did the rest is not known.
 */
static const char version_2[] =
	"ALTER TABLE operation ADD COLUMN program TEXT;"
	"ALTER TABLE operation ADD COLUMN pid INTEGER;"
	"ALTER TABLE operation ADD COLUMN uid INTEGER;"
	"UPDATE operation SET (program, pid) ="
	"  (SELECT program, pid FROM process WHERE process.id = owner)"
	"  WHERE state <= 2;";

/*
 * Machines that hyper did not make, and who has a handle; which engine a
 * driver's machines are on. What was observed while the clock was ahead counts
 * as never.
 */
static const char version_3[] =
	"ALTER TABLE machine ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX machine_handle ON machine (handle);"
	"ALTER TABLE event ADD COLUMN driver TEXT;"
	"ALTER TABLE driver ADD COLUMN engine TEXT;"
	"DROP VIEW machine_now;"
	"CREATE VIEW machine_now AS SELECT m.id, m.uuid, m.type, m.image,"
	"  m.mem, m.vcpus, m.state, m.driver_state, m.state_reason, m.handle,"
	"  m.adopted,"
	"  max(iif(m.observed_at < (unixepoch() + 5) * 1000, m.observed_at, 0),"
	"   iif(d.observed_at < (unixepoch() + 5) * 1000, d.observed_at, 0))"
	"   AS observed_at,"
	"  (d.reason IS NOT NULL OR"
	"   max(iif(m.observed_at < (unixepoch() + 5) * 1000, m.observed_at, "
	"0),"
	"    iif(d.observed_at < (unixepoch() + 5) * 1000, d.observed_at, 0))"
	"   < (unixepoch() - 30) * 1000) AS stale,"
	"  m.created_at, m.updated_at, m.addresses, m.ports, m.env, m.command,"
	"  m.labels, m.autostart, m.generation, m.options"
	"  FROM machine AS m LEFT JOIN driver AS d ON d.name = m.type;";

/*
 * Who may use the service, and who has; requests that are known again when they
 * are repeated. A token's secret is kept as its SHA-256 only.
 */
static const char version_4[] =
	"CREATE TABLE token ("
	"  name TEXT PRIMARY KEY,"
	"  hash TEXT NOT NULL UNIQUE,"
	"  role INTEGER NOT NULL,"
	"  created_at INTEGER NOT NULL,"
	"  expires_at INTEGER NOT NULL"
	") WITHOUT ROWID;"
	"ALTER TABLE operation ADD COLUMN actor TEXT;"
	"ALTER TABLE event ADD COLUMN actor TEXT;"
	"ALTER TABLE operation ADD COLUMN key TEXT;"
	"ALTER TABLE operation ADD COLUMN request TEXT;"
	"ALTER TABLE operation ADD COLUMN changes TEXT;"
	"CREATE UNIQUE INDEX operation_key ON operation (actor, key)"
	"  WHERE key IS NOT NULL;";

/*
 * Pages of machines in their order: by id or by memory, of one state or of all.
 * Without them all that match are read and sorted for each page. And of what
 * the age of a machine is made: to compute that for each row is for queries
 * only.
 */
static const char version_5[] =
	"DROP INDEX machine_state;"
	"CREATE INDEX machine_state ON machine (state, id);"
	"CREATE INDEX machine_state_mem ON machine (state, mem DESC, id);"
	"CREATE INDEX machine_mem ON machine (mem DESC, id);"
	"DROP VIEW machine_now;"
	"CREATE VIEW machine_now AS SELECT m.id, m.uuid, m.type, m.image,"
	"  m.mem, m.vcpus, m.state, m.driver_state, m.state_reason, m.handle,"
	"  m.adopted,"
	"  m.observed_at AS seen_at, d.observed_at AS driver_seen_at,"
	"  d.reason IS NOT NULL AS away,"
	"  max(iif(m.observed_at < (unixepoch() + 5) * 1000, m.observed_at, 0),"
	"   iif(d.observed_at < (unixepoch() + 5) * 1000, d.observed_at, 0))"
	"   AS observed_at,"
	"  (d.reason IS NOT NULL OR"
	"   max(iif(m.observed_at < (unixepoch() + 5) * 1000, m.observed_at, "
	"0),"
	"    iif(d.observed_at < (unixepoch() + 5) * 1000, d.observed_at, 0))"
	"   < (unixepoch() - 30) * 1000) AS stale,"
	"  m.created_at, m.updated_at, m.addresses, m.ports, m.env, m.command,"
	"  m.labels, m.autostart, m.generation, m.options"
	"  FROM machine AS m LEFT JOIN driver AS d ON d.name = m.type;";

const char *const hyp_migrations[] = { version_1, version_2, version_3,
				       version_4, version_5 };
const int hyp_schema_version = (int)HYP_COUNT(hyp_migrations);
