#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_python.py URI: the Python package on a state directory or a hyperd,
with the test driver."""
import asyncio
import builtins
import copy
import dataclasses
import datetime
import gc
import json
import logging
import os
import select
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

import hyper

URI = ""


def spec(id, script=None, **more):
    options = {"options": {"script": script}} if script else {}
    return {"id": id, "type": "test", "image": "demo", **options, **more}


class Base(unittest.TestCase):
    def setUp(self):
        self.h = hyper.open(URI)

    def tearDown(self):
        for machine in self.h.machines.list():
            self.h.machines.remove(machine.id, force=True)
        self.h.close()


class Machines(Base):
    def test_life(self):
        machine = self.h.machines.add(image="demo", type="test", mem=64)
        self.assertEqual((machine.state, machine.mem), ("stopped", 64))
        self.assertIsInstance(machine.created_at, datetime.datetime)
        self.assertEqual(machine.created_at.tzinfo, datetime.timezone.utc)
        self.assertEqual(self.h.machines.start(machine.id).state, "running")
        self.assertEqual(self.h.machines.get(machine.id).state, "running")
        self.assertEqual(self.h.machines.stop(machine.id, timeout=5).state,
                         "stopped")
        self.assertIsNone(self.h.machines.remove(machine.id))
        with self.assertRaises(hyper.NotFoundError):
            self.h.machines.get(machine.id)

    def test_record(self):
        machine = self.h.machines.add(spec("box"), ports=[
            {"host_port": 8080, "guest_port": 80}], labels={"a": "ü"})
        self.assertEqual(machine.ports[0],
                         hyper.Port(None, 8080, 80, "tcp"))
        self.assertEqual(machine.labels, {"a": "ü"})
        self.assertEqual(json.loads(json.dumps(machine.to_dict())),
                         machine.to_dict())
        with self.assertRaises(dataclasses.FrozenInstanceError):
            machine.state = "running"
        again = self.h.machines.get("box")
        # (a look at the engine may have come between the two)
        self.assertEqual(dataclasses.replace(
            again, observed_at=machine.observed_at), machine)

    def test_pages(self):
        for i in range(5):
            self.h.machines.add(spec(f"p{i}", mem=100 + i))
        page = self.h.machines.list("id=p*", sort="-mem", limit=2,
                                    count=True)
        self.assertEqual([m.id for m in page], ["p4", "p3"])
        self.assertEqual(page.total, 5)
        rest = self.h.machines.list("id=p*", sort="-mem", limit=3,
                                    cursor=page.next_cursor)
        self.assertEqual([m.id for m in rest], ["p2", "p1", "p0"])
        self.assertIsNone(rest.next_cursor)
        self.assertIsNone(rest.total)
        some = self.h.machines.list("id=p0", fields=["id", "mem"])[0]
        self.assertEqual((some.to_dict(), some.state),
                         ({"id": "p0", "mem": 100}, None))

    def test_images_drivers_info(self):
        image = self.h.images.pull("test", "fetched")
        self.assertIn(image, self.h.images.list("test"))
        self.assertEqual(self.h.images.get("test", "fetched"), image)
        self.h.images.remove("test", "fetched")
        driver, = self.h.drivers.list()
        self.assertTrue(driver.available and driver.name == "test")
        self.assertEqual(self.h.info().version, hyper.__version__)
        self.assertEqual(self.h.doctor(), [])
        self.assertEqual(self.h.is_local, "/" == URI[0])


class Errors(Base):
    def test_codes(self):
        with self.assertRaises(hyper.InvalidError) as caught:
            self.h.machines.add(spec("-"))
        self.assertEqual((caught.exception.code, caught.exception.field,
                          caught.exception.driver), ("INVALID", "id", None))
        self.assertIsInstance(caught.exception, ValueError)
        with self.assertRaises(hyper.DriverError) as caught:
            self.h.machines.add(spec("x", "add:error=DRIVER"))
        self.assertEqual(caught.exception.driver, "test")
        self.h.machines.add(spec("deaf", "stop:ignore"))
        self.h.machines.start("deaf")
        with self.assertRaises(builtins.TimeoutError) as caught:
            self.h.machines.stop("deaf", timeout=0.1)
        self.assertIsInstance(caught.exception, hyper.TimeoutError)
        with self.assertRaises(hyper.ExistsError):
            self.h.machines.add(spec("deaf"))
        with self.assertRaises(hyper.StateError):
            self.h.machines.remove("deaf")

    def test_bad_arguments(self):
        with self.assertRaises(TypeError):
            self.h.machines.start(7)
        with self.assertRaises(hyper.InvalidError):
            self.h.machines.start("a\0b")
        with self.assertRaises(hyper.InvalidError):
            self.h.machines.list(limit=-1)
        with self.assertRaises(hyper.InvalidError):
            self.h.machines.stop("a", timeout=-1)
        with self.assertRaises(hyper.InvalidError):
            self.h.operations.get(-1)
        with self.assertRaises(hyper.InvalidError):
            self.h.events(-1)
        with self.assertRaises(hyper.Error):
            hyper.open("ftp://x")

    def test_each_code_has_a_class(self):
        from hyper._native import lib
        codes = {name[len("HYPER_ERR_"):] for name in dir(lib)
                 if name.startswith("HYPER_ERR_")}
        self.assertEqual(codes, set(hyper.errors.BY_CODE))
        for code, kind in hyper.errors.BY_CODE.items():
            self.assertEqual(kind.code, code)
            self.assertIn(kind.__name__, hyper.__all__)

    def test_closed(self):
        h = hyper.open(URI)
        h.close()
        h.close()
        with self.assertRaises(ValueError):
            h.machines.list()

    def test_read_only(self):
        with self.assertRaises(hyper.Error):
            with hyper.open(URI, read_only=True) as h:
                h.machines.add(spec("no"))
        if URI[0] != "/":
            with self.assertRaises(hyper.DeniedError):
                hyper.open(URI, local_only=True)


class Operations(Base):
    def test_wait_and_cancel(self):
        op = self.h.machines.add(spec("slow", "start:latency=60000"),
                                 wait=False)
        self.assertEqual(op.wait(20).state, "done")
        op = self.h.machines.start("slow", wait=False)
        with self.assertRaises(hyper.TimeoutError):
            op.wait(0.2)
        self.assertEqual(self.h.operations.get(op.id).kind, "start")
        op.cancel()
        ended = op.wait(20)
        self.assertTrue(ended.ended)
        self.assertEqual((ended.state, ended.error["code"]),
                         ("cancelled", "CANCELLED"))
        self.assertEqual(
            [op.kind for op in self.h.operations.list("machine=slow",
                                                      sort="id")],
            ["add", "start"])

    def test_await(self):
        async def main():
            self.h.machines.add(spec("a", "start:latency=500"))
            ticks = 0

            async def tick():
                nonlocal ticks
                while True:
                    await asyncio.sleep(0.01)
                    ticks += 1
            ticker = asyncio.create_task(tick())
            op = await self.h.machines.start("a", wait=False)
            ticker.cancel()
            return op, ticks
        op, ticks = asyncio.run(main())
        self.assertEqual(op.state, "done")
        self.assertGreater(ticks, 5)

    def test_wait_in_vain(self):
        self.h.machines.add(spec("v", "start:latency=2000"))
        op = self.h.machines.start("v", wait=False)
        with self.assertRaisesRegex(hyper.TimeoutError, "after 0.7 s"):
            op.wait(0.7)
        for nonsense in (-1, float("nan")):
            with self.assertRaises(hyper.InvalidError):
                op.wait(nonsense)
        self.assertTrue(op.wait().ended)

    def test_hash(self):
        self.h.machines.add(spec("same"))
        machine = self.h.machines.get("same")
        machines = {machine, copy.deepcopy(machine)}
        self.assertEqual([m.id for m in machines], ["same"])

    def test_await_is_cancelled(self):
        async def main():
            self.h.machines.add(spec("b", "start:latency=60000"))
            op = self.h.machines.start("b", wait=False)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(op, 0.2)
            op.cancel()
            return await op
        begun = time.monotonic()
        self.assertEqual(asyncio.run(main()).state, "cancelled")
        self.assertLess(time.monotonic() - begun, 20)


class Events(Base):
    def test_iterate(self):
        seq = self.h.machines.list(limit=1).seq
        self.h.machines.add(spec("e"))
        self.h.machines.remove("e")
        kinds = []
        with self.h.events(seq, timeout=20) as events:
            for event in events:
                kinds.append(event.kind)
                self.assertEqual(event.seq, seq + len(kinds))
                if event.kind == "machine-removed":
                    break
        self.assertEqual((kinds[0], kinds[-1]),
                         ("machine-adding", "machine-removed"))

    def test_ends_without_events(self):
        seq = self.h.machines.list(limit=1).seq
        begun = time.monotonic()
        list(self.h.events(seq, timeout=0.3))
        self.assertLess(time.monotonic() - begun, 10)

    def test_async(self):
        async def main():
            seq = self.h.machines.list(limit=1).seq
            op = self.h.machines.add(spec("f"), wait=False)
            with self.h.events(seq) as events:
                async for event in events:
                    if event.operation == op.id:
                        return event.machine
        self.assertEqual(asyncio.run(main()), "f")

    def test_closed_by_another_thread(self):
        events = self.h.events(self.h.machines.list(limit=1).seq)
        threading.Timer(0.3, events.close).start()
        self.assertEqual([event for event in events
                          if event.machine == "nobody"], [])

    def test_select(self):
        with self.h.events(self.h.machines.list(limit=1).seq) as events:
            while events.next(0):
                pass
            self.h.machines.add(spec("s"))
            readable, _, _ = select.select([events], [], [], 20)
            self.assertEqual(readable, [events])
            self.assertIsNotNone(events.next(0))

    def test_not_yet(self):
        with self.assertRaises(hyper.InvalidError):
            self.h.events(1 << 40, timeout=1)

    def test_too_old(self):
        said = run("""
            with hyper.open(sys.argv[1]) as h:
                for n in range(9):
                    h.machines.add(id="m", type="test", image="demo")
                    h.machines.remove("m")
                try:
                    next(h.events(1))
                except hyper.LimitError as error:
                    print(error)
            """, HYPER_EVENTS_KEEP="8")
        self.assertIn("no longer kept", said)

    def test_cancelled_wait_loses_nothing(self):
        async def main():
            seqs = []
            with self.h.events(self.h.machines.list(limit=1).seq) as events:
                churn = asyncio.create_task(asyncio.to_thread(self.churn))
                while True:
                    try:
                        event = await asyncio.wait_for(anext(events), 0.02)
                        seqs.append(event.seq)
                    except asyncio.TimeoutError:
                        if churn.done() and seqs and \
                                seqs[-1] == self.h.machines.list().seq:
                            return seqs
        seqs = asyncio.run(asyncio.wait_for(main(), 60))
        self.assertEqual(seqs, list(range(seqs[0], seqs[-1] + 1)))

    def churn(self):
        for _ in range(15):
            self.h.machines.add(spec("churn"))
            self.h.machines.remove("churn")

    def test_many_that_wait(self):
        async def main():
            events = [self.h.events(self.h.machines.list(limit=1).seq)
                      for _ in range(40)]
            waits = [asyncio.ensure_future(anext(e)) for e in events]
            await asyncio.sleep(0.1)
            done = await asyncio.wait_for(asyncio.to_thread(lambda: 5), 20)
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            for e in events:
                await asyncio.to_thread(e.close)
            return done
        self.assertEqual(asyncio.run(main()), 5)

    def test_two_threads_on_one(self):
        with self.h.events(self.h.machines.list(limit=1).seq,
                           timeout=3) as events:
            seqs = []
            threads = [threading.Thread(target=lambda: seqs.extend(
                event.seq for event in events)) for _ in range(3)]
            for thread in threads:
                thread.start()
            self.churn()
            for thread in threads:
                thread.join()
        self.assertEqual(sorted(seqs), list(range(min(seqs),
                                                  max(seqs) + 1)))


class Threads(Base):
    def test_calls_let_others_run(self):
        self.h.machines.add(spec("t", "start:latency=500"))
        done = threading.Event()
        thread = threading.Thread(
            target=lambda: (self.h.machines.start("t"), done.set()))
        thread.start()
        turns = 0
        while not done.is_set():
            self.h.machines.list()
            turns += 1
        thread.join()
        self.assertGreater(turns, 3)

    def test_close_waits_for_users(self):
        h = hyper.open(URI)
        h.machines.add(spec("u", "start:latency=300"))
        states = []
        thread = threading.Thread(
            target=lambda: states.append(h.machines.start("u").state))
        thread.start()
        time.sleep(0.1)
        h.close()
        thread.join()
        self.assertEqual(states, ["running"])

    def test_close_ends_streams(self):
        h = hyper.open(URI)
        events = h.events(h.machines.list(limit=1).seq)
        threading.Timer(0.3, h.close).start()
        self.assertEqual([event for event in events
                          if event.machine == "nobody"], [])

    def test_close_while_others_begin(self):
        h = hyper.open(URI)
        seq = h.machines.list(limit=1).seq
        ends = []

        def follow():
            try:
                while True:
                    list(h.events(seq, timeout=0.1))
            except ValueError as error:
                ends.append(str(error))
        threads = [threading.Thread(target=follow) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        h.close()
        for thread in threads:
            thread.join()
        self.assertEqual(ends, ["the connection is closed"] * 3)

    def test_collected(self):
        h = hyper.open(URI)
        events = h.events()
        handle = h._handle
        del h, events
        gc.collect()
        self.assertTrue(handle.freed)

    def test_log(self):
        logger = logging.getLogger("hyper.test")
        with self.assertLogs(logger, logging.DEBUG) as logs:
            hyper.log_to(logger, logging.DEBUG)
            with hyper.open(URI) as h:
                h.machines.add(spec("l"))
                h.doctor()
            hyper.log_to(None)
            logger.info("end")
        self.assertTrue(logs.output)


class Signals(unittest.TestCase):
    """In a process of their own: they are the main thread's."""

    def test_close_by_a_handler(self):
        self.assertEqual(run("""
            h = hyper.open(sys.argv[1])
            signal.signal(signal.SIGTERM, lambda *_: h.close())
            threading.Timer(0.5, os.kill, (os.getpid(),
                                           signal.SIGTERM)).start()
            for event in h.events():
                pass
            print("ended")
            """), "ended\n")

    def test_interrupt_is_heard(self):
        said = run("""
            h = hyper.open(sys.argv[1])
            h.machines.add(id="slow", type="test", image="demo",
                           options={"script": "start:latency=4000"})
            interrupt = lambda: os.kill(os.getpid(), signal.SIGINT)
            for call in (lambda: h.machines.start("slow"), h.close):
                threading.Timer(0.5, interrupt).start()
                begun = time.monotonic()
                try:
                    call()
                except KeyboardInterrupt:
                    print(time.monotonic() - begun < 2)
            h.close()
            with hyper.open(sys.argv[1]) as h:
                print(h.machines.get("slow").state)
                h.machines.remove("slow", force=True)
            """)
        self.assertEqual(said, "True\nTrue\nrunning\n")

    def test_fork(self):
        said = run("""
            h = hyper.open(sys.argv[1])
            h.drivers.list()
            child = os.fork()
            if child == 0:
                try:
                    h.machines.list()
                except ValueError as error:
                    print(error, flush=True)
                del h
                sys.exit(3)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            h.close()
            """)
        self.assertEqual(said, "the connection is another process's: after "
                               "fork() a child may only exec\n3\n")

    def test_end_with_all_open(self):
        self.assertEqual(run("""
            h = hyper.open(sys.argv[1])
            events = h.events()
            threading.Thread(target=lambda: list(h.events()),
                             daemon=True).start()
            time.sleep(0.3)
            print("end")
            """), "end\n")


def run(script, **environment):
    """What Python says to a script on a state of its own."""
    with tempfile.TemporaryDirectory() as state:
        return subprocess.run(
            [sys.executable, "-c", "import os, signal, sys, threading, time\n"
             "import hyper\n" + textwrap.dedent(script), state],
            env={**os.environ, "HYPER_TEST_KEEP": "yes", **environment},
            check=True, timeout=60, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    URI = sys.argv.pop(1)
    unittest.main(verbosity=2)
