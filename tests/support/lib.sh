# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the test scripts share. A test prints one line: `ok TEXT`, `FAIL TEXT`
# (and what the command said, indented) or `skip TEXT`; run.sh counts them.
# Source it from a script in a folder below tests/; it sets
#
#   ROOT   the top of the source tree
#   BUILD  the build tree: $HYPER_BUILD, else ROOT/build
#   W      a scratch directory, removed at the end
#
# A script ends with `finish`. What it starts in the background it names with
# `started PID`; the end of the script stops exactly those.

ROOT=$(realpath "$0")
ROOT=${ROOT%/tests/*}
# shellcheck disable=SC2034 # for those who source this
BUILD=${HYPER_BUILD:-$ROOT/build}
W=$(mktemp -d "${HYPER_TEST_RUN:-${TMPDIR:-/tmp}}/XXXXXX")
chmod 755 "$W" # QEMU may run as another user
failed=0
started_pids=

# A proxy must not come between us and loopback, nor the user's settings.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
unset HYPER_URI HYPER_TOKEN HYPER_TOKEN_FILE HYPER_CA_FILE HYPER_CLIENT_CERT

started() { started_pids="$1 $started_pids"; }

# stop_pid PID: SIGTERM, and after 10 s SIGKILL
stop_pid() {
	kill "$1" 2>/dev/null || return 0
	wait_for 10 gone "$1" || kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# A zombie is gone as well.
gone() {
	case $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) in
	'' | Z | X) ;;
	*) return 1 ;;
	esac
}

# A script may have its own things to end: it defines `tidy`.
tidy() { :; }
cleanup() {
	trap '' HUP INT TERM
	tidy || true
	for pid in $started_pids; do
		stop_pid "$pid"
	done
	rm -rf "$W"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# wait_for SECONDS CMD...: until CMD succeeds
wait_for() {
	wait_end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$wait_end" ] || return 1
		sleep 0.1
	done
}

# check TEXT CMD...
check() {
	check_text=$1
	shift
	if "$@" >"$W/check.out" 2>&1 </dev/null; then
		echo "ok   $check_text"
	else
		echo "FAIL $check_text"
		tail -n 40 "$W/check.out" | sed 's/^/     | /'
		failed=1
	fi
}

skip() { echo "skip $*"; }

not() { ! "$@"; }

# suite TEXT CMD...: a program of check's; each of its tests is one line. Its
# TAP log has them all, whatever else the program prints.
suite() {
	suite_text=$1
	shift
	suite_status=0
	rm -f "$W/suite.tap"
	CK_TAP_LOG_FILE_NAME="$W/suite.tap" "$@" >"$W/suite.out" 2>&1 \
		</dev/null || suite_status=$?
	[ -e "$W/suite.tap" ] || : >"$W/suite.tap"
	# What failed comes last, with what the program said below it.
	sed -n -E "s|^ok [0-9]+ - [^:]*:([^:]*):([^:]*):.*|ok   $suite_text: \1: \2|p" \
		"$W/suite.tap"
	sed -n -E "s|^not ok [0-9]+ - ([^:]*):([^:]*):([^:]*): *(.*)|FAIL $suite_text: \2: \3: \4|p" \
		"$W/suite.tap"
	[ $suite_status -ne 0 ] || return 0
	failed=1
	grep -q '^not ok ' "$W/suite.tap" ||
		echo "FAIL $suite_text: ended with status $suite_status"
	tail -n 60 "$W/suite.out" | sed 's/^/     | /'
}

finish() { exit $failed; }
