# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# What a daemon costs that does nothing, and how soon it answers.

count=$(pick 10000 1000)
first="hyperd with $count machines: start to first answer"

if measure first "$(pick 9 1)" hyper "$W/bin/first" "$W/first.sock" \
	"/hyper/machines?limit=1" "$BUILD/bin/hyperd" \
	--state "$(filled "$count")" --socket "$W/first.sock"; then
	figure what="$first" beside=- unit=ms scale=0.001 \
		hyper="$W/first:hyper:first" goal="<= 50"
else
	unmeasured "$first" - "$why"
fi

cat >"$W/bin/idle" <<'E2'
#!/bin/bash
# idle PID: KiB, a while later. What it alone has, and its share of the rest.
while read -r _; do
	sleep 2
	awk '/^Pss:/ { print "pss=" $2 }' "/proc/$1/smaps_rollup" || exit
done
E2
chmod +x "$W/bin/idle"

# idle_of WHAT RESULT [GOAL]
idle_of() {
	sleep "$(pick 15 1)" # then it has looked at its engine, too
	if measure "$2" "$(pick 9 1)" hyper "$W/bin/idle" "$served"; then
		figure what="$1" beside=- unit=MiB scale=0.0009765625 \
			hyper="$W/$2:hyper:pss" ${3:+goal="$3"}
	else
		unmeasured "$1" - "$why"
	fi
}

idle="idle memory: hyperd with $count machines"
if serve "$(filled "$count")"; then
	idle_of "$idle" idle_first "<= 16"
	curl -fsS -o /dev/null --unix-socket "$socket" \
		"http://localhost/hyper/machines"
	idle_of "$idle, after a list of all" idle_later
	for peer in dockerd libvirtd lxd; do
		beside="$peer and what it starts, no machines"
		if use_engine $peer; then
			sleep "$(pick 5 1)"
			# shellcheck disable=SC2046 # words are meant
			figure what="$idle" beside="$beside" unit=MiB \
				scale=0.0009765625 \
				hyper="$W/idle_later:hyper:pss" \
				peer="$(pss $(engine_pids $peer))" \
				how=hyper/peer goal="< 1"
		else
			no_peer "$idle" "$beside" "$why"
		fi
	done
else
	unmeasured "$idle" - "$why"
fi
stop_served
