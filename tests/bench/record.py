# SPDX-License-Identifier: MIT
"""record.py FIGURES KEY=VALUE...: writes one line of JSON behind FIGURES.

    what=TEXT beside=TEXT unit=TEXT scale=FACTOR
    hyper=NUMBER or RESULT:PROGRAM:VALUE[:p99]     RESULT: of measure.py
    peer=…  the same                               may be left out
    how=hyper/peer or peer/hyper                   what the ratio is
    goal='<= 1.05'                                 for the ratio, or for hyper
    note=TEXT

Or what=, beside= and reason=TEXT, where nothing was measured; peer=missing if
that is since the peer is not there.
"""
import json
import operator
import sys
from statistics import median

COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt}


def look_up(text, scale):
    """(the number, what each round says)"""
    if ":" not in text:
        return float(text) * scale, [float(text) * scale]
    path, program, value, *which = text.split(":")
    with open(path, encoding="utf-8") as file:
        seen = json.load(file)[program][value]
    return seen[which[0] if which else "p50"] * scale, [
        number * scale for number in seen["rounds"]]


def ratio_of(how, hyper, peer):
    """(median, lowest, highest) of the rounds, in which both took turns."""
    pairs = list(zip(hyper[1], peer[1]))
    if len(hyper[1]) != len(peer[1]):
        pairs = [(hyper[0], peer[0])]
    if how == "hyper/peer":
        ratios = [one / other for one, other in pairs]
    else:
        ratios = [other / one for one, other in pairs]
    return median(ratios), min(ratios), max(ratios)


def main():
    given = dict(word.split("=", 1) for word in sys.argv[2:])
    figure = {key: given[key] for key in
              ("what", "beside", "unit", "how", "goal", "note", "reason")
              if key in given}
    if "reason" in given:
        figure["missing"] = given.get("peer") == "missing"
    else:
        scale = float(given.get("scale", 1))
        hyper = look_up(given["hyper"], scale)
        figure["hyper"], judged = hyper[0], hyper[0]
        figure["hyper_spread"] = [min(hyper[1]), max(hyper[1])]
        if "peer" in given:
            peer = look_up(given["peer"], scale)
            figure["peer"] = peer[0]
            figure["peer_spread"] = [min(peer[1]), max(peer[1])]
            judged, low, high = ratio_of(given["how"], hyper, peer)
            figure["ratio"], figure["ratio_spread"] = judged, [low, high]
        if "goal" in given:
            compare, limit = given["goal"].split()
            figure["reached"] = COMPARE[compare](judged, float(limit))
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        print(json.dumps(figure, ensure_ascii=False), file=file)


main()
