# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# TLS: certificates given, made and expired; fingerprints; those of clients.

if ! command -v openssl >/dev/null; then
	skip "TLS: no openssl"
	return 0
fi
ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
quietly() { "$@" >"$W/openssl" 2>&1 || cat "$W/openssl"; }

# pair NAME: a certificate for 127.0.0.1 and its key
pair() {
	quietly openssl req -x509 "${ec[@]}" -days 2 -subj /CN=hyper \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$W/$1.key" \
		-out "$W/$1.pem"
}
# signed NAME CA DAYS PURPOSE [SUBJECT]: NAME.both has certificate and key
signed() {
	echo "extendedKeyUsage=$4" >"$W/ext"
	quietly openssl req "${ec[@]}" -new -subj "${5:-/CN=$1}" \
		-keyout "$W/$1.key" -out "$W/$1.csr"
	quietly openssl x509 -req -in "$W/$1.csr" -CA "$W/$2.pem" \
		-CAkey "$W/$2.key" -days "$3" -extfile "$W/ext" -out "$W/$1.pem"
	cat "$W/$1.pem" "$W/$1.key" >"$W/$1.both"
}
# The fingerprint, as hyperd(8) says it is computed
fingerprint() { # FILE
	echo "sha256//$(openssl x509 -in "$1" -pubkey -noout |
		openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -binary | openssl base64)"
}
told_of() { # NAME: the one in the log
	sed -n 's|.*fingerprint \(sha256//.*\)|\1|p' "$W/$1/err" | tail -n 1
}
# code NAME [OPTION of curl...]: the status, 000 without TLS
code() {
	local url
	url=$(url_of "$1" | sed 's/0\.0\.0\.0/127.0.0.1/')
	shift
	curl -s -o "$W/body" -w '%{http_code}' "$@" "$url/hyper"
}
bearer() { echo "Authorization: Bearer $(cat "$W/$1/state/token")"; }
speaks() { # NAME OPTION of s_client
	openssl s_client "$2" -cipher 'ALL:@SECLEVEL=0' \
		-connect "$(url_of "$1" | sed 's|.*/||')" </dev/null
}
pair one
pair two

# --- a certificate that is given ---
start_hyperd given --listen 127.0.0.1:0 --tls-cert "$W/one.pem" \
	--tls-key "$W/one.key"
verdict "TLS: starts" $? "$W/given/err"
ok_if "TLS: answers" \
	"$(code given --cacert "$W/one.pem" -H "$(bearer given)")" = 200
ok_if "TLS: and asks for the token" "$(code given --cacert "$W/one.pem")" = 401
check "TLS: 1.2 is spoken" speaks given -tls1_2
check "TLS: 1.3 is spoken" speaks given -tls1_3
check "TLS: 1.1 is not" not speaks given -tls1_1
check "TLS: 1.0 is not" not speaks given -tls1
url=$(url_of given)
check "TLS: without it, there is no answer" not curl -s "http://${url#https://}/hyper"
ok_if "TLS: the log tells its fingerprint" \
	"$(told_of given)" = "$(fingerprint "$W/one.pem")"
ok_if "TLS: none is made where one is given" ! -e "$W/given/state/tls.pem"
on=given
is "TLS: the unix socket stays as it is" 200 - GET /hyper
end_hyperd $pid
cannot "TLS: a key that is another's" "pair" --socket none \
	--listen 127.0.0.1:0 --tls-cert "$W/one.pem" --tls-key "$W/two.key"
cannot "TLS: a certificate that is not there" "$W/none.pem" --socket none \
	--listen 127.0.0.1:0 --tls-cert "$W/none.pem" --tls-key "$W/one.key"
cannot "TLS: a certificate that is none" "no certificate in PEM" --socket none \
	--listen 127.0.0.1:0 --tls-cert "$W/one.key" --tls-key "$W/one.key"

quietly openssl req "${ec[@]}" -new -subj /CN=late -keyout "$W/late.key" \
	-out "$W/late.csr"
quietly openssl x509 -req -in "$W/late.csr" -signkey "$W/late.key" -days -1 \
	-out "$W/late.pem"
start_hyperd late --listen 127.0.0.1:0 --tls-cert "$W/late.pem" \
	--tls-key "$W/late.key"
check "TLS: one that has expired is warned of" \
	grep -q "warning: $W/late.pem: the certificate expired" "$W/late/err"
ok_if "TLS: and clients refuse it" "$(code late --cacert "$W/late.pem")" = 000
end_hyperd $pid

# --- one that is made ---
start_hyperd made --listen 127.0.0.1:0 --tls
verdict "TLS: without a certificate one is made" $? "$W/made/err"
own=$W/made/state/tls.pem
ok_if "TLS: only its owner reads it" "$(stat -c %a "$own")" = 600
ok_if "TLS: nothing else is left" "$(echo "$W"/made/state/tls*)" = "$own"
check "TLS: it is for localhost" openssl x509 -in "$own" -noout \
	-checkhost localhost
names=$(openssl x509 -in "$own" -noout -ext subjectAltName)
for name in "DNS:$(hostname)" DNS:localhost "IP Address:127.0.0.1"; do
	ok_if "TLS: its names have $name" -z "${names##*"$name"*}"
done
check "TLS: it is good for years" openssl x509 -in "$own" -noout \
	-checkend $((9 * 365 * 86400))
check "TLS: its key is of P-256" sh -c \
	'openssl x509 -in "$1" -noout -text | grep -q prime256v1' - "$own"
first=$(told_of made)
ok_if "TLS: the log tells its fingerprint" "$first" = "$(fingerprint "$own")"
ok_if "TLS: curl takes that" \
	"$(code made -k --pinnedpubkey "$first" -H "$(bearer made)")" = 200
ok_if "TLS: and it is trusted as its own authority" \
	"$(code made --cacert "$own" -H "$(bearer made)")" = 200
for version in -tls1_2 -tls1_3; do
	check "TLS: $version is spoken" speaks made $version
done
for version in -tls1 -tls1_1; do
	check "TLS: $version is not" not speaks made $version
done
end_hyperd $pid
cp "$own" "$W/own.pem"
start_hyperd made --listen 127.0.0.1:0 --tls
check "TLS: it stays the same" cmp "$own" "$W/own.pem"
ok_if "TLS: with its fingerprint" "$(told_of made)" = "$first"
end_hyperd $pid
rm "$own"
start_hyperd made --listen 127.0.0.1:0 --tls
ok_if "TLS: one that is removed is made anew" "$(told_of made)" != "$first"
ok_if "TLS: and the old fingerprint is refused" \
	"$(code made -k --pinnedpubkey "$first" -H "$(bearer made)")" = 000
end_hyperd $pid
chmod 640 "$own"
cannot "TLS: a key that others may read" "chmod 600" --socket none \
	--state "$W/made/state" --listen 127.0.0.1:0 --tls
chmod 600 "$own"
echo "nothing" >"$own"
cannot "TLS: a file that is none" "$own: this is no certificate" --socket none \
	--state "$W/made/state" --listen 127.0.0.1:0 --tls

# Several make one at once: on the same state, each with a socket of its own
many=()
for i in 1 2 3 4; do
	mkdir -p "$W/twin$i"
	"$HYPERD" --state "$W/twins" --socket "$(sock "twin$i")" --tls \
		--listen 127.0.0.1:0 >"$W/twin$i/out" 2>"$W/twin$i/err" &
	many+=($!)
	started $!
done
for i in 1 2 3 4; do
	wait_for 20 is_ready_or_gone "$W/twin$i/out" "${many[i - 1]}"
done
same=$(fingerprint "$W/twins/tls.pem")
for i in 1 2 3 4; do
	ok_if "TLS: of several makers one wins, $i" "$(told_of "twin$i")" = "$same"
	ok_if "TLS: and it is served, $i" "$(code "twin$i" -k \
		--pinnedpubkey "$same" \
		-H "Authorization: Bearer $(cat "$W/twins/token")")" = 200
done
for twin in "${many[@]}"; do
	end_hyperd "$twin"
done

# --- beyond loopback it always is TLS; on loopback it may be ---
start_hyperd wide --listen 0.0.0.0:0 --listen 127.0.0.1:0
verdict "TLS: all addresses" $? "$W/wide/err"
check "TLS: beyond loopback it is" grep -q 'on https://0.0.0.0' "$W/wide/out"
check "TLS: on loopback it is not" grep -q 'on http://127.0.0.1' "$W/wide/out"
ok_if "TLS: with the one that is made" "$(code wide -k --pinnedpubkey \
	"$(told_of wide)" -H "$(bearer wide)")" = 200
ok_if "TLS: and the token" "$(code wide -k)" = 401
end_hyperd $pid

# --- certificates of clients ---
for ca in ca other; do
	quietly openssl req -x509 "${ec[@]}" -days 2 -subj "/CN=$ca" \
		-keyout "$W/$ca.key" -out "$W/$ca.pem"
done
signed good ca 2 clientAuth
signed stranger other 2 clientAuth
signed old ca -1 clientAuth
signed server ca 2 serverAuth
signed odd ca 2 clientAuth '/CN=a b;c'
cat "$W/two.pem" "$W/two.key" >"$W/self.both"

# clients MODE GOOD TOKEN OTHERS: who gets which status
clients() {
	local mode=$1 good=$2 token=$3 others=$4 who version
	for version in 1.2 1.3; do
		# curl of Debian is OpenSSL, which takes this for the least
		local tls=(--tlsv$version --tls-max $version -k)
		ok_if "client, $mode, TLS $version: good" \
			"$(code "$mode" "${tls[@]}" --cert "$W/good.both")" = "$good"
		ok_if "client, $mode, TLS $version: only a token" \
			"$(code "$mode" "${tls[@]}" -H "$(bearer "$mode")")" = "$token"
		for who in stranger old server odd self; do
			ok_if "client, $mode, TLS $version: $who" "$(code "$mode" \
				"${tls[@]}" --cert "$W/$who.both")" = 401
			ok_if "client, $mode, TLS $version: $who with a token" \
				"$(code "$mode" "${tls[@]}" --cert "$W/$who.both" \
					-H "$(bearer "$mode")")" = "$others"
		done
		ok_if "client, $mode, TLS $version: nothing" \
			"$(code "$mode" "${tls[@]}")" = 401
		ok_if "client, $mode, TLS $version: a wrong token" "$(code "$mode" \
			"${tls[@]}" -H "Authorization: Bearer wrong-wrong-wrong")" = 401
	done
}
start_hyperd required --listen 127.0.0.1:0 --tls-client-ca "$W/ca.pem" \
	--log-level debug
check "client: asking for certificates is TLS, on loopback too" \
	grep -q 'on https://127' "$W/required/out"
clients required 200 401 401
on=required
is "client: the unix socket stays as it is" 200 - GET /hyper
end_hyperd $pid
start_hyperd optional --listen 127.0.0.1:0 --tls-client-ca "$W/ca.pem" \
	--tls-client optional --log-level debug
clients optional 200 200 200
check "secrets: hyperd's arguments have no token" not grep -qF \
	"$(cat "$W/optional/state/token")" "/proc/$pid/cmdline"
end_hyperd $pid
start_hyperd noauth --listen 127.0.0.1:0 --tls-client-ca "$W/ca.pem" \
	--insecure-no-auth
ok_if "client: without tokens, certificates are still asked for" \
	"$(code noauth -k)/$(code noauth -k --cert "$W/good.both")" = 401/200
end_hyperd $pid

# What they may do, and that it is told who did it
start_hyperd roles --listen 127.0.0.1:0 --tls-client-ca "$W/ca.pem" \
	--tls-client-role operator
# as TEXT STATUS METHOD PATH BODY [OPTION...]: with the good certificate
as() {
	local text=$1 want=$2 method=$3 path=$4 body=$5
	shift 5
	ok_if "client: $text" "$(curl -s -k -o "$W/body" -w '%{http_code}' \
		--cert "$W/good.both" -X "$method" -d "$body" "$@" \
		-H 'Content-Type: application/json' "$(url_of roles)$path")" = "$want"
}
as "an operator adds" 201 POST /hyper/machines \
	'{"id": "mine", "type": "test", "image": "demo"}'
as "but makes no tokens" 403 POST /hyper/tokens '{"name": "t", "role": "viewer"}'
as "who shows a token has its role" 201 POST /hyper/tokens \
	'{"name": "t", "role": "viewer"}' -H "$(bearer roles)"
as "or none, if it is wrong" 401 POST /hyper/machines \
	'{"id": "his", "type": "test", "image": "demo"}' \
	-H "Authorization: Bearer wrong-wrong-wrong"
on=roles
is "client: it is told who did it" 200 \
	'any(.[]; .kind == "add" and .actor == "cert:good")' GET /hyper/operations
end_hyperd $pid
cannot "client: an authority that is not there" "$W/none.pem" --socket none \
	--listen 127.0.0.1:0 --tls-client-ca "$W/none.pem"
cannot "client: an authority that is none" "no certificate in PEM" --socket none \
	--listen 127.0.0.1:0 --tls-client-ca "$W/one.key"

# --- whatever was said above, no secret was in it ---
for secret in "$W"/*/state/token "$W/twins/token"; do
	check "secrets: no log has ${secret#"$W/"}" not grep -rqF \
		"$(cat "$secret")" --include=err --include=out "$W"
done
check "secrets: no log has a key" not grep -rq 'PRIVATE KEY' --include=err \
	--include=out "$W"
