# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# What no well-meaning client does. None of it may crash hyperd, hang it, leak
# or get through.

on=abuse

# abuse TEXT WHERE WHAT [ARG...]: each line of abuse.py is a verdict
abuse() {
	local text=$1 line n=0
	shift
	python3 "$HERE/abuse.py" "$@" >"$W/abuse.out" 2>&1
	while read -r line; do
		case $line in
		'ok '*) verdict "$text: ${line#ok }" 0 ;;
		*) verdict "$text: ${line#FAIL }" 1 ;;
		esac
		n=$((n + 1))
	done <"$W/abuse.out"
	[ $n -gt 0 ] || verdict "$text: says something" 1
}

pair_for_abuse() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hyper \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$W/abuse.key" \
		-out "$W/abuse.pem" 2>"$W/openssl"
}

start_hyperd abuse --listen 127.0.0.1:0
verdict "abuse: starts" $? "$W/abuse/err" || return 1
abused=$pid
token=$(cat "$W/abuse/state/token")
number() { # of a metric
	ask GET /metrics
	sed -n "s/^$1 //p" "$W/body"
}
# (Who asks is connected.)
deserted() { [ "$(number hyperd_connections)" -le 1 ]; }
threads() { find "/proc/$abused/task" -maxdepth 1 | wc -l; }
settled() { [ "$(threads)" -le "$threads_before" ]; }
abuse "unix" "unix:$(sock abuse)" all
abuse "TCP" "$(url_of abuse)" all "$token"
wait_for 20 deserted
threads_before=$(threads)
fds_before=$(number process_open_fds)
memory_before=$(number process_resident_memory_bytes)
for _ in 1 2 3; do
	python3 "$HERE/abuse.py" "$(url_of abuse)" all "$token" >/dev/null 2>&1
	python3 "$HERE/abuse.py" "unix:$(sock abuse)" crowd >"$W/abuse.out" 2>&1
done
check "1000 who are idle do not matter" grep -q '^ok .*who are idle' "$W/abuse.out"
wait_for 20 settled
ok_if "no thread is left" "$(threads)" -le "$threads_before"
ok_if "nor a file descriptor" "$(number process_open_fds)" -le $((fds_before + 2))
# (A sanitizer keeps what is freed, and looks for leaks by itself.)
if ! ldd "$HYPERD" | grep -q 'lib[at]san'; then
	ok_if "nor memory" "$(number process_resident_memory_bytes)" -le \
		$((memory_before + 16777216))
fi
abuse "TCP" "$(url_of abuse)" crowd "$token"
kill -0 "$abused"
ok_if "it is still the same process" $? = 0
end_hyperd "$abused"
ok_if "abuse: stops in order" $rc = 0

if command -v openssl >/dev/null && pair_for_abuse; then
	start_hyperd abuse --listen 127.0.0.1:0 --tls-cert "$W/abuse.pem" \
		--tls-key "$W/abuse.key" --request-timeout 2 --idle-timeout 2
	abuse "TLS" "$(url_of abuse)" all "$token"
	abuse "TLS" "$(url_of abuse)" slow-writers "$token"
	end_hyperd $pid
else
	skip "abuse over TLS: no openssl"
fi

# --- time ---
start_hyperd abuse --listen 127.0.0.1:0 --request-timeout 2 --idle-timeout 2 \
	--answer-timeout 2
verdict "abuse: starts with little patience" $? "$W/abuse/err"
abuse "unix" "unix:$(sock abuse)" slow-writers
abuse "TCP" "$(url_of abuse)" slow-writers "$token"
check "the log tells who was slow to ask" grep -Eq \
	'127\.0\.0\.1:[0-9]+ was cut off: .* send its request' "$W/abuse/err"
ask POST /hyper/machines '{"id":"slow","type":"test","image":"tiny","options":{"script":"start:latency=4000"}}'
is "an answer that takes longer than all that comes" 200 '.state == "running"' \
	PUT /hyper/machines/slow '{"state":"running"}'
end_hyperd $pid
start_hyperd abuse --listen 127.0.0.1:0 --answer-timeout 2
abuse "TCP" "$(url_of abuse)" slow-reader "$token"
check "the log tells who was slow to read" grep -Eq \
	'127\.0\.0\.1:[0-9]+ was cut off: .* read its answer' "$W/abuse/err"
end_hyperd $pid

# --- places ---
start_hyperd abuse --listen 127.0.0.1:0 --max-connections 4 \
	--max-connections-per-ip 2
verdict "abuse: starts with few places" $? "$W/abuse/err"
busy() { python3 "$HERE/abuse.py" "$1" busy "$token" "$2" >"$W/busy" 2>&1; }
busy "$(url_of abuse)" 2
check "all places of a host are taken: told" grep -Eq \
	'^429 .*urn:hyper:problem:too-many-connections' "$W/busy"
busy "unix:$(sock abuse)" 4
check "all places are taken: told" grep -Eq \
	'^503 .*urn:hyper:problem:overloaded' "$W/busy"
abuse "few places" "$(url_of abuse)" crowd "$token"
is "places are free again" 200 - GET /hyper
end_hyperd $pid
