#!/bin/bash
# SPDX-License-Identifier: MIT
#
# check.sh: proves the engine scripts, each with its real client, through a
# normal life, a killed daemon, a killed start and a stop. Prints a line for
# each check; fails if one failed. About a minute; needs root. IMAGE=FILE.qcow2
# uses that tiny guest instead of making one.
# shellcheck disable=SC2317 # functions are called through check
set -eu

here=$(dirname "$(realpath "$0")")
images=$(realpath "$here/../../../examples/images")
D=$(mktemp -d) # not exported: a left-over process must not be hidden by ours
chmod 755 "$D"
failed=0

cleanup() {
	local e
	for e in registry dockerd podman libvirtd; do
		"$here/$e" stop "$D/$e" || true
	done
	rm -rf "$D"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# check TEXT CMD...
check() {
	local text=$1 start=$EPOCHREALTIME out status
	shift
	# Not inside `if`, which would turn -e off for all of CMD.
	set +e
	out=$(set -e; "$@" 2>&1)
	status=$?
	set -e
	if [ $status -eq 0 ]; then
		printf 'ok   %s (%.1f s)\n' "$text" \
			"$(echo "$EPOCHREALTIME $start" | awk '{ print $1 - $2 }')"
	else
		printf 'FAIL %s\n' "$text"
		printf '%s\n' "$out" | tail -n 20 | sed 's/^/     | /'
		failed=1
	fi
}

not() { ! "$@"; }

# wait_for SECONDS CMD...
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

run() { local e=$1 op=$2; shift 2; "$here/$e" "$op" "$D/$e" "$@"; }

# The value of a variable that `NAME env` prints
endpoint() { (eval "$(run "$1" env)"; echo "${!2}"); }

# What the host has, to be compared at the end
host_state() {
	ip -o link | awk '{ print $2 }'
	ip netns list
	iptables-save 2>/dev/null | grep -v '^[#:]' || true
	find /sys/fs/cgroup -maxdepth 2 -name "*${D//\//%}*"
}

# ---- docker
docker_cli() { docker -H "$docker_host" "$@"; }
docker_says() { [ "$(docker_cli run --rm busybox echo hello)" = hello ]; }
docker_tcp() { docker -H "$(endpoint dockerd DOCKER_HOST_TCP)" version; }
docker_running() {
	docker_cli inspect -f '{{.State.Running}}' keeper | grep -x true
}
docker_port() {
	docker_cli run -d --name web -p 8080:80 busybox httpd -f -h /etc
	wait_for 10 run dockerd exec curl -fsS http://127.0.0.1:8080/passwd
}

# ---- podman, through the Docker API
podman_api() { # METHOD PATH [BODY]
	curl -fsS --unix-socket "$D/podman/podman.sock" -X "$1" \
		-H 'Content-Type: application/json' ${3:+-d "$3"} \
		"http://localhost/v1.40$2"
}
podman_runs() {
	podman_api POST '/containers/create?name=keeper' '{"Image":"busybox"}'
	podman_api POST /containers/keeper/start
	podman_running
}
podman_running() {
	podman_api GET /containers/keeper/json | grep -q '"Running":true'
}

# ---- libvirt
virsh_() { virsh -q -c "$libvirt_uri" "$@"; }
libvirt_domain() {
	cp "$image" "$D/vm.qcow2"
	cat >"$D/vm.xml" <<-E
	<domain type='qemu'>
	  <name>vm1</name>
	  <memory unit='MiB'>128</memory>
	  <os><type arch='x86_64' machine='pc'>hvm</type></os>
	  <features><acpi/></features>
	  <devices>
	    <disk type='file' device='disk'>
	      <driver name='qemu' type='qcow2'/>
	      <source file='$D/vm.qcow2'/>
	      <target dev='vda' bus='virtio'/>
	    </disk>
	    <interface type='network'>
	      <source network='default'/>
	      <model type='virtio'/>
	    </interface>
	    <serial type='pty'><log file='$D/console.log'/></serial>
	  </devices>
	</domain>
	E
	virsh_ define "$D/vm.xml"
}
libvirt_web() {
	local ip
	ip=$(virsh_ domifaddr vm1 | awk '{ sub("/.*", "", $4); print $4 }')
	run libvirtd exec curl -fsS --max-time 10 "http://$ip/" |
		grep 'hello from tiny'
}
libvirt_state() { [ "$(virsh_ domstate vm1)" = "$1" ]; }

# ---- registry
push_pull() { # IMAGE
	docker_cli tag busybox "$1"
	docker_cli push "$1"
	docker_cli rmi "$1"
	docker_cli pull "$1"
}

# start_killed NAME: the starting script dies in the middle, at several points
start_killed() {
	local pid delay
	for delay in 0.05 0.1 0.15 0.3; do
		setsid "$here/$1" start "$D/$1" >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		kill -KILL -- -"$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	run "$1" kill
}

# Each of these succeeds if it finds something of ours. The directory's name
# goes through pipes, so that the search does not find itself.
mentions() {
	# grep's own status tells of processes that ended meanwhile
	grep -lsF -f <(echo "$D") "$@" 2>/dev/null | grep .
}
processes() {
	mentions /proc/[0-9]*/cmdline /proc/[0-9]*/environ ||
		find /proc/[0-9]*/cwd -printf '%p %l\n' 2>/dev/null |
		grep -F -f <(echo "$D")
}
mounts() { mentions /proc/[0-9]*/mountinfo; }
# By the alias of its loopback: numbers of namespaces are soon used again.
namespaces() {
	local file ns seen=
	for file in /proc/[0-9]*/ns/net; do
		ns=$(readlink "$file") || continue
		case $seen in *"$ns"*) continue ;; esac
		nsenter --net="$file" ip link show lo && seen="$seen $ns"
	done 2>/dev/null | grep -F -f <(echo "$D")
}
host_same() { diff "$D.before" <(host_state); }

# ----
host_state >"$D.before"
trap 'cleanup; rm -f "$D.before"' EXIT

image=${IMAGE:-$D/tiny.qcow2}
if [ -z "${IMAGE:-}" ]; then
	check "tiny guest image" "$images/tiny-guest-image.sh" "$image"
fi
args=()
# The second time finds the state of the first.
for round in 1 2; do
	echo "# round $round"
	for e in dockerd podman libvirtd; do
		check "$e: start killed in the middle" start_killed "$e"
	done
	[ $round -eq 1 ] || args=(--live-restore)
	check "dockerd: start" run dockerd start "${args[@]}"
	check "podman: start" run podman start
	check "libvirtd: start" run libvirtd start
	check "registry: start beside dockerd" run registry start "$D/dockerd"

	docker_host=$(endpoint dockerd DOCKER_HOST)
	check "dockerd: image import" env DOCKER_HOST="$docker_host" \
		"$images/busybox-container-image.sh"
	check "dockerd: run --rm busybox echo hello" docker_says
	check "dockerd: on TCP too" docker_tcp
	docker_cli rm -f keeper web >/dev/null 2>&1 || true
	check "dockerd: published port" docker_port
	check "dockerd: run -d" docker_cli run -d --name keeper busybox
	check "registry: push and pull" \
		push_pull "$(endpoint registry REGISTRY)/busybox:v$round"

	check "podman: image import" \
		env DOCKER_HOST="$(endpoint podman DOCKER_HOST)" \
		"$images/busybox-container-image.sh"
	podman_api DELETE '/containers/keeper?force=1' >/dev/null 2>&1 || true
	check "podman: create and start" podman_runs

	libvirt_uri=$(endpoint libvirtd LIBVIRT_URI)
	check "libvirtd: list" virsh_ list --all
	virsh_ undefine vm1 >/dev/null 2>&1 || true
	check "libvirtd: define" libvirt_domain
	rm -f "$D/console.log"
	check "libvirtd: start" virsh_ start vm1
	check "libvirtd: console reaches login" \
		wait_for 60 grep -qs 'tiny login:' "$D/console.log"
	check "libvirtd: guest's lease and web server" wait_for 10 libvirt_web

	for e in dockerd podman libvirtd registry; do
		check "$e: kill" run "$e" kill
	done
	check "dockerd: does not answer" not docker_cli version
	check "libvirtd: does not answer" not virsh_ version
	check "dockerd: start after kill" run dockerd start "${args[@]}"
	for e in podman libvirtd registry; do
		check "$e: start after kill" run "$e" start
	done
	if [ $round -eq 1 ]; then
		check "dockerd: container is known" docker_cli inspect keeper
	else
		check "dockerd: container went on" docker_running
	fi
	check "podman: container went on" podman_running
	check "libvirtd: guest went on" libvirt_state running
	check "registry: pull" \
		docker_cli pull "$(endpoint registry REGISTRY)/busybox:v$round"
	check "libvirtd: ACPI power-off" virsh_ shutdown vm1
	check "libvirtd: guest is off" wait_for 20 libvirt_state "shut off"
	check "libvirtd: start again" virsh_ start vm1 # stop must end it

	for e in dockerd podman libvirtd; do
		run "$e" exec ip link set lo alias "$D/$e"
	done
	# What is to find nothing later must be able to find something.
	check "search finds processes" processes
	check "search finds mounts" mounts
	check "search finds network namespaces" namespaces
	for e in registry dockerd podman libvirtd; do
		check "$e: stop" run "$e" stop
		check "$e: stop again" run "$e" stop
	done
	check "no process left" not processes
	check "no mount left" not mounts
	check "no network namespace left" not namespaces
	check "host's links, firewall and cgroups as before" host_same
done
exit $failed
