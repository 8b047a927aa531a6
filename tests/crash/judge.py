# SPDX-License-Identifier: MIT
"""Calls on a state directory whose machines are those of a real engine, and
what must hold when one of them was cut off."""
import os
import signal
import sqlite3
import subprocess
import time

from checker import ABSENT, DONE, RUNNING, STATES, Checker

MISSING = "missing"
THERE = "there"
STATES[9] = MISSING
# Far above what anything takes: only what hangs takes longer.
PATIENCE = 120
# By then all is seen that an engine still does for a client that is dead.
LATE = 15


class Wrong(Exception):
    pass


class Change:
    """What is asked for, and what it makes of a machine or image."""

    def __init__(self, verb, before, after):
        self.verb, self.before, self.after = verb, before, after
        self.kind = verb.rpartition("force-")[2]
        self.is_image = THERE in (before, after)


class EngineChecker(Checker):
    """The same on a real engine, where machines also change by themselves:
    what was still on its way comes after the end of its operation."""

    final = (2, 4, 9)

    def __init__(self, state, engine):
        super().__init__(state)
        self.engine = engine

    def check_history(self, db):
        self.check_told(db)

    def check_engine(self, db):
        there = self.engine.machines()
        rows = {row["id"]: (row["uuid"], STATES.get(row["state"]))
                for row in db.execute("SELECT id, uuid, state FROM machine")}
        for name in sorted(set(there) | set(rows)):
            row = rows.get(name)
            if there.get(name) != row and not (
                    row and row[1] == MISSING and name not in there):
                self.wrong(f"{name}: the database says {row}, the engine "
                           f"{there.get(name)}")
        self.problems += self.engine.left(rows)


class Judge:
    def __init__(self, engine, worker, state):
        self.engine, self.worker, self.state = engine, worker, state
        self.checker = EngineChecker(state, engine)
        self.checks = self.late = 0
        self.history = []

    # --- calls ---

    def argv(self, verb, name, uri=None):
        image = (self.engine.source if verb == "import"
                 else self.engine.image)
        return [self.worker, "do", uri or self.state, verb, name,
                self.engine.type, image]

    def run(self, argv):
        """What a worker says; "killed" when it could not."""
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) as popen:
            return self.said(popen)

    def said(self, popen):
        try:
            out = popen.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            popen.kill()
            raise Wrong(f"{popen.args} does not come to an end\n" +
                        self.lately()) from None
        if popen.returncode == -signal.SIGKILL:
            return "killed"
        if popen.returncode != 0:
            raise Wrong(f"{popen.args} ended with {popen.returncode}")
        return out.strip()

    def must(self, verb, name, uri=None):
        said = self.run(self.argv(verb, name, uri))
        if not said.startswith("OK"):
            raise Wrong(f"{verb} {name}: {said}\n{self.lately()}")

    def lately(self):
        return "before that: " + "; ".join(self.history[-4:])

    # --- what is left ---

    def settle(self):
        with self.settling() as popen:
            self.said(popen)

    def settling(self):
        return subprocess.Popen([self.worker, "settle", self.state],
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, text=True)

    def is_recovered(self):
        """Nothing is left of those that have died, or it is being seen to."""
        db = sqlite3.connect(os.path.join(self.state, "hyper.db"))
        try:
            pids = [row[0] for row in db.execute(
                "SELECT pid FROM process WHERE id IN (SELECT owner FROM "
                "operation WHERE state <= 2)")]
            return all(os.path.exists(f"/proc/{pid}") for pid in pids)
        finally:
            db.close()

    def database(self):
        """What must hold whether there is an engine or not."""
        db = sqlite3.connect(os.path.join(self.state, "hyper.db"))
        try:
            self.checker.problems = []
            self.checker.final = (2, 4, 8, 9)
            self.checker.check_database(db)
            return self.checker.problems
        finally:
            del self.checker.final
            db.close()

    def check(self, what):
        self.checks += 1
        end = time.monotonic() + LATE
        while True:
            self.settle()
            self.checker.problems = []
            problems = self.checker.check([])
            if not problems:
                return
            if time.monotonic() > end:
                raise Wrong(f"{what}:\n" + "\n".join(problems) + "\n" +
                            self.lately())
            self.late += 1

    def look(self, change, name):
        """What is there, and the kind and state of its last operation."""
        db = sqlite3.connect(os.path.join(self.state, "hyper.db"))
        try:
            row = db.execute("SELECT state FROM machine WHERE id = ?",
                             (name,)).fetchone()
            column = "image" if change.is_image else "machine"
            op = db.execute(f"SELECT kind, state FROM operation WHERE {column}"
                            " = ? ORDER BY id DESC LIMIT 1",
                            (name,)).fetchone() or (None, None)
        finally:
            db.close()
        if change.is_image:
            return THERE if self.engine.has_image(name) else ABSENT, op
        return STATES.get(row[0], row[0]) if row else ABSENT, op

    def judge(self, what, change, name, said):
        """Is it before the change or after it, and as was said?"""
        self.history.append(f"{what}: {said}")
        self.check(what)
        state, (kind, ended) = self.look(change, name)
        good = {change.before, change.after}
        if said.startswith("OK") or (kind, ended) == (change.kind, DONE):
            good = {change.after}
        if self.engine.was_killed:
            good.add(MISSING)
        if state not in good:
            raise Wrong(f"{what}: said {said}, {name} is {state}, its last "
                        f"operation {kind} {ended}")

    def again(self, change, name):
        """Whatever has become of it, it can be asked for."""
        state = self.look(change, name)[0]
        if state == MISSING:
            state = self.anew(change, name)
        # What is gone cannot go, what is there cannot be made.
        if state == change.after and ABSENT in (change.before, change.after):
            return
        said = self.run(self.argv(change.verb, name))
        if (self.engine.was_killed and self.engine.stuck and
                self.engine.stuck.search(said)):
            self.history.append(f"{change.verb} {name}: {said}")
            self.anew(change, name)
            said = self.run(self.argv(change.verb, name))
        if not said.startswith("OK"):
            raise Wrong(f"{change.verb} {name} again: {said}\n"
                        f"{self.lately()}")

    def anew(self, change, name):
        """A new machine that is as it was before the change."""
        self.must("force-remove", name)
        if change.before != ABSENT:
            self.must("add", name)
        if change.before == RUNNING:
            self.must("start", name)
        return change.before
