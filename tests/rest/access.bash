# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Who may do what: each route with each role, as a client sees it; tokens that
# end; whose name stands on what was done.

on=access
HYPERCTL=${HYPERCTL:-$BUILD/bin/hyperctl}
start_hyperd access --listen 127.0.0.1:0
verdict "access: starts" $? "$W/access/err" || return 1
access=$pid
url=$(url_of access)
S=unix:$(sock access)

declare -A token
for role in viewer operator admin; do
	token[$role]=$("$HYPERCTL" -q -u "$S" token add "my-$role" -r $role)
done
token[none]=hyper_$(printf 'A%.0s' {1..43})
as() { echo "Authorization: Bearer ${token[$1]}"; }

# Out of the table of routes: what a new route needs is tried as well.
rank() { case $1 in NONE | none) echo 0 ;; VIEWER | viewer) echo 1 ;;
	OPERATOR | operator) echo 2 ;; *) echo 3 ;; esac; }
routes=0
while read -r name method least path; do
	routes=$((routes + 1))
	path=${path//\{type\}/test}
	path=${path//\{name...\}/no-such}
	path=${path//\{*\}/999999}
	case $path in */events) path="$path?limit=1&wait=0" ;; esac
	for role in none viewer operator admin; do
		body=
		[ "$method" = GET ] || [ "$method" = DELETE ] || body='{"wrong":1}'
		ask "$method" "$url$path" "$body" "$(as $role)"
		case $role:$status in
		none:401) good=$(($(rank "$least") > 0)) ;;
		*:401) good=0 ;;
		*:403) good=$(($(rank $role) < $(rank "$least"))) ;;
		*) good=$(($(rank $role) >= $(rank "$least"))) ;;
		esac
		ok_if "$method $path as $role: $status" $good = 1
	done
done < <(sed -n 's/^ROUTE(\([a-z_]*\), *\([A-Z]*\), *\([A-Z]*\), *"\(.*\)")/\1 \2 \3 \4/p' \
	"$ROOT/libhyper/src/rest/routes.def")
ok_if "that were all routes" $routes -ge 21

# --- what is refused is not done, and says what it wants ---
problem "a viewer adds nothing" 403 denied - \
	POST "$url/hyper/machines" '{"image":"demo","id":"no"}' "$(as viewer)"
check "it tells who, and what it takes" grep -qF \
	'token:my-viewer has the role viewer: this needs that of an operator' \
	"$W/body"
problem "there is none" 404 not-found id GET "$url/hyper/machines/no" '' \
	"$(as viewer)"
problem "an operator reads no file of the server" 403 denied - \
	POST "$url/hyper/images" \
	'{"type":"test","name":"x","path":"/etc/shadow"}' "$(as operator)"
problem "an operator makes no tokens" 403 denied - \
	POST "$url/hyper/tokens" '{"name":"me","role":"admin"}' "$(as operator)"
problem "nobody is told what is there" 401 unauthorized - \
	GET "$url/nothing" '' "$(as none)"
problem "OPTIONS neither" 401 unauthorized - OPTIONS "$url/hyper" ''

# --- whose name stands on it ---
is "an operator adds" 201 .id POST "$url/hyper/machines" \
	'{"image":"demo","id":"whose"}' "$(as operator)"
is "the operation has the name" 200 '.[0].actor == "token:my-operator"' \
	GET "/hyper/operations?query=machine%3Dwhose"
is "so have its events" 200 '[.[] | select(.machine == "whose") | .actor] |
	length >= 3 and all(. == "token:my-operator")' GET '/hyper/events?after=0'
"$HYPERCTL" -u "$S" start whose >"$W/start" 2>&1
is "who comes through the socket is a user" 200 \
	".[0].actor == \"user:$(id -un)\"" \
	GET "/hyper/operations?query=machine%3Dwhose+kind%3Dstart"
auth="Authorization: Bearer $(cat "$W/access/state/token")"
is "the file's token is an admin" 204 - DELETE \
	"$url/hyper/machines/whose?force=1" '' "$auth"
is "and has a name as well" 200 '.[0].actor == "token-file"' \
	GET "/hyper/operations?query=machine%3Dwhose+kind%3Dremove"
problem "who shows a token is no more than that, on the socket, too" 403 \
	denied - DELETE /hyper/machines/whose '' "$(as viewer)"
problem "and no more than nobody with a wrong one" 401 unauthorized - \
	GET /hyper '' "$(as none)"
problem "another scheme is nobody" 401 unauthorized - \
	GET /hyper '' "Authorization: Basic cm9vdDo="

# --- tokens over HTTP ---
is "an admin makes one" 201 '.secret | startswith("hyper_")' \
	POST "$url/hyper/tokens" '{"name":"short","role":"viewer",
	"expires_at":"'"$(date -u -d '+2 seconds' +%FT%TZ)"'"}' "$(as admin)"
ok_if "where it can be taken back" "$(header location)" = /hyper/tokens/short
ok_if "no cache may keep it" "$(header cache-control)" = no-store
token[short]=$(jq -r .secret "$W/body")
is "it is good" 200 - GET "$url/hyper" '' "$(as short)"
problem "the name is taken" 409 exists name POST "$url/hyper/tokens" \
	'{"name":"short","role":"admin"}' "$(as admin)"
problem "no such role" 422 invalid role POST "$url/hyper/tokens" \
	'{"name":"x","role":"root"}' "$(as admin)"
expired() { ask GET "$url/hyper" '' "$(as short)" && [ "$status" = 401 ]; }
check "it expires" wait_for 10 expired
is "and is listed still" 200 'map(.name) | index("short")' \
	GET "$url/hyper/tokens" '' "$(as admin)"
check "no list has a secret" not grep -q 'secret\|hyper_' "$W/body"
is "one is taken back" 204 - DELETE "$url/hyper/tokens/my-viewer" '' "$(as admin)"
problem "at once" 401 unauthorized - GET "$url/hyper" '' "$(as viewer)"
problem "it is gone" 404 not-found name DELETE \
	"$url/hyper/tokens/my-viewer" '' "$(as admin)"
HYPER_TOKEN=${token[operator]} "$HYPERCTL" -u "$url" token list >"$W/list" 2>&1
check "hyperctl tells why it may not" grep -qF \
	'token:my-operator has the role operator' "$W/list"

# --- all of them live on ---
end_hyperd "$access"
start_hyperd access --listen "${url#http://}"
access=$pid
is "after a restart" 200 - GET "$url/hyper" '' "$(as operator)"
end_hyperd "$access"
secrets="$(printf '%s\n' "${token[@]}" "$(cat "$W/access/state/token")")"
ok_if "no secret was logged" \
	-z "$(grep -hF "$secrets" "$W/access/err" "$W/access/out")"
ok_if "none is in the database" -z "$(grep -lrF \
	"$(printf '%s\n' "${token[@]}")" "$W/access/state")"
check "who made tokens was logged" grep -qF \
	"token 'short' (viewer) was added by token:my-admin" "$W/access/err"
