# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# A VM from a large image, beside a copy of that image, and beside one from a
# small image: a disk is an overlay, so the size must not matter.

size=$(pick 10G 256M)
what="add of a VM from an image of ${size}iB"

# Written, not only claimed: a copy has to copy all of it.
large_image() {
	local file=$1/large.qcow2 at
	mkdir -p "$1" && qemu-img create -q -f qcow2 "$file" "$size" &&
		qemu-img create -q -f qcow2 "$1/small.qcow2" 1M || return
	for at in $(seq 0 256 "$(pick 10239 255)"); do
		qemu-io -c "write -q -P 90 ${at}M 256M" "$file" || return
	done
}

cat >"$W/bin/copy_of" <<'E2'
#!/bin/bash
# copy_of IMAGE: on the disk when it is over, as hyper's is
while read -r _; do
	begin=${EPOCHREALTIME/./}
	cp --reflink=never "$1" "$1.copy" && sync "$1.copy" || exit
	end=${EPOCHREALTIME/./}
	echo "cp=$((end - begin))"
	rm "$1.copy"
done
E2
chmod +x "$W/bin/copy_of"

if ! has qemu-img qemu-io || [ ! -e "$BUILD/drivers/drv_libvirt.so" ]; then
	no_peer "$what" cp "no qemu-img, or no driver"
elif ! use_engine libvirtd; then
	no_peer "$what" cp "$why"
else
	export HYPER_LIBVIRT_URI=$LIBVIRT_URI
	images=$W/large/libvirt/images
	if large_image "$images" >"$W/large.out" 2>&1 &&
		measure image.json "$(pick 3 1)" \
			large "$W/bin/life" "$W/large" libvirt large l short + \
			small "$W/bin/life" "$W/large" libvirt small s short + \
			cp "$W/bin/copy_of" "$images/large.qcow2"; then
		figure what="$what" beside="cp of it" unit=ms scale=0.001 \
			hyper="$W/image.json:large:add" \
			peer="$W/image.json:cp:cp" how=hyper/peer \
			goal="<= 0.01"
		figure what="$what" beside="add from one of 1 MiB" unit=ms \
			scale=0.001 hyper="$W/image.json:large:add" \
			peer="$W/image.json:small:add" how=hyper/peer
	else
		unmeasured "$what" cp "${why:-$(tail -n 1 "$W/large.out")}"
	fi
	rm -rf "$W/large"
fi
