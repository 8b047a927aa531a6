# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Starting: sockets and their files, tokens.

on=server
S=$(sock server)
start_hyperd server --listen 127.0.0.1:0 --listen '[::1]:0'
verdict "starts, and says when it is ready" $? "$W/server/err" || return 1
server=$pid
cat >"$W/wanted" <<-E
	hyperd: listening on unix:$S
	hyperd: listening on $(url_of server)
	hyperd: listening on $(sed -n 's|.*on \(http://\[::1\].*\)|\1|p' "$W/server/out")
	hyperd: ready
E
check "says where it listens, one line each, then ready" \
	diff "$W/wanted" "$W/server/out"
ok_if "the directory of the socket is made, open to its group" \
	"$(stat -c %a "$W/server/run")" = 755
ok_if "the socket is one, with mode 0660" "$(stat -c %F:%a "$S")" = socket:660
is "it answers" 200 .version GET /hyper

# --- one path, one hyperd ---
timeout 10 "$HYPERD" --state "$W/other" --socket "$S" >"$W/second" 2>&1
ok_if "a second hyperd on the socket fails" $? = 1
check "and says why" grep -qF "$S: another hyperd serves it" "$W/second"
is "the first one goes on" 200 - GET /hyper
rm "$S"
timeout 10 "$HYPERD" --state "$W/other" --socket "$S" >"$W/second" 2>&1
ok_if "also when somebody removed its socket" $? = 1

# --- TCP and its token ---
url=$(url_of server)
token=$(cat "$W/server/state/token")
ok_if "the token's file has mode 0600" \
	"$(stat -c %a "$W/server/state/token")" = 600
ok_if "the token is long" ${#token} -ge 43
problem "TCP without a token" 401 unauthorized - GET "$url/hyper"
ok_if "says what it wants" "$(header www-authenticate)" = 'Bearer realm="hyper"'
auth="Authorization: Bearer $token"
is "TCP with the token" 200 .version GET "$url/hyper" '' "$auth"
is "the scheme in any case" 200 - GET "$url/hyper" '' "Authorization: bEARER  $token"
n=0
for wrong in "Bearer" "Bearer " "Bearer ${token%?}" "Bearer ${token}0" \
	"Bearer ${token%?}!" "Basic $token" "$token" "Bearer $token,x"; do
	problem "a wrong token, $((n += 1))" 401 unauthorized - \
		GET "$url/hyper" '' "Authorization: $wrong"
done
problem "no token, no such path: no word about it" 401 unauthorized - \
	GET "$url/nothing"
problem "no token: nothing is done" 401 unauthorized - \
	POST "$url/hyper/machines" '{"image":"x"}'
v6=$(sed -n 's|.*on \(http://\[::1\].*\)|\1|p' "$W/server/out")
problem "IPv6: the same, without" 401 unauthorized - GET "$v6/hyper"
is "IPv6: the same, with" 200 - GET "$v6/hyper" '' "$auth"
end_hyperd "$server"
ok_if "stops in order" $rc = 0
ok_if "and takes its socket along" ! -e "$S"

start_hyperd server --listen "${url#http://}"
verdict "starts again on the same port at once" $? "$W/server/err"
is "the token is still the same" 200 - GET "$url/hyper" '' "$auth"

# --- a dead one's socket ---
kill -KILL $pid
wait $pid 2>/dev/null
ok_if "a killed hyperd leaves its socket" -S "$S"
start_hyperd server --socket-mode 0600
verdict "the next one replaces it" $? "$W/server/err"
ok_if "with the mode that was asked for" "$(stat -c %a "$S")" = 600
is "and serves it" 200 - GET /hyper
end_hyperd $pid

# --- what else can be in the way ---
echo precious >"$W/file"
cannot "a file where the socket should be" "no socket" --socket "$W/file"
ok_if "is not touched" "$(cat "$W/file")" = precious
cannot "a file where a directory should be" "$W/file/a" --socket "$W/file/a"
cannot "a path that is too long" "107" --socket "/$(printf 'a%0120d' 0)"
cannot "a group that does not exist" "no such group" --socket "$W/g.sock" \
	--socket-group no-such-group
ok_if "leaves no socket" ! -e "$W/g.sock"
python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
t = socket.socket(); t.bind(("127.0.0.1", 0)); t.listen()
open(sys.argv[2], "w").write(str(t.getsockname()[1]))
time.sleep(60)' "$W/foreign.sock" "$W/port" &
foreign=$!
started $foreign
wait_for 10 test -s "$W/port"
cannot "a socket that another program serves" "another program" \
	--socket "$W/foreign.sock"
ok_if "is left alone" -S "$W/foreign.sock"
cannot "a port that is taken" "127.0.0.1:$(cat "$W/port")" --socket none \
	--listen "127.0.0.1:$(cat "$W/port")"
stop_pid $foreign
chmod 644 "$W/server/state/token"
cannot "a token that others can read" "chmod 600" --socket none \
	--listen 127.0.0.1:0
chmod 600 "$W/server/state/token"
echo short >"$W/token"
chmod 600 "$W/token"
cannot "a token that is too short" "$W/token" --socket none \
	--listen 127.0.0.1:0 --token-file "$W/token"
cannot "a state that cannot be" "$W/file" --socket none --state "$W/file" \
	--listen 127.0.0.1:0
HYPER_URI=http://127.0.0.1:1 timeout 10 "$HYPERD" --socket none \
	--listen 127.0.0.1:0 >"$W/check.out" 2>&1
ok_if "hyperd does not serve another hyperd" $? = 1

# --- umask, no token, TCP only ---
(umask 077 && start_hyperd masked && curl -sS --unix-socket "$(sock masked)" \
	http://localhost/hyper >/dev/null && echo $pid >"$W/masked.pid" &&
	[ "$(stat -c %a "$W/masked/run")" = 755 ] &&
	[ "$(stat -c %a "$(sock masked)")" = 660 ])
verdict "umask 077 does not change who may connect" $? "$W/masked/err"
stop_pid "$(cat "$W/masked.pid")"
if getent group nogroup >/dev/null && [ "$(id -u)" = 0 ]; then
	start_hyperd grouped --socket-group nogroup
	ok_if "the socket's group" "$(stat -c %G "$(sock grouped)")" = nogroup
	end_hyperd $pid
fi
start_hyperd open --socket none --listen 127.0.0.1:0 --insecure-no-auth
ok_if "--socket none: no unix socket" ! -e "$(sock open)"
is "--insecure-no-auth: no token is asked for" 200 - GET "$(url_of open)/hyper"
check "and it is warned of" grep -q "warning: insecure-no-auth" "$W/open/err"
ok_if "no token is made" ! -e "$W/open/state/token"
end_hyperd $pid

# --- where an ordinary user's hyperd is ---
# as_user NAME VARIABLE...: without options; its pid is in $pid
as_user() {
	local name=$1
	shift
	install -d -o nobody -m 700 "$W/$name" "$W/$name/home" "$W/$name/run"
	: >"$W/$name.out"
	env -i PATH="$PATH" HYPER_DRIVER_DIR="$HYPER_DRIVER_DIR" \
		HYPERD_CONFIG="$W/empty.conf" HOME="$W/$name/home" "$@" \
		setpriv --reuid nobody --regid nogroup --clear-groups \
		"$HYPERD" >"$W/$name.out" 2>"$W/$name.err" &
	pid=$!
	started $pid
	wait_for 20 is_ready_or_gone "$W/$name.out" $pid
}
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
	setpriv --reuid nobody --clear-groups test -x "$HYPERD"; then
	as_user user XDG_RUNTIME_DIR="$W/user/run"
	check "an ordinary user's socket" grep -qxF \
		"hyperd: listening on unix:$W/user/run/hyper/hyperd.sock" "$W/user.out"
	ok_if "and state" -d "$W/user/home/.local/state/hyper"
	end_hyperd $pid
	as_user poor XDG_STATE_HOME="$W/poor/run"
	check "the socket without XDG_RUNTIME_DIR" grep -qxF \
		"hyperd: listening on unix:$W/poor/run/hyper/hyperd.sock" "$W/poor.out"
	end_hyperd $pid
else
	skip "an ordinary user's hyperd: needs root, setpriv"
fi
