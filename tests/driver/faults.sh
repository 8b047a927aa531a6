#!/bin/bash
# SPDX-License-Identifier: MIT
#
# drv_docker on an engine that goes wrong in ways that are rare with a real
# one; see stand_in.py.
set -u
# shellcheck source=tests/driver/driver.bash
. "$(dirname "$(realpath "$0")")/driver.bash"
TYPE=docker
only $TYPE
on="docker faults"
socket=$W/engine.sock
export HYPER_DOCKER_HOST=unix://$socket

answers() { curl -fsS --unix-socket "$socket" "http://localhost/version"; }

stand_in() {
	python3 "$ROOT/tests/driver/stand_in.py" "$socket" \
		>>"$W/engine.out" 2>&1 </dev/null &
	engine_pid=$!
	started $engine_pid
	wait_for 20 answers
}

# api METHOD PATH
api() { curl -fsS --unix-socket "$socket" -X "$1" "http://localhost$2"; }

names() {
	api GET '/containers/json?all=1' | jq -r '.[].Names[0][1:]' | sort |
		paste -sd ' '
}

has() { # NAME...
	local got
	got=$(names)
	echo "it has '$got', and should have '$*'"
	[ "$got" = "$*" ]
}

# The engine is lost when it has made a container and said so.
lost_after_create() {
	touch "$socket.die"
	check "$on: lost when it has made one: nobody knows" \
		fails 1 'what became of it' ctl add busybox -i web -t docker
	check "$on: so the machine stays" machine web '.state == "error"'
	check "$on: the engine is there again" stand_in
	check "$on: it has the container" has web
	check "$on: so has hyper" wait_for 20 machine web '.state == "stopped"'
	check "$on: and can remove it" ctl rm web
	check "$on: from the engine, too" has
}

check "$on: an engine" stand_in
lost_after_create
finish
