# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# GET /hyper/events.

on=events
HYPER_EVENTS_KEEP=8 start_hyperd events
verdict "events: starts" $? "$W/events/err" || return 1
events=$pid
E=/hyper/events

is "events: none yet" 200 '. == []' GET $E
is "a list of nothing" 200 '. == []' GET /hyper/machines
ok_if "is true at 0" "$(header hyper-seq)" = 0
ask POST /hyper/machines '{"id":"web","type":"test","image":"tiny"}'
is "events of an add" 200 'map(.seq) == [1, 2, 3] and map(.kind) ==
	["machine-adding", "machine-state", "operation-ended"] and
	map(.machine) == ["web", "web", "web"] and
	map(.state) == ["creating", "stopped", "done"] and
	map(.operation) == [1, 1, 1]' GET $E
is "after=" 200 'map(.seq) == [2]' GET "$E?after=1&limit=1"
is "after the newest" 200 '. == []' GET "$E?after=3"
problem "beyond the newest" 400 bad-parameter after GET "$E?after=4"
problem "after no number" 400 bad-parameter after GET "$E?after=-1"
ask GET /hyper/machines
ok_if "the list is true at the newest" "$(header hyper-seq)" = 3

# Somebody waits for what happens a second later.
curl -sS --max-time 60 --unix-socket "$(sock events)" \
	"http://localhost$E?after=3&wait=30" >"$W/waited" &
waits=$!
started $waits
ask PUT /hyper/machines/web '{"state":"running"}'
wait $waits
check "wait= answers with what comes" jq -e '.[0].seq == 4' "$W/waited"
is "wait= runs out" 200 '. == []' \
	GET "$E?wait=0.2&after=$(ask GET /hyper/machines; header hyper-seq)"

ask PUT /hyper/machines/web '{"state":"stopped"}'
ask DELETE /hyper/machines/web
problem "what is gone is told of" 410 trimmed after GET "$E?after=1"
oldest=$(field .detail | sed -n 's/.*the oldest is //p')
is "with the oldest there is" 200 "length == 8 and .[0].seq == $oldest" GET $E
is "from where one can go on" 200 ".[0].seq == $oldest" \
	GET "$E?after=$((oldest - 1))"
end_hyperd $events
ok_if "events: ends well" $rc -eq 0
