# SPDX-License-Identifier: MIT
"""What the nouns of a connection have in common."""
from __future__ import annotations

import contextlib
from typing import (TYPE_CHECKING, Any, Callable, Iterable, Iterator, List,
                    Optional, TypeVar, Union)

from ._core import call, heard, number, taken, utf8
from ._native import ffi, lib

if TYPE_CHECKING:
    from .connection import Connection

T = TypeVar("T")

ANY: Any = object()
"""Whatever generation. None is not that: a record that was asked for without
its generation has None."""


class Page(List[T]):
    """A list with what belongs to it.

    total        how many match in all; None: not asked for (count=True)
    next_cursor  where the next page begins; None: this is the last
    seq          machines: the event up to which the list is true
    """
    total: Optional[int] = None
    next_cursor: Optional[str] = None
    seq: Optional[int] = None


def make_query(filter: Optional[str], sort: Optional[str],
               limit: Optional[int], cursor: Optional[str],
               fields: Union[str, Iterable[str], None], count: bool) -> Any:
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
        put(lib.hyper_query_set_limit, number(limit, "limit", 32))
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

    @contextlib.contextmanager
    def _on(self, key: Optional[str] = None,
            generation: Any = ANY) -> Iterator[Any]:
        """The connection to call with, on these terms and in the name of who
        asks: then it is a view of it."""
        terms = []
        if self._connection.actor is not None:
            terms.append((lib.hyper_conn_set_actor,
                          utf8(self._connection.actor, "actor")))
        if key is not None:
            terms.append((lib.hyper_conn_set_key, utf8(key, "key")))
        if generation is not ANY:
            terms.append((lib.hyper_conn_set_generation,
                          number(generation, "generation")))
        with self._handle as conn:
            if not terms:
                yield conn
                return
            out = ffi.new("hyper_conn **")
            call(lib.hyper_conn_view, conn, 0, out)
            try:
                for function, value in terms:
                    call(function, out[0], value)
                yield out[0]
            finally:
                lib.hyper_close(out[0])

    def _change(self, function: Callable[..., int], *args: Any, flags: int,
                wait: bool, gives: Any, dry_run: bool = False,
                key: Optional[str] = None, generation: Any = ANY) -> Any:
        """A change: the operation, or with wait what it gives. A signal that
        raises ends the wait, and not the operation."""
        op = ffi.new("hyper_operation **")
        kind, *made = gives() if gives else (None,)

        def change(more: int, record: List[Any], ret_op: Any) -> None:
            with self._on(key, generation) as conn:
                call(function, conn, *args, flags | more, *record, ret_op)

        def end() -> Any:
            change(0, made[1:2], ffi.NULL)
            return kind and kind._of(taken(*made))

        def plan() -> Any:
            change(lib.HYPER_DRY_RUN, made[1:2], op)
            # There is none of an image.
            has = made and made[1][0] != ffi.NULL
            return self._connection._operation(
                op, kind._of(taken(*made)) if has else None)

        if dry_run:
            return heard(plan)
        if wait:
            return heard(end)
        change(lib.HYPER_ASYNC, [ffi.NULL] if made else [], op)
        return self._connection._operation(op)
