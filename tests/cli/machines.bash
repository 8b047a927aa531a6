# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Every command on machines, images, drivers and operations.

# --- add ---
prints "add prints the id" web1 add demo -i web1 -t test -m 512M -l tier=web
prints "options before the operand" web2 add -i WEB2 -m 1G --vcpus 2 demo
prints "options around it" db1 add --id=db1 demo -l 'note=a b, "c"' -o script=
shows "a made-up id" '[a-z][a-z0-9-]*' add demo
made=$(cat "$W/out")
says "add -f json" '.id == "j" and .state == "stopped" and .mem == 64' \
	add demo -i j -m 64 -f json
says "all fields" '.env == {"A": "b=c", "E": ""} and .autostart == false and
	.command == ["sh", "-c", "echo $x", "-m", "--", "y"] and
	(.ports | length) == 2 and .labels == {"a": "", "b/c": "x=y"}' \
	-f json add demo -i full -e A=b=c -e E= -p 8080:80 -p 127.0.0.1:5353:53/udp \
	--label a= -l b/c=x=y -- sh -c 'echo $x' -m -- y
says "the image behind --" '.image == "demo" and .command == ["-x"]' \
	add -f json -i dash -- demo -x
shows "add -f table" 'ID +TYPE +IMAGE +STATE +MEM +VCPUS .*' \
	add demo -i tab -f table
prints "add -q" quiet add demo -i quiet -q -f json
fails "--autostart, of which this driver knows nothing" 1 autostart \
	add demo --autostart
prints "add --key" keyed add demo -i keyed --key k1
prints "… twice" keyed add demo -i keyed --key k1
fails "… for something else" 2 key add demo -i other --key k1
fails "a key that is none" 2 key add demo --key ''
prints "rm it" keyed rm keyed
fails "an id that is taken" 4 web1 add demo -i web1
fails "no such image" 3 nosuch add nosuch -t test
fails "no such type" 5 nosuch add demo -t nosuch
fails "an unknown option of the driver" 2 frob add demo -o frob=1
fails "the driver fails" 1 . add demo -i broken -o script=add:error=DRIVER
prints "rm several" "$(printf '%s\n' j full dash tab quiet "$made")" \
	rm j full dash tab quiet "$made"

# --- set ---
prints "set" "$(printf 'web1\nweb2')" set web1 web2 -m 768M --vcpus 2 -l tier=front -l x=
says "… and get" '.mem == 768 and .vcpus == 2 and .labels == {"tier":"front","x":""}' \
	get web1 -f json
says "set --unlabel" '.labels == {"tier":"web"} and .mem == 512' \
	set web1 -m 512 -l tier=web --unlabel x -f json
fails "set of nothing" 2 'what to change' set web1
fails "set of no machine" 2 'id of a machine' set -m 1G
fails "set: not there" 3 nosuch set nosuch -m 1G
fails "set --mem 0" 2 mem set web1 -m 0
fails "set --vcpus x" 2 CPUs set web1 --vcpus x
fails "set --label without =" 2 = set web1 -l a
fails "set --autostart maybe" 2 'yes or no' set web1 --autostart maybe
fails "set --autostart, of which this driver knows nothing" 1 autostart \
	set web1 --autostart yes
prints "set it back" web2 set web2 -m 1G --unlabel tier --unlabel x

# --- dry runs, and those of a query ---
shows "add --dry-run" "  make the make-believe machine 'dry'" \
	add demo -i dry -t test --dry-run
fails "… adds nothing" 3 dry get dry
prints "start --dry-run" "$(printf 'would start web1:\n%s' \
	"  start the make-believe machine 'web1'")" start web1 --dry-run
says "… as JSON" '.state == "planned" and .id == 0 and (.plan | length == 1)' \
	start web1 --dry-run -f json
prints "set --query --dry-run" "$(printf 'would change web1:\n%s\n%s\n' \
	"  take the label tier away" '  set the label tear to "x"')" \
	set --query label.tier=web --unlabel tier -l tear=x --dry-run
shows "rm --dry-run" 'would remove web2:' rm web2 --dry-run
shows "images pull --dry-run" 'would pull x:' images pull x -t test --dry-run
shows "images rm --dry-run" 'would image-remove tiny:' images rm tiny --dry-run
prints "all is as it was" stopped get web1 --columns state --no-headers -f table
prints "start --query" "$(printf 'web1\nweb2')" start --query 'id=web1 or id=web2'
prints "stop --query" "$(printf 'web1\nweb2')" stop --query 'id=web* state=running' -t 5
ctl rm --query id=nobody
ok_if "$on: rm --query of none: nothing to do" "$rc" = 0
check "$on: … which it says" grep -q 'no machine matches id=nobody' "$W/err"
fails "a query and ids" 2 'not both' rm web1 --query id=web2
fails "an empty query" 2 'id=\* means all' stop --query ''
fails "a query that is none" 2 colour stop --query colour=red
fails "neither query nor ids" 2 'id of a machine' stop
fails "dry run of what is not there" 3 nosuch start nosuch --dry-run

# --- get ---
shows "get is for people" 'id +web1' get web1
shows "with labels" 'labels +tier=web' get web1
says "get -f json is an object" '.id == "web1" and .labels.tier == "web"' \
	get web1 -f json
says "of several, an array" 'map(.id) == ["web2", "web1"]' \
	get -f json web2 web1
prints "get -q" "$(printf 'web2\nweb1')" get -q web2 web1
fails "get: not there" 3 nosuch get nosuch
fails "get: the others are shown" 3 nosuch get nosuch web1 -q
ok_if "$on: indeed" "$(cat "$W/out")" = web1
ctl get web1 nosuch db1 -f json
check "$on: in JSON too" jq -se '.[0] | map(.id) == ["web1", "db1"]' "$W/out"

# --- list ---
shows "list is a table" 'ID +TYPE +IMAGE +STATE +MEM +VCPUS +ADDRESSES +AGE' list
shows "with rows" 'web1 +test +demo +stopped +512M .* [0-9]+s' list id=web1
shows "memory in G" 'web2 +test +demo +stopped +1G +2 .*' list
prints "list -q" "$(printf 'db1\nweb1\nweb2')" list -q --sort id
prints "list -q with -f" "$(printf 'db1\nweb1\nweb2')" list -qf csv --sort id
prints "field=value" web1 list -q label.tier=web
prints "two of them" web2 list -q mem=1024 id=web2
prints "comparison" web2 list -q 'mem>=1G'
prints "contains" "$(printf 'web1\nweb2')" list -q --sort id image~em 'id~web'
prints "pattern" "$(printf 'web1\nweb2')" list -q --sort id 'id=web*'
prints "not equal" db1 list -q 'id!=web*'
prints "a value with blanks and quotes" db1 list -q 'label.note=a b, "c"'
prints "no match" '' list -q mem=7
prints "or, not, ( )" "$(printf 'db1\nweb2')" \
	list -q --sort id '(' id=db1 or id=web1 ')' and not label.tier=web or id=web2
prints "--query" "$(printf 'db1\nweb2')" \
	list -q --sort id --query 'id=db1 or id=web2'
prints "--query and operands: both hold" web2 \
	list -q --query 'id=db1 or id=web2' mem=1024
prints "--sort" "$(printf 'web2\nweb1')" list -q id=web* --sort -mem
prints "--limit" db1 list -q --sort id --limit 1
prints "no rows: the header" "ID TYPE IMAGE STATE MEM VCPUS ADDRESSES AGE" \
	list id=nosuch
prints "no rows: JSON" '[]' list id=nosuch -f json
says "list -f json" 'map(.id) == ["db1", "web1", "web2"]' \
	-f json list --sort id
ctl list -f csv --sort id
printf 'id,type,image,state,mem,vcpus,addresses,created_at\r\n' >"$W/wanted"
head -n 1 "$W/out" >"$W/head"
check "$on: CSV has a header, and CR LF" cmp "$W/wanted" "$W/head"
ok_if "$on: and as many rows" "$(grep -c $'\r$' "$W/out")" = 4
check "$on: CSV is read back" python3 -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert [r["id"] for r in rows] == ["db1", "web1", "web2"], rows
assert [r["mem"] for r in rows][1:] == ["512", "1024"], rows
assert rows[0]["created_at"].endswith("Z"), rows' "$W/out"
fails "an error in a query tells the column" 2 'column' list 'frob=1'
fails "an error in the text" 2 'column' list --query 'id=a ('
fails "no such sort" 2 . list --sort frob

# --- start, stop, rm ---
prints "start" web1 start web1
prints "it runs" web1 list -q state=running
prints "start again" web1 start web1
says "start -f json" '.id == "web2" and .state == "running"' start web2 -f json
shows "start -f table" 'db1 +test +demo +running .*' start db1 -f table
prints "stop several" "$(printf 'web1\nweb2')" stop web1 web2 -t 5
prints "stop again" web1 stop web1
says "several in JSON" 'map(.state) == ["running", "running"]' \
	-f json start web1 web2
fails "start: not there" 3 nosuch start nosuch
fails "one of several fails, the others go on" 3 nosuch \
	stop web1 nosuch web2
ok_if "$on: indeed" "$(cat "$W/out")" = "$(printf 'web1\nweb2')"
fails "rm of a running one" 4 . rm db1
prints "rm -F" db1 rm -F db1
fails "it has gone" 3 db1 rm db1
ctl add demo -i deaf -o script=stop:ignore
if [ $rc -eq 0 ]; then
	ctl start deaf
	fails "stop: it does not stop in time" 6 . stop deaf --timeout 0
	prints "stop --force kills it" deaf stop --timeout 0 --force deaf
	ctl rm deaf
fi
ctl add demo -i slow1 -o script=start:latency=1500
ctl add demo -i slow2 -o script=start:latency=1500
ctl add demo -i slow3 -o script=start:latency=1500
since=$(date +%s%N)
prints "start several" "$(printf 'slow1\nslow2\nslow3')" start slow1 slow2 slow3
ok_if "$on: at the same time" $((($(date +%s%N) - since) / 1000000)) -lt 4000
says "rm -f json is the operation" '.kind == "remove" and .state == "done"' \
	rm --force slow1 -f json
ctl rm -F slow2

# --- doctor ---
# Engines that are not there are no finding; a machine that is lost is.
prints "doctor: all is well" "all is well" doctor
says "doctor -f json" '. == []' doctor -f json
prints "doctor --repair: nothing to do" "all is well" doctor --repair
fails "doctor takes nothing" 2 . doctor everything
fails "doctor --mend" 2 . doctor --mend

# --- events ---
ctl add demo -i event
shows "events" '[0-9]+ .* operation-ended +event +[0-9]+ +done' events
ctl events -q
last=$(tail -n 1 "$W/out")
ctl rm event
says "events --after, as JSON lines" ".seq == $((last + 1))" \
	events --after "$last" --limit 1 -f json
fails "events: not yet" 2 after events --after 999999999
fails "events: no number" 2 "'x'" events --after x

# --- operations, wait ---
ctl stop slow3
shows "--async prints the number" '[0-9]+' start slow3 --async
number=$(cat "$W/out")
prints "wait" '' wait "$number"
prints "it is running" slow3 list -q id=slow3 state=running
says "wait -f json" ".id == $number and .state == \"done\"" wait "$number" -f json
shows "operations" " *$number +start +done +test +slow3 .*" operations
prints "operations -q" "$number" operations -q --limit 1
prints "operations list with a filter" "$number" \
	operations list -q machine=slow3 kind=start --sort -id --limit 1
says "operations -f json" "map(.id) == [$number]" operations "id=$number" -f json
shows "operations -f csv" "$number,start,done,.*" operations "id=$number" -f csv
fails "wait: not there" 3 999999 wait 999999
fails "wait: no number" 2 "'x'" wait x
fails "cancel: not there" 3 999999 operations cancel 999999
fails "cancel: ended" 4 . operations cancel "$number"
ctl rm -F slow3
program=hyperctl
[ "$on" = local ] || program=hyperd
says "history of one that is removed, the oldest first" \
	'(map(.kind) | .[0] == "add" and .[-1] == "remove") and
	all(.machine == "slow3" and .state == "done" and .pid > 0) and
	all(.program == "'$program'" and .uid == '"$(id -u)"')' \
	history slow3 -f json
shows "history for people" \
	" *$number +20[^ ]+Z +user:$(id -un) $program\[[0-9]+\] +start +done +-" \
	history SLOW3
shows "history -f csv" \
	"$number,20[^ ]+Z,user:$(id -un),$program,[0-9]+,$(id -u),start,done,.*" \
	history slow3 -f csv
fails "history of what was never there" 3 "no-such" history no-such
fails "history of no id" 2 . history 'machine=*'
ctl add demo -i wrong -o script=start:error=DRIVER
fails "a failed operation" 1 . start wrong
ctl operations machine=wrong state=failed -q
fails "wait has its exit code" 1 . wait "$(cat "$W/out")"
ctl rm -F wrong
ctl add demo -i stuck -o script=start:hang
"$HYPERCTL" start stuck --async >"$W/number" 2>"$W/number.err" &
hung=$!
started $hung
wait_for 10 test -s "$W/number"
number=$(cat "$W/number")
fails "wait --timeout" 6 . wait "$number" --timeout 1
prints "operations cancel" '' operations cancel "$number"
fails "what was cancelled" 1 . wait "$number" --timeout 10
wait $hung
# By force is faster than what hangs, whoever runs that.
"$HYPERCTL" start stuck >"$W/overtaken" 2>&1 &
hung=$!
started $hung
wait_for 30 sh -c '"$1" list -q id=stuck state=starting | grep -q .' - \
	"$HYPERCTL"
prints "stop --force overtakes a start that hangs" stuck \
	stop stuck -t 0 --force
good=0
wait $hung || good=$?
ok_if "$on: the start fails" $good = 1
check "$on: and says by which operation" \
	grep -Eq 'operation [0-9]+ has overtaken it by force' "$W/overtaken"
prints "it is stopped" stuck list -q id=stuck state=stopped
ctl rm -F stuck

# --- images, drivers, info ---
shows "images" 'demo +test .*' images
shows "images list test" 'demo +test .*' images list test
says "images -f json" 'any(.name == "demo" and .type == "test")' images -f json
check "$on: images -q" grep -qx demo <("$HYPERCTL" images -q)
fails "images of no such type" 5 nosuch images -t nosuch
fails "images rm: not there" 3 nosuch images rm nosuch
fails "images rm: in use" 4 . images rm demo
echo x >"$W/disk.img"
# The driver forgets images when its process ends: one process for all.
script "images pull, import, rm" 3 "$(printf '%s\n' team/new:1.0 other disk \
	mine team/new:1.0 disk mine other)" <<T
images pull team/new:1.0
images pull other -t test -q -f json
images import $W/disk.img
images import -i mine $W/disk.img -t test
images rm team/new:1.0
images rm disk
images rm -t test mine
images rm other
images rm other
T
check "$on: and once only" grep -q 'other' "$W/err"
says "images pull -f json" '.name == "third" and .type == "test"' \
	images pull third -f json
says "images pull --async -f json" '.kind == "pull" and .image == "fourth"' \
	images pull fourth --async -f json
(cd "$W" && exec "$HYPERCTL" images import ./disk.img) >"$W/out" 2>&1
ok_if "$on: images import, a relative path" "$(cat "$W/out")" = disk
shows "drivers" 'test .* yes .*' drivers
prints "drivers -q" test drivers -q
says "drivers -f json" '.[0].name == "test" and .[0].available' drivers -f json
shows "drivers -f csv" 'test,.*true.*' drivers -f csv
shows "info" 'uri +(file|unix):.*' info
says "info -f json" '.version and .instance' info -f json
ctl rm -F web1 web2
prints "in the end there is nothing" '' list -q
