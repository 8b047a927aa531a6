#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Make the fixture of a schema: a state with machines of several states, with
# operations that have ended, failed and were left open by a process that
# died, as SQL on stdout. The database of a version that is out is never made
# anew: run this with the hyper of that version, once, before the next one.
#
#     HYPER_BUILD=build sh tests/data/schema/make.sh > tests/data/schema/v1.sql
set -eu
BUILD=${HYPER_BUILD:-build}
export HYPER_DRIVER_DIR="$BUILD/drivers" HYPER_TEST_KEEP=yes
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT

ctl() {
	"$BUILD/bin/hyperctl" --uri "$state" "$@" >&2
}
# A command that shall not succeed.
not() {
	if ctl "$@"; then
		echo "$0: $* has succeeded" >&2
		exit 1
	fi
}

ctl images pull extra -t test
ctl add demo -t test -i web -m 512 --vcpus 2 -e MODE=live -l tier=front \
	-p 8080:80
ctl start web
ctl add tiny -t test -i db -m 256 -l tier=back
ctl add demo -t test -i old
ctl start old
ctl rm -F old
ctl add demo -t test -i bad -o script=start@1:error=DRIVER
not start bad
not add demo -t test -i never -o script=add@2:error=DRIVER
ctl add demo -t test -i half -o script=start@2:crash
not start half

# Nothing of the machine that made it: its boot, and its processes.
sqlite3 "$state/hyper.db" "UPDATE process SET start = 1, pid = 4194304,
	boot = '00000000-0000-4000-8000-000000000000';
	UPDATE meta SET value = 'cd6809b1-c945-4030-acda-1cd655c8f5f2'
	WHERE key = 'instance'"
sqlite3 "$state/hyper.db" .dump
for pragma in application_id user_version; do
	echo "PRAGMA $pragma=$(sqlite3 "$state/hyper.db" "PRAGMA $pragma");"
done
