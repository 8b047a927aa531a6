# SPDX-License-Identifier: MIT
"""A connection, and what can be asked of it."""
from __future__ import annotations

import json
import threading
import time
import weakref
from typing import (Any, Callable, Iterable, List, Literal, Mapping, Optional,
                    TypeVar, Union, overload)

from . import _core
from ._core import (Handle, as_json, at_most, awaited, call, heard,
                    milliseconds, taken, utf8)
from ._native import ffi, lib
from .errors import InvalidError, TimeoutError
from .events import Events
from .records import Driver, Finding, Image, Info, Machine, Operation

T = TypeVar("T")

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
    return Connection(out[0])


class Connection:
    """Shared freely between threads; not to be used in a child after fork."""

    def __init__(self, pointer: Any) -> None:
        self._handle = Handle(pointer, lib.hyper_close, "connection")
        self._lock = threading.Lock()
        self._streams: "weakref.WeakSet[Events]" = weakref.WeakSet()
        self._uri = _core.text(lib.hyper_conn_uri(pointer)) or ""
        self._local = bool(lib.hyper_conn_is_local(pointer))
        self.machines = Machines(self)
        self.images = Images(self)
        self.operations = Operations(self)
        self.drivers = Drivers(self)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<hyper.Connection {self._uri}>"

    def __del__(self) -> None:
        # Streams that live on have it until they end.
        if hasattr(self, "_handle"):
            self._handle.forget()

    def close(self) -> None:
        """Ends its streams, and waits for the operations that it began;
        cancel() makes it quick. Machines go on running. A second time does
        nothing."""
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

    def info(self) -> Info:
        """The version that serves it, its instance, what it can do."""
        out = ffi.new("hyper_info **")
        with self._handle as conn:
            call(lib.hyper_conn_info, conn, 0, out)
        return Info._of(taken(lib.hyper_info_to_json, out,
                              lib.hyper_info_free))

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


class Page(List[T]):
    """A list with what belongs to it.

    total        how many match in all; None: not asked for (count=True)
    next_cursor  where the next page begins; None: this is the last
    seq          machines: the event up to which the list is true
    """
    total: Optional[int] = None
    next_cursor: Optional[str] = None
    seq: Optional[int] = None


def _query(filter: Optional[str], sort: Optional[str], limit: Optional[int],
           cursor: Optional[str], fields: Union[str, Iterable[str], None],
           count: bool) -> Any:
    query = ffi.gc(lib.hyper_query_new(), lib.hyper_query_free)
    if query == ffi.NULL:
        raise MemoryError

    def put(set_it: Callable[..., int], value: Any) -> None:
        if set_it(query, value):
            raise MemoryError

    if filter is not None:
        put(lib.hyper_query_set_filter, utf8(filter, "filter"))
    if sort is not None:
        put(lib.hyper_query_set_sort, utf8(sort, "sort"))
    if limit is not None:
        if not 0 <= limit < 1 << 32:
            raise InvalidError(f"limit is {limit}", field="limit")
        put(lib.hyper_query_set_limit, limit)
    if cursor is not None:
        put(lib.hyper_query_set_cursor, utf8(cursor, "cursor"))
    if fields is not None:
        if not isinstance(fields, str):
            fields = ",".join(fields)
        put(lib.hyper_query_set_fields, utf8(fields, "fields"))
    if count:
        put(lib.hyper_query_set_count, True)
    return query


class Collection:
    """What one can do with the machines, images, … of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._handle = connection._handle

    def _change(self, function: Callable[..., int], *args: Any, flags: int,
                wait: bool, gives: Any) -> Any:
        """A change: the operation, or with wait what it gives. A signal that
        raises ends the wait, and not the operation."""
        op = ffi.new("hyper_operation **")
        if not wait:
            more = [ffi.NULL] if gives else []
            with self._handle as conn:
                call(function, conn, *args, flags | lib.HYPER_ASYNC, *more,
                     op)
            return self._connection._operation(op)

        def change() -> Any:
            kind, *out = gives() if gives else (None,)
            with self._handle as conn:
                call(function, conn, *args, flags, *out[1:2], ffi.NULL)
            return kind and kind._of(taken(*out))
        return heard(change)


def _machine() -> Any:
    return (Machine, lib.hyper_machine_to_json, ffi.new("hyper_machine **"),
            lib.hyper_machine_free)


def _image() -> Any:
    return (Image, lib.hyper_image_to_json, ffi.new("hyper_image **"),
            lib.hyper_image_free)


class Machines(Collection):
    """The changing ones take wait: False gives the Operation at once, which
    can be awaited; True the machine when it has ended."""

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            wait: Literal[True] = True, **fields: Any) -> Machine: ...

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            wait: Literal[False], **fields: Any) -> Operation: ...

    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            wait: bool = True, **fields: Any) -> Any:
        """Add a machine, stopped. Fields by name, as in JSON: image, id,
        type, mem (MiB), vcpus, env, command, ports, labels, autostart,
        options; and as a mapping."""
        text = json.dumps({**(record or {}), **fields}).encode()
        out = ffi.new("hyper_machine **")
        call(lib.hyper_machine_from_json, text, len(text), 0, out)
        spec = ffi.gc(out[0], lib.hyper_machine_free)
        return self._change(lib.hyper_machine_add, spec, flags=0, wait=wait,
                            gives=_machine)

    @overload
    def start(self, id: str, *,
              wait: Literal[True] = True) -> Machine: ...

    @overload
    def start(self, id: str, *,
              wait: Literal[False]) -> Operation: ...

    def start(self, id: str, *, wait: bool = True) -> Any:
        """Start a machine; a paused one goes on."""
        return self._change(lib.hyper_machine_start, utf8(id, "id"), flags=0,
                            wait=wait, gives=_machine)

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False,
             wait: Literal[True] = True) -> Machine: ...

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False,
             wait: Literal[False]) -> Operation: ...

    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, wait: bool = True) -> Any:
        """Stop a machine: ask the guest, and after so many seconds (30) fail
        with TimeoutError, or with force kill it."""
        return self._change(lib.hyper_machine_stop, utf8(id, "id"),
                            milliseconds(timeout),
                            flags=lib.HYPER_FORCE * force, wait=wait,
                            gives=_machine)

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               wait: Literal[True] = True) -> None: ...

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               wait: Literal[False]) -> Operation: ...

    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               wait: bool = True) -> Any:
        """Remove a machine and its disk; with force also one that runs.
        keep: let go of an adopted one, and leave it as it is."""
        return self._change(lib.hyper_machine_remove, utf8(id, "id"),
                            flags=(lib.HYPER_FORCE * force |
                                   lib.HYPER_KEEP * keep),
                            wait=wait, gives=None)

    def adopt(self, name: str, *, type: Optional[str] = None,
              id: Optional[str] = None, force: bool = False) -> Machine:
        """Take in a container or domain that hyper did not make."""
        out = ffi.new("hyper_machine **")
        with self._handle as conn:
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
        query = _query(filter, sort, limit, cursor, fields, count)
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
    """type is the driver's name."""

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
             wait: Literal[True] = True) -> Image: ...

    @overload
    def pull(self, type: str, name: str, *,
             wait: Literal[False]) -> Operation: ...

    def pull(self, type: str, name: str, *, wait: bool = True) -> Any:
        """Fetch an image from a registry."""
        return self._change(lib.hyper_image_pull, utf8(type, "type"),
                            utf8(name, "name"), flags=0, wait=wait,
                            gives=_image)

    @overload
    def import_(self, type: str, name: str, path: str, *,
                wait: Literal[True] = True) -> Image: ...

    @overload
    def import_(self, type: str, name: str, path: str, *,
                wait: Literal[False]) -> Operation: ...

    def import_(self, type: str, name: str, path: str, *,
                wait: bool = True) -> Any:
        """Copy an image in from a file on the host of the driver."""
        return self._change(lib.hyper_image_import, utf8(type, "type"),
                            utf8(name, "name"), utf8(path, "path"), flags=0,
                            wait=wait, gives=_image)

    @overload
    def remove(self, type: str, name: str, *,
               wait: Literal[True] = True) -> None: ...

    @overload
    def remove(self, type: str, name: str, *,
               wait: Literal[False]) -> Operation: ...

    def remove(self, type: str, name: str, *,
               wait: bool = True) -> Any:
        """Refused with BusyError while machines use it."""
        return self._change(lib.hyper_image_remove, utf8(type, "type"),
                            utf8(name, "name"), flags=0, wait=wait,
                            gives=None)


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


def _number(id: int) -> int:
    if not 0 <= id < 1 << 64:
        raise InvalidError(f"id is {id}", field="id")
    return id


class Operations(Collection):
    def get(self, id: int) -> Operation:
        out = ffi.new("hyper_operation **")
        with self._handle as conn:
            call(lib.hyper_operation_get, conn, _number(id), 0, out)
        return self._connection._operation(out)

    def list(self, filter: Optional[str] = None, *,
             sort: Optional[str] = None, limit: Optional[int] = None,
             cursor: Optional[str] = None,
             fields: Union[str, Iterable[str], None] = None,
             count: bool = False) -> Page[Operation]:
        """Open and past ones: what was done, by whom, and when."""
        query = _query(filter, sort, limit, cursor, fields, count)
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
            call(lib.hyper_operation_cancel, conn, _number(id), 0, out)
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
                    call(lib.hyper_operation_wait, conn, _number(id),
                         milliseconds(seconds), 0, out)
                return self._connection._operation(out)
            except TimeoutError:
                # It has not ended; or it is a server that does not answer.
                if time.monotonic() - begun > seconds + STUCK:
                    raise
            if stop.is_set():
                break
        raise TimeoutError(f"operation {id} has not ended after {timeout} s")
