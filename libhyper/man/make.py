# SPDX-License-Identifier: MIT
"""make.py HEADERS EXAMPLES OVERVIEW.md OUT: the manual pages of libhyper."""
import pathlib
import sys

from examples import Examples
from library import Library
from pages import Pages


def main():
    headers, examples, overview, out = map(pathlib.Path, sys.argv[1:])
    pages = Pages(Library(headers), Examples(examples),
                  overview.read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    for page in out.glob("*.3"):
        page.unlink()
    for name, text in pages.files.items():
        (out / (name + ".3")).write_text(text, encoding="ascii")


try:
    main()
except ValueError as error:
    sys.exit("make.py: %s" % error)
