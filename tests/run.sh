#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/run.sh [STAGE...]: builds hyper and tests all of it on Debian 12.
# As root it installs the packages that are missing and starts private engines;
# it touches no machine, container or engine of the host. Stages:
#
#   deps      the packages (only those that are missing)
#   build     gcc, -Werror; clang does the same
#   lint unit contract cli rest install
#   man       the manual pages; the examples in those of the C interface
#   abi       the binary interface is the one of the baseline
#   package   the source archive, and Debian's packages on a clean system
#   bindings  each language is told the same; what is its own
#   test      drv_test as a driver, drv_docker on an engine that goes wrong
#   disk      full, read-only and failing disks
#   crash     300 kills; 5000 operations leak nothing
#   docker podman embed system   the drivers on their real engines
#   docker_kills libvirt_kills   kills of users, of hyperd and of the engine
#   quickstart   examples/quickstart.sh, also when it is interrupted
#   asan_unit asan_contract asan_cli asan_rest   with ASan and UBSan
#   fuzz      the corpus of each fuzzed target, with the same
#   tsan_unit tsan_contract   with TSan
#
# Default: all. `build` comes first when it is needed and not there yet. Most
# stages wait most of their time: HYPER_TEST_LANES (2) of them run at once, the
# long ones first, and each is told of when it ends; kills come on top of that.
# The last line is `N passed, N failed, N skipped`; failed ones are shown, and
# the exit code tells. HYPER_TEST_KEEP_LOGS=DIR keeps what was said.
set -eu
here=$(realpath "$(dirname "$0")")
root=${here%/tests}
all='deps build libvirt_kills docker_kills asan_unit tsan_unit quickstart
	asan_rest unit asan_cli lint tsan_contract podman rest cli clang
	asan_contract fuzz package embed system contract docker crash disk bench bindings
	man install abi test'
[ $# -gt 0 ] || set -- $all
given=
for stage; do
	case " $(echo $all) " in
	*" $stage "*) ;;
	*) echo "usage: $0 [STAGE...]; stages:" $all >&2; exit 2 ;;
	esac
	case "$given " in
	*" $stage "*) echo "$0: $stage is given twice" >&2; exit 2 ;;
	esac
	given="$given $stage"
done

# Short, for the sockets of QEMU and of engines have paths of 107 bytes.
name=hyper-test
[ "$(id -u)" -eq 0 ] || name=$name-$(id -u)
top=/tmp/$name
# What is not about disks is done in memory, where a sync costs nothing; not
# where that is small, as in most containers.
memory=/dev/shm/$name
[ "$(df --output=avail /dev/shm 2>/dev/null | sed 1d)" -ge 2097152 ] 2>&- ||
	memory=$top
mkdir -p "$top" "$memory"
exec 9>"$top/lock"
flock -n 9 || { echo "another $0 runs (it holds $top/lock)" >&2; exit 1; }

# Whatever has a path below those in its environment was started by a run of
# ours: scripts and programs have HYPER_TEST_RUN there, engines
# HYPER_ENGINE_DIR, and what libvirt starts has XDG_DATA_HOME.
left_over() (
	unset HYPER_TEST_RUN TMPDIR # this here does not count
	vars='HYPER_TEST_RUN|HYPER_ENGINE_DIR|HOME|TMPDIR|XDG_[A-Z]*_HOME'
	grep -lszE "^($vars)=($top|$memory)/" /proc/[0-9]*/environ | cut -d/ -f3 || true
)
kill_left_over() {
	for pid in $(left_over); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}
kill_stage() { # STAGE: what it has started, but for engines
	for pid in $(grep -lsz "^HYPER_TEST_STAGE=$1\$" /proc/[0-9]*/environ |
		cut -d/ -f3); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}
end_left_over() {
	kill_left_over # scripts first, for they may start more
	for engine in "$top"/*/*/*/engine; do
		[ ! -e "$engine" ] || "$here/support/engines/$(cat "$engine")" \
			stop "${engine%/engine}" || true
	done
	kill_left_over
}

# What an earlier run left that was killed
end_left_over
find "$top" "$memory" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +

work=$(mktemp -d "$top/XXXXXX")
fast=$(mktemp -d "$memory/XXXXXX")
chmod 755 "$work" "$fast"
running=
cleanup() {
	trap '' HUP INT TERM
	for job in $running; do
		kill "${job%%:*}" 2>/dev/null || true
		wait "${job%%:*}" || true
	done
	end_left_over
	rm -rf "$work" "$fast"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
export HYPER_TEST_RUN="$work" TMPDIR="$work" LC_ALL=C.UTF-8
CMAKE_BUILD_PARALLEL_LEVEL=$(nproc)
export CMAKE_BUILD_PARALLEL_LEVEL

# --- stages -----------------------------------------------------------------

packages='gcc g++ libc6-dev make cmake pkg-config clang clang-format shellcheck
	libclang-rt-dev
	check libsubunit-dev libjson-c-dev libsqlite3-dev libcurl4-gnutls-dev
	libgnutls28-dev libinih-dev libmd-dev libulfius-dev libmicrohttpd-dev
	libsystemd-dev libedit-dev
	libsmartcols-dev libvirt-dev libxml2-dev libxml2-utils jq curl socat
	sqlite3
	python3 procps psmisc systemd prometheus zsh fish
	openssl file git perl strace tini iproute2 iptables bsdextrautils util-linux
	python3-cffi python3-dev python3-all-dev python3-venv python3-setuptools
	python3-wheel python3-flask mypy abigail-tools man-db mandoc
	dpkg-dev debhelper dh-python lintian mmdebstrap
	docker.io podman crun containernetworking-plugins docker-registry
	libvirt-daemon-system libvirt-clients libvirt-daemon-driver-qemu
	qemu-system-x86 qemu-utils seabios dnsmasq-base
	syslinux mtools busybox-static cpio e2fsprogs'

stage_deps() {
	missing=
	for package in $packages; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q ' installed$' || missing="$missing $package"
	done
	# Node may come from elsewhere, and Debian's npm does not go with that.
	command -v npm >/dev/null || missing="$missing nodejs npm"
	if [ -z "$missing" ]; then
		echo "ok   all packages are there"
		return
	fi
	# shellcheck disable=SC2086 # words are meant
	if export DEBIAN_FRONTEND=noninteractive && apt-get update &&
		apt-get install -y --no-install-recommends $missing; then
		echo "ok   packages are installed:$missing"
	else
		echo "FAIL packages:$missing"
	fi
}

# build_tree NAME [CMAKE-OPTION...]
build_tree() {
	name=$1
	shift
	if cmake -S "$root" -B "$work/$name" \
		-DCMAKE_INSTALL_PREFIX="$work/prefix" "$@" &&
		cmake --build "$work/$name"; then
		echo "ok   builds: $name"
	else
		echo "FAIL builds: $name"
		return 1
	fi
}

# once NAME CMD...: several stages need what CMD makes, at the same time.
once() (
	exec 8>"$work/$1.lock"
	flock 8
	made=$work/$1.made
	shift
	[ -e "$made" ] || { "$@" 8>&- && touch "$made"; }
)

stage_build() { once gcc build_tree gcc -DCMAKE_C_COMPILER=gcc; }
stage_clang() { build_tree clang -DCMAKE_C_COMPILER=clang; }

# A shell lets what runs in its background ignore Ctrl-C; tests must not.
# shellcheck disable=SC2086 # words are meant
script() {
	file=$here/$1
	shift
	$under env --default-signal=INT,QUIT bash "$file" "$@"
}
under=
stage_lint() { script lint/run.sh; }
stage_unit() { script unit.sh; }
stage_contract() { script contract/run.sh; }
stage_cli() { script cli/test_cli.sh; }
stage_rest() { script rest/test_rest.sh; }
stage_abi() { script abi/run.sh; }
stage_bindings() { script bindings/run.sh; }
stage_install() { script install/run.sh; }
stage_package() { script package/run.sh; }
stage_man() { script man/run.sh; }
stage_test() {
	script driver/test.sh
	script driver/faults.sh
}
stage_disk() { script disk/run.sh; }
stage_crash() {
	script crash/run.sh 300
	script crash/leak.sh 5000
}

need_root() {
	[ "$(id -u)" -eq 0 ] || { echo "skip $1: needs root"; return 1; }
}
stage_docker() { ! need_root dockerd || script driver/docker.sh; }
stage_podman() { ! need_root podman || script driver/podman.sh; }
tiny() {
	export TINY="$work/tiny.qcow2"
	once tiny "$root/examples/images/tiny-guest-image.sh" "$TINY" ||
		{ echo "FAIL tiny guest image"; return 1; }
}
stage_embed() { tiny && script driver/libvirt.sh embed; }
stage_system() {
	! need_root "libvirt system" ||
		{ tiny && script driver/libvirt.sh system; }
}

stage_docker_kills() { ! need_root dockerd || script crash/engines.sh docker 2; }
stage_libvirt_kills() {
	! need_root "libvirt system" || script crash/engines.sh libvirt 2
}

stage_bench() { tiny && script bench/run.sh --quick --out "$work/bench"; }

stage_quickstart() {
	! need_root "quickstart" || { tiny && script quickstart/run.sh; }
}

sanitized() { # NAME FLAGS
	once "$1" build_tree "$1" -DCMAKE_BUILD_TYPE=Debug \
		-DCMAKE_C_FLAGS="-O1 -fno-omit-frame-pointer $2" || return
	export HYPER_BUILD="$work/$1"
}
asan() { # SCRIPT [ARG...]
	sanitized asan '-fsanitize=address,undefined -fno-sanitize-recover=all' ||
		return
	# Without the last one, the leak checker itself crashes at times when
	# threads came and went: it scans thread-local memory that never was
	# (https://github.com/google/sanitizers/issues/1353).
	ASAN_OPTIONS=detect_stack_use_after_return=1:intercept_tls_get_addr=0
	export ASAN_OPTIONS
	export UBSAN_OPTIONS=print_stacktrace=1
	export LSAN_OPTIONS="print_suppressions=0:suppressions=$here/data/lsan.supp"
	script "$@"
}
stage_asan_unit() { asan unit.sh; }
stage_asan_contract() { asan contract/run.sh; }
# Without the parts that are about time: a sanitizer takes all of it.
stage_asan_cli() {
	asan cli/test_cli.sh usage remote machines comfort api completion \
		adopt follow token shell tty edge
}
stage_asan_rest() {
	asan rest/test_rest.sh config server tls systemd access api events \
		streams http service abuse stop
}
stage_fuzz() { asan fuzz/replay.sh; }
tsan() { # SCRIPT
	sanitized tsan -fsanitize=thread || return
	export TSAN_OPTIONS="suppressions=$here/data/tsan.supp"
	# Addresses that are too random leave it no place for its own.
	under='setarch -R'
	script "$1"
}
stage_tsan_unit() { tsan unit.sh; }
stage_tsan_contract() { tsan contract/run.sh; }

# --- running them -----------------------------------------------------------

passed=0
failed=0
skipped=0
limit=2400 # seconds for one stage: none takes half of that
running= # PID:BEGAN:STAGE...

start() { # STAGE
	(
		exec 9>&-
		export HYPER_TEST_STAGE="$1"
		case $1 in
		unit | contract | cli | rest | bindings | test | crash | \
			fuzz | asan_* | tsan_*)
			export HYPER_TEST_RUN="$fast" TMPDIR="$fast"
			;;
		esac
		status=0
		("stage_$1") || status=$?
		echo $status >"$work/$1.status"
	) >"$work/$1.log" 2>&1 </dev/null &
	running="$running $!:$(date +%s):$1"
}

count() { grep -c "^$1 " "$log" || true; }

tell() { # STAGE SECONDS
	log=$work/$1.log
	status=$(cat "$work/$1.status")
	good=$(count 'ok  ')
	bad=$(count FAIL)
	left=$(count skip)
	# What ended badly without saying so
	if [ $bad -eq 0 ] && { [ $status -ne 0 ] || [ "$good$left" = 00 ]; }; then
		bad=1
		tail -n 40 "$log" | sed 's/^/     | /' >"$log.end"
		echo "FAIL $1: ended with status $status" >>"$log"
		cat "$log.end" >>"$log"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	skipped=$((skipped + left))
	printf '== %-13s%5d ok %3d failed %3d skipped %5d s\n' "$1" \
		"$good" "$bad" "$left" "$2"
	sed -n -E '/^(FAIL|skip) /,/^ok /{/^(FAIL|skip|     \|) ?/p}' "$log"
	[ -z "${HYPER_TEST_KEEP_LOGS:-}" ] || cp "$log" "$HYPER_TEST_KEEP_LOGS"
}

# How many stages count. Who kills an engine waits for minutes, until what its
# dead left is given up: such a stage takes no lane.
busy() { # LANES
	idle=_kills
	[ "$1" -gt 1 ] || idle=none # then they are to end
	for job in $running; do
		echo "$job"
	done | grep -vc "$idle\$" || true
}

# Until fewer than LANES stages run
await() { # LANES
	while :; do
		still=
		now=$(date +%s)
		for job in $running; do
			pid=${job%%:*}
			name=${job##*:}
			began=${job#*:}
			took=$((now - ${began%:*}))
			if [ $took -ge $limit ]; then
				echo "FAIL $name: still runs after $limit s" \
					>>"$work/$name.log"
				kill "$pid" 2>/dev/null || true
				kill_stage "$name"
				echo 1 >"$work/$name.status"
			fi
			if [ -s "$work/$name.status" ]; then
				wait "$pid" || true
				tell "$name" $took
			else
				still="$still $job"
			fi
		done
		running=$still
		[ "$(busy "$1")" -ge "$1" ] || return 0
		sleep 0.2
	done
}

export HYPER_BUILD="$work/gcc"
for stage; do
	case $stage in
	deps | build) lanes=1 ;;
	*) lanes=$((${HYPER_TEST_LANES:-2})) ;;
	esac
	case $stage in
	deps | build | clang | fuzz | asan_* | tsan_*) ;;
	*)
		[ -e "$work/build.status" ] || { start build; await 1; }
		;;
	esac
	case $stage in
	build) [ -e "$work/build.status" ] || start build ;;
	*) start "$stage" ;;
	esac
	await $lanes
done
await 1

log=$work/end.log
left=$(left_over)
if [ -z "$left" ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAIL something still runs:"
	for pid in $left; do
		echo "     | $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c1-200)"
	done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
