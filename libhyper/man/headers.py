# SPDX-License-Identifier: MIT
"""The public headers, as one reads them: what they declare, and what the
comment before each declaration says. They are laid out by hand, and this knows
only what occurs in them; what it cannot read is an error."""
import re

from comment import Doc


class Param:
    def __init__(self, text):
        self.text = " ".join(text.split())
        name = re.search(r"\(\*(\w+)\)", self.text) or \
            re.search(r"(\w+)$", self.text)
        self.name = "..." if self.text == "..." else name[1]
        # The type behind the first star, as hyper_conn in "hyper_conn **"
        kind = re.match(r"(?:const )?(\w+) \*", self.text)
        self.object = kind and kind[1]
        self.is_out = self.name.startswith("ret_")


class Item:
    """A declaration: a function, a type, an enum, a macro, or a member."""

    def __init__(self, kind, name, doc, text, group=None):
        self.kind, self.name, self.doc = kind, name, doc
        self.text, self.group = text, group
        self.returns, self.params, self.members = "", [], []
        self.header = None


class Group:
    def __init__(self, doc):
        self.doc, self.name, self.items = doc, doc.group, []

    @property
    def page(self):
        """hyper_machine_getters, if its functions share one."""
        return "%s_%s" % (self.items[0].params[0].object, self.name.lower())


class Header:
    def __init__(self, path):
        self.name = path.name
        self.stem = path.stem
        self.noun = "hyper_" + path.stem
        self.doc, self.items = None, []
        self._read(path.read_text(encoding="utf-8"))
        for item in self.items:
            item.header = self

    def of(self, *kinds):
        return [i for i in self.items if i.kind in kinds]

    def _read(self, text):
        doc = group = None
        for comment, code in _pieces(text):
            if comment:
                doc = Doc(comment)
                if doc.is_file:
                    self.doc, doc = doc, None
                elif doc.closes:
                    group = doc = None
                elif doc.opens:
                    group, doc = Group(doc), None
            else:
                item = _declaration(code, doc, group)
                if item:
                    self.items.append(item)
                    if group:
                        group.items.append(item)
                doc = None


def _pieces(text):
    """(comment, None) and (None, declaration), in their order."""
    pattern = re.compile(
        r"(?P<doc>/\*\*.*?\*/)|/\*.*?\*/|"
        r"(?P<macro>^#(?:[^\n\\]|\\.|\\\n)*)|"
        r"(?P<code>(?:HYPER_API|enum|typedef)\b(?:[^;{]|\{[^}]*\})*;)",
        re.S | re.M)
    for match in pattern.finditer(text):
        if match.lastgroup:
            yield match["doc"], match["macro"] or match["code"]


def prototype(text):
    """(returns, name, [Param]) of a function or a pointer to one."""
    match = re.match(r"(.*?)\s*\(\*(\w+)\)\((.*)\)$", text, re.S) or \
        re.match(r"(.*?)(\w+)\((.*)\)$", text, re.S)
    returns, name, inner = match.groups()
    params = [] if inner.strip() == "void" else \
        [Param(p) for p in re.split(r",(?![^(]*\))", inner)]
    return " ".join(returns.split()), name, params


def _declaration(code, doc, group):
    if code.startswith("#"):
        name = re.match(r"#define (HYPER_\w+)", code)
        if not name or not doc:
            return None
        body = re.sub(r"\\\n", " ", code[name.end():])
        return Item("macro", name[1], doc, " ".join(body.split()))
    if code.startswith("HYPER_API"):
        text = re.sub(r"HYPER_API\s+|\s*HYPER_PRINTF\(.*?\)|;$", "", code)
        returns, name, params = prototype(" ".join(text.split()))
        item = Item("function", name, doc, text, group)
        item.returns, item.params = returns, params
        return item
    match = re.match(r"enum (\w+) \{(.*)\};$", code, re.S)
    if match:
        item = Item("enum", match[1], doc, code)
        item.members = _members(match[2], ",")
        return item
    match = re.match(r"typedef struct (\w+) \{(.*)\} \w+;$", code, re.S)
    if match:
        item = Item("struct", match[1], doc, code)
        item.members = _members(match[2], ";")
        return item
    match = re.match(r"typedef struct (\w+) \w+;$", code)
    if match:
        return Item("type", match[1], doc, code)
    if "(*" in code:
        text = re.sub(r"^typedef |;$", "", code)
        returns, name, params = prototype(" ".join(text.split()))
        item = Item("callback", name, doc, text)
        item.returns, item.params = returns, params
        return item
    raise ValueError("cannot read: " + code)


def _members(text, end):
    """Those of a struct or an enum; the comment is before each, or behind."""
    found = []
    doc = None
    for match in re.finditer(r"(/\*\*<?.*?\*/)|([^/%s]+)%s?" % (end, end),
                             text, re.S):
        comment, code = match.groups()
        if comment and comment.startswith("/**<"):
            found[-1].doc = Doc(comment)
        elif comment:
            doc = Doc(comment)
        elif code.strip():
            member = " ".join(code.split())
            if "(*" in member:
                item = Item("op", prototype(member)[1], doc, member)
                item.returns, _, item.params = prototype(member)
            else:
                name = re.match(r"\w+", member) if end == "," else \
                    re.search(r"\w+$", member)
                item = Item("member", name[0], doc, member)
            found.append(item)
            doc = None
    return found
