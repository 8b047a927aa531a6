# SPDX-License-Identifier: MIT
"""What the page of a noun tells of its header: the sections TYPES, CONSTANTS
and FUNCTIONS."""
import sections as s
from library import shared
from mdoc import arg


def declared(prose, header):
    lines = []
    if header.of("type"):
        lines = prose.tagged([([".Vt " + i.name], i.doc.body)
                              for i in header.of("type")])
    for item in header.of("struct"):
        lines += [".Ss struct " + item.name, *prose.blocks(item.doc.body),
                  *_members(prose, item)]
    for item in header.of("callback"):
        lines += [".Ss " + item.name, *_callback(prose, item)]
    for item in header.of("enum"):
        lines += [".Ss enum " + item.name, *prose.blocks(item.doc.body),
                  *enumerators(prose, item)]
    if lines:
        yield [".Sh TYPES", *lines]
    if header.of("macro"):
        yield [".Sh CONSTANTS", *prose.tagged([
            (_macro(i), i.doc.body) for i in header.of("macro")])]
    rows = _functions(header)
    if rows:
        yield [".Sh FUNCTIONS", *prose.tagged(rows)]


def enumerators(prose, item):
    return prose.tagged([([".Dv " + m.name], m.doc.body)
                         for m in item.members])


def _macro(item):
    """With its value, if that is one."""
    value = item.text if item.text and len(item.text) < 30 else None
    return [".Dv " + item.name] + ([".Pq Li " + arg(value)] if value else [])


def _functions(header):
    """A line for each; but one for all that share a page."""
    rows = {}
    for item in header.of("function"):
        if shared(item.group):
            names = [i.name for i in item.group.items]
            rows[item.group.page] = [("mdoc", s.enumeration(names))]
        elif item.name != header.noun:
            rows[item.name] = [("p", s.summary(item.doc) + ".")]
    return [([".Xr %s 3" % page], then) for page, then in rows.items()]


def _members(prose, item):
    lines = [".Bl -tag -width Ds"]
    for member in item.members:
        if member.kind == "op":
            lines += [".It Fa " + member.name,
                      *s.prototype(member, "(*%s)" % member.name),
                      *prose.blocks(member.doc.body, False),
                      *_parameters(prose, member)]
        else:
            lines += [".It Vt " + arg(member.text),
                      *prose.blocks(member.doc.body)]
    return lines + [".El"]


def _callback(prose, item):
    lines = [*prose.blocks(item.doc.body), ".Pp",
             *s.prototype(item, "(*%s)" % item.name),
             *_parameters(prose, item)]
    if item.doc.returns:
        lines += [".Pp", "Returns", *prose.inline(item.doc.returns + ".")]
    return lines


def _parameters(prose, item):
    """Those of which something is said: the rest is as in all ops."""
    rows = [([".Fa " + name], [("p", words)])
            for name, words in item.doc.params.items()]
    return prose.tagged(rows) if rows else []
