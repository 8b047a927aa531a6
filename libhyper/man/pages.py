# SPDX-License-Identifier: MIT
"""Which pages there are: libhyper(3), one for each noun, one for each function
or group of getters, and for each other name a line that leads to its page."""
import re

import declarations as d
import sections as s
from comment import blocks
from library import shared
from mdoc import Prose

OVERVIEW = "libhyper"


class Pages:
    def __init__(self, library, examples, overview):
        self.library, self.examples = library, examples
        self.files = {}
        # "<!-- DATE: … -->" and then "## SECTION" and its text, again and again
        self.date = re.match(r"<!-- (.*?):", overview)[1]
        self.parts = re.split(r"^## (.*)\n", overview, flags=re.M)[1:]
        Prose.known = set(library.functions)
        self.nouns = [h for h in library.headers
                      if h.name not in ("hyper.h", "common.h")]
        self._overview()
        for header in self.nouns:
            self._noun(header)
        for item in library.functions.values():
            if not shared(item.group) and item.name != item.header.noun:
                self._function(item)
        for group in {i.group: None for i in library.functions.values()
                      if shared(i.group)}:
            self._group(group)

    def _write(self, name, header, *parts):
        lines = s.heading(self.date, self.library.version, name,
                          "libhyper/include/hyper/" + header.name)
        for part in parts:
            lines += part
        self.files[name] = "\n".join(lines) + "\n"

    def _alias(self, names, page):
        for name in names:
            self.files[name] = ".so man3/%s.3\n" % page

    def _noun_of(self, header):
        return header.noun if header in self.nouns else OVERVIEW

    def _since(self, items):
        return {i.name: self.library.since(i) for i in items}

    # what pages of functions have in common, from PARAMETERS on
    def _facts(self, prose, item):
        library = self.library
        lines = s.parameters(library, prose, item)
        return [
            [".Sh PARAMETERS", *lines] if lines else [],
            s.returns(library, prose, item), s.errors(library, prose, item),
            s.threads(library, prose, item)]

    def _function(self, item):
        noun = self._noun_of(item.header)
        prose = Prose([item.name], [p.name for p in item.params])
        body = prose.blocks(self.library.body(item))
        self._write(
            item.name, item.header,
            s.name([item.name], s.summary(item.doc)),
            s.synopsis(_include(item.header), [item]),
            [".Sh DESCRIPTION", *body], *self._facts(prose, item),
            s.example(self.examples.calling([item.name], item.header.stem)),
            s.see_also(prose, [noun, OVERVIEW]),
            s.history([item.name], self._since([item])))

    def _group(self, group):
        first = group.items[0]
        names = [i.name for i in group.items]
        page, noun = group.page, self._noun_of(first.header)
        prose = Prose(names, {p.name for i in group.items for p in i.params})
        rows = [([".Fn " + i.name], i.doc.body) for i in group.items]
        self._write(
            page, first.header,
            s.name([page] + names, "%s of %s" % (
                group.name.lower(), first.params[0].object)),
            s.synopsis(_include(first.header), group.items),
            [".Sh DESCRIPTION", *prose.blocks(group.doc.body),
             *prose.tagged(rows)],
            self._group_facts(prose, group),
            s.threads(self.library, prose, first),
            s.example(self.examples.calling(names, first.header.stem)),
            s.see_also(prose, [noun, OVERVIEW]),
            s.history(names, self._since(group.items)))
        self._alias(names, page)

    def _group_facts(self, prose, group):
        """Setters fail in one way; what getters return, each tells itself."""
        first = group.items[0]
        rows = s.parameters(self.library, prose, first, group.doc.params)
        lines = [".Sh PARAMETERS", *rows] if rows else []
        if group.doc.returns:
            lines += s.returns(self.library, prose, first)
        return lines + s.errors(self.library, prose, first)

    def _noun(self, header):
        function = self.library.functions.get(header.noun)
        prose = Prose([header.noun])
        body = [".Sh DESCRIPTION", *prose.blocks(header.doc.body)]
        facts = []
        if function:
            prose.params = {p.name for p in function.params}
            body += [".Pp", ".Fn " + function.name + " :",
                     *prose.inline(function.doc.body[0][1]),
                     *prose.blocks(function.doc.body[1:], False)]
            facts = self._facts(prose, function)
        self._write(
            header.noun, header,
            s.name([header.noun], s.summary(header.doc)),
            s.synopsis(_include(header), [function] if function else []),
            body, *facts, *d.declared(prose, header),
            s.program(self.examples.programs[header.stem]),
            s.see_also(prose, [OVERVIEW]),
            s.history([header.noun], self._since([function]))
            if function else [])
        self._alias([i.name for i in header.items
                     if i.kind not in ("function", "macro") and
                     i.name != header.noun], header.noun)

    def _overview(self):
        library, prose = self.library, Prose([OVERVIEW])
        common, main = library.header("common.h"), library.header("hyper.h")
        what, rest = main.doc.body[0][1].split(". ", 1)
        inserts = {
            "INCLUDE": [("p", rest)], "RULES": common.doc.body[1:],
            "URIS": [block for block in library.functions["hyper_open"].doc.body
                     if block[0] == "table"],
            "NOUNS": [("mdoc", prose.tagged([
                ([".Xr %s 3" % h.noun], [("p", s.summary(h.doc) + ".")])
                for h in self.nouns]))]}
        parts = []
        for title, text in zip(self.parts[::2], self.parts[1::2]):
            found = []
            for block in blocks(text.split("\n")):
                word = re.match(r"\{(\w+)\}$", str(block[1]))
                found += inserts[word[1]] if word else [block]
            parts.append([".Sh " + title, *prose.blocks(found)])
        flags = library.types["hyper_flags"]
        self._write(
            OVERVIEW, main, s.name([OVERVIEW], what.split(": ")[1]),
            [".Sh SYNOPSIS", ".In hyper/hyper.h"], *parts,
            [".Sh FLAGS", *prose.blocks(flags.doc.body),
             *d.enumerators(prose, flags)],
            s.program(self.examples.programs[OVERVIEW]),
            s.see_also(prose, []))
        self._alias([flags.name], OVERVIEW)


def _include(header):
    """What programs include: hyper.h has all, but for drivers and servers."""
    return header.name if header.name in ("driver.h", "rest.h") else "hyper.h"
