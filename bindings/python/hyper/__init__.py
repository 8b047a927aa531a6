# SPDX-License-Identifier: MIT
"""Virtual machines and containers behind one API.

    import hyper

    with hyper.open() as h:
        machine = h.machines.add(image="debian12")
        h.machines.start(machine.id)
        for machine in h.machines.list("state=running", sort="-mem"):
            print(machine.id, machine.addresses)

A connection is a state directory in this process or a hyperd; the calls are
the same. Each call may be made from any thread, and lets other threads run.
"""
from . import remotes
from ._core import version
from .connection import Connection, open
from .errors import (AuthError, BusyError, CancelledError, ConnectError,
                     DeniedError, DriverError, Error, ExistsError,
                     InternalError, InvalidError, LimitError, NoDriverError,
                     NoMemoryError, NotFoundError, NotSupportedError,
                     ProtocolError, StateError, StorageError, TimeoutError)
from .lab import (addMachine, listDrivers, listMachines, removeMachine,
                  startMachine, stopMachine)
from .log import log_to
from .records import (Driver, Event, Finding, Image, Info, Machine, Operation,
                      Outcome, Port, Progress, Remote, Role, Token)

__version__ = version()

__all__ = [
    "AuthError", "BusyError", "CancelledError", "ConnectError", "Connection",
    "DeniedError", "Driver", "DriverError", "Error", "Event", "ExistsError",
    "Finding", "Image", "Info", "InternalError", "InvalidError", "LimitError",
    "Machine", "NoDriverError", "NoMemoryError", "NotFoundError",
    "NotSupportedError", "Operation", "Outcome", "Port", "Progress",
    "ProtocolError", "Remote", "Role", "StateError", "StorageError",
    "TimeoutError", "Token", "addMachine", "listDrivers", "listMachines",
    "log_to", "open", "remotes", "removeMachine", "startMachine",
    "stopMachine",
]
