# SPDX-License-Identifier: MIT
"""What the library tells, as values that nobody changes.

Each has the fields of the JSON that REST shows, which to_dict() gives back.
A field that is not known, or that a query did not ask for, is None.
"""
from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import (TYPE_CHECKING, Any, Dict, Generator, List, Literal,
                    Optional, Tuple, Type, TypeVar)

from .errors import Error, of_problem

if TYPE_CHECKING:
    from .connection import Connection

R = TypeVar("R", bound="Record")

Role = Literal["viewer", "operator", "admin"]
"""What somebody may do over HTTP; each may do what those before it may."""


def _time(value: Any) -> Optional[datetime]:
    """RFC 3339, always with a Z."""
    return (datetime.fromisoformat(value.replace("Z", "+00:00"))
            if isinstance(value, str) else None)


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((key, _hashable(it)) for key, it in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


class Record:
    """The common part: made of JSON, equal when that is."""

    _json: Dict[str, Any]

    def __init_subclass__(cls) -> None:
        # Else dataclass makes one that fails on lists.
        setattr(cls, "__hash__", Record.__hash__)

    def __hash__(self) -> int:
        return hash(_hashable([getattr(self, field.name) for field in
                               dataclasses.fields(self)]))

    @classmethod
    def _of(cls: Type[R], data: Dict[str, Any]) -> R:
        fields = {}
        for field in dataclasses.fields(cls):
            value = data.get(field.name)
            convert = field.metadata.get("convert")
            fields[field.name] = convert(value) if convert else value
        record = cls(**fields)
        object.__setattr__(record, "_json", data)
        return record

    def to_dict(self) -> Dict[str, Any]:
        """The JSON object that the library made."""
        return dict(self._json)


def _convert(function: Any) -> Any:
    return dataclasses.field(default=None, metadata={"convert": function})


@dataclasses.dataclass(frozen=True)
class Port(Record):
    """A published port. host_port 0: chosen by the engine."""
    host_ip: Optional[str] = None
    host_port: int = 0
    guest_port: int = 0
    protocol: str = "tcp"


@dataclasses.dataclass(frozen=True)
class Machine(Record):
    """A virtual machine or a container, at one moment. mem is in MiB."""
    id: str
    uuid: str
    type: str
    image: str
    mem: int
    vcpus: int
    state: str
    driver_state: Optional[str]
    state_reason: Optional[str]
    handle: Optional[str]
    adopted: bool
    stale: bool
    addresses: List[str]
    env: Dict[str, str]
    command: Optional[List[str]]
    labels: Dict[str, str]
    autostart: bool
    generation: int
    options: Dict[str, str]
    ports: List[Port] = _convert(
        lambda ports: None if ports is None else
        [Port._of(port) for port in ports])
    observed_at: Optional[datetime] = _convert(_time)
    created_at: Optional[datetime] = _convert(_time)
    updated_at: Optional[datetime] = _convert(_time)


@dataclasses.dataclass(frozen=True)
class Image(Record):
    """An image. size is in bytes."""
    name: str
    type: str
    handle: Optional[str]
    format: Optional[str]
    size: int
    created_at: Optional[datetime] = _convert(_time)


@dataclasses.dataclass(frozen=True)
class Driver(Record):
    """A driver, and why it cannot be used where it cannot."""
    name: str
    version: Optional[str]
    kinds: List[str]
    features: List[str]
    available: bool
    reason: Optional[str]
    engine: Optional[str]
    file: Optional[str]


@dataclasses.dataclass(frozen=True)
class Event(Record):
    """Something that happened. seq grows, and none is left out."""
    seq: int
    kind: str
    machine: Optional[str]
    driver: Optional[str]
    operation: int
    actor: Optional[str]
    state: Optional[str]
    at: Optional[datetime] = _convert(_time)


@dataclasses.dataclass(frozen=True)
class Finding(Record):
    """A thing that the doctor found wrong."""
    kind: str
    type: Optional[str]
    machine: Optional[str]
    detail: str
    action: Optional[str]
    repaired: bool


@dataclasses.dataclass(frozen=True)
class Token(Record):
    """A token. Only what tokens.add() gives has its secret, which is not
    shown."""
    name: str
    role: Role
    secret: Optional[str] = dataclasses.field(repr=False)
    created_at: Optional[datetime] = _convert(_time)
    expires_at: Optional[datetime] = _convert(_time)


@dataclasses.dataclass(frozen=True)
class Remote(Record):
    """A server that has a name."""
    name: str
    uri: str
    client_cert: Optional[str]
    has_token: bool
    in_use: bool


@dataclasses.dataclass(frozen=True)
class Info(Record):
    """What a connection says of itself."""
    name: str
    version: str
    api: int
    instance: str
    features: List[str]


@dataclasses.dataclass(frozen=True)
class Progress(Record):
    """How far an operation is; total 0: nobody knows."""
    done: int
    total: int
    step: Optional[str]


@dataclasses.dataclass(frozen=True)
class Operation(Record):
    """A change, as far as it was when it was told of.

    wait() gives it as it has ended; so does `await`, which does not hold up
    the event loop. plan is what a dry run would do, a line for people for each
    step; such an operation has the id 0 and the state "planned", and cannot be
    looked up.
    """
    id: int
    kind: str
    state: str
    type: Optional[str]
    machine: Optional[str]
    image: Optional[str]
    error: Optional[Dict[str, Any]]
    actor: Optional[str]
    program: Optional[str]
    pid: Optional[int]
    uid: Optional[int]
    progress: Optional[Progress] = _convert(
        lambda progress: progress and Progress._of(progress))
    created_at: Optional[datetime] = _convert(_time)
    started_at: Optional[datetime] = _convert(_time)
    ended_at: Optional[datetime] = _convert(_time)
    plan: Optional[Tuple[str, ...]] = _convert(
        lambda lines: None if lines is None else tuple(lines))

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled", "planned")

    @property
    def record(self) -> Optional[Machine]:
        """The machine that would come of a dry run; None of other operations,
        and where there is none."""
        return getattr(self, "_record", None)

    def _at(self, connection: Connection,
            record: Optional[Machine] = None) -> Operation:
        object.__setattr__(self, "_connection", connection)
        object.__setattr__(self, "_record", record)
        return self

    def wait(self, timeout: Optional[float] = None) -> Operation:
        """Until it has ended, at most so many seconds (TimeoutError)."""
        return self._connection.operations.wait(  # type: ignore
            self.id, timeout)

    def cancel(self) -> Operation:
        """Ask it to stop."""
        return self._connection.operations.cancel(self.id)  # type: ignore

    def __await__(self) -> Generator[Any, None, Operation]:
        return self._connection.operations.wait_async(  # type: ignore
            self.id).__await__()


@dataclasses.dataclass(frozen=True)
class Outcome(Record):
    """What came of one change of many, for one machine.

    machine    as it is then; None: it failed, or there is none any more
    operation  None: none was recorded
    error      why it failed, to be raised; or None
    """
    id: str
    machine: Optional[Machine] = _convert(
        lambda machine: machine and Machine._of(machine))
    operation: Optional[Operation] = _convert(
        lambda op: op and Operation._of(op))
    error: Optional[Error] = _convert(
        lambda problem: problem and of_problem(problem))

    def _at(self, connection: Connection) -> Outcome:
        if self.operation:
            self.operation._at(connection)
        return self
