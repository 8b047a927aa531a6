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

two_machines() {
	check "$on: a sick one" ctl add busybox -i sick -t docker
	check "$on: a sound one" ctl add busybox -i sound -t docker
	check "$on: start" ctl start sound
	check "$on: start" ctl start sick
}

# One that cannot be inspected holds up no other: they are watched.
sick() { # stuck|broken|panic
	echo sick >"$socket.$1"
	check "$on: $1: a hyperd that watches" watching
	check "$on: $1: stopped by somebody" api POST /containers/sound/stop
	check "$on: $1: it knows that" \
		wait_for 20 told sound '.state == "stopped"'
	check "$on: $1: started by somebody" api POST /containers/sound/start
	check "$on: $1: it knows that" \
		wait_for 20 told sound '.state == "running"'
	check "$on: $1: none is stale" told sound '.stale | not'
	check "$on: $1: the sick one is what the list says" \
		wait_for 15 told sick '.state == "running" and
			.addresses == ["192.0.2.7"] and
			(.ports | length) == 1 and
			(.state_reason | test("cannot be inspected"))'
	check "$on: $1: hyperctl sees the same" machine sound \
		'(.stale | not) and .state == "running"'
	stop_pid "$watcher"
	rm "$socket.$1"
	check "$on: $1: it is well again" \
		wait_for 20 machine sick '.state_reason == null'
}

# Somebody's container has the same labels, as one from an image that was made
# of ours has.
copied() {
	local handle
	handle=$(ctl get sound -f json | jq -r .handle)
	check "$on: copied with its labels" api POST /containers/sound/copy
	check "$on: it is what it was" machine sound \
		'.state == "running" and .handle == "'"$handle"'"'
	check "$on: the doctor tells of the copy" \
		fails 1 'machine-copy' ctl doctor
	check "$on: renamed by somebody" \
		api POST '/containers/sound/rename?name=other'
	check "$on: it is still the same" machine sound \
		'.state == "running" and .handle == "'"$handle"'"'
	check "$on: and the one that is stopped" ctl stop sound -t 0 -F
	check "$on: the engine says so" is_state other exited
	check "$on: removed by somebody" api DELETE /containers/other
	check "$on: its copy does not take its place" \
		machine sound '.state == "missing"'
	check "$on: one with its name does" \
		api POST '/containers/sound-copy/rename?name=sound'
	check "$on: with another id" machine sound \
		'.state == "stopped" and .handle != "'"$handle"'"'
	check "$on: copied once more" api POST /containers/sound/copy
	check "$on: removed" ctl rm sound
	check "$on: the copy is left alone" has sick sound-copy
	check "$on: removed by somebody" api DELETE /containers/sound-copy
}

is_state() { # NAME STATE
	local got
	got=$(api GET "/containers/$1/json" | jq -r .State.Status)
	echo "$1 is '$got', and should be '$2'"
	[ "$got" = "$2" ]
}

# The newest version that both know, and of a newer engine the oldest.
versions() {
	local speaks
	for speaks in "12 40" "24 41" "24 52" "44 52"; do
		echo "$speaks" >"$socket.speaks"
		check "$on: it speaks 1.x, x in $speaks: add" \
			ctl add busybox -i web -t docker
		check "$on: it speaks 1.x, x in $speaks: rm" ctl rm web
	done
	rm "$socket.speaks"
}

check "$on: an engine" stand_in
versions
lost_after_create
two_machines
for fault in stuck broken panic; do
	sick $fault
done
copied
check "$on: removed" ctl rm sick -F
finish
