# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# The life of a container: hyper, the Engine API alone, and the docker command.

what="add, start, stop --force, rm of a container"

# The same container as hyper asks for; names of ours on each.
body='{"Image":"busybox","HostConfig":{"Memory":100663296}}'

cat >"$W/bin/docker_life" <<'E2'
#!/bin/bash
while read -r _; do
	begin=${EPOCHREALTIME/./}
	{ docker create -m 96m --name cli busybox && docker start cli &&
		docker stop -t 0 cli && docker rm cli; } >/dev/null || exit
	end=${EPOCHREALTIME/./}
	echo "all=$((end - begin))"
done
E2
cat >"$W/bin/hyperctl_life" <<'E2'
#!/bin/bash
ctl() { "$BUILD/bin/hyperctl" -q -u "$1" "${@:2}"; }
while read -r _; do
	begin=${EPOCHREALTIME/./}
	{ ctl "$1" add busybox -t docker -i ctl -m 96M && ctl "$1" start ctl &&
		ctl "$1" stop ctl -t 0 --force && ctl "$1" rm ctl; } \
		>/dev/null || exit
	end=${EPOCHREALTIME/./}
	echo "all=$((end - begin))"
done
E2
chmod +x "$W/bin/docker_life" "$W/bin/hyperctl_life"

# The docker command has its daemon, which hyperctl can do without.
lives() {
	export DOCKER_HOST HYPER_DOCKER_HOST=$DOCKER_HOST
	serve "$W/docker_served" || return
	if ! "$ROOT/examples/images/busybox-container-image.sh" \
		>"$W/image.out" 2>&1; then
		why=$(tail -n 1 "$W/image.out")
		return 1
	fi
	local programs=(
		hyper "$W/bin/life" "$W/docker" docker busybox lib +
		raw "$W/bin/life_engine" "${DOCKER_HOST#unix://}" "$body" +
		hyperd "$W/bin/hyperctl_life" "unix:$socket" +
		directory "$W/bin/hyperctl_life" "$W/docker"
	)
	! has docker || programs+=(+ cli "$W/bin/docker_life")
	measure docker.json "$(pick 9 1)" "${programs[@]}"
}

beside_cli() { # WHO PROGRAM
	figure what="$what: $1" beside="docker CLI" unit=ms scale=0.001 \
		hyper="$W/docker.json:$2:all" peer="$W/docker.json:cli:all" \
		how=hyper/peer goal="< 1"
}

if ! use_engine dockerd; then
	no_peer "$what" "raw Engine API" "$why"
elif lives; then
	for step in all add start stop rm; do
		goal=()
		[ $step != all ] || goal=(goal="<= 1.05")
		figure what="$what: $step" beside="raw Engine API" unit=ms \
			scale=0.001 hyper="$W/docker.json:hyper:$step" \
			peer="$W/docker.json:raw:$step" how=hyper/peer \
			"${goal[@]}"
	done
	if has docker; then
		beside_cli "the library" hyper
		beside_cli "hyperctl, through a hyperd" hyperd
		beside_cli "hyperctl, on a directory" directory
	else
		no_peer "$what" "docker CLI" "no docker"
	fi
else
	unmeasured "$what" "raw Engine API" "$why"
fi
stop_served
