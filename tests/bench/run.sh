#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [--quick] [--install] [--out DIR] [PART...]
#
# Measures hyper beside its peers, in turn on the same machine, and prints a
# table of ratios; bench.md, bench.json and latency.svg in DIR say the same. No
# peer is needed, each one that is there is used; --install gets wrk and lxd
# from apt. hyper is built as Release in DIR/build, unless HYPER_BUILD names a
# build. --quick is a smoke run of the harness, under a minute: whether figures
# come out, not how large they are. It fails where one does not.
set -uo pipefail
all='http page inproc crowd idle size docker libvirt image unix'
quick=
install=
out=
parts=
command="tests/bench/run.sh${*:+ $*}"
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes ;;
	--install) install=yes ;;
	--out) out=${2:?--out needs a directory}; shift ;;
	*)
		case " $all " in
		*" $1 "*) parts="$parts $1" ;;
		*) echo "usage: $0 [--quick] [--install] [--out DIR]" \
			"[PART...]; parts: $all" >&2; exit 2 ;;
		esac
		;;
	esac
	shift
done
# shellcheck source=tests/bench/bench.bash
. "$(dirname "$(realpath "$0")")/bench.bash"
out=${out:-${TMPDIR:-/tmp}/hyper-bench}
mkdir -p "$out"
out=$(realpath "$out")
broken=0
say() { echo "# $*" >&2; }

if [ -n "$install" ]; then
	apt-get install -y --no-install-recommends wrk lxd lxd-client >&2 ||
		say "apt-get cannot install wrk and lxd: without them"
fi
if [ -z "${HYPER_BUILD:-}" ]; then
	say "build"
	BUILD=$out/build
	cmake -S "$ROOT" -B "$BUILD" -DCMAKE_BUILD_TYPE=Release \
		-DBUILD_TESTING=OFF -DHYPER_MAN=OFF >"$W/build.log" &&
		cmake --build "$BUILD" -j"$(nproc)" >>"$W/build.log" ||
		{ tail -n 30 "$W/build.log" >&2; exit 1; }
fi
# Machines of drv_test outlive the process, as those of a real engine do.
export BUILD HYPER_DRIVER_DIR=$BUILD/drivers HYPER_TEST_KEEP=yes
check "the programs are built" build_programs
[ "$failed" -eq 0 ] || finish

for part in ${parts:-$all}; do
	say "$part ($SECONDS s)"
	# shellcheck disable=SC2034 # for the parts
	why=
	# shellcheck source=/dev/null
	. "$here/$part.bash"
done

type=$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
host="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) \
cores, $(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GiB, \
Linux $(uname -r), $(stat -f -c %T "$W"); $(. /etc/os-release &&
	echo "$PRETTY_NAME"); build ${type:-unknown}"
python3 "$here/report.py" "$FIGURES" "$out" "$host" "$command" || failed=1
if [ $broken -ne 0 ] && [ -n "$quick" ]; then
	echo "FAIL some figures were not measured"
	failed=1
elif [ -n "$quick" ]; then
	echo "ok   figures come out"
fi
finish
