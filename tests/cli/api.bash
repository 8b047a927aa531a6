# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# The REST API as it is, by `hyperctl api`.

says "api GET" '. == []' api GET /hyper/machines
says "POST: a body, which is JSON" '.id == "raw" and .state == "stopped"' \
	api POST /hyper/machines '{"id": "raw", "type": "test", "image": "demo"}'
says "with a query" 'map(.id) == ["raw"]' \
	api GET '/hyper/machines?query=id%3Draw'
echo '{"state": "running"}' >"$W/state.json"
says "a body from a file" '.state == "running"' \
	api PUT /hyper/machines/raw "@$W/state.json"
# shellcheck disable=SC2086 # $UNDER is a command and its options
${UNDER:-} "$HYPERCTL" api PUT /hyper/machines/raw - <<<'{"state": "stopped"}' \
	>"$W/out" 2>"$W/err"
ok_if "$on: a body from stdin" "$(jq -r .state "$W/out")" = stopped
ctl api -i GET /hyper/machines/raw
ok_if "$on: -i: the status first" "$(head -n 1 "$W/out")" = 200
check "$on: then the fields" grep -qix 'content-type: application/json' "$W/out"
check "$on: the ETag, too" grep -qi '^etag: "' "$W/out"
ok_if "$on: an empty line, and the body" \
	"$(sed '1,/^$/d' "$W/out" | jq -r .id)" = raw
ctl api -i POST /hyper/machines '{"image": "demo", "id": "later"}' \
	-H 'Prefer: respond-async'
ok_if "$on: a header field of one's own" "$(head -n 1 "$W/out")" = 202
ctl api HEAD /hyper -i
ok_if "$on: HEAD has no body" "$rc" = 0 -a -z "$(sed '1,/^$/d' "$W/out")"
ctl api GET /hyper/machines/nosuch
ok_if "$on: an error is exit code 1" $rc = 1
ok_if "$on: and its body is printed" "$(jq -r .status "$W/out")" = 404
ok_if "$on: and nothing else" ! -s "$W/err"
ctl api BREW /hyper
ok_if "$on: whatever the method" "$(jq -r .status "$W/out")" = 405
says "events as a list" 'length > 0 and .[0].seq > 0' \
	api GET /hyper/events
fails "but no stream" 1 'a stream' api GET /hyper/events -H 'Accept: text/event-stream'
check "$on: and what to do instead" grep -q '^hint: .*events --follow' "$W/err"
fails "no path" 2 'a method and a path' api GET
fails "a path without /" 2 "'hyper' is no path" api GET hyper
fails "two requests in one" 2 'is no path' api GET $'/hyper HTTP/1.1\r\nX: y'
fails "no header field" 2 "'x' is no header field" api GET /hyper -H x
fails "a file that is not there" 1 'cannot open' api POST /hyper/machines @/none/such
head -c 1048577 /dev/zero | tr '\0' ' ' >"$W/large"
fails "a body that is too large" 2 'at most 1048576' \
	api POST /hyper/machines "@$W/large"
if [ -n "$served" ]; then
	start_hyperd "raw-$on" --listen 127.0.0.1:0
	verdict "$on: a hyperd on TCP" $?
	tcp=$pid
	url=$(url_of "raw-$on")
	HYPER_TOKEN_FILE=$W/raw-$on/state/token says "the token goes with it" \
		'. == []' -u "$url" api GET /hyper/machines
	ctl -u "$url" api GET /hyper/machines
	ok_if "$on: without one it is 401" "$rc$(jq -r .status "$W/out")" = 1401
	says "or one's own" '. == []' -u "$url" api GET /hyper/machines \
		-H "Authorization: Bearer $(cat "$W/raw-$on/state/token")"
	stop_pid "$tcp"
	fails "no hyperd" 5 'no hyperd' -u "$url" api GET /hyper
fi
ctl rm -F raw later
