#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The lab's REST service in Flask, on the lab's names only: what students
hand in. hyper_rest.py PORT"""
import sys

import flask

import hyper

app = flask.Flask(__name__)


def machine(machId):
    found = hyper.listMachines({"id": machId})
    return found[0] if found else flask.abort(404)


@app.get("/hyper/machines")
def list_machines():
    return flask.jsonify(hyper.listMachines(flask.request.args.get("query")))


@app.get("/hyper/machines/<machId>")
def get_machine(machId):
    return machine(machId)


@app.post("/hyper/machines")
def add_machine():
    return hyper.addMachine(flask.request.get_json())


@app.put("/hyper/machines/<machId>")
def change_machine(machId):
    machine(machId)
    if flask.request.get_json()["state"] == "running":
        hyper.startMachine(machId)
    else:
        hyper.stopMachine(machId)
    return machine(machId)


@app.delete("/hyper/machines/<machId>")
def remove_machine(machId):
    machine(machId)
    hyper.removeMachine(machId)
    return "", 204


@app.get("/hyper/drivers")
def list_drivers():
    return flask.jsonify(hyper.listDrivers())


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
