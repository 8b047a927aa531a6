# SPDX-License-Identifier: MIT
"""Real engines as others see them: through dockerd's own API, through virsh
and the files. Each has its steps, too: what is traced, and which of it are
requests of the driver's."""
import filecmp
import http.client
import json
import os
import re
import socket
import struct
import subprocess
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))
ENGINES = os.path.join(HERE, "..", "support", "engines")
# The database, in every engine's steps
DATABASE = ("pwrite64", "fdatasync")


class Engine:
    """One that tests/support/engines has started in a directory."""

    start_args = ()
    state = None    # the state directory, when it is known
    # After its end a change may be half made: nobody could be asked.
    was_killed = False
    stuck = None    # an error of its own that only making anew helps

    def __init__(self, folder, source):
        self.folder, self.source = folder, source

    def control(self, *args):
        subprocess.run([os.path.join(ENGINES, self.name), args[0],
                        self.folder, *args[1:]], check=True,
                       stdin=subprocess.DEVNULL)

    def kill(self):
        self.control("kill")

    def signal(self, name):
        """/run/main has its pid, as it is numbered where it runs."""
        self.control("exec", "sh", "-c",
                     f"kill -{name} $(cut -d' ' -f1 /run/main)")

    def freeze(self):
        self.signal("STOP")

    def thaw(self):
        self.signal("CONT")

    def start(self):
        self.control("start", *self.start_args)


class Socket(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Docker(Engine):
    type, name = "docker", "dockerd"
    image, make_image = "quick", "pull"
    start_args = ("--live-restore",)
    calls = DATABASE + ("sendto", "poll", "recvfrom")
    stop = "stop"
    # A dockerd that was killed in a start at times forgets the task which it
    # has made, and cannot start this container any more.
    stuck = re.compile(r"task \w+: already exists|id already in use")
    # Its first process must do something when it is asked to stop.
    command = ["/bin/sh", "-c",
               "trap exit TERM; while :; do sleep 100 & wait; done"]

    def __init__(self, folder, source):
        super().__init__(folder, source)
        self.other_image = os.environ["REGISTRY"] + "/quick:v1"
        self.prepare(source)

    def ask(self, method, path, body=None, kind="application/json"):
        http_ = Socket(os.path.join(self.folder, "docker.sock"))
        try:
            http_.request(method, "/v1.40" + path, body,
                          {"Content-Type": kind, "X-Registry-Auth": "e30="})
            reply = http_.getresponse()
            text = reply.read()
            if reply.status >= 300:
                raise OSError(f"{method} {path}: {reply.status} {text}")
            return text
        finally:
            http_.close()

    def prepare(self, root):
        """Make the image of the machines, from a root file system."""
        changes = urllib.parse.quote("CMD " + json.dumps(self.command))
        with open(root, "rb") as file:
            self.ask("POST", "/images/create?fromSrc=-&repo=quick&tag=latest"
                     f"&changes={changes}", file.read(), "application/x-tar")
        name = self.other_image.rpartition(":")[0]
        self.ask("POST", f"/images/quick/tag?repo={name}&tag=v1")
        self.ask("POST", f"/images/{name}/push?tag=v1")
        self.ask("DELETE", f"/images/{self.other_image}")

    def has_image(self, name):
        tags = [tag for image in json.loads(self.ask("GET", "/images/json"))
                for tag in image["RepoTags"] or ()]
        return name in tags

    def machines(self):
        """All containers: name -> (uuid, state)."""
        states = {"created": "stopped", "exited": "stopped"}
        found = {}
        for item in json.loads(self.ask("GET", "/containers/json?all=1")):
            labels = item["Labels"]
            name = item["Names"][0][1:]
            if labels.get("hyper.machine") != name:
                name += " (not ours)"
            found[name] = (labels.get("hyper.uuid"),
                           states.get(item["State"], item["State"]))
        return found

    def left(self, _rows):
        return []

    @staticmethod
    def is_request(step):
        return step.call == "sendto"

    @staticmethod
    def is_change(step):
        return step.call == "sendto" and step.data[:4] != b"GET "

    @staticmethod
    def is_question(step):
        return step.call == "sendto" and step.data[:4] == b"GET "


class Libvirt(Engine):
    type, name = "libvirt", "libvirtd"
    image, other_image, make_image = "empty", "other", "import"
    calls = DATABASE + ("write", "link", "unlink", "rename", "fsync")
    # A guest without a system does not hear the power button: it is asked,
    # then killed.
    stop = "force-stop"
    # remote_protocol.x: define, create, shutdown, destroy, undefine
    changes = {11, 9, 196, 32, 33, 203, 12, 234, 35, 231}
    remote = 0x20008086

    def __init__(self, folder, source):
        super().__init__(folder, source)
        self.uri = os.environ["HYPER_LIBVIRT_URI"]

    def has_image(self, name):
        """Then it is a whole one."""
        path = os.path.join(self.state, "libvirt", "images", name + ".qcow2")
        if not os.path.exists(path):
            return False
        if not filecmp.cmp(path, self.source, shallow=False):
            raise OSError(f"{path} is not {self.source}")
        return True

    def virsh(self, *args):
        return subprocess.run(["virsh", "-q", "-c", self.uri, *args],
                              check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True).stdout

    def machines(self):
        """All domains: name -> (uuid, state)."""
        uuids, states = {}, {}
        for line in self.virsh("list --all --uuid --name; "
                               "list --all").splitlines():
            words = line.split()
            if len(words) == 2:
                uuids[words[1]] = words[0]
            elif len(words) > 2:
                states[words[1]] = " ".join(words[2:])
        return {name: (uuids.get(name),
                       {"shut off": "stopped"}.get(state, state))
                for name, state in states.items()}

    def left(self, rows):
        """Files that belong to nothing, and what has none."""
        wanted = {"machines": {f"{name}.qcow2" for name, row in rows.items()
                               if row[1] != "missing"},
                  "images": {f"{self.image}.qcow2"}}
        problems = []
        for folder, files in wanted.items():
            path = os.path.join(self.state, "libvirt", folder)
            there = set(os.listdir(path)) if os.path.isdir(path) else set()
            there -= {f"{self.other_image}.qcow2"}  # it comes and goes
            if self.was_killed:
                there -= {f".{name}.qcow2.{row[0]}"
                          for name, row in rows.items()}
                there -= {f"{name}.qcow2" for name in rows} - files
            if there - files:
                problems.append(f"left in {folder}: {sorted(there - files)}")
            if files - there:
                problems.append(f"not in {folder}: {sorted(files - there)}")
        return problems

    def is_packet(self, step):
        return (step.call == "write" and len(step.data) >= 28 and
                struct.unpack(">I", step.data[4:8])[0] == self.remote)

    def is_request(self, step):
        """Also what is done to files. To be connected takes 5 packets, and
        one ends that (2)."""
        if self.is_packet(step):
            procedure, = struct.unpack(">I", step.data[12:16])
            serial, = struct.unpack(">I", step.data[20:24])
            return serial >= 5 and procedure != 2
        return step.call in ("link", "rename", "fsync") or (
            step.call == "unlink" and b"hyper.db" not in step.data)

    def is_change(self, step):
        return (self.is_packet(step) and
                struct.unpack(">I", step.data[12:16])[0] in self.changes)

    def is_question(self, step):
        return self.is_packet(step) and not self.is_change(step)


ALL = {engine.type: engine for engine in (Docker, Libvirt)}
