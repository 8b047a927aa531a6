# SPDX-License-Identifier: MIT
"""The sections of a page: each makes lines of mdoc(7)."""
import re

from mdoc import arg, literal


def heading(date, version, title, source):
    return ['.\\" SPDX-License-Identifier: MIT',
            '.\\" Made from %s: change that.' % source,
            ".Dd " + date, ".Dt %s 3" % title.upper(), ".Os hyper " + version]


def name(names, summary):
    return [".Sh NAME", *(".Nm %s ," % n for n in names[:-1]),
            ".Nm " + names[-1], ".Nd " + summary]


def synopsis(header, functions):
    lines = [".Sh SYNOPSIS", ".In hyper/%s" % header]
    for item in functions:
        lines += prototype(item)
    return lines


def prototype(item, name=None):
    name = name or item.name
    if not item.params:
        return [".Ft " + item.returns, ".Fn %s void" % arg(name)]
    return [".Ft " + item.returns, ".Fo " + arg(name),
            *('.Fa "%s"' % p.text for p in item.params), ".Fc"]


def summary(doc):
    """The first sentence, as NAME and lists of functions want it."""
    words = doc.body[0][1] if doc.body else doc.returns
    words = re.split(r"[.;?] |[.:]$", words)[0]
    parts = words.split(": ")
    words = ": ".join(parts[:2] if doc.is_file or " " not in parts[0]
                      else parts[:1])
    if re.match(r"[A-Z][a-z ]", words):
        words = words[0].lower() + words[1:]
    return re.sub(r"\s+\(.*$", "", words).replace("`", "")


def parameters(library, prose, item, only=None):
    rows = []
    for param in item.params:
        if only is not None and param.name not in only:
            continue
        if param.name == "err" and library.errors(item)[0]:
            words = "[new] where to put what went wrong, or NULL; free it " \
                "with hyper_error_free()"
        else:
            words = library.param(item, param)
        then = [("p", words)]
        if param.name == "flags":
            then.append(("mdoc", flags(library, prose, words)))
        rows.append(([".Fa " + param.name], then))
    return prose.tagged(rows) if rows else []


def flags(library, prose, words):
    """What each of the flags does, below the names of them."""
    kind = re.match(r"enum (hyper_\w+)$", words)
    if kind:
        members = library.types[kind[1]].members
    elif re.match(r"HYPER_[A-Z_, ]+$", words):
        members = [library.constants[name] for name in words.split(", ")]
    else:
        members = []  # it says what they do
    return prose.tagged([([".Dv " + m.name], m.doc.body)
                         for m in members]) if members else []


def returns(library, prose, item):
    words = library.returns(item)
    if not words:
        return []
    if words.startswith("0 or a negative code"):
        words = "0 on success, else a negative enum hyper_code" + \
            words[len("0 or a negative code"):]
        if item.params[-1].text == "hyper_error **err":
            words += ". On failure `err` tells more, and nothing else is set"
    return [".Sh RETURN VALUES", *prose.inline(_sentence(words))]


def errors(library, prose, item):
    found, others = library.errors(item)
    if not found:
        return []
    lines = [".Sh ERRORS", ".Bl -tag -width Ds"]
    for code, words in found:
        lines += [".It Bq Er " + code,
                  *prose.inline(_sentence(words))]
    lines.append(".El")
    if others:
        lines += [".Pp", *prose.inline(
            "There may be others: hyper_error(3) lists all.")]
    return lines


def threads(library, prose, item):
    return [".Sh THREADS", *prose.blocks(library.threads(item))]


def history(names, since):
    if len(names) == 1:
        return [".Sh HISTORY", ".Fn " + names[0],
                "appeared in hyper %s." % since[names[0]]]
    lines = [".Sh HISTORY"]
    for version in sorted(set(since.values()), key=_number):
        new = [n for n in names if since[n] == version]
        if lines[1:]:
            lines += enumeration(new) + ["appeared in hyper %s." % version]
        else:
            lines.append("These functions appeared in hyper %s." % version)
    return lines


def enumeration(names):
    return [".Fn %s ," % n for n in names[:-1]] + [".Fn " + names[-1]]


def _number(version):
    return [int(n) for n in version.split(".")]


def example(functions):
    lines = [".Sh EXAMPLE"]
    for function in functions:
        lines += literal(function.text.split("\n"))
    pages = sorted({f.page for f in functions})
    return lines + [".Pp", "The whole program is in"] + [
        ".Xr %s 3 %s" % (p, "." if p == pages[-1] else ",") for p in pages]


def program(text):
    return [".Sh EXAMPLE", *literal(text.split("\n"))]


def see_also(prose, pages):
    """What the page is about comes first; then in order."""
    own = {(n, "3") for n in prose.names}
    found = sorted((prose.seen | {(p, "3") for p in pages}) - own,
                   key=lambda page: (page[1], page[0]))
    return [".Sh SEE ALSO"] + [
        ".Xr %s %s%s" % (*page, "" if page == found[-1] else " ,")
        for page in found]


def _sentence(words):
    end = "" if words[-1] in ".…" else "."
    return words[0].upper() + words[1:] + end
