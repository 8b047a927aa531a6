# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
#
# What the parts of test_rest.sh share: verdicts, hyperds, requests.

passed=0
failures=0

# verdict TEXT STATUS [FILE]: FILE says more about a failure
verdict() {
	if [ "$2" -eq 0 ]; then
		echo "ok   $1"
		passed=$((passed + 1))
	else
		echo "FAIL $1"
		[ ! -e "${3:-}" ] || tail -n 20 "$3" | cut -c1-300 | sed 's/^/     | /'
		failures=$((failures + 1))
		return 1
	fi
}

# As that of support/lib.sh, but counted.
check() {
	local text=$1
	shift
	"$@" >"$W/check.out" 2>&1 </dev/null
	verdict "$text" $? "$W/check.out"
}

# ok_if TEXT TEST...: [ TEST... ]
ok_if() {
	local text=$1
	shift
	echo "[ $* ]" >"$W/check.out"
	[ "$@" ]
	verdict "$text" $? "$W/check.out"
}

finish() {
	echo "$passed passed, $failures failed"
	[ "$failures" -eq 0 ]
	exit
}

# --- hyperds: each has a name; $W/NAME is its state, socket, out, err -------

sock() { echo "$W/$1/run/hyperd.sock"; }

# start_hyperd NAME [OPTION...]: until it is ready; its pid is in $pid.
start_hyperd() {
	local name=$1
	shift
	mkdir -p "$W/$name"
	: >"$W/$name/out"
	# shellcheck disable=SC2086 # $UNDER is a command and its options
	${UNDER:-} "$HYPERD" --state "$W/$name/state" --socket "$(sock "$name")" \
		"$@" >"$W/$name/out" 2>>"$W/$name/err" &
	pid=$!
	started $pid
	wait_for 20 is_ready_or_gone "$W/$name/out" $pid
	grep -qx 'hyperd: ready' "$W/$name/out"
}

is_ready_or_gone() { grep -qx 'hyperd: ready' "$1" || gone "$2"; }

# end_hyperd PID [SIGNAL]: $rc is its exit code, $took how many ms it took
end_hyperd() {
	local since
	since=$(date +%s%N)
	kill "-${2:-TERM}" "$1"
	wait "$1"
	rc=$?
	took=$((($(date +%s%N) - since) / 1000000))
}

# cannot TEXT WORD OPTION...: exit 1, and stderr says WORD
cannot() {
	local text=$1 word=$2 is
	shift 2
	timeout 20 "$HYPERD" --state "$W/server/state" "$@" >"$W/check.out" 2>&1
	is=$?
	echo "wanted: $word, exit 1, not $is" >>"$W/check.out"
	head -n -1 "$W/check.out" | grep -qF -- "$word" && [ $is -eq 1 ]
	verdict "$text" $? "$W/check.out"
}

# url_of NAME: of its first TCP address
url_of() { sed -n 's|^hyperd: listening on \(http.*\)|\1|p' "$W/$1/out" | head -n 1; }

# --- requests ----------------------------------------------------------------

# By default they go to the socket of the hyperd named $on.
on=main

# Each exchange is kept as files, for what openapi.bash does with them.
exchanges=${HYPER_TEST_RECORD:-$W/exchanges}
mkdir -p "$exchanges"

# record METHOD TARGET HEADER...: what ask() has sent, and got
record() {
	local to
	to=$exchanges/$EPOCHREALTIME.$BASHPID
	mkdir "$to"
	printf '%s\n' "$1" "$2" "$status" >"$to/line"
	shift 2
	printf '%s\n' "$@" >"$to/asked"
	cp "$W/body" "$W/headers.raw" "$to"
	[ ! -e "$W/sent" ] || mv "$W/sent" "$to"
}

# ask METHOD TARGET [BODY [HEADER...]]: sets $status; $W/body and $W/headers
# (lower-case names) have the rest. A body is JSON unless a header says else.
ask() {
	local method=$1 target=$2 asked=()
	local curl=(curl -sS -g --path-as-is --max-time 60 -o "$W/body"
		-D "$W/headers.raw" -w '%{http_code}')
	shift 2
	case $target in
	http*) ;;
	*)
		curl+=(--unix-socket "$(sock "$on")")
		target=http://localhost$target
		;;
	esac
	if [ "$method" = HEAD ]; then
		curl+=(-I)
	else
		curl+=(-X "$method")
	fi
	if [ $# -gt 0 ]; then
		if [ -n "$1" ]; then
			printf %s "$1" >"$W/sent"
			curl+=(-H 'Expect:' --data-binary "@$W/sent")
			[[ $* == *Content-Type* ]] ||
				asked+=('Content-Type: application/json')
		fi
		shift
		asked+=("$@")
		for header in "${asked[@]}"; do
			curl+=(-H "$header")
		done
	fi
	: >"$W/body"
	: >"$W/headers.raw"
	status=$("${curl[@]}" "$target" 2>"$W/curl.err") || true
	record "$method" "$target" "${asked[@]}"
	tr -d '\r' <"$W/headers.raw" |
		sed 's/^\([A-Za-z-]*\):/\L\1:/' >"$W/headers"
}

header() { sed -n "s/^$1: //p" "$W/headers" | tail -n 1; }
field() { jq -r "$1" "$W/body"; }

# What went wrong, for verdict.
tell() {
	{
		echo "status $status, wanted $1"
		[ -z "${2:-}" ] || echo "body wanted: $2"
		cat "$W/curl.err" "$W/headers" "$W/body"
	} >"$W/check.out" 2>&1
}

# is TEXT STATUS FILTER METHOD TARGET [BODY [HEADER...]]: the status is right,
# and jq's FILTER (- for none) holds of the body.
is() {
	local text=$1 want=$2 filter=$3 good=0
	shift 3
	ask "$@"
	[ "$status" = "$want" ] || good=1
	if [ "$filter" != - ]; then
		jq -e "$filter" "$W/body" >/dev/null 2>&1 || good=1
	fi
	tell "$want" "$filter"
	verdict "$text" $good "$W/check.out"
}

# problem TEXT STATUS SLUG FIELD METHOD TARGET [BODY [HEADER...]]: the answer is
# a problem document (RFC 9457) that says so. FIELD is a pattern; -: none.
problem() {
	local text=$1 want=$2 slug=$3 which=$4 good=0
	local filter=".type == \"urn:hyper:problem:$slug\" and .status == $want
		and (.title | length > 0) and (.detail | length > 0)
		and (.detail | test(\"[.\n]\$\") | not)"
	shift 4
	ask "$@"
	[ "$status" = "$want" ] || good=1
	[ "$(header content-type)" = application/problem+json ] || good=1
	jq -e "$filter" "$W/body" >/dev/null 2>&1 || good=1
	# shellcheck disable=SC2053 # it is a pattern
	[[ $(field '.field // "-"') == $which ]] || good=1
	tell "$want" "$filter, field $which"
	verdict "$text" $good "$W/check.out"
}

# raw TEXT WANT WHAT [BYTES]: raw.py's request WHAT is answered with WANT (an
# extended regular expression): statuses by commas, `none` for no answer.
raw() {
	local text=$1 want=$2
	shift 2
	python3 "$HERE/raw.py" "$(sock "$on")" "$@" >"$W/raw.out" 2>&1
	echo "wanted $want" >>"$W/raw.out"
	head -n 1 "$W/raw.out" | grep -Eqx "$want"
	verdict "$text" $? "$W/raw.out"
}
