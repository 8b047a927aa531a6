#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""engines.py TYPE WORKER HYPERD DIR ENGINE-DIR FILE EVERY

The crash campaign on a real engine: docker or libvirt, which runs in
ENGINE-DIR. FILE is what the image of the machines is made of. Users are killed
at each step for EVERY 1, at each second one for 2.

Each change is watched once to learn its steps (trace.py). Then users of the
library are killed at them: before a commit of the database and half-way in
it, before a request to the engine and while it works on that, before each
thing that is done to files. So are hyperds. An engine that is slow comes at
once to the request of one that is dead and to who sees to that. Then the
engine is killed, while it works on a request and when it has answered, some
times together with who asked.

Each time who comes next has to bring all to an end; what was acknowledged, the
database and the engine as others see it (outside.py) must agree (judge.py);
and it must be possible to ask again. Exit code 1: something was lost or left.
"""
import os
import random
import signal
import subprocess
import sys
import time

import outside
import trace
from checker import ABSENT, RUNNING, STOPPED
from judge import PATIENCE, THERE, Change, Judge, Wrong

# Of the questions to an engine the last ones are enough, and of the commits
# the first ones: what follows is the closing.
QUESTIONS, COMMITS = 2, 4


class Campaign:
    def __init__(self, engine, worker, hyperd, folder, every):
        self.engine, self.hyperd, self.dir = engine, hyperd, folder
        self.state = engine.state = os.path.join(folder, "state")
        self.socket = os.path.join(folder, "sock")
        self.log = os.path.join(folder, "trace")
        self.judge = Judge(engine, worker, self.state)
        self.kills = {"users": 0, "hyperds": 0, "engine": 0}
        self.add = Change("add", ABSENT, STOPPED)
        self.start = Change("start", STOPPED, RUNNING)
        self.stop = Change(engine.stop, RUNNING, STOPPED)
        self.remove = Change("remove", STOPPED, ABSENT)
        self.make_image = Change(engine.make_image, ABSENT, THERE)
        self.remove_image = Change("image-remove", THERE, ABSENT)
        self.number, self.every = 0, every

    # --- where ---

    def thread_of(self, steps, index):
        return [step for step in steps[index:]
                if step.thread == steps[index].thread]

    def changes(self, steps):
        return [i for i, step in enumerate(steps)
                if self.engine.is_change(step)]

    def last_change(self, steps):
        return self.changes(steps)[-1]

    def requests(self, steps):
        """Each request, and behind what is to change something, for then
        that is on its way."""
        asked = [i for i, step in enumerate(steps)
                 if self.engine.is_request(step)]
        questions = [i for i in asked if self.engine.is_question(steps[i])]
        found = []
        for i in asked:
            if self.engine.is_change(steps[i]):
                found += self.thread_of(steps, i)[:2]
            elif i not in questions[:-QUESTIONS]:
                found.append(steps[i])
        return found

    def commits(self, steps):
        """Half-way in each commit, and when it is only not yet safe. The
        first three are those of the opening."""
        own = [step for step in self.thread_of(steps, 0)
               if step.call in outside.DATABASE]
        found = []
        for i, step in enumerate(own):
            if step.call == "fdatasync" and step.n >= 4:
                found += [own[i - 1], step]
        return found[:COMMITS]

    def learn(self, change, name):
        argv = self.judge.argv(change.verb, name)
        said = self.judge.run(trace.log(self.log, self.engine.calls) + argv)
        if not said.startswith("OK"):
            raise Wrong(f"{change.verb} {name}: {said}")
        steps = trace.read(self.log)
        points = self.requests(steps) + self.commits(steps)
        points = list({step.key(): step for step in points}.values())
        # Which ones is another matter in each run, for all to have their turn
        change.points = points[random.randrange(self.every)::self.every]
        change.steps = steps

    # --- users of the library ---

    def kill_user(self, change, name, step):
        argv = self.judge.argv(change.verb, name)
        said = self.judge.run(trace.inject("/dev/null", step, "KILL") + argv)
        self.kills["users"] += said == "killed"
        self.judge.judge(f"{change.verb} {name} killed at {step}", change,
                         name, said)

    def users(self, there, back, name=None):
        """A change and the one that undoes it: each finds what it needs."""
        points, others = list(there.points), list(back.points)
        while points or others:
            self.number += 1
            for todo, change in ((points, there), (others, back)):
                target = name or f"m{self.number}"
                if todo:
                    self.kill_user(change, target, todo.pop(0))
                    self.judge.again(change, target)
                else:
                    self.judge.must(change.verb, target)

    # --- hyperd ---

    def start_hyperd(self):
        hyperd = subprocess.Popen(
            [self.hyperd, "--state", self.state, "--socket", self.socket,
             "--log-level", "warning"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE)
        for line in hyperd.stdout:
            if b"ready" in line:
                return hyperd
        raise Wrong(f"hyperd ended with {hyperd.wait()} as it began")

    def through_hyperd(self, change, name, args):
        """A change through a hyperd that is watched; what is said of it."""
        hyperd = self.start_hyperd()
        strace = trace.attach(hyperd.pid, args)
        try:
            said = self.judge.run(self.judge.argv(change.verb, name,
                                                  "unix:" + self.socket))
            hyperd.terminate()
            hyperd.wait(PATIENCE)
        finally:
            hyperd.kill()
            hyperd.communicate()
            strace.communicate()
        killed = hyperd.returncode == -signal.SIGKILL
        self.kills["hyperds"] += killed
        # An observer's commit may be the one that counts: then it has
        # answered before it dies.
        if said.startswith("CONNECT") and not killed:
            raise Wrong(f"{change.verb} {name}: said {said}, but hyperd ended "
                        f"with {hyperd.returncode}")
        return said

    def hyperds(self, there, back, name):
        """While the engine works, and before each commit of the end."""
        points = {}
        for change in (there, back):
            said = self.through_hyperd(
                change, name, trace.log_args(self.log, self.engine.calls))
            if not said.startswith("OK"):
                raise Wrong(f"{change.verb} {name}: {said}")
            steps = trace.read(self.log)
            last = self.last_change(steps)
            ends = [step for step in steps[last:] if step.call == "fdatasync"]
            points[change] = [self.thread_of(steps, last)[1]] + ends[:1]
        for pair in zip(points[there], points[back]):
            for change, step in zip((there, back), pair):
                said = self.through_hyperd(
                    change, name,
                    trace.log_args("/dev/null", (step.call,)) +
                    trace.injection(step, "KILL"))
                self.judge.judge(
                    f"{change.verb} {name} through a hyperd that is killed "
                    f"at {step}", change, name, said)
                self.judge.again(change, name)

    # --- the engine ---

    def moments(self, change):
        """The last request that changes something: on its way, answered."""
        own = self.thread_of(change.steps, self.last_change(change.steps))
        end = [i for i, step in enumerate(own)
               if i > 0 and self.engine.is_request(step)] or [len(own)]
        return {"at work": own[1], "answered": own[end[0] - 1]}

    def hold(self, change, name, step):
        """Who asks for a change is held at a step."""
        if os.path.exists(self.log):
            os.unlink(self.log)
        strace = subprocess.Popen(
            trace.inject(self.log, step, "STOP", self.engine.calls) +
            self.judge.argv(change.verb, name), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        self.wait(f"{change.verb} {name} comes to {step}",
                  lambda: strace.poll() is not None or
                  trace.was_stopped(self.log))
        return strace

    @staticmethod
    def happens(condition, limit):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def wait(self, what, condition):
        if not self.happens(condition, PATIENCE):
            raise Wrong(f"it does not happen that {what}")

    @staticmethod
    def send(strace, number):
        if strace.poll() is None:
            os.kill(trace.child_of(strace.pid), number)

    def freeze_engine(self, change, name):
        """An engine that is slow: it gets a request, and does nothing yet. Who
        asked is killed, and somebody comes to see what became of it: the
        engine comes to both at once."""
        index = self.last_change(change.steps)
        thread = change.steps[index].thread
        step = [step for step in change.steps[:index]
                if step.thread == thread][-1]
        wanted = len(self.changes(change.steps))
        strace = self.hold(change, name, step)
        self.engine.freeze()
        self.send(strace, signal.SIGCONT)
        # An answer that came in more pieces than before holds it earlier: then
        # it waits for that, which is as good.
        self.happens(lambda: strace.poll() is not None or
                     len(self.changes(trace.read(self.log))) >= wanted, 5)
        self.send(strace, signal.SIGKILL)
        said = self.judge.said(strace)
        self.kills["users"] += said == "killed"
        with self.judge.settling() as settle:
            self.wait("somebody recovers it", self.judge.is_recovered)
            self.engine.thaw()
            settle.wait(PATIENCE)
        self.judge.judge(f"{change.verb} {name} killed, with a slow engine",
                         change, name, said)
        self.judge.again(change, name)

    def slow_engines(self, there, back, name):
        self.freeze_engine(there, name)
        self.freeze_engine(back, name)

    def kill_engine(self, change, name, moment, both):
        """The asker is held at a step of its; then the engine is killed."""
        strace = self.hold(change, name, self.moments(change)[moment])
        self.engine.kill()
        self.kills["engine"] += 1
        self.send(strace, signal.SIGKILL if both else signal.SIGCONT)
        said = self.judge.said(strace)
        self.kills["users"] += said == "killed"
        what = f"{change.verb} {name}, engine killed ({moment}), said {said}"
        # Nobody waits for it: all comes to an end without it.
        self.judge.settle()
        problems = self.judge.database()
        if problems:
            raise Wrong(f"{what}, while it is down:\n" + "\n".join(problems))
        self.engine.start()
        self.engine.was_killed = True
        self.judge.judge(what, change, name, said)
        self.judge.again(change, name)
        self.engine.was_killed = False

    def engines(self, there, back, name):
        for moment, both in (("at work", False), ("answered", True)):
            self.kill_engine(there, name, moment, both)
            self.kill_engine(back, name, moment, both)

    # --- all ---

    def run(self):
        image, other = self.engine.image, self.engine.other_image
        if self.make_image.verb == "import":
            self.judge.must("import", image)
        self.learn(self.make_image, other)
        self.learn(self.remove_image, other)
        self.users(self.make_image, self.remove_image, other)
        for change in (self.add, self.start, self.stop, self.remove):
            self.learn(change, "lasting")
        self.users(self.add, self.remove)
        self.judge.must("add", "lasting")
        self.users(self.start, self.stop, "lasting")
        self.hyperds(self.start, self.stop, "lasting")
        self.hyperds(self.add, self.remove, "fleeting")
        self.slow_engines(self.start, self.stop, "lasting")
        self.slow_engines(self.add, self.remove, "fleeting")
        self.engines(self.start, self.stop, "lasting")
        self.engines(self.add, self.remove, "fleeting")
        # An answer that comes is not the same as an answer that is heard.
        self.kill_engine(self.add, "fleeting", "answered", False)
        self.kill_engine(self.remove, "fleeting", "at work", True)
        self.judge.must("remove", "lasting")
        self.judge.check("at the end")


def main():
    if len(sys.argv) != 8 or sys.argv[1] not in outside.ALL:
        print(__doc__, file=sys.stderr)
        return 2
    kind, worker, hyperd, folder, where, file, every = sys.argv[1:]
    engine = outside.ALL[kind](where, file)
    campaign = Campaign(engine, worker, hyperd, folder, int(every))
    began = time.monotonic()
    try:
        campaign.run()
        print(f"{kind}: killed " +
              ", ".join(f"{n} {what}" for what, n in campaign.kills.items()) +
              f"; {campaign.judge.checks} checks in "
              f"{time.monotonic() - began:.0f} s")
        return 0
    except Wrong as wrong:
        print(f"{wrong}\n{kind}: after {campaign.kills}; the state directory "
              f"is {campaign.state}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
