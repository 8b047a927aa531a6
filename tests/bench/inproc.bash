# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Calls in one's own process, beside the statements of SQLite they rest on.

beside="sqlite3 statement alone"

both_inproc() {
	local state
	state=$(filled 1000) || return
	# SQL of the same schema on the same database: in turn, so that neither
	# waits for the other.
	measure inproc "$(pick 9 1)" hyper "$W/bin/inproc" "$state" + \
		alone "$W/bin/statements" "$state/hyper.db"
}

if both_inproc; then
	figure what="in-process get" beside="$beside" unit=µs \
		hyper="$W/inproc:hyper:get"	peer="$W/inproc:alone:get" \
		how=hyper/peer
	figure what="in-process get" beside=- unit=µs \
		hyper="$W/inproc:hyper:get" goal="<= 10"
	figure what="in-process list of 1,000" beside="$beside" unit=ms \
		scale=0.001 hyper="$W/inproc:hyper:list" \
		peer="$W/inproc:alone:list" how=hyper/peer
	figure what="in-process list of 1,000" beside=- unit=ms \
		scale=0.001 hyper="$W/inproc:hyper:list" goal="<= 2"
	figure what="in-process add on drv_test" beside="$beside, one insert" \
		unit=ms scale=0.001 hyper="$W/inproc:hyper:add" \
		peer="$W/inproc:alone:add" how=hyper/peer
else
	unmeasured "in-process get, list, add" "$beside" "$why"
fi
