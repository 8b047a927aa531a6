# SPDX-License-Identifier: MIT
"""Calling C: arguments in, errors and JSON out."""
import json
import threading
from typing import Any, Callable, Iterator, Optional

from . import errors
from ._native import ffi, lib

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


def error_of(err: Any) -> errors.Error:
    """The exception of a hyper_error, with its causes."""
    code = text(lib.hyper_code_name(lib.hyper_error_code(err))) or ""
    kind = errors.BY_CODE.get(code, errors.Error)
    error = kind(text(lib.hyper_error_message(err)) or code,
                 text(lib.hyper_error_field(err)),
                 text(lib.hyper_error_driver(err)))
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


def as_json(function: Callable[..., int], thing: Any) -> Any:
    """What a hyper_…_to_json() makes of a thing."""
    out = ffi.new("char **")
    call(function, thing, 0, out)
    try:
        return json.loads(ffi.string(out[0]))
    finally:
        lib.hyper_free(out[0])


def taken(function: Callable[..., int], out: Any,
          free: Callable[[Any], None]) -> Any:
    """The same of a thing that is ours, and is freed."""
    try:
        return as_json(function, out[0])
    finally:
        free(out[0])


class Handle:
    """A pointer that one thread closes while others may use it: it is freed
    when the last of these has come back."""

    def __init__(self, pointer: Any, free: Callable[[Any], None],
                 what: str) -> None:
        self._changed = threading.Condition()
        self._pointer = pointer
        self._free = free
        self._what = what
        self._users = 0
        self._closed = False

    def __enter__(self) -> Any:
        with self._changed:
            if self._closed:
                raise ValueError(f"the {self._what} is closed")
            self._users += 1
            return self._pointer

    def __exit__(self, *_: Any) -> None:
        with self._changed:
            self._users -= 1
        self._free_if_over()

    def _free_if_over(self) -> None:
        with self._changed:
            if not self._closed or self._users or self._pointer is None:
                return
            pointer, self._pointer = self._pointer, None
        self._free(pointer)
        with self._changed:
            self._free = None  # type: ignore[assignment]  # it is done
            self._changed.notify_all()

    def close(self, wait: bool = True) -> None:
        """Nobody may use it from then on. wait: until it is freed."""
        with self._changed:
            self._closed = True
        self._free_if_over()
        with self._changed:
            while wait and self._free is not None:
                self._changed.wait()


def at_most(seconds: Optional[float], step: float = 0.5) -> Iterator[float]:
    """A wait cut in pieces, between which Python hears signals."""
    import time
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = step if end is None else end - time.monotonic()
        yield max(0.0, min(left, step))
        if left <= 0:
            return
