# SPDX-License-Identifier: MIT
"""The C interface, as cffi makes it out of the header."""
from typing import Any

ffi: Any
lib: Any
