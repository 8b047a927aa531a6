# SPDX-License-Identifier: MIT
"""What systemd does, for tests of hyperd.

systemd.py SOCKET... -- CMD...  makes sockets, and becomes CMD with them:
    unix:PATH  tcp:ADDRESS:PORT    that listen, with the name of the kind
    mute:PATH  datagram:PATH  file:PATH    that are good for nothing
    early:FILE   a client asks the first one before CMD runs; FILE has what it
                 was answered in the end
    pid:PID      whom the sockets are for, if not CMD
systemd.py notify PATH FILE     is where CMD notifies: FILE gets the messages
"""
import os
import socket
import sys

START = 3  # SD_LISTEN_FDS_START


def notify(path, out):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(path)
        with open(out, "w", encoding="ascii", buffering=1) as file:
            while True:
                print(receiver.recv(4096).decode(), file=file)


def make(kind, where):
    if kind == "file":
        return os.open(where, os.O_RDWR | os.O_CREAT)
    if kind == "tcp":
        address, port = where.rsplit(":", 1)
        made = socket.create_server((address, int(port)))
    else:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if
                             kind == "datagram" else socket.SOCK_STREAM)
        # As Linux writes it, a name that is no file begins with a zero.
        made.bind(where.replace("@", "\0"))
        if kind == "unix":
            made.listen()
    return made.detach()


def ask_early(path, out):
    """Connected before anybody accepts, as at the start of a host."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.sendall(b"GET /hyper HTTP/1.1\r\nHost: localhost\r\n\r\n")
    if os.fork() == 0:
        answer = client.recv(65536)
        with open(out, "wb") as file:
            file.write(answer)
        os._exit(0)


def main(args):
    words, command = args[:args.index("--")], args[args.index("--") + 1:]
    names, fds, pid = [], [], os.getpid()
    for kind, where in (word.split(":", 1) for word in words):
        if kind == "early":
            ask_early(words[0].split(":", 1)[1], where)
        elif kind == "pid":
            pid = where
        else:
            names.append(kind)
            fds.append(make(kind, where))
    # First out of the way of where they belong.
    fds = [os.dup(os.dup2(fd, 100 + i)) for i, fd in enumerate(fds)]
    for i, fd in enumerate(fds):
        os.dup2(fd, START + i, inheritable=True)
    os.environ.update(LISTEN_PID=str(pid), LISTEN_FDS=str(len(fds)),
                      LISTEN_FDNAMES=":".join(names))
    os.execvp(command[0], command)


if sys.argv[1] == "notify":
    notify(*sys.argv[2:])
main(sys.argv[1:])
