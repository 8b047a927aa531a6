# SPDX-License-Identifier: MIT
"""Prose of comments as mdoc(7): what stands out in a text, and its blocks."""
import re

# mdoc takes these for punctuation when they are arguments of their own.
CLOSING = ".,:;)]?!"
SPECIAL = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|(?P<own>\[(?:new|takes|borrowed(?: from [\w ]+)?)\])"
    r"|(?P<call>\bhyper_\w+)\(\)"
    r"|(?P<page>\b[a-z][\w-]*)\((?P<section>[1-8])\)"
    r"|\benum (?P<enum>hyper_\w+)"
    r"|\$(?P<env>[A-Z_]+)"
    r"|(?P<header>\b(?:hyper/)?[a-z_]+\.h)\b"
    r"|(?P<const>\b(?:HYPER_[A-Z_]+[A-Z]|NULL|UINT32_MAX)\b)")


def text(words, code=False):
    """Escaped, for a line that does not begin with a macro."""
    words = words.replace("\\", "\\e").replace("~", "\\(ti")
    words = words.replace("^", "\\(ha")
    if code:
        words = words.replace("-", "\\-").replace("'", "\\(aq")
        words = words.replace("`", "\\(ga")
    words = re.sub(r"[^\x00-\x7f]", lambda c: "\\[u%04X]" % ord(c[0]), words)
    return "\\&" + words if words[:1] in (".", "'") else words


def arg(words):
    """Escaped, as one argument of a macro that is none itself."""
    words = text(words, True).replace('"', "\\(dq")
    return '"%s"' % words if " " in words else re.sub(
        r"^(?=[A-Z%][a-z]$|[()\[\].,:;?!|]$)", r"\\&", words)


def literal(lines, offset=""):
    """Code, as it is."""
    return [".Bd -literal" + offset, *(text(line, True) for line in lines),
            ".Ed"]


class Prose:
    """Renders text of one page, whose own names get no reference."""

    known = set()  # the functions that have a page

    def __init__(self, names=(), params=()):
        self.names, self.params = set(names), set(params)
        self.seen = set()  # what the text refers to: (name, section)

    def _macro(self, match):
        what = match.groupdict()
        if what["code"]:
            if what["code"] in self.params:
                return "Fa " + what["code"]
            return "Ql " + arg(what["code"])
        if what["own"]:
            return "Em " + arg(what["own"])
        if what["enum"]:
            return "Vt " + arg("enum " + what["enum"])
        if what["env"]:
            return "Ev " + what["env"]
        if what["const"]:
            return "Dv " + what["const"]
        if what["call"] and (what["call"] in self.names or
                             what["call"] not in self.known):
            return "Fn " + what["call"]
        if what["header"]:
            stem = re.sub(r"^hyper/|\.h$", "", what["header"])
            page = "libhyper" if stem in ("hyper", "common") else \
                "hyper_" + stem
            section = "3"
            if page in self.names:
                return "Pa hyper/%s.h" % stem
        else:
            page, section = what["call"] or what["page"], what["section"] or "3"
        self.seen.add((page, section))
        return "Xr %s %s" % (page, section)

    def inline(self, words):
        """Lines of mdoc: plain text, and macros on lines of their own."""
        lines, plain, macro = [], "", ""
        at = 0
        for match in SPECIAL.finditer(words):
            between = words[at:match.start()]
            if macro:
                macro, between = self._behind(macro, between)
            glued = re.search(r"\S+$", between)
            if macro and not between:  # nothing but signs between the two
                macro += " Ns " + self._macro(match)
            else:
                if macro:
                    lines.append("." + macro)
                plain = between[:glued.start()] if glued else between
                lines += _sentences(plain)
                macro = self._macro(match)
                if glued:
                    macro = "No %s Ns %s" % (arg(glued[0]), macro)
            at = match.end()
        rest = words[at:]
        if macro:
            macro, rest = self._behind(macro, rest)
            lines.append("." + macro)
        return lines + _sentences(rest)

    def _behind(self, macro, rest):
        """What sticks to a macro belongs on its line."""
        stuck = re.match(r"\S*", rest)[0]
        if stuck and all(c in CLOSING for c in stuck):
            macro += " " + " ".join(stuck)
        elif stuck:
            macro += " Ns No " + arg(stuck)
        return macro, rest[len(stuck):]

    def blocks(self, blocks, first=True):
        """Paragraphs and what stands between them."""
        lines = []
        for kind, what in blocks:
            if kind == "p":
                lines += ([] if first else [".Pp"]) + self.inline(what)
            elif kind == "list":
                lines.append(".Bl -bullet -compact" if first else ".Bl -bullet")
                for item in what:
                    lines += [".It"] + self.inline(item)
                lines.append(".El")
            elif kind == "table":
                lines += self.tagged([(cell, [("p", then)])
                                      for cell, then in what])
            elif kind == "mdoc":
                lines += what
            else:
                lines += literal(what, " -offset indent")
            first = False
        return lines

    def tagged(self, rows):
        """A list of (words or lines of mdoc, blocks)."""
        lines = [".Bl -tag -width Ds"]
        for head, then in rows:
            if isinstance(head, str):
                head = self.inline(head)
            lines += [".It Xo", *head, ".Xc", *self.blocks(then)]
        return lines + [".El"]


def _sentences(words):
    """Plain text in lines, a sentence a line at least, as mdoc wants it."""
    lines = []
    for sentence in re.split(r"(?<=[.!?;:]) +(?=[A-Z\"])", words.strip()):
        line = ""
        for word in sentence.split():
            if line and len(line) + len(word) > 76:
                lines.append(text(line))
                line = ""
            line += (" " if line else "") + word
        lines += [text(line)] if line else []
    return lines
