#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each target of tests/fuzz runs its corpus once.
set -eu
. "$(dirname "$0")/../support/lib.sh"
export TMPDIR="$W" HYPER_DRIVER_DIR="$BUILD/drivers"
for source in "$ROOT"/tests/fuzz/fuzz_*.c; do
	target=${source##*/fuzz_}
	target=${target%.c}
	check "$target: its corpus" "$BUILD/tests/fuzz/fuzz_$target" \
		"$ROOT/tests/fuzz/corpus/$target"
done
finish
