#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh [WORLD...]: the contract on a state directory (local), on a hyperd's
# unix socket (unix) and over TCP with its token (http); then what they said is
# compared. Default: all three.
set -eu
. "$(dirname "$0")/../support/lib.sh"
[ $# -gt 0 ] || set -- local unix http

mkdir "$W/drivers"
cp "$BUILD/drivers/drv_test.so" "$W/drivers"
export HYPER_DRIVER_DIR="$W/drivers"
# Machines outlive the process, as those of a real engine do.
export HYPER_TEST_KEEP=yes
export TMPDIR="$W"

# serve NAME [OPTION...]: a hyperd with $W/NAME as its state
serve() {
	name=$1
	shift
	"$BUILD/bin/hyperd" --state "$W/$name" --socket "$W/$name.sock" "$@" \
		>"$W/$name.out" 2>"$W/$name.log" </dev/null &
	served=$!
	started $served
	wait_for 20 grep -q '^hyperd: ready' "$W/$name.out" || {
		echo "FAIL $name: hyperd does not start"
		sed 's/^/     | /' "$W/$name.log"
		failed=1
		return 1
	}
}

# Machines that the engine has and hyper did not make
strays() { # NAME
	mkdir -p "$W/$1/test"
	uuid=00000000-0000-4000-8000-00000000000
	echo "${uuid}1 4 -" >"$W/$1/test/stray.machine"
	echo "${uuid}2 2 -" >"$W/$1/test/No_Id.machine"
	echo "${uuid}3 2 ${uuid}9" >"$W/$1/test/foreign.machine"
}

contract() { # NAME URI
	strays "$1"
	export HYPER_TEST_TRANSCRIPT="$W/$1.transcript"
	suite "$1" "$BUILD/tests/contract" "$2"
}

# A sanitizer that found something in hyperd shows here.
ends_well() { # NAME
	kill "$served"
	wait "$served" && status=0 || status=$?
	cat "$W/$1.log"
	echo "status $status"
	[ "$status" -eq 0 ] && ! grep -q 'Sanitizer' "$W/$1.log"
}

for world; do
	case $world in
	local) contract local "$W/local" ;;
	unix)
		serve unix && contract unix "unix:$W/unix.sock" &&
			check "unix: hyperd ends well" ends_well unix
		;;
	http)
		export HYPER_TOKEN_FILE="$W/http/token"
		serve http --listen 127.0.0.1:0 && contract http \
			"$(sed -n 's/^hyperd: listening on \(http:.*\)/\1/p' \
				"$W/http.out")" &&
			check "http: hyperd ends well" ends_well http
		;;
	*) echo "usage: $0 [local] [unix] [http]" >&2; exit 2 ;;
	esac
done

[ -z "${KEEP:-}" ] || cp "$W"/*.transcript "$KEEP"
first=$1
shift
for world; do
	check "$first and $world say the same, in every word" \
		diff "$W/$first.transcript" "$W/$world.transcript"
done
finish
