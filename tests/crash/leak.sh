#!/bin/sh
# SPDX-License-Identifier: MIT
#
# leak.sh [OPS]: so many operations in one process leave no open file behind
# and take no more memory, see leak.c. Default: 100000. Sanitizers keep what is
# freed, so this is for a plain build.
set -eu
. "$(dirname "$0")/../support/lib.sh"
ops=${1:-100000}
export HYPER_DRIVER_DIR="$W/drivers"
unset HYPER_TEST_SCRIPT HYPER_TEST_KEEP
mkdir -m 755 "$W/drivers"
cp "$BUILD/drivers/drv_test.so" "$W/drivers"
check "$ops operations leak neither files nor memory" \
	"$BUILD/tests/crash_leak" "$W/state" "$ops"
[ "$failed" -ne 0 ] || sed 's/^/     /' "$W/check.out"
finish
