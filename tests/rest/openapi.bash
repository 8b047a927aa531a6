# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# GET /hyper/openapi.json: a public linter has nothing against it, and all that
# the parts before this one have recorded agrees with it.

on=openapi
export HYPER_TEST_KEEP=yes # an engine that has what is not ours
start_hyperd openapi --listen 127.0.0.1:0
verdict "openapi: starts" $? "$W/openapi/err" || return 1
openapi=$pid
url=$(url_of openapi)
D=/hyper/openapi.json
M=/hyper/machines

is "the document" 200 '.openapi == "3.1.0" and .info.title == "hyper"' GET $D
cp "$W/body" "$W/openapi.json"
ok_if "is JSON" "$(header content-type)" = application/json
etag=$(header etag)
is "it has the version of what serves it" 200 \
	".version == \"$(jq -r .info.version "$W/openapi.json")\"" GET /hyper
is "who knows it is told so" 304 - GET $D '' "If-None-Match: $etag"
ok_if "by its ETag" "$(header etag)" = "$etag"
is "who knows another gets it" 200 .openapi GET $D '' 'If-None-Match: "0"'
is "HEAD" 200 - HEAD $D
problem "nobody is told without a token" 401 unauthorized - GET "$url$D"
problem "it has no parameters" 400 bad-parameter x GET "$D?x=1"
problem "it is only read" 405 method-not-allowed - PUT $D '{}'

# --- what no other part asks for ---
ask POST $M '{"type":"test","image":"tiny","id":"own"}'
engine=$W/openapi/state/test
echo '00000000-0000-4000-8000-000000000001 4 -' >"$engine/old.machine"
echo '00000000-0000-4000-8000-000000000002 2 11111111-2222-4333-8444-555555555555' \
	>"$engine/Theirs.machine"
is "adopt" 201 '.adopted and .id == "old"' POST /hyper/adopt '{"name":"old"}'
is "adopt what is another's" 201 '.id == "ours"' POST /hyper/adopt \
	'{"type":"test","name":"Theirs","id":"ours","force":true}'
problem "adopt once more" 409 exists name POST /hyper/adopt '{"name":"old"}'
is "PATCH with all there is" 200 '.labels == {"a": "b"}' PATCH $M/own \
	'{"mem":"256M","vcpus":2,"labels":{"a":"b","c":null}}'
problem "autostart is a member, too" 501 not-supported autostart PATCH $M/own \
	'{"autostart":true}'
is "as it is already" 200 '.autostart == false' PATCH $M/own '{"autostart":false}'
rm "$engine/own.machine"
is "the doctor finds something" 200 'any(.kind == "machine-missing")' \
	GET /hyper/doctor
is "asked to mend it, too" 200 'any(.kind == "machine-missing")' POST /hyper/doctor '{"repair":true}'
is "a name with %2F" 201 '.name == "reg.example/a:1"' \
	POST /hyper/images '{"type":"test","name":"reg.example/a:1"}'
is "is one with slashes" 200 '.name == "reg.example/a:1"' \
	GET /hyper/images/test/reg.example%2Fa%3A1
E='/hyper/events?after=0&limit=2&wait=0'
is "events in lines" 200 .seq GET "$E" '' 'Accept: application/x-ndjson'
ask GET "$E" '' 'Accept: text/event-stream'
check "events of a server" grep -q '^data: {"seq":2' "$W/body"
ask POST $M '{"type":"test","image":"tiny","id":"slow",
	"options":{"script":"start:latency=20000"}}'
ask PUT $M/slow '{"state":"running"}' 'Prefer: respond-async'
op=$(field .id)
ask PUT $M/slow '{"state":"stopped","force":true}'
is "an error with what led to it" 200 '.error.causes[0].code == "CANCELLED"' \
	GET "/hyper/operations/$op?wait=10"
is "pages of operations" 200 'length == 1' \
	GET '/hyper/operations?limit=1&count=1&sort=id&query=kind%3Dadd'
end_hyperd "$openapi"
unset HYPER_TEST_KEEP

# --- the document and what was recorded ---
node=$W/node
mkdir "$node"
check "npm has a linter and a validator" npm install --prefix "$node" \
	--no-save --no-audit --no-fund --ignore-scripts \
	@stoplight/spectral-cli@6 ajv@8 ajv-formats@3
check "the linter has nothing against the document" \
	"$node/node_modules/.bin/spectral" lint --quiet --fail-severity hint \
	--ruleset "$HERE/openapi/spectral.yaml" "$W/openapi.json"
# replay NAME TEXT [ARG...]: what NAME.js says, and its last line in the verdict
replay() {
	local good
	NODE_PATH=$node/node_modules node "$HERE/openapi/$1.js" \
		"$W/openapi.json" "$exchanges" "${@:3}" >"$W/replay.out" 2>&1
	good=$?
	verdict "$2: $(tail -n 1 "$W/replay.out")" $good "$W/replay.out"
}
# Only all parts together use all there is.
replay replay "what was recorded agrees with it" ${whole:+all}
[ -z "$whole" ] || replay mutate "and with no other"
