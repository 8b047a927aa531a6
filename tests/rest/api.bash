# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Every route of routes.def, with what can go right and wrong.

on=api
start_hyperd api
verdict "api: starts" $? "$W/api/err" || return 1
api=$pid
M=/hyper/machines
O=/hyper/operations
I=/hyper/images
ASYNC='Prefer: respond-async'

# add ID [SCRIPT]: a machine, quietly
add() {
	ask POST $M "$(jq -nc --arg id "$1" --arg s "${2:-}" '{$id, image: "tiny",
		type: "test"} + if $s == "" then {} else {options: {script: $s}} end')"
	[ "$status" = 201 ] || echo "FAIL add $1: $status $(cat "$W/body")"
}
put() { ask PUT "$M/$1" "$2"; }
RUN='{"state":"running"}'
STOP='{"state":"stopped"}'

# --- GET /hyper, /hyper/drivers ---
is "GET /hyper" 200 '.version and .instance and (.features | type == "array")' \
	GET /hyper
is "GET /hyper/drivers" 200 '.[] | select(.name == "test") |
	.available and .engine and (.kinds | length > 0)' GET /hyper/drivers

# --- the table of SEED.md ---
is "GET machines: none yet" 200 '. == []' GET $M
is "POST machines: 201 and the machine" 201 '.id == "web" and .type == "test"
	and .image == "tiny" and .mem == 256 and .state == "stopped"' \
	POST $M '{"id":"web","type":"test","image":"tiny","mem":256}'
ok_if "with its Location" "$(header location)" = $M/web
ok_if "its ETag" "$(header etag)" = "\"$(field .generation)\""
check "and its operation" grep -Eq '^hyper-operation: [0-9]+$' "$W/headers"
is "GET machines/web" 200 '.id == "web" and .mem == 256' GET $M/web
etag=$(header etag)
is "PUT state running: the machine" 200 \
	'.id == "web" and .state == "running"' PUT $M/web "$RUN"
is "once more: the same, nothing to do" 200 '.state == "running"' \
	PUT $M/web "$RUN"
is "GET machines?query=" 200 'map(.id) == ["web"]' \
	GET "$M?query=state%3Drunning%20mem%3E%3D200"
is "GET machines?query= that nothing matches" 200 '. == []' \
	GET "$M?query=state%3Dpaused"
is "a plus is a space" 200 'map(.id) == ["web"]' \
	GET "$M?query=state=running+mem=256"
is "PUT state stopped" 200 '.state == "stopped"' PUT $M/web "$STOP"
is "once more" 200 '.state == "stopped"' PUT $M/web "$STOP"
is "DELETE machines/web" 204 - DELETE $M/web
ok_if "without a body" ! -s "$W/body"
problem "it has gone" 404 not-found id GET $M/web

# --- POST machines ---
is "all fields come back" 201 '.mem == 64 and .vcpus == 2 and .labels == {"a.b/c":
	"ä \"1\""} and .env == {"X": "1"} and .command == ["sh", "-c", "x"] and
	.ports[0].guest_port == 80 and .autostart == false' POST $M '{"id":"full",
	"type":"test","image":"demo","mem":64,"vcpus":2,"labels":{"a.b/c":"ä \"1\""},
	"env":{"X":"1"},"command":["sh","-c","x"],"autostart":false,"ports":[
	{"host_ip":"127.0.0.1","host_port":8080,"guest_port":80,"protocol":"tcp"}]}'
cp "$W/body" "$W/whole"
is "and are kept" 200 - GET $M/full
check "in each of them" sh -c 'jq -S "del(.observed_at)" "$1" >"$1.a" &&
	jq -S "del(.observed_at)" "$2" | diff "$1.a" -' - "$W/whole" "$W/body"
is "an id in capitals is kept small" 201 '.id == "big-1"' \
	POST $M '{"id":"Big-1","type":"test","image":"tiny"}'
is "no id: one is made" 201 '.id | test("^[a-z][a-z0-9-]*$")' \
	POST $M '{"type":"test","image":"tiny"}'
is "no type: the driver that has the image" 201 '.type == "test"' \
	POST $M '{"id":"typeless","image":"big"}'
is "mem 0 is the driver's default" 201 '.mem == 128' \
	POST $M '{"id":"memless","type":"test","image":"tiny","mem":0}'
problem "an id that is taken" 409 exists id \
	POST $M '{"id":"full","type":"test","image":"tiny"}'
problem "no image" 422 invalid image POST $M '{"type":"test"}'
problem "an image that is not there" 404 not-found image \
	POST $M '{"type":"test","image":"nothing"}'
problem "an unknown type" 422 no-driver type POST $M '{"type":"zx81","image":"x"}'
problem "an unknown field" 422 invalid colour \
	POST $M '{"image":"tiny","colour":"red"}'
problem "a field that is hyper's" 422 invalid state \
	POST $M '{"image":"tiny","state":"running"}'
problem "an unknown option" 422 invalid "options*" \
	POST $M '{"type":"test","image":"tiny","options":{"colour":"red"}}'
problem "a feature that the driver lacks" 501 not-supported autostart \
	POST $M '{"type":"test","image":"tiny","autostart":true}'
while read -r name value; do
	problem "$name $value" 422 invalid "$name" POST $M "$(jq -nc \
		"{type: \"test\", image: \"tiny\"} + {$name: $value}")"
done <<-'E'
	id "a_b"
	id "1a"
	id "a-"
	id ""
	id "a.b"
	id 7
	id "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg"
	type 7
	image ""
	image {}
	mem "much"
	mem -1
	mem 1.5
	mem 99999999999
	vcpus true
	vcpus -1
	autostart "yes"
	labels []
	env "A=1"
	command "sh"
	ports {}
	options []
E
problem "a label that is no text" 422 invalid labels.a \
	POST $M '{"type":"test","image":"tiny","labels":{"a":1}}'
problem "a name that is there twice" 400 bad-json body \
	POST $M '{"type":"test","image":"tiny","image":"demo"}'
n=0
for body in '{' '[]' 'null' '"x"' '{"image":"tiny"} x' '{"image":"tiny",}' \
	"{'image':'tiny'}" '{"image":NaN}' '{"image":"ti' '// x' \
	"$(printf '{"image":"\377"}')" '{"image":"a\u0000b"}' \
	"$(printf '[%.0s' {1..2000})"; do
	ask POST $M "$body"
	case $status in 400 | 422) good=0 ;; *) good=1 ;; esac
	[ "$(header content-type)" = application/problem+json ] || good=1
	tell "400 or 422"
	verdict "what is no machine in JSON, $((n += 1))" $good "$W/check.out"
done
problem "no body" 400 bad-json body POST $M '' 'Content-Type: application/json' \
	'Content-Length: 0'
problem "no word of a body" 411 length-required body POST $M
problem "a body that is no JSON" 415 unsupported-media-type Content-Type \
	POST $M '{"image":"tiny"}' 'Content-Type: text/plain'
is "charset does no harm" 201 - POST $M '{"id":"cs","type":"test","image":"tiny"}' \
	'Content-Type: application/json; charset=utf-8'
problem "what the client does not accept" 406 not-acceptable Accept \
	GET $M '' 'Accept: text/html'
is "it accepts JSON among others" 200 - GET $M '' \
	'Accept: text/html, application/json;q=0.5'
problem "If-Match is not passed over" 501 not-supported If-Match \
	POST $M '{"image":"tiny"}' 'If-Match: "1"'
problem "nor is Idempotency-Key" 501 not-supported Idempotency-Key \
	POST /hyper/adopt '{"name":"x"}' 'Idempotency-Key: x'
ask GET $M/full
is "If-None-Match: 304" 304 - GET $M/full '' "If-None-Match: $(header etag)"
is "If-None-Match of old: 200" 200 - GET $M/full '' 'If-None-Match: "0"'

# --- If-Match, Idempotency-Key ---
is "a machine to change" 201 - POST $M '{"id":"terms","type":"test","image":"tiny"}'
etag=$(header etag)
problem "If-Match of another" 412 precondition-failed generation \
	PUT $M/terms "$RUN" 'If-Match: "99"'
problem "… of a weak one" 412 precondition-failed generation \
	PUT $M/terms "$RUN" "If-Match: W/$etag"
problem "… of nothing" 404 not-found id PUT $M/none "$RUN" 'If-Match: "1"'
problem "… of any, where there is none" 404 not-found id \
	PUT $M/none "$RUN" 'If-Match: *'
is "If-Match" 200 - PUT $M/terms "$RUN" "If-Match: $etag"
problem "… and of what it was" 412 precondition-failed generation \
	DELETE "$M/terms?force=1" '' "If-Match: $etag"
ask GET $M/terms
is "If-Match of several" 200 - PUT $M/terms '{"state":"stopped"}' \
	"If-Match: \"1234\", $(header etag)"
is "If-Match of any" 204 - DELETE $M/terms '' 'If-Match: *'

new='{"type":"test","image":"tiny","labels":{"a":"1","b":"2"}}'
is "Idempotency-Key" 201 - POST $M "$new" 'Idempotency-Key: "one"'
place=$(header location) op=$(header hyper-operation)
is "… again, in other words" 201 - POST $M \
	'{"image":"tiny", "labels":{"b":"2","a":"1"}, "type":"test"}' \
	'Idempotency-Key: one'
check "… is the same machine" test "$(header location)" = "$place"
check "… and operation" test "$(header hyper-operation)" = "$op"
is "… asynchronously" 202 - POST $M "$new" 'Idempotency-Key: "one"' \
	'Prefer: respond-async'
check "… too" test "$(header hyper-operation)" = "$op"
problem "… with another request" 422 idempotency-key-reused key \
	POST $M '{"type":"test","image":"tiny"}' 'Idempotency-Key: "one"'
problem "a key that is none" 400 bad-request Idempotency-Key \
	POST $M "$new" 'Idempotency-Key: "'
problem "two keys" 400 bad-request Idempotency-Key \
	POST $M "$new" 'Idempotency-Key: a' 'Idempotency-Key: b'
is "the machine goes" 204 - DELETE "$place"

# --- PATCH machines/{id} ---
is "a machine to change" 201 - POST $M \
	'{"id":"patch","type":"test","image":"tiny","labels":{"a":"1","b":"2"}}'
etag=$(header etag)
is "PATCH" 200 '.mem == 2048 and .vcpus == 3 and .labels == {"b":"3","c":"4"}' \
	PATCH $M/patch '{"mem":"2G","vcpus":3,"labels":{"a":null,"b":"3","c":"4"}}' \
	'Content-Type: application/merge-patch+json' "If-Match: $etag"
is "… and its operation" 200 '.kind == "change" and .state == "done"' \
	GET "/hyper/operations/$(header hyper-operation)"
is "… and its event" 200 'map(select(.machine == "patch")) | .[-2].kind == "machine-changed"' \
	GET '/hyper/events?limit=0'
problem "PATCH of what was" 412 precondition-failed generation \
	PATCH $M/patch '{"vcpus":1}' "If-Match: $etag"
ask GET $M/patch
etag=$(header etag)
is "PATCH of what is so" 200 '.mem == 2048' PATCH $M/patch '{"mem":2048,"labels":{"a":null}}'
check "… changes nothing" test "$(header etag)" = "$etag"
is "PATCH of nothing" 200 '.vcpus == 3' PATCH $M/patch '{}'
is "PATCH while it runs" 200 - PUT $M/patch "$RUN"
is "…" 200 '.vcpus == 1 and .state == "running"' PATCH $M/patch '{"vcpus":1}'
is "PATCH, asynchronously" 202 '.kind == "change"' PATCH $M/patch '{"vcpus":2}' \
	'Prefer: respond-async'
problem "PATCH of what its driver does not know" 501 not-supported autostart \
	PATCH $M/patch '{"autostart":true}'
problem "PATCH of what does not change" 422 invalid image PATCH $M/patch '{"image":"b"}'
problem "PATCH of what is not there" 404 not-found id PATCH $M/none '{"mem":1}'
is "it goes" 204 - DELETE "$M/patch?force=1"

# --- dry runs ---
add dry
ask POST $I '{"type":"test","name":"dry-image"}'
before=$(ask GET /hyper/machines; header hyper-seq)
is "dry run of PUT" 200 '.id == "dry" and .machine.state == "running" and
	.error == null and .operation.id == 0 and
	.operation.state == "planned" and (.operation.plan | length > 0)' \
	PUT "$M/dry?dry_run=1" "$RUN"
ok_if "it names no operation" -z "$(header hyper-operation)"
ok_if "but what it holds of" "$(header etag)" = "\"$(field .machine.generation)\""
is "dry run of POST" 200 '.machine.id == "dry2" and .operation.kind == "add"' \
	POST "$M?dry_run=true" '{"id":"dry2","type":"test","image":"tiny"}'
ok_if "it made nothing" -z "$(header location)"
is "dry run of PATCH" 200 '.machine.mem == 512' PATCH "$M/dry?dry_run=1" '{"mem":512}'
is "dry run of DELETE" 200 '.machine == null and .operation.kind == "remove"' \
	DELETE "$M/dry?dry_run=1"
is "dry run of a pull" 200 '.id == null and .operation.kind == "pull"' \
	POST "$I?dry_run=1" '{"type":"test","name":"dry"}'
is "dry run of an import" 200 '.operation.kind == "import"' \
	POST "$I?dry_run=1" '{"type":"test","name":"dry","path":"/etc/hostname"}'
is "dry run of the removal of an image" 200 '.operation.kind == "image-remove"' \
	DELETE "$I/test/dry-image?dry_run=1"
is "dry run, asynchronously, is the same" 200 '.operation.state == "planned"' \
	PUT "$M/dry?dry_run=1" "$RUN" "$ASYNC"
problem "dry run of what cannot be" 404 not-found id PUT "$M/none?dry_run=1" "$RUN"
problem "dry run: of what was" 412 precondition-failed generation \
	PUT "$M/dry?dry_run=1" "$RUN" 'If-Match: "77"'
problem "dry_run is neither" 400 bad-parameter dry_run PUT "$M/dry?dry_run=x" "$RUN"
problem "dry_run of a GET" 400 bad-parameter dry_run GET "$M/dry?dry_run=1"
is "and all is as it was" 200 'map(.id) | index("dry2") == null' GET $M
ok_if "with no event" "$(header hyper-seq)" = "$before"
is "dry_run=0 is none" 200 '.state == "stopped"' PUT "$M/dry?dry_run=0" "$STOP"

# --- many at once ---
add many-a
add many-b start:error=DRIVER
add many-c
is "PUT of a query: each has its outcome" 207 'map(.id) == ["many-a", "many-b",
	"many-c"] and map(.error.code) == [null, "DRIVER", null] and
	.[0].machine.state == "running" and .[1].machine == null and
	.[1].operation.state == "failed"' PUT "$M?query=id=many-*" "$RUN"
is "PUT: all is well" 200 'length == 2 and all(.machine.state == "stopped")' \
	PUT "$M?query=id=many-*%20state=running" '{"state":"stopped","force":true,"timeout":0}'
is "PUT: none is meant" 200 '. == []' PUT "$M?query=id=nobody" "$RUN"
is "PATCH of a query" 200 'length == 2 and all(.machine.labels.x == "y")' \
	PATCH "$M?query=id=many-*&sort=-id&limit=2" '{"labels":{"x":"y"}}'
is "they were the last two" 200 'map(.id) == ["many-b", "many-c"]' GET "$M?query=label.x=y"
is "PUT, asynchronously" 202 'all(.operation.state | . == "queued" or . == "running")
	and length == 2' PUT "$M?query=id=many-a%20or%20id=many-c" "$RUN" "$ASYNC"
is "dry run of DELETE of a query" 207 'map(.error != null) == [true, false, true] or
	map(.error != null) == [false, false, false]' DELETE "$M?query=id=many-*&dry_run=1"
problem "DELETE of all by mistake" 400 bad-parameter query DELETE $M
problem "PUT of all by mistake" 400 bad-parameter query PUT $M "$RUN"
problem "PATCH of all by mistake" 400 bad-parameter query PATCH "$M?query=" '{"mem":64}'
problem "a query that is none" 400 bad-parameter query DELETE "$M?query=colour=red"
problem "a page of it" 400 bad-parameter cursor DELETE "$M?query=id=x&cursor=x"
problem "If-Match with many" 501 not-supported If-Match DELETE "$M?query=id=x" '' 'If-Match: "1"'
problem "a key with many" 501 not-supported Idempotency-Key \
	PUT "$M?query=id=x" "$RUN" 'Idempotency-Key: "k"'
is "DELETE of a query" 200 'length == 3 and all(.error == null and .machine == null)' \
	DELETE "$M?query=id=many-*&force=1"
is "DELETE of the one before" 200 'length == 1' DELETE "$M?query=id=dry"

# --- PUT machines/{id} ---
problem "PUT of what is not there" 404 not-found id PUT $M/none "$RUN"
problem "an unknown state" 422 invalid state PUT $M/full '{"state":"flying"}'
problem "a state that one cannot ask for" 422 invalid state \
	PUT $M/full '{"state":"error"}'
problem "no state" 422 invalid state PUT $M/full '{}'
problem "a state that is no text" 422 invalid state PUT $M/full '{"state":1}'
problem "an unknown field beside it" 422 invalid speed \
	PUT $M/full '{"state":"running","speed":1}'
problem "a timeout that is none" 422 invalid timeout \
	PUT $M/full '{"state":"stopped","timeout":-1}'
problem "force that is none" 422 invalid force \
	PUT $M/full '{"state":"stopped","force":"yes"}'
problem "an id that can be none" 400 bad-parameter id PUT $M/a_b "$RUN"
add deaf 'stop:ignore'
put deaf "$RUN"
problem "a guest that does not stop in time" 504 timeout - \
	PUT $M/deaf '{"state":"stopped","timeout":0.2}'
is "goes on running" 200 '.state == "running"' GET $M/deaf
is "force kills it" 200 '.state == "stopped"' \
	PUT $M/deaf '{"state":"stopped","timeout":0,"force":true}'

# --- what engines do wrong ---
while read -r code want slug; do
	lower=${code,,}
	add "e-${lower/_/-}" "start:error=$code"
	ask PUT "$M/e-${lower/_/-}" "$RUN"
	jq -e --arg s "$slug" '.driver == "test" and (.type | endswith(":" + $s))' \
		"$W/body" >/dev/null && [ "$status" = "$want" ]
	good=$?
	tell "$want $slug"
	verdict "an engine that says $code: $want" $good "$W/check.out"
done <<-'E'
	DRIVER 500 driver
	IO 500 io
	INTERNAL 500 internal
	NOT_SUPPORTED 501 not-supported
	PROTOCOL 502 protocol
	CONNECT 503 engine-unreachable
	TIMEOUT 504 timeout
	BUSY 409 busy
	DENIED 403 denied
E
add failing 'start:error=BUSY'
put failing "$RUN"
ok_if "busy: says when to try again" -n "$(header retry-after)"
problem "an engine that fails at add" 500 driver - POST $M \
	'{"id":"half","type":"test","image":"tiny","options":{"script":"add@2:error=DRIVER"}}'
problem "leaves no machine" 404 not-found id GET $M/half

# --- DELETE machines/{id} ---
problem "DELETE of what is not there" 404 not-found id DELETE $M/none
add runs
put runs "$RUN"
problem "DELETE of a running one" 409 state state DELETE $M/runs
problem "force that is none" 400 bad-parameter force DELETE "$M/runs?force=yes"
is "DELETE with force" 204 - DELETE "$M/runs?force=1"
problem "DELETE takes no body" 400 bad-request body DELETE $M/full '{}'

# --- GET machines: queries and pages ---
for i in $(seq 25); do
	add "p$(printf %02d "$i")"
done
is "sort" 200 'map(.id)[:2] == ["p25", "p24"]' \
	GET "$M?query=id%3Dp??&sort=-id"
is "fields" 200 'all(keys == ["id", "state"])' GET "$M?fields=id,state"
is "limit and count" 200 'length == 10' GET "$M?query=id%3Dp*&limit=10&count=1"
ok_if "count tells of all" "$(header hyper-total-count)" = 25
check "the next page is linked" grep -q '^link: <.*cursor=.*>; rel="next"' "$W/headers"
cat "$W/body" >"$W/pages"
cursor=$(header hyper-next-cursor)
next=$(sed -n 's/^link: <\(.*\)>; rel="next"/\1/p' "$W/headers")
is "a machine of the page goes" 204 - DELETE "$M/$(jq -r '.[-1].id' "$W/pages")"
add p005
ask GET "$next"
cat "$W/body" >>"$W/pages"
while [ -n "$(header hyper-next-cursor)" ]; do
	ask GET "$M?query=id%3Dp*&limit=10&cursor=$(header hyper-next-cursor)"
	cat "$W/body" >>"$W/pages"
done
check "all pages have each machine once" sh -c 'jq -s -e "add | map(.id) |
	. == unique and length == 25" "$1"' - "$W/pages"
problem "a cursor that is none" 400 bad-parameter cursor GET "$M?cursor=xyz"
problem "a cursor of another order" 400 bad-parameter cursor \
	GET "$M?sort=-mem&cursor=$cursor"
problem "a limit that is none" 400 bad-parameter limit GET "$M?limit=ten"
problem "a limit too large" 400 bad-parameter limit GET "$M?limit=10001"
problem "a sort that is none" 400 bad-parameter sort GET "$M?sort=beauty"
problem "fields that are none" 400 bad-parameter fields GET "$M?fields=id,beauty"
problem "an unknown parameter" 400 bad-parameter colour GET "$M?colour=red"
problem "a parameter twice" 400 bad-parameter limit GET "$M?limit=1&limit=2"
problem "a broken escape" 400 bad-parameter query GET "$M?query=%zz"
problem "a query that is none" 400 bad-parameter query GET "$M?query=state%3D%3D%3D"
check "tells the column" grep -q 'column [0-9]' "$W/body"
problem "a query for a state that is none" 400 bad-parameter query \
	GET "$M?query=state%3Dflying"
is "quotes and UTF-8 in a query" 200 'map(.id) == ["full"]' \
	GET "$M?query=label.a.b/c~%22%C3%A4%20%22"
is "refresh" 200 'all(.stale == false)' GET "$M?refresh=1"
is "refresh one" 200 '.stale == false' GET "$M/full?refresh=true"

# --- operations: async, wait, cancel ---
add slow 'start:latency=3000;stop:latency=20000'
is "async: 202 and the operation" 202 '.kind == "start" and .machine == "slow"' \
	PUT $M/slow "$RUN" "$ASYNC"
op=$(field .id)
ok_if "with its Location" "$(header location)" = "$O/$op"
ok_if "and what was applied" "$(header preference-applied)" = respond-async
is "meanwhile the machine is starting" 200 '.state == "starting"' GET $M/slow
is "a wait that is too short" 200 '.state == "running" and .ended_at == null' \
	GET "$O/$op?wait=0.1"
is "a wait to the end" 200 '.state == "done" and .ended_at and .error == null' \
	GET "$O/$op?wait=10"
is "the machine runs" 200 '.state == "running"' GET $M/slow
problem "an ended one cannot be cancelled" 409 state state DELETE "$O/$op"
ask PUT $M/slow "$STOP" "$ASYNC"
op=$(field .id)
is "a queued one behind it" 202 '.state == "queued"' PUT $M/slow "$RUN" "$ASYNC"
queued=$(field .id)
is "GET operations?query=" 200 "map(.id) == [$op]" \
	GET "$O?query=state%3Drunning%20machine%3Dslow"
is "cancel the queued one" 202 - DELETE "$O/$queued"
is "it has not begun" 200 '.state == "cancelled" and .started_at == null' \
	GET "$O/$queued?wait=2"
is "cancel the running one" 202 ".id == $op" DELETE "$O/$op"
is "it ends" 200 '.state == "cancelled" and .error.code == "CANCELLED"' \
	GET "$O/$op?wait=5"
is "the machine runs on" 200 '.state == "running"' GET $M/slow
is "async add: 202" 202 '.kind == "add" and .image == "tiny"' POST $M \
	'{"id":"later","type":"test","image":"tiny","options":{"script":"add:latency=2000"}}' \
	"$ASYNC"
op=$(field .id)
is "and the machine is being made" 200 '.state == "creating"' GET $M/later
is "the operation ends" 200 '.state == "done"' GET "$O/$op?wait=5"
is "async remove: 202" 202 '.kind == "remove"' DELETE $M/later '' "$ASYNC"
is "and ends" 200 '.state == "done"' GET "$O/$(field .id)?wait=5"
problem "it has gone" 404 not-found id GET $M/later
ask PUT $M/failing "$RUN" "$ASYNC"
is "one that fails tells why" 200 '.state == "failed" and .error.code == "BUSY"
	and .error.driver == "test"' GET "$O/$(field .id)?wait=5"
is "GET operations: newest first" 200 'map(.id) | . == (sort | reverse)' GET $O
is "pages of operations" 200 'length == 3' GET "$O?limit=3&count=1"
ok_if "are linked" -n "$(header hyper-next-cursor)"
is "the next one" 200 'length == 3' GET "$O?limit=3&cursor=$(header hyper-next-cursor)"
problem "an operation that is not there" 404 not-found operation GET $O/999999
problem "a number that is none" 404 not-found operation GET $O/abc
problem "cancel of what is not there" 404 not-found operation DELETE $O/999999
problem "a wait that is none" 400 bad-parameter wait GET "$O/1?wait=long"
problem "a wait too long" 400 bad-parameter wait GET "$O/1?wait=61"

# --- images ---
is "GET images" 200 'map(.name) | contains(["tiny", "demo"])' GET $I
is "GET images?type=" 200 'all(.type == "test")' GET "$I?type=test"
problem "of an unknown type" 422 no-driver type GET "$I?type=zx81"
is "GET images/test/tiny" 200 '.name == "tiny" and .type == "test"' GET $I/test/tiny
problem "GET of what is not there" 404 not-found name GET $I/test/nothing
is "POST images: pull" 201 '.name == "reg.example/a/b:1"' \
	POST $I '{"type":"test","name":"reg.example/a/b:1"}'
place=$(header location)
ok_if "with its Location" "${place%%/b*}" = "$I/test/reg.example/a"
is "which is good" 200 '.name == "reg.example/a/b:1"' GET "$place"
is "a machine of it" 201 - POST $M '{"id":"of-it","type":"test","image":"reg.example/a/b:1"}'
problem "DELETE of one in use" 409 busy name DELETE "$place"
is "the machine goes" 204 - DELETE $M/of-it
is "DELETE of one that is not" 204 - DELETE "$place"
problem "it has gone" 404 not-found name GET "$place"
problem "pull of what the registry lacks" 404 not-found name \
	POST $I '{"type":"test","name":"no-such"}'
is "POST images: import" 201 '.name == "mine"' \
	POST $I "{\"type\":\"test\",\"name\":\"mine\",\"path\":\"$HERE/raw.py\"}"
problem "import of a name that is taken" 409 exists name \
	POST $I "{\"type\":\"test\",\"name\":\"mine\",\"path\":\"$HERE/raw.py\"}"
problem "import of a file that is not there" 404 not-found path \
	POST $I '{"type":"test","name":"other","path":"/nonexistent"}'
problem "a path that is not absolute" 422 invalid path \
	POST $I '{"type":"test","name":"other","path":"x"}'
problem "no name" 422 invalid name POST $I '{"type":"test"}'
problem "no type" 422 invalid type POST $I '{"name":"x"}'
problem "an unknown field" 422 invalid size POST $I '{"type":"test","name":"x","size":1}'
is "async pull: 202" 202 '.kind == "pull" and .image == "bg"' \
	POST $I '{"type":"test","name":"bg"}' "$ASYNC"
is "and ends" 200 '.state == "done"' GET "$O/$(field .id)?wait=5"

# --- methods and paths ---
allows() { # TEXT METHOD TARGET ALLOWED
	problem "$1" 405 method-not-allowed - "$2" "$3"
	ok_if "and says what is allowed" "$(header allow)" = "$4"
}
allows "a method of nobody's, of all machines" BREW $M "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
allows "POST to a machine" POST $M/full "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
allows "POST to it, with a parameter" POST $M/full "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
allows "PUT of an operation" PUT $O/1 "GET, DELETE, HEAD, OPTIONS"
allows "POST to /hyper" POST /hyper "GET, HEAD, OPTIONS"
allows "a method of nobody's" BREW /hyper/drivers "GET, HEAD, OPTIONS"
ask OPTIONS $M
ok_if "OPTIONS" "$status:$(header allow)" = "204:GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
for path in / /hyper/ /hyper/nothing /hyper/machines/ /hyper/machines/a/b \
	/hypers /HYPER /hyper/images/test /hyper//machines; do
	problem "nothing at $path" 404 no-route - GET $path
done
problem "an id that can be none" 400 bad-parameter id GET $M/a_b
problem "an id with a slash in it" 400 bad-parameter id GET $M/a%2Fb
is "an id in capitals" 200 '.id == "full"' GET $M/FULL
is "an id that is escaped" 200 '.id == "full"' GET $M/%66ull
end_hyperd "$api"
ok_if "api: stops in order" $rc = 0
