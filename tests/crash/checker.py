# SPDX-License-Identifier: MIT
"""What must hold of a state directory when nobody is left in it.

Three things are compared: what was acknowledged (the journals), what the
database says (machines, operations, events), and what the engine has (the
files of the test driver).
"""
import os
import sqlite3

# Numbers of the public headers
STOPPED, RUNNING = "stopped", "running"
STATES = {2: STOPPED, 4: RUNNING}
DONE, FAILED = 3, 4
ABSENT = "absent"

# What a call does in a state: what it says, and the state then.
RULES = {
    "add": {ABSENT: ("OK", STOPPED), STOPPED: ("EXISTS", STOPPED),
            RUNNING: ("EXISTS", RUNNING)},
    "start": {ABSENT: ("NOT_FOUND", ABSENT), STOPPED: ("OK", RUNNING),
              RUNNING: ("OK", RUNNING)},
    "stop": {ABSENT: ("NOT_FOUND", ABSENT), STOPPED: ("OK", STOPPED),
             RUNNING: ("OK", STOPPED)},
    "remove": {ABSENT: ("NOT_FOUND", ABSENT), STOPPED: ("OK", ABSENT),
               RUNNING: ("STATE", RUNNING)},
    "force-remove": {ABSENT: ("NOT_FOUND", ABSENT), STOPPED: ("OK", ABSENT),
                     RUNNING: ("OK", ABSENT)},
}
# Answers that leave open what has happened.
UNKNOWN = {"TIMEOUT", "CANCELLED"}
UNKNOWN_REMOTE = UNKNOWN | {"CONNECT"}


class Call:
    """One request of a journal, and what became of it."""

    def __init__(self, verb, machine, flags, asked):
        self.verb = verb
        self.machine = machine
        self.flags = flags
        self.asked = asked      # line of the request
        self.ended = None       # line of the answer
        self.op = 0
        self.code = None        # None: nobody was told
        self.text = ""
        self.uuid = None

    def __str__(self):
        return (f"{self.verb} {self.machine} {self.flags} op {self.op}: "
                f"{self.code} {self.text}")


def read_journal(path, first):
    """Its calls, with lines counted from `first`."""
    calls = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, first):
            kind, call, rest = line.rstrip("\n").split(" ", 2)
            if kind == "R":
                verb, machine, flags = rest.split(" ")
                calls[call] = Call(verb, machine, flags, number)
                continue
            this = calls[call]
            op, _, text = rest.partition(" ")
            this.op = int(op)
            if kind == "A":
                this.code, _, this.text = text.partition(" ")
                this.ended = number
                if this.code == "OK" and this.text and this.verb == "add":
                    this.uuid = this.text
            elif text:
                this.uuid = text
    return list(calls.values())


class Checker:
    """Follows one state directory from check to check."""

    final = (2, 4)          # the states that a machine may be left in

    def __init__(self, state):
        self.state = state
        self.known = {}     # machine -> state at the last check
        self.uuids = {}     # machine -> its uuid, when it was told
        self.problems = []
        self.calls = 0
        self.acknowledged = 0

    def wrong(self, text):
        self.problems.append(text)

    # --- what was acknowledged ---

    def follow(self, machine, calls, remote):
        """The states that a machine may be in after these calls."""
        now = {self.known.get(machine, ABSENT)}
        open_calls = []     # nobody knows whether they have any effect
        last_end = -1       # when all before it had ended
        for call in calls:
            quiet = not open_calls and last_end < call.asked
            last_end = (max(last_end, call.ended)
                        if call.ended is not None else 1 << 60)
            code = call.code
            if code in (UNKNOWN_REMOTE if remote else UNKNOWN):
                code = None
            if call.verb == "get":
                seen = call.text if code == "OK" else ABSENT
                if quiet and code is not None and seen not in now:
                    self.wrong(f"{call}, but it was {sorted(now)}")
                continue
            forced = call.verb == "remove" and "f" in call.flags
            rules = RULES["force-remove" if forced else call.verb]
            if code is None:
                now |= {rules[s][1] for s in now}
                open_calls.append(call)
                if call.verb == "add":
                    self.uuids.pop(machine, None)
                continue
            if code == "DIED":      # it has no effect, and is over
                open_calls = []
                last_end = call.ended
                continue
            if code == "EXISTS" and not quiet:
                continue            # it may be one that is going away
            then = {rules[s][1] for s in now if rules[s][0] == code}
            if not then:
                self.wrong(f"{call}, but it was {sorted(now)}")
                return None
            now = then
            # It stood behind all others in the queue.
            open_calls = []
            last_end = call.ended
            if call.verb == "add" and code == "OK":
                self.uuids[machine] = call.uuid
        return now

    def check_journals(self, journals, db):
        rows = {row["id"]: row for row in db.execute(
            "SELECT id, kind, state, machine, image FROM operation")}
        machines = {row["id"]: row for row in db.execute(
            "SELECT id, uuid, state FROM machine")}
        own = {}
        for number, path in enumerate(journals):
            remote = os.path.basename(path).startswith("http")
            for call in read_journal(path, number << 32):
                self.calls += 1
                self.acknowledged += call.code is not None or call.op != 0
                self.check_operation(call, rows, remote)
                if call.verb in RULES or call.verb == "get":
                    if not call.machine.startswith("shared"):
                        own.setdefault((call.machine, remote), []).append(call)
        for (machine, remote), calls in own.items():
            # Journals of one name follow each other in time.
            now = self.follow(machine, calls, remote)
            row = machines.get(machine)
            is_now = STATES.get(row["state"], row["state"]) if row else ABSENT
            if now is not None and is_now not in now:
                self.wrong(f"{machine} is {is_now}, acknowledged is "
                           f"{sorted(now)}; the last calls:\n    " +
                           "\n    ".join(map(str, calls[-6:])))
            uuid = self.uuids.get(machine)
            if row and uuid and row["uuid"] != uuid:
                self.wrong(f"{machine} is {row['uuid']}, added was {uuid}")
        for machine, row in machines.items():
            self.known[machine] = STATES.get(row["state"], row["state"])
        for machine in set(self.known) - set(machines):
            del self.known[machine]
            self.uuids.pop(machine, None)

    def check_operation(self, call, rows, remote):
        """What was accepted is written down, and ended as was told."""
        bad = {"LOST", "INTERNAL", "NOMEM", "IO", "DRIVER", "NO_DRIVER",
               "INVALID", "PROTOCOL", "NOT_SUPPORTED", "DENIED", "AUTH"}
        if call.code in bad or (call.code == "CONNECT" and not remote):
            self.wrong(str(call))
        if not call.op:
            return
        row = rows.get(call.op)
        name = row and (row["image"] if call.verb == "pull"
                        else row["machine"])
        if not row or row["kind"] != call.verb or name != call.machine:
            self.wrong(f"{call}: the operation is "
                       f"{tuple(row) if row else 'not there'}")
        elif call.code == "OK" and row["state"] != DONE:
            self.wrong(f"{call}: the operation is in state {row['state']}")

    # --- what is in the database ---

    def none(self, db, what, sql):
        rows = [tuple(row) for row in db.execute(sql).fetchmany(5)]
        if rows:
            self.wrong(f"{what}: {rows}")

    def check_database(self, db):
        self.none(db, "integrity", "SELECT * FROM pragma_integrity_check "
                  "WHERE integrity_check <> 'ok'")
        self.none(db, "dead processes", "SELECT * FROM process")
        self.none(db, "no end", "SELECT id, kind, state, machine "
                  "FROM operation WHERE state <= 2 OR ended_at = 0")
        self.none(db, "machines that are neither stopped nor running",
                  "SELECT id, state, state_reason FROM machine WHERE state "
                  f"NOT IN {self.final}")
        self.none(db, "not exactly one end",
                  "SELECT o.id, count(e.seq) FROM operation AS o "
                  "LEFT JOIN event AS e ON e.operation = o.id "
                  "AND e.kind = 'operation-ended' "
                  "GROUP BY o.id HAVING count(e.seq) <> 1")
        self.none(db, "an end of another state",
                  "SELECT o.id, o.state, e.state FROM operation AS o "
                  "JOIN event AS e ON e.operation = o.id "
                  "AND e.kind = 'operation-ended' WHERE o.state <> e.state")
        for table, column in (("event", "seq"), ("operation", "id")):
            self.none(db, f"gaps in {table}s",
                      f"SELECT count(*), max(t.{column}), max(s.seq) "
                      f"FROM {table} AS t JOIN sqlite_sequence AS s "
                      f"ON s.name = '{table}' "
                      f"HAVING count(*) <> max(t.{column}) "
                      f"OR max(t.{column}) <> max(s.seq)")

    def check_history(self, db):
        """Each machine is what its operations, one after the other, and its
        events made of it."""
        self.check_made(db)
        self.check_told(db)

    def check_made(self, db):
        made = {}
        unsure = set()
        for row in db.execute("SELECT kind, state, machine, error "
                              "FROM operation WHERE machine IS NOT NULL "
                              "ORDER BY id"):
            if row["state"] == DONE:
                made[row["machine"]] = {"add": STOPPED, "start": RUNNING,
                                        "stop": STOPPED,
                                        "remove": ABSENT}[row["kind"]]
                unsure.discard(row["machine"])
            elif row["state"] != FAILED or "timeout" in row["error"]:
                unsure.add(row["machine"])
        self.compare(db, "operations", made, unsure)

    def check_told(self, db):
        told = {}
        for row in db.execute("SELECT kind, machine, state FROM event WHERE "
                              "kind LIKE 'machine-%' ORDER BY seq"):
            told[row["machine"]] = (
                ABSENT if row["kind"] == "machine-removed"
                else STATES.get(row["state"], row["state"]))
        self.compare(db, "events", told, ())

    def compare(self, db, what, states, unsure):
        now = {row["id"]: STATES.get(row["state"], row["state"])
               for row in db.execute("SELECT id, state FROM machine")}
        for machine in set(states) | set(now):
            is_now = now.get(machine, ABSENT)
            if (machine not in unsure and
                    states.get(machine, ABSENT) != is_now):
                self.wrong(f"{machine} is {is_now}, its {what} say "
                           f"{states.get(machine)}")

    # --- what the engine has ---

    def check_engine(self, db):
        engine = {}
        folder = os.path.join(self.state, "test")
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            # "ID.machine.x7Kq2p" was being written by one that was killed.
            if name.endswith(".machine"):
                with open(os.path.join(folder, name), encoding="ascii") as f:
                    uuid, state = f.read().split()
                engine[name[:-len(".machine")]] = (uuid, int(state))
        rows = {row["id"]: (row["uuid"], row["state"]) for row in
                db.execute("SELECT id, uuid, state FROM machine")}
        for machine in sorted(set(engine) | set(rows)):
            if engine.get(machine) != rows.get(machine):
                self.wrong(f"{machine}: the database says "
                           f"{rows.get(machine)}, the engine "
                           f"{engine.get(machine)}")

    def last_operation(self, name):
        """How the last operation on a machine or image has ended."""
        db = sqlite3.connect(os.path.join(self.state, "hyper.db"))
        try:
            return db.execute("SELECT state FROM operation WHERE ?1 IN "
                              "(machine, image) ORDER BY id DESC LIMIT 1",
                              (name,)).fetchone()[0]
        finally:
            db.close()

    def check(self, journals):
        """Everything; journals are those since the last check, in order."""
        db = sqlite3.connect(os.path.join(self.state, "hyper.db"))
        try:
            db.row_factory = sqlite3.Row
            self.check_database(db)
            self.check_history(db)
            self.check_engine(db)
            self.check_journals(journals, db)
        finally:
            db.close()
        return self.problems
