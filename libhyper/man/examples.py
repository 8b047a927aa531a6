# SPDX-License-Identifier: MIT
"""The examples: C programs that the tests compile and run."""
import re


class Function:
    def __init__(self, stem, text, code):
        self.stem, self.text = stem, text
        self.page = stem if stem == "libhyper" else "hyper_" + stem
        bare = re.sub(r'/\*.*?\*/|"(?:[^"\\]|\\.)*"', "", code, flags=re.S)
        self.calls = set(re.findall(r"\b(hyper_\w+)\(", bare))


class Examples:
    def __init__(self, directory):
        self.programs, self.functions = {}, []
        for path in sorted(directory.glob("*.c")):
            text = path.read_text(encoding="utf-8")
            self.programs[path.stem] = text.split("\n", 1)[1].strip("\n")
            for match in re.finditer(
                    r"(?:^/\*(?:[^*]|\*(?!/))*\*/\n)?"
                    r"(^[a-zA-Z][^;{}#]*\n\{\n.*?^\})", text, re.S | re.M):
                self.functions.append(
                    Function(path.stem, match[0], match[1]))

    def calling(self, names, stem):
        """The fewest functions that call all of these; of this file first."""
        wanted, found = set(names), []
        while wanted:
            best = max(self.functions, key=lambda f: (
                len(wanted & f.calls) > 0, f.stem == stem,
                len(wanted & f.calls), -len(f.text)))
            if not wanted & best.calls:
                raise ValueError("no example calls " + min(wanted))
            found.append(best)
            wanted -= best.calls
        return sorted(found, key=self.functions.index)
