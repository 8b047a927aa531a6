# SPDX-License-Identifier: MIT
"""Events as an iterator, plain or asynchronous."""
from __future__ import annotations

import asyncio
import threading
from typing import Any, Optional

from ._core import Handle, as_json, at_most, call, milliseconds
from ._native import ffi, lib
from .errors import InvalidError
from .records import Event


class Events:
    """`for event in …` or `async for event in …`; close it, or use `with`.

    None is left out and none comes twice. What is too old to be had is
    NotFoundError, which names the oldest. One thread at a time.
    """

    def __init__(self, connection: Handle, after: int,
                 timeout: Optional[float]) -> None:
        if not 0 <= after < 1 << 64:
            raise InvalidError(f"after is {after}", field="after")
        out = ffi.new("hyper_event_stream **")
        # The connection stays until the stream is closed.
        self._connection = connection
        conn = connection.__enter__()
        try:
            call(lib.hyper_event_stream_open, conn, after, 0, out)
        except BaseException:
            connection.__exit__()
            raise
        self._stream = Handle(out[0], self._free, "stream")
        self._timeout = timeout
        self._closing = False

    def _free(self, stream: Any) -> None:
        lib.hyper_event_stream_close(stream)
        self._connection.__exit__()

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_stream"):
            self._stream.close(wait=False)

    def close(self) -> None:
        """Ends an iteration in another thread, within half a second."""
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

    def next(self, timeout: Optional[float] = None,
             stop: Optional[threading.Event] = None) -> Optional[Event]:
        """The next event; None when there is none for so many seconds."""
        out = ffi.new("const hyper_event **")
        for seconds in at_most(timeout):
            if self._closing or (stop and stop.is_set()):
                return None
            with self._stream as stream:
                call(lib.hyper_event_stream_next, stream,
                     milliseconds(seconds), out)
                if out[0] != ffi.NULL:
                    return Event._of(as_json(lib.hyper_event_to_json, out[0]))
        return None

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
        stop = threading.Event()
        try:
            event = await asyncio.get_running_loop().run_in_executor(
                None, self.next, self._timeout, stop)
        finally:
            stop.set()
        if event is None:
            raise StopAsyncIteration
        return event
