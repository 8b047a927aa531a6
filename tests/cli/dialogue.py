# SPDX-License-Identifier: MIT
"""Talk to a program on a terminal: dialogue.py DIALOGUE COMMAND [ARG...]

DIALOGUE is a file with a step a line (texts with \\r, \\t, \\x03 ...):

  send TEXT     type it
  expect TEXT   within 15 s it must come, after what was expected before
  prompt        "hyper> " must come, and keys be read one by one
  never TEXT    this must not have come so far
  width N       the terminal has so many columns from now on
  redirect FILE stdout goes there, not to the terminal (first of all)
  exit N        the program ends within 15 s, with this code

Exit 0 if all of it happened; else what came is printed.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

PATIENCE = 15


class Terminal:
    def __init__(self, argv, stdout):
        self.seen = b""
        self.at = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if stdout:
                os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT, 0o600), 1)
            os.execvp(argv[0], argv)
        self.width(80)

    def width(self, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, columns, 0, 0))

    def read(self, seconds):
        """More of the output, or False when it has ended."""
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                more = os.read(self.fd, 65536)
            except OSError:  # how Linux tells the end of a terminal
                more = b""
            self.seen += more
            return bool(more)
        return True

    def expect(self, text):
        end = time.monotonic() + PATIENCE
        alive = True
        while True:
            found = self.seen.find(text, self.at)
            if found >= 0:
                self.at = found + len(text)
                return True
            if not alive or time.monotonic() > end:
                return False
            alive = self.read(0.1)

    def prompt(self):
        end = time.monotonic() + PATIENCE
        if not self.expect(b"hyper> "):
            return False
        while termios.tcgetattr(self.fd)[3] & termios.ICANON:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        time.sleep(0.05)  # until it really reads
        return True

    def exit(self):
        """The exit code; 128 + the signal; None if it does not end."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.05) and select.select([self.fd], [], [],
                                                        0)[0]:
                    pass
                self.pid = 0
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
        return None

    def end(self):
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)


def step(terminal, verb, text):
    raw = text.encode().decode("unicode_escape").encode("latin-1")
    if verb == "send":
        os.write(terminal.fd, raw)
        return True
    if verb == "expect":
        return terminal.expect(raw)
    if verb == "prompt":
        return terminal.prompt()
    if verb == "never":
        return raw not in terminal.seen
    if verb == "width":
        terminal.width(int(text))
        return True
    if verb == "exit":
        return terminal.exit() == int(text)
    raise ValueError(verb)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        steps = [line.rstrip("\n").partition(" ")[::2] for line in file]
    stdout = steps.pop(0)[1] if steps[0][0] == "redirect" else None
    terminal = Terminal(sys.argv[2:], stdout)
    try:
        for verb, text in steps:
            if not step(terminal, verb, text):
                print(f"not so: {verb} {text}")
                print(terminal.seen)
                return 1
        return 0
    finally:
        terminal.end()


sys.exit(main())
