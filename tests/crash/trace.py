# SPDX-License-Identifier: MIT
"""Commands under strace: what they do step by step, and an end at one of
these steps.

A step is a system call. strace counts each kind of them in each thread, and
its fault injection sends a signal at the Nth: KILL before that call is done,
STOP behind it.
"""
import os
import re
import subprocess

LINE = re.compile(r"(\d+) +(\w+)\((.*)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Step:
    """The nth call of that name in its thread."""

    def __init__(self, thread, call, n, data):
        self.thread, self.call, self.n, self.data = thread, call, n, data

    def __str__(self):
        return f"{self.call} {self.n}"

    def key(self):
        return (self.call, self.n)


def read(path):
    """The steps of a log that strace wrote with -xx."""
    counts = {}
    found = []
    with open(path, encoding="ascii", errors="replace") as log:
        for line in log:
            match = LINE.match(line)
            if not match:
                continue
            thread, call, rest = match.groups()
            counts[thread, call] = n = counts.get((thread, call), 0) + 1
            text = TEXT.search(rest)
            data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
            found.append(Step(thread, call, n, data))
    return found


def log_args(path, calls):
    return ["-xx", "-s", "64", "-o", path, "-e",
            "trace=" + ",".join(calls)]


def log(path, calls):
    """The prefix of a command whose steps are wanted."""
    return ["strace", "-f", "-qq", *log_args(path, calls)]


def inject(path, step, signal, calls=()):
    """The prefix of a command that gets a signal at a step."""
    return ["strace", "-f", "-qq", *log_args(path, calls or (step.call,)),
            *injection(step, signal)]


def injection(step, signal):
    return ["-e", f"inject={step.call}:signal={signal}:when={step.n}"]


def child_of(pid):
    """The command that this strace runs."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


def attach(pid, args):
    """A strace of a process that runs; it has all its threads when this
    returns."""
    strace = subprocess.Popen(["strace", "-f", *args, "-p", str(pid)],
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
    if b"attached" not in strace.stderr.readline():
        strace.kill()
        strace.wait()
        raise OSError(f"strace cannot attach to process {pid}")
    return strace


def was_stopped(path):
    """Has a STOP had its effect?"""
    if not os.path.exists(path):
        return False
    with open(path, "rb") as file:
        return b"stopped by SIGSTOP" in file.read()
