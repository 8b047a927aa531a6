#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libvirt.sh embed|system: drv_libvirt on libvirt in this process, or on a
# private libvirtd, seen from outside with virsh as well. TINY=FILE.qcow2 is a
# tiny guest image made earlier.
set -u
# shellcheck source=tests/driver/driver.bash
. "$(dirname "$(realpath "$0")")/driver.bash"
TYPE=libvirt
only $TYPE
on="libvirt $1"
files=$STATE/libvirt
console=$W/console.log

if [ -z "${TINY:-}" ]; then
	TINY=$W/tiny.qcow2
	check "$on: tiny guest image" \
		"$ROOT/examples/images/tiny-guest-image.sh" "$TINY"
fi
case $1 in
embed) uri="qemu:///embed?root=$files/embed" ;;
system)
	use_engine libvirtd || exit 1
	# shellcheck disable=SC2153 # the engine says it
	uri=$LIBVIRT_URI
	export HYPER_LIBVIRT_URI=$uri
	;;
esac

# Embedded libvirt has one process at a time: virsh only between hyperctls.
virsh_() { "${under[@]}" virsh -q -c "$uri" "$@"; }

# xml ID XPATH: what virsh dumpxml has there
xml() {
	virsh_ dumpxml --inactive "$1" >"$W/domain.xml" &&
		xmllint --xpath "string($2)" "$W/domain.xml"
}

is() { # WANT CMD...
	local want=$1 got
	shift
	got=$("$@")
	echo "'$got' instead of '$want'"
	[ "$got" = "$want" ]
}

images() {
	check "$on: import an image" \
		ctl images import "$TINY" -t libvirt -i tiny
	check "$on: under the same name again" fails 4 tiny \
		ctl images import "$TINY" -t libvirt -i tiny
	printf 'QFI\373\0\0\0\3nonsense' >"$W/broken.qcow2"
	check "$on: a broken one" fails 2 '' \
		ctl images import "$W/broken.qcow2" -t libvirt -i broken
	echo 'no disk at all' >"$W/text"
	check "$on: what is no disk" fails 2 'no disk image' \
		ctl images import "$W/text" -t libvirt -i text
	check "$on: a file that is not there" fails 3 '' \
		ctl images import "$W/nosuch" -t libvirt -i nosuch
	cp "$TINY" "$files/images/copied.qcow2"
	check "$on: a file copied in is an image" \
		is copied sh -c '"$@" | grep -x copied' - \
		"$BUILD/bin/hyperctl" --uri "$STATE" images list libvirt -q
	# What a crash leaves just before an import is done.
	ln "$files/images/copied.qcow2" "$files/images/.again.import"
	check "$on: import after a crash" \
		ctl images import "$TINY" -t libvirt -i again
	check "$on: into a file of its own" \
		is 1 stat -c %h "$files/images/again.qcow2"
	ctl images rm again -t libvirt
	check "$on: and can be removed" ctl images rm copied -t libvirt
	check "$on: which deletes it" test ! -e "$files/images/copied.qcow2"
	check "$on: pull is refused" fails 1 '' \
		ctl images pull debian12 -t libvirt
}

# The template is the users': here it gets a log of the console.
template() {
	local line='<serial type="pty">'
	line="$line<log file=\"$console\" append=\"off\"/></serial>"
	sed -i "s|<serial type=\"pty\"/>|$line|" "$files/template.xml"
	grep -q "$console" "$files/template.xml"
}

honoured() {
	check "$on: add with all fields" ctl add tiny -i vm1 -m 96 --vcpus 2 \
		-l tier=web
	check "$on: virsh lists it, shut off" \
		is "shut off" virsh_ domstate vm1
	check "$on: it is persistent" virsh_ dominfo vm1
	check "$on: mem" is 98304 xml vm1 /domain/memory
	check "$on: vcpus" is 2 xml vm1 /domain/vcpu
	check "$on: uuid" is \
		"$(ctl get vm1 -f json | jq -r .uuid)" xml vm1 /domain/uuid
	check "$on: disk" is "$files/machines/vm1.qcow2" \
		xml vm1 '/domain/devices/disk/source/@file'
	check "$on: a serial console" is pty \
		xml vm1 '/domain/devices/serial/@type'
	check "$on: marked as ours" is vm1 xml vm1 \
		'//*[namespace-uri() = "urn:hyper:machine:1"]/@id'
	check "$on: an overlay on the image" sh -c 'qemu-img info -U "$1" |
		grep -q "backing file: .*images/tiny.qcow2"' - \
		"$files/machines/vm1.qcow2"
	check "$on: a full copy" ctl add tiny -i vm2 -o disk=copy -m 96
	check "$on: without a backing file" sh -c '! qemu-img info -U "$1" |
		grep "backing file"' - "$files/machines/vm2.qcow2"
	check "$on: an image in use is not removed" \
		fails 4 vm1 ctl images rm tiny -t libvirt
	check "$on: start" ctl start vm1
	check "$on: virsh says that it runs" is running virsh_ domstate vm1
	check "$on: its console comes to the login" \
		wait_for 120 grep -q 'tiny login:' "$console"
	check "$on: its network is up" \
		wait_for 20 grep -q TINY-DHCP "$console"
	check "$on: it reaches a web server outside" asked vm1
	check "$on: goes on without us" machine vm1 '.state == "running"'
	check "$on: programs that only look end well" ends_well vm1
}

others() {
	cp "$W/domain.xml" "$W/vm1.xml"
	sed -e 's|<name>vm1</name>|<name>taken</name>|' \
		-e "s|$files/machines/vm1.qcow2|$W/taken.disk|" \
		-e '/<uuid>/d' -e '/<metadata>/,/<\/metadata>/d' \
		-e '/<serial/,/<\/serial>/d' -e '/<console/,/<\/console>/d' \
		"$W/domain.xml" >"$W/taken.xml"
	qemu-img create -q -f qcow2 "$W/taken.disk" 1M
	chmod 666 "$W/taken.disk"
	# virsh with embedded libvirt in it may end badly after it has done its
	# work: what counts is whether the domain is there.
	virsh_ define "$W/taken.xml" >/dev/null
	check "$on: somebody's domain" virsh_ dumpxml taken
	virsh_ dumpxml taken >"$W/before"
	check "$on: its name is taken" \
		fails 4 taken ctl add tiny -i taken -t libvirt
	check "$on: nothing is left of that" fails 3 taken ctl get taken
	check "$on: no disk either" test ! -e "$files/machines/taken.qcow2"
	check "$on: it is not touched" sh -c '"$@" | diff - "$0"' "$W/before" \
		"${under[@]}" virsh -q -c "$uri" dumpxml taken
	check "$on: nor shown" test -z "$(ctl list -q id=taken)"

	sed -e 's|<name>vm1</name>|<name>copy</name>|' -e '/<uuid>/d' \
		-e '/<serial/,/<\/serial>/d' -e '/<console/,/<\/console>/d' \
		"$W/vm1.xml" >"$W/copy.xml"
	virsh_ define "$W/copy.xml" >/dev/null
	check "$on: a copy with its mark" virsh_ dumpxml copy
	check "$on: is not taken for it" machine vm1 '.state == "running" and
		.uuid == .handle'
	check "$on: the doctor tells of it" fails 1 machine-copy ctl doctor
	virsh_ undefine copy >/dev/null

	# Right after it has opened embedded libvirt, virsh may kill a domain
	# before it knows it well, and say that it does not run.
	virsh_ destroy vm1 >/dev/null 2>&1
	check "$on: killed by somebody" is "shut off" virsh_ domstate vm1
	check "$on: is seen to be stopped" \
		wait_for 30 machine vm1 '.state == "stopped"'
	check "$on: started by somebody" virsh_ start vm2
	check "$on: is seen to run" \
		wait_for 30 machine vm2 '.state == "running"'
	check "$on: removed" ctl rm vm2 -F
	check "$on: with its domain" not virsh_ dominfo vm2
	check "$on: and its disk" test ! -e "$files/machines/vm2.qcow2"
	check "$on: undefined by somebody" virsh_ undefine vm1
	check "$on: is seen to be missing" \
		wait_for 30 machine vm1 '.state == "missing"'
	check "$on: cannot be started" fails 4 missing ctl start vm1
	check "$on: can be removed" ctl rm vm1 -F
}

# "taken" is somebody's domain: it becomes one of ours, and is not touched.
adopting() {
	virsh_ dumpxml taken >"$W/before"
	sum=$(find "$W/taken.disk" -printf '%i %s %m\n')
	check "$on: adopted" ctl adopt taken -i vm6
	virsh_ dumpxml taken >"$W/after"
	check "$on: it is not touched" diff "$W/before" "$W/after"
	check "$on: known as it is" machine vm6 '.state == "stopped" and
		.adopted and .mem == 96 and .vcpus == 2 and
		.handle == "'"$(virsh_ domuuid taken | tr -d '\n')"'"'
	check "$on: twice" fails 4 vm6 ctl adopt taken -i other
	check "$on: start" ctl start vm6
	check "$on: virsh says that it runs" is running virsh_ domstate taken
	check "$on: stopped by force" ctl stop vm6 -t 0 -F
	check "$on: virsh says so" is "shut off" virsh_ domstate taken
	check "$on: released" ctl release vm6
	check "$on: and still there" is "shut off" virsh_ domstate taken
	check "$on: adopted once more" ctl adopt taken
	check "$on: removed" ctl rm taken
	check "$on: with its domain" not virsh_ dominfo taken
	check "$on: but not its disk" \
		is "$sum" find "$W/taken.disk" -printf '%i %s %m\n'
	virsh_ define "$W/taken.xml" >/dev/null
}

# asked ID: at its console it asks the web server, and gets the answer
# On a busy machine, libvirt's own threads still work when a program exits.
ends_well() {
	local busy=() ok=0
	for _ in 1 2 3 4; do
		timeout 60 sh -c 'while :; do :; done' &
		busy+=($!)
	done
	for _ in {1..25}; do
		ctl get "$1" -q || ok=$?
	done
	kill "${busy[@]}"
	wait "${busy[@]}" 2>/dev/null
	echo "the last bad one ended with $ok"
	return $ok
}

asked() {
	local tty ok=0
	tty=$(virsh_ ttyconsole "$1") && [ -c "$tty" ] ||
		{ echo "virsh ttyconsole: $? '$tty'"; return 1; }
	# QEMU looks once a second whether somebody has the terminal open.
	exec 3<>"$tty"
	printf 'root\r' >&3
	wait_for 60 grep -q '# ' "$console" &&
		printf 'wget -q -O - %s\r' "$URL" >&3 &&
		wait_for 60 grep -q '^hello from outside' "$console" || ok=1
	exec 3>&-
	tail -n 5 "$console" "$W/web.log"
	return $ok
}

# The image was changed under an overlay.
changed_image() {
	check "$on: an image that will change" \
		ctl images import "$TINY" -t libvirt -i changing
	check "$on: a machine on it" ctl add changing -i vm3 -m 96
	cp "$TINY" "$files/images/changing.qcow2"
	check "$on: is not started when it has changed" \
		fails 4 changing.qcow2 ctl start vm3
	check "$on: which a dry run tells before" \
		fails 4 changing.qcow2 ctl start vm3 --dry-run
	check "$on: a dry run of another one" \
		plans "make the disk $files/machines/vm4.qcow2, a copy of" \
		add changing -i vm4 -o disk=copy --dry-run
	check "$on: makes none" test ! -e "$files/machines/vm4.qcow2"
	check "$on: an import" \
		plans "copy $TINY to $files/images/other.qcow2" \
		images import "$TINY" -t libvirt -i other --dry-run
	check "$on: makes none either" test ! -e "$files/images/other.qcow2"
	check "$on: of what is no image" \
		fails 2 sectors ctl images import /etc/hostname -t libvirt --dry-run
	check "$on: of an image in use" \
		fails 4 "used by" ctl images rm changing -t libvirt --dry-run
	check "$on: is removed" ctl rm vm3
	check "$on: and the image" ctl images rm changing -t libvirt
}

# Embedded libvirt is one process's: a hyperd has it, hyperctl does not.
one_owner() {
	"${under[@]}" "$BUILD/bin/hyperd" --state "$STATE" \
		--socket "$W/hyperd.sock" >"$W/hyperd.out" 2>&1 </dev/null &
	pid=$!
	started $pid
	wait_for 20 grep -q '^hyperd: ready' "$W/hyperd.out"
	served() {
		"$BUILD/bin/hyperctl" --uri "unix:$W/hyperd.sock" "$@"
	}
	check "$on: add through a hyperd" served add tiny -i vm4 -m 96
	check "$on: start" served start vm4
	check "$on: another process sees it" machine vm4 '.state == "running"'
	check "$on: but may not change it" \
		fails 4 "unix:$W/hyperd.sock" ctl stop vm4 -t 0 -F
	check "$on: the driver says who has it" \
		driver '.available == false and (.reason | test("hyperd"))'
	stop_pid $pid
	check "$on: when the hyperd has ended it goes on" \
		machine vm4 '.state == "running"'
	check "$on: and it may" ctl stop vm4 -t 0 -F
	check "$on: and may remove it" ctl rm vm4
}

addresses() {
	check "$on: add in a libvirt network" \
		ctl add tiny -i vm5 -m 96 -o network=default
	check "$on: start" ctl start vm5
	check "$on: its address is known" \
		wait_for 120 machine vm5 '.addresses | length > 0'
	address=$(ctl get vm5 -f json | jq -r '.addresses[0]')
	check "$on: and answers" wait_for 30 engine libvirtd exec \
		curl -fsS --max-time 5 "http://$address/"
	check "$on: its console comes to the login" \
		wait_for 120 grep -q 'tiny login:' "$console"
	check "$on: it reaches a web server outside" asked vm5
}

# signal_vm5 SIGNAL: to its QEMU
signal_vm5() {
	# shellcheck disable=SC2016
	engine libvirtd exec sh -c \
		'kill "-$1" "$(cat /run/libvirt/qemu/vm5.pid)"' - "$1"
}

# vm5 still runs. While its QEMU does not, no stop can be done.
down() {
	check "$on: a guest that hangs" signal_vm5 STOP
	ctl stop vm5 -t 60 >"$W/stop.out" 2>&1 &
	pid=$!
	sleep 2
	engine libvirtd kill
	check "$on: killed in the middle of a stop: the call ends" \
		wait_for 70 gone $pid
	wait $pid
	check "$on: and says that the engine has gone" test $? -eq 5
	sed 's/^/     | /' "$W/stop.out"
	check "$on: it goes on" signal_vm5 CONT
	check "$on: down: the driver says so" \
		driver '.available == false and (.reason | length > 10)'
	check "$on: down: machines are still listed" machine vm5 .stale
	check "$on: down: start fails" fails 5 '' ctl start vm5
	check "$on: starts again" engine libvirtd start
	check "$on: the driver is back" driver .available
	check "$on: removed" ctl rm vm5 -F
}

there() { HYPER_LIBVIRT_URI=test:///default "$@"; }

# The same state on another libvirt, by mistake; vm5 still runs.
elsewhere() {
	check "$on: elsewhere: the doctor says so" \
		fails 1 engine-changed there ctl doctor
	check "$on: elsewhere: it is not missing" \
		there machine vm5 '.state == "running"'
	check "$on: elsewhere: stop fails" \
		fails 5 'another engine' there ctl stop vm5
	check "$on: elsewhere: rm fails" \
		fails 5 'another engine' there ctl rm vm5 -F
	check "$on: elsewhere: nothing is added" \
		fails 5 'another engine' there ctl add tiny -i there
	check "$on: back: it runs" wait_for 15 machine vm5 \
		'.state == "running" and (.stale | not)'
	check "$on: back: the doctor finds nothing" ctl doctor
}

# A line in $W/asking for each time that the hyperd which watches was asked for
# its machines
asking() {
	while sleep 0.1; do
		curl -fsS --unix-socket "$W/watching.sock" \
			http://localhost/hyper/machines >/dev/null &&
			echo fine || echo bad
	done >>"$W/asking" 2>&1
}

all_fine() { not grep -vx fine "$W/asking" && test -s "$W/asking"; }

telling() {
	check "$on: a machine to be watched" ctl add tiny -i seen -m 96
	check "$on: start" ctl start seen
	check "$on: a hyperd that watches" watching
	asking &
	asker=$!
	started $asker
	check "$on: killed by somebody" virsh_ destroy seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "stopped"'
	check "$on: started by somebody" virsh_ start seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "running"'
	check "$on: suspended by somebody" virsh_ suspend seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "paused"'
	check "$on: libvirtd is killed" engine libvirtd kill
	check "$on: it knows that" wait_for 30 told seen .stale
	check "$on: libvirtd comes back" engine libvirtd start
	check "$on: it knows that" wait_for 60 told seen '.stale | not'
	check "$on: goes on by somebody" virsh_ resume seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "running"'
	check "$on: killed by somebody" virsh_ destroy seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "stopped"'
	check "$on: undefined by somebody" virsh_ undefine seen
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "missing"'
	stop_pid $asker
	check "$on: all the time it could list its machines" all_fine
	stop_pid "$watcher"
	check "$on: can be removed" ctl rm seen -F
}

# Nobody else has embedded libvirt, but its guests are processes.
telling_embed() {
	local socket=unix:$W/watching.sock
	check "$on: a hyperd that watches" watching
	check "$on: add" "$BUILD/bin/hyperctl" --uri "$socket" \
		add tiny -i seen -m 96
	for _ in 1 2; do
		check "$on: start" "$BUILD/bin/hyperctl" --uri "$socket" \
			start seen
		check "$on: it runs" told seen '.state == "running"'
		check "$on: its QEMU is killed" \
			kill -KILL "$(cat "$files/embed/run/qemu/seen.pid")"
		check "$on: it knows that" \
			wait_for 15 told seen '.state == "stopped"'
	done
	stop_pid "$watcher"
	check "$on: can be removed" ctl rm seen -F
}

check "$on: the driver is available" driver .available
images
conformance "$on" --type libvirt --image tiny
check "$on: example run_vm" example run_vm tiny
check "$on: the template can be edited" template
if [ "$1" = embed ]; then
	check "$on: a web server on this host" web 127.0.0.1
	URL=${URL/127.0.0.1/10.0.2.2} # as a guest in user mode calls it
else
	check "$on: a web server beyond the engine" web_beyond libvirtd
fi
honoured
others
adopting
changed_image
if [ "$1" = embed ]; then
	one_owner
	telling_embed
else
	addresses
	elsewhere
	down
	telling
fi
check "$on: the image is removed at last" ctl images rm tiny -t libvirt
check "$on: no disk is left" is '' ls "$files/machines"
check "$on: only what is not ours is left" \
	is taken virsh_ list --all --name
virsh_ undefine taken >/dev/null 2>&1
finish
