# SPDX-License-Identifier: MIT
"""Builds hyper._native, the C interface as the header says it.

The header and the library are those of pkg-config, or of HYPER_CFLAGS and
HYPER_LIBS, where it is not installed.
"""
import os
import re
import shlex
import subprocess
import tempfile

import cffi


def flags(variable, option):
    text = os.environ.get(variable)
    if text is None:
        text = subprocess.run(["pkg-config", option, "libhyper"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
    return shlex.split(text)


CFLAGS = flags("HYPER_CFLAGS", "--cflags")
LIBS = flags("HYPER_LIBS", "--libs")


def preprocess(text, *options):
    """What the compiler makes of C."""
    cc = shlex.split(os.environ.get("CC", "cc"))
    return subprocess.run([*cc, "-E", "-P", *options, *CFLAGS, "-xc", "-"],
                          input=text, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def declarations():
    """Those of the header alone: its system headers are empty here, for cffi
    knows their types, and without GNU C there are no attributes."""
    with tempfile.TemporaryDirectory() as empty:
        for name in ("stdbool.h", "stddef.h", "stdint.h"):
            with open(os.path.join(empty, name), "w", encoding="ascii"):
                pass
        return preprocess("#include <hyper/hyper.h>\n", "-nostdinc",
                          "-U__GNUC__", "-I" + empty)


def version():
    text = preprocess("#include <hyper/version.h>\nHYPER_VERSION_STRING\n")
    return re.findall(r'"([^"]+)"', text)[-1]


def library_dirs():
    dirs = [flag[2:] for flag in LIBS if flag.startswith("-L")]
    # One that is not installed is found where it is.
    return dirs, dirs if "HYPER_LIBS" in os.environ else []


ffi = cffi.FFI()
ffi.cdef(declarations())
# The one callback: its body is hyper/log.py's.
ffi.cdef("""extern "Python" void hyper_python_log(int level, const char *text,
                                                void *data);""")
ffi.set_source(
    "hyper._native", "#include <hyper/hyper.h>\n", libraries=["hyper"],
    library_dirs=library_dirs()[0], runtime_library_dirs=library_dirs()[1],
    extra_compile_args=CFLAGS)

if __name__ == "__main__":
    ffi.compile(verbose=True)
