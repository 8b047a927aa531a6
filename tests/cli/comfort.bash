# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# What makes it pleasant: other names, words that are nearly right, columns,
# colours.

# --- commands and options that are nearly right ---
hints() { # TEXT HINT ARG...: wrong usage, with this hint
	local text=$1 want=$2
	shift 2
	fails "$text" 2 . "$@"
	ok_if "$on: and the hint is $want" \
		"$(sed -n 's/^hint: //p' "$W/err")" = "$want"
}
hints "start" "did you mean 'hyperctl start'?" strat one
hints "list" "did you mean 'hyperctl list'?" lst
hints "drivers" "did you mean 'hyperctl drivers'?" driver
hints "another name" "did you mean 'hyperctl inspect'?" inspcet
hints "help of one" "did you mean 'hyperctl events'?" help event
hints "nothing like it" "'hyperctl help' lists all commands" frobnicate
hints "a very long one" "'hyperctl help' lists all commands" "$(printf '%090d' 0)"
hints "a word of docker" "'hyperctl images pull' fetches an image" pull
hints "a word of virsh" "'hyperctl stop -F -t 0' ends it at once, 'hyperctl rm' removes it" destroy
hints "an option" "did you mean '--force'?" stop one --forec
hints "one with a value" "did you mean '--format'?" list --fromat=json
hints "one of hyperctl" "did you mean '--quiet'?" --quite list
hints "no option is like it" "" list --frobnicate

# --- aliases ---
prints "create is add" one create demo -i one
for name in ls ps; do
	prints "$name is list" one "$name" -q id=one
done
for name in show inspect; do
	prints "$name is get" one "$name" -q one
done
shows "image is images" demo image -q
prints "shutdown is stop" one shutdown one
ctl ops -q
ok_if "$on: ops is operations" "$rc" = 0 -a -s "$W/out"
for name in remove delete; do
	ctl add demo -i gone
	prints "$name is rm" gone "$name" gone
done
shows "help tells of them" 'Other names: ls, ps' help ps

# --- columns ---
ctl add demo -i two -m 96 -l tier=web -l zone=b -e A=1 -p 127.0.0.1:8080:80
prints "--columns" "$(printf '%s\n' 'STATE   ID  MEM' 'stopped two 96M')" \
	list id=two --columns state,id,mem
prints "--no-headers" "$(printf 'two stopped')" \
	list id=two --columns id,state --no-headers
prints "none of nothing" '' list id=nosuch --no-headers
prints "the headings of nothing" 'ID STATE' list id=nosuch --columns id,state
prints "once more the same" 'two two' \
	list id=two --columns id,id --no-headers
prints "in CSV" "$(printf 'two,96,tier=web zone=b,127.0.0.1:8080->80/tcp\r')" \
	list id=two -f csv --columns id,mem,labels,ports --no-headers
prints "lists, for people" 'tier=web,zone=b' \
	list id=two --columns labels --no-headers
ctl list id=two -f csv --no-headers
ok_if "$on: CSV without its first line" "$(wc -l <"$W/out")" = 1
# Each column that there is: the message names them all.
fails "an unknown column" 2 "no column 'frob': choose from id, type" \
	list --columns id,frob
all=$(sed -n '1s/.*choose from //p' "$W/err" | tr -d ' ')
ctl list id=two -f csv --columns "$all"
ok_if "$on: all of them" "$(head -n 1 "$W/out" | tr -d '\r')" = "$all"
ctl get two -f json
jq -r 'keys[]' "$W/out" | grep -v '^driver$' | sort >"$W/keys"
tr , '\n' <<<"$all" | sort >"$W/columns"
check "$on: each field of the record has its column" \
	[ -z "$(comm -23 "$W/keys" "$W/columns")" ]
fails "no column at all" 2 "no column ''" list --columns ''
fails "a comma too much" 2 "no column ''" list --columns id,
fails "columns of JSON" 2 'leave -f json out' list -f json --columns id
fails "columns of keys" 2 'leave --quiet out' list -q --columns id
fails "columns of what has no table" 2 'version has no table' version --columns id
shows "columns make a table of what has none else" 'two +stopped' \
	get two --columns id,state
fails "start: an unknown column" 2 "no column 'x'" start two --columns x
prints "and nothing was done" stopped list id=two --columns state --no-headers
shows "start with columns" 'two running' start two --columns id,state
for list in images drivers operations events "history two" doctor; do
	# shellcheck disable=SC2086 # words are meant
	fails "$list: an unknown column" 2 "no column 'x': choose from" \
		$list --columns x
	first=$(sed -n '1s/.*choose from \([a-z]*\),.*/\1/p' "$W/err")
	# shellcheck disable=SC2086
	ctl $list --columns "$first"
	ok_if "$on: $list --columns $first" \
		"$(head -n 1 "$W/out" | tr -d ' ')" = "${first^^}"
	cp "$W/out" "$W/whole"
	# shellcheck disable=SC2086
	ctl $list --columns "$first" --no-headers
	case $list in
	operations | drivers) # the one changes, the other is as wide as it is
		ok_if "$on: $list --no-headers" \
			"$(head -n 1 "$W/out" | tr -d ' ')" != "${first^^}"
		;;
	*)
		check "$on: $list --no-headers" \
			diff <(sed 1d "$W/whole" | tr -d ' ') <(tr -d ' ' <"$W/out")
		;;
	esac
done
fails "adopt: an unknown column" 2 "no column 'x'" adopt nosuch --columns x

# --- colours ---
green=$'\033[32m'
colored() { # TEXT yes|no ENV... -- ARG...
	local text=$1 want=$2 set=()
	shift 2
	while [ "$1" != -- ]; do
		set+=("$1")
		shift
	done
	shift
	# shellcheck disable=SC2086 # $UNDER is a command and its options
	env "${set[@]}" ${UNDER:-} "$HYPERCTL" "$@" >"$W/out" 2>"$W/err"
	rc=$?
	local got=no
	! grep -qF "$green" "$W/out" || got=yes
	told "$text" $((rc != 0)) "exit 0" "$@"
	ok_if "$on: $text: $want" $got = "$want"
}
colored "a pipe" no -- list
colored "--color always" yes -- list --color always
colored "events, too" yes -- events --color=always
colored "never" no -- list --color never
colored "CSV never has any" no -- list -f csv --color always
fails "no such way" 2 "no --color 'perhaps': auto, always or never" \
	list --color perhaps
terminal "colours on a terminal" 'expect two
expect \x1b[32mrunning\x1b[0m
exit 0' list
NO_COLOR='' terminal "NO_COLOR that is empty is none" 'expect \x1b[32mrunning
exit 0' list
NO_COLOR=1 terminal "NO_COLOR" 'expect running
never \x1b[32m
exit 0' list
NO_COLOR=1 terminal "--color is stronger" 'expect \x1b[32mrunning
exit 0' list --color always
TERM=dumb terminal "a dumb terminal" 'expect running
never \x1b
exit 0' list
ctl rm -F one two

# --- what to do next ---
advises() { # TEXT EXIT HINT ARG...
	local text=$1 code=$2 want=$3
	shift 3
	fails "$text" "$code" . "$@"
	check "$on: and what to do" grep -q "^hint: .*$want" "$W/err"
}
ctl add demo -i taken
advises "nearly one" 3 "did you mean 'taken'?" start taekn
advises "also with several" 3 "did you mean 'taken'?" get taken tkaen
advises "to show" 3 "did you mean 'taken'?" history takn
advises "no such machine" 3 'hyperctl list' start nosuch
advises "no such image" 3 'hyperctl images pull' add nosuch -t test
advises "no such driver" 5 'hyperctl drivers' add demo -t nosuch
advises "no such operation" 3 'hyperctl operations' wait 99999
advises "the name is taken" 4 'choose another name with --id' add demo -i taken
ctl start taken
advises "it runs" 4 'hyperctl stop' rm taken
advises "it was made here" 4 'hyperctl rm' release taken
advises "no such query" 2 'hyperctl help list' list --query 'state='
advises "no such remote" 3 'hyperctl remote list' --remote nosuch list
advises "nor to forget" 3 'hyperctl remote list' remote rm nosuch
advises "no such token" 3 'hyperctl token list' token rm nosuch
advises "nothing to adopt" 3 'docker ps -a' adopt nosuch
advises "no such image to remove" 3 "'hyperctl images'" images rm nosuch -t test
ctl token add twice
advises "a token that is there" 4 'hyperctl token rm' token add twice
ctl token rm twice
ctl remote add twice "unix:$W/twice"
advises "a remote that is there" 4 'hyperctl remote rm' remote add twice "unix:$W/x"
ctl remote rm twice
echo secret >"$W/secret"
advises "a token in the clear" 5 'ssh -L 7070' remote add clear \
	http://192.0.2.1 --token-file "$W/secret"
ctl add demo -i broken -o script=start:error=DRIVER
advises "what the engine refuses" 1 'hyperctl doctor' start broken
ctl rm -F broken
advises "no hyperd there" 5 'systemctl start hyperd' -u "unix:$W/nothing.sock" list
ctl rm -F taken
if [ -n "$served" ]; then
	start_hyperd "lost-$on"
	verdict "$on: a hyperd that loses its database" $? "$W/lost-$on/err"
	ctl -u "unix:$(sock "lost-$on")" list
	rm "$W/lost-$on/state/hyper.db"
	sleep 0.2 # so long it believes what it saw
	fails "tells of it" 1 'database' -u "unix:$(sock "lost-$on")" list
	request=$(sed -n 's/^request id: //p' "$W/err")
	ok_if "$on: and which request it was" -n "$request"
	check "$on: as its log calls it" grep -qF "$request" "$W/lost-$on/err"
	check "$on: and what to do" grep -q '^hint: .df' "$W/err"
	stop_pid "$pid"
	ctl get nosuch
	ok_if "$on: what the user got wrong needs no log" \
		"$(grep -c 'request id' "$W/err")" = 0
fi
if [ -n "$served" ] && [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$W" "$(dirname "${HYPER_URI#unix:}")"
	chmod 600 "${HYPER_URI#unix:}"
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$HYPERCTL" list >"$W/out" 2>"$W/err"
	ok_if "$on: the socket may not be opened" $? = 5
	check "$on: and what to do" grep -q '^hint: .*adduser' "$W/err"
fi
