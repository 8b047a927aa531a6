# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# GET /hyper/events as a stream: what comes, byte by byte; how it ends.

E=/hyper/events
SSE='Accept: text/event-stream'
NDJSON='Accept: application/x-ndjson'

# reader NAME ARG...: stream.py in the background, on the hyperd named $on; its
# output goes to $W/NAME. A line to file 4 lets one go on that waits for it.
mkfifo "$W/go"
exec 4<>"$W/go"
reader() {
	local name=$1
	shift
	python3 "$HERE/stream.py" "$(sock "$on")" "$@" \
		>"$W/$name" 2>&1 <&4 &
	eval "$name=$!"
	started $!
}
# said TEXT NAME WANT: the last line of it, when it has ended, is this
said() {
	wait "${!2}"
	echo "wanted $3" >"$W/check.out"
	cat "$W/$2" >>"$W/check.out"
	[ "$(tail -n 1 "$W/$2")" = "$3" ]
	verdict "$1" $? "$W/check.out"
}
# logged NAME TEXT: it comes into the log of that hyperd
logged() { wait_for 10 grep -qF "$2" "$W/$1/err"; }

# --- those that take long begin first ---
on=quiet
start_hyperd quiet
verdict "streams: starts" $? "$W/quiet/err" || return 1
quiet=$pid
reader sse_alive alive sse 0
reader ndjson_alive alive ndjson 0
on=stalled
start_hyperd stalled --log-level debug
stalled=$pid
reader never stall "$E?after=0"
reader stalled_burst burst 500

# --- what comes, byte by byte ---
on=streams
HYPER_EVENTS_KEEP=150 start_hyperd streams --listen 127.0.0.1:0
streams=$pid
ask POST /hyper/machines '{"id":"web","type":"test","image":"tiny"}'
ask GET $E
cp "$W/body" "$W/events.json"
jq -c '.[]' "$W/events.json" >"$W/wanted.ndjson"
{
	printf 'retry: 2000\n\n'
	jq -r '.[] | "id: \(.seq)\ndata: \(tojson)\n"' "$W/events.json"
} >"$W/wanted.sse"
# gives TEXT FILE TARGET [HEADER...]: 200, and exactly these bytes
gives() {
	local text=$1 want=$2 good=0
	shift 2
	ask GET "$1" '' "${@:2}"
	[ "$status" = 200 ] && cmp -s "$want" "$W/body" || good=1
	tell 200 "$(cat "$want")"
	verdict "$text" $good "$W/check.out"
}
gives "NDJSON: a line each" "$W/wanted.ndjson" "$E?wait=0" "$NDJSON"
ok_if "NDJSON: its type" "$(header content-type)" = application/x-ndjson
ok_if "which no cache keeps" "$(header cache-control)" = no-store
ok_if "and which has no length" -z "$(header content-length)"
gives "SSE: retry, id, data" "$W/wanted.sse" "$E?wait=0" "$SSE"
ok_if "SSE: its type" "$(header content-type)" = text/event-stream
sed 1d "$W/wanted.ndjson" >"$W/wanted"
gives "after=" "$W/wanted" "$E?after=1&wait=0" "$NDJSON"
gives "Last-Event-ID" "$W/wanted" "$E?wait=0" "$NDJSON" 'Last-Event-ID: 1'
gives "which wins over after=" "$W/wanted" "$E?wait=0&after=2" "$NDJSON" \
	'Last-Event-ID: 1'
sed 2q "$W/wanted.ndjson" >"$W/wanted"
gives "limit= ends it" "$W/wanted" "$E?limit=2" "$NDJSON"
: >"$W/wanted"
gives "nothing, and nothing to wait for" "$W/wanted" "$E?after=3&wait=0" "$NDJSON"
printf '\n' >"$W/wanted"
gives "wait= runs out" "$W/wanted" "$E?after=3&wait=0.3" "$NDJSON"
curl -sS --http1.0 --unix-socket "$(sock streams)" -H "$SSE" \
	"http://localhost$E?wait=0" >"$W/body"
check "HTTP/1.0: the same bytes, to the end" cmp "$W/wanted.sse" "$W/body"
url=$(url_of streams)
problem "TCP without a token" 401 unauthorized - GET "$url$E?wait=0" '' "$SSE"
gives "TCP with the token" "$W/wanted.sse" "$url$E?wait=0" "$SSE" \
	"Authorization: Bearer $(cat "$W/streams/state/token")"

is "HEAD answers" 200 - HEAD $E '' "$SSE"
ok_if "HEAD: the same type" "$(header content-type)" = text/event-stream
ok_if "HEAD: no length" -z "$(header content-length)"
ok_if "HEAD: no body" ! -s "$W/body.none" -a "$(header cache-control)" = no-store

# --- what is not begun ---
problem "no such form" 406 not-acceptable Accept GET $E '' 'Accept: text/html'
problem "elsewhere there are no streams" 406 not-acceptable Accept \
	GET /hyper/machines '' "$SSE"
is "JSON is what one gets without a wish" 200 'length == 3' GET $E '' 'Accept: */*'
is "and what is liked better" 200 'length == 3' GET $E '' \
	'Accept: text/event-stream;q=0.5, application/json'
problem "a wrong Last-Event-ID" 400 bad-parameter Last-Event-ID \
	GET $E '' "$SSE" 'Last-Event-ID: one'
problem "after no number" 400 bad-parameter after GET "$E?after=x" '' "$NDJSON"
problem "beyond the newest" 400 bad-parameter after GET $E '' "$SSE" \
	'Last-Event-ID: 4'
problem "a bad limit" 400 bad-parameter limit GET "$E?limit=-1" '' "$SSE"
problem "a bad wait" 400 bad-parameter wait GET "$E?wait=61" '' "$NDJSON"
problem "a query" 400 bad-parameter query GET "$E?query=x" '' "$SSE"

# --- readers that come back, and one that is too slow ---
reader slow_sse slow "$E?after=3" sse
wait_for 10 grep -q reads "$W/slow_sse"
reader back_sse follow sse 140
reader back_ndjson follow ndjson 140
reader burst1 burst 23
said "many events" burst1 made
said "SSE: readers that come back miss nothing" back_sse "140 events True"
said "NDJSON: no more do they" back_ndjson "140 events True"
reader burst2 burst 400
said "(more than a socket holds)" burst2 made
echo >&4
wait "$slow_sse"
oldest=$(ask GET "$E?limit=1" && field '.[0].seq')
told='^trimmed behind ([0-9]+): the events after ([0-9]+) are no longer kept: '
told+='the oldest is ([0-9]+)$'
[[ $(tail -n 1 "$W/slow_sse") =~ $told ]]
verdict "the reader that was too slow is told so" $? "$W/slow_sse"
ok_if "behind its last event" "${BASH_REMATCH[1]:-}" = "${BASH_REMATCH[2]:-x}"
# (which was so when it was told: many have come and gone since)
ok_if "with the oldest that was kept" "${BASH_REMATCH[3]:-0}" -le "$oldest" \
	-a "${BASH_REMATCH[3]:-0}" -gt "$((${BASH_REMATCH[2]:-0} + 1))"
check "and it is logged" logged streams "a stream of events ends behind"
problem "when it comes back" 410 trimmed after GET $E '' "$SSE" 'Last-Event-ID: 5'

# --- so many that others would starve; those that have gone ---
on=full
start_hyperd full
events='hyper_http_requests_total{route="/hyper/events",method="GET",code="2xx"}'
none='hyper_http_requests_total{route="none",method="any",code="5xx"}'
counted() { ask GET /metrics && grep -F "$1 " "$W/body" | cut -d' ' -f2; }
verdict "(one more starts)" $? "$W/full/err"
reader crowd many 200
said "128 streams, others go on; who leaves makes room" crowd \
	"(128, ['urn:hyper:problem:overloaded'], 200) True"
# (200 at a time are asked for, until 128 are given)
ok_if "each is counted once" \
	"$((($(counted "$events") + $(counted "$none")) % 200))" = 0
end_hyperd $pid

# --- a stop ---
on=streams
last=$(ask GET /hyper/machines && header hyper-seq)
reader open_sse open "$E?after=$last" sse
reader open_ndjson open "$E?after=$last" ndjson
wait_for 10 grep -q reads "$W/open_sse"
wait_for 10 grep -q reads "$W/open_ndjson"
end_hyperd "$streams"
ok_if "SIGTERM with streams: exit code 0" $rc = 0
ok_if "within 2000 ms" "$took" -le 2000
said "SSE is told why" open_sse "200 cancelled"
said "NDJSON is told why" open_ndjson "200 cancelled"

# --- those that took long ---
said "SSE: keep-alives" sse_alive "b'retry: 2000\\n\\n' True b':\\n\\n' True"
said "NDJSON: keep-alives" ndjson_alive "b'\\n' True b'\\n' True"
end_hyperd "$quiet"
said "(more than a socket holds)" stalled_burst made
on=stalled
said "a reader that reads nothing is cut off, and can go on" never \
	"broken off; again: end, goes on: True cut off: True"
check "which is logged" logged stalled "has read nothing for 30 s"
reader stuck slow "$E?after=0" sse
wait_for 10 grep -q reads "$W/stuck"
end_hyperd "$stalled"
ok_if "SIGTERM with a stream that is stuck: exit code 0" $rc = 0
ok_if "within 2000 ms" "$took" -le 2000
echo >&4
wait "$stuck"
check "which breaks off" grep -q '^broken off behind' "$W/stuck"
exec 4>&-
