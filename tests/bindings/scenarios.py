#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scenarios.py URI SCENARIOS.json: plays tests/contract/scenarios.json."""
import datetime
import json
import re
import sys

import hyper


def resolved(value, given):
    """With what earlier steps gave in the place of $N.KEY."""
    if isinstance(value, dict):
        return {key: resolved(item, given) for key, item in value.items()}
    match = isinstance(value, str) and re.fullmatch(r"\$(\d+)\.(\w+)", value)
    return given[int(match[1])][match[2]] if match else value


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def times(args):
    if "timeout_ms" in args:
        args["timeout"] = args.pop("timeout_ms") / 1000
    if "expires_at" in args:
        args["expires_at"] = EPOCH + datetime.timedelta(
            milliseconds=args["expires_at"])
    return args


def stream(h, after, machine, until):
    with h.events(after, timeout=20) as events:
        for event in events:
            if event.machine == machine:
                yield event
                if event.kind == until:
                    return


def play(h, call, args):
    if call == "event_mark":
        return {"seq": h.machines.list(limit=1).seq}
    if call == "event_stream":
        return list(stream(h, **args))
    if call == "doctor":
        return h.doctor(**args)
    if call == "conn_ready":
        return h.check_ready()
    if call == "conn_metrics":
        return {"found": args["line"] in h.metrics().splitlines()}
    noun, verb = call.split("_", 1)
    if "async" in args:
        args["wait"] = not args.pop("async")
    if call == "machine_add":
        args["record"] = args.pop("machine")
    if verb.endswith("_all"):
        args.setdefault("filter", None)
    verb = {"import": "import_"}.get(verb, verb)
    nouns = hyper.remotes if noun == "remote" else getattr(h, noun + "s")
    return getattr(nouns, verb)(**times(args))


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def main():
    uri, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        scenarios = json.load(file)["scenarios"]
    with hyper.open(uri) as h:
        for scenario in scenarios:
            given = []
            for number, step in enumerate(scenario["steps"]):
                line = {"scenario": scenario["name"], "step": number}
                try:
                    args = resolved(step["with"], given)
                except (KeyError, TypeError):
                    break  # an earlier step has failed, which is said
                try:
                    line["gives"] = plain(play(h, step["call"], args))
                except hyper.Error as error:
                    line["fails"] = {"code": error.code, "field": error.field,
                                     "driver": error.driver,
                                     "message": error.message}
                given.append(line.get("gives"))
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
