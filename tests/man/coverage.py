# SPDX-License-Identifier: MIT
"""coverage.py MAN3 < NAMES: each name has a page, which has its prototype, and
an example that calls it; each reference and each alias leads somewhere."""
import pathlib
import re
import sys

pages = {p.stem: p.read_text(encoding="ascii")
         for p in pathlib.Path(sys.argv[1]).glob("*.3")}
bad = []


def section(text, title):
    found = re.search(r"^\.Sh %s\n(.*?)(?=^\.Sh |\Z)" % title, text, re.S | re.M)
    return found[1] if found else ""


def code(text):
    """What is shown as code, without its comments and texts."""
    shown = "\n".join(re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", text,
                                 re.S | re.M))
    shown = shown.replace("\\e", "\\").replace("\\-", "-").replace("\\&", "")
    return re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', "", shown, flags=re.S)


def check(name):
    text = pages.get(name, "")
    alias = re.match(r"\.so man3/(.*)\.3\n", text)
    if alias:
        text = pages[alias[1]]
    if not text:
        return "no page"
    if not re.search(r"^\.Nm %s\b" % name, section(text, "NAME"), re.M):
        return "NAME does not name it"
    if not re.search(r"^\.F[no] %s\b" % name, section(text, "SYNOPSIS"), re.M):
        return "no prototype"
    if not re.search(r"\b%s\(" % name, code(section(text, "EXAMPLE"))):
        return "the example does not call it"
    return "" if section(text, "THREADS") else "nothing about threads"


names = sys.stdin.read().split()
for name in names:
    wrong = check(name)
    if wrong:
        bad.append("%s: %s" % (name, wrong))
for name, text in pages.items():
    for page in re.findall(r"^\.(?:so man3/|.*\bXr )((?:lib)?hyper\w*)(?: 3|\.3)",
                           text, re.M):
        if page not in pages:
            bad.append("%s: leads to %s, which is not there" % (name, page))
print("\n".join(bad) if bad else "%d functions, %d pages" %
      (len(names), len(pages)))
sys.exit(bool(bad) or not names)
