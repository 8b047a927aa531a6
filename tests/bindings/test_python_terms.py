#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_python_terms.py URI: changes of machines, on which terms, who may ask,
and how a connection does; as test_python.py."""
import datetime
import sys
import unittest

import hyper
import test_python
from test_python import Base, spec


class Changes(Base):
    def test_change(self):
        self.h.machines.add(spec("c", mem=64, labels={"old": "x", "a": "b"}))
        machine = self.h.machines.change("c", mem="1G", vcpus=2,
                                         autostart=False,
                                         labels={"new": "y", "old": None})
        self.assertEqual((machine.mem, machine.vcpus, machine.labels),
                         (1024, 2, {"a": "b", "new": "y"}))
        op = self.h.machines.change("c", {"mem": 64}, wait=False)
        self.assertEqual((op.kind, op.wait(20).state), ("change", "done"))
        for field, value in (("mem", None), ("mem", "much"), ("labels", 7),
                             ("image", "tiny"), ("nosuch", 1)):
            with self.assertRaises(hyper.InvalidError) as caught:
                self.h.machines.change("c", **{field: value})
            self.assertEqual(caught.exception.field, field)

    def test_generation(self):
        first = self.h.machines.add(spec("g"))
        second = self.h.machines.start("g", generation=first.generation)
        for call in (self.h.machines.stop, self.h.machines.remove):
            with self.assertRaises(hyper.StateError) as caught:
                call("g", force=True, generation=first.generation)
            self.assertEqual(caught.exception.field, "generation")
        with self.assertRaises(hyper.InvalidError):
            self.h.machines.change("g", generation=0)
        # What a record was not asked for is not "any".
        some = self.h.machines.list("id=g", fields="id")[0]
        with self.assertRaisesRegex(TypeError, "generation must be an int"):
            self.h.machines.remove("g", force=True,
                                   generation=some.generation)
        self.h.machines.remove("g", force=True, wait=False,
                               generation=second.generation).wait(20)

    def test_key(self):
        first = self.h.machines.add(spec("k"), key="add it")
        self.assertEqual(self.h.machines.add(spec("k"), key="add it").uuid,
                         first.uuid)
        with self.assertRaises(hyper.InvalidError) as caught:
            self.h.machines.start("k", key="add it")
        self.assertEqual(caught.exception.field, "key")
        op = self.h.machines.start("k", key="start it", wait=False)
        self.assertEqual(op.wait(20).state, "done")
        self.h.machines.stop("k", force=True)
        self.assertEqual(self.h.machines.start("k", key="start it",
                                               wait=False).id, op.id)
        self.assertEqual(self.h.machines.get("k").state, "stopped")
        for _ in range(2):
            self.h.images.pull("test", "again", key="pull it")
        for _ in range(2):
            self.h.images.remove("test", "again", key="remove it")

    def test_actor(self):
        if not self.h.is_local:
            with self.assertRaises(hyper.NotSupportedError):
                self.h.view(actor="user:alice")
            return
        with self.h.view(actor="user:alice") as alice:
            alice.machines.add(spec("a"))
            op = alice.view(actor="user:bob").machines.start("a", wait=False)
            self.assertEqual(op.wait(20).actor, "user:bob")
        self.assertEqual([op.kind for op in
                          self.h.operations.list("actor=user:alice")],
                         ["add"])
        with self.assertRaises(hyper.InvalidError):
            self.h.view(actor="a\nb")
        with hyper.open(test_python.URI) as h:
            view = h.view(actor="user:carol")
        with self.assertRaises(ValueError):
            view.machines.list()


class Access(Base):
    def test_tokens(self):
        later = datetime.datetime.now(datetime.timezone.utc).replace(
            microsecond=0) + datetime.timedelta(hours=1)
        token = self.h.tokens.add("CI", "operator", expires_at=later)
        self.assertEqual((token.name, token.role, token.expires_at),
                         ("ci", "operator", later))
        self.assertNotIn(token.secret, repr(token))
        known, = self.h.tokens.list()
        self.assertEqual((known.name, known.secret), ("ci", None))
        with self.assertRaises(hyper.ExistsError):
            self.h.tokens.add("ci", "viewer")
        for at in (later.replace(tzinfo=None),
                   datetime.datetime(1970, 1, 1, tzinfo=later.tzinfo)):
            with self.assertRaises(hyper.InvalidError) as caught:
                self.h.tokens.add("x", "viewer", expires_at=at)
            self.assertEqual(caught.exception.field, "expires_at")
        with self.assertRaises(TypeError):
            self.h.tokens.add("x", "viewer", expires_at="2100-01-01")
        with self.assertRaisesRegex(hyper.InvalidError, "none of viewer"):
            self.h.tokens.add("x", "root")
        if self.h.is_local:
            self.assertEqual(self.h.tokens.check(token.secret), known)
            with self.assertRaises(hyper.AuthError):
                self.h.tokens.check("nobody's")
        self.h.tokens.remove("ci")
        self.assertEqual(self.h.tokens.list(), [])

    def test_remotes(self):
        hyper.remotes.add("lab", "https://lab.example", token="s3cret")
        hyper.remotes.use("lab")
        lab, = hyper.remotes.list()
        self.assertEqual(lab, hyper.Remote("lab", "https://lab.example",
                                           None, True, True))
        with self.assertRaises(hyper.StateError):
            hyper.remotes.remove("lab")
        hyper.remotes.use("local")
        hyper.remotes.remove("lab")
        self.assertEqual(hyper.remotes.list(), [])
        with self.assertRaises(hyper.ConnectError):
            hyper.remotes.fingerprint("https://127.0.0.1:1")
        with self.assertRaises(hyper.InvalidError):
            hyper.remotes.certificate_fingerprint("none")

    def test_announce(self):
        if self.h.is_local:
            self.h.announce("unix:/nowhere")
        else:
            with self.assertRaises(hyper.NotSupportedError):
                self.h.announce("unix:/nowhere")

    def test_health(self):
        self.assertIsNone(self.h.check_ready())
        self.assertIn("\nhyper_build_info{", self.h.metrics())
        with hyper.open("unix:/nowhere") as nowhere:
            with self.assertRaises(hyper.ConnectError):
                nowhere.check_ready()
        with self.assertRaises(hyper.NotFoundError) as caught:
            self.h.machines.get("nobody")
        self.assertEqual(caught.exception.request_id is None,
                         self.h.is_local)


if __name__ == "__main__":
    test_python.URI = sys.argv.pop(1)
    unittest.main(verbosity=2)
