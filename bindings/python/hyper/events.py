# SPDX-License-Identifier: MIT
"""Events as an iterator, plain or asynchronous."""
from __future__ import annotations

import collections
import threading
from typing import Any, Deque, Optional

from ._core import (Handle, as_json, at_most, awaited, call, milliseconds,
                    number)
from ._native import ffi, lib
from .records import Event


class _Reader:
    """Who waits for one event, and may leave before it comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.event: Optional[Event] = None
        self.gone = False

    def give(self, event: Event) -> bool:
        with self._lock:
            if not self.gone:
                self.event = event
            return not self.gone

    def leave(self) -> Optional[Event]:
        with self._lock:
            self.gone = True
            return self.event


class Events:
    """`for event in …` or `async for event in …`; close it, or use `with`.

    None is left out and none comes twice, also when a task that waits for one
    is cancelled. What is too old to be had is LimitError, which names the
    oldest. One thread or task at a time.
    """

    def __init__(self, connection: Handle, after: int,
                 timeout: Optional[float]) -> None:
        number(after, "after")
        out = ffi.new("hyper_event_stream **")
        # The connection stays until the stream is closed.
        self._connection = connection
        conn = connection.hold()
        try:
            call(lib.hyper_event_stream_open, conn, after, 0, out)
        except BaseException:
            connection.release()
            raise
        self._stream = Handle(out[0], self._free, "stream")
        self._timeout = timeout
        self._closing = False
        self._turn = threading.Lock()  # to read
        self._back: Deque[Event] = collections.deque()  # whose reader left

    def _free(self, stream: Any) -> None:
        lib.hyper_event_stream_close(stream)
        self._connection.release()

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_stream"):
            self._stream.forget()

    def close(self) -> None:
        """Ends an iteration in another thread, within half a second; 10 s
        more where a hyperd hangs."""
        self._closing = True
        self._stream.close()

    def fileno(self) -> int:
        """For select, selectors or a loop of one's own: readable when there
        is an event, or none can be had. Then call next(0) until it gives
        none; do nothing else with it."""
        out = ffi.new("int *")
        with self._stream as stream:
            call(lib.hyper_event_stream_fd, stream, 0, out)
        return int(out[0])

    def next(self, timeout: Optional[float] = None) -> Optional[Event]:
        """The next event; None when there is none for so many seconds."""
        reader = _Reader()
        try:
            self._read(timeout, reader)
        except BaseException:
            self._put_back(reader)
            raise
        return reader.event

    def _read(self, timeout: Optional[float], reader: _Reader) -> None:
        for seconds in at_most(timeout):
            if self._closing or reader.gone:
                return
            with self._turn:
                event = (self._back.popleft() if self._back
                         else self._fetch(seconds))
                if event is None:
                    continue
                if not reader.give(event):
                    self._back.append(event)
                return

    def _fetch(self, seconds: float) -> Optional[Event]:
        out = ffi.new("const hyper_event **")
        try:
            stream = self._stream.__enter__()
        except ValueError:
            if self._closing:
                return None
            raise
        try:
            call(lib.hyper_event_stream_next, stream, milliseconds(seconds),
                 out)
            if out[0] == ffi.NULL:
                return None
            return Event._of(as_json(lib.hyper_event_to_json, out[0]))
        finally:
            self._stream.__exit__()

    def _put_back(self, reader: _Reader) -> None:
        event = reader.leave()
        if event is not None:
            self._back.append(event)

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Event:
        event = None if self._closing else self.next(self._timeout)
        if event is None:
            raise StopIteration
        return event

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> Event:
        reader = _Reader()
        try:
            await awaited(lambda: self._read(self._timeout, reader))
        except BaseException:  # cancelled, say: the next one gets it
            self._put_back(reader)
            raise
        if reader.event is None:
            raise StopAsyncIteration
        return reader.event
