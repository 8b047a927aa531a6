# SPDX-License-Identifier: MIT
"""Calling C: arguments in, errors and JSON out."""
import asyncio
import json
import operator
import os
import sys
import threading
import time
from typing import Any, Callable, Iterator, List, Optional, TypeVar

from . import errors
from ._native import ffi, lib

T = TypeVar("T")

TIMEOUT_DEFAULT = 0xFFFFFFFF
"""HYPER_TIMEOUT_DEFAULT: as long as the default says."""


def version() -> str:
    return text(lib.hyper_version()) or ""


def text(pointer: Any) -> Optional[str]:
    """A string that C lends us; None for NULL."""
    return None if pointer == ffi.NULL else ffi.string(pointer).decode()


def utf8(value: Optional[str], name: str) -> Any:
    """A string for C, or NULL. In C it would end at a NUL."""
    if value is None:
        return ffi.NULL
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if "\0" in value:
        raise errors.InvalidError(f"{name} has a NUL in it", field=name)
    return value.encode("utf-8", "surrogateescape")


def milliseconds(seconds: Optional[float]) -> int:
    """Of a timeout in seconds; None: the default, or without end."""
    if seconds is None:
        return TIMEOUT_DEFAULT
    if not seconds >= 0:
        raise errors.InvalidError("a timeout must not be negative",
                                  field="timeout")
    return int(min(seconds * 1000, TIMEOUT_DEFAULT - 1))


def number(value: int, name: str, bits: int = 64) -> int:
    """One that C can hold."""
    try:
        whole = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, not "
                        f"{type(value).__name__}") from None
    if not 0 <= whole < 1 << bits:
        raise errors.InvalidError(f"{name} is {whole}", field=name)
    return whole


def error_of(err: Any) -> errors.Error:
    """The exception of a hyper_error, with its causes."""
    code = text(lib.hyper_code_name(lib.hyper_error_code(err))) or ""
    kind = errors.BY_CODE.get(code, errors.Error)
    error = kind(text(lib.hyper_error_message(err)) or code,
                 text(lib.hyper_error_field(err)),
                 text(lib.hyper_error_driver(err)),
                 text(lib.hyper_error_request_id(err)))
    cause = lib.hyper_error_cause(err)
    if cause != ffi.NULL:
        error.__cause__ = error_of(cause)
    return error


def call(function: Callable[..., int], *args: Any) -> None:
    """Call a function whose last parameter is `err`; raises what it says."""
    err = ffi.new("hyper_error **")
    code = function(*args, err)
    if code == 0:
        return
    try:
        if err[0] == ffi.NULL:
            raise errors.BY_CODE.get(text(lib.hyper_code_name(code)) or "",
                                     errors.Error)("no reason given")
        raise error_of(err[0])
    finally:
        lib.hyper_error_free(err[0])


def as_text(function: Callable[..., int], *args: Any) -> Optional[str]:
    """What a function gives that makes a text, with flags of 0."""
    out = ffi.new("char **")
    call(function, *args, 0, out)
    try:
        return text(out[0])
    finally:
        lib.hyper_free(out[0])


def as_json(function: Callable[..., int], thing: Any) -> Any:
    """What a hyper_…_to_json() makes of a thing."""
    return json.loads(as_text(function, thing) or "")


def taken(function: Callable[..., int], out: Any,
          free: Callable[[Any], None]) -> Any:
    """The same of a thing that is ours, and is freed."""
    try:
        return as_json(function, out[0])
    finally:
        free(out[0])


class Handle:
    """A pointer that one thread closes while others may use it: it is freed
    when the last of these has come back.

    It belongs to the process that made it. A child after fork() has none of
    the threads behind it, so it can only forget it.
    """

    def __init__(self, pointer: Any, free: Callable[[Any], None],
                 what: str) -> None:
        self._lock = threading.RLock()  # a signal's handler may close
        self._pointer = pointer
        self._free = free
        self._what = what
        self._users: List[Optional[int]] = []
        self._closed = False
        self._freed = threading.Event()
        self._pid = os.getpid()

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def freed(self) -> bool:
        return self._freed.is_set()

    def hold(self, user: Optional[int] = None) -> Any:
        """Use it, as a thread or as something that lives for longer."""
        if os.getpid() != self._pid:
            raise ValueError(f"the {self._what} is another process's: after "
                             "fork() a child may only exec")
        with self._lock:
            if self._closed:
                raise ValueError(f"the {self._what} is closed")
            self._users.append(user)
            return self._pointer

    def release(self, user: Optional[int] = None) -> None:
        with self._lock:
            self._users.remove(user)
        self._free_if_over()

    def __enter__(self) -> Any:
        me = threading.get_ident()
        before = self._users.count(me)
        try:
            return self.hold(me)
        except BaseException:  # a signal's
            if self._users.count(me) > before:
                self.release(me)
            raise

    def __exit__(self, *_: Any) -> None:
        self.release(threading.get_ident())

    def _free_if_over(self) -> None:
        with self._lock:
            if not self._closed or self._users or self._pointer is None:
                return
            pointer, self._pointer = self._pointer, None

        def free() -> None:
            try:
                self._free(pointer)
            finally:
                self._freed.set()

        heard(free)

    def end(self) -> None:
        """Nobody may use it from then on."""
        self._closed = True

    def close(self) -> None:
        """The same, and wait until it is freed; but not as a thread that uses
        it itself: the handler of a signal that came in between."""
        self.end()
        if os.getpid() != self._pid:
            return
        self._free_if_over()
        if threading.get_ident() not in self._users:
            self._freed.wait()

    def forget(self) -> None:
        """The same without a wait: the last user frees it."""
        self.end()
        if os.getpid() == self._pid:
            self._free_if_over()


def heard(function: Callable[[], T]) -> T:
    """Call something that may take long in C. Only the main thread hears
    signals, and not while it is there: so another thread goes. A signal that
    raises ends the wait, and not what goes on in C."""
    if (threading.current_thread() is not threading.main_thread() or
            sys.is_finalizing()):  # which starts no more threads
        return function()
    done = threading.Event()
    ended: List[Callable[[], T]] = []

    def run() -> None:
        ended.append(outcome(function))
        done.set()

    start_thread(run)
    done.wait()
    return ended[0]()


async def awaited(function: Callable[[], T]) -> T:
    """The same for an event loop, in a thread of its own: those that the
    loop has for everybody are few, and this may wait for ever."""
    loop = asyncio.get_running_loop()
    ended: "asyncio.Future[Callable[[], T]]" = loop.create_future()

    def tell(end: Callable[[], T]) -> None:
        if not ended.done():  # the task was cancelled
            ended.set_result(end)

    def run() -> None:
        end = outcome(function)
        try:
            loop.call_soon_threadsafe(tell, end)
        except RuntimeError:  # the loop is closed
            pass

    start_thread(run)
    return (await ended)()


def outcome(function: Callable[[], T]) -> Callable[[], T]:
    """What gives the same as a function that has been called, again."""
    try:
        result = function()
    except BaseException as error:
        failure = error

        def fail() -> T:
            raise failure
        return fail
    return lambda: result


def start_thread(function: Callable[[], Any]) -> None:
    # A program that ends does not wait for it.
    threading.Thread(target=function, name="hyper", daemon=True).start()


def at_most(seconds: Optional[float], step: float = 0.5) -> Iterator[float]:
    """A wait cut in pieces, between which Python hears signals."""
    milliseconds(seconds)  # may refuse it
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = step if end is None else end - time.monotonic()
        yield max(0.0, min(left, step))
        if left <= 0:
            return
