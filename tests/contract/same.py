#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""same.py SCENARIOS.json NAME=TRANSCRIPT...

Is what each language was told what the data says, and the same as the first
one was told? One line for each scenario of each: `ok` or `FAIL`.
"""
import json
import sys


def fits(wanted, is_):
    """Is it a part of that? Lists must have the same length."""
    if isinstance(wanted, dict):
        return isinstance(is_, dict) and all(
            key in is_ and fits(value, is_[key])
            for key, value in wanted.items())
    if isinstance(wanted, list):
        return (isinstance(is_, list) and len(wanted) == len(is_) and
                all(map(fits, wanted, is_)))
    return type(wanted) is type(is_) and wanted == is_


def masked(value, mask):
    if isinstance(value, dict):
        # An operation may be a number, or all of it.
        return {key: "*" if key in mask and item is not None and
                not isinstance(item, dict)
                else masked(item, mask) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, mask) for item in value]
    return value


def keys(value):
    """All that stand in it, at whatever depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set()


def told(path):
    """What was said, by scenario and step."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {(line["scenario"], line["step"]): line for line in lines}


def wrong(data, scenario, lines, first):
    for number, step in enumerate(scenario["steps"]):
        key = (scenario["name"], number)
        what = f"step {number} ({step['call']})"
        line = lines.get(key)
        if line is None:
            yield f"{what}: nothing was said"
            return
        for kind in ("gives", "fails"):
            if kind in step and not (
                    kind in line and
                    fits(step[kind], masked(line[kind], data["mask"]))):
                yield f"{what}: wanted {kind} {json.dumps(step[kind])}"
                yield f"is {json.dumps(line)}"
        for name in keys(line.get("gives")).intersection(
                step.get("lacks", [])):
            yield f"{what}: {name} is told: {json.dumps(line)}"
        if key in first and (masked(line, data["mask"]) !=
                             masked(first[key], data["mask"])):
            yield f"{what}: {json.dumps(line)}"
            yield f"differs from {json.dumps(first[key])}"


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    transcripts = dict(arg.split("=", 1) for arg in sys.argv[2:])
    first = told(next(iter(transcripts.values())))
    good = True
    for name, path in transcripts.items():
        lines = told(path)
        for scenario in data["scenarios"]:
            problems = list(wrong(data, scenario, lines, first))
            print(f"{'FAIL' if problems else 'ok  '} {name}: "
                  f"{scenario['name']}")
            for problem in problems:
                print(f"     | {problem}")
            good = good and not problems
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
