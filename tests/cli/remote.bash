# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Servers that have names: trust, tokens, certificates, which one is meant.

unset HYPER_URI
config=$XDG_CONFIG_HOME/hyper
if ! command -v openssl >/dev/null; then
	skip "remote: no openssl"
	return 0
fi
ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
quietly() { "$@" >"$W/openssl" 2>&1 || cat "$W/openssl"; }
fingerprint() { # FILE
	echo "sha256//$(openssl x509 -in "$1" -pubkey -noout |
		openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -binary | openssl base64)"
}
ere() { sed 's/[+.]/[&]/g' <<<"$1"; }
mode() { stat -c %a "$1"; }
# All that is said, to look for secrets in it
eval "$(declare -f told | sed '1s/told/told_alone/')"
told() {
	cat "$W/out" "$W/err" >>"$W/said"
	told_alone "$@"
}

# Two servers whose certificates sign themselves; one has a machine
UNDER='' start_hyperd prod --listen 127.0.0.1:0 --tls --log-level debug
prod_pid=$pid
prod=$(url_of prod)
secret=$(cat "$W/prod/state/token")
key=$(fingerprint "$W/prod/state/tls.pem")
UNDER='' start_hyperd lab --listen 127.0.0.1:0 --tls --log-level debug
lab_pid=$pid
lab=$(url_of lab)
lab_key=$(fingerprint "$W/lab/state/tls.pem")
cp "$W/prod/state/token" "$W/prod.token"
ctl --uri "unix:$(sock prod)" add demo -i alpha
ctl --uri "unix:$(sock lab)" add demo -i beta
ctl add demo -i gamma

# --- nobody is trusted on first sight but by a user ---
fails "an unknown server is not trusted" 5 "HYPER_CA_FILE.*remote add" \
	list --uri "$prod"
fails "nor added by a script, which is told its fingerprint" 5 \
	"fingerprint is $(ere "$key")" remote add prod "$prod" --token-file "$W/prod.token"
prints "nothing is kept" "" remote list -q
prints "with the fingerprint it is added" "" remote add prod "$prod" \
	--fingerprint "$key" --token-file "$W/prod.token"
ok_if "only its owner reads the file" "$(mode "$config/remotes/prod")" = 600
ok_if "and the directory" "$(mode "$config/remotes")" = 700
ok_if "and nothing else is left" "$(ls -A "$config/remotes")" = prod
prints "the server is reached by its name" alpha --remote prod list -q
prints "also with the option behind" alpha list -q --remote prod
HYPER_URI=remote:prod prints "and as a URI" alpha list -q
HYPER_TOKEN_FILE=$W/prod.token prints "a fingerprint may be in any URI" alpha \
	list -q --uri "$prod#$key"
HYPER_CA_FILE=$W/prod/state/tls.pem HYPER_TOKEN_FILE=$W/prod.token prints \
	"who is vouched for needs none" alpha list -q --uri "$prod"
HYPER_CA_FILE=$W/prod/state/tls.pem prints "nor to be added" "" \
	remote add vouched "$prod"
says "it is not pinned then" '.[1].name == "vouched" and (.[1].uri | test("#") | not)' \
	remote list -f json
ctl remote rm vouched
HYPER_TOKEN=wrong-wrong-wrong-wrong prints \
	"the token of the environment is not for a server that has one" \
	alpha --remote prod list -q
cat "$W/lab/state/token" >"$W/script"
# shellcheck disable=SC2086 # $UNDER is a command and its options
${UNDER:-} "$HYPERCTL" remote add lab "$lab" --fingerprint "$lab_key" \
	--token-file - <"$W/script" >"$W/out" 2>"$W/err"
rc=$?
told "the token may come from stdin" $rc "exit 0" remote add
prints "and is the right one" beta --remote lab list -q

# --- what is shown ---
says "the list, without secrets" "(. | map(.name)) == [\"lab\", \"prod\"]
	and .[1] == {name: \"prod\", uri: \"$prod#$key\", client_cert: null,
		has_token: true, in_use: false}" remote list -f json
shows "for people" "NAME +IN_USE +HAS_TOKEN +URI +CLIENT_CERT" remote
shows "in CSV" "prod,false,true,$prod#$(ere "$key"),"$'\r' remote list -f csv
prints "names" $'lab\nprod' remote list -q

# --- which one is meant ---
prints "without any: this machine" gamma list -q
prints "one is used" "" remote use prod
prints "so it is meant" alpha list -q
says "and it is shown" '.[1].in_use and (.[0].in_use | not)' remote list -f json
HYPER_URI=remote:lab prints "HYPER_URI wins over it" beta list -q
HYPER_URI=remote:prod prints "--remote wins over both" beta list -q --remote lab
HYPER_URI=remote:prod prints "--uri as well" beta list -q --uri remote:lab
prints "the last option counts" alpha list -q --remote lab --remote prod
fails "one in use is not forgotten" 4 "in use" remote rm prod
prints "another one is used" "" remote use lab
prints "so that is meant" beta list -q
prints "this machine is used" "" remote use local
prints "so this is meant" gamma list -q
prints "it may be used again" "" remote use local
script "in a shell, too" 0 $'gamma\nalpha\nbeta\nalpha\ngamma' <<-E
	list -q
	remote use prod
	list -q
	list -q --remote lab
	list -q
	remote use local
	list -q
E

# --- what is refused ---
fails "a name twice" 4 "already.*|a remote 'prod'" remote add prod \
	unix:/nowhere
for name in local 1st a.b "a b" "$(printf 'a%063d' 0)" ../prod ''; do
	fails "no name: '${name:0:8}'" 2 "no name of a remote" \
		remote add "$name" unix:/nowhere
	[ "$name" = local ] ||
		fails "nor one to use" 2 "no name of a remote" remote use "$name"
	fails "nor one to forget" 2 "no name of a remote" remote rm "$name"
done
fails "a name that is too long for --remote" 2 "no name of a remote" \
	list --remote "$(printf 'a%099d' 0)"
for verb in use rm; do
	fails "$verb: one that is not there" 3 "no remote 'none'" remote $verb none
done
fails "--remote with one that is not there" 3 "no remote 'none'" \
	list --remote none
for uri in /tmp file:/tmp ftp://host remote:prod host:7070; do
	fails "no server: $uri" 2 "uri of a remote must be" remote add x $uri
done
fails "a port that is none" 2 "uri" remote add x http://host:port
fails "a fingerprint without TLS" 2 "only sha256//" remote add x \
	"http://127.0.0.1:1#$key"
for bad in md5//abc "${key%=}" "${key}x" "$key;$lab_key" "sha256//" abc; do
	fails "no fingerprint: ${bad:0:12}" 2 "only sha256//" remote add x \
		"$prod" --fingerprint "$bad"
done
fails "a verb that is none" 2 "no 'frob'" remote frob
fails "add without a URI" 2 "a name and a URI" remote add x
fails "use without a name" 2 "name of a remote" remote use
fails "too much" 2 "'y' is too much" remote use x y
fails "a token that would travel in the clear" 5 "in the clear" remote add x \
	http://192.0.2.1:7070 --token-file "$W/prod.token"
fails "a token file that is not there" 2 "none.token: No such" remote add x \
	"$prod#$key" --token-file "$W/none.token"
fails "a token file that is empty" 2 "no token in it" remote add x \
	"$prod#$key" --token-file /dev/null
printf 'two words-%s\n' "$secret" >"$W/two.token"
fails "a token that is none" 2 "not one word" remote add x "$prod#$key" \
	--token-file "$W/two.token"
fails "nobody is there" 5 "no hyperd at https://127.0.0.1:1" remote add x \
	https://127.0.0.1:1
UNDER='' start_hyperd plain --listen 127.0.0.1:0
fails "a server without TLS" 5 "no TLS" remote add x "$(url_of plain | sed s/http/https/)"
stop_pid "$pid"
prints "none of them is kept" $'lab\nprod' remote list -q
for uri in https://joe:pass-word@host "https://host/?token=pass-word" \
	"ftp://joe:pass-word@host" "https://joe:pass-word@host:port"; do
	fails "a secret in a URI is not shown: ${uri%%:*}" 2 "not shown" list --uri "$uri"
	HYPER_URI=$uri fails "nor from HYPER_URI" 2 "not shown" list
done
ok_if "which is so" "$(grep -c pass-word "$W/said")" = 0

# --- a file that is not as it was ---
chmod 640 "$config/remotes/lab"
fails "a file that others may read" 5 "chmod 600" list --remote lab
fails "in the list, too" 5 "chmod 600" remote list
chmod 600 "$config/remotes/lab"
echo "hidden-$secret" >>"$config/remotes/lab"
fails "a line that is none, which is not shown" 2 "remotes/lab:3" list --remote lab
prints "it can be forgotten" "" remote rm lab
echo 'token = x' >"$config/remotes/half"
chmod 600 "$config/remotes/half"
fails "one without its uri" 2 "no uri" list --remote half
rm "$config/remotes/half"
touch "$config/remotes/prod.abcdef" # of a writer that was killed
prints "what is half-written is none" prod remote list -q
rm "$config/remotes/prod.abcdef"
printf gone >"$config/remote"
fails "one in use that has gone" 3 "no remote 'gone'" list
ctl remote use local
chmod 500 "$config/remotes"
if [ "$(id -u)" != 0 ]; then
	fails "a directory that is read-only" 5 "remotes" remote add x unix:/x
fi
chmod 700 "$config/remotes"

# --- another key than before ---
fails "another server's fingerprint" 5 \
	"IS NOT THE SERVER.*$(ere "$key"), but $(ere "$lab_key") is pinned.*remote rm" \
	list --uri "$prod#$lab_key"
UNDER='' end_hyperd "$prod_pid"
rm "$W/prod/state/tls.pem"
UNDER='' start_hyperd prod --listen "${prod#https://}" --tls --log-level debug
prod_pid=$pid
new=$(fingerprint "$W/prod/state/tls.pem")
lines=$(($(wc -l <"$W/prod/err") + 1))
fails "a server with a new key is another one" 5 \
	"$prod IS NOT THE SERVER.*$(ere "$new"), but $(ere "$key") is pinned.*remote rm" \
	list --remote prod
tail -n +"$lines" "$W/prod/err" >"$W/since"
ok_if "it got no request" "$(grep -c 'method=GET' "$W/since")" = 0
ctl remote rm prod
prints "pinned anew, it is known again" "" remote add prod "$prod" \
	--fingerprint "$new" --token-file "$W/prod.token"
prints "and answers" alpha --remote prod list -q
tail -n +"$lines" "$W/prod/err" >"$W/since"
ok_if "which is in its log" "$(grep -c 'method=GET' "$W/since")" -gt 0

# --- a user on a terminal ---
ctl remote rm prod
terminal "a user compares the fingerprint and types the token" \
	"expect vouches for $prod
expect $new
expect (yes/no)
send yes\\r
expect Token
send $secret\\r
never $secret
exit 0" remote add prod "$prod"
cat "$W/told" >>"$W/said"
prints "which is kept" alpha --remote prod list -q
terminal "or says no" 'expect (yes/no)
send no\r
expect not added
exit 5' remote add doubtful "$lab"
terminal "or just leaves" 'expect (yes/no)
send \x04
expect not added
exit 5' remote add doubtful "$lab"
terminal "or gives up at the token" 'expect Token
send secret\x03
never secret
exit 130' remote add doubtful "$lab#$lab_key"
prints "nothing of that is kept" prod remote list -q
terminal "there may be no token" 'expect Token
send \r
exit 0' remote add bare "$lab#$lab_key"
says "and there is none" '.[0].has_token | not' remote list -f json
fails "which the server says" 5 "wants a token" --remote bare list

# --- certificates of our own ---
quietly openssl req -x509 "${ec[@]}" -days 2 -subj /CN=ca \
	-keyout "$W/ca.key" -out "$W/ca.pem"
quietly openssl req "${ec[@]}" -new -subj /CN=joe -keyout "$W/joe.key" \
	-out "$W/joe.csr"
quietly openssl x509 -req -in "$W/joe.csr" -CA "$W/ca.pem" -CAkey "$W/ca.key" \
	-days 2 -out "$W/joe.pem"
cat "$W/joe.pem" "$W/joe.key" >"$W/joe.both"
UNDER='' start_hyperd strict --listen 127.0.0.1:0 --tls-client-ca "$W/ca.pem"
strict_pid=$pid
strict=$(url_of strict)
ctl --uri "unix:$(sock strict)" add demo -i delta
strict_key=$(fingerprint "$W/strict/state/tls.pem")
prints "a remote with a certificate of our own" "" remote add strict "$strict" \
	--fingerprint "$strict_key" --client-cert "$W/joe.both"
prints "which is shown to the server" delta --remote strict list -q
HYPER_CLIENT_CERT=$W/joe.both prints "or by HYPER_CLIENT_CERT" delta list -q \
	--uri "$strict#$strict_key"
HYPER_TOKEN_FILE=$W/strict/state/token fails "a token is not enough" 5 \
	"no certificate" list --uri "$strict#$strict_key"
HYPER_CLIENT_CERT=$W/joe.pem fails "a certificate without its key" 2 \
	"joe.pem is no PEM file" list --uri "$strict#$strict_key"
HYPER_CLIENT_CERT=$W/none.pem fails "a certificate that is not there" 2 \
	"none.pem is no PEM file" list --uri "$strict#$strict_key"
fails "it must be there when it is added" 2 "none.pem: No such" remote add x \
	"$strict#$strict_key" --client-cert "$W/none.pem"

# --- no secret where others see it ---
"$HYPERCTL" --remote prod events --follow >"$W/follow" 2>&1 &
follow=$!
started $follow
ctl --remote prod start alpha
wait_for 10 test -s "$W/follow"
for file in cmdline environ; do
	check "secrets: hyperctl's $file has no token" \
		not grep -qF "$secret" "/proc/$follow/$file"
done
stop_pid $follow
for said in "$W/said" "$W/follow" "$W"/*/err "$W"/*/out; do
	check "secrets: none in ${said#"$W/"}" not grep -qF "$secret" "$said"
done
check "secrets: but the search finds them" grep -rqF "$secret" "$config/remotes"
for server in "$prod_pid" "$lab_pid" "$strict_pid"; do
	stop_pid "$server"
done
