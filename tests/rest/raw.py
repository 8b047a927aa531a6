# SPDX-License-Identifier: MIT
"""Requests that curl would not send: raw.py SOCKET WHAT [BYTES]

Prints the statuses of what comes back by commas, or `none`.
"""
import socket
import sys
import threading

HEAD = b"Host: localhost\r\nContent-Type: application/json\r\n"
CLOSE = HEAD + b"Connection: close\r\n"
BODY = b'{"id":"raw","image":"tiny","type":"test"}'


def post(length, body, head=CLOSE):
    return (b"POST /hyper/machines HTTP/1.1\r\n" + head +
            b"Content-Length: %s\r\n\r\n" % str(length).encode() + body)


def chunked(*chunks, end=True):
    data = (b"POST /hyper/machines HTTP/1.1\r\n" + CLOSE +
            b"Transfer-Encoding: chunked\r\n\r\n")
    for chunk in chunks:
        data += b"%x\r\n%s\r\n" % (len(chunk), chunk)
    return data + (b"0\r\n\r\n" if end else b"")


def get(target, head=CLOSE, version=b"1.1"):
    return b"GET " + target + b" HTTP/" + version + b"\r\n" + head + b"\r\n"


def padded(size):
    """A body of JSON of so many bytes that no machine comes of."""
    return b'{"nonsense":"' + b"x" * (size - 15) + b'"}'


def requests(size):
    return {
        "truncated": post(len(BODY) + 10, BODY),
        "truncated-chunks": chunked(BODY, end=False),
        "headers-only": b"POST /hyper/machines HTTP/1.1\r\n" + HEAD,
        "chunked": chunked(BODY[:7], BODY[7:]),
        "chunked-large": chunked(*[b" " * 65536] * 20, BODY),
        "bad-chunk": chunked().replace(b"0\r\n\r\n", b"zz\r\n{}\r\n"),
        "body": post(size, padded(size)),
        "bad-length": post("12x", BODY),
        "negative-length": post(-1, BODY),
        "two-lengths": post(len(BODY), BODY,
                            CLOSE + b"Content-Length: 7\r\n"),
        "length-and-chunks": chunked(BODY).replace(
            b"Transfer", b"Content-Length: 5\r\nTransfer"),
        "no-host": get(b"/hyper", b"Connection: close\r\n"),
        "http-1.0": get(b"/hyper", b"", b"1.0"),
        "absolute": get(b"http://localhost/hyper/machines?limit=1"),
        "long-target": get(b"/hyper/machines?query=" + b"a" * size),
        "long-header": get(b"/hyper", CLOSE + b"X: " + b"a" * size + b"\r\n"),
        "bad-utf8": get(b"/hyper/machines/%ff%fe"),
        "raw-utf8": get("/hyper/machines?query=id%3Dä".encode()),
        "removal-and-nul": get(b"/hyper/machines/nul\0junk").replace(
            b"GET", b"DELETE"),
        "nul-http-1.0": get(b"/hyper\0junk", b"", b"1.0"),
        "nul-and-pipelined": get(b"/hyper", HEAD) + get(b"/hyper\0x"),
        "pipelined": get(b"/hyper", HEAD) * 3 + get(b"/hyper"),
        "form": post(len(BODY), BODY, CLOSE.replace(
            b"application/json", b"application/x-www-form-urlencoded")),
    }


def ask(path, data):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(path)
        answer = b""
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while part := s.recv(65536):
                answer += part
        except (BrokenPipeError, ConnectionResetError):
            pass
    return answer


def statuses(answer):
    lines = answer.split(b"HTTP/1.1 ")[1:]
    return ",".join(line[:3].decode() for line in lines) or "none"


def many(path, count):
    """So many connections at once, each a request."""
    wrong = []

    def one():
        if statuses(ask(path, get(b"/hyper/machines"))) != "200":
            wrong.append(1)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(count - len(wrong))


def main():
    path, what = sys.argv[1:3]
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    if what == "many":
        many(path, size)
        return
    answer = ask(path, requests(size)[what])
    print(statuses(answer))
    print(answer[:2000])


main()
