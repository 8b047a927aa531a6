# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# The life of a VM: hyper, and libvirt and qemu-img alone, in embedded mode and
# on a libvirtd of its own; there beside virsh, too.

what="add, start, stop --force, rm of a VM"

cat >"$W/bin/virsh_life" <<'E2'
#!/bin/bash
# virsh_life URI XML IMAGE DISK
v() { virsh -q -c "$uri" "$@"; }
uri=$1
while read -r _; do
	begin=${EPOCHREALTIME/./}
	{ qemu-img create -q -f qcow2 -b "$3" -F qcow2 "$4" &&
		v define "$2" && v start cli && v destroy cli &&
		v undefine cli && rm "$4"; } >/dev/null || exit
	end=${EPOCHREALTIME/./}
	echo "all=$((end - begin))"
done
E2
chmod +x "$W/bin/virsh_life"

# tiny: the image in $TINY, made if it is not there
tiny() {
	[ -z "${TINY:-}" ] || return 0
	TINY=$W/tiny.qcow2
	"$ROOT/examples/images/tiny-guest-image.sh" "$TINY" \
		>"$W/tiny.out" 2>&1 && return
	why=$(tail -n 1 "$W/tiny.out")
	TINY=
	return 1
}

# domain NAME: as hyper would make it, of the template that it wrote: what
# `add` left in $W/lv.xml, under another name, with a disk of its own
domain() {
	sed -e "s|<name>.*</name>|<name>$1</name>|" -e '/<uuid>/d' \
		-e '/<metadata>/,/<\/metadata>/d' \
		-e "s|<source file='[^']*'|<source file='$W/$1.disk'|" \
		-e '/<backingStore/,/<\/backingStore>/d' -e '/<mac /d' \
		"$W/lv.xml" >"$W/$1.xml"
}

# lives_on MODE URI RAW-URI
lives_on() {
	# (the path of a socket is short, and embedded libvirt has some below it)
	local state=$W/$1 programs
	export HYPER_LIBVIRT_URI=$2
	cp -p "$TINY" "$W/base.qcow2"
	{ "${under[@]}" "$BUILD/bin/hyperctl" -q -u "$state" images import \
		"$TINY" -t libvirt -i tiny &&
		"${under[@]}" "$BUILD/bin/hyperctl" -q -u "$state" add tiny \
			-i model -m 96M &&
		"${under[@]}" virsh -c "${2:-qemu:///embed?root=$state/libvirt/embed}" \
			dumpxml --inactive model >"$W/lv.xml" &&
		"${under[@]}" "$BUILD/bin/hyperctl" -q -u "$state" rm model; } \
		>"$W/lv.out" 2>&1
	if [ ! -s "$W/lv.xml" ]; then
		why=$(tail -n 1 "$W/lv.out")
		return 1
	fi
	domain raw
	domain cli
	programs=(
		hyper "${under[@]}" "$W/bin/life" "$state" libvirt tiny lib +
		raw "${under[@]}" "$W/bin/life_libvirt" "$3" "$W/raw.xml"
		"$W/base.qcow2" "$W/raw.disk"
	)
	[ "$1" = embed ] || programs+=(+ cli "$W/bin/virsh_life" "$3"
		"$W/cli.xml" "$W/base.qcow2" "$W/cli.disk")
	measure "$1.json" "$(pick 9 1)" "${programs[@]}"
}

tell_lives() { # MODE
	local step goal
	for step in all add start stop rm; do
		goal=()
		[ $step != all ] || goal=(goal="<= 1.05")
		figure what="$what ($1): $step" beside="raw libvirt, qemu-img" \
			unit=ms scale=0.001 hyper="$W/$1.json:hyper:$step" \
			peer="$W/$1.json:raw:$step" how=hyper/peer "${goal[@]}"
	done
}

# Embedded libvirt does not like each host: in the cell of libvirtd it finds
# what it needs. Elsewhere a subreaper is all that there is, for it waits for
# orphans to be reaped.
under=()
if use_engine libvirtd; then
	under=("$ROOT/tests/support/engines/libvirtd" exec "$W/libvirtd")
elif has tini; then
	under=(tini -s --)
fi

if ! has qemu-img qemu-system-x86_64 virsh ||
	[ ! -e "$BUILD/drivers/drv_libvirt.so" ]; then
	no_peer "$what" "raw libvirt" "no QEMU, no virsh, or no driver"
elif ! build_program life_libvirt -lvirt 2>"$W/cc.err"; then
	no_peer "$what" "raw libvirt" "no libvirt-dev"
elif ! tiny; then
	no_peer "$what" "raw libvirt" "no guest image: $why"
else
	# (the other one is enough for a smoke run: QEMU is asked for what it
	# can do, which takes its time)
	if [ -n "$quick" ]; then
		no_peer "$what (embed)" "raw libvirt, qemu-img" \
			"takes too long for --quick"
	elif lives_on embed "" "qemu:///embed?root=$W/raw-embed"; then
		tell_lives embed
	else
		unmeasured "$what (embed)" "raw libvirt, qemu-img" "$why"
	fi
	if ! use_engine libvirtd; then
		no_peer "$what (system)" "raw libvirt, qemu-img" "$why"
	elif lives_on system "$LIBVIRT_URI" "$LIBVIRT_URI"; then
		tell_lives system
		figure what="$what (system): all" beside=virsh unit=ms \
			scale=0.001 hyper="$W/system.json:hyper:all" \
			peer="$W/system.json:cli:all" how=hyper/peer
	else
		unmeasured "$what (system)" "raw libvirt, qemu-img" "$why"
	fi
fi
