# SPDX-License-Identifier: MIT
"""A connection, and what can be asked of it."""
from __future__ import annotations

import threading
import time
import weakref
from typing import Any, Iterable, List, Optional, Union

from . import _core
from ._core import (Handle, as_json, as_text, at_most, awaited, call,
                    milliseconds, number, taken, utf8)
from ._native import ffi, lib
from .collection import Collection, Page, make_query
from .errors import TimeoutError
from .events import Events
from .images import Images
from .machines import Machines
from .records import Driver, Finding, Info, Machine, Operation
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

    def _operation(self, out: Any,
                   record: Optional[Machine] = None) -> Operation:
        return Operation._of(
            taken(lib.hyper_operation_to_json, out,
                  lib.hyper_operation_free))._at(self, record)


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
