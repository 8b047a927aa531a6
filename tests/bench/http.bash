# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# GET one machine with 32 connections, beside a program that only answers.

what="GET one machine, 32 connections"
beside="bare ulfius, same bytes and mode"

# It takes wrk's place in a round.
cat >"$W/bin/load" <<'E2'
#!/bin/bash
# load SECONDS URL [HEADER]
while read -r _; do
	wrk -t2 -c32 "-d${1}s" ${3:+-H "$3"} "$2" |
		awk '/Non-2xx|Socket errors/ { bad = 1 }
			/^Requests\/sec/ { print "rate=" $2 }
			END { exit bad }' || exit
done
E2
chmod +x "$W/bin/load"

free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

bare=
load_both() {
	local url token bare_port
	serve "$(filled 1000)" --listen 127.0.0.1:0 || return
	url=$(sed -n 's|^hyperd: listening on \(http.*\)|\1|p' "$W/n1000.out")
	token="Authorization: Bearer $(cat "$W/n1000/token")"
	curl -fsS -o "$W/one.json" -H "$token" "$url/hyper/machines/m-0" ||
		return
	bare_port=$(free_port)
	"$W/bin/bare" "$bare_port" "$W/one.json" >"$W/bare.out" 2>&1 &
	bare=$!
	started $bare
	wait_for 10 grep -q ready "$W/bare.out" || return
	measure wrk "$(pick 7 1)" \
		hyper "$W/bin/load" "$(pick 4 1)" "$url/hyper/machines/m-0" \
		"$token" + \
		bare "$W/bin/load" "$(pick 4 1)" \
		"http://127.0.0.1:$bare_port/hyper/machines/m-0" "$token"
}

if ! has wrk; then
	no_peer "$what" "$beside" "no wrk"
elif ! cc -O2 -o "$W/bin/bare" "$here/bare.c" -lulfius -lmicrohttpd \
	2>"$W/cc.err"; then
	no_peer "$what" "$beside" "no libulfius-dev"
elif load_both; then
	figure what="$what" beside="$beside" unit=requests/s \
		hyper="$W/wrk:hyper:rate" peer="$W/wrk:bare:rate" \
		how=hyper/peer goal=">= 0.8"
else
	unmeasured "$what" "$beside" "$why"
fi
stop_served
[ -z "$bare" ] || stop_pid "$bare"
