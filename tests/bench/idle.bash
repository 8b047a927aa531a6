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

# Its memory before and after the first lists: what one was answered with is
# given back, or not.
idle="idle memory: hyperd with $count machines"
if serve "$(filled "$count")" && wait_for 60 settled "$served"; then
	idle_kb=$(pss "$served")
	figure what="$idle" beside=- unit=MiB \
		hyper="$(awk "BEGIN { print $idle_kb / 1024 }")" goal="<= 16"
	curl -fsS -o /dev/null --unix-socket "$socket" \
		"http://localhost/hyper/machines"
	sleep 1
	figure what="$idle, after a list of all" beside=- unit=MiB \
		hyper="$(awk "BEGIN { print $(pss "$served") / 1024 }")"
	for peer in dockerd libvirtd lxd; do
		beside="$peer and what it starts, no machines"
		if use_engine $peer; then
			sleep "$(pick 5 1)"
			# shellcheck disable=SC2046 # words are meant
			figure what="$idle" beside="$beside" unit=MiB \
				scale=0.0009765625 hyper="$idle_kb" \
				peer="$(pss $(engine_pids $peer))" \
				how=hyper/peer goal="< 1"
		else
			no_peer "$idle" "$beside" "$why"
		fi
	done
else
	unmeasured "$idle" - "$why"
fi
stop_pid "${served:-0}"
