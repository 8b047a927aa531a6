# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the driver tests share: hyperctl on a state of their own, engines of
# their own, the conformance program.
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

ENGINES=$ROOT/tests/support/engines
STATE=$W/state
engines=()

# only TYPE: this driver and no other
only() {
	mkdir "$W/drivers"
	cp "$BUILD/drivers/drv_$1.so" "$W/drivers" || exit 1
	export HYPER_DRIVER_DIR=$W/drivers
}

# A subreaper, for libvirt waits for orphans to be reaped. No tini, no harm.
under=()
! command -v tini >/dev/null || under=(tini -s --)

ctl() { "${under[@]}" "$BUILD/bin/hyperctl" --uri "$STATE" "$@"; }

# fails CODE TEXT CMD...: CMD ends with CODE, and says TEXT
fails() {
	local code=$1 text=$2 is
	shift 2
	"$@" >"$W/fails.out" 2>&1
	is=$?
	cat "$W/fails.out"
	echo "exit $is, wanted $code and: $text"
	[ $is -eq "$code" ] && grep -qF -- "$text" "$W/fails.out"
}

# plans TEXT ARG...: hyperctl succeeds, and tells that it would do this
plans() {
	local text=$1
	shift
	ctl "$@" >"$W/plan" && cat "$W/plan" && grep -qF -- "  $text" "$W/plan"
}

# machine ID FILTER: jq's FILTER is true of the machine
machine() {
	ctl get "$1" -f json >"$W/machine.json" && cat "$W/machine.json" &&
		jq -e "$2" "$W/machine.json"
}

# driver FILTER: the same of our driver
driver() {
	ctl drivers -f json >"$W/drivers.json" && cat "$W/drivers.json" &&
		jq -e ".[] | select(.name == \"$TYPE\") | $1" "$W/drivers.json"
}

engine() { # NAME start|stop|… [ARGS]
	local name=$1 op=$2
	shift 2
	"$ENGINES/$name" "$op" "$W/$name" "$@"
}

# use_engine NAME [ARGS]: started, and stopped at the end
use_engine() {
	engines=("$1" "${engines[@]}")
	engine "$1" start "${@:2}" && eval "$(engine "$1" env)"
}

# web ADDRESS [CMD...]: a web server, run by CMD, at $URL
web() {
	mkdir "$W/web"
	echo 'hello from outside' >"$W/web/index.html"
	"${@:2}" python3 -u -m http.server 0 --bind "$1" --directory "$W/web" \
		>"$W/web.log" 2>&1 </dev/null &
	started $!
	wait_for 20 grep -q ' port ' "$W/web.log" || { cat "$W/web.log"; return 1; }
	URL=http://$1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$W/web.log")/
}

# web_beyond ENGINE: the same in a network beyond the engine's, which knows no
# way back to the network of its machines
web_beyond() {
	engine "$1" exec sh -ec '
		ip netns add beyond
		ip link add near type veth peer name far netns beyond
		ip addr add 198.51.100.1/24 dev near
		ip link set near up
		ip -n beyond addr add 198.51.100.2/24 dev far
		ip -n beyond link set far up' &&
		web 198.51.100.2 engine "$1" exec ip netns exec beyond
}

tidy() {
	local name
	for name in "${engines[@]}"; do
		engine "$name" stop || true
	done
}

# watching: a hyperd that asks the engine every hour only, so that what it
# knows is what the engine has told it
watching() {
	env "HYPER_${TYPE^^}_POLL=3600" "${under[@]}" "$BUILD/bin/hyperd" \
		--state "$STATE" --socket "$W/watching.sock" \
		>"$W/watching.out" 2>&1 </dev/null &
	watcher=$!
	started $watcher
	wait_for 20 grep -q '^hyperd: ready' "$W/watching.out"
}

# told ID FILTER: jq's FILTER is true of what that hyperd knows of the machine
told() {
	tail -n 20 "$W/watching.out"
	curl -fsS --unix-socket "$W/watching.sock" \
		"http://localhost/hyper/machines/$1" >"$W/told.json" &&
		cat "$W/told.json" && jq -e "$2" "$W/told.json"
}

# build_example NAME: of examples/
build_example() {
	cc -o "$W/$1" "$ROOT/examples/$1.c" "-I$ROOT/libhyper/include" \
		"-L$BUILD/libhyper" "-Wl,-rpath,$BUILD/libhyper" -lhyper
}

# example NAME [ARG...]: on our state
example() {
	build_example "$1" && HYPER_URI=$STATE "${under[@]}" "$W/$1" "${@:2}"
}

# conformance NAME [OPTION...]
conformance() {
	local name=$1 status
	shift
	"${under[@]}" "$BUILD/bin/hyper-driver-check" --uri "$STATE" "$@" \
		</dev/null 2>&1 | sed -E "s/^(ok  |FAIL) /\\1 $name: /"
	status=${PIPESTATUS[0]}
	[ "$status" -eq 0 ] || failed=1
	[ "$status" -le 1 ] || echo "FAIL $name: ended with $status"
}
