# SPDX-License-Identifier: MIT
"""measure.py ROUNDS RESULT NAME CMD [ARG...] [+ NAME CMD [ARG...]]...

Lets programs work in turn, a round each, for the machine may be busy with
other things at any time: what then counts is how they compare within a round.
A program does a round for each line that it is sent, and answers with a line
of NAME=VALUE. Where there is more than one round, one more only warms up.
RESULT becomes JSON:

    {program: {value: {"n", "p50", "p99", "rounds": [median, ...]}}}
"""
import json
import subprocess
import sys
from statistics import median


def programs(words):
    """(name, argv) of each."""
    group = []
    for word in words + ["+"]:
        if word != "+":
            group.append(word)
        elif group:
            yield group[0], group[1:]
            group = []


def one_round(name, process):
    """What it measured: {value: [number, ...]}."""
    process.stdin.write("\n")
    process.stdin.flush()
    line = process.stdout.readline()
    values = {}
    for word in line.split():
        key, _, number = word.partition("=")
        values.setdefault(key, []).append(float(number))
    if not values:
        sys.exit(f"{name}: measured nothing")
    return values


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main():
    rounds, result = int(sys.argv[1]), sys.argv[2]
    running = [
        (name, subprocess.Popen(argv, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True))
        for name, argv in programs(sys.argv[3:])
    ]
    found = {name: {} for name, _ in running}
    try:
        for number in range(-(rounds > 1), rounds):
            for name, process in running:
                values = one_round(name, process)
                for key, numbers in values.items() if number >= 0 else ():
                    seen = found[name].setdefault(key, {"all": [], "rounds": []})
                    seen["all"] += numbers
                    seen["rounds"].append(median(numbers))
    finally:
        for _, process in running:
            process.stdin.close()
            process.wait()
    for values in found.values():
        for seen in values.values():
            numbers = seen.pop("all")
            seen.update(n=len(numbers), p50=median(numbers),
                        p99=percentile(numbers, 0.99))
    with open(result, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)


main()
