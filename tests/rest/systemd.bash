# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# With systemd, as systemd.py plays it: sockets that are there already, and
# what it is told.

on=passed
S=$W/passed.sock
before=${UNDER:-}

# passed SOCKET...: what starts next has these
passed() { UNDER="python3 $HERE/systemd.py $* -- $before"; }

passed "unix:$S" "early:$W/early"
start_hyperd passed
verdict "a passed unix socket: starts" $? "$W/passed/err" || return 1
printf 'hyperd: listening on unix:%s\nhyperd: ready\n' "$S" >"$W/wanted"
check "it is served, and no other" diff "$W/wanted" "$W/passed/out"
ok_if "\`socket\` is not made" ! -e "$(sock passed)"
ok_if "and there is no lock" ! -e "$S.lock"
check "who came before hyperd is answered" wait_for 10 grep -q \
	'^HTTP/1.1 200' "$W/early"
check "so are others" curl -sSf --unix-socket "$S" http://localhost/hyper
check "it is what other programs are told of" \
	grep -aqF "unix:$S" "$W/passed/state/hyper.db-wal"
check "what hyperd runs does not get it" \
	grep -q '^flags:[[:space:]]*02[0-7]\{6\}$' "/proc/$pid/fdinfo/3" # O_CLOEXEC
end_hyperd $pid
ok_if "it stops in order" $rc = 0
ok_if "and leaves the socket to who made it" -S "$S"
rm "$S"

passed tcp:127.0.0.1:0
start_hyperd passed --socket none
verdict "passed TCP, and no other way in: starts" $? "$W/passed/err"
url=$(url_of passed)
problem "it asks for the token" 401 unauthorized - GET "$url/hyper"
is "and takes it" 200 .version GET "$url/hyper" '' \
	"Authorization: Bearer $(cat "$W/passed/state/token")"
end_hyperd $pid
passed tcp:127.0.0.1:0 "unix:$S"
start_hyperd passed --listen 127.0.0.1:0
verdict "both, and one of its own: starts" $? "$W/passed/err"
ok_if "all three are served" "$(grep -c 'listening on' "$W/passed/out")" = 3
end_hyperd $pid
rm "$S"

passed "unix:$S" pid:1
start_hyperd passed
check "those that are for somebody else are left alone" \
	curl -sSf --unix-socket "$(sock passed)" http://localhost/hyper
end_hyperd $pid
rm "$S"

# unfit TEXT WORD SOCKET...: hyperd does not start, and says WORD
unfit() {
	local text=$1 word=$2
	shift 2
	passed "$@"
	# shellcheck disable=SC2086 # a command and its options
	timeout 20 $UNDER "$HYPERD" --state "$W/passed/state" --socket none \
		>"$W/check.out" 2>&1
	local is=$?
	echo "wanted: $word, not exit $is" >>"$W/check.out"
	head -n -1 "$W/check.out" | grep -qF -- "$word" &&
		{ [ $is -eq 1 ] || [ $is -eq 2 ]; }
	verdict "refused: $text" $? "$W/check.out"
	rm -f "$S"
}
unfit "a socket that does not listen" \
	"descriptor 3 (mute) of systemd: it is no stream socket" "mute:$S"
unfit "one of datagrams, the second" \
	"descriptor 4 (datagram) of systemd: it is no stream socket" \
	"unix:$S" "datagram:$W/datagram.sock"
unfit "a file" "descriptor 3 (file)" "file:$W/passed.file"
unfit "a unix socket without a file" "not absolute" "unix:@$S"
many=()
for n in $(seq 17); do
	many+=("file:$W/passed.file")
done
unfit "more than 16" "there are 17" "${many[@]}"
LISTEN_FDS=many timeout 10 sh -c 'LISTEN_PID=$$ exec "$@"' - "$HYPERD" \
	--state "$W/passed/state" --socket none >"$W/many" 2>&1
ok_if "refused: a number that is none" $? = 2
check "which is said" grep -q 'sockets of systemd: Invalid' "$W/many"

if command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hyper \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$W/passed.key" \
		-out "$W/passed.pem" 2>"$W/openssl"
	passed tcp:0.0.0.0:0
	start_hyperd passed --tls-cert "$W/passed.pem" --tls-key "$W/passed.key"
	check "all addresses, with TLS: served" curl -sSf \
		--cacert "$W/passed.pem" -H \
		"Authorization: Bearer $(cat "$W/passed/state/token")" \
		"$(url_of passed | sed 's/0\.0\.0\.0/127.0.0.1/')/hyper"
	end_hyperd $pid
	passed tcp:0.0.0.0:0
	start_hyperd passed
	check "all addresses, without a certificate: one is made" curl -sSfk \
		--pinnedpubkey "$(sed -n 's/.*fingerprint //p' "$W/passed/err" |
			tail -n 1)" -H \
		"Authorization: Bearer $(cat "$W/passed/state/token")" \
		"$(url_of passed | sed 's/0\.0\.0\.0/127.0.0.1/')/hyper"
	end_hyperd $pid
else
	skip "passed TCP with TLS: no openssl"
fi
UNDER=$before

# --- what systemd is told ---
# told MESSAGE...: these and no others, each once but for those in between
told() { uniq "$W/notified" | diff <(printf '%s\n' "$@") -; }
# listens NAME: what is said is in $W/notified
listens() {
	python3 "$HERE/systemd.py" notify "$W/notify.sock" "$W/notified" &
	listener=$!
	started $listener
	wait_for 10 test -e "$W/notify.sock"
}
listens
NOTIFY_SOCKET=$W/notify.sock start_hyperd told
verdict "with a NOTIFY_SOCKET: starts" $? "$W/told/err"
check "systemd is told when it is ready" wait_for 10 told READY=1
end_hyperd $pid
check "and that it stops, and no more" wait_for 10 told READY=1 STOPPING=1
stop_pid $listener
rm "$W/notify.sock"
listens
WATCHDOG_USEC=400000 NOTIFY_SOCKET=$W/notify.sock start_hyperd told
several() { [ "$(grep -c '^WATCHDOG=1$' "$W/notified")" -ge 4 ]; }
check "the watchdog hears of it, again and again" wait_for 10 several
kill -STOP $pid
sleep 0.3
heard=$(wc -l <"$W/notified")
sleep 0.6
ok_if "but not when it hangs" "$(wc -l <"$W/notified")" = "$heard"
kill -CONT $pid
end_hyperd $pid
check "in this order" wait_for 10 told READY=1 WATCHDOG=1 STOPPING=1
stop_pid $listener
NOTIFY_SOCKET=$W/nobody.sock start_hyperd told
verdict "nobody listens: starts all the same" $? "$W/told/err"
check "and says so" grep -q 'cannot tell systemd READY=1' "$W/told/err"
end_hyperd $pid

# --- the unit ---
if command -v systemd-analyze >/dev/null; then
	mkdir "$W/unit"
	sed "s|@sbindir@/hyperd|$HYPERD|" "$ROOT/hyperd/hyperd.service.in" \
		>"$W/unit/hyperd.service"
	check "the unit is right" systemd-analyze verify --man=no \
		"$W/unit/hyperd.service"
	check "and leaves hyperd little to harm with" systemd-analyze security \
		--offline=yes --threshold=40 "$W/unit/hyperd.service"
else
	skip "the unit: no systemd-analyze"
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' \
		"$ROOT/hyperd/hyperd.service.in" | sed 's/CAP_/+/g; s/ /,/g')
	UNDER="setpriv --no-new-privs --bounding-set -all,${caps,,} --inh-caps -all"
	start_hyperd fenced --listen 127.0.0.1:0
	verdict "hyperd starts with the rights of the unit" $? "$W/fenced/err"
	on=fenced
	is "and runs machines" 201 '.state == "stopped"' POST /hyper/machines \
		'{"image":"tiny","type":"test"}'
	end_hyperd $pid
	UNDER=$before
else
	skip "the rights of the unit: needs root, setpriv"
fi
