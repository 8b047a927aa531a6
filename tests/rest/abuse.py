# SPDX-License-Identifier: MIT
"""What no well-meaning client does: abuse.py WHERE WHAT [TOKEN]

WHERE is unix:PATH, http://HOST:PORT or https://HOST:PORT. `abuse.py WHERE all`
sends each request of a table, and after each one that hyperd is still well;
other WHATs are one attack each. A line `ok TEXT` or `FAIL TEXT` for each.
"""
import json
import re
import resource
import socket
import ssl
import sys
import time

WHERE, WHAT = sys.argv[1:3]
TOKEN = sys.argv[3] if len(sys.argv) > 3 else ""
AUTH = f"Authorization: Bearer {TOKEN}\r\n".encode() if TOKEN else b""
HOST = b"Host: localhost\r\n"
HEAD = HOST + AUTH
JSON = HEAD + b"Content-Type: application/json\r\n"
CLOSE = b"Connection: close\r\n"
PATIENCE = 60


def connect(receive_buffer=0):
    if WHERE.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(WHERE[5:]) # waits while the queue is full
        s.settimeout(PATIENCE)
        return s
    scheme, host, port = re.match(r"(https?)://(.*):(\d+)", WHERE).groups()
    s = socket.socket()
    s.settimeout(PATIENCE)
    if receive_buffer:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.connect((host, int(port)))
    if scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        s = context.wrap_socket(s)
    return s


GONE = (BrokenPipeError, ConnectionResetError, ssl.SSLError)


def drain(s):
    answer = b""
    try:
        while part := s.recv(65536):
            answer += part
    except GONE:
        pass
    return answer


def ask(data, half=True):
    """All that comes back, until the server closes."""
    with connect() as s:
        try:
            s.sendall(data)
            if half and not isinstance(s, ssl.SSLSocket):
                s.shutdown(socket.SHUT_WR)
        except GONE:
            pass
        return drain(s)


def statuses(answer):
    found = re.findall(rb"^HTTP/1\.[01] (\d{3})", answer, re.M)
    return ",".join(code.decode() for code in found) or "none"


def get(target, header=HEAD, method=b"GET", version=b"HTTP/1.1"):
    return method + b" " + target + b" " + version + b"\r\n" + header + \
        CLOSE + b"\r\n"


def post(body, target=b"/hyper/machines", header=b"", length=None, close=CLOSE):
    if length is None:
        length = len(body)
    return b"POST " + target + b" HTTP/1.1\r\n" + JSON + header + close + \
        b"Content-Length: %d\r\n\r\n" % length + body


def chunked(body, header=b""):
    return b"POST /hyper/machines HTTP/1.1\r\n" + JSON + header + CLOSE + \
        b"Transfer-Encoding: chunked\r\n\r\n" + body


def machine(**members):
    fields = {"id": "abuse", "type": "test", "image": "tiny"}
    fields.update(members)
    return post(json.dumps(fields).encode())


def image(**members):
    fields = {"type": "test", "name": "new", "path": "/nowhere"}
    fields.update(members)
    return post(json.dumps(fields).encode(), b"/hyper/images")


BODY = b'{"id":"smuggled","type":"test","image":"tiny"}'
SMUGGLED = b"GET /hyper/machines HTTP/1.1\r\n" + HEAD + b"\r\n"
NO = "4\\d\\d"
BAD = "400|none|400,400"

TABLE = [
    # --- the length of a body ---
    ("two lengths that differ", BAD,
     post(BODY, header=b"Content-Length: 7\r\n")),
    ("two lengths that are the same", BAD,
     post(BODY, header=b"Content-Length: %d\r\n" % len(BODY))),
    ("a list of lengths", BAD,
     post(b"", header=b"Content-Length: 3, 3\r\n")),
    ("a length with a sign", BAD,
     post(BODY).replace(b"Length: ", b"Length: +")),
    ("a length in hexadecimal", BAD,
     post(BODY).replace(b"Length: ", b"Length: 0x")),
    ("a length of 2^64", "400|413|none|4..,4..",
     post(BODY, length=1 << 64)),
    ("a length of 2^63", "413|400|none|4..,400",
     post(BODY, length=1 << 63)),
    ("a length and chunks: CL.TE", BAD,
     chunked(b"0\r\n\r\n" + SMUGGLED, b"Content-Length: 5\r\n")),
    ("chunks that are no chunks: TE.TE", "4\\d\\d|501|none|4..,400",
     post(SMUGGLED, header=b"Transfer-Encoding: xchunked\r\n")),
    ("chunks twice", BAD,
     chunked(b"0\r\n\r\n" + SMUGGLED, b"Transfer-Encoding: identity\r\n")),
    ("a space before the colon", BAD,
     post(BODY).replace(b"Content-Length:", b"Content-Length :")),
    ("a folded header", "200|" + BAD,
     get(b"/hyper", HEAD + b"X: a\r\n b\r\n")),
    ("a line that ends with CR only", BAD,
     b"GET /hyper HTTP/1.1\r" + HEAD + b"\r\r"),
    ("a chunk larger than said", BAD, chunked(b"3\r\n" + BODY + b"\r\n0\r\n\r\n")),
    ("a chunk of negative size", BAD, chunked(b"-1\r\n\r\n0\r\n\r\n")),
    ("a chunk of 2^64", "400|413|none", chunked(b"f" * 16 + b"\r\n" + BODY)),
    ("a chunk size of 1000 digits", BAD, chunked(b"0" * 1000 + b"z\r\n\r\n")),
    ("chunks without an end", BAD, chunked(b"%x\r\n" % len(BODY) + BODY)),
    ("a body shorter than said", BAD, post(BODY, length=len(BODY) + 9)),
    ("a body longer than said", "400|400,400",
     post(BODY, length=7)),
    ("no body", "400", post(b"")),
    ("no body and no length", "411",
     b"POST /hyper/machines HTTP/1.1\r\n" + JSON + CLOSE + b"\r\n"),
    ("a body for GET", "400|200",
     get(b"/hyper", HEAD + b"Content-Length: 2\r\n") + b"{}"),
    # --- JSON ---
    ("100,000 levels of arrays", "400", post(b"[" * 100000)),
    ("100,000 levels, closed", "400", post(b"[" * 100000 + b"]" * 100000)),
    ("100,000 levels of objects", "400", post(b'{"a":' * 100000)),
    ("deep in a member", "4(00|22)",
     post(b'{"image":"a","labels":' + b'{"a":' * 50000 + b"1" + b"}" * 50001)),
    ("a number of 100,000 digits", "4(00|22)",
     post(b'{"image":"a","mem":' + b"9" * 100000 + b"}")),
    ("1e999999999", "4(00|22)", post(b'{"image":"a","mem":1e999999999}')),
    ("a string of 900 kB", "4(00|22)", machine(id="a" * 900000)),
    ("an image of 900 kB", "4(00|13|22)", machine(image="a" * 900000)),
    ("100,000 members", "4(00|22)",
     post(b"{" + b",".join(b'"k%d":1' % i for i in range(60000)) + b"}")),
    ("members twice", "400", post(b'{"id":"a","id":"b","image":"tiny"}')),
    ("a NUL in JSON", "400", post(BODY.replace(b"smug", b"sm\0g"))),
    ("a NUL behind JSON", "400", post(BODY + b"\0")),
    ("JSON behind JSON", "400", post(BODY + BODY)),
    ("an escaped NUL", "4(00|22)", machine(id="a\0b")),
    ("bad UTF-8 in JSON", "400", post(BODY.replace(b"smug", b"sm\xff\xfe"))),
    ("half of a character", "4(00|04|22)",
     post(b'{"id":"a","image":"\\ud800","type":"test"}')),
    ("UTF-16", "400", post("\ufeff{}".encode("utf-16"))),
    ("only a byte order mark", "400", post(b"\xef\xbb\xbf" + BODY)),
    ("NaN", "400", post(b'{"image":"a","mem":NaN}')),
    # --- names and paths ---
    ("an id that leaves its folder", "422", machine(id="../../etc/x")),
    ("an id of dots", "422", machine(id="..")),
    ("an id with a slash", "422", machine(id="a/b")),
    ("an id with escapes", "422", machine(id="%2e%2e%2fx")),
    ("an id with a line end", "422", machine(id="a\nb")),
    ("an id of 64", "422", machine(id="a" * 64)),
    ("an id as XML", "422", machine(id="a</name><x/>")),
    ("an option nobody has", "422",
     machine(options={"</domain>": "<!ENTITY x SYSTEM 'file:///etc/passwd'>"})),
    ("an option that is a tree", "4(00|22)",
     machine(options={"script": {"a": ["b"]}})),
    ("an option with a NUL", "4(00|22)", machine(options={"script": "a\0b"})),
    ("a script with line ends", "422", machine(options={"script": "x\n\r;y"})),
    ("a label with control characters", "4(00|22)",
     machine(labels={"a\x1b[31m": "b"})),
    ("an import of no path", "4(00|22)", image(path="")),
    ("an import of a relative path", "4(00|22)", image(path="x.img")),
    ("an import that climbs", "4\\d\\d|50[01]", image(path="/x/../../etc")),
    ("an import with a NUL", "4(00|22)", image(path="/etc/passwd\0.img")),
    ("an import of a path of 100 kB", "4(00|22)", image(path="/" + "a" * 100000)),
    ("an image that climbs, in the path", "4\\d\\d",
     get(b"/hyper/images/test/../../etc/passwd", method=b"DELETE")),
    ("the same, escaped", "4\\d\\d",
     get(b"/hyper/images/test/%2e%2e/%2e%2e/etc", method=b"DELETE")),
    ("a type that climbs", "4\\d\\d",
     get(b"/hyper/images/%2e%2e%2f%2e%2e/x", method=b"DELETE")),
    ("an absolute id", NO, get(b"/hyper/machines/%2fetc%2fpasswd")),
    ("dots in a path", NO, get(b"/hyper/machines/../../etc/passwd")),
    ("escaped dots", NO, get(b"/hyper/machines/%2e%2e")),
    ("escaped twice", NO, get(b"/hyper/machines/%252e%252e")),
    ("an escaped NUL in a path", "400", get(b"/hyper/machines/a%00b")),
    ("a raw NUL behind a path", "400", get(b"/hyper\0/machines")),
    ("the same, and a version", "400", get(b"/hyper\0HTTP/1.1")),
    ("the same, and a whole request", "400",
     get(b"/hyper\0HTTP/1.1\0\0Host:localhost\0\0")),
    ("a raw NUL in a query", "400", get(b"/hyper/machines?limit=1\0")),
    ("a raw NUL before the path", BAD, get(b"\0/hyper")),
    ("a raw NUL in a method", "405|" + BAD, get(b"/hyper", method=b"GET\0X")),
    ("a raw NUL in a version", BAD, get(b"/hyper", version=b"HTTP/1.1\0")),
    ("a raw NUL in a header", "400", get(b"/hyper", HEAD + b"X: a\0b\r\n")),
    ("a raw NUL that ends a header", "400",
     get(b"/hyper", HEAD + b"X: a\0\r\n")),
    ("a raw NUL in place of a value", "400",
     get(b"/hyper", HEAD + b"X: \0\r\n")),
    ("a raw NUL in the name of a header", BAD,
     get(b"/hyper", HEAD + b"X\0Y: a\r\n")),
    ("a raw NUL in a name, behind a colon", "400",
     get(b"/hyper", HEAD + b"X:\0Y: a\r\n")),
    ("a raw NUL in the last header", "400",
     get(b"/hyper", HEAD + CLOSE + b"X: a\0b\r\n")),
    ("blanks around a value", "200", get(b"/hyper", HEAD + b"X: \t a b \t\r\n")),
    ("blanks in the first line", "200|" + BAD,
     get(b" /hyper ").replace(b"GET ", b"GET  ")),
    ("a field without a value", "200", get(b"/hyper", HEAD + b"X:\r\nY: \r\n")),
    ("lines that end with LF only", "200|400",
     get(b"/hyper").replace(b"\r\n", b"\n")),
    ("overlong UTF-8", "400", get(b"/hyper/machines/%c0%ae%c0%ae")),
    ("raw bytes in a path", NO, get(b"/hyper/machines/\xff\xfe\x01")),
    ("raw bytes in a query", NO, get(b"/hyper/machines?query=\xff\xfe")),
    ("a NUL in a query", NO, get(b"/hyper/machines?query=%00")),
    ("100,000 parentheses", NO,
     get(b"/hyper/machines?query=" + b"(" * 8000)),
    ("a query that is SQL", NO,
     get(b"/hyper/machines?query=id%3D1'%20OR%20'1'%3D'1;DROP%20TABLE%20machine")),
    ("a sort that is SQL", NO,
     get(b"/hyper/machines?sort=id;DELETE%20FROM%20machine")),
    ("a cursor of nonsense", NO,
     get(b"/hyper/machines?cursor=" + b"A" * 2000)),
    ("4,000 parameters", NO + "|none",
     get(b"/hyper/machines?" + b"&".join(b"a%d=1" % i for i in range(4000)))),
    ("an operation of 2^64", NO, get(b"/hyper/operations/18446744073709551616")),
    # --- the rest of HTTP ---
    ("a header of bad UTF-8", "200|400",
     get(b"/hyper", HEAD + b"X: \xff\xfe\r\n")),
    ("control characters in an id of a request", "200",
     get(b"/hyper", HEAD + b"X-Request-Id: a\x1b[31mb\r\n")),
    ("5,000 fields", "431|none|431,400",
     get(b"/hyper", HEAD + b"".join(b"X%d: 1\r\n" % i for i in range(5000)))),
    ("a method nobody knows", "405|501|400", get(b"/hyper", method=b"BREW")),
    ("a method of 10 kB", "4\\d\\d|none|4..,400",
     get(b"/hyper", method=b"A" * 10000)),
    ("CONNECT", NO, get(b"example.org:443", method=b"CONNECT")),
    ("TRACE", NO, get(b"/hyper", method=b"TRACE")),
    ("HTTP/9.9", "505|" + BAD, get(b"/hyper", version=b"HTTP/9.9")),
    ("no version", BAD, b"GET /hyper\r\n\r\n"),
    ("TLS to what is none, and other noise", "none|" + BAD,
     bytes(range(256)) * 40),
    ("HTTP/2", "505|" + BAD, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("an upgrade", "200|4\\d\\d",
     get(b"/hyper", HEAD + b"Upgrade: h2c\r\nHTTP2-Settings: AAA\r\n")),
    ("a continuation that is waited for", "(100,)?400",
     post(b"{}x", header=b"Expect: 100-continue\r\n")),
    ("an absolute target elsewhere", "421" if "http" in WHERE else "200",
     get(b"http://evil.example/hyper")),
    ("no Host in HTTP/1.0", "400" if "http" in WHERE else "200",
     get(b"/hyper", AUTH, version=b"HTTP/1.0")),
    ("a Host twice", "400" if "http" in WHERE else "200",
     get(b"/hyper", HEAD + HOST)),
]


def verdict(good, text, said=""):
    print(("ok   " if good else "FAIL ") + text + ("" if good else f": {said}"),
          flush=True)
    return good


def well():
    answer = ask(get(b"/healthz"))
    return statuses(answer) == "200" and answer.endswith(b"ok\n")


def everything():
    for text, want, data in TABLE:
        answer = ask(data)
        got = statuses(answer)
        good = re.fullmatch(want, got) and b"root:" not in answer
        verdict(good and well(), text, f"{got}, wanted {want}: {answer[:300]}")
    answer = ask(get(b"/hyper/machines"))
    verdict(answer.endswith(b"\r\n\r\n[]"), "no machine came of all that",
            answer[-300:])


def until_cut(s, parts, pause):
    """Send these bit by bit; how long until the server closed?"""
    began = time.monotonic()
    s.settimeout(pause)
    for part in parts:
        try:
            s.sendall(part)
            if s.recv(4096) == b"":
                return time.monotonic() - began
        except (TimeoutError, ssl.SSLWantReadError):
            pass
        except (OSError, *GONE):
            return time.monotonic() - began
    return 999


def bits(data):
    return [data[i:i + 1] for i in range(len(data))]


def slow(name, first, rest, most):
    with connect() as s:
        s.sendall(first)
        if b"\r\n\r\n" in first and not first.startswith(b"POST"):
            s.recv(65536)
        took = until_cut(s, rest, 0.05)
    verdict(took <= most and well(), name, f"{took:.1f} s")


def slow_writers():
    """hyperd was started with a request-timeout of 2 and an idle one of 2."""
    endless = bits(b"X: " + b"a" * 1000)
    keep = b"GET /hyper HTTP/1.1\r\n" + HEAD + b"\r\n"
    slow("a first line byte by byte", b"", bits(b"GET /" + b"a" * 1000), 5)
    slow("a header byte by byte", keep[:-2], endless, 5)
    slow("a body byte by byte", post(b"", length=5000, close=b""),
         bits(b" " * 1000), 5)
    slow("chunks byte by byte", chunked(b""), [b"1\r\n \r\n"] * 1000, 5)
    slow("a second request byte by byte", keep, bits(b"GET /" + b"a" * 1000), 8)
    slow("one that is idle", keep, [b""] * 1000, 8)


def slow_reader():
    """And an answer-timeout of 2."""
    one = b"GET /metrics HTTP/1.1\r\n" + HEAD + b"\r\n"
    count = 2000
    with connect(receive_buffer=4096) as s:
        s.setblocking(False)
        wanted = one * count
        sent = 0
        answer = b""
        end = time.monotonic() + 6
        while time.monotonic() < end:
            try:
                sent += s.send(wanted[sent:sent + 65536])
            except (BlockingIOError, ssl.SSLWantWriteError, *GONE):
                pass
            try:
                answer += s.recv(1)
            except (BlockingIOError, ssl.SSLWantReadError, *GONE):
                pass
            time.sleep(0.1)
        s.settimeout(PATIENCE)
        answer += drain(s)
    got = answer.count(b"HTTP/1.1 200")
    verdict(0 < got < count and well(), "one who reads byte by byte is cut off",
            f"{got} answers")


def crowd():
    """1,000 who say nothing: others are served all the same."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    idle = []
    for _ in range(1000):
        try:
            idle.append(connect())
        except OSError:
            pass
    began = time.monotonic()
    good = all(well() for _ in range(5))
    took = time.monotonic() - began
    verdict(good and took < 10, f"well beside {len(idle)} who are idle",
            f"{took:.1f} s")
    for s in idle:
        s.close()
    verdict(well(), "and when they have gone")


def busy():
    """All places are taken by streams; what does the next one get?"""
    stream = b"GET /hyper/events HTTP/1.1\r\nAccept: text/event-stream\r\n" + \
        HEAD + b"\r\n"
    open_streams = []
    for _ in range(int(sys.argv[4])):
        s = connect()
        s.sendall(stream)
        s.recv(4096)
        open_streams.append(s)
    answer = ask(get(b"/hyper"))
    print(statuses(answer), answer.decode().split("\r\n\r\n")[-1])
    for s in open_streams:
        s.close()


{"all": everything, "slow-writers": slow_writers, "slow-reader": slow_reader,
 "crowd": crowd, "busy": busy}[WHAT]()
