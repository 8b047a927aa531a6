# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Completion in bash, zsh and fish, as far as they are there.

ctl add demo -i alpha
ctl add demo -i alpine
ctl add demo -i busy -o script=start:hang
ctl start alpha
PATH=$(dirname "$(realpath "$HYPERCTL")"):$PATH
scripts=$ROOT/hyperctl/completion

# offers TEXT LINE WORD...: `hyperctl complete` offers just these
offers() {
	local text=$1 line=$2
	shift 2
	prints "complete: $text" "$(printf '%s\n' "$@")" complete -- "$line"
}
offers "commands" st start stop
offers "none that is hidden" comp completion
offers "an option" 'list --col' --color --columns
offers "the values of one" 'list -f ' csv json table
offers "also in a word of its own" '--color n' never
offers "a command behind options" '-f json --no-headers st' start stop
offers "shells" 'completion ' bash fish zsh
offers "what can be started" 'start al' alpine
offers "by another name of the command" 'inspect al' alpha alpine
offers "what can be stopped" 'shutdown ' alpha
offers "each machine" 'get ' alpha alpine busy
offers "images" 'add de' demo
offers "drivers" 'add -t ' test
offers "a folder to import from" "images import $W/driv" "$W/drivers/"
offers "columns" 'list --columns id,sta' id,stale id,state id,state_reason
offers "those of the command" 'images --columns n' name
offers "states" 'list state=st' \
	state=starting state=stopped state=stopping
offers "nothing for what is no command" 'frob ' ''
offers "nothing within quotes" 'get "al' ''
offers "nothing strange" 'get al*' ''
offers "nothing of ours for the words of a machine" 'add demo -- ' ''
offers "no options, either" 'add demo -- --ver' ''
offers "nor another image" 'add demo ' ''
offers "ids behind --" 'get -- al' alpha alpine
offers "no options there" 'get -- --form' ''
XDG_CONFIG_HOME=$W/config-$on
named() { XDG_CONFIG_HOME=$W/config-$on offers "$@"; }
ctl remote add here "unix:$W/nowhere"
ctl remote add there "unix:${HYPER_URI#unix:}"
named "what can be used" 'remote use ' here local there
named "what can be forgotten" 'remote rm ' here there
named "only one" 'remote rm here ' ''
named "nothing for a new name" 'remote add ' ''
named "remotes" 'list --remote th' there
named "remotes as a URI" '-u remote:' remote:here remote:there
[ -z "$served" ] || {
	named "ids of a remote" '--remote there get alp' alpha alpine
	named "also behind =" '--remote=there get alp' alpha alpine
	named "and of its URI" '-u remote:there get alp' alpha alpine
}
named "none of one that is away" '--remote here get ' ''
XDG_CONFIG_HOME=$W/config
"$HYPERCTL" start busy >/dev/null 2>&1 &
hung=$!
started $hung
goes_on() { number=$("$HYPERCTL" operations -q machine=busy state=running) &&
	[ -n "$number" ]; }
wait_for 10 goes_on
offers "operations that go on" 'wait ' "$number"
ctl operations cancel "$number"
wait $hung

HYPER_URI=$W/never-2 offers "nothing where there is no state" 'get ' ''
ok_if "$on: and makes none" ! -e "$W/never-2"
offers "of another place" "-u $W/never-2 get " ''
offers "of this place" "get --uri=$HYPER_URI alph" alpha
offers "nothing without a server" "-u unix:$W/nowhere get " ''

# How long it takes, in ms, when nothing else has the processor: the best of
# some.
best() { # LINE
	local ms least=100000 i from
	for i in 1 2 3 4 5 6 7 8; do
		from=${EPOCHREALTIME/./}
		"$HYPERCTL" complete -- "$1" >/dev/null
		ms=$(((${EPOCHREALTIME/./} - from) / 1000))
		[ $ms -ge $least ] || least=$ms
	done
	echo $least
}
for line in 'st' 'get ' "-u http://127.0.0.1:1 get "; do
	ms=$(best "$line")
	ok_if "$on: complete '$line' takes $ms ms" "$ms" -lt 100
done
# A server that takes connections and never answers
python3 - "$W/dumb.port" <<'T' &
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1], "w").write(str(s.getsockname()[1]))
time.sleep(30)
T
dumb=$!
started $dumb
wait_for 10 test -s "$W/dumb.port"
offers "nothing, soon, of a server that is silent" \
	"-u http://127.0.0.1:$(cat "$W/dumb.port") get " ''
stop_pid $dumb
rm "$W/dumb.port"

# --- bash ---
fails "no such shell" 2 "'tcsh': bash, zsh or fish" completion tcsh
for shell in bash zsh fish; do
	ctl completion $shell
	check "$on: completion $shell is the script" \
		diff "$scripts/hyperctl.$shell" "$W/out"
done
# bashed TEXT LINE WORD...: what the function of bash gives
bashed() {
	local text=$1 line=$2
	shift 2
	# shellcheck disable=SC2016 # it is for the inner one
	bash --norc -uc '
		. "$1"
		COMP_LINE=$2 COMP_POINT=${3:-${#2}}
		[[ $(complete -p hyperctl) == *_hyperctl* ]] || exit 1
		_hyperctl hyperctl
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$scripts/hyperctl.bash" "$line" ${point:-} >"$W/out" 2>"$W/err"
	rc=$?
	[ $rc -eq 0 ] && [ ! -s "$W/err" ] &&
		diff <(printf '%s\n' "$@" | sed '/^$/d') "$W/out" >"$W/told"
	verdict "$on: bash: $text" $? "$W/told"
}
bashed "a command" 'hyperctl ver' version
bashed "ids" 'hyperctl get al' alpha alpine
bashed "behind a variable" 'A=b hyperctl start al' alpine
bashed "what stands behind the last =" 'hyperctl list state=run' running
bashed "and behind the last :" "hyperctl -u unix:$W/x --for" --format
point=12 bashed "where the cursor is" 'hyperctl ver x y' version
XDG_CONFIG_HOME=$W/config-$on bashed "a remote behind remote:" \
	'hyperctl -u remote:th' there
bashed "nothing" 'hyperctl frob ' ''

# --- on a terminal, as people have it ---
tab() { # SHELL TEXT DIALOGUE COMMAND...: a shell whose prompt is "hyper> "
	local shell=$1 text=$2
	printf '%s\n' "$3" >"$W/dialogue"
	shift 3
	HOME=$W/home-$shell ZDOTDIR=$W/home-$shell \
		python3 "$HERE/dialogue.py" "$W/dialogue" "$@" >"$W/told" 2>&1
	verdict "$on: $shell: $text" $? "$W/told"
}
mkdir -p "$W/home-bash" "$W/home-zsh" "$W/home-fish" "$W/site"
printf '%s\n' "PS1='hyper> '" ". $scripts/hyperctl.bash" >"$W/home-bash/rc"
tab bash "the tabulator" "prompt
send hyperctl get alpi\t
expect get alpine 
send -q\r
expect alpine\r\n
prompt
send hyperctl list state=run\t-q\r
expect =running -q
expect alpha\r\n
prompt
send exit\r
exit 0" bash --rcfile "$W/home-bash/rc" -i
if command -v zsh >/dev/null; then
	printf '%s\n' "PS1='hyper> '" 'autoload -U compinit' 'compinit -u -D' \
		>"$W/home-zsh/installed"
	{
		cat "$W/home-zsh/installed"
		echo ". $scripts/hyperctl.zsh"
	} >"$W/home-zsh/.zshrc"
	tab zsh "the tabulator" "prompt
send hyperctl get alpi\t
expect ne
send -q\r
expect alpine\r\n
prompt
send hyperctl list state=run\t-q\r
expect alpha\r\n
prompt
send exit\r
exit 0" zsh -i
	mv "$W/home-zsh/installed" "$W/home-zsh/.zshrc"
	cp "$scripts/hyperctl.zsh" "$W/site/_hyperctl"
	# shellcheck disable=SC2016 # it is for the inner one
	FPATH=$W/site:$(zsh -fc 'echo $FPATH') tab zsh "installed" "prompt
send hyperctl start alpi\t
expect ne
send --help | head -n 1\r
expect Usage: hyperctl start
prompt
send exit\r
exit 0" zsh -i
else
	skip "zsh is not installed"
fi
if command -v fish >/dev/null; then
	fished() { # TEXT LINE WORD...: what fish offers
		local text=$1
		line=$2 HOME=$W/home-fish fish --no-config -c \
			". $scripts/hyperctl.fish; complete -C \$line" \
			>"$W/out" 2>"$W/err"
		rc=$?
		shift 2
		[ $rc -eq 0 ] && [ ! -s "$W/err" ] &&
			diff <(printf '%s\n' "$@" | sed '/^$/d') \
				<(cut -f1 "$W/out" | sort) >"$W/told"
		verdict "$on: fish: $text" $? "$W/told"
	}
	fished "a command" 'hyperctl ver' version
	fished "ids" 'hyperctl get al' alpha alpine
	fished "what can be started" 'hyperctl -q start al' alpine
	fished "states" 'hyperctl list state=run' state=running
	fished "nothing" 'hyperctl frob ' ''
else
	skip "fish is not installed"
fi
ctl rm -F alpha alpine busy
