# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# A page of 100 machines, filtered and sorted, out of more and more of them.

what="page of 100, filtered and sorted"
page="/hyper/machines?query=state=stopped%20mem%3E=256&sort=-mem,id&limit=100"

# It is hyper's work that counts here: the engine is asked once, at the start.
page_of() { # COUNT
	local state
	state=$(filled "$1") || return
	HYPER_TEST_POLL=3600 serve "$state" || return
	sleep "$(pick 2 0)" # then it looks at its engine
	wait_for "$(pick 120 0)" settled "$served"
	pages+=(+ "n$1" "$W/bin/get" "$socket" "$(pick 200 20)"
		"$page")
	page_pids="$page_pids $served"
}

pages=()
page_pids=
counts=$(pick "1000 10000 100000" "100 1000")
page_good=yes
for count in $counts; do
	page_of "$count" || page_good=
done
if [ -n "$page_good" ] && measure page "$(pick 5 1)" "${pages[@]}"; then
	most=${counts##* }
	least=${counts%% *}
	points=()
	for count in $counts; do
		figure what="$what, of $count: median" beside=- unit=ms \
			scale=0.001 hyper="$W/page:n$count:get"
		points+=("$count=$W/page:n$count:get")
	done
	figure what="$what, of $most: p99" beside=- unit=ms scale=0.001 \
		hyper="$W/page:n$most:get:p99" goal="< 20"
	figure what="$what, of $most" beside="the same of $least" unit=ms \
		scale=0.001 hyper="$W/page:n$most:get" \
		peer="$W/page:n$least:get" how=hyper/peer goal="<= 2"
	python3 "$here/plot.py" "$out/latency.svg" "${points[@]}" || failed=1
else
	unmeasured "$what" itself "$why"
fi
for pid in $page_pids; do
	stop_pid "$pid"
done
served=
