# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# How large the programs are, and how long `list` takes from start to end.

# stripped FILE...: KiB, all of them together
stripped() {
	local file sum=0
	for file; do
		strip -o "$W/stripped" "$(realpath "$file")" 2>/dev/null ||
			cp "$(realpath "$file")" "$W/stripped"
		sum=$((sum + $(stat -c %s "$W/stripped")))
	done
	echo $((sum / 1024))
}

lib=$BUILD/libhyper/libhyper.so
size_kb=$(stripped "$lib" "$BUILD/bin/hyperd" "$BUILD/bin/hyperctl")
for file in "$lib" "$BUILD/bin/hyperd" "$BUILD/bin/hyperctl"; do
	figure what="size, stripped: ${file##*/}" beside=- unit=KiB \
		hyper="$(stripped "$file")"
done

# As its peers are asked: a daemon, without machines. Then without one.
listing="hyperctl list: start to end"
mkdir -p "$W/none"
list=("$BUILD/bin/hyperctl" --uri "unix:$W/none.sock" list)
alone=("$BUILD/bin/hyperctl" --uri "$W/none" list)
runs=$(pick 20 3)
beside_cli() { # NAME COMMAND [ARG...]: what it is called in the table
	local name=$1
	shift
	if ! has "$1"; then
		no_peer "$listing" "$name" "no $1"
		return
	fi
	figure what="size: libhyper.so, hyperd and hyperctl" \
		beside="${1##*/}" unit=KiB hyper="$size_kb" \
		peer="$(stripped "$(command -v "$1")")" how=hyper/peer goal="< 1"
	if measure list "$(pick 7 1)" hyper "$W/bin/spawn" "$runs" "${list[@]}" \
		+ peer "$W/bin/spawn" "$runs" "$@" \
		+ alone "$W/bin/spawn" "$runs" "${alone[@]}"; then
		figure what="$listing, through a hyperd" beside="$name" \
			unit=ms scale=0.001 hyper="$W/list:hyper:run" \
			peer="$W/list:peer:run" how=hyper/peer goal="< 1"
		figure what="$listing, on a directory" beside="$name" \
			unit=ms scale=0.001 hyper="$W/list:alone:run" \
			peer="$W/list:peer:run" how=hyper/peer goal="< 1"
	else
		unmeasured "$listing" "$name" "$why"
	fi
}
# Each asks a daemon of its own, without machines, for its machines.
serve "$W/none" || unmeasured "$listing" - "$why"
if use_engine dockerd; then
	export DOCKER_HOST
	beside_cli "docker ps" docker ps
else
	no_peer "$listing" "docker ps" "$why"
fi
if use_engine lxd; then
	export LXD_DIR
	beside_cli "lxc list" lxc list
else
	no_peer "$listing" "lxc list" "$why"
fi
if use_engine libvirtd; then
	beside_cli "virsh list" virsh -c "$LIBVIRT_URI" list --all
else
	no_peer "$listing" "virsh list" "$why"
fi
stop_served
