# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The longer examples, against the installed library. run.sh has built them:
# $examples; the state is $HYPER_URI, and its machines are files, see
# DRIVER_TEST.md: who writes them is what an engine is otherwise.

# dies ID: as if its process had ended by itself
dies() {
	uuid=$(cut -d' ' -f1 "$state/test/$1.machine") &&
		echo "$uuid 2" >"$W/dead" &&
		mv "$W/dead" "$state/test/$1.machine"
}

# says LOG TEXT [COUNT]: it says so, so many times
says() { [ "$(grep -c -- "$2" "$1")" -ge "${3:-1}" ]; }

# ended PID: how it ended is in $status
ended() {
	wait_for 10 gone "$1" || kill -KILL "$1"
	wait "$1" 2>/dev/null
	status=$?
}

# terminated PID: the same, after a SIGTERM
terminated() {
	kill -TERM "$1"
	ended "$1"
}

supervised() {
	"$examples/supervisor" web demo >"$W/sup" 2>&1 &
	pid=$!
	started $pid
	check "supervisor: runs its machine" wait_for 10 says "$W/sup" 'web runs'
	check "supervisor: which dies" dies web
	check "supervisor: starts it again" \
		wait_for 10 says "$W/sup" 'web runs' 2
	check "supervisor: and again" dies web
	check "supervisor: a little later" \
		wait_for 10 says "$W/sup" 'again in 500 ms'
	check "supervisor: runs it again" wait_for 10 says "$W/sup" 'web runs' 3
	check "supervisor: somebody stops it" hyperctl stop web
	check "supervisor: knows that it was meant" \
		wait_for 10 says "$W/sup" 'web was stopped'
	sleep 1.5 # longer than its next pause
	check "supervisor: lets it be" machine_is web stopped
	check "supervisor: somebody starts it" hyperctl start web
	check "supervisor: sees that" wait_for 10 says "$W/sup" 'web runs' 4
	terminated $pid
	check "supervisor: ends" test "$status" -eq 0
	check "supervisor: leaves nothing" not hyperctl get web
}

machine_is() { # ID STATE
	hyperctl get "$1" -f json | jq -e --arg s "$2" '.state == $s'
}

jobs_of_two() {
	"$examples/job_reap" >"$W/reap1" 2>&1 &
	first=$!
	started $first
	check "jobs: one is begun" sh -c '"$1" one demo >"$2"' - \
		"$examples/job_run" "$W/job1"
	check "jobs: another" sh -c '"$1" two demo >"$2"' - \
		"$examples/job_run" "$W/job2"
	check "jobs: one ends" dies "$(sed 's/.* //' "$W/job1")"
	check "jobs: that is told" wait_for 10 says "$W/reap1" 'job one has ended'
	check "jobs: it is removed" not hyperctl get "$(sed 's/.* //' "$W/job1")"
	kill -KILL $first
	wait $first 2>/dev/null
	check "jobs: one ends, and nobody looks" \
		dies "$(sed 's/.* //' "$W/job2")"
	for n in 2 3; do
		"$examples/job_reap" >"$W/reap$n" 2>&1 &
		started $!
	done
	told_once() {
		[ "$(cat "$W/reap2" "$W/reap3" | grep -c 'job two')" -eq 1 ]
	}
	check "jobs: it is told later, by one of two" wait_for 10 told_once
	check "jobs: both went on" not says "$W/reap2" job_reap:
	check "jobs: both did" not says "$W/reap3" job_reap:
	check "jobs: a third, as two look" sh -c '"$1" three demo >"$2"' - \
		"$examples/job_run" "$W/job3"
	check "jobs: runs" machine_is "$(sed 's/.* //' "$W/job3")" running
	check "jobs: ends" dies "$(sed 's/.* //' "$W/job3")"
	check "jobs: is told" wait_for 10 sh -c \
		'cat "$1"/reap[23] | grep "job three"' - "$W"
	check "jobs: nothing is left" test -z "$(hyperctl list -q label.job='*')"
}

# A hyperd that is killed and comes back: loops go on.
serve() {
	"$prefix/sbin/hyperd" --config /dev/null --state "$state" \
		--socket "$W/d.sock" >>"$W/d.log" 2>&1 7>&- &
	hyperd=$!
	started $hyperd
	check "loops: a hyperd" \
		wait_for 10 says "$W/d.log" 'hyperd: ready' "$1"
}

loops() {
	serve 1
	mkfifo "$W/commands"
	"$examples/poll_loop" "unix:$W/d.sock" <"$W/commands" >"$W/loop" 2>&1 &
	loop=$!
	started $loop
	exec 7>"$W/commands"
	"$examples/hosts_daemon" "$W/hosts" "unix:$W/d.sock" 7>&- \
		>"$W/daemon" 2>&1 &
	daemon=$!
	started $daemon
	check "loop: begins" wait_for 10 says "$W/loop" '^events from '
	check "daemon: begins, with no machine" wait_for 10 test -f "$W/hosts"
	check "a machine" hyperctl add demo -i one
	check "loop: tells" wait_for 10 says "$W/loop" 'machine-state one stopped'
	printf 'start one\nsta' >&7
	check "loop: a command" wait_for 10 says "$W/loop" \
		'machine-state one running'
	check "daemon: the machine's address" \
		wait_for 10 says "$W/hosts" '^192\.0\.2\.[0-9]*.one$'
	printf 'rt two\nnonsense\n' >&7
	check "loop: a command that fails" wait_for 10 says "$W/loop" \
		'^start two: .*two'
	check "loop: no command" wait_for 10 says "$W/loop" '^commands:'

	kill -KILL $hyperd
	wait $hyperd 2>/dev/null
	check "loop: knows that hyperd is gone" \
		wait_for 10 says "$W/loop" '^no events:'
	check "daemon: says so" wait_for 10 says "$W/daemon" '^<4>'
	sleep 1.5 # so that they try more than once
	check "loop: says it once" test "$(grep -c '^no events:' "$W/loop")" -eq 1
	check "daemon: keeps the file" says "$W/hosts" 'one$'
	serve 2
	echo 'stop one' >&7
	check "loop: goes on" wait_for 10 says "$W/loop" \
		'machine-state one stopped' 2
	check "daemon: goes on" wait_for 10 test ! -s "$W/hosts"
	exec 7>&-
	ended $loop
	check "loop: ends with its input" test "$status" -eq 0
	terminated $daemon
	check "daemon: ends" test "$status" -eq 0
	check "daemon: leaves no draft" test ! -e "$W/hosts.new"
	terminated $hyperd
	check "loops: hyperd ends" test "$status" -eq 0
	check "loop: nothing was left out" in_order "$W/loop"
	check "loops: the machine is removed" hyperctl rm -F one
}

in_order() { # the numbers of events grow by one
	awk '/^[0-9]+ / { if (last && $1 != last + 1) exit bad = 1; last = $1 }
		END { exit bad || !last }' "$1"
}

state=${HYPER_URI#file:}
export TYPE=test HYPER_TEST_KEEP=yes
supervised
jobs_of_two
loops
unset TYPE HYPER_TEST_KEEP
