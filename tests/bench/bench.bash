# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the parts of run.sh share: programs, states, daemons, figures.
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

here=$ROOT/tests/bench
FIGURES=$W/figures
: >"$FIGURES"

# pick FULL QUICK: the one that holds
pick() { [ -z "$quick" ] && echo "$1" || echo "$2"; }

has() {
	local cmd
	for cmd; do
		command -v "$cmd" >/dev/null || return 1
	done
}

# --- figures -----------------------------------------------------------------

figure() { python3 "$here/record.py" "$FIGURES" "$@"; }

# unmeasured WHAT BESIDE REASON: in a smoke run that is a failure
unmeasured() {
	figure what="$1" beside="$2" reason="$3"
	broken=1
}

# no_peer WHAT BESIDE REASON: nothing is wrong with us
no_peer() { figure what="$1" beside="$2" reason="$3" peer=missing; }

# measure RESULT ROUNDS NAME CMD [ARG...] [+ NAME CMD...]: see measure.py;
# $why has the last words of a program that fails
measure() {
	local result=$1 rounds=$2
	shift 2
	python3 "$here/measure.py" "$rounds" "$W/$result" "$@" \
		2>"$W/measure.err" && return
	why=$(tail -n 2 "$W/measure.err" | paste -sd' ')
	return 1
}

# --- programs ----------------------------------------------------------------

# Programs of a file each; with what else they need.
build_programs() {
	local name extra
	mkdir -p "$W/bin"
	for name in get:http.c life: life_engine:http.c inproc: \
		statements:-lsqlite3 create: syncs: first:http.c spawn:; do
		extra=${name#*:}
		build_program "${name%%:*}" ${extra:+"${extra/http.c/$here/http.c}"} ||
			return
	done
}

build_program() { # NAME [MORE...]
	cc -std=gnu11 -O2 -Wall -Wextra -o "$W/bin/$1" "$here/$1.c" "${@:2}" \
		"-I$ROOT/libhyper/include" "-L$BUILD/libhyper" \
		"-Wl,-rpath,$BUILD/libhyper" -lhyper -lpthread
}

# --- hyper -------------------------------------------------------------------

# filled COUNT: the name of a state with so many machines, made once; below it
# are its socket and what its hyperd says
filled() {
	local state=$W/n$1
	[ -e "$state" ] || "$here/fill.sh" "$state" "$1" >&2 || return
	echo "$state"
}

# serve STATE [OPTION...]: a hyperd, ready; sets $served and $socket
serve() {
	local out=$1.out
	socket=$1.sock
	"$BUILD/bin/hyperd" --state "$1" --socket "$socket" "${@:2}" \
		>"$out" 2>&1 </dev/null &
	served=$!
	started $served
	wait_for 60 grep -qE '^hyperd: (ready|cannot)' "$out" &&
		grep -q '^hyperd: ready' "$out" && return
	why="hyperd does not start: $(tail -n 1 "$out")"
	return 1
}

# stop_served: it, if there is one
served=
stop_served() {
	[ -z "$served" ] || stop_pid "$served"
	served=
}

# settled PID: it has done what there was to do after its start
settled() {
	local before now
	before=$(cut -d' ' -f14,15 "/proc/$1/stat")
	sleep 1
	now=$(cut -d' ' -f14,15 "/proc/$1/stat")
	[ "$before" = "$now" ]
}

# pss PID...: the memory that they alone have, and their share of what they
# have in common with others, in KiB
pss() {
	local pid
	for pid; do
		cat "/proc/$pid/smaps_rollup"
	done 2>/dev/null | awk '/^Pss:/ { kb += $2 } END { print kb + 0 }'
}

# --- engines -----------------------------------------------------------------

engines=()
engine() { # NAME start|stop|… [ARGS]
	"$ROOT/tests/support/engines/$1" "$2" "$W/$1" "${@:3}"
}

# use_engine NAME: started once, and stopped at the end; false if it cannot be
use_engine() {
	case " ${engines[*]} " in *" $1 "*) return 0 ;; esac
	if [ "$(id -u)" -ne 0 ]; then
		why="needs root"
		return 1
	fi
	if [ -n "$quick" ] && [ "$1" = lxd ]; then
		why="takes too long for --quick"
		return 1
	fi
	if ! engine "$1" start >"$W/$1.start" 2>&1; then
		why=$(head -n 1 "$W/$1.start")
		engine "$1" stop >/dev/null 2>&1
		return 1
	fi
	engines=("$1" "${engines[@]}")
	eval "$(engine "$1" env)"
}

# engine_pids NAME: all of its processes, but what keeps the cell
engine_pids() {
	local ns pid
	ns=$(engine "$1" exec readlink /proc/self/ns/pid)
	for pid in /proc/[0-9]*; do
		[ "$(readlink "$pid/ns/pid" 2>/dev/null)" = "$ns" ] || continue
		case $(cat "$pid/comm" 2>/dev/null) in
		tini | sleep | '') ;;
		*) echo "${pid#/proc/}" ;;
		esac
	done
}

tidy() {
	local name
	for name in "${engines[@]}"; do
		engine "$name" stop || true
	done
}
