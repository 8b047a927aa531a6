#!/bin/sh
# SPDX-License-Identifier: MIT
#
# quickstart.sh [--no-container]
#
# Shows what hyper does, on a fresh Debian 12 (amd64): installs the packages
# that are missing, builds hyper, boots a virtual machine, runs a container,
# and takes all of it down again. Root, or a user with sudo where packages are
# missing. It works without systemd as well.
#
# The build, a guest image and logs stay in build/quickstart beside the source
# (HYPER_QUICKSTART_DIR=DIR: there), so that a second run is fast. Machines,
# sockets and engines of its own are gone afterwards. Of the host's engines it
# uses Docker or Podman, if there is one, for one container of its own.
set -eu

top=$(realpath "$0")
top=${top%/examples/*}
work=$(realpath -m "${HYPER_QUICKSTART_DIR:-$top/build/quickstart}")
log=$work/log
vm=quick-vm
box=quick-box
box_image=hyper-busybox

usage() { echo "usage: $0 [--no-container]" >&2; exit 2; }
container=yes
[ $# -eq 0 ] || [ "$*" = --no-container ] || usage
[ $# -eq 0 ] || container=no

# ---- to say what is done

bold='' normal=''
[ ! -t 1 ] || bold=$(printf '\033[1m') normal=$(printf '\033[0m')
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$normal"; }
note() { printf '   %s\n' "$*"; }

# A command, as one would type it
show() {
	printf '$'
	for word; do
		case $word in
		'&' | '|') printf ' %s' "$word" ;;
		*[!A-Za-z0-9_./:=@%,+-]* | '') printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
}

die() {
	printf '\nquickstart: %s\n' "$*" >&2
	exit 1
}

run() {
	show "$@"
	"$@" || die "failed, with status $?: $*"
}

# quietly NAME CMD...: what it says goes to a log, and is shown if it fails
quietly() {
	file=$log/$1.log
	shift
	show "$@"
	"$@" >"$file" 2>&1 </dev/null || {
		tail -n 25 "$file" | sed 's/^/   | /' >&2
		die "that failed; all it said is in $file"
	}
}

# wait_for SECONDS CMD...: until CMD succeeds
wait_for() {
	end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# ---- what runs in the background. "$run" is a short path, as sockets need.

# A zombie is gone as well.
gone() {
	case $(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) in
	'' | Z | X) ;;
	*) return 1 ;;
	esac
}

# stop NAME: the daemon of that name, also that of a run that was killed. The
# number may since belong to somebody else: look at its command line.
stop() {
	pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
	rm "$run/$1.pid"
	tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$run" ||
		return 0
	kill "$pid" || true
	wait_for 20 gone "$pid" || kill -KILL "$pid" || true
	wait_for 5 gone "$pid" || true
}

# setsid: Ctrl-C is for this script, which ends them in order.
start_hyperd() {
	set -- hyperd --state "$run/state" --socket "$run/hyperd.sock"
	# Where the first process is slow to reap orphans, libvirt waits for it.
	[ -d /run/systemd/system ] || set -- tini -s -- "$@"
	show "$@" '&'
	setsid "$@" >"$log/hyperd.log" 2>&1 </dev/null 9>&- &
	echo $! >"$run/hyperd.pid"
	wait_answer hyperd 30 /hyper
}

# A Docker engine of our own. Its bridge, firewall rules, mounts and processes
# are in namespaces that end with it; dockerd need not know.
start_dockerd() {
	mkdir -p "$work/docker"
	echo '{}' >"$run/daemon.json" # not the host's
	set -- dockerd --config-file "$run/daemon.json" \
		--data-root "$work/docker" --cgroup-parent "$cgroup" \
		--group "$(id -gn)" -H "unix://$run/dockerd.sock"
	note "No engine runs here: starting one of our own, apart from the host."
	show "$@" '&'
	setsid unshare --mount --net --pid --fork --kill-child --mount-proc \
		sh -c 'mount -t tmpfs run /run && exec tini -- "$@"' - "$@" \
		>"$log/dockerd.log" 2>&1 </dev/null 9>&- &
	outer=$!
	# The first process in there, as numbered out here
	wait_for 5 grep -q . "/proc/$outer/task/$outer/children" || true
	tr -d ' ' <"/proc/$outer/task/$outer/children" >"$run/dockerd.pid" || true
	wait_answer dockerd 60 /_ping "; $0 --no-container goes without"
}

answers() { # SOCKET PATH
	curl -fsS --max-time 5 --unix-socket "$1" "http://localhost$2"
}

# wait_answer NAME SECONDS PATH [HINT]: until that daemon answers, or has ended
wait_answer() {
	pid=$(cat "$run/$1.pid")
	wait_for "$2" answers_or_gone "$1" "$3" || true
	answers "$run/$1.sock" "$3" >/dev/null 2>&1 || {
		tail -n 25 "$log/$1.log" | sed 's/^/   | /' >&2
		die "$1 does not answer; all it said is in $log/$1.log${4:-}"
	}
}
answers_or_gone() { answers "$run/$1.sock" "$2" || gone "$pid"; }

# Also after a failure, and after a run that was killed
remove_machines() {
	[ -d "$run/state" ] || return 0
	hyperctl version >/dev/null 2>&1 || return 0 # not even built
	# When hyperd has died, its machines are still there.
	answers "$run/hyperd.sock" /hyper >/dev/null 2>&1 ||
		HYPER_URI=$run/state
	ids=$(hyperctl list -q) || return
	# shellcheck disable=SC2086 # a list of words
	[ -z "$ids" ] || hyperctl rm $ids --force || return
	[ "$engine" = none ] ||
		! hyperctl images list docker -q 2>/dev/null | grep -q "$box_image" ||
		hyperctl images rm "$box_image" -t docker >/dev/null
}

cleanup() {
	status=$?
	trap '' HUP INT TERM
	if [ -n "$run" ]; then
		[ $status -eq 0 ] || say "Cleaning up"
		remove_machines 2>>"$log/cleanup.log" >&2 && clean=yes || clean=no
		stop hyperd
		stop dockerd
		find /sys/fs/cgroup -depth -path "*/$cgroup*" -type d \
			-exec rmdir {} + 2>/dev/null || true
		if [ "$clean" = yes ]; then
			rm -rf "$run" "$work/docker" "$work/run"
		else
			status=1
			echo "quickstart: some machines are left in" \
				"$run/state; see $log/cleanup.log" >&2
		fi
	fi
	[ $status -eq 0 ] || echo "quickstart: NOT done; logs are in $log" >&2
	exit $status
}

# ---- packages

build_packages="gcc libc6-dev make cmake pkg-config libcurl4-gnutls-dev
	libedit-dev libgnutls28-dev libinih-dev libjson-c-dev libmd-dev
	libmicrohttpd-dev libsmartcols-dev libsqlite3-dev libsystemd-dev libulfius-dev
	libvirt-dev libxml2-dev"
vm_packages="libvirt-daemon-driver-qemu qemu-system-x86 qemu-utils seabios"
image_packages="cpio e2fsprogs mtools syslinux"
other_packages="ca-certificates curl jq"

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
		installed ]
}

packages() {
	wanted="$build_packages $vm_packages $image_packages $other_packages"
	[ -d /run/systemd/system ] || wanted="$wanted tini"
	# It makes the user that root's libvirt runs QEMU as.
	[ "$(id -u)" -ne 0 ] || wanted="$wanted libvirt-daemon-system"
	# Users who are not root could not use a Docker that we install.
	if [ $container = yes ] && [ "$(id -u)" -eq 0 ] &&
		! command -v dockerd >/dev/null && [ -z "$(sockets)" ]; then
		wanted="$wanted docker.io iptables"
	fi
	missing=
	for package in $wanted; do
		installed "$package" || missing="$missing $package"
	done
	# For what is downloaded and not installed
	if [ -z "$missing" ] && {
		[ -n "$(apt-cache pkgnames linux-image-cloud-amd64)" ] ||
			{ [ -e "$work/tiny.qcow2" ] && has_busybox; }
	}; then
		note "All that is needed is installed."
		return
	fi
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "needs packages; as root," \
			"do: apt-get update && apt-get install$missing"
		sudo=sudo
	fi
	quietly apt $sudo apt-get update
	[ -n "$missing" ] || return 0
	case $missing in
	*docker.io*) note "(--no-container goes without Docker.)" ;;
	esac
	# shellcheck disable=SC2086 # lists of words
	quietly apt $sudo env DEBIAN_FRONTEND=noninteractive apt-get install \
		-y --no-install-recommends --no-remove $missing
}

# ---- the container engine

# Where engines that this user may use might listen
sockets() {
	for socket in /var/run/docker.sock /run/podman/podman.sock \
		"${XDG_RUNTIME_DIR:-/nonexistent}/podman/podman.sock"; do
		[ ! -w "$socket" ] || echo "$socket"
	done
}

find_socket() {
	for socket in $(sockets); do
		! answers "$socket" /_ping >/dev/null 2>&1 || return 0
	done
	return 1
}

# Sets engine: host (all is set), own, or none
find_engine() {
	engine=none
	if [ $container = no ]; then
		note "Not asked for."
		return
	elif [ -n "${HYPER_DOCKER_HOST:-${DOCKER_HOST:-}}" ]; then
		engine=host
		DOCKER_HOST=${HYPER_DOCKER_HOST:-$DOCKER_HOST}
	elif find_socket || { [ -d /run/systemd/system ] &&
		command -v dockerd >/dev/null && wait_for 20 find_socket; }; then
		engine=host
		DOCKER_HOST=unix://$socket
	elif [ "$(id -u)" -eq 0 ] && [ ! -d /run/systemd/system ]; then
		engine=own
		start_dockerd
		DOCKER_HOST=unix://$run/dockerd.sock
	else
		note "None answers $(id -un): does one run, and may you use it?"
		note "No container, then."
		return
	fi
	show export "DOCKER_HOST=$DOCKER_HOST"
	export DOCKER_HOST HYPER_DOCKER_HOST="$DOCKER_HOST"
}

# ---- the show

build() {
	quietly cmake cmake -S "$top" -B "$work/build" \
		-DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DHYPER_WERROR=OFF
	quietly build cmake --build "$work/build" --parallel "$(nproc)"
	# A hyper that is installed is not meant.
	PATH=$work/build/bin:$PATH
	export HYPER_DRIVER_DIR="$work/build/drivers"
	run hyperctl version
}

# The images want a busybox that is static. Many hosts have the other one, and
# cannot have both installed: it is only downloaded.
has_busybox() {
	command -v busybox >/dev/null &&
		! ldd "$(command -v busybox)" >/dev/null 2>&1
}

get_busybox() {
	mkdir -p "$work/busybox"
	cd "$work/busybox"
	quietly busybox apt-get download -o APT::Sandbox::User=root busybox-static
	run dpkg-deb -x busybox-static_*.deb .
	rm busybox-static_*.deb
	cd "$top"
}

# The template of new virtual machines is a file for users to edit.
log_console() {
	template=$run/state/libvirt/template.xml
	plain='<serial type="pty"/>'
	logged="<serial type=\"pty\"><log file=\"$run/console.log\"/></serial>"
	[ -e "$template" ] || hyperctl drivers >/dev/null
	run sed -i "s|$plain|$logged|" "$template"
	grep -qF "$logged" "$template" ||
		die "$template has no line $plain"
}

# What the guest wrote, without what moves the cursor
console() {
	printf '%s\n' "$(tr -d '\r' <"$run/console.log" |
		sed 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\x1bc//g' | tail -n 12)"
}

boot() {
	hyperctl images list libvirt -q | grep -qx tiny ||
		run hyperctl images import "$work/tiny.qcow2" -t libvirt
	note "It shall log its console, to show that it boots:"
	rm -f "$run/console.log" # of a run that was killed
	log_console
	run hyperctl add tiny -i $vm -t libvirt -m 128M
	run hyperctl start $vm
	note "Waiting for its login prompt ..."
	wait_for 180 grep -q 'tiny login:' "$run/console.log" || {
		cp "$run/console.log" "$log/" 2>/dev/null || true
		die "no login prompt after 180 s; see $log/console.log"
	}
	show tail "$run/console.log"
	console | sed 's/^/   | /'
}

run_container() {
	show "$top/examples/images/busybox-container-image.sh" $box_image
	"$top/examples/images/busybox-container-image.sh" $box_image ||
		die "cannot make a container image"
	# A shell that is the first process must ask for SIGTERM.
	# shellcheck disable=SC2016 # not here, but in the container
	run hyperctl add $box_image -i $box -t docker -m 64M -- sh -c \
		'trap exit TERM; echo hello from `hostname`; while sleep 1; do :; done'
	run hyperctl start $box
	if command -v docker >/dev/null; then
		run docker ps --filter name=$box \
			--format 'table {{.Names}}\t{{.Image}}\t{{.Status}}'
		wait_for 10 said_hello || die "the container says nothing"
		run docker logs $box
	fi
}

said_hello() { docker logs $box 2>&1 | grep -q hello; }

# expect WHAT IDS: they are all of ours
expect() {
	[ "$(echo "$2" | sort | tr '\n' ' ')" = "$all" ] ||
		die "$1 should be $all, but is $2"
}

query() {
	run hyperctl list
	run hyperctl list state=running 'mem>=100'
	expect "what runs" "$(hyperctl list -q state=running)"
	url='http://localhost/hyper/machines?query=state=running'
	brief='.[] | {id, type, image, mem, state}'
	show curl -sS --unix-socket "$run/hyperd.sock" "$url" "|" jq -c "$brief"
	json=$(curl -sS -f --unix-socket "$run/hyperd.sock" "$url") ||
		die "hyperd does not answer"
	echo "$json" | jq -c "$brief"
	expect "the answer" "$(echo "$json" | jq -r '.[].id')"
}

end() {
	note "A virtual machine is told by its power button, a container by"
	note "SIGTERM; they end by themselves."
	[ $engine = none ] || run hyperctl stop $box -t 20
	run hyperctl stop $vm -t 60
	run hyperctl list
	# shellcheck disable=SC2086 # a list of words
	run hyperctl rm $all
	left=$(hyperctl list -q)
	[ -z "$left" ] || die "still there: $left"
}

next() {
	sudo='sudo '
	socket=${XDG_RUNTIME_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}}
	[ "$(id -u)" -ne 0 ] || sudo='' socket=/run
	tini='tini -s -- '
	[ ! -d /run/systemd/system ] || tini=''
	say "Done, in $(($(date +%s) - begin)) s. What to try next"
	cat <<E
   ${sudo}cmake --install $work/build && ${sudo}ldconfig
   ${tini}hyperd &
   export HYPER_URI=unix:$socket/hyper/hyperd.sock
   hyperctl images import $work/tiny.qcow2 -t libvirt
   hyperctl add tiny -i my-vm -t libvirt -m 128M
   hyperctl start my-vm
   hyperctl                  # a shell: "help" tells more, "exit" ends it

   man hyperctl; man hyperd  # all commands and settings
   $top/README.md, $top/examples: the same from C and over HTTP
E
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
	die "this is for Debian on amd64"
mkdir -p "$log" || die "cannot make $log; HYPER_QUICKSTART_DIR=DIR: elsewhere"
exec 9>"$work/lock"
flock -w 2 9 || die "another quickstart uses $work"

PATH=$work/busybox/bin:$PATH:/usr/sbin:/sbin
begin=$(date +%s)
engine=none
run=
cgroup=hyper-quickstart
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

say "Packages"
packages

say "Building hyper"
build

say "A guest image: Debian's kernel and busybox"
has_busybox || get_busybox
if [ -e "$work/tiny.qcow2" ]; then
	note "It is there: $work/tiny.qcow2"
else
	quietly image "$top/examples/images/tiny-guest-image.sh" \
		"$work/tiny.qcow2"
fi

# What is meant for another hyper, and proxies, stay outside.
unset HYPER_TOKEN HYPER_TOKEN_FILE HYPER_LIBVIRT_URI HYPER_LIBVIRT_TEMPLATE \
	HYPER_LIBVIRT_IMAGES HYPER_LIBVIRT_MACHINES HYPER_LIBVIRT_NETWORK \
	http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export HYPERD_CONFIG=/dev/null

run=$(readlink "$work/run" || true)
if [ -d "$run" ]; then
	say "An earlier run was killed: ending it"
	stop hyperd
	stop dockerd
else
	run=$(mktemp -d /tmp/hyper.XXXXXX)
	chmod 711 "$run" # QEMU may run as another user
	ln -sfn "$run" "$work/run"
fi
export HYPER_URI="unix:$run/hyperd.sock"

say "The container engine"
find_engine

say "Starting hyperd"
start_hyperd
remove_machines >/dev/null || die "cannot remove machines of an earlier run"
show export "HYPER_URI=$HYPER_URI"
run hyperctl drivers

say "A virtual machine"
boot

all="$vm "
if [ $engine != none ]; then
	say "A container"
	run_container
	all="$box $vm "
fi

say "What runs now, from the shell and over HTTP"
query

say "Stopping and removing"
end
next
