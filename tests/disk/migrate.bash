# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# An old database that is migrated where there is no room, by many at once, and
# by processes that are killed.

# old NAME: the database of version 1, as its hyper left it, and much of it
old() {
	mkdir -p "$W/$1/state"
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(open(sys.argv[2]).read())
db.executemany("INSERT INTO meta VALUES (?, ?)",
               ((f"filler-{i}", "x" * 400) for i in range(int(sys.argv[3]))))
db.commit()
db.execute("PRAGMA journal_mode=WAL")
' "$W/$1/state/hyper.db" "$ROOT/tests/data/schema/v1.sql" "$2"
}
version() { [ "$(sql "$W/$1/state/hyper.db" 'PRAGMA user_version')" = "$2" ]; }
newest() { not version "$1" 1; }
all_there() {
	[ "$(sql "$W/$1/state/hyper.db" "SELECT
		(SELECT count(*) FROM machine),
		(SELECT count(*) FROM meta WHERE key LIKE 'filler-%'),
		(SELECT integrity_check FROM pragma_integrity_check)")" = \
		"4 $2 ok" ]
}
backup_whole() {
	[ "$(sql "$W/$1/state/hyper.db.v1.bak" "SELECT
		(SELECT user_version FROM pragma_user_version()),
		(SELECT count(*) FROM meta),
		(SELECT integrity_check FROM pragma_integrity_check)")" = \
		"1 $(($2 + 2)) ok" ]
}

small nospace 2m
old nospace 2500
sum=$(sha256sum <"$W/nospace/state/hyper.db")
HYPER_URI=$W/nospace/state
fails "no room for the copy: told" 1 \
	'hyper.db(.v1.bak.part)?: (database or disk is full|.*No space left)' list
ok_if "$on: the old file is as it was" \
	"$(sha256sum <"$W/nospace/state/hyper.db")" = "$sum"
check "$on: and of its version" version nospace 1
ok_if "$on: nothing half-made is left" -z \
	"$(find "$W/nospace/state" -name '*.bak*')"
mount -o remount,size=8m "$W/nospace/state"
shows "with room, it is migrated" 'web .*' list
check "$on: all of it is there" all_there nospace 2500
check "$on: and a copy of the old" backup_whole nospace 2500
umount "$W/nospace/state"

# Each is killed a little later than the one before, until one is through.
old killed 2000
HYPER_URI=$W/killed/state
kills=0
for ((ms = 3; ms < 1000; ms += 3)); do
	# (the shell tells of each that is killed)
	{ timeout -s KILL "$(printf '0.%03d' $ms)" "$HYPERCTL" list -q; } \
		>"$W/out" 2>&1
	newest killed && break
	kills=$((kills + 1))
	all_there killed 2000 || break
done
check "$on: killed $kills times, all of it is there" all_there killed 2000
ok_if "$on: and some kills came in time" "$kills" -ge 3
check "$on: the copy of the old is whole" backup_whole killed 2000
ctl list
ok_if "$on: a part of a copy is no hindrance" "$rc" = 0

old crowd 500
HYPER_URI=$W/crowd/state
crowd=()
for i in 1 2 3 4 5 6; do
	"$HYPERCTL" list -q >"$W/crowd-$i" 2>&1 &
	crowd+=($!)
	started $!
done
good=0
for pid in "${crowd[@]}"; do wait "$pid" || good=1; done
verdict "$on: six processes at once, no error" $good "$W/crowd-1"
check "$on: all of it is there" all_there crowd 500
check "$on: and a copy of the old" backup_whole crowd 500
