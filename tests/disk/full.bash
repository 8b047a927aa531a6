# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# No space: a hyperd, and hyperctls on its state, on a disk that fills up.

full='hyper\.db: (database or disk is full|(disk I/O error \()?No space left)'

# on_full NAME: such a disk is at $W/NAME
on_full() {
	served "$1" || return
	ctl add demo -t test -i slow -o script=start:latency=1500
	"$HYPERCTL" start slow >"$W/slow.out" 2>&1 &
	slow=$!
	started $slow
	wait_for 10 begun
	check "$on: it fills up" fill "$1"
	refuses 1 500 io "$full"
	# What was under way has failed, for the engine has no room; nor is there
	# any for its end, and nobody is told of one that is not written.
	check "$on: the end of what was under way waits" wait_for 20 \
		grep -q 'its end could not be written' "$W/$1/err"
	check "$on: and so does who wants it" not gone $slow
	room "$1"
	wait $slow
	ok_if "$on: with room again, it ends" $? = 1
	check "$on: and says why" grep -q 'No space left' "$W/slow.out"
	check "$on: nothing stays open" ended "$1"
	says "the machine is what it is" '.state == "stopped"' get slow -f json
	prints "add works again" new add demo -t test -i new
	prints "start" one start one
	prints "stop" two stop two
	prints "rm" two rm two
	whole "$1"
	# Until it ends
	ctl start new
	fill "$1"
	end_hyperd "$served"
	ok_if "$on: it stops in order on a full disk" "$rc" = 0
	start_hyperd "$1"
	ok_if "$on: it does not start on one" $? = 1
	check "$on: and says why" grep -Eq "error: .*$full" "$W/$1/err"
	HYPER_URI=$W/$1/state
	shows "hyperctl still lists" 'new .* running .*' list
	fails "and changes nothing" 1 "$full" stop new
	room "$1"
	prints "until there is room" new stop new
	whole "$1"
}
begun() { [ "$("$HYPERCTL" list -q id=slow state=starting)" = slow ]; }

small full 2m
on_full full
umount "$W/full/state"

if loop fullext4 8m 2>"$W/loop.err"; then
	on="full, ext4"
	on_full fullext4
	umount "$W/fullext4/state"
else
	skip "full-ext4: no loop device"
fi
