# SPDX-License-Identifier: MIT
"""A documentation comment, taken apart: its prose, and what its tags say."""
import re

TAG = re.compile(r"@(param|return|name)\b")


class Doc:
    """What one /** … */ says."""

    def __init__(self, text):
        self.body = []  # blocks before the first tag: what it does
        self.notes = []  # blocks behind the tags: threads
        self.params = {}
        self.returns = ""
        self.group = None  # of "@name"
        self.is_file = "@file" in text
        self.opens = "@{" in text
        self.closes = "@}" in text
        since = re.search(r"@since\s+(\d+\.\d+)", text)
        self.since = since and since[1]
        text = re.sub(r"@since\s+[\d.]+|@file|@[{}]", "", text)
        self._read(_lines(text))

    def _read(self, lines):
        body, notes = [], []
        into = body
        for line in lines:
            tag = TAG.match(line.strip())
            if tag:
                into = self._begin(tag[1], line.strip()[tag.end():].strip())
                if tag[1] == "name":
                    into = body
            elif into is not body and into is not notes and line.strip():
                into.append(line.strip())
            elif into is body or line.strip():
                into = into if into is body else notes
                into.append(line)
            else:
                into = notes
                into.append(line)
        self.body, self.notes = blocks(body), blocks(notes)
        self.params = {name: _phrase(t) for name, t in self.params.items()}
        self.returns = _phrase(self.returns) if self.returns else ""

    def _begin(self, tag, rest):
        if tag == "name":
            self.group = rest
            return None
        if tag == "return":
            self.returns = [rest]
            return self.returns
        name, _, text = rest.partition(" ")
        self.params[name] = [text]
        return self.params[name]


def _phrase(lines):
    return " ".join(" ".join(lines).split()).rstrip(".")


def _lines(text):
    """The lines without the stars; a tag amid one begins a line."""
    text = re.sub(r"^/\*\*<?|\*/$", "", text.strip())
    for line in text.split("\n"):
        line = re.sub(r"^\s*\* ?", "", line).rstrip()
        yield from re.sub(r"(?<=\S)\s+(?=@(param|return))", "\n",
                          line).split("\n")


def blocks(lines):
    """[("p", text) | ("list", items) | ("code", lines) | ("table", rows)]"""
    found = []
    gap = True  # the line before was empty
    for line in lines:
        kind = found[-1][0] if found else None
        if not line.strip():
            gap = True
            if kind == "code":
                found[-1][1].append("")
            continue
        if line.startswith("    ") and (gap or kind == "code"):
            if kind != "code":
                found.append(("code", []))
            found[-1][1].append(line[4:])
        elif re.match(r" ?- ", line):
            if kind != "list":
                found.append(("list", []))
            found[-1][1].append(" ".join(line.strip()[2:].split()))
        elif kind == "list" and line.startswith("  "):
            found[-1][1][-1] += " " + line.strip()
        elif line.startswith("|"):
            if kind != "table":
                found.append(("table", []))
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            found[-1][1].append([c.strip() for c in cells])
        elif kind == "p" and not gap:
            found[-1] = ("p", found[-1][1] + " " + line.strip())
        else:
            found.append(("p", line.strip()))
        gap = False
    for kind, what in found:
        if kind == "code":
            while not what[-1]:
                what.pop()
        if kind == "table":
            del what[:2]  # the head and the line below it
    return found
