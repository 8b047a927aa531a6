# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# The shell, when it reads from a pipe.

script "nothing to read" 0 '' </dev/null
script "commands and comments" 0 "$(printf '%s\n' a1 a1 a1 a1)" <<'T'
# a comment
add demo -i a1   # another

start a1
	list -q state=running
stop a1
T
ok_if "$on: no prompt" ! -s "$W/err"
script "quotes" 0 a2 <<'T'
add demo -i "a"'2' -l 'n=x  "y"' -l m=\ \\ -- "x  y" '\' "\"\\\n" '' #
T
says "as in sh" '.command == ["x  y", "\\", "\"\\\\n", ""] and
	.labels == {"n": "x  \"y\"", "m": " \\"}' get a2 -f json
script "it ends with exit" 0 a1 <<'T'
list -q id=a1
exit
list -q id=a2
T
script "or with quit" 0 '' <<'T'
quit
list -q
T
script "or without a newline" 0 a1 < <(printf 'list -q id=a1')
script "it goes on after errors; the last one counts" 3 a1 <<'T'
frob
get nosuch
list -q id=a1
T
script "an open quote" 2 a1 <<'T'
list "id=a1
list -q id=a1
T
check "$on: is told" grep -qx 'hyperctl: a quote is not closed' "$W/err"
script "wrong usage" 2 '' <<'T'
list --frob
T
script "help" 0 "$("$HYPERCTL" help start)" <<'T'
help start
T
script "options hold for one line only" 0 "$(printf 'a1\n[]\na1')" <<'T'
list -q id=a1
list -f json id=nosuch
-q list id=a1
T
script "another connection for one line" 5 "$(printf 'a1\na1')" <<T
list -q id=a1
list -q -u unix:$W/nothing.sock
list -q id=a1
T
"$HYPERCTL" -q -u "$HYPER_URI" <<<'list id=a1' >"$W/out" 2>&1
ok_if "$on: options of the shell hold for all lines" "$(cat "$W/out")" = a1
ctl rm a1 a2
