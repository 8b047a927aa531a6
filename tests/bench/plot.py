# SPDX-License-Identifier: MIT
"""plot.py OUT.svg COUNT=RESULT:PROGRAM:VALUE...: the median and the 99th
percentile (us) over the number of machines, both axes logarithmic."""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 70, 40, 20, 50


def read(word):
    count, _, where = word.partition("=")
    path, program, value = where.split(":")
    with open(path, encoding="utf-8") as file:
        seen = json.load(file)[program][value]
    return int(count), seen["p50"] / 1000, seen["p99"] / 1000


def decades(values):
    """The powers of ten that hold them all."""
    return (math.floor(math.log10(min(values))),
            max(math.ceil(math.log10(max(values))),
                math.floor(math.log10(min(values))) + 1))


def main():
    points = sorted(read(word) for word in sys.argv[2:])
    x_low, x_high = decades([point[0] for point in points])
    y_low, y_high = decades([ms for point in points for ms in point[1:]])

    def x_of(count):
        return LEFT + (WIDTH - LEFT - RIGHT) * (
            math.log10(count) - x_low) / (x_high - x_low)

    def y_of(ms):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (
            math.log10(ms) - y_low) / (y_high - y_low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} '
        f'{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">A page of 100 machines, '
        'filtered and sorted, over HTTP on the unix socket: ms</text>',
    ]
    for power in range(x_low, x_high + 1):
        x = x_of(10 ** power)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" '
                   f'y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>'
                   f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" '
                   f'text-anchor="middle">{10 ** power:,}</text>')
    for power in range(y_low, y_high + 1):
        y = y_of(10 ** power)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" '
                   f'y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{y + 4:.1f}" '
                   f'text-anchor="end">{10.0 ** power:g}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" '
               'text-anchor="middle">machines</text>')
    for column, name, color in ((1, "median", "#0b62a4"),
                                (2, "99th percentile", "#c0392b")):
        line = " ".join(f"{x_of(p[0]):.1f},{y_of(p[column]):.1f}"
                        for p in points)
        out.append(f'<polyline points="{line}" fill="none" '
                   f'stroke="{color}" stroke-width="2"/>')
        for point in points:
            x, y = x_of(point[0]), y_of(point[column])
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" '
                       f'fill="{color}"/><text x="{x:.1f}" y="{y - 8:.1f}" '
                       f'text-anchor="middle">{point[column]:.2g}</text>')
        y = TOP + 6 + 18 * column
        out.append(f'<text x="{LEFT + 12}" y="{y}" fill="{color}">'
                   f'{name}</text>')
    out.append("</svg>")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        print("\n".join(out), file=file)


main()
