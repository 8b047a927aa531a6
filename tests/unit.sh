#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The unit tests: each program of tests/unit, test by test.
set -eu
. "$(dirname "$0")/support/lib.sh"
# Some of them load drivers.
export HYPER_DRIVER_DIR="$BUILD/drivers" TMPDIR="$W"
for source in "$ROOT"/tests/unit/test_*.c; do
	name=$(basename "$source" .c)
	suite "$name" "$BUILD/tests/$name"
done
finish
