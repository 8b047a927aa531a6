#!/bin/bash
# SPDX-License-Identifier: MIT
#
# examples/quickstart.sh as a stranger runs it: twice, then in ways that must
# fail, or be interrupted. Nothing may be left of it. Needs the packages that
# it installs, or root and the network. TINY=FILE.qcow2 is a tiny guest image
# made earlier.
set -u
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

script=$ROOT/examples/quickstart.sh
work=$W/quickstart
out=$W/out
mkdir "$work"
[ -z "${TINY:-}" ] || cp "$TINY" "$work/tiny.qcow2"
runs=() # where each run had its sockets

# start [VAR=VALUE]...: in the background, as a process group of its own that
# hears SIGINT, as in a terminal
start() {
	rm -f "$out"
	touch "$out"
	env "$@" HYPER_QUICKSTART_DIR="$work" perl -e \
		'$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV or die' \
		sh "$script" >"$out" 2>&1 </dev/null &
	pid=$!
	started $pid
}

# ended STATUS: it ends with that
ended() {
	local status=0
	wait $pid || status=$?
	cat "$out"
	runs+=("$(sed -n 's|.* --socket \(/tmp/[^/]*\)/hyperd.sock.*|\1|p' "$out")")
	echo "status $status, wanted $1"
	[ $status -eq "$1" ]
}

passes() {
	start "$@"
	ended 0
}

says() { grep -E -- "$1" "$out" || { echo "not said: $1"; false; }; }

said() { says "$1" || gone $pid; }

# All that runs inherits the variable; QEMU and Docker name a path of ours.
processes() {
	local dir
	grep -lsaF "HYPER_QUICKSTART_DIR=$work" /proc/[0-9]*/environ
	for dir in "$work" "${runs[@]}"; do
		[ -z "$dir" ] || grep -lsaF "$dir/" /proc/[0-9]*/cmdline
	done
	# The container's, by what it says
	grep -lsaF 'echo hello from `hostname`' /proc/[0-9]*/cmdline
}

traces() {
	local dir
	grep -F "$work" /proc/mounts
	find /sys/fs/cgroup -name 'hyper-quickstart*'
	for dir in "${runs[@]}"; do
		[ -z "$dir" ] || ! [ -e "$dir" ] || echo "$dir"
		[ -z "$dir" ] || grep -F "$dir/" /proc/mounts
	done
	ls -d "$work/run" "$work/docker" 2>/dev/null
	ip -o link show type bridge 2>/dev/null | diff "$W/bridges" - |
		grep '^>.* docker0'
	ip netns list 2>/dev/null | grep -i quick
}

# When this test itself is interrupted
tidy() {
	local dir pid
	dir=$(readlink "$work/run") && runs+=("$dir")
	for pid in $(processes | cut -d/ -f3); do
		kill -KILL "$pid" 2>/dev/null
	done
	[ -z "$dir" ] || rm -rf "$dir"
}

all_gone() { [ -z "$(processes)" ]; }

nothing_left() {
	local list pid
	# A killed namespace takes a moment to go.
	wait_for 10 all_gone || true
	list=$(processes; traces)
	for pid in $(processes | cut -d/ -f3); do
		tr '\0' ' ' <"/proc/$pid/cmdline"
		echo
	done
	echo "$list"
	[ -z "$list" ]
}

# What the transcript of one that went well shows
shown() {
	check "$1: the guest's console comes to its login" says '^ *\| tiny login:'
	check "$1: the virtual machine is listed as running" \
		says '^quick-vm +libvirt +tiny +running'
	check "$1: and over HTTP" says '"id":"quick-vm".*"state":"running"'
	if [ "$(id -u)" -eq 0 ]; then
		check "$1: the container is listed as running" \
			says '^quick-box +docker +hyper-busybox +running'
		check "$1: and over HTTP" \
			says '"id":"quick-box".*"state":"running"'
		check "$1: the engine lists it, too" \
			says '^quick-box +hyper-busybox.* Up '
		check "$1: the container says hello" says '^hello from quick-box'
	else
		skip "$1: the container: not root"
	fi
	check "$1: both are seen to be stopped" \
		says '^quick-vm +libvirt +tiny +stopped'
	check "$1: says what to try next" says 'What to try next'
	check "$1: nothing is left" nothing_left
}

# cut_short SIGNAL TEXT: that signal as soon as it has said TEXT
cut_short() {
	start
	wait_for 180 said "$2"
	if [ "$1" = KILL ]; then
		kill -KILL $pid # only the script
	else
		kill "-$1" -$pid
	fi
}

main() {
	ip -o link show type bridge >"$W/bridges" 2>/dev/null
	check "first run" passes
	says 'What to try next' >/dev/null || return
	shown "first run"
	before=$(stat -c %Y "$work/build/bin/hyperd" "$work/tiny.qcow2")
	SECONDS=0
	check "second run" passes
	echo "     it took $SECONDS s"
	shown "second run"
	check "second run: builds and makes nothing anew" \
		test "$before" = "$(stat -c %Y "$work/build/bin/hyperd" \
			"$work/tiny.qcow2")"

	start HYPER_LIBVIRT_ACCEL=nonsense
	check "a step that fails: ends with 1" ended 1
	check "a step that fails: says which" says '^quickstart: failed,'
	check "a step that fails: says where the logs are" says "$work/log"
	check "a step that fails: nothing is left" nothing_left

	cut_short INT 'Waiting for its login'
	check "Ctrl-C while the guest boots" ended 130
	check "Ctrl-C while the guest boots: nothing is left" nothing_left
	cut_short TERM '^== What runs now'
	check "SIGTERM while both run" ended 143
	check "SIGTERM while both run: nothing is left" nothing_left

	cut_short KILL '^== What runs now'
	check "SIGKILL while both run" ended 137
	check "SIGKILL while both run: they go on" not nothing_left
	check "the next run" passes
	check "the next run ends what was left" says 'An earlier run was killed'
	shown "the next run"
}

main | tee "$W/lines"
echo "$(grep -c '^ok' "$W/lines") passed, $(grep -c '^FAIL' "$W/lines") failed"
! grep -q '^FAIL' "$W/lines" || failed=1
finish
