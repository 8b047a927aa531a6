# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Many programs create machines at once, on one state that a hyperd has open:
# eight on the directory, one through the daemon; beside one program alone. And
# what the disk has to do for that, by as many programs without a hyper.

what="$(pick 800 80) creates, 8 processes and 1 daemon"

# crowd NAME PROCESSES EACH BY-DAEMON: a program of rounds. A round takes so
# long for each machine that is created.
cat >"$W/bin/crowd" <<'E2'
#!/bin/bash
round=0
while read -r _; do
	round=$((round + 1))
	pids=
	begin=${EPOCHREALTIME/./}
	for n in $(seq "$2"); do
		"$CREATE" "$STATE" "$3" "$1-$round-$n" &
		pids="$pids $!"
	done
	if [ "$4" -gt 0 ]; then
		"$CREATE" "unix:$STATE.sock" "$4" "$1-$round-d" &
		pids="$pids $!"
	fi
	for pid in $pids; do
		wait "$pid" || exit 1
	done
	end=${EPOCHREALTIME/./}
	echo "each=$(((end - begin) / ($2 * $3 + $4)))"
done
E2
chmod +x "$W/bin/crowd"

crowd() {
	export CREATE=$W/bin/create STATE=$W/crowded
	local disk=(env "CREATE=$W/bin/syncs" "STATE=$W/synced" "$W/bin/crowd")
	mkdir -p "$W/synced"
	serve "$STATE" || return
	measure "$1" "$(pick 5 1)" \
		many "$W/bin/crowd" many 8 "$(pick 90 9)" "$(pick 80 8)" + \
		one "$W/bin/crowd" one 1 "$(pick 100 10)" 0 + \
		disk_many "${disk[@]}" many 9 "$(pick 89 9)" 0 + \
		disk_one "${disk[@]}" one 1 "$(pick 100 10)" 0
}

if crowd crowd; then
	figure what="$what" beside="serial" unit="µs each" \
		hyper="$W/crowd:many:each" peer="$W/crowd:one:each" \
		how=peer/hyper goal=">= $(awk "BEGIN { print 0.9 * $(nproc) }")"
	figure what="what the disk has to do for that, alone: 9 processes" \
		beside="serial" unit="µs each" hyper="$W/crowd:disk_many:each" \
		peer="$W/crowd:disk_one:each" how=peer/hyper
	figure what="$what" beside="what the disk has to do for that, alone" \
		unit="µs each" hyper="$W/crowd:many:each" \
		peer="$W/crowd:disk_many:each" how=hyper/peer
else
	unmeasured "$what" serial "$why"
fi
stop_served
