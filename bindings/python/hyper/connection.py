# SPDX-License-Identifier: MIT
"""A connection, and what can be asked of it."""
from __future__ import annotations

import json
import threading
import time
import weakref
from typing import (Any, Iterable, List, Literal, Mapping, Optional, Union,
                    overload)

from . import _core
from ._core import (Handle, as_json, as_text, at_most, awaited, call,
                    milliseconds, number, taken, utf8)
from ._native import ffi, lib
from .collection import ANY, Collection, Page, make_query
from .errors import TimeoutError
from .events import Events
from .records import Driver, Finding, Image, Info, Machine, Operation
from .tokens import Tokens

STUCK = 5.0
"""Seconds by which a wait is not late, but somebody hangs."""


def open(uri: Optional[str] = None, *, read_only: bool = False,
         local_only: bool = False) -> Connection:
    """Open a connection.

    uri         None: $HYPER_URI, else the default state directory;
                "/path": a state directory, in this process;
                "unix:/path", "http://host[:port]", "https://…": a hyperd
    read_only   refuse every change with DeniedError
    local_only  refuse a hyperd with DeniedError

    See hyper_open() for more. Close it, or use `with`.
    """
    flags = (lib.HYPER_OPEN_READONLY * read_only |
             lib.HYPER_OPEN_LOCAL_ONLY * local_only)
    out = ffi.new("hyper_conn **")
    call(lib.hyper_open, utf8(uri, "uri"), flags, out)
    return Connection(Handle(out[0], lib.hyper_close, "connection"))


class Connection:
    """Shared freely between threads; not to be used in a child after fork."""

    def __init__(self, handle: Handle, *,
                 view_of: Optional[Connection] = None,
                 actor: Optional[str] = None) -> None:
        self._handle = handle
        self._base = view_of  # who closes it
        self._actor = actor
        if view_of is None:
            with handle as conn:
                self._uri = _core.text(lib.hyper_conn_uri(conn)) or ""
                self._local = bool(lib.hyper_conn_is_local(conn))
            self._lock = threading.Lock()
            self._streams: "weakref.WeakSet[Events]" = weakref.WeakSet()
        else:
            self._uri, self._local = view_of._uri, view_of._local
            self._lock, self._streams = view_of._lock, view_of._streams
        self.machines = Machines(self)
        self.images = Images(self)
        self.operations = Operations(self)
        self.drivers = Drivers(self)
        self.tokens = Tokens(self)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        actor = "" if self._actor is None else f" as {self._actor}"
        return f"<hyper.Connection {self._uri}{actor}>"

    def __del__(self) -> None:
        # Streams that live on have it until they end.
        if getattr(self, "_base", self) is None:
            self._handle.forget()

    def close(self) -> None:
        """Ends its streams, and waits for the operations that it began;
        cancel() makes it quick. Machines go on running. A second time does
        nothing, nor does it of a view, which ends with its connection."""
        if self._base is not None:
            return
        self._handle.end()
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        if all(stream._stream.freed for stream in streams):
            self._handle.close()
        else:  # a signal came in the middle of one, which has it until then
            self._handle.forget()

    @property
    def uri(self) -> str:
        """In full, such as "file:/var/lib/hyper"."""
        return self._uri

    @property
    def is_local(self) -> bool:
        """Are the machines managed in this process?"""
        return self._local

    @property
    def actor(self) -> Optional[str]:
        """Of a view: who asks."""
        return self._actor

    def view(self, *, actor: str) -> Connection:
        """The same connection in somebody's name, such as "user:alice", who
        stands then on its operations and their events. Only on a state
        directory (NotSupportedError): a hyperd knows who asks."""
        view = Connection(self._handle, view_of=self._base or self,
                          actor=actor)
        with view.machines._on():  # is it one?
            return view

    def info(self) -> Info:
        """The version that serves it, its instance, what it can do."""
        out = ffi.new("hyper_info **")
        with self._handle as conn:
            call(lib.hyper_conn_info, conn, 0, out)
        return Info._of(taken(lib.hyper_info_to_json, out,
                              lib.hyper_info_free))

    def metrics(self) -> str:
        """What there is, in numbers, as Prometheus reads it (text format
        0.0.4). No engine is asked."""
        with self._handle as conn:
            return as_text(lib.hyper_conn_metrics, conn) or ""

    def check_ready(self) -> None:
        """Can it serve: can its database be read and written? Raises why
        not. No engine is asked."""
        with self._handle as conn:
            call(lib.hyper_conn_ready, conn, 0)

    def announce(self, url: str) -> None:
        """Tell other processes on the same state directory where this one
        can be reached, for their errors to name it: what a server does."""
        with self._handle as conn:
            call(lib.hyper_conn_announce, conn, utf8(url, "url"), 0)

    def cancel(self) -> None:
        """Ask all that this connection began to stop (local only)."""
        with self._handle as conn:
            call(lib.hyper_conn_cancel, conn, 0)

    def doctor(self, *, repair: bool = False) -> List[Finding]:
        """What does not agree; empty: all is well."""
        out = ffi.new("hyper_findings **")
        with self._handle as conn:
            call(lib.hyper_doctor, conn, lib.HYPER_REPAIR * repair, out)
        return [Finding._of(finding) for finding in
                taken(lib.hyper_findings_to_json, out,
                      lib.hyper_findings_free)]

    def events(self, after: int = 0, *,
               timeout: Optional[float] = None) -> Events:
        """The events after a seq, as an iterator without end.

        timeout  seconds without an event, after which it ends; None: never
        """
        events = Events(self._handle, after, timeout)
        with self._lock:
            self._streams.add(events)
        if self._handle.closed:  # since then
            events.close()
        return events

    def _operation(self, out: Any) -> Operation:
        return Operation._of(
            taken(lib.hyper_operation_to_json, out,
                  lib.hyper_operation_free))._at(self)


def _parsed(function: Any, type: str, free: Any,
            fields: Mapping[str, Any]) -> Any:
    """What C makes of fields, which is freed when nobody has it any more."""
    text = json.dumps(fields).encode()
    out = ffi.new(type)
    call(function, text, len(text), 0, out)
    return ffi.gc(out[0], free)


def _machine() -> Any:
    return (Machine, lib.hyper_machine_to_json, ffi.new("hyper_machine **"),
            lib.hyper_machine_free)


def _image() -> Any:
    return (Image, lib.hyper_image_to_json, ffi.new("hyper_image **"),
            lib.hyper_image_free)


class Machines(Collection):
    """The changing ones take

    wait        False: give the Operation at once, which can be awaited;
                True: the machine when it has ended
    key         the same request with the same key is the same operation: made
                again it gives how that came out
    generation  that of the machine that is meant; when it has changed since,
                or something is under way with it, that is StateError with the
                field "generation"
    """

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: Literal[True] = True,
            **fields: Any) -> Machine: ...

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: Literal[False],
            **fields: Any) -> Operation: ...

    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: bool = True,
            **fields: Any) -> Any:
        """Add a machine, stopped. Fields by name, as in JSON: image, id,
        type, mem (MiB), vcpus, env, command, ports, labels, autostart,
        options; and as a mapping."""
        spec = _parsed(lib.hyper_machine_from_json, "hyper_machine **",
                       lib.hyper_machine_free, {**(record or {}), **fields})
        return self._change(lib.hyper_machine_add, spec, flags=0, wait=wait,
                            gives=_machine, key=key)

    @overload
    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ...,
              wait: Literal[True] = True) -> Machine: ...

    @overload
    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ...,
              wait: Literal[False]) -> Operation: ...

    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ANY, wait: bool = True) -> Any:
        """Start a machine; a paused one goes on."""
        return self._change(lib.hyper_machine_start, utf8(id, "id"), flags=0,
                            wait=wait, gives=_machine, key=key,
                            generation=generation)

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ...,
             wait: Literal[True] = True) -> Machine: ...

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ...,
             wait: Literal[False]) -> Operation: ...

    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ANY, wait: bool = True) -> Any:
        """Stop a machine: ask the guest, and after so many seconds (30) fail
        with TimeoutError, or with force kill it."""
        return self._change(lib.hyper_machine_stop, utf8(id, "id"),
                            milliseconds(timeout),
                            flags=lib.HYPER_FORCE * force, wait=wait,
                            gives=_machine, key=key, generation=generation)

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[True] = True) -> None: ...

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[False]) -> Operation: ...

    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ANY,
               wait: bool = True) -> Any:
        """Remove a machine and its disk; with force also one that runs.
        keep: let go of an adopted one, and leave it as it is."""
        return self._change(lib.hyper_machine_remove, utf8(id, "id"),
                            flags=(lib.HYPER_FORCE * force |
                                   lib.HYPER_KEEP * keep),
                            wait=wait, gives=None, key=key,
                            generation=generation)

    @overload
    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[True] = True, **fields: Any) -> Machine: ...

    @overload
    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[False], **fields: Any) -> Operation: ...

    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ANY,
               wait: bool = True, **fields: Any) -> Any:
        """Change a machine that is there, all of it or nothing: mem (MiB),
        vcpus, autostart, labels, by name or as a mapping. What is not named
        stays; a label that is None goes. Domains take mem and vcpus only
        while they are stopped (StateError)."""
        what = _parsed(lib.hyper_changes_from_json, "hyper_changes **",
                       lib.hyper_changes_free,
                       {**(changes or {}), **fields})
        return self._change(lib.hyper_machine_change, utf8(id, "id"), what,
                            flags=0, wait=wait, gives=_machine, key=key,
                            generation=generation)

    def adopt(self, name: str, *, type: Optional[str] = None,
              id: Optional[str] = None, force: bool = False) -> Machine:
        """Take in a container or domain that hyper did not make."""
        out = ffi.new("hyper_machine **")
        with self._on() as conn:
            call(lib.hyper_machine_adopt, conn, utf8(type, "type"),
                 utf8(name, "name"), utf8(id, "id"),
                 lib.HYPER_FORCE * force, out, ffi.NULL)
        return Machine._of(taken(lib.hyper_machine_to_json, out,
                                 lib.hyper_machine_free))

    def get(self, id: str, *, refresh: bool = False) -> Machine:
        """One machine. refresh: ask its engine first, at most 2 s."""
        out = ffi.new("hyper_machine **")
        with self._handle as conn:
            call(lib.hyper_machine_get, conn, utf8(id, "id"),
                 lib.HYPER_REFRESH * refresh, out)
        return Machine._of(taken(lib.hyper_machine_to_json, out,
                                 lib.hyper_machine_free))

    def list(self, filter: Optional[str] = None, *,
             sort: Optional[str] = None, limit: Optional[int] = None,
             cursor: Optional[str] = None,
             fields: Union[str, Iterable[str], None] = None,
             count: bool = False, refresh: bool = False) -> Page[Machine]:
        """The machines that match, such as "state=running and mem>=512"."""
        query = make_query(filter, sort, limit, cursor, fields, count)
        out = ffi.new("hyper_machines **")
        with self._handle as conn:
            call(lib.hyper_machine_list, conn, query,
                 lib.HYPER_REFRESH * refresh, out)
        try:
            page = Page(Machine._of(machine) for machine in
                        as_json(lib.hyper_machines_to_json, out[0]))
            total = lib.hyper_machines_total(out[0])
            page.total = None if total < 0 else total
            page.next_cursor = _core.text(
                lib.hyper_machines_next_cursor(out[0]))
            page.seq = lib.hyper_machines_seq(out[0])
            return page
        finally:
            lib.hyper_machines_free(out[0])


class Images(Collection):
    """type is the driver's name; wait and key are as with machines."""

    def list(self, type: Optional[str] = None) -> List[Image]:
        out = ffi.new("hyper_images **")
        with self._handle as conn:
            call(lib.hyper_image_list, conn, utf8(type, "type"), 0, out)
        return [Image._of(image) for image in
                taken(lib.hyper_images_to_json, out, lib.hyper_images_free)]

    def get(self, type: str, name: str) -> Image:
        out = ffi.new("hyper_image **")
        with self._handle as conn:
            call(lib.hyper_image_get, conn, utf8(type, "type"),
                 utf8(name, "name"), 0, out)
        return Image._of(taken(lib.hyper_image_to_json, out,
                               lib.hyper_image_free))

    @overload
    def pull(self, type: str, name: str, *,
             key: Optional[str] = None,
             wait: Literal[True] = True) -> Image: ...

    @overload
    def pull(self, type: str, name: str, *,
             key: Optional[str] = None,
             wait: Literal[False]) -> Operation: ...

    def pull(self, type: str, name: str, *, key: Optional[str] = None,
             wait: bool = True) -> Any:
        """Fetch an image from a registry."""
        return self._change(lib.hyper_image_pull, utf8(type, "type"),
                            utf8(name, "name"), flags=0, wait=wait,
                            gives=_image, key=key)

    @overload
    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None,
                wait: Literal[True] = True) -> Image: ...

    @overload
    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None,
                wait: Literal[False]) -> Operation: ...

    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None, wait: bool = True) -> Any:
        """Copy an image in from a file on the host of the driver."""
        return self._change(lib.hyper_image_import, utf8(type, "type"),
                            utf8(name, "name"), utf8(path, "path"), flags=0,
                            wait=wait, gives=_image, key=key)

    @overload
    def remove(self, type: str, name: str, *,
               key: Optional[str] = None,
               wait: Literal[True] = True) -> None: ...

    @overload
    def remove(self, type: str, name: str, *,
               key: Optional[str] = None,
               wait: Literal[False]) -> Operation: ...

    def remove(self, type: str, name: str, *,
               key: Optional[str] = None, wait: bool = True) -> Any:
        """Refused with BusyError while machines use it."""
        return self._change(lib.hyper_image_remove, utf8(type, "type"),
                            utf8(name, "name"), flags=0, wait=wait,
                            gives=None, key=key)


class Drivers(Collection):
    def list(self) -> List[Driver]:
        """All that were found, also those that cannot be used; asks their
        engines, at most 10 s."""
        out = ffi.new("hyper_drivers **")
        with self._handle as conn:
            call(lib.hyper_driver_list, conn, 0, out)
        return [Driver._of(driver) for driver in
                taken(lib.hyper_drivers_to_json, out,
                      lib.hyper_drivers_free)]


class Operations(Collection):
    def get(self, id: int) -> Operation:
        out = ffi.new("hyper_operation **")
        with self._handle as conn:
            call(lib.hyper_operation_get, conn, number(id, "id"), 0, out)
        return self._connection._operation(out)

    def list(self, filter: Optional[str] = None, *,
             sort: Optional[str] = None, limit: Optional[int] = None,
             cursor: Optional[str] = None,
             fields: Union[str, Iterable[str], None] = None,
             count: bool = False) -> Page[Operation]:
        """Open and past ones: what was done, by whom, and when."""
        query = make_query(filter, sort, limit, cursor, fields, count)
        out = ffi.new("hyper_operations **")
        with self._handle as conn:
            call(lib.hyper_operation_list, conn, query, 0, out)
        try:
            page = Page(Operation._of(op)._at(self._connection) for op in
                        as_json(lib.hyper_operations_to_json, out[0]))
            total = lib.hyper_operations_total(out[0])
            page.total = None if total < 0 else total
            page.next_cursor = _core.text(
                lib.hyper_operations_next_cursor(out[0]))
            return page
        finally:
            lib.hyper_operations_free(out[0])

    def cancel(self, id: int) -> Operation:
        """Ask one to stop."""
        out = ffi.new("hyper_operation **")
        with self._handle as conn:
            call(lib.hyper_operation_cancel, conn, number(id, "id"), 0, out)
        return self._connection._operation(out)

    def wait(self, id: int, timeout: Optional[float] = None) -> Operation:
        """Until it has ended, at most so many seconds (TimeoutError). What
        went wrong with it is in its error; this only waits."""
        return self._wait(id, timeout, threading.Event())

    async def wait_async(self, id: int) -> Operation:
        """The same without holding up the event loop; a task that is
        cancelled stops waiting."""
        stop = threading.Event()
        try:
            return await awaited(lambda: self._wait(id, None, stop))
        finally:
            stop.set()

    def _wait(self, id: int, timeout: Optional[float],
              stop: threading.Event) -> Operation:
        out = ffi.new("hyper_operation **")
        for seconds in at_most(timeout):
            begun = time.monotonic()
            try:
                with self._handle as conn:
                    call(lib.hyper_operation_wait, conn, number(id, "id"),
                         milliseconds(seconds), 0, out)
                return self._connection._operation(out)
            except TimeoutError:
                # It has not ended; or it is a server that does not answer.
                if time.monotonic() - begun > seconds + STUCK:
                    raise
            if stop.is_set():
                break
        raise TimeoutError(f"operation {id} has not ended after {timeout} s")
