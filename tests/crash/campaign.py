#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""campaign.py WORKER HYPERD DIR KILLS SEED

Kills users of one state directory, and hyperd with its clients, at KILLS
places: first at each step of each change (the test driver dies there by its
script), each with and without a second death in recovery; then at random
times under load. What is left is checked when the others have come to an end
(checker.py). Exit code 1: something was lost or left; DIR then has it.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from checker import ABSENT, DONE, FAILED, RUNNING, STOPPED, Checker

# Where a call can die: what is there before, the op, its last step.
CHANGES = (("add", ABSENT, 3), ("start", STOPPED, 3), ("stop", RUNNING, 3),
           ("remove", STOPPED, 3), ("pull", None, 2), ("import", None, 2),
           ("image-remove", None, 1))
# What a machine is after that, and its operation.
AFTER = {"add": [(ABSENT, FAILED), (ABSENT, FAILED), (STOPPED, DONE)],
         "start": [(STOPPED, FAILED), (STOPPED, FAILED), (RUNNING, DONE)],
         "stop": [(RUNNING, FAILED), (RUNNING, FAILED), (STOPPED, DONE)],
         "remove": [(ABSENT, DONE)] * 3,
         # There never was such an image.
         "image-remove": [(ABSENT, DONE)]}
STEPS = [f"{op}@{step}" for op, _, last in CHANGES
         for step in range(1, last + 1) if op not in ("import",
                                                      "image-remove")]
STEPS += ["inspect", "list", "image-list", "open"]
# How a hyperd ends that could not stop in its 2 s.
HARD_STOP = 3
# Far above what anything takes: only what hangs takes longer.
PATIENCE = 300


class Wrong(Exception):
    pass


class Process:
    """A worker or a hyperd."""

    def __init__(self, campaign, name, argv, script):
        env = dict(os.environ, HYPER_TEST_KEEP="yes")
        if script:
            env["HYPER_TEST_SCRIPT"] = script
        self.name = name
        self.may_die = "crash" in script
        self.log = os.path.join(campaign.dir, "log")
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                argv, env=env, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=log)
        campaign.running.add(self)
        self.campaign = campaign

    def died(self):
        """Has it ended? By itself it may only die by its script."""
        if self.popen.poll() is None:
            return False
        self.ended(self.may_die, False)
        return True

    def ended(self, may_die, may_end):
        """Note how it has ended."""
        self.popen.stdin.close()
        self.campaign.running.discard(self)
        code = self.popen.returncode
        # On a host that is too busy hyperd's stop has an end, too: as by a
        # second signal.
        if self.name == "hyperd" and code == HARD_STOP and may_end:
            self.campaign.kills += 1
            return
        if code == -signal.SIGKILL and may_die:
            self.campaign.kills += 1
        elif code not in (0, -signal.SIGTERM) or not may_end:
            raise Wrong(f"{self.name} ended with {code}, see {self.log}")

    def kill(self, may_end=False):
        self.popen.kill()
        self.popen.wait()
        self.ended(True, may_end)

    def wait(self):
        """Until it ends well, or by its script."""
        try:
            self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Wrong(f"{self.name} (pid {self.popen.pid}) does not come "
                        f"to an end") from None
        self.ended(self.may_die, True)


class Campaign:
    def __init__(self, worker, hyperd, folder, kills, seed):
        self.worker, self.hyperd, self.dir = worker, hyperd, folder
        self.wanted, self.seed = kills, seed
        self.random = random.Random(seed)
        self.kills = self.checks = self.rounds = 0
        self.calls = self.acknowledged = 0
        self.running = set()
        self.new_round()

    # --- the state ---

    def new_round(self):
        self.state = os.path.join(self.dir, f"s{self.rounds}")
        self.journals = []
        self.checker = Checker(self.state)
        self.rounds += 1

    def end_round(self):
        self.calls += self.checker.calls
        self.acknowledged += self.checker.acknowledged
        shutil.rmtree(self.state)
        for name in os.listdir(self.dir):
            if name.endswith(".journal"):
                os.unlink(os.path.join(self.dir, name))
        self.new_round()

    def socket(self):
        return os.path.join(self.state, "sock")

    def run(self, name, *args, script=""):
        return Process(self, name, [self.worker, *args], script)

    def start_hyperd(self, script):
        return Process(self, "hyperd",
                       [self.hyperd, "--state", self.state, "--socket",
                        self.socket(), "--log-level", "warning"], script)

    def settle(self, script=""):
        return self.run("settle", "settle", self.state, script=script)

    def check(self):
        self.settle().wait()
        self.checks += 1
        problems = self.checker.check(self.journals)
        self.journals = []
        if problems:
            raise Wrong("\n".join(problems))

    # --- at each step ---

    def do(self, uri, verb, name):
        """One call that must succeed."""
        said = self.said(uri, verb, name, "")
        if not said.startswith("OK"):
            raise Wrong(f"{verb} {name}: {said}")

    def said(self, uri, verb, name, script):
        env = dict(os.environ, HYPER_TEST_KEEP="yes",
                   HYPER_TEST_SCRIPT=script)
        done = subprocess.run([self.worker, "do", uri, verb, name], env=env,
                              stdout=subprocess.PIPE, timeout=PATIENCE,
                              text=True, check=False)
        if done.returncode == -signal.SIGKILL and script:
            self.kills += 1
            return "killed"
        return done.stdout

    def step(self, number, op, before, step, through, twice):
        name = f"m{number}"
        if before not in (ABSENT, None):
            self.do(self.state, "add", name)
        if before == RUNNING:
            self.do(self.state, "start", name)
        script = f"{op}@{step}:crash"
        if through == "lib":
            said = self.said(self.state, op, name, script)
            if said != "killed":
                raise Wrong(f"{script} of a library user: {said}")
        else:
            hyperd = self.start_hyperd(script)
            while True:
                said = self.said("unix:" + self.socket(), op, name, "")
                if not said.startswith("CONNECT no hyperd"):
                    break
                time.sleep(0.01)
            if not said.startswith("CONNECT"):
                raise Wrong(f"{script} of a hyperd: {said}")
            hyperd.wait()
        # And who comes to put that right dies as well, maybe.
        if twice:
            self.settle("inspect:crash;remove@2:crash").wait()
        self.check()
        is_now = (self.checker.known.get(name, ABSENT),
                  self.checker.last_operation(name))
        wanted = AFTER.get(op, [(ABSENT, FAILED)] * 2)[step - 1]
        if is_now != wanted:
            raise Wrong(f"{script} ({through}): {is_now}, not {wanted}")

    def steps(self):
        number = 0
        for through in ("lib", "hyperd"):
            for op, before, last in CHANGES:
                for step in range(1, last + 1):
                    for twice in (False, True):
                        number += 1
                        self.step(number, op, before, step, through, twice)
        self.end_round()

    # --- at any time ---

    def script(self):
        """A bad day of an engine: slow, and now and then it kills."""
        rules = [f"{self.random.choice(STEPS)}:latency="
                 f"{self.random.randint(1, 8)}"
                 for _ in range(self.random.randint(0, 3))]
        if self.random.random() < 0.25:
            rules.append(f"{self.random.choice(STEPS)}:crash")
        return ";".join(rules)

    def spawn(self, name):
        if name == "hyperd":
            return self.start_hyperd(self.script())
        uri = self.state
        machines = name
        self.generation += 1
        if name.startswith("http"):
            uri = "unix:" + self.socket()
            # What a killed client has asked for may be done at any time
            # later: the next one has other machines.
            machines = f"{name}g{self.generation}"
        journal = os.path.join(self.dir, f"{name}.{self.generation}.journal")
        open(journal, "ab").close()
        self.journals.append(journal)
        return self.run(name, "load", uri, journal, machines,
                        str(self.random.randrange(1 << 24)),
                        script=self.script() if uri == self.state else "")

    def batch(self, kills):
        names = ["a", "b", "c", "hyperd", "http1", "http2"]
        slots = {name: self.spawn(name) for name in names}
        end = self.kills + kills
        while self.kills < end:
            time.sleep(self.random.choice((0.02, 0.1, 0.25)) *
                       self.random.random())
            for name, process in slots.items():
                if process.died():
                    slots[name] = self.spawn(name)
            victim = self.random.choice(names)
            slots[victim].kill()
            slots[victim] = self.spawn(victim)
        # Those that are left come to an end, clients before their server.
        hyperd = slots.pop("hyperd")
        for process in slots.values():
            process.popen.stdin.close()
        for process in slots.values():
            process.wait()
        # (It may be so young that it does not handle that yet.)
        hyperd.popen.terminate()
        hyperd.wait()
        # Whoever comes to put things right may be killed as well.
        if self.random.random() < 0.3:
            settle = self.settle(self.script())
            time.sleep(0.05 * self.random.random())
            settle.kill(may_end=True)
        self.check()

    def load(self):
        while self.kills < self.wanted:
            self.generation = 0
            for _ in range(4):
                if self.kills < self.wanted:
                    self.batch(min(12, self.wanted - self.kills))
            self.end_round()

    def tell(self, began):
        took = time.monotonic() - began
        print(f"seed {self.seed}: {self.kills} kills in {took:.0f} s, "
              f"{self.checks} checks, {self.calls} calls, "
              f"{self.acknowledged} acknowledged", flush=True)


def main():
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    campaign = Campaign(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
    began = time.monotonic()
    try:
        campaign.steps()
        campaign.load()
        campaign.tell(began)
        return 0
    except Wrong as wrong:
        print(f"{wrong}\nseed {campaign.seed}, after {campaign.kills} kills; "
              f"the state directory is {campaign.state}")
        return 1
    finally:
        for process in list(campaign.running):
            process.popen.kill()
            process.popen.wait()


if __name__ == "__main__":
    sys.exit(main())
