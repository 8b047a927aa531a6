# SPDX-License-Identifier: MIT
"""What is to be told of each declaration, with what its comment leaves to
others: to its group, to the function that it is "as", to the type it works on.
Whatever is told nowhere is an error: no page is half a page."""
import re

from headers import Header


class Library:
    def __init__(self, directory):
        self.headers = [Header(p) for p in sorted(directory.glob("*.h"))]
        items = [i for h in self.headers for i in h.items]
        for item in items + [m for i in items for m in i.members]:
            if not item.doc:
                raise ValueError(item.name + " has no comment")
        self.functions = {i.name: i for i in items if i.kind == "function"}
        self.types = {i.name: i for i in items
                      if i.kind not in ("function", "macro")}
        self.constants = {m.name: m for e in items if e.kind == "enum"
                          for m in e.members}
        version = (directory / "version.h").read_text(encoding="utf-8")
        self.version = re.search(r'VERSION_STRING "(.*)"', version)[1]
        # What frees an object: returns nothing, and takes nothing else.
        self.destructors = {
            f.params[0].object: f.name for f in self.functions.values()
            if f.returns == "void" and len(f.params) == 1 and
            f.doc.params.get(f.params[0].name, "").startswith("[takes]")}

    def header(self, name):
        return next(h for h in self.headers if h.name == name)

    def model(self, item):
        """The function whose words hold for this one, too: "As that()"."""
        for kind, words in item.doc.body + item.doc.notes:
            name = kind == "p" and re.search(r"\bAs (hyper_\w+)\(\)", words)
            if name:
                return self.functions[name[1]]
        return None

    def _sources(self, item):
        yield item.doc
        model = self.model(item)
        if model:
            yield model.doc
        if item.group:
            yield item.group.doc

    def first(self, item, what):
        for doc in self._sources(item):
            if getattr(doc, what):
                return getattr(doc, what)
        return None

    def body(self, item):
        own = [] if shared(item.group) or not item.group else \
            [b for b in item.group.doc.body if not _errors_of_all(b)]
        return item.doc.body + own

    def param(self, item, param):
        for doc in self._sources(item):
            if param.name in doc.params:
                return self._with_destructor(param, doc.params[param.name])
        if param is item.params[0] and param.object in self.types:
            word = param.object.rsplit("_", 1)[1]
            return "the list" if word.endswith("s") else "the " + word
        if param.name == "index":
            return "from 0"
        if param.name == "...":
            return "as the format says"
        raise ValueError("%s: nothing about %s" % (item.name, param.name))

    def _with_destructor(self, param, words):
        kind = param.object if param.object in self.types else None
        if not words.startswith("[new]") or re.search(r"hyper_\w+\(", words):
            return words
        return "%s; free it with %s()" % (
            words, self.destructors.get(kind, "hyper_free"))

    def returns(self, item):
        if item.returns == "void":
            return None
        words = self.first(item, "returns")
        if not words:
            raise ValueError(item.name + ": nothing about what it returns")
        if words.startswith("[new]") and "hyper_" not in words:
            kind = re.match(r"(?:const )?(\w+) \*", item.returns)[1]
            words += "; free it with %s()" % self.destructors[kind]
        return words

    def since(self, item):
        since = self.first(item, "since")
        if not since:
            raise ValueError(item.name + ": no @since")
        return since

    def threads(self, item):
        notes = self.first(item, "notes")
        if notes:
            return notes
        kind = item.params and self.types.get(item.params[0].object)
        if not kind:
            raise ValueError(item.name + ": nothing about threads")
        if item.doc.params.get(item.params[0].name, "").startswith("[takes]"):
            return [("p", "Any thread, once no other one uses the object.")]
        words = re.sub(r"^.*?\. ?", "", kind.doc.body[0][1], count=1)
        if re.match(r"Immutable[^,]*$", words):
            words = "Any thread: the object never changes."
        elif words == "Not locked.":
            words = "One thread at a time: the object is not locked."
        elif not words:
            raise ValueError(kind.name + ": nothing about threads")
        return [("p", words)]

    def errors(self, item):
        """[(code, words)], and whether there may be others."""
        last = item.params[-1] if item.params else None
        if not last or last.text != "hyper_error **err":
            return [], False
        words = next((d.params["err"] for d in self._sources(item)
                      if "err" in d.params), "")
        same = re.match(r"as (hyper_\w+)\(\)$", words)
        if same:
            return self.errors(self.functions[same[1]])
        if item.group:
            for block in item.group.doc.body:
                words += _errors_of_all(block)
        return self._codes(words)

    def _codes(self, words):
        found, others = {}, False
        for part in re.split(r",\s*(?![^()]*\))", words):
            code = re.match(r"([A-Z_]{2,})\b\s*(.*)", part, re.S)
            if part == "…":
                others = True
            elif code and "HYPER_ERR_" + code[1] in self.constants:
                found.setdefault("HYPER_ERR_" + code[1], code[2])
            elif not found:
                return [], False  # it is about something else
            else:
                raise ValueError("no error: " + part)
        return [(code, self._reason(code, then))
                for code, then in found.items()], others

    def _reason(self, code, then):
        """What stands in brackets, or what the code means everywhere."""
        own = re.search(r"\((.*)\)$", then, re.S)
        words = own[1] if own else \
            self.constants[code].doc.body[0][1].rstrip(".")
        if then.startswith("with the field") and "_field()" not in words:
            words += "; hyper_error_field() names the field"
        elif then and not own and not then.startswith("with the field"):
            raise ValueError("%s: what is '%s'?" % (code, then))
        return words


def shared(group):
    """Do its functions share one page? Those that have little to say do."""
    return bool(group) and not any(
        i.doc.params or i.doc.returns for i in group.items)


def _errors_of_all(block):
    match = block[0] == "p" and re.match(r"Errors of all: (.*?)\.$", block[1])
    return ", " + match[1] if match else ""
