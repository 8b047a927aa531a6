# SPDX-License-Identifier: MIT
"""page.py PAGE.md OUT: a manual page from Markdown.

The Markdown is what page writers use: "# name(8) - what it does" and a date on
the first lines, "## SECTION", paragraphs, "term" with ": text" below it, lists
with "-", code that is indented by four or stands in ```; **bold**, *italic*,
`code` and name(8), which is a reference. The page is man(7)."""
import pathlib
import re
import sys

INLINE = re.compile(
    r"\*\*(?P<b>.+?)\*\*|\*(?P<i>[^*]+)\*|`(?P<code>[^`]+)`"
    r"|(?P<page>\b[a-z][\w.-]*)\((?P<section>[1-8])\)|\\(?P<sign>.)"
    r"|<(?P<url>https?://[^>]+)>")


def text(words):
    """Escaped: nothing of it is a request, a dash is one that can be copied."""
    words = words.replace("\\", "\\(rs").replace("-", "\\-")
    for sign, name in (("'", "aq"), ("`", "ga"), ("^", "ha"), ("~", "ti")):
        words = words.replace(sign, "\\(" + name)
    return re.sub(r"[^\x00-\x7f]", lambda c: "\\[u%04X]" % ord(c[0]), words)


def plain(words):
    """The same of prose, where a dash is a hyphen."""
    return text(words).replace("\\-", "-")


def inline(words):
    out, at = "", 0
    for match in INLINE.finditer(words):
        what = match.groupdict()
        out += plain(words[at:match.start()])
        if what["page"]:
            out += "\\fB%s\\fR(%s)" % (text(what["page"]), what["section"])
        elif what["sign"]:
            out += text(what["sign"])
        elif what["i"]:
            out += "\\fI%s\\fR" % text(what["i"])
        else:
            out += "\\fB%s\\fR" % text(what["b"] or what["code"] or
                                      what["url"])
        at = match.end()
    return out + plain(words[at:])


def prose(lines):
    """A paragraph, a sentence a line as roff wants it."""
    words = inline(" ".join(line.strip() for line in lines))
    for line in re.split(r"(?<=[.!?:;]) (?=[A-Z\\])", words):
        yield ("\\&" + line) if line[:1] in (".", "'") else line


def code(lines):
    return [".PP", ".EX", *("\\&" + text(line) if line else ""
                            for line in lines), ".EE"]


def unindent(lines):
    width = min((len(line) - len(line.lstrip()) for line in lines if line),
                default=0)
    return [line[width:] for line in lines]


def taken(lines, at, belongs):
    """The lines from there on that belong together, without empty ends."""
    end = at
    while end < len(lines) and (not lines[end] or belongs(lines[end])):
        end += 1
    while not lines[end - 1]:
        end -= 1
    return lines[at:end], end


def blocks(lines, first=True):
    """man(7) of some lines; `first`: right behind a heading or a term."""
    out, at = [], 0
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
            continue
        if line.startswith("    "):
            some, at = taken(lines, at, lambda l: l.startswith("    "))
            out += code(unindent(some))[first:]
        elif line.startswith("```"):
            end = lines.index("```", at + 1)
            out += code(lines[at + 1:end])[first:]
            at = end + 1
        elif line.startswith("- "):
            some, at = taken(lines, at + 1, lambda l: l.startswith("  ")) \
                if at + 1 < len(lines) else ([], at + 1)
            out += [".IP \\(bu 2", *blocks(unindent([" " * 2 + line[2:],
                                                     *some]))]
        elif lines[at + 1:at + 2] and lines[at + 1].startswith(": "):
            some, end = taken(lines, at + 2, lambda l: l.startswith("  "))
            out += [".TP", inline(line),
                    *within(blocks(unindent([" " * 2 + lines[at + 1][2:],
                                             *some])))]
            at = end
        else:
            end = at
            while end < len(lines) and lines[end] and not (
                    end > at and lines[end].startswith(("- ", "```"))):
                end += 1
            out += [] if first else [".PP"]
            out += prose(lines[at:end])
            at = end
        first = False
    return out


def within(lines):
    """What stands behind a term: only its first paragraph is so by itself."""
    for i, line in enumerate(lines):
        if line in (".PP", ".TP") or line.startswith(".IP"):
            return [*lines[:i], ".RS", *lines[i + (line == ".PP"):], ".RE"]
    return lines


def page(source):
    head = re.match(r"<!--.*?-->\n# ([\w.-]+)\((\d)\) - (.*)\n\n(.*)\n", source)
    if not head:
        raise ValueError("no '# name(8) - what it does', and a date")
    name, section, brief, date = head.groups()
    out = ['.\\" Made of %s.%s.md by page.py.' % (name, section),
           '.TH %s %s "%s" hyper' % (name.upper(), section, date),
           ".SH NAME", "%s \\- %s" % (text(name), plain(brief.replace("*", "")))]
    for part in re.split(r"^## ", source[head.end():], flags=re.M)[1:]:
        title, rest = part.split("\n", 1)
        out += [".SH " + title, *blocks(rest.rstrip().split("\n"))]
    return "\n".join(out) + "\n"


def main():
    source, out = map(pathlib.Path, sys.argv[1:])
    try:
        made = page(source.read_text(encoding="utf-8"))
    except ValueError as error:
        sys.exit("page.py: %s: %s" % (source, error))
    out.write_text(made, encoding="ascii")


main()
