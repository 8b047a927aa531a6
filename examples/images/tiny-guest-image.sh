#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tiny-guest-image.sh OUT.qcow2
#
# Makes a bootable guest of about 18 MB from Debian (amd64) packages: kernel,
# busybox and syslinux. Needs neither root nor mounts. The guest has a root
# shell without password on ttyS0 and tty1, DHCP on every eth*, a web server
# on port 80, and powers off on the ACPI button. It wants 72 MB of memory or
# more, and virtio for disk and network.
#
# On ttyS0 it says "TINY-UP", "TINY-DHCP IFACE ADDRESS", "tiny login:" and, on
# the power button, "TINY-ACPI-POWER".
#
# Packages: syslinux mtools qemu-utils busybox-static cpio e2fsprogs
# KDEB=FILE.deb  use this linux-image-*-cloud-amd64 instead of downloading it
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUT.qcow2" >&2; exit 2; }
out=$1
kdeb=${KDEB:-}
die() { echo "$0: $*" >&2; exit 1; }

PATH=$PATH:/usr/sbin:/sbin
mbr=/usr/lib/SYSLINUX/mbr.bin
busybox=$(command -v busybox) || die "no busybox (package busybox-static)"
for tool in cpio mformat mcopy mke2fs qemu-img syslinux; do
	command -v "$tool" >/dev/null || die "no $tool; packages: syslinux" \
		"mtools qemu-utils busybox-static cpio e2fsprogs"
done
[ -r "$mbr" ] || die "no $mbr (package syslinux)"

# Built beside its final name, so that the last mv is atomic.
w=$(mktemp -d)
tmp=$(mktemp "$out.XXXXXX")
trap 'rm -rf "$w" "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# ---- kernel: only the few files needed out of the package
if [ -z "$kdeb" ]; then
	pkg=$(apt-cache depends linux-image-cloud-amd64 |
		awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$pkg" ] || die "apt knows no linux-image-cloud-amd64"
	# As root, apt would warn that its own user cannot write here.
	(cd "$w" && apt-get download -qq -o APT::Sandbox::User=root "$pkg")
	kdeb=$(echo "$w"/linux-image-*.deb)
fi
# In the order of loading, since the package has no modules.dep.
boot_mods="virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev
	virtio_pci virtio_blk"
run_mods="failover net_failover virtio_net evdev button virtio_balloon
	virtio_console virtio-rng"

mkdir "$w/k"
dpkg-deb --fsys-tarfile "$kdeb" | tar -C "$w/k" -x --wildcards \
	'./boot/vmlinuz-*' '*/drivers/virtio/*' '*/virtio_blk.ko*' \
	'*/virtio_net.ko*' '*/failover.ko*' '*/net_failover.ko*' \
	'*/acpi/button.ko*' '*/evdev.ko*' '*/virtio_console.ko*' \
	'*/virtio-rng.ko*'
mv "$w"/k/boot/vmlinuz-* "$w/vmlinuz"

# modules DIR NAME...: copies these kernel modules into DIR
modules() {
	dir=$1; shift
	for m; do
		ko=$(find "$w/k" -name "$m.ko" -o -name "$m.ko.xz")
		case $ko in
		*.ko) cp "$ko" "$dir/$m.ko" ;;
		*.xz) xz -dc "$ko" >"$dir/$m.ko" ;;
		*) die "no module $m in $kdeb" ;;
		esac
	done
}

# ---- root file system
r=$w/root
mkdir -p "$r/bin" "$r/sbin" "$r/etc/acpi/PWRF" "$r/dev" "$r/proc" "$r/sys" \
	"$r/tmp" "$r/root" "$r/www/cgi-bin" "$r/mod" "$r/run"
cp "$busybox" "$r/bin/busybox"
ln -s busybox "$r/bin/sh"
ln -s /bin/busybox "$r/sbin/init"
# shellcheck disable=SC2086 # a list of words
modules "$r/mod" $run_mods
echo 'root::0:0:root:/root:/bin/sh' >"$r/etc/passwd"
echo 'root:x:0:' >"$r/etc/group"
echo tiny >"$r/etc/hostname"
echo 'hello from tiny' >"$r/www/index.html"
cat >"$r/etc/inittab" <<'E'
::sysinit:/etc/rcS
ttyS0::respawn:/bin/busybox getty -L 115200 ttyS0 vt100
tty1::respawn:/bin/busybox getty 38400 tty1 linux
::restart:/bin/busybox init
::ctrlaltdel:/bin/busybox reboot
::shutdown:/bin/busybox sync
E
{ echo '#!/bin/sh'; echo "mods='$run_mods'"; cat <<'E'; } >"$r/etc/rcS"
B=/bin/busybox
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mkdir -p /dev/pts
$B mount -t devpts pts /dev/pts
$B mount -t tmpfs tmp /tmp
$B mount -t tmpfs run /run
$B mount -o remount,rw /
$B --install -s /bin 2>/dev/null
export PATH=/bin:/sbin
for m in $mods; do insmod "/mod/$m.ko" 2>/dev/null; done
hostname -F /etc/hostname
# acpid must find the power button's input device when it starts.
n=0
while [ ! -e /dev/input/event0 ] && [ $n -lt 20 ]; do
	usleep 50000; n=$((n + 1))
done
acpid -l /tmp/acpid.log
ip link set lo up
httpd -p 80 -h /www
for i in /sys/class/net/eth*; do
	[ -e "$i" ] || continue
	i=${i##*/}
	ip link set "$i" up
	udhcpc -i "$i" -b -t 30 -T 1 -A 2 -S -x "hostname:$(hostname)" \
		-s /etc/udhcpc.script >/dev/null 2>&1 &
done
echo "TINY-UP uptime=$(cat /proc/uptime)" >/dev/console
E
cat >"$r/etc/udhcpc.script" <<'E'
#!/bin/sh
export PATH=/bin:/sbin
case $1 in
deconfig)
	ip addr flush dev "$interface"
	ip link set "$interface" up ;;
bound|renew)
	ip addr add "$ip/${mask:-24}" dev "$interface" 2>/dev/null
	[ -z "$router" ] || ip route add default via "${router%% *}" 2>/dev/null
	for d in $dns; do echo "nameserver $d"; done >/etc/resolv.conf
	echo "TINY-DHCP $interface $ip uptime=$(cat /proc/uptime)" >/dev/console ;;
esac
E
cat >"$r/etc/acpi/PWRF/00000080" <<'E'
#!/bin/sh
echo TINY-ACPI-POWER >/dev/console
/bin/busybox sync
/bin/busybox mount -o remount,ro /
# -f: init's own way takes 2 s longer and has nothing left to do
exec /bin/busybox poweroff -f
E
cat >"$r/www/cgi-bin/info" <<'E'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
cat /proc/uptime /proc/cmdline
hostname
ip addr
E
chmod 755 "$r/etc/rcS" "$r/etc/udhcpc.script" \
	"$r/etc/acpi/PWRF/00000080" "$r/www/cgi-bin/info"

# ---- initrd: the disk driver, then on to the root file system
i=$w/initrd
mkdir -p "$i/bin" "$i/mod" "$i/dev" "$i/proc" "$i/r"
cp "$busybox" "$i/bin/busybox"
ln -s busybox "$i/bin/sh"
# shellcheck disable=SC2086 # a list of words
modules "$i/mod" $boot_mods
{ echo '#!/bin/sh'; echo "mods='$boot_mods'"; cat <<'E'; } >"$i/init"
B=/bin/busybox
$B mount -t devtmpfs dev /dev
for m in $mods; do $B insmod "/mod/$m.ko"; done
n=0
while [ ! -b /dev/vda2 ] && [ $n -lt 100 ]; do
	$B usleep 50000; n=$((n + 1))
done
$B mount -t ext4 /dev/vda2 /r || exec $B sh
$B mount -o move /dev /r/dev
exec $B switch_root /r /sbin/init
E
chmod 755 "$i/init"
(cd "$i" && find . | sort | cpio -o -H newc -R 0:0 --quiet | gzip) \
	>"$w/initrd.img"

cat >"$w/syslinux.cfg" <<'E'
default l
prompt 0
serial 0 115200
label l
 kernel vmlinuz
 initrd initrd.img
 append console=tty0 console=ttyS0,115200 quiet mitigations=off nokaslr no_timer_check random.trust_cpu=on
E

# ---- disk: 1 MB with the MBR, a FAT partition to boot from, the ext4 root
fat_mb=$((($(stat -c %s "$w/vmlinuz") + $(stat -c %s "$w/initrd.img")) \
	/ 1048576 + 3))
root_mb=16
fat_off=1048576
root_off=$((fat_off + fat_mb * 1048576))
d=$w/d.raw
truncate -s $((1 + fat_mb + root_mb + 1))M "$d"

le32() { # NUMBER as four bytes, low byte first
	for s in 0 8 16 24; do
		# shellcheck disable=SC2059 # the format is the byte
		printf "\\$(printf %03o $((($1 >> s) & 255)))"
	done
}
{
	head -c 440 "$mbr"
	printf 'HYPR\0\0'
	printf '\200\376\377\377\016\376\377\377' # bootable, FAT16 LBA
	le32 $((fat_off / 512)); le32 $((fat_mb * 2048))
	printf '\0\376\377\377\203\376\377\377' # Linux
	le32 $((root_off / 512)); le32 $((root_mb * 2048))
	head -c 32 /dev/zero
	printf '\125\252'
} | dd of="$d" conv=notrunc status=none

export MTOOLS_SKIP_CHECK=1
mformat -i "$d@@$fat_off" -T $((fat_mb * 2048)) -h 16 -s 63 \
	-H $((fat_off / 512)) ::
mcopy -i "$d@@$fat_off" "$w/vmlinuz" "$w/initrd.img" "$w/syslinux.cfg" ::
syslinux --install --offset "$fat_off" "$d"
mke2fs -q -t ext4 -O ^has_journal,^64bit,^metadata_csum -b 1024 -m 0 -L root \
	-E root_owner=0:0,offset="$root_off" -d "$r" "$d" $((root_mb * 1024))

qemu-img convert -O qcow2 "$d" "$tmp"
chmod "$(printf %o $((0666 & ~0$(umask))))" "$tmp" # mktemp made it 0600
mv "$tmp" "$out"
