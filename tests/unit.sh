#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The unit tests: each program of tests/unit, test by test, HYPER_TEST_JOBS (3)
# of them at once: they wait more than they work.
set -eu
. "$(dirname "$0")/support/lib.sh"
# Some of them load drivers.
export HYPER_DRIVER_DIR="$BUILD/drivers"
top=$W

# job N: runs those programs that no other job has taken
job() {
	W=$top/$1
	export TMPDIR="$W"
	mkdir "$W"
	for source in "$ROOT"/tests/unit/test_*.c; do
		name=$(basename "$source" .c)
		mkdir "$top/$name" 2>/dev/null || continue
		suite "$name" "$BUILD/tests/$name" >"$W/out"
		cat "$W/out"
	done
	finish
}

jobs=
for n in $(seq "${HYPER_TEST_JOBS:-3}"); do
	job "$n" &
	jobs="$jobs $!"
done
for pid in $jobs; do
	wait "$pid" || failed=1
done
finish
