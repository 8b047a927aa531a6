# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# What it takes to leave hyperd running: metrics, health, the log, and who may
# ask it from a browser.

on=service
start_hyperd service --listen 127.0.0.1:0 --log-level debug --log-format logfmt \
	--hosts hyper.example,other --origins https://ui.example,http://ui:81
verdict "service: starts" $? "$W/service/err" || return 1
service=$pid
url=$(url_of service)
auth="Authorization: Bearer $(cat "$W/service/state/token")"
log=$W/service/err

# --- health ---
# text_is TEXT STATUS BODY METHOD TARGET...: the body is that text
text_is() {
	local text=$1 want=$2 body=$3
	shift 3
	ask "$@"
	tell "$want" "$body"
	[ "$status" = "$want" ] && [ "$(cat "$W/body")" = "$body" ]
	verdict "$text" $? "$W/check.out"
}
text_is "/healthz" 200 ok GET /healthz
text_is "/readyz" 200 ok GET /readyz
ok_if "they are text" "$(header content-type)" = 'text/plain; charset=utf-8'
text_is "no token is asked for: /healthz" 200 ok GET "$url/healthz"
text_is "no token is asked for: /readyz" 200 ok GET "$url/readyz"
text_is "whatever is accepted" 200 ok GET /healthz '' 'Accept: application/json'
problem "but nothing beside them" 401 unauthorized - GET "$url/healthz/x"
problem "/healthz is only read" 405 method-not-allowed - DELETE /healthz

# --- metrics ---
problem "/metrics needs a token" 401 unauthorized - GET "$url/metrics"
ask POST /hyper/machines '{"id":"m1","type":"test","image":"tiny"}'
ask POST /hyper/machines '{"id":"m2","type":"test","image":"tiny","options":{"script":"start:error=DRIVER"}}'
ask PUT /hyper/machines/m1 '{"state":"running"}'
ask PUT /hyper/machines/m2 '{"state":"running"}'
ask GET /hyper/machines/none
ask GET /metrics
ok_if "/metrics" "$status" = 200
ok_if "in the text format of Prometheus" \
	"$(header content-type)" = 'text/plain; version=0.0.4; charset=utf-8'
cp "$W/body" "$W/metrics"
if command -v promtool >/dev/null; then
	check "promtool has nothing against it" sh -c \
		'promtool check metrics <"$1"' - "$W/metrics"
else
	skip "promtool is not there"
fi
# metric LINE: a line of the metrics is this pattern
metric() { check "metric: $1" grep -Eqx -- "$1" "$W/metrics"; }
metric 'hyper_build_info\{version="[0-9.]+",sqlite="3[0-9.]+",json_c="[0-9.]+",curl="[0-9.]+"\} 1'
metric 'hyper_machines\{driver="test",state="running"\} 1'
metric 'hyper_operations_total\{kind="add",result="done"\} 2'
metric 'hyper_operations_total\{kind="start",result="done"\} 1'
metric 'hyper_operations_total\{kind="start",result="failed"\} 1'
metric 'hyper_driver_loaded\{driver="test"\} 1'
metric 'hyper_driver_up\{driver="test"\} 1'
metric 'hyper_http_requests_total\{route="/hyper/machines",method="POST",code="2xx"\} 2'
metric 'hyper_http_requests_total\{route="/hyper/machines/\{id\}",method="PUT",code="5xx"\} 1'
metric 'hyper_http_requests_total\{route="/hyper/machines/\{id\}",method="GET",code="4xx"\} 1'
metric 'hyper_http_requests_total\{route="none",method="any",code="4xx"\} [1-9][0-9]*'
metric 'hyper_http_request_duration_seconds_bucket\{route="/hyper/machines",method="POST",le="\+Inf"\} 2'
metric 'hyper_http_request_duration_seconds_count\{route="/hyper/machines",method="POST"\} 2'
metric 'hyperd_connections [1-9][0-9]*'
metric 'hyperd_streams 0'
metric 'process_start_time_seconds [0-9]{10}(\.[0-9]+)?'
started_at=$(sed -n 's/^process_start_time_seconds \([0-9]*\).*/\1/p' "$W/metrics")
ok_if "it started just now" $(($(date +%s) - started_at)) -lt 60
ask HEAD /metrics
ok_if "HEAD /metrics has a length" "$(header content-length)" -gt 1000
check "C is told the same over a connection" sh -c '
	"$1/tests/example_conn" "unix:$2" 2>&1 | grep -q "^hyper_build_info{" ' - \
	"$BUILD" "$(sock service)"

# --- request ids and the log ---
problem "an error has the id of its request" 404 not-found id \
	GET /hyper/machines/none '' 'X-Request-Id: from-me-1'
ok_if "in its body" "$(field .request_id)" = from-me-1
ok_if "and in its header" "$(header x-request-id)" = from-me-1
check "so has the log" grep -Eq \
	'^ts=[0-9T:.-]+Z level=debug msg=request id=from-me-1 method=GET path=/hyper/machines/none route=/hyper/machines/\{id\} status=404 ' "$log"
ask GET /hyper '' 'X-Request-Id: a b"c'
ok_if "an id that is no word is not taken over" \
	"$(header x-request-id | grep -Ec '^[0-9a-f]{16}$')" = 1
problem "so has what is refused" 401 unauthorized - GET "$url/hyper" '' \
	'X-Request-Id: no-token'
ok_if "in its body, too" "$(field .request_id)" = no-token
check "with the address that it came from" grep -Eq \
	'id=no-token .* status=401 .* peer=127\.0\.0\.1:[0-9]+$' "$log"
check "a change is info, a failure of ours a warning" sh -c '
	grep -q "level=info msg=request .* method=POST" "$1" &&
	grep -q "level=warning msg=request .* method=PUT .* status=500" "$1"' - "$log"
ask GET '/hyper/machines?query=id%3Dsecret' '' "$auth"
check "what is behind the ? is not logged" not grep -q secret "$log"
check "nor is a token" not grep -qF "${auth##* }" "$log"
check "each line is key=value" not grep -Evq \
	'^ts=[^ ]+ level=(error|warning|info|debug) msg=("([^"\\]|\\.)*"|request( [a-z]+=[^ "]+)+)$' "$log"
printf 'GET /a\033[31m"b=c%%20d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
	socat -t 5 - "UNIX-CONNECT:$(sock service)" >/dev/null
check "whatever a client asks for is one word" grep -qF \
	' path=/a%1B[31m%22b%3Dc%20d ' "$log"

# --- Host ---
for host in localhost LocalHost:7070 127.0.0.1 '[::1]:80' hyper.example:1 \
	other "$(uname -n)"; do
	is "Host: $host" 200 .version GET "$url/hyper" '' "$auth" "Host: $host"
done
for host in evil.example 127.0.0.1.evil.example 192.0.2.1 '[2001:db8::1]' \
	localhost.evil hyper.example.evil xhyper.example; do
	problem "Host: $host" 421 misdirected - GET "$url/hyper" '' "$auth" \
		"Host: $host"
done
for host in '' 'a:b' '[::1' 'localhost,evil' 'localhost:80:90'; do
	ask GET "$url/hyper" '' "$auth" "Host:$host"
	ok_if "Host: '$host' is none" "$status" = 400
done
is "a unix socket has no name" 200 .version GET /hyper '' 'Host: evil.example'

# --- Origin ---
same="Origin: $url"
is "a page of ours" 200 .version GET "$url/hyper" '' "$auth" "$same" \
	'Sec-Fetch-Site: same-origin'
ok_if "needs no permission" -z "$(header access-control-allow-origin)"
for origin in https://evil.example null "https://${url#http://}" \
	"http://127.0.0.1:1" http://localhost https://ui.example:444 \
	https://ui.example.evil; do
	problem "Origin: $origin" 403 cross-origin - GET "$url/hyper" '' "$auth" \
		"Origin: $origin"
	ok_if "and its page may not read that" -z \
		"$(header access-control-allow-origin)"
done
problem "a foreign page changes nothing" 403 cross-origin - POST \
	"$url/hyper/machines" '{"image":"tiny"}' "$auth" 'Origin: http://evil'
problem "not over a unix socket either" 403 cross-origin - POST \
	/hyper/machines '{"image":"tiny"}' 'Origin: http://localhost'
for site in cross-site same-site; do
	problem "Sec-Fetch-Site: $site" 403 cross-origin - GET "$url/hyper" '' \
		"$auth" "Sec-Fetch-Site: $site"
done
is "Sec-Fetch-Site: none" 200 - GET "$url/hyper" '' "$auth" 'Sec-Fetch-Site: none'
for origin in https://ui.example http://ui:81; do
	is "a page that is let in: $origin" 200 .version GET "$url/hyper" '' \
		"$auth" "Origin: $origin" 'Sec-Fetch-Site: cross-site'
	ok_if "may read the answer" \
		"$(header access-control-allow-origin)" = "$origin"
	ok_if "for itself alone" "$(header vary)" = Origin
done
problem "it needs a token all the same" 401 unauthorized - GET "$url/hyper" '' \
	'Origin: https://ui.example'
ok_if "and may read that" \
	"$(header access-control-allow-origin)" = https://ui.example
ask OPTIONS "$url/hyper/machines" '' 'Origin: https://ui.example' \
	'Access-Control-Request-Method: POST'
ok_if "a browser that asks first needs none" "$status" = 204
check "and is told what it may" grep -q \
	'^access-control-allow-methods: .*POST' "$W/headers"
problem "others are told nothing" 403 cross-origin - OPTIONS \
	"$url/hyper/machines" '' 'Origin: https://evil.example' \
	'Access-Control-Request-Method: POST'
problem "OPTIONS alone does not get by the token" 401 unauthorized - OPTIONS \
	"$url/hyper/machines"
is "nothing was made of all that" 200 'map(.id) == ["m1","m2"]' GET \
	"/hyper/machines?sort=id"
end_hyperd "$service"

# --- sizes ---
start_hyperd service --max-url 300 --max-header 1024 --max-body 100
long=$(printf '%0400d' 0)
problem "a target over max-url" 414 target-too-long - GET \
	"/hyper/machines?query=$long"
problem "a header over max-header" 431 header-too-large - GET /hyper '' \
	"X: $long$long$long"
problem "a body over max-body" 413 body-too-large - POST /hyper/machines \
	"{\"image\":\"$long\"}"
is "what is not" 200 .version GET /hyper '' "X: $long"
raw "one that is far over them" '4(14|31)' long-target 200000
is "hyperd is well after that" 200 .version GET /hyper

# --- not ready ---
python3 -c 'import sqlite3, sys
c = sqlite3.connect(sys.argv[1]); c.execute("PRAGMA user_version = 9999")' \
	"$W/service/state/hyper.db"
# (What was just written is taken for ready.)
not_ready() { ask GET /readyz && [ "$status" = 503 ]; }
wait_for 10 not_ready
problem "a database that it cannot use: not ready" 503 not-ready - GET /readyz
text_is "but alive" 200 ok GET /healthz
end_hyperd $pid
