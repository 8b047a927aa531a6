# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Tokens: made, shown once, listed, taken back.

prints "none yet" 'NAME ROLE AGE EXPIRES_AT' token
ctl token add ci -r operator -e 30d
ok_if "$on: add" $rc = 0
secret=$(cat "$W/out")
check "$on: prints the secret alone" grep -Eqx 'hyper_[A-Za-z0-9_-]{43}' "$W/out"
check "$on: tells what to do with it" grep -q "not shown again.*HYPER_TOKEN" \
	"$W/err"
check "$on: and no secret besides" not grep -qF "$secret" "$W/err"
says "add as JSON" '.name == "bot" and .role == "viewer" and
	.expires_at == null and (.secret | length == 49)' token add Bot -f json
shows "list" 'bot +viewer +[0-9]+s +never' token list
shows "list tells when it ends" \
	"ci +operator +[0-9]+s +$(date -u -d '+30 days' +%F)T.*Z" token
says "list as JSON has no secrets" \
	'map(.name) == ["bot", "ci"] and all(has("secret") | not)' \
	token list -f json
check "$on: nor does the database" not grep -qrF "$secret" "$W"/token-*/
fails "add: the name is taken" 4 "'ci' exists already" token add ci
fails "add: no name" 2 "name is 'a b'" token add 'a b'
fails "add: no such role" 2 "role is 'root'" token add x -r root
for wrong in 0d 5 d 5y -1d 1dd 1.5h ''; do
	fails "add: no time: '$wrong'" 2 'expires is' token add x "--expires=$wrong"
done
fails "add what?" 2 'name of a token' token add
fails "no such verb" 2 "no 'del'" token del ci
prints "rm" "ci
bot" token rm ci bot
fails "rm: gone" 3 "no token 'ci'" token rm ci
prints "none left" '[]' token list -f json
