# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Streams that are closed or full, proxies, signals, odd environments.

ctl add demo -i one

"$HYPERCTL" list >&- 2>"$W/err"
ok_if "$on: stdout is closed" $? = 1
check "$on: and that is told" grep -q '^hyperctl: cannot write the output' "$W/err"
"$HYPERCTL" list >/dev/full 2>"$W/err"
ok_if "$on: stdout is full" $? = 1
check "$on: and that is told" grep -q 'No space left' "$W/err"
"$HYPERCTL" add demo -i two >&- 2>&-
ok_if "$on: all are closed" $? = 1
prints "what was to be done is done" two list -q id=two
"$HYPERCTL" <&- >"$W/out" 2>&1
ok_if "$on: stdin is closed" $? = 0
ok_if "$on: without a word" ! -s "$W/out"
"$HYPERCTL" list 2>"$W/err" | true
ok_if "$on: a reader that leaves" ! -s "$W/err"

http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 \
	ALL_PROXY=socks5://127.0.0.1:1 "$HYPERCTL" list -q id=one >"$W/out" 2>&1
ok_if "$on: a proxy does not matter" "$(cat "$W/out")" = one
if [ -n "$served" ]; then
	start_hyperd "tcp-$on" --listen 127.0.0.1:0
	verdict "$on: a hyperd on TCP" $?
	tcp=$pid
	url=$(url_of "tcp-$on")
	HYPER_TOKEN_FILE=$W/tcp-$on/state/token \
		http_proxy=http://127.0.0.1:1 \
		"$HYPERCTL" -u "$url" add demo -i tcp >"$W/out" 2>&1
	ok_if "$on: TCP, a token, and a proxy" "$(cat "$W/out")" = tcp
	fails "TCP without a token" 5 . -u "$url" list
	check "and a hint" grep -q '^hint: HYPER_TOKEN' "$W/err"
	stop_pid "$tcp"
	fails "hyperd has gone" 5 . -u "$url" list
fi

LC_ALL=C "$HYPERCTL" list -q id=one >"$W/out" 2>&1
ok_if "$on: in the C locale" "$(cat "$W/out")" = one
env -i HYPER_DRIVER_DIR="$HYPER_DRIVER_DIR" "$HYPERCTL" -u "$HYPER_URI" list \
	-q id=one >"$W/out" 2>&1
ok_if "$on: with an empty environment" "$(cat "$W/out")" = one
POSIXLY_CORRECT=1 "$HYPERCTL" list id=one -q >"$W/out" 2>&1
ok_if "$on: options may stand behind whatever happens" "$(cat "$W/out")" = one
evil=$'x\033]0;evil\007\nFAIL \xc2\x9b31m'
fails "control characters in an error are not sent" 2 "'x ]0;evil  FAIL   31m'" \
	get "$evil"
fails "and told in usage" 2 '\\x1b.*\\xc2\\x9b31m' "$evil"

# --- SIGINT, without a terminal ---
begun() { [ "$("$HYPERCTL" list -q id=hung state=starting)" = hung ]; }
ctl add demo -i hung -o script=start:hang
# (the shell makes what it runs in the background ignore SIGINT)
env --default-signal=INT "$HYPERCTL" start hung >"$W/out" 2>"$W/err" &
hung=$!
started $hung
wait_for 10 begun
kill -INT $hung
wait $hung
ok_if "$on: SIGINT" $? = 130
if [ "$on" = local ]; then
	check "$on: cancels" grep -q '^hyperctl: ' "$W/err"
else
	check "$on: tells how to go on" grep -q 'hyperctl wait' "$W/err"
	ctl operations -q machine=hung state=running
	ctl operations cancel "$(cat "$W/out")"
fi
prints "the machine can be removed" hung rm -F hung

# --- SIGINT while a pipe is full ---
big=$(printf '%04000d' 1)
ids=$(seq -f 'big%g' 20)
# shellcheck disable=SC2086 # they are words
for id in $ids; do ctl add demo -i "$id" -l "note=$big"; done
mkfifo "$W/full"
# shellcheck disable=SC2086
env --default-signal=INT "$HYPERCTL" set $ids -l more=yes -f json \
	>"$W/full" 2>"$W/err" &
writer=$!
started $writer
# It is interrupted when the pipe takes no more, and then read.
python3 - "$W/full" $writer >"$W/out" <<'T'
import array, fcntl, os, signal, sys, termios, time
pipe = os.open(sys.argv[1], os.O_RDONLY)
held, same = array.array("i", [0]), 0
end = time.monotonic() + 60
while same < 5 and time.monotonic() < end:
    before = held[0]
    time.sleep(0.1)
    fcntl.ioctl(pipe, termios.FIONREAD, held)
    same = same + 1 if held[0] == before and before > 60000 else 0
os.kill(int(sys.argv[2]), signal.SIGINT)
time.sleep(0.3)
while part := os.read(pipe, 65536):
    sys.stdout.buffer.write(part)
T
wait $writer
ok_if "$on: SIGINT while it writes" $? = 130
shown=$(jq -s 'flatten | map(.id) | unique | length' "$W/out" 2>/dev/null)
# (what a hyperd has not ended yet is told of instead)
ok_if "$on: loses nothing" "$((${shown:-0} + $(grep -c 'goes on' "$W/err")))" = 20
# shellcheck disable=SC2086
ctl rm $ids
rm "$W/full"

"$HYPERCTL" start one --async >"$W/out" 2>"$W/err"
ok_if "$on: --async ends when it is done" $? = 0
prints "and it is" one list -q state=running
ctl rm -F one two
