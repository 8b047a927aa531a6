#!/bin/bash
# SPDX-License-Identifier: MIT
#
# fill.sh STATE COUNT: a state with COUNT machines of drv_test, m-0 and on.
# The library makes the first; the others are copies of its row, by SQL, for
# each machine that the library adds is on the disk when it is acknowledged,
# and 100,000 of these take minutes. They differ in memory, state and labels.
# HYPER_TEST_KEEP=yes is set: the engine's files are made as well.
set -euo pipefail
state=$1 count=$2

"$BUILD/bin/hyperctl" -q -u "$state" add tiny -i m-0 -t test -m 128 \
	-l tier=t0 -l team=blue >/dev/null
sqlite3 "$state/hyper.db" >/dev/null <<E2
BEGIN;
CREATE TEMP TABLE new AS SELECT * FROM machine WHERE id = 'm-0';
CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL
	SELECT i + 1 FROM c WHERE i < $count - 1) SELECT i FROM c
	WHERE $count > 1;
-- By name, so that columns of later versions come along.
CREATE TEMP TABLE all_new AS SELECT * FROM new, n;
UPDATE all_new SET id = 'm-' || i, mem = 128 << (i % 4),
	state = CASE i % 10 WHEN 0 THEN 4 ELSE 2 END,
	labels = json_object('team', 'blue', 'tier', 't' || (i % 7)),
	uuid = printf('%08x-0000-4000-8000-%012x', i, i), handle = NULL;
ALTER TABLE all_new DROP COLUMN i;
INSERT INTO machine SELECT * FROM all_new;
COMMIT;
E2
# What the engine has, as DRIVER_TEST.md tells it: uuid and state.
sqlite3 -separator ' ' "$state/hyper.db" \
	"SELECT id, uuid, state FROM machine WHERE id <> 'm-0'" |
	awk -v dir="$state/test" '{
		file = dir "/" $1 ".machine"
		print $2, $3 >file
		close(file)
	}'
