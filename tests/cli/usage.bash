# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# What needs no connection: help, versions, wrong usage.

ctl help
cat >"$W/wanted" <<'T'
Usage: hyperctl <command> [options]
    add <image> [-i id] [-t <type>] [-m <mem>]
    start <id>
    stop <id>
    rm <id>
    list {field=value}
    exit
T
head -n 7 "$W/out" >"$W/head"
check "help begins with the contract" diff "$W/wanted" "$W/head"
cp "$W/out" "$W/help"
for word in --help -h; do
	ctl $word
	check "$word is help" diff "$W/help" "$W/out"
	ok_if "and succeeds" $rc = 0
done
commands=$(sed -n 's/^    \([a-z][a-z]*\).*/\1/p' "$W/help")
for command in $commands; do
	shows "help $command" "Usage: hyperctl $command.*" help "$command"
	cp "$W/out" "$W/wanted"
	ctl "$command" --help
	check "$command --help is the same" diff "$W/wanted" "$W/out"
done
# A page each, of which every word is true.
options_of() { # FILE...: those of which a text tells, one a line
	grep -ohP '(?<![\w-])(--[a-z][a-z-]+|-[a-zA-Z])(?![\w-])' "$@" | sort -u
}
for command in $commands; do
	ctl help "$command"
	cp "$W/out" "$W/page"
	lines=$(wc -l <"$W/page")
	ok_if "$command: a page has 24 to 60 lines, not $lines" \
		"$lines" -ge 24 -a "$lines" -le 60
	check "$command: no line is too wide" not grep -E '.{81}' "$W/page"
	sed -n "s/^See also 'hyperctl help' of: //p" "$W/page" |
		tr -d ' ' | tr , '\n' >"$W/see"
	ok_if "$command: what to read next" -s "$W/see"
	check "$command: which is there" not grep -vxF "$commands" "$W/see"
	ctl complete -- "$command --"
	sort "$W/out" >"$W/taken"
	sed '/^Examples:/,$d' "$W/page" >"$W/text"
	options_of "$W/text" | grep '^--' >"$W/long"
	check "$command: each option is explained, and taken" \
		diff "$W/taken" "$W/long"
	sed -n '/^Examples:/,/^$/s/^  \(hyperctl[^|>#]*\).*/\1/p' "$W/page" \
		>"$W/examples"
	ok_if "$command: two examples or more" "$(wc -l <"$W/examples")" -ge 2
	while read -r _ other words; do
		case $other in -* | '') continue ;; esac
		ctl complete -- "$other --"
		options_of <<<"$words" | grep '^--' |
			grep -vxFf "$W/out"
	done <"$W/examples" >"$W/wrong"
	check "$command: their options are taken" [ ! -s "$W/wrong" ]
	for option in $(options_of "$W/page" | grep -xE -e '-.'); do
		ctl -u "unix:$W/nothing.sock" "$command" "$option"
		check "$command: $option is taken" \
			not grep -q 'invalid option' "$W/err"
	done
done
check "(how options are found)" \
	diff <(printf '%s\n' --ab -b -c) <(options_of <<<'--ab -b,x-y [-c -mem')
for code in 0 1 2 3 4 5 6 130; do
	shows "help tells exit code $code" " *$code  [a-z].*" help
done
version='hyperctl [0-9]+\.[0-9]+\.[0-9]+ \(libhyper [0-9.]+\)'
shows "version" "$version" version
shows "--version" "$version" --version
prints "exit outside of the shell" '' exit

fails "no such command" 2 "'frob'" frob
fails "no such command, for help" 2 "'frob'" help frob
fails "no such option" 2 "'--frob'" list --frob
fails "no such short option" 2 "'x'" -x list
fails "an option without its value" 2 "requires an argument" add demo -i
fails "no such format" 2 "'xml'" list -f xml
for command in start stop rm get wait add; do
	fails "$command without an operand" 2 "$command needs" "$command"
done
ok_if "and a hint where to look" \
	"$(sed -n 2p "$W/err")" = "Try 'hyperctl help add'."
fails "one operand too much" 2 "'a' is too much" info a
fails "one image too much" 2 "'b' is too much" add a b
for mem in '' 0 -1 5X 1.5G G 512MM 99999999999999999999 18014398509481984M; do
	fails "-m '$mem'" 2 "'$mem' is no size of memory" add demo "--mem=$mem"
done
fails "-m, more than anybody has" 2 "17179869184 MiB" add demo -m 16777216G
fails "--vcpus 0" 2 "'0' is no number of CPUs" add demo --vcpus 0
fails "-e without a =" 2 "NAME=VALUE" add demo -e NAME
fails "a bad id" 2 "no_no" add demo -i no_no
fails "a bad port" 2 "." add demo -p 0x50
fails "stop -t" 2 "'1.5' is no timeout" stop a -t 1.5
fails "stop -t, too large" 2 "'4294968'" stop a -t 4294968
fails "--limit 0" 2 "'0' is no limit" list --limit 0
fails "images: no such verb" 2 "'frob'" images frob
fails "images rm without a name" 2 "needs" images rm
fails "operations cancel without a number" 2 "needs" operations cancel
fails "a bad URI" 2 . -u gopher://x list
fails "no hyperd there" 5 . -u "unix:$W/nothing.sock" list
check "and a hint" grep -q '^hint: is hyperd running' "$W/err"
fails "no hyperd there, TCP" 5 . -u http://127.0.0.1:1 list
ok_if "none of these made a state directory" ! -e "$W/never"
