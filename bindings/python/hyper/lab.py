# SPDX-License-Identifier: MIT
"""The model API of the lab that hyper comes from, on one connection of its
own ($HYPER_URI, else the default state directory)."""
# pylint: disable=invalid-name  # these are the lab's
import threading
from typing import Any, Dict, List, Mapping, Optional, Union

from .connection import Connection, open

_lock = threading.Lock()
_connection: Optional[Connection] = None


def _hyper() -> Connection:
    global _connection
    with _lock:
        if _connection is None:
            _connection = open()
        return _connection


def listDrivers() -> List[Dict[str, Any]]:
    """The drivers that can be used."""
    return [driver.to_dict() for driver in _hyper().drivers.list()
            if driver.available]


def addMachine(mach: Mapping[str, Any]) -> Dict[str, Any]:
    """Create a machine, stopped; the machine that was created."""
    return _hyper().machines.add(mach).to_dict()


def startMachine(machId: str) -> None:
    """Start a machine."""
    _hyper().machines.start(machId)


def stopMachine(machId: str) -> None:
    """Stop a machine."""
    _hyper().machines.stop(machId)


def removeMachine(machId: str) -> None:
    """Remove a machine."""
    _hyper().machines.remove(machId)


def listMachines(query: Union[str, Mapping[str, Any], None] = None
                 ) -> List[Dict[str, Any]]:
    """The machines that match: a text ("state=running"), or a mapping of
    fields to values, which all must hold; without one all."""
    if query is not None and not isinstance(query, str):
        query = " and ".join(f'{field}="{_quoted(value)}"'
                             for field, value in query.items())
    return [machine.to_dict()
            for machine in _hyper().machines.list(query or None)]


def _quoted(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace('"', '\\"')
