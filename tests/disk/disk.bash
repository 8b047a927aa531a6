# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
#
# What the parts of run.sh share: small file systems, and what must hold of a
# state on one.

HYPERCTL=$BUILD/bin/hyperctl
HYPERD=$BUILD/bin/hyperd
export HYPER_DRIVER_DIR=$W/drivers HYPER_TEST_KEEP=yes LC_ALL=C.UTF-8
export HYPER_URI=$W/never # not that of this host
unset HYPER_TEST_SCRIPT
mkdir "$W/drivers"
cp "$BUILD/drivers/drv_test.so" "$W/drivers/" || exit 1

# small NAME SIZE: a tmpfs at $W/NAME/state, which is that of start_hyperd NAME
small() {
	mkdir -p "$W/$1/state" &&
		mount -t tmpfs -o "size=$2" tmpfs "$W/$1/state"
}

# loop NAME SIZE: the same with ext4, which keeps blocks for root and goes
# read-only when it finds an error; fails where there are no loop devices
loop() {
	truncate -s "$2" "$W/$1.ext4" && mkdir -p "$W/$1/state" &&
		mkfs.ext4 -q -F -e remount-ro "$W/$1.ext4" &&
		mount -o loop "$W/$1.ext4" "$W/$1/state"
}

# fill NAME: to the last byte. room NAME: again
fill() {
	local file=$W/$1/state/ballast
	dd if=/dev/zero "of=$file" bs=64k 2>/dev/null
	dd if=/dev/zero bs=1k 2>/dev/null >>"$file"
	[ -s "$file" ]
}
room() { rm "$W/$1/state/ballast"; }

# sql FILE STATEMENT: as a program that knows nothing of us sees it
sql() {
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1], timeout=20).execute(sys.argv[2]):
    print(*row)' "$1" "$2"
}

# whole NAME: the database is, nothing is under way, and the engine has just
# what the database has
whole() {
	local state=$W/$1/state
	ok_if "$on: the database is whole" \
		"$(sql "$state/hyper.db" 'PRAGMA integrity_check')" = ok
	ok_if "$on: no machine stays in a passing state" "$(sql \
		"$state/hyper.db" 'SELECT count(*) FROM machine
		WHERE state NOT IN (2, 4)')" = 0
	ok_if "$on: every operation has its end" "$(sql "$state/hyper.db" \
		'SELECT count(*) FROM operation WHERE state < 3')" = 0
	sql "$state/hyper.db" 'SELECT id FROM machine' | sort >"$W/rows"
	find "$state/test" -name '*.machine*' -printf '%f\n' |
		sed 's/\.machine$//' | sort >"$W/files"
	check "$on: the engine has what the database has" \
		diff "$W/rows" "$W/files"
}
ended() {
	[ "$(sql "$W/$1/state/hyper.db" \
		'SELECT count(*) FROM operation WHERE state < 3')" = 0 ]
}

# refuses EXIT STATUS SLUG WHY: each change fails like that; what there is can
# be read. HYPER_URI is that of the hyperd named $name, PLACE its state.
refuses() {
	local code=$1 status=$2 slug=$3 why=$4 where=$on way
	for way in hyperd path; do
		on="$where, $way"
		[ $way = hyperd ] || HYPER_URI=$W/$name/state
		fails "add" "$code" "$why" add demo -t test -i new
		fails "start" "$code" "$why" start one
		fails "stop" "$code" "$why" stop two
		fails "rm" "$code" "$why" rm one
		shows "list goes on" 'two .* running .*' list
		says "get goes on" '.state == "stopped"' get one -f json
		shows "operations go on" '.* start +done .*' operations
		prints "nothing was made" '' list -q id=new
	done
	HYPER_URI=unix:$(sock "$name")
	on=$name
	problem "$where: over HTTP too" "$status" "$slug" - \
		PUT /hyper/machines/one '{"state":"running"}'
	on=$where
}

# served NAME: a hyperd with a machine that is stopped, and one that runs
served() {
	name=$1
	start_hyperd "$name"
	verdict "$on: a hyperd" $? "$W/$name/err" || return
	served=$pid
	HYPER_URI=unix:$(sock "$name")
	ctl add demo -t test -i one
	ctl add demo -t test -i two
	ctl start two
}
