# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
#
# What the parts of test_cli.sh share: where hyperctl works, verdicts.

# place local|hyperd NAME: a fresh state directory, HYPER_URI names it, or the
# socket of a hyperd on it.
place() {
	local name=$2-$1
	if [ "$1" = local ]; then
		export HYPER_URI=$W/$name
		served=
	else
		UNDER='' start_hyperd "$name" || {
			cat "$W/$name/out" "$W/$name/err"
			return 1
		}
		served=$pid
		HYPER_URI=unix:$(sock "$name")
		export HYPER_URI
	fi
}

unplace() {
	[ -z "$served" ] || stop_pid "$served"
}

# ctl ARG...: run it; $rc, $W/out and $W/err
ctl() {
	# shellcheck disable=SC2086 # $UNDER is a command and its options
	${UNDER:-} "$HYPERCTL" "$@" >"$W/out" 2>"$W/err" </dev/null
	rc=$?
}

# told TEXT GOOD WANT ARG...: verdict, with all that was said if it is bad
told() {
	local text=$1 good=$2 want=$3
	shift 3
	{
		echo "hyperctl $*"
		echo "wanted: $want"
		echo "exit $rc"
		cat "$W/out" "$W/err"
	} >"$W/told"
	verdict "${on:+$on: }$text" "$good" "$W/told"
}

# prints TEXT WANT ARG...: succeeds, and prints exactly this
prints() {
	local text=$1 want=$2 good=0
	shift 2
	ctl "$@"
	[ $rc -eq 0 ] && [ ! -s "$W/err" ] && [ "$(cat "$W/out")" = "$want" ] ||
		good=1
	told "$text" $good "$want" "$@"
}

# shows TEXT ERE ARG...: succeeds, and one line of it is like this
shows() {
	local text=$1 want=$2 good=0
	shift 2
	ctl "$@"
	[ $rc -eq 0 ] && [ ! -s "$W/err" ] && grep -Eqx -- "$want" "$W/out" ||
		good=1
	told "$text" $good "$want" "$@"
}

# says TEXT FILTER ARG...: succeeds, prints JSON, and jq's FILTER holds of it
says() {
	local text=$1 want=$2 good=0
	shift 2
	ctl "$@"
	[ $rc -eq 0 ] && [ ! -s "$W/err" ] &&
		jq -se "length == 1 and (.[0] | $want)" "$W/out" >/dev/null ||
		good=1
	told "$text" $good "$want" "$@"
}

# fails TEXT EXIT ERE ARG...: this exit code, and the first line on stderr is
# "hyperctl: " with this in it; the line is clean
fails() {
	local text=$1 code=$2 want=$3 good=0
	shift 3
	ctl "$@"
	[ $rc -eq "$code" ] &&
		head -n 1 "$W/err" | grep -Eq -- "^hyperctl: .*($want)" &&
		! grep -q '[[:cntrl:]]' "$W/err" || good=1
	told "$text" $good "exit $code, $want" "$@"
}

# script TEXT EXIT WANT: the shell, commands on stdin; this code, this output
script() {
	local good=0
	cat >"$W/script"
	# shellcheck disable=SC2086 # $UNDER is a command and its options
	${UNDER:-} "$HYPERCTL" <"$W/script" >"$W/out" 2>"$W/err"
	rc=$?
	[ $rc -eq "$2" ] && [ "$(cat "$W/out")" = "$3" ] || good=1
	told "$1" $good "exit $2, $3" "$(cat "$W/script")"
}

# terminal TEXT DIALOGUE ARG...: hyperctl on a terminal; see dialogue.py
terminal() {
	local text=$1 good=0
	printf '%s\n' "$2" >"$W/dialogue"
	shift 2
	# shellcheck disable=SC2086 # $UNDER is a command and its options
	python3 "$HERE/dialogue.py" "$W/dialogue" ${UNDER:-} "$HYPERCTL" "$@" \
		>"$W/told" 2>&1 || good=1
	verdict "${on:+$on: }$text" $good "$W/told"
}
