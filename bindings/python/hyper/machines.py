# SPDX-License-Identifier: MIT
"""Machines: `h.machines`."""
from __future__ import annotations

import json
from typing import (Any, Callable, Iterable, List, Literal, Mapping, Optional,
                    Union, overload)

from . import _core
from ._core import as_json, call, heard, milliseconds, taken, utf8
from ._native import ffi, lib
from .collection import ANY, Collection, Page, make_query
from .records import Machine, Operation, Outcome


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


def _changes(changes: Optional[Mapping[str, Any]],
             fields: Mapping[str, Any]) -> Any:
    return _parsed(lib.hyper_changes_from_json, "hyper_changes **",
                   lib.hyper_changes_free, {**(changes or {}), **fields})


class Machines(Collection):
    """The changing ones take

    wait        False: give the Operation at once, which can be awaited;
                True: the machine when it has ended
    dry_run     True: change nothing, and give an Operation whose plan tells
                what would be done; its record is the machine that would come
                of it. What would be refused is refused
    key         the same request with the same key is the same operation: made
                again it gives how that came out
    generation  that of the machine that is meant; when it has changed since,
                or something is under way with it, that is StateError with the
                field "generation"
    """

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: Literal[True] = True,
            dry_run: Literal[False] = False,
            **fields: Any) -> Machine: ...

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: Literal[False],
            dry_run: bool = False,
            **fields: Any) -> Operation: ...

    @overload
    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: bool = True,
            dry_run: Literal[True],
            **fields: Any) -> Operation: ...

    def add(self, record: Optional[Mapping[str, Any]] = None, *,
            key: Optional[str] = None, wait: bool = True,
            dry_run: bool = False, **fields: Any) -> Any:
        """Add a machine, stopped. Fields by name, as in JSON: image, id,
        type, mem (MiB), vcpus, env, command, ports, labels, autostart,
        options; and as a mapping."""
        spec = _parsed(lib.hyper_machine_from_json, "hyper_machine **",
                       lib.hyper_machine_free, {**(record or {}), **fields})
        return self._change(lib.hyper_machine_add, spec, flags=0, wait=wait,
                            dry_run=dry_run, gives=_machine, key=key)

    @overload
    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ...,
              wait: Literal[True] = True,
              dry_run: Literal[False] = False) -> Machine: ...

    @overload
    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ...,
              wait: Literal[False],
              dry_run: bool = False) -> Operation: ...

    @overload
    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ...,
              wait: bool = True,
              dry_run: Literal[True]) -> Operation: ...

    def start(self, id: str, *, key: Optional[str] = None,
              generation: int = ANY, wait: bool = True,
              dry_run: bool = False) -> Any:
        """Start a machine; a paused one goes on."""
        return self._change(lib.hyper_machine_start, utf8(id, "id"), flags=0,
                            wait=wait, dry_run=dry_run, gives=_machine,
                            key=key, generation=generation)

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ...,
             wait: Literal[True] = True,
             dry_run: Literal[False] = False) -> Machine: ...

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ...,
             wait: Literal[False],
             dry_run: bool = False) -> Operation: ...

    @overload
    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ...,
             wait: bool = True,
             dry_run: Literal[True]) -> Operation: ...

    def stop(self, id: str, *, timeout: Optional[float] = None,
             force: bool = False, key: Optional[str] = None,
             generation: int = ANY, wait: bool = True,
             dry_run: bool = False) -> Any:
        """Stop a machine: ask the guest, and after so many seconds (30) fail
        with TimeoutError, or with force kill it."""
        return self._change(lib.hyper_machine_stop, utf8(id, "id"),
                            milliseconds(timeout),
                            flags=lib.HYPER_FORCE * force, wait=wait,
                            dry_run=dry_run, gives=_machine, key=key,
                            generation=generation)

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[True] = True,
               dry_run: Literal[False] = False) -> None: ...

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[False],
               dry_run: bool = False) -> Operation: ...

    @overload
    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ...,
               wait: bool = True,
               dry_run: Literal[True]) -> Operation: ...

    def remove(self, id: str, *, force: bool = False, keep: bool = False,
               key: Optional[str] = None, generation: int = ANY,
               wait: bool = True, dry_run: bool = False) -> Any:
        """Remove a machine and its disk; with force also one that runs.
        keep: let go of an adopted one, and leave it as it is."""
        return self._change(lib.hyper_machine_remove, utf8(id, "id"),
                            flags=(lib.HYPER_FORCE * force |
                                   lib.HYPER_KEEP * keep),
                            wait=wait, dry_run=dry_run, gives=None, key=key,
                            generation=generation)

    @overload
    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[True] = True,
               dry_run: Literal[False] = False, **fields: Any) -> Machine: ...

    @overload
    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ...,
               wait: Literal[False],
               dry_run: bool = False, **fields: Any) -> Operation: ...

    @overload
    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ...,
               wait: bool = True,
               dry_run: Literal[True], **fields: Any) -> Operation: ...

    def change(self, id: str, changes: Optional[Mapping[str, Any]] = None, *,
               key: Optional[str] = None, generation: int = ANY,
               wait: bool = True, dry_run: bool = False, **fields: Any) -> Any:
        """Change a machine that is there, all of it or nothing: mem (MiB),
        vcpus, autostart, labels, by name or as a mapping. What is not named
        stays; a label that is None goes. Domains take mem and vcpus only
        while they are stopped (StateError)."""
        return self._change(lib.hyper_machine_change, utf8(id, "id"),
                            _changes(changes, fields), flags=0, wait=wait,
                            dry_run=dry_run, gives=_machine, key=key,
                            generation=generation)

    @overload
    def adopt(self, name: str, *, type: Optional[str] = None,
              id: Optional[str] = None, force: bool = False,
              dry_run: Literal[False] = False) -> Machine: ...

    @overload
    def adopt(self, name: str, *, type: Optional[str] = None,
              id: Optional[str] = None, force: bool = False,
              dry_run: Literal[True]) -> Operation: ...

    def adopt(self, name: str, *, type: Optional[str] = None,
              id: Optional[str] = None, force: bool = False,
              dry_run: bool = False) -> Any:
        """Take in a container or domain that hyper did not make."""
        return self._change(lib.hyper_machine_adopt, utf8(type, "type"),
                            utf8(name, "name"), utf8(id, "id"),
                            flags=lib.HYPER_FORCE * force, wait=True,
                            dry_run=dry_run, gives=_machine)

    def start_all(self, filter: str, *, sort: Optional[str] = None,
                  limit: Optional[int] = None, wait: bool = True,
                  dry_run: bool = False) -> List[Outcome]:
        """Start all that match; as with list(), sort and limit choose a page
        of them. "id=*" means all. What fails for one does not keep it from
        the others, and is not raised: each has its Outcome."""
        return self._all(lib.hyper_machine_start_all, filter, sort, limit,
                         flags=0, wait=wait, dry_run=dry_run)

    def stop_all(self, filter: str, *, timeout: Optional[float] = None,
                 force: bool = False, sort: Optional[str] = None,
                 limit: Optional[int] = None, wait: bool = True,
                 dry_run: bool = False) -> List[Outcome]:
        """Stop all that match, each in so many seconds; as start_all()."""
        return self._all(lib.hyper_machine_stop_all, filter, sort, limit,
                         milliseconds(timeout), flags=lib.HYPER_FORCE * force,
                         wait=wait, dry_run=dry_run)

    def change_all(self, filter: str,
                   changes: Optional[Mapping[str, Any]] = None, *,
                   sort: Optional[str] = None, limit: Optional[int] = None,
                   wait: bool = True, dry_run: bool = False,
                   **fields: Any) -> List[Outcome]:
        """Change all that match, as change() does; as start_all()."""
        return self._all(lib.hyper_machine_change_all, filter, sort, limit,
                         _changes(changes, fields), flags=0, wait=wait,
                         dry_run=dry_run)

    def remove_all(self, filter: str, *, force: bool = False,
                   keep: bool = False, sort: Optional[str] = None,
                   limit: Optional[int] = None, wait: bool = True,
                   dry_run: bool = False) -> List[Outcome]:
        """Remove all that match, as remove() does; as start_all()."""
        return self._all(lib.hyper_machine_remove_all, filter, sort, limit,
                         flags=(lib.HYPER_FORCE * force |
                                lib.HYPER_KEEP * keep),
                         wait=wait, dry_run=dry_run)

    def _all(self, function: Callable[..., int], filter: str,
             sort: Optional[str], limit: Optional[int], *args: Any,
             flags: int, wait: bool, dry_run: bool) -> List[Outcome]:
        query = make_query(filter, sort, limit, None, None, False)
        flags |= lib.HYPER_ASYNC * (not wait) | lib.HYPER_DRY_RUN * dry_run

        def change() -> List[Outcome]:
            out = ffi.new("hyper_outcomes **")
            with self._on() as conn:
                call(function, conn, query, *args, flags, out)
            return [Outcome._of(outcome)._at(self._connection) for outcome in
                    taken(lib.hyper_outcomes_to_json, out,
                          lib.hyper_outcomes_free)]
        return heard(change)

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
