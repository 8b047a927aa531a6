#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/fuzz/run.sh [SECONDS [TARGET...]]: fuzzes each target (default: all)
# for so long (60), with clang's libFuzzer, ASan and UBSan, built in
# HYPER_FUZZ_BUILD (build-fuzz). An input that breaks something stands in
# findings/TARGET there; what reaches new code is added to corpus/TARGET here.
set -eu
. "$(dirname "$0")/../support/lib.sh"
seconds=${1:-60}
[ $# -eq 0 ] || shift
here=$ROOT/tests/fuzz
BUILD=${HYPER_FUZZ_BUILD:-$ROOT/build-fuzz}
if [ $# -eq 0 ]; then
	for source in "$here"/fuzz_*.c; do
		target=${source##*/fuzz_}
		set -- "$@" "${target%.c}"
	done
fi
case $seconds in
'' | *[!0-9]*) echo "usage: $0 [SECONDS [TARGET...]]" >&2; exit 2 ;;
esac

export TMPDIR="$W" HYPER_DRIVER_DIR="$BUILD/drivers"
# As in tests/run.sh
export ASAN_OPTIONS=detect_stack_use_after_return=1:intercept_tls_get_addr=0
export UBSAN_OPTIONS=print_stacktrace=1

build() {
	cmake -S "$ROOT" -B "$BUILD" -DCMAKE_C_COMPILER=clang \
		-DHYPER_FUZZ=ON -DHYPER_MAN=OFF &&
		cmake --build "$BUILD" --target fuzz
}

# fuzzer TARGET OPTION... DIR...
fuzzer() {
	program=$BUILD/tests/fuzz/fuzz_$1
	dict=$here/dict/$1.dict
	# What a thread that works just now holds in its frame would be told of
	# as a leak; real ones are found by the replay.
	leaks=1
	[ "$1" != dispatch ] || leaks=0
	shift
	"$program" -detect_leaks=$leaks -dict="$dict" -max_len=2000 -timeout=10 \
		-rss_limit_mb=2048 "$@"
}

fuzz() { # TARGET
	findings=$BUILD/findings/$1
	mkdir -p "$here/corpus/$1" "$findings" "$W/new"
	fuzzer "$1" -max_total_time="$seconds" -print_final_stats=1 \
		-artifact_prefix="$findings/" "$W/new" "$here/corpus/$1" \
		>"$findings/log" 2>&1 || status=$?
	grep -aE '^(stat::|SUMMARY)|: not so: |^#[0-9]+.(DONE|INITED)' "$findings/log"
	# By what is reached at all, not how often, the corpus stays small.
	fuzzer "$1" -merge=1 -use_counters=0 "$here/corpus/$1" "$W/new" \
		>"$W/merge.log" 2>&1 || status=$?
	rm -rf "$W/new"
	[ $status -eq 0 ]
}

check "builds" build
for target; do
	status=0
	check "$target: $seconds s without a finding" fuzz "$target"
	grep -a stat: "$W/check.out" || true
done
finish
