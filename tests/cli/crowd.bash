# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
#
# Everybody at once on one state directory: C programs (test_crowd), hyperctls
# that open it, and clients of a hyperd on it.

on=crowd
state=$W/crowd/state
maker=$BUILD/tests/test_crowd
start_hyperd crowd
verdict "crowd: a hyperd" $? "$W/crowd/err"
daemon=$pid
remote=unix:$(sock crowd)

# sql STATEMENT: as a program that knows nothing of us sees it
sql() {
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True,
                           timeout=20).execute(sys.argv[2]):
    print(*row)' "$state/hyper.db" "$1"
}

# at_once NAME CMD...: in the background, and what it says in NAME.log
at_once() {
	local name=$1
	shift
	"$@" >"$W/$name.log" 2>&1 </dev/null &
	crowd+=("$!:$name")
	started $!
}

# all_well TEXT: they all end with 0
all_well() {
	local one good=0
	: >"$W/told"
	for one in "${crowd[@]}"; do
		wait "${one%%:*}" || {
			good=1
			echo "$one: $?" >>"$W/told"
			tail -n 3 "$W/${one#*:}.log" >>"$W/told"
		}
	done
	crowd=()
	verdict "$1" $good "$W/told"
}

# each FORMAT FROM TO | hyperctl: commands on its stdin, %d is a number
each() { seq -f "${1//%d/%.0f}" "$2" "$3"; }

# Hundred machines of their own, twenty by each hyperctl, and of what all want,
# as many as they get.
make_each() { # URI NAME
	local i
	for i in 0 20 40 60 80; do
		each "add demo -t test -i own-$2-%d" $i $((i + 19)) |
			"$HYPERCTL" -u "$1" || return
	done
	for i in {0..19}; do
		"$HYPERCTL" -u "$1" add demo -t test -i "shared-$i"
		case $? in
		0) echo won >>"$W/won" ;;
		4) ;; # EXISTS
		*) return 1 ;;
		esac
	done
}

toggle_each() { # URI
	local i
	for i in 0 10; do
		each 'start shared-%d' $i $((i + 9)) | "$HYPERCTL" -u "$1" &&
			each 'stop shared-%d' $i $((i + 9)) |
			"$HYPERCTL" -u "$1" || return
	done
}

# The C program writes a + for each that it won.
crowd=()
: >"$W/won"
for i in 0 1 2; do
	at_once "program-$i" "$maker" "$state" "program-$i"
done
for i in 0 1 2; do
	at_once "hyperctl-$i" make_each "$state" "hyperctl-$i"
done
for i in 0 1; do
	at_once "client-$i" make_each "$remote" "client-$i"
done
all_well "$on: 800 creates by 8 processes of three kinds, no error"
won=$(($(wc -l <"$W/won") + $(cat "$W"/program-?.log | tr -dc + | wc -c)))
ok_if "$on: what all want, one gets" "$won" = 20
ok_if "$on: none is lost, none is double" "$(sql 'SELECT count(*),
	count(DISTINCT uuid), sum(state = 2) FROM machine')" = "820 820 820"
ok_if "$on: the engine has the same" \
	"$(find "$state/test" -name '*.machine' | wc -l)" = 820
ok_if "$on: one operation each, all done" "$(sql 'SELECT count(*),
	count(DISTINCT machine), sum(state = 3) FROM operation')" = "820 820 820"
no_gap="SELECT max(seq) - min(seq) + 1 - count(*) FROM event"
ok_if "$on: events have no gap" "$(sql "$no_gap")" = 0
ok_if "$on: each operation is told of once" "$(sql "SELECT count(*),
	count(DISTINCT operation) FROM event
	WHERE kind = 'operation-ended'")" = "820 820"
"$HYPERCTL" -u "$state" list -q | sort >"$W/list.local"
"$HYPERCTL" -u "$remote" list -q | sort >"$W/list.remote"
sql 'SELECT id FROM machine' | sort >"$W/list.sql"
check "$on: a list is the same here, there, and in the database" \
	cmp "$W/list.local" "$W/list.remote"
check "$on: and complete" cmp "$W/list.local" "$W/list.sql"

for i in 0 1; do
	at_once "program-$i" "$maker" "$state" toggle
	at_once "hyperctl-$i" toggle_each "$state"
	at_once "client-$i" toggle_each "$remote"
done
all_well "$on: all start and stop the same machines at once, no error"
ok_if "$on: all are stopped" "$(sql 'SELECT count(*) FROM machine
	WHERE state <> 2')" = 0
ok_if "$on: nothing is open" "$(sql 'SELECT count(*) FROM operation
	WHERE state < 3')" = 0
ok_if "$on: each change is told of once" "$(sql "SELECT count(*) -
	count(DISTINCT operation) FROM event
	WHERE kind = 'operation-ended'")" = 0
ok_if "$on: and events still have no gap" "$(sql "$no_gap")" = 0

# --- whoever has the turn dies -------------------------------------------------

runs() { [ "$(sql "SELECT count(*) FROM operation WHERE state = 2")" = 1 ]; }
queued() { [ "$(sql "SELECT count(*) FROM operation WHERE state = 1")" = "$1" ]; }

# passes_on TEXT PID NAME: kill it; who waits for it goes on within seconds
passes_on() {
	local since took
	since=$(date +%s%N)
	kill -KILL "$2"
	wait "$2" 2>/dev/null
	all_well "$on: $1 is killed: those behind it go on"
	took=$((($(date +%s%N) - since) / 1000000))
	ok_if "$on: within seconds" $took -lt 8000
	ok_if "$on: what it did has failed, what they wanted is done" \
		"$(sql "SELECT state FROM operation WHERE machine = '$3'
		AND kind <> 'add' ORDER BY id" | tr '\n' ' ')" = "4 3 3 "
}

"$HYPERCTL" -u "$state" add demo -t test -i hung-1 -o script=start:hang \
	>"$W/out" 2>&1
"$HYPERCTL" -u "$state" start hung-1 >"$W/out" 2>&1 &
holder=$!
started $holder
wait_for 20 runs
at_once local "$HYPERCTL" -u "$state" stop hung-1
at_once remote "$HYPERCTL" -u "$remote" stop hung-1
wait_for 20 queued 2
passes_on "a hyperctl that has the turn" $holder hung-1

"$HYPERCTL" -u "$state" add demo -t test -i hung-2 -o script=start:hang \
	>"$W/out" 2>&1
"$HYPERCTL" -u "$remote" start hung-2 >"$W/out" 2>&1 &
started $!
wait_for 20 runs
for i in 0 1; do
	at_once "local-$i" "$HYPERCTL" -u "$state" stop hung-2
done
wait_for 20 queued 2
passes_on "a hyperd that has the turn" "$daemon" hung-2
check "$on: nothing is wrong" "$HYPERCTL" -u "$state" doctor
ok_if "$on: the database is whole" \
	"$(sql 'PRAGMA integrity_check')" = ok
