#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_python_bulk.py URI: dry runs, and one change of many machines; as
test_python.py."""
import asyncio
import json
import sys
import unittest

import hyper
import test_python
from test_python import Base, spec


class DryRuns(Base):
    def newest(self):
        return [op.id for op in self.h.operations.list(limit=1)]

    def check(self, op, kind, *plan):
        self.assertIsInstance(op, hyper.Operation)
        self.assertEqual((op.id, op.kind, op.state, op.plan),
                         (0, kind, "planned", plan))
        self.assertTrue(op.ended)
        self.assertIsNone(op.error)
        self.assertEqual(op.to_dict()["plan"], list(plan))
        self.assertIsInstance(hash(op), int)

    def test_machines(self):
        machines = self.h.machines
        machines.add(spec("there", mem=64, labels={"t": "x"}))
        before = self.newest()
        op = machines.add(spec("plan", mem=99), dry_run=True)
        self.check(op, "add", "make the make-believe machine 'plan'")
        self.assertEqual((op.machine, op.record.id, op.record.mem),
                         ("plan", "plan", 99))
        op = machines.start("there", dry_run=True, wait=False)
        self.check(op, "start", "start the make-believe machine 'there'")
        self.assertEqual(op.record.state, "running")
        self.check(machines.stop("there", timeout=1, dry_run=True), "stop",
                   "nothing: it is stopped already")
        op = machines.change("there", mem=77, labels={"t": None},
                             dry_run=True)
        self.check(op, "change", "change the make-believe machine 'there'",
                   "take the label t away")
        self.assertEqual((op.record.mem, op.record.labels), (77, {}))
        op = machines.remove("there", dry_run=True)
        self.check(op, "remove", "remove the make-believe machine 'there'")
        self.assertIsNone(op.record)
        with self.assertRaises(hyper.NotFoundError):
            machines.adopt("nobody", type="test", dry_run=True)
        self.assertEqual(self.newest(), before)
        self.assertEqual([(m.id, m.mem, m.state) for m in machines.list()],
                         [("there", 64, "stopped")])
        # Those that are recorded have none.
        op = machines.start("there", wait=False).wait(20)
        self.assertEqual((op.plan, op.record), (None, None))

    def test_images(self):
        images = self.h.images
        op = images.pull("test", "new", dry_run=True)
        self.check(op, "pull", "pull the make-believe image 'new'")
        self.assertIsNone(op.record)
        self.check(images.remove("test", "tiny", dry_run=True),
                   "image-remove", "remove the make-believe image 'tiny'")
        self.assertEqual(images.get("test", "tiny").name, "tiny")
        with self.assertRaises(hyper.NotFoundError):
            images.get("test", "new")

    def test_refused(self):
        machine = self.h.machines.add(spec("there"))
        self.h.machines.start("there")
        for call, field in (
                (lambda: self.h.machines.add(spec("there"), dry_run=True),
                 "id"),
                (lambda: self.h.machines.remove("there", dry_run=True),
                 "state"),
                (lambda: self.h.machines.stop(
                    "there", dry_run=True, generation=machine.generation),
                 "generation")):
            with self.assertRaises(hyper.Error) as caught:
                call()
            self.assertEqual(caught.exception.field, field)
        # A key is not used up.
        for dry_run in (True, False):
            self.h.machines.stop("there", force=True, key="k",
                                 dry_run=dry_run)
        self.assertEqual(self.h.machines.get("there").state, "stopped")


class Many(Base):
    def setUp(self):
        super().setUp()
        for id in "abc":
            self.h.machines.add(spec(
                f"many-{id}", "start:error=DRIVER" if id == "b" else None))

    def test_some_fail(self):
        a, b, c = outcomes = self.h.machines.start_all("id=many-*")
        self.assertIsInstance(a, hyper.Outcome)
        self.assertEqual([o.id for o in outcomes],
                         ["many-a", "many-b", "many-c"])
        for good in (a, c):
            self.assertEqual((good.machine.state, good.operation.state,
                              good.error), ("running", "done", None))
        self.assertIsInstance(b.error, hyper.DriverError)
        self.assertEqual((b.machine, b.error.driver, b.operation.state),
                         (None, "test", "failed"))
        with self.assertRaises(hyper.DriverError):
            raise b.error
        self.assertEqual(b.to_dict()["error"]["code"], "DRIVER")
        self.assertEqual(json.loads(json.dumps(a.to_dict()))["machine"],
                         a.machine.to_dict())
        # The operations are those of this connection.
        self.assertEqual(a.operation.wait(5), a.operation)

    def test_change(self):
        outcomes = self.h.machines.change_all(
            "id=many-*", {"mem": 77}, labels={"n": "1"}, sort="-id", limit=2)
        self.assertEqual([(o.id, o.machine.mem, o.machine.labels)
                          for o in outcomes],
                         [("many-c", 77, {"n": "1"}),
                          ("many-b", 77, {"n": "1"})])
        with self.assertRaises(hyper.InvalidError) as caught:
            self.h.machines.change_all("id=*", mem=0)
        self.assertEqual(caught.exception.field, "mem")

    def test_stop_and_remove(self):
        self.h.machines.start_all("id=many-a")
        outcomes = self.h.machines.remove_all("id=many-*")
        self.assertEqual([getattr(o.error, "field", None) for o in outcomes],
                         ["state", None, None])
        outcome, = self.h.machines.stop_all("id=many-*", timeout=5)
        self.assertEqual(outcome.machine.state, "stopped")
        outcome, = self.h.machines.stop_all("id=many-*", force=True)
        self.assertIsNone(outcome.error)
        outcome, = self.h.machines.remove_all("id=many-*", keep=True)
        self.assertIsInstance(outcome.error, hyper.StateError)
        outcome, = self.h.machines.remove_all("id=many-*", force=True)
        self.assertEqual((outcome.machine, outcome.operation.kind),
                         (None, "remove"))
        self.assertEqual(self.h.machines.remove_all("id=many-*"), [])

    def test_dry_run(self):
        outcomes = self.h.machines.start_all("id=many-*", dry_run=True)
        self.assertEqual([o.operation.plan for o in outcomes],
                         [(f"start the make-believe machine 'many-{id}'",)
                          for id in "abc"])
        self.assertEqual({o.machine.state for o in outcomes}, {"running"})
        self.assertEqual({m.state for m in self.h.machines.list()},
                         {"stopped"})

    def test_await(self):
        async def ends():
            return await asyncio.gather(*(
                o.operation for o in
                self.h.machines.start_all("id=many-*", wait=False)))
        self.assertEqual([op.state for op in asyncio.run(ends())],
                         ["done", "failed", "done"])

    def test_query(self):
        for bad in (None, "", "colour=red"):
            with self.assertRaises(hyper.InvalidError) as caught:
                self.h.machines.stop_all(bad)
            self.assertEqual(caught.exception.field, "query")
        with self.assertRaises(TypeError):
            self.h.machines.remove_all()

    def test_actor(self):
        if not self.h.is_local:
            return
        alice = self.h.view(actor="user:alice")
        outcome, = alice.machines.remove_all("id=many-a")
        self.assertEqual(outcome.operation.actor, "user:alice")


if __name__ == "__main__":
    test_python.URI = sys.argv.pop(1)
    unittest.main(verbosity=2)
