# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Stopping: in time whatever goes on, and machines go on without hyperd.

on=stop
export HYPER_TEST_KEEP=yes # the test driver's machines outlive the process
M=/hyper/machines
O=/hyper/operations

# make ID [SCRIPT]
make() {
	ask POST $M "$(jq -nc --arg id "$1" --arg s "${2:-}" '{$id, image: "tiny",
		type: "test", options: {script: $s}}')"
}
# begin ID: start it in the background; its operation is in $op
begin() {
	ask PUT "$M/$1" '{"state":"running"}' 'Prefer: respond-async'
	op=$(field .id)
}
# ended TEXT CODE MS: how the last end_hyperd went
ended() {
	ok_if "$1: exit code $2" "$rc" = "$2"
	ok_if "$1: within $3 ms" "$took" -le "$3"
}

start_hyperd stop
verdict "stop: starts" $? "$W/stop/err" || return 1
make survivor
ask PUT $M/survivor '{"state":"running"}'
kill -HUP $pid
is "SIGHUP changes nothing" 200 .version GET /hyper
end_hyperd $pid
ended "SIGTERM, idle" 0 1000
start_hyperd stop
is "machines go on running" 200 '.state == "running"' GET "$M/survivor?refresh=1"
end_hyperd $pid INT
ended "SIGINT, idle" 0 1000

# --- what is lost behind its back ---
start_hyperd stop
make lost
is "doctor: all is well" 200 '. == []' GET /hyper/doctor
rm "$W/stop/state/test/lost.machine"
echo "f3280bd3-db3d-4ab1-8d6a-204910a092c7 2" \
	>"$W/stop/state/test/ghost.machine"
is "doctor: one is missing, one is unknown" 200 'map(.kind) | sort ==
	["machine-missing", "machine-unknown"]' GET /hyper/doctor
is "doctor: repair takes it in" 200 'map(select(.kind == "machine-unknown")) |
	length == 1 and .[0].machine == "ghost" and .[0].repaired' \
	POST /hyper/doctor '{"repair":true}'
is "it is there" 200 '.state == "stopped"' GET $M/ghost
is "what is missing is left" 200 'map(.kind, .repaired) ==
	["machine-missing", false]' GET /hyper/doctor
problem "doctor: an unknown wish" 422 invalid mend POST /hyper/doctor '{"mend":1}'
is "remove what is missing" 204 - DELETE $M/lost
is "and what was taken in" 204 - DELETE $M/ghost
is "doctor: all is well again" 200 '. == []' GET /hyper/doctor
end_hyperd $pid

# --- while an operation runs ---
start_hyperd stop
make slow 'start:latency=30000'
begin slow
first=$op
begin slow
end_hyperd $pid
ended "SIGTERM, an operation runs, one waits" 0 2000
start_hyperd stop
is "the one that ran was cancelled" 200 '.state == "cancelled"' GET $O/$first
is "so was the one that waited" 200 '.state == "cancelled"' GET $O/$op
is "its machine is as it was" 200 '.state == "stopped"' GET $M/slow
is "and can be removed" 204 - DELETE $M/slow
is "the other one still runs" 200 '.state == "running"' GET "$M/survivor?refresh=1"
end_hyperd $pid

start_hyperd stop
make sync 'start:latency=30000'
curl -sS --max-time 20 -o "$W/later" -w '%{http_code}' -X PUT \
	--unix-socket "$(sock stop)" "http://localhost$M/sync" \
	-H 'Content-Type: application/json' -d '{"state":"running"}' \
	>"$W/later.status" 2>/dev/null &
client=$!
started $client
sleep 0.5
end_hyperd $pid
ended "SIGTERM, a client waits for its call" 0 2000
wait $client
ok_if "who is told that it was cancelled" "$(cat "$W/later.status")" = 409
check "as a problem" jq -e '.type == "urn:hyper:problem:cancelled"' "$W/later"

# --- while requests run that are no operations ---
HYPER_TEST_SCRIPT=probe:latency=1000 start_hyperd stop
python3 - "$(sock stop)" $pid >"$W/kept" 2>&1 <<'E' &
import os, signal, socket, sys, time

def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    s.connect(sys.argv[1])
    return s

def ask(s, path):
    s.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)

def status(s):
    return s.recv(65536)[9:12].decode()

kept, slow = connect(), connect()
ask(kept, b"/hyper")
print(status(kept))
ask(slow, b"/hyper/drivers")
time.sleep(0.3)
os.kill(int(sys.argv[2]), signal.SIGTERM)
time.sleep(0.2)
ask(kept, b"/hyper")
print(status(kept))
try:
    late = connect()
    ask(late, b"/hyper")
    print(status(late) or "closed")
except OSError:
    print("closed")
print(status(slow))
E
client=$!
started $client
wait $pid
ok_if "SIGTERM with a request under way: exit code 0" $? = 0
wait $client
printf '200\n503\nclosed\n200\n' >"$W/kept.wanted"
check "no new requests, no new connections, the old request is answered" \
	diff "$W/kept.wanted" "$W/kept"

# --- when something is stuck ---
start_hyperd stop
make stuck 'start:hang'
begin stuck
end_hyperd $pid
ok_if "SIGTERM, a driver hangs: exit code 0 or 3" $rc = 0 -o $rc = 3
ok_if "within 2000 ms" $took -le 2000
start_hyperd stop
verdict "starts again on what it left" $? "$W/stop/err"
is "the operation has ended" 200 '.state == "failed" or .state == "cancelled"' \
	GET "$O/$op?wait=5"
is "the machine is no dead end" 204 - DELETE "$M/stuck?force=1"
end_hyperd $pid
HYPER_TEST_SCRIPT=probe:latency=5000 start_hyperd stop
(ask GET /hyper/drivers) &
client=$!
started $client
sleep 0.4
(sleep 0.3 && kill -TERM $pid) &
end_hyperd $pid
ended "a second signal ends it at once" 3 1000
wait $client
start_hyperd stop
verdict "and it starts again" $? "$W/stop/err"

# --- killed ---
make late 'start@3:latency=30000'
begin late
sleep 0.3
kill -KILL $pid
wait $pid 2>/dev/null
start_hyperd stop
verdict "starts after SIGKILL in the middle of a start" $? "$W/stop/err"
is "the operation has ended" 200 .ended_at GET "$O/$op?wait=5"
is "the machine is what the engine says" 200 '.state == "running"' \
	GET "$M/late?refresh=1"
is "nothing else has changed" 200 '.state == "running"' GET $M/survivor
end_hyperd $pid
ended "after all this, SIGTERM" 0 1000
unset HYPER_TEST_KEEP
