# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Machines that hyper did not make: taken in, lived with, let go.

engine=$W/adopt-$on${served:+/state}/test
ctl add tiny -i own # makes the engine's directory
stray() { echo "00000000-0000-4000-8000-00000000000$2 $3 ${4:--}"; }
stray x 1 4 >"$engine/old-db.machine"
stray x 2 2 >"$engine/Legacy_Web.machine"
stray x 3 2 11111111-2222-4333-8444-555555555555 >"$engine/theirs.machine"
cp -r "$engine" "$W/before-$on"
# (What we have beside it says who observes it.)
same() { diff -r -x observer "$W/before-$on" "$engine"; }

prints "what is not adopted is not listed" own list -q
says "doctor says nothing of it" '. == []' doctor -f json
prints "adopt prints the id" old-db adopt old-db
says "it runs, and is adopted" '.state == "running" and .adopted and
	.image == "unknown" and (.stale | not)' get old-db -f json
shows "get tells people" 'adopted +yes.*' get old-db
prints "a query finds it" old-db list -q adopted=true
fails "again" 4 "it is machine 'old-db' already" adopt old-db
fails "one of ours" 4 own adopt own
fails "what nobody has" 3 nosuch adopt nosuch
fails "a name that is no id" 2 'say which id' adopt Legacy_Web
says "with an id, -f json" '.id == "web" and .adopted' \
	adopt Legacy_Web -i web -f json
prints "by its handle" again adopt -t test -i again \
	00000000-0000-4000-8000-000000000003 -F
prints "release prints the id" again release again
fails "an id that is taken" 4 web adopt theirs -i web -F
fails "another hyper's" 4 'another hyper' adopt theirs
fails "no such type" 5 nosuch adopt old-db -t nosuch
fails "adopt without a name" 2 adopt adopt
fails "with two" 2 . adopt a b
check "$on: the engine was not touched" same

prints "start" web start web
ok_if "$on: the engine says so" \
	"$(cat "$engine/Legacy_Web.machine")" = "$(stray x 2 4)"
prints "stop" web stop web
prints "release" web release web
fails "it is not known any more" 3 web get web
check "$on: and as it was" same
prints "release one that runs" old-db release old-db
check "$on: it goes on" same
fails "release what hyper made" 4 'was not adopted' release own
says "its history tells" '[.[].kind] == ["adopt", "start", "stop", "release"]
	and all(.state == "done")' history web -f json
ctl adopt old-db
rm "$engine/old-db.machine"
check "$on: removed by somebody: it is missing" wait_for 15 sh -c \
	'"$1" get old-db -f json | jq -e ".state == \"missing\""' - "$HYPERCTL"
prints "it is forgotten" old-db rm old-db
ctl adopt Legacy_Web -i web
prints "rm removes it in its engine" web rm web
ok_if "$on: indeed" ! -e "$engine/Legacy_Web.machine"
ctl rm own
prints "in the end there is nothing" '' list -q
