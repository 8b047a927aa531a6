# SPDX-License-Identifier: MIT
"""The library's log, into Python's."""
import atexit
import logging
from typing import Any, Optional

from ._core import text
from ._native import ffi, lib

_LEVELS = {lib.HYPER_LOG_ERROR: logging.ERROR,
           lib.HYPER_LOG_WARNING: logging.WARNING,
           lib.HYPER_LOG_INFO: logging.INFO,
           lib.HYPER_LOG_DEBUG: logging.DEBUG}
_logger: Optional[logging.Logger] = None


@ffi.def_extern(name="hyper_python_log")  # type: ignore[misc]
def _log(level: int, line: Any, _data: Any) -> None:
    logger = _logger
    if logger is not None:
        logger.log(_LEVELS.get(level, logging.INFO), "%s", text(line))


def log_to(logger: Optional[logging.Logger] = None,
           level: int = logging.WARNING) -> None:
    """Write the log of this process's connections to a logger; None: nowhere,
    as at first. Lines come from any thread."""
    global _logger
    _logger = logger
    if logger is None:
        lib.hyper_log_set(ffi.NULL, 0, ffi.NULL)
        return
    least = min((ours for ours, theirs in _LEVELS.items() if theirs <= level),
                default=lib.HYPER_LOG_DEBUG)
    lib.hyper_log_set(lib.hyper_python_log, least, ffi.NULL)


# A thread of the library's may have something to say while Python ends.
atexit.register(log_to, None)
