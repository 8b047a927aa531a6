# SPDX-License-Identifier: MIT
"""report.py FIGURES OUT HOST COMMAND: what was recorded, as OUT/bench.json,
OUT/bench.md, and the same table on standard output."""
import json
import sys

HEAD = ("figure", "beside", "hyper", "peer", "ratio (low to high)", "goal",
        "reached")


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def goal_of(figure):
    if "goal" not in figure:
        return "-"
    goal = figure["goal"].replace("<=", "≤").replace(">=", "≥")
    return goal if "ratio" in figure else f"{goal} {figure.get('unit', '')}"


def row_of(figure):
    if "reason" in figure:
        return (figure["what"], figure["beside"], "-", "-", "-", "-",
                "not measured: " + figure["reason"])
    unit = " " + figure["unit"]
    ratio = "-"
    if "ratio" in figure:
        low, high = (number(end) for end in figure["ratio_spread"])
        ratio = f"{number(figure['ratio'])} ({low} to {high})"
    return (
        figure["what"], figure["beside"], number(figure["hyper"]) + unit,
        number(figure["peer"]) + unit if "peer" in figure else "-", ratio,
        goal_of(figure),
        {True: "yes", False: "no", None: "-"}[figure.get("reached")])


def table(rows, widths):
    for row in rows:
        yield "| " + " | ".join(
            cell.ljust(width) for cell, width in zip(row, widths)) + " |"


def main():
    figures_path, out, host, command = sys.argv[1:]
    with open(figures_path, encoding="utf-8") as file:
        figures = [json.loads(line) for line in file]
    rows = [HEAD] + [row_of(figure) for figure in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    print("\n".join(table(rows, widths)))
    plain = [0] * len(HEAD)
    rule = "|" + "---|" * len(HEAD)
    lines = list(table(rows, plain))
    with open(f"{out}/bench.md", "w", encoding="utf-8") as file:
        print(f"{host}\n\n`{command}`\n", file=file)
        print("\n".join(lines[:1] + [rule] + lines[1:]), file=file)
    with open(f"{out}/bench.json", "w", encoding="utf-8") as file:
        json.dump({"host": host, "command": command, "figures": figures},
                  file, indent=1, ensure_ascii=False)


main()
