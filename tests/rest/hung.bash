# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# A driver that hangs for ever, through hyperd: who waits for it waits, and
# nobody else does. That is told by order: what hangs is still under way when
# the rest has been answered.

on=hung
export HYPER_TEST_KEEP=yes
M=/hyper/machines
hung_add() { # ID SCRIPT
	ask POST $M "{\"id\":\"$1\",\"image\":\"tiny\",\"type\":\"test\",
		\"options\":{\"script\":\"$2\"}}"
}
# under_way N: so many operations are
under_way() {
	ask GET '/hyper/operations?query=state%3Drunning&count=1&limit=1000'
	[ "$(field length)" = "$1" ]
}
# others TEXT: the routes that need no driver answer, and other machines work
others() {
	local path
	for path in "" /machines /machines/free /operations /events; do
		is "$1: GET /hyper$path" 200 - GET "/hyper$path"
	done
	is "$1: another machine starts" 200 '.state == "running"' \
		PUT $M/free '{"state":"running"}'
	is "$1: and stops" 200 '.state == "stopped"' \
		PUT $M/free '{"state":"stopped"}'
}

# --- fifty clients that wait for starts which never end ---
start_hyperd hung
verdict "hung: starts" $? "$W/hung/err" || return 1
hung=$pid
hung_add free ''
clients=()
for i in {1..50}; do
	hung_add "h$i" start:hang
	curl -s --unix-socket "$(sock hung)" -X PUT -o "$W/hung/answer-$i" \
		-w '%{http_code}\n' -H 'Content-Type: application/json' \
		-d '{"state":"running"}' "http://localhost$M/h$i" \
		>"$W/hung/status-$i" 2>&1 &
	clients+=($!)
	started $!
done
check "50 starts hang" wait_for 60 under_way 50
others "50 hang"
check "and all of them still do" under_way 50
is "a hung one is seen as it is" 200 '.state == "starting"' GET $M/h50
is "force gets one of them" 200 '.state == "stopped"' \
	PUT $M/h50 '{"state":"stopped","force":true}'
ask GET '/hyper/operations?query=state%3Drunning&limit=1000'
for op in $(field '.[].id'); do
	ask DELETE "/hyper/operations/$op"
done
for pid in "${clients[@]}"; do wait "$pid"; done
cat "$W"/hung/status-* | sort | uniq -c | sed 's/^ *//' >"$W/hung/statuses"
ok_if "the others end by cancel, and are told" \
	"$(cat "$W/hung/statuses")" = "50 409"
check "nothing is under way" wait_for 10 under_way 0
end_hyperd "$hung"

# --- looks, and the opening of the driver itself ---
# What is asked of the engine ends by its deadline, 10 s, while all else goes on.
hung_looks() { # TEXT SCRIPT
	HYPER_TEST_SCRIPT=$2 start_hyperd hung
	verdict "$1: starts" $? "$W/hung/err" || return 1
	hung=$pid
	curl -s --max-time 40 --unix-socket "$(sock hung)" \
		http://localhost/hyper/drivers >"$W/hung/drivers" &
	looker=$!
	started $looker
	is "$1: machines are listed" 200 'length > 50' GET "$M?limit=1000"
	is "$1: also when the engine is to be asked" 200 'length > 50' \
		GET "$M?limit=1000&refresh=1"
	is "$1: one machine, too" 200 '.state' GET "$M/free?refresh=1"
	check "$1: nobody has waited for the drivers" not gone $looker
	wait $looker
	ok_if "$1: which end by their deadline" $? = 0
	check "$1: and are told as not available" jq -e '.[] |
		select(.name == "test") | .available == false and (.reason | test("does not answer"))' \
		"$W/hung/drivers"
	end_hyperd "$hung"
	ok_if "$1: hyperd stops in time" $took -lt 20000
}
hung_looks "probe and list hang" 'probe:hang;list:hang;inspect:hang'
hung_looks "open hangs" 'open:hang'
unset HYPER_TEST_KEEP
