#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh: is every function that libhyper exports called by the Python
# package, or left out below, with the reason?
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../../.."

. tests/bindings/covered.sh
# PATTERN of sed, and why
# shellcheck disable=SC2034,SC2154 # covered.sh has one and wants the other
left_out="$of_json
hyper_error_(set|copy) an exception is raised and kept by Python
hyper_event_(list|free|subscribe|unsubscribe) h.events() is a stream
hyper_events_.* h.events() is a stream
"

# Comments and texts are not in the tree: to be named there is no use.
/usr/bin/python3 - bindings/python/hyper/*.py <<'END' | covered "the package"
import ast
import sys

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if (isinstance(node, ast.Attribute) and
                isinstance(node.value, ast.Name) and node.value.id == "lib"):
            print(node.attr)
END
