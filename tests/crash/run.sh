#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh [KILLS [SEED]]: the crash campaign, see campaign.py. Default: 300.
# When something is lost or left, its directory is kept in
# $HYPER_TEST_KEEP_LOGS, else in /tmp.
set -eu
. "$(dirname "$0")/../support/lib.sh"
kills=${1:-300}
seed=${2:-$(($(date +%s) % 100000))}
export HYPER_DRIVER_DIR="$W/drivers"
export PYTHONDONTWRITEBYTECODE=1
unset HYPER_TEST_SCRIPT HYPER_TEST_KEEP
# The other drivers are not meant, and take a while to load.
mkdir -m 755 "$W/drivers" "$W/c"
cp "$BUILD/drivers/drv_test.so" "$W/drivers"

campaign() {
	python3 "$ROOT/tests/crash/campaign.py" "$BUILD/tests/crash_worker" \
		"$BUILD/bin/hyperd" "$W/c" "$kills" "$seed"
}
keep() {
	[ "$failed" -ne 0 ] || return 0
	kept=$(mktemp -d "${HYPER_TEST_KEEP_LOGS:-/tmp}/hyper-crash.XXXXXX")
	cp -a "$W/c" "$kept"
	echo "     | kept: $kept"
}
check "$kills kills lose nothing and leave nothing (seed $seed)" campaign
[ "$failed" -ne 0 ] || sed 's/^/     /' "$W/check.out"
keep
finish
