# SPDX-License-Identifier: MIT
"""An exception for each code of enum hyper_code."""
import builtins
from typing import Any, Dict, Mapping, Optional, Type


class Error(Exception):
    """What the library says went wrong.

    code        "NOT_FOUND", …: the same in all languages and over HTTP
    message     one line
    field       the argument or field that is wrong, or None
    driver      the driver that reported it, or None
    request_id  what the server's log calls the request, or None

    What caused it is its __cause__.
    """

    code = "UNKNOWN"

    def __init__(self, message: str, field: Optional[str] = None,
                 driver: Optional[str] = None,
                 request_id: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.driver = driver
        self.request_id = request_id


class InvalidError(Error, ValueError):
    """An argument or a field is wrong; field names it."""


class NotFoundError(Error, LookupError):
    """No such machine, image, operation, file, …"""


class ExistsError(Error):
    """The id or name is taken."""


class StateError(Error):
    """The machine's state does not allow the call."""


class BusyError(Error):
    """Somebody else holds what is needed; trying later may work."""


class NotSupportedError(Error):
    """The driver or the connection cannot do this at all."""


class DeniedError(Error, PermissionError):
    """Not allowed: read-only connection, file permissions, …"""


class AuthError(Error, PermissionError):
    """The server wants a (valid) token."""


class TimeoutError(Error, builtins.TimeoutError):
    """It did not happen in the time allowed."""


class CancelledError(Error):
    """Somebody cancelled the operation."""


class ConnectError(Error, ConnectionError):
    """The engine or the server cannot be reached."""


class DriverError(Error):
    """The engine refused or failed; the text is the engine's."""


class NoDriverError(Error):
    """No driver of that name is loaded, or it is unavailable."""


class ProtocolError(Error):
    """The other side said something that makes no sense."""


class LimitError(Error, ValueError):
    """Larger, longer or more than is allowed."""


class StorageError(Error, OSError):
    """Reading or writing failed: disk full, I/O error, …"""


class NoMemoryError(Error, MemoryError):
    """Out of memory."""


class InternalError(Error):
    """A bug in hyper."""


BY_CODE: Dict[str, Type[Error]] = {
    "INVALID": InvalidError,
    "NOT_FOUND": NotFoundError,
    "EXISTS": ExistsError,
    "STATE": StateError,
    "BUSY": BusyError,
    "NOT_SUPPORTED": NotSupportedError,
    "DENIED": DeniedError,
    "AUTH": AuthError,
    "TIMEOUT": TimeoutError,
    "CANCELLED": CancelledError,
    "CONNECT": ConnectError,
    "DRIVER": DriverError,
    "NO_DRIVER": NoDriverError,
    "PROTOCOL": ProtocolError,
    "LIMIT": LimitError,
    "IO": StorageError,
    "NOMEM": NoMemoryError,
    "INTERNAL": InternalError,
}
for _code, _type in BY_CODE.items():
    _type.code = _code


def of_problem(problem: Mapping[str, Any]) -> Error:
    """The exception of a problem document (RFC 9457), with its causes."""
    kind = BY_CODE.get(problem["code"], Error)
    error = kind(problem["detail"], problem.get("field"),
                 problem.get("driver"), problem.get("request_id"))
    first, *rest = problem.get("causes") or [None]
    if first:
        error.__cause__ = of_problem({**first, "causes": rest})
    return error
