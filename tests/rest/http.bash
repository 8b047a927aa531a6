# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# HTTP itself: methods, bodies, broken requests, many clients, no leaks.

on=http
start_hyperd http --log-level debug
verdict "http: starts" $? "$W/http/err" || return 1
http=$pid

# count_is TEXT N: so many machines there are
count_is() { is "$1" 200 "length == $2" GET /hyper/machines; }

# --- bodies ---
raw "a truncated body is not acted on" none truncated
raw "nor truncated chunks" none truncated-chunks
raw "nor a header without its end" none headers-only
count_is "no machine came of them" 0
raw "a chunked body works" 201 chunked
is "and made its machine" 200 '.id == "raw"' GET /hyper/machines/raw
is "which goes again" 204 - DELETE /hyper/machines/raw
raw "a body of 1 MiB is read" '4(00|22)' body 1048576
raw "one byte more is not" 413 body 1048577
raw "nor are chunks beyond the limit" 413 chunked-large
problem "a body over the limit: told as a problem" 413 body-too-large - POST \
	/hyper/machines "{\"nonsense\":\"$(head -c 1100000 /dev/zero | tr '\0' x)\"}"
raw "chunks that are none" 400 bad-chunk
# libmicrohttpd 0.9.75 writes its own 400s twice.
raw "a length that is none" '400(,400)?' bad-length
raw "a negative length" '400(,400)?' negative-length
raw "two lengths" 400 two-lengths
raw "a length and chunks" 400 length-and-chunks
raw "a form is no JSON" 415 form
count_is "no machine came of these either" 0

# --- requests ---
raw "HTTP/1.1 without Host" '400(,400)?' no-host
raw "HTTP/1.0" 200 http-1.0
ask POST /hyper/machines '{"id":"nul","type":"test","image":"tiny"}'
raw "a byte of zero in a path is no end of it" 400 removal-and-nul
is "so nothing is removed" 200 '.id == "nul"' GET /hyper/machines/nul
ask DELETE /hyper/machines/nul
raw "also in HTTP/1.0, without a field" 400 nul-http-1.0
raw "and in a second request" 200,400 nul-and-pipelined
raw "a target in absolute form" 200 absolute
raw "requests one behind the other" 200,200,200,200 pipelined
raw "a target of 20 kB is read" '400|422' long-target 20000
raw "one of 200 kB is refused" '4(14|31)' long-target 200000
raw "so is a header of 200 kB" 431 long-header 200000
raw "escapes that are no UTF-8" '4(00|04|22)' bad-utf8
raw "UTF-8 that is not escaped" '200|400|422' raw-utf8

ask HEAD /hyper/machines
ok_if "HEAD is answered as GET is" "$status" = 200
ok_if "with the length of the body" "$(header content-length)" = 2
printf 'HEAD /hyper HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
	socat -t 5 - "UNIX-CONNECT:$(sock http)" >"$W/head"
ok_if "but not with the body" "$(sed '1,/^\r$/d' "$W/head" | wc -c)" = 0
ask HEAD /hyper/machines/none
ok_if "HEAD of what is not there" "$status" = 404

problem "%2F does not part segments" 404 no-route - GET /hyper/machines%2Fa
problem "%00 in a path" 400 bad-request path GET /hyper/machines/a%00b
problem "a broken escape" 400 bad-request path GET /hyper/machines/a%2
problem "a path that is none of ours" 404 no-route - GET /
problem "a path with dots" 404 no-route - GET /hyper/../hyper/machines

# --- many clients ---
# The library keeps some connections to its database.
fds() { find "/proc/$http/fd" ! -lname '*/hyper.db*' | wc -l; }
threads() { find "/proc/$http/task" -maxdepth 1 | wc -l; }
python3 "$HERE/raw.py" "$(sock http)" many 100 >/dev/null # fills pools
settled() { [ "$(threads)" -le "$threads_before" ]; }
sleep 0.5
fds_before=$(fds)
threads_before=$(threads)
ok_if "100 clients at once are all answered" \
	"$(python3 "$HERE/raw.py" "$(sock http)" many 100)" = 100
for _ in $(seq 40); do
	python3 - "$(sock http)" <<-'E'
		import socket, sys
		for request in (b"", b"GET /hyper", b"GET /hyper/machines HTTP/1.1\r\n"
		                b"Host: x\r\n\r\n"):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    s.sendall(request)
		    s.close()
	E
done
wait_for 10 settled
ok_if "and leave no thread" "$(threads)" -le "$threads_before"
ok_if "nor a file descriptor" "$(fds)" -le $((fds_before + 1))
is "hyperd is well after all this" 200 .version GET /hyper
printf 'GET /\033[31m%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' red |
	socat -t 5 - "UNIX-CONNECT:$(sock http)" >/dev/null
check "the log has one line a request" grep -Eq \
	'^hyperd: debug: request id=[0-9a-f]{16} method=GET path=/hyper route=/hyper status=200 ms=[0-9.]+ bytes=[0-9]+ peer=pid:[0-9]+/uid:[0-9]+ actor=user:[^ ]+$' \
	"$W/http/err"
check "and no control characters" not grep -q "$(printf '\033')" "$W/http/err"
end_hyperd "$http"
ok_if "http: stops in order" $rc = 0
