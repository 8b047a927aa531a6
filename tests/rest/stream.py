# SPDX-License-Identifier: MIT
"""Streams of events as odd clients read them: stream.py SOCKET WHAT [ARG...]

  burst COUNT          make so many machines, and remove them, four at a time
  follow FORM COUNT    read so many events, in many connections (seeded)
  alive FORM AFTER     nothing happens: what comes at once, and then?
  stall TARGET         never read, until cut off; then tell what came, and
                       what a second connection says
  slow TARGET FORM     hardly read; on a line from stdin read on to the end
  many COUNT           so many at once, and another request; then once more
  open TARGET FORM     read to the end, and tell how it ended

FORM is sse or ndjson. The last line is what the caller looks at; `wrong: …`
tells of a gap, of what came twice, or of what is no event.
"""
import json
import random
import select
import socket
import sys
import threading
import time

TYPES = {"sse": "text/event-stream", "ndjson": "application/x-ndjson"}


class Wrong(Exception):
    pass


class Stream:
    """One request, whose answer is read when one wants to."""

    def __init__(self, path, form, target="/hyper/events", last_id=None,
                 small=False):
        self.form = form
        self.rest = b""  # of what was received
        self.text = b""  # of what was decoded
        self.s = socket.socket(socket.AF_UNIX)
        if small:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.s.connect(path)
        self.s.settimeout(60)
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept: {TYPES[form]}\r\n"
        if last_id is not None:
            head += f"Last-Event-ID: {last_id}\r\n"
        self.s.sendall((head + "\r\n").encode())

    def close(self):
        self.s.close()

    def more(self):
        data = self.s.recv(65536)
        if not data:
            raise EOFError
        self.rest += data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(mark)
        return head

    def status(self):
        self.header = self.until(b"\r\n\r\n").decode()
        return int(self.header.split()[1])

    def body(self):
        """Of an answer that is no stream."""
        size = int(self.header.lower().split("content-length:")[1].split()[0])
        while len(self.rest) < size:
            self.more()
        return json.loads(self.rest[:size])

    def chunk(self):
        """The next one; b"" at the end. EOFError: it broke off."""
        size = int(self.until(b"\r\n"), 16)
        while len(self.rest) < size + 2:
            self.more()
        data, self.rest = self.rest[:size], self.rest[size + 2:]
        return data

    def blocks(self):
        """What is told, one after the other: (kind, value)."""
        mark = b"\n\n" if self.form == "sse" else b"\n"
        end = time.monotonic() + 120
        while True:
            if time.monotonic() > end:
                raise TimeoutError
            while mark in self.text:
                block, _, self.text = self.text.partition(mark)
                yield parse(self.form, block.decode())
            data = self.chunk()
            if not data:
                if self.text:
                    raise Wrong(f"it ends in the middle: {self.text}")
                return
            self.text += data


def parse(form, block):
    if form == "ndjson":
        if not block:
            return "alive", None
        value = json.loads(block)
        if "problem" in value:
            return "problem", value["problem"]
        return "event", value
    if block in (":", "retry: 2000"):
        return "alive" if block == ":" else "retry", None
    lines = block.split("\n")
    if len(lines) != 2 or not lines[1].startswith("data: "):
        raise Wrong(f"no event: {block}")
    value = json.loads(lines[1][6:])
    if lines[0] == "event: problem":
        return "problem", value
    if lines[0] != f"id: {value['seq']}":
        raise Wrong(f"its id is not its seq: {block}")
    return "event", value


class Reader:
    """Checks that nothing is missing and nothing comes twice."""

    def __init__(self, last=0):
        self.last = last
        self.count = 0
        self.problem = None

    def take(self, kind, value):
        if self.problem:
            raise Wrong("there is something behind the problem")
        if kind == "problem":
            self.problem = value
        if kind != "event":
            return
        if self.count and value["seq"] != self.last + 1:
            raise Wrong(f"{value['seq']} comes after {self.last}")
        self.last = value["seq"]
        self.count += 1

    def all(self, stream):
        """To the end; how it ends."""
        try:
            for kind, value in stream.blocks():
                self.take(kind, value)
        except (EOFError, ConnectionResetError):
            return "broken off"
        return self.problem["type"].split(":")[-1] if self.problem else "end"


def request(s, method, target, body=None):
    text = json.dumps(body) if body else ""
    s.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Type: "
              f"application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
              .encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += s.recv(65536)
    head, _, rest = data.partition(b"\r\n\r\n")
    low = head.lower()
    if b"content-length:" in low:
        size = int(low.split(b"content-length:")[1].split()[0])
        while len(rest) < size:
            rest += s.recv(65536)
    return int(head.split()[1])


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.settimeout(60)
    return s


def burst(path, count):
    bad = []

    def some(worker):
        with connect(path) as s:
            for i in range(worker, count, 4):
                name = f"m{worker}-{i}"
                if request(s, "POST", "/hyper/machines",
                           {"id": name, "type": "test",
                            "image": "tiny"}) != 201 or request(
                                s, "DELETE", f"/hyper/machines/{name}") != 204:
                    bad.append(name)

    threads = [threading.Thread(target=some, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(f"wrong: {bad}" if bad else "made")


def follow(path, form, count):
    dice = random.Random(count)
    reader, connections = Reader(), 0
    while reader.last < count:
        stream = Stream(path, form, last_id=reader.last)
        connections += 1
        if stream.status() != 200:
            raise Wrong(stream.header)
        left = dice.randint(1, 60)
        for kind, value in stream.blocks():
            reader.take(kind, value)
            left -= kind == "event"
            if left == 0 or reader.last >= count:
                break
        stream.close()  # what it has received and not taken is lost
    print(f"{reader.count} events", connections > count / 60)


def alive(path, form, after):
    stream = Stream(path, form, f"/hyper/events?after={after}")
    since = time.monotonic()
    stream.status()
    first = stream.chunk()
    at_once = time.monotonic() - since < 5
    second = stream.chunk()
    print(first, at_once, second, 14 < time.monotonic() - since < 20)


def stall(path, target):
    stream = Stream(path, "sse", target, small=True)
    since = time.monotonic()
    poll = select.poll()
    poll.register(stream.s, 0)  # POLLHUP only
    cut = bool(poll.poll(50000))
    seconds = time.monotonic() - since
    stream.status()
    reader = Reader()
    end = reader.all(stream)
    before = reader.last
    again = Stream(path, "sse", target + "&wait=0", last_id=before)
    if again.status() != 200:
        raise Wrong(again.header)
    print(f"{end}; again: {reader.all(again)}, goes on:", reader.last > before,
          "cut off:", cut and 25 < seconds)


def slow(path, target, form):
    stream = Stream(path, form, target, small=True)
    stream.status()
    print("reads", flush=True)
    # Now and then a little, so that it is slow and not dead.
    while not select.select([sys.stdin], [], [], 8)[0]:
        stream.more()
    sys.stdin.readline()
    reader = Reader()
    end = reader.all(stream)
    print(f"{end} behind {reader.last}: {(reader.problem or {}).get('detail')}")


def many(path, count):
    def once():
        streams = [Stream(path, "sse") for _ in range(count)]
        found = [s.status() for s in streams]
        refused = [s for s, status in zip(streams, found) if status == 503]
        says = {s.body()["type"] for s in refused}
        with connect(path) as s:
            other = request(s, "GET", "/hyper/machines")
        for s in streams:
            s.close()
        return found.count(200), sorted(says), other

    first = once()
    end = time.monotonic() + 8  # less than until they must be written to
    while time.monotonic() < end:
        time.sleep(1)
        again = once()
        if again == first:
            break
    print(first, again == first)


def open_to_end(path, target, form):
    stream = Stream(path, form, target)
    status = stream.status()
    print("reads", flush=True)
    print(status, Reader().all(stream))


def main():
    path, what, *args = sys.argv[1:]
    try:
        if what == "burst":
            burst(path, int(args[0]))
        elif what == "follow":
            follow(path, args[0], int(args[1]))
        elif what == "alive":
            alive(path, *args)
        elif what == "stall":
            stall(path, *args)
        elif what == "slow":
            slow(path, *args)
        elif what == "many":
            many(path, int(args[0]))
        elif what == "open":
            open_to_end(path, *args)
    except (Wrong, TimeoutError, EOFError) as e:
        print(f"wrong: {e!r}")


main()
