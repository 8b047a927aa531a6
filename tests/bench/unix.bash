# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# GET one and a list of 100 on one connection of the unix socket, beside
# dockerd and LXD with as many containers, which do not run.

n=$(pick 100 5)
one="GET one, one connection, unix socket"
many="list of $n, one connection, unix socket"

docker_machines() {
	local i
	DOCKER_HOST=$DOCKER_HOST \
		"$ROOT/examples/images/busybox-container-image.sh" \
		>"$W/image.out" 2>&1 || return
	for i in $(seq "$n"); do
		curl -fsS --unix-socket "${DOCKER_HOST#unix://}" -X POST \
			-H 'Content-Type: application/json' \
			-d '{"Image":"busybox"}' -o /dev/null \
			"http://localhost/v1.40/containers/create?name=m-$i" ||
			return
	done
}

lxc_() { LXD_DIR=$LXD_DIR lxc "$@" </dev/null; }
lxd_machines() {
	local i
	"$ROOT/examples/images/busybox-container-image.sh" --tar \
		"$W/busybox.tar" || return
	mkdir -p "$W/lxd-image/rootfs"
	tar -xf "$W/busybox.tar" -C "$W/lxd-image/rootfs"
	printf 'architecture: x86_64\ncreation_date: 1\n' \
		>"$W/lxd-image/metadata.yaml"
	tar -cf "$W/lxd-image.tar" -C "$W/lxd-image" metadata.yaml rootfs
	lxc_ storage create default dir
	lxc_ image import "$W/lxd-image.tar" --alias busybox || return
	for i in $(seq 0 $((n - 1))); do
		lxc_ init busybox "m-$i" -s default || return
	done
}

# asked NAME SOCKET ONE LIST GOAL-ONE GOAL-LIST
asked() {
	local name=$1 goal
	local gets=(hyper-one "$W/bin/get" "$socket" "$(pick 200 20)"
		/hyper/machines/m-0 +
		peer-one "$W/bin/get" "$2" "$(pick 200 20)" "$3" +
		hyper-list "$W/bin/get" "$socket" "$(pick 20 5)"
		/hyper/machines +
		peer-list "$W/bin/get" "$2" "$(pick 20 5)" "$4")

	if ! measure "$name.json" "$(pick 7 1)" "${gets[@]}"; then
		unmeasured "$many" "$name" "$why"
		return
	fi
	figure what="$one" beside="$name" unit=ms scale=0.001 \
		hyper="$W/$name.json:hyper-one:get" \
		peer="$W/$name.json:peer-one:get" how=peer/hyper
	figure what="$many" beside="$name" unit=ms scale=0.001 \
		hyper="$W/$name.json:hyper-list:get" \
		peer="$W/$name.json:peer-list:get" how=peer/hyper goal="$5"
}

if ! serve "$(filled "$n")"; then
	unmeasured "$many" - "$why"
else
	if ! use_engine dockerd; then
		no_peer "$many" dockerd "$why"
	elif docker_machines; then
		asked dockerd "${DOCKER_HOST#unix://}" \
			/v1.40/containers/m-1/json \
			"/v1.40/containers/json?all=1" ">= 15"
	else
		unmeasured "$many" dockerd "cannot make its containers"
	fi
	if ! use_engine lxd; then
		no_peer "$many" LXD "$why"
	elif lxd_machines >"$W/lxd.out" 2>&1; then
		asked LXD "$LXD_DIR/unix.socket" /1.0/instances/m-0 \
			"/1.0/instances?recursion=1" ">= 30"
	else
		no_peer "$many" LXD \
			"cannot make its containers: $(tail -n 1 "$W/lxd.out")"
	fi
fi
stop_served
