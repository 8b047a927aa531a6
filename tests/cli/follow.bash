# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Following what happens: events --follow, list --watch.

# in_background NAME ARG...: hyperctl; its pid is in $behind. (The shell makes
# what it runs in the background ignore SIGINT.)
in_background() {
	local name=$1
	shift
	env --default-signal=INT "$HYPERCTL" "$@" >"$W/$name" 2>"$W/$name.err" &
	behind=$!
	started $behind
}
# interrupt TEXT NAME: Ctrl-C ends what is in the background, soon
interrupt() {
	local since code
	since=$(date +%s%N)
	kill -INT $behind
	wait $behind
	code=$?
	ok_if "$on: $1: Ctrl-C is 130" $code = 130
	ok_if "$on: and quick" $((($(date +%s%N) - since) / 1000000)) -lt 3000
}
# comes TEXT FILE ERE: such a line comes into it
comes() {
	wait_for 20 grep -Eq -- "$3" "$W/$2"
	verdict "$on: $1" $? "$W/$2"
}

# --- events ---
ctl add demo -i first
in_background followed events --follow -f json
comes "events --follow begins with what is kept" followed '"seq":3,'
ctl add demo -i second
comes "and goes on" followed '"machine":"second".*"done"'
if [ -n "$served" ]; then
	stop_pid "$served"
	comes "a hyperd that went away is told of" followed.err 'trying again'
	UNDER='' start_hyperd "follow-$on"
	verdict "$on: (it starts again)" $?
	served=$pid
	comes "and that it is there again" followed.err 'there again'
	ctl add demo -i third
	comes "and what happened then" followed '"machine":"third".*"done"'
	ok_if "$on: without another word" "$(wc -l <"$W/followed.err")" = 3
else
	ok_if "$on: without a word" ! -s "$W/followed.err"
fi
interrupt "events --follow"
check "$on: nothing is left out, nothing comes twice" \
	jq -se 'map(.seq) == [range(1; length + 1)]' "$W/followed"
ctl events -q
last=$(tail -n 1 "$W/out")
shows "a line for people" \
	"$last +20[^ ]+Z operation-ended +[a-z]+ +[0-9]+ +done" \
	events --after $((last - 1))
prints "--limit ends --follow" $((last - 1)) \
	events --follow --limit 1 -q --after $((last - 2))
prints "nothing new" '' events --after "$last"
ctl events -f csv --limit 1
check "$on: CSV" grep -qx 'seq,at,kind,machine,driver,operation,actor,state.' "$W/out"
timeout 10 "$HYPERCTL" events --follow 2>"$W/err" | head -n 1 >"$W/out"
ok_if "$on: a reader that leaves ends it" "${PIPESTATUS[0]}" -ne 124
ok_if "$on: without a word" ! -s "$W/err" -a -s "$W/out"
fails "--follow from where nothing is yet" 2 after \
	events --follow --after 99999
if [ -n "$served" ]; then
	fails "--follow where no hyperd ever was" 5 'no hyperd' \
		-u "unix:$W/nowhere" events --follow
fi

# --- list ---
in_background watched list --watch -q --sort id id=first or id=later
comes "list --watch shows it" watched first
ctl add demo -i later
comes "and again when something is new" watched later
# (the machine comes, and then it has been made: as many lists as changes)
ok_if "$on: lists have an empty line between them" \
	"$(head -n 3 "$W/watched" | tr '\n' ,)" = first,,first,
if [ -n "$served" ]; then
	stop_pid "$served"
	comes "list --watch: it went away" watched.err 'trying again'
	UNDER='' start_hyperd "follow-$on"
	verdict "$on: (it starts again)" $?
	served=$pid
	comes "list --watch: it is there again" watched.err 'there again'
	ctl rm later
	wait_for 20 sh -c '[ "$(tail -n 1 "$1")" = first ]' - "$W/watched"
	ok_if "$on: and what has changed is seen" "$(tail -n 1 "$W/watched")" = first
else
	ctl rm later
fi
interrupt "list --watch"
timeout 10 "$HYPERCTL" list --watch -q 2>"$W/err" | head -n 1 >"$W/out"
ok_if "$on: list --watch: a reader that leaves" "${PIPESTATUS[0]}" -ne 124

# --- on a terminal ---
(while [ ! -e "$W/enough" ]; do
	sleep 1
	"$HYPERCTL" add demo -i late
	"$HYPERCTL" rm late
done) >"$W/late" 2>&1 &
changes=$!
started $changes
terminal "list --watch clears the screen, and Ctrl-C ends it" \
	'expect \x1b[H\x1b[2J
expect first
expect \x1b[H\x1b[2J
expect first
send \x03
exit 130' list --watch
: >"$W/enough"
wait $changes
rm "$W/enough"
TERM=dumb terminal "not on a dumb terminal" 'expect first
never \x1b
send \x03
exit 130' list --watch
terminal "Ctrl-C leaves the shell alone" 'prompt
send events --follow\r
expect machine-adding
send \x03
prompt
send version\r
expect libhyper
send exit\r
exit 0'
ctl rm first second
[ -z "$served" ] || ctl rm third
