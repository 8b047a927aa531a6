# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# Images and disks of libvirt's driver where there is no room for them. (Those
# are files of hyper's; libvirt's own test driver is engine enough.)

lv=$W/lv/state/libvirt
# left_is WANT: so many files are in images and machines
left_is() {
	find "$lv/images" "$lv/machines" -type f -printf '%P\n' >"$W/check.out"
	ok_if "$on: nothing half-made is left" \
		"$(wc -l <"$W/check.out")" = "$1"
}

if ! command -v qemu-img >/dev/null || [ ! -e "$BUILD/drivers/drv_libvirt.so" ]; then
	skip "libvirt: no qemu-img, or no driver"
	return
fi
cp "$BUILD/drivers/drv_libvirt.so" "$W/drivers/"
small lv 6m
HYPER_URI=$W/lv/state
export HYPER_LIBVIRT_URI=test:///default
head -c 3145728 /dev/urandom >"$W/random.raw"
qemu-img convert -f raw -O qcow2 "$W/random.raw" "$W/random.qcow2"
prints "an image that has room" big images import "$W/random.qcow2" -t libvirt \
	-i big
left_is 1
fails "import of qcow2, no room" 1 'No space left' \
	images import "$W/random.qcow2" -t libvirt -i second
check "$on: which file it was is told" grep -q 'images/\.second' "$W/err"
left_is 1
fails "import of raw, no room" 1 'No space left' \
	images import "$W/random.raw" -t libvirt -i second
left_is 1
fails "a full copy, no room" 1 'No space left' \
	add big -t libvirt -i copied -o disk=copy
check "$on: which file it was is told" grep -q 'machines/\.copied' "$W/err"
left_is 1
prints "no row is left either" '' list -q
prints "an overlay has room" overlay add big -t libvirt -i overlay
left_is 2
fill lv
fails "an overlay, no room at all" 1 'No space left|disk is full' \
	add big -t libvirt -i more
left_is 2
shows "what there is is listed" 'overlay .*' list
room lv
prints "with room, it is made" more add big -t libvirt -i more
left_is 3
ok_if "$on: every operation has its end" "$(sql "$HYPER_URI/hyper.db" \
	'SELECT count(*) FROM operation WHERE state < 3')" = 0
ok_if "$on: the database is whole" \
	"$(sql "$HYPER_URI/hyper.db" 'PRAGMA integrity_check')" = ok
umount "$W/lv/state"
