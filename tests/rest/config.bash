# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Settings: where they come from, which one wins, what is refused.

# settles TEXT LINE OPTION...: --check-config prints that line
settles() {
	local text=$1 line=$2
	shift 2
	"$HYPERD" --check-config "$@" >"$W/check.out" 2>&1 &&
		grep -qxF -- "$line" "$W/check.out"
	verdict "$text" $? "$W/check.out"
}

# refuses TEXT WORD CODE OPTION...: ends with CODE, and stderr says WORD
refuses() {
	local text=$1 word=$2 code=$3 is
	shift 3
	timeout 10 "$HYPERD" "$@" >"$W/check.out" 2>&1 </dev/null
	is=$?
	echo "wanted: $word, exit $code, not $is" >>"$W/check.out"
	head -n -1 "$W/check.out" | grep -qF -- "$word" && [ $is -eq "$code" ]
	verdict "$text" $? "$W/check.out"
}

# refuses_file TEXT WORD LINE...: a file of these lines
refuses_file() {
	local text=$1 word=$2
	shift 2
	printf '%s\n' "$@" >"$W/bad.conf"
	refuses "file: $text" "$W/bad.conf:$word" 2 --config "$W/bad.conf" \
		--check-config
}

cat >"$W/good.conf" <<-E
	# a comment
	[hyperd]
	socket_mode = 0600 ; another
	max_body = 1000
	listen = 127.0.0.1:7001
	listen = [::1]:7002
E

check "--help tells of each setting" sh -c '
	out=$("$1" --help) || exit
	for o in state socket socket-mode socket-group listen token-file tls-cert \
		insecure-no-auth tls tls-key tls-client-ca tls-client tls-client-role max-body log-level config check-config; do
		echo "$out" | grep -q -- "--$o" || { echo "$o"; exit 1; }
	done' - "$HYPERD"
check "--version" sh -c '"$1" --version | grep -Eqx "hyperd [0-9.]+"' - "$HYPERD"
settles "the default" "socket_mode = 0660 ; default"
settles "\$HYPERD_CONFIG names a file" "max_body = 1048576 ; default"
settles "a file over the default" \
	"max_body = 1000 ; $W/good.conf:4" --config "$W/good.conf"
HYPERD_MAX_BODY=2000 settles "the environment over the file" \
	"max_body = 2000 ; HYPERD_MAX_BODY" --config "$W/good.conf"
HYPERD_MAX_BODY=2000 settles "the command line over the environment" \
	"max_body = 3000 ; command line" --config "$W/good.conf" --max-body 3000
HYPERD_MAX_BODY='' settles "an empty variable is none" \
	"max_body = 1000 ; $W/good.conf:4" --config "$W/good.conf"
settles "listen may stand several times" \
	"listen = 127.0.0.1:7001 ; $W/good.conf:6" --config "$W/good.conf"
HYPERD_LISTEN=127.0.0.1:1,127.0.0.1:2 settles "listen in the environment" \
	"listen = 127.0.0.1:2 ; HYPERD_LISTEN" --config "$W/good.conf"
HYPERD_LISTEN=127.0.0.1:1 "$HYPERD" --check-config --config "$W/good.conf" \
	--listen 127.0.0.1:3 >"$W/all" 2>&1
ok_if "the strongest listen replaces the others" \
	"$(grep -c ^listen "$W/all")" = 1
"$HYPERD" --check-config --config "$W/good.conf" | sed 's/ ; .*//' >"$W/a.conf"
"$HYPERD" --check-config --config "$W/a.conf" | sed 's/ ; .*//' >"$W/b.conf"
check "--check-config prints a file that says the same" \
	diff "$W/a.conf" "$W/b.conf"
# (what a line of the file cannot hold)
mkdir -p "$W/$(printf '%0190d' 1)"
cp "$W/good.conf" "$W/$(printf '%0190d' 1)/"
"$HYPERD" --check-config --config "$W/$(printf '%0190d' 1)/good.conf" \
	--state "/$(printf '%0180d' 1)" --token-file "/$(printf '%0300d' 1)" \
	>"$W/long.conf" 2>&1
check "--check-config prints no line that is too long" \
	"$HYPERD" --check-config --config "$W/long.conf"
settles "where it stood is left out then" "max_body = 1000 ; $W/long.conf:$(grep -n \
	'^max_body = 1000$' "$W/long.conf" | cut -d: -f1)" --config "$W/long.conf"
settles "the value is not" "state = /$(printf '%0180d' 1)" --config "$W/long.conf"
check "or it is told that it cannot be said" grep -qx \
	'; token_file is what no line of this file can say' "$W/long.conf"
"$HYPERD" --check-config --config "$W/good.conf" --state "/a ;b" \
	>"$W/comment.conf" 2>&1
check "as a value that would be taken for a comment" grep -qx \
	'; state is what no line of this file can say' "$W/comment.conf"

refuses "an unknown option" "--bogus" 2 --bogus
refuses "an argument" "serve" 2 serve
refuses "an option without its value" "state" 2 --state
refuses "a relative state" "absolute" 2 --state state
refuses "a relative socket" "absolute" 2 --socket hyperd.sock
refuses "a mode that is none" "0999" 2 --socket-mode 0999
refuses "a mode with more than permissions" "4755" 2 --socket-mode 4755
refuses "an address without a port" "127.0.0.1" 2 --listen 127.0.0.1
refuses "a port that is none" "70000" 2 --listen 127.0.0.1:70000
refuses "a name for an address" "localhost:7070" 2 --listen localhost:7070
refuses "an IPv6 address without brackets" "::1:7070" 2 --listen ::1:7070
refuses "a certificate without its key" "need each other" 2 --tls-cert /x
refuses "tls-client without tls-client-ca" "needs tls-client-ca" 2 \
	--tls-client optional
refuses "a tls-client that is none" "required or optional" 2 --tls-client maybe
refuses "a tls-client-role that is none" "viewer, operator or admin" 2 \
	--tls-client-role root
refuses "a relative tls-client-ca" "absolute" 2 --tls-client-ca ca.pem
HYPERD_TLS=auto refuses "a tls that is neither yes nor no" "yes or no" 2
refuses "no way in at all" "none" 2 --socket none
refuses "max-body 0" "max-body" 2 --max-body 0
refuses "a max-body over the library's" "1048577" 2 --max-body 1048577
refuses "a max-body that is no number" "1M" 2 --max-body 1M
refuses "an unknown log level" "loud" 2 --log-level loud
HYPERD_SOCKET_MODE=rw refuses "a bad variable, by its name" \
	'HYPERD_SOCKET_MODE: socket-mode is "rw"' 2
HYPERD_INSECURE_NO_AUTH=maybe refuses "a switch that is neither yes nor no" \
	"yes or no" 2
refuses "a file that is not there" "$W/none.conf" 2 --config "$W/none.conf"
refuses "a directory for a file" "$W" 2 --config "$W"
refuses_file "an unknown key" '2: unknown key: sokcet = /x' '[hyperd]' 'sokcet = /x'
refuses_file "an unknown section" '2: unknown section [web]' '[web]' 'x = 1'
refuses_file "a key outside the section" '1: state' 'state = /x'
refuses_file "a bad value" '3: max-body is "-1"' '[hyperd]' '' 'max_body = -1'
refuses_file "a key twice" '3: state is "/b": it is set twice' '[hyperd]' \
	'state = /a' 'state = /b'
refuses_file "a line that is none" '3: must be' '[hyperd]' '# x' 'nonsense'
refuses_file "a line that is too long" '2: the line' '[hyperd]' \
	"state = /$(printf '%0300d' 1)"
