# SPDX-License-Identifier: MIT
"""What pyproject.toml cannot say: the version and the module in C."""
import os
import sys

from setuptools import setup

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from build_native import version  # noqa: E402

setup(version=version(), cffi_modules=["build_native.py:ffi"])
