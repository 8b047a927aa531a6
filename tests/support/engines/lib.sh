# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the engine scripts share. Each script sets its name, needs and hooks,
# then calls `engine "$@"`:
#
#   NAME start DIR [ARGS]  starts the engine, or recovers it after a kill, and
#                          waits until it answers; all its state is under DIR
#   NAME stop DIR          ends everything that start made; always safe to call
#   NAME kill DIR          SIGKILL to the main daemon only
#   NAME env DIR           prints shell assignments naming the endpoint
#   NAME exec DIR CMD...   runs CMD where the engine runs
#
# An engine runs in a cell: a pid, mount, cgroup and (mostly) network namespace
# whose first process is tini. Its bridges, firewall rules, mounts, cgroups and
# processes exist only there, so nothing can collide with the host's own
# engines, and killing that first process ends all of it, however the earlier
# run crashed. tini also reaps orphans at once, for which libvirtd waits.
#
# A cell is found by HYPER_ENGINE_DIR in the environment of its first process,
# not by a stored pid: there is no moment at which a crash could lose it, and
# no pid that someone else could have got meanwhile.
#
# start and stop hold a lock, descriptor 9. What a start sets off holds it too,
# until it is found by cell_pid or main_pid: after a start that was killed, the
# next one waits for the rest of it.
#
# A new cell is like a reboot (DIR/run is emptied, the rest stays); a start
# after a kill is like a restart of the service (containers and VMs go on).
# The cell has its own /run: files there are not seen by an engine.

set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH

# What an engine script may set:
name=${0##*/}		# of the engine
needs=()		# commands
cell_net=(--net)	# how the cell gets its network namespace
cell_via=()		# prefix of the command that makes the cell
shell_via=()		# prefix of commands that go into the cell
daemon_env=()		# the daemon's own environment
engine_cell() { :; }	# runs inside the new cell, before all else
# and must: engine_start [ARGS] (calls daemon_start), engine_ready, engine_env

die() {
	echo "$name: $*" >&2
	exit 1
}

# wait_for SECONDS CMD...: until CMD succeeds
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# The cell's first process, as numbered here.
cell_pid() {
	local pid
	while IFS=/ read -r _ _ pid _; do
		# Its last pid is 1, and it is exactly one namespace deeper.
		awk '/^NSpid:/ { exit !(NF == 3 && $3 == 1) }' \
			"/proc/$pid/status" 2>/dev/null || continue
		echo "$pid"
		return
	done < <(grep -lszxF -- "HYPER_ENGINE_DIR=$DIR" /proc/[0-9]*/environ)
	return 1
}

# tini replaces the shell that prepared the cell.
cell_up() {
	local pid
	pid=$(cell_pid) && [ "$(cat "/proc/$pid/comm")" = tini ]
}

cell_start() {
	if ! cell_pid >/dev/null; then
		rm -rf "$DIR/run"
		mkdir "$DIR/run"
		(cd / && "${cell_via[@]}" setsid --fork \
			env -i HYPER_ENGINE_DIR="$DIR" PATH="$PATH" \
			bash "$self" enter "$DIR") </dev/null >>"$DIR/log" 2>&1
	fi
	wait_for 10 cell_up || fail "cannot make its namespaces"
}

# The cell's cgroup in each hierarchy, or their only one in version 2
cell_cgroups() {
	find /sys/fs/cgroup -maxdepth 2 -type d -name "$cgroup" 2>/dev/null
}

# First step into the cell: the host's view is needed to make its cgroups.
cell_enter() {
	local top dir file
	for top in /sys/fs/cgroup /sys/fs/cgroup/*; do
		[ -e "$top/cgroup.procs" ] || continue
		dir=$top/$cgroup
		mkdir -p "$dir"
		for file in cpuset.cpus cpuset.mems; do # empty ones let nobody in
			[ ! -e "$top/$file" ] || cat "$top/$file" >"$dir/$file"
		done
		echo $$ >"$dir/cgroup.procs"
		# In version 2 the others there are not hierarchies.
		[ "$top" != /sys/fs/cgroup ] || break
	done
	# The first child is the first process of the new pid namespace. No
	# parent stays behind.
	# shellcheck disable=SC2016
	exec unshare --mount --pid --cgroup "${cell_net[@]}" \
		bash -c '"$@" &' - bash "$self" cell "$DIR"
}

# Second step, as the cell's first process
cell_init() {
	mount -t proc proc /proc
	mount --bind "$DIR/run" /run
	mkdir /run/lock
	ip link set lo up
	cell_sys
	engine_cell
	exec tini -- sleep infinity 9>&-
}

# A new /sys shows the cell's network devices instead of the host's. What is
# mounted below the old one is still needed: of cgroups only the cell's part,
# of securityfs and others all.
cell_sys() {
	local sub
	mkdir /run/sys
	mount --rbind /sys /run/sys
	mount -t sysfs sysfs /sys
	cut -d' ' -f5 /proc/self/mountinfo | sed -n 's|^/run/sys/||p' |
		while read -r sub; do
			if [ -d "/run/sys/$sub/$cgroup" ]; then
				mount --bind "/run/sys/$sub/$cgroup" "/sys/$sub"
			else
				mount --bind "/run/sys/$sub" "/sys/$sub"
			fi
		done
	umount --recursive --lazy /run/sys
	# Version 2 lets a cgroup have either processes or such children as
	# engines make.
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		mkdir -p /sys/fs/cgroup/init
		eval "$join"
	fi
}

# For shells that come from outside: the namespace alone does not move them.
# shellcheck disable=SC2016
join='
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		echo $$ >/sys/fs/cgroup/init/cgroup.procs
	else
		for procs in /sys/fs/cgroup/*/cgroup.procs; do
			echo $$ >"$procs"
		done
	fi
'

# cell_shell SCRIPT ARGS...: bash in the cell
cell_shell() {
	local pid script=$1
	shift
	pid=$(cell_pid) || die "is not running in $DIR"
	"${shell_via[@]}" nsenter --target "$pid" \
		--mount --net --pid --cgroup -- bash -c "$join$script" - "$@"
}

# cell_run CMD...: in the cell, in this directory if it is there
cell_run() {
	# shellcheck disable=SC2016
	cell_shell 'cd "$1" 2>/dev/null || cd /; shift; exec "$@"' "$PWD" "$@"
}

# daemon_start CMD...: CMD becomes the engine's main daemon. It gets a clean
# environment: no proxies, no settings of the user who runs the tests.
daemon_start() {
	# The last shell keeps its pid. LISTEN_PID is for socket activation.
	# shellcheck disable=SC2016
	cell_shell 'exec setsid --fork env -i "$@"' \
		HOME="$DIR" PATH="$PATH" "${daemon_env[@]}" bash -c '
			cd /
			export LISTEN_PID=$$
			set -- "$(cut -d" " -f22 /proc/$$/stat)" "$@"
			echo "$$ $1" >/run/main
			shift
			exec "$@" 9>&-' - "$@" </dev/null >>"$DIR/log" 2>&1
	wait_for 5 main_pid >/dev/null || true
}

# The main daemon, as numbered in the cell; its start time guards against a
# number that was used again.
main_pid() {
	local cell pid start
	cell=$(cell_pid) && read -r pid start 2>/dev/null <"$DIR/run/main" &&
		[ "$start" = "$(cut -d' ' -f22 \
			"/proc/$cell/root/proc/$pid/stat" 2>/dev/null)" ] &&
		echo "$pid"
}

main_gone() { ! main_pid >/dev/null; }

ready_or_gone() { engine_ready >/dev/null 2>&1 || main_gone; }

fail() {
	echo "$name: $*; the end of $DIR/log:" >&2
	tail -n 15 "$DIR/log" >&2 || true
	cell_stop
	exit 1
}

# A zombie has no memory, hence no environment: look at the pid itself. Linux
# ends the whole pid namespace before its first process becomes a zombie.
cell_gone() {
	case $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) in
	'' | Z | X) ;;
	*) return 1 ;;
	esac
}

lock() {
	exec 9>"$DIR/lock"
	flock --timeout 90 9 || die "another start or stop in $DIR hangs"
}

cgroups_gone() {
	local dirs
	mapfile -t dirs < <(cell_cgroups)
	[ ${#dirs[@]} -gt 0 ] || return 0
	find "${dirs[@]}" -depth -type d -exec rmdir {} + 2>/dev/null
}

cell_stop() {
	local pid
	while pid=$(cell_pid); do
		kill -KILL "$pid" 2>/dev/null || true
		wait_for 20 cell_gone "$pid" || die "$pid does not end"
	done
	wait_for 5 cgroups_gone || die "cannot remove its cgroups"
}

engine() {
	local op=${1:-} dir=${2:-} need pid
	[ -n "$dir" ] || {
		echo "usage: $name start|stop|kill|env|exec DIR [ARGS]" >&2
		exit 2
	}
	shift 2
	self=$(realpath "$0")
	DIR=$(realpath -m "$dir")
	cgroup=hyper-test${DIR//\//%}
	case $op in
	enter) cell_enter ;;
	cell) cell_init ;;
	start)
		[ "$(id -u)" -eq 0 ] || die "needs root"
		for need in tini curl perl unshare nsenter flock ip "${needs[@]}"; do
			command -v "$need" >/dev/null || die "no command $need"
		done
		# A socket's path has at most 107 bytes.
		[ ${#DIR} -le 70 ] || die "$DIR: path is too long"
		case $DIR/ in /run/* | /var/run/*) die "$DIR: not under /run" ;; esac
		mkdir -p "$DIR"
		if [ -n "$(ls -A "$DIR")" ]; then
			[ "$(readlink "$DIR/engine")" = "$name" ] ||
				die "$DIR is not empty and not ours"
		else
			ln -s "$name" "$DIR/engine" # a mark, made at once
		fi
		lock
		chmod o+x "$DIR" # QEMU runs as another user
		cell_start
		main_pid >/dev/null || engine_start "$@"
		wait_for 60 ready_or_gone || fail "is not ready after 60 s"
		! main_gone || fail "ended while it started"
		;;
	stop)
		[ ! -L "$DIR/engine" ] || lock
		cell_stop
		;;
	kill)
		pid=$(main_pid) || return 0
		cell_run kill -KILL "$pid"
		wait_for 20 main_gone || die "does not end"
		;;
	env) engine_env ;;
	exec) cell_run "$@" ;;
	*) die "no operation $op" ;;
	esac
}

# assign NAME VALUE: as a line for `eval`
assign() { printf '%s=%q\n' "$1" "$2"; }
