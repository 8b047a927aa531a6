# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# On a terminal: editing, history, completion, progress, Ctrl-C.

history=$XDG_STATE_HOME/hyper/hyperctl_history
rm -f "$history"
ctl add demo -i alpha
ctl add demo -i alpine
ctl add demo -i slow -o script=start:latency=2000

terminal "prompt, command, exit" 'prompt
send list -q\r
expect alpha\r\n
prompt
send exit\r
exit 0'
ok_if "$on: the history is only its owner's" "$(stat -c %a "$history")" = 600
check "$on: and has the line" grep -q 'list' "$history"
terminal "Ctrl-D ends it, and errors do not count" 'prompt
send frob\r
expect there is no command
prompt
send \x04
exit 0'
terminal "an earlier line comes back" 'prompt
send \x1b[A\r
expect frob
prompt
send \x1b[A\x1b[A
expect exit
send \x15quit\r
exit 0'
terminal "Ctrl-C leaves the line, not the shell" 'prompt
send rm alpha\x03
prompt
send version\r
expect libhyper
prompt
send exit\r
exit 0'
prints "and nothing was done" alpha list -q id=alpha
terminal "completion of a command" 'prompt
send oper\t
expect ations 
send \x15ver\t\r
expect libhyper
send exit\r
exit 0'
terminal "of what is ambiguous" 'prompt
send st\t\t
expect start  stop\r\n
expect hyper> st
send \x15exit\r
exit 0'
terminal "of options" 'prompt
send add --auto\t
expect start 
send \x15list -f j\t
expect son 
send \x15stop --for\t\t
expect --force  --format
send \x15exit\r
exit 0'
terminal "of ids" 'prompt
send get alpi\t
expect ne 
send \x15start al\t
expect p
send \t
expect alpha  alpine\r\n
send \x15exit\r
exit 0'
terminal "of images and types" 'prompt
send add de\t
expect mo 
send -t te\t
expect st 
send \x15exit\r
exit 0'
terminal "of commands for help" 'prompt
send help dri\t\r
expect Usage: hyperctl drivers
send exit\r
exit 0'

terminal "progress on a terminal, erased in the end" \
	'expect start slow 
expect \r\x1b[K
expect slow\r\n
exit 0' start slow
ctl stop slow
terminal "also when stdout is none" "redirect $W/redirected
expect start slow 
expect \\r\\x1b[K
exit 0" start slow
ok_if "$on: which has only the result" "$(cat "$W/redirected")" = slow
ctl stop slow
prints "none of it in a pipe" slow start slow
ctl stop slow
TERM=dumb terminal "nor on a dumb terminal" 'expect slow\r\n
never \x1b
exit 0' start slow
ctl stop slow
terminal "errors are not mixed up with it" 'prompt
send start slow nosuch\r
expect hyperctl: 
expect nosuch
expect start slow 
expect slow\r\n
send exit\r
exit 0'
ctl rm -F slow

ctl add demo -i evil -l x="$(printf '\xc2\x9b31mred')"
terminal "JSON does not steer the terminal either" 'expect "generation"
never \xc2\x9b
exit 0' get evil -f json
ctl get evil -f json
check "$on: a pipe gets it as it is" grep -q "$(printf '\xc2\x9b')31mred" "$W/out"
ctl rm evil

ctl add demo -i stuck -o script=start:hang
if [ "$on" = local ]; then
	terminal "Ctrl-C cancels" 'expect start stuck
send \x03
expect hyperctl: 
exit 130' start stuck
	ctl operations -q machine=stuck state=cancelled
	ok_if "$on: the operation" "$(wc -l <"$W/out")" -ge 1
	terminal "Ctrl-C in the shell too" 'prompt
send start stuck\r
expect start stuck 
send \x03
expect hyperctl: 
prompt
send version\r
expect libhyper
send exit\r
exit 0'
else
	terminal "Ctrl-C leaves the operation to hyperd" 'expect start stuck
send \x03
expect goes on
exit 130' start stuck
	ctl operations -q machine=stuck state=running
	number=$(cat "$W/out")
	ok_if "$on: indeed" -n "$number"
	prints "it can be cancelled" '' operations cancel "$number"
fi
ctl rm -F stuck

ctl add demo -i wide -l x=y
long=$(printf 'registry.example.org/%080d' 7)
script "(an image with a long name)" 0 "$(printf '%s\nlong' "$long")" <<T
images pull $long
add $long -i long
T
terminal "a table fits the terminal" 'width 70
prompt
send list id=long\r
expect AGE\r\n
prompt
never 0007
send exit\r
exit 0'
shows "but is whole in a pipe" "long +test +$long .*" list id=long
ctl rm alpha alpine wide long
