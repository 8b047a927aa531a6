#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The source archive is the same whoever makes it; the Debian packages of it are
# clean, work where nothing else is, and go without a trace.
#
# The clean system comes from where this one has its packages, and is made in a
# scratch directory. The unit tests are left out here: they have a stage.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
here=$ROOT/tests/package

for tool in dpkg-buildpackage dh lintian mmdebstrap; do
	command -v $tool >/dev/null || { skip "package: no $tool"; finish; }
done
version=$(sed -n 's/.*HYPER_VERSION_STRING "\(.*\)"/\1/p' \
	"$ROOT/libhyper/include/hyper/version.h")
archive=hyper-$version.tar.gz

# --- the source archive -----------------------------------------------------

mkdir "$W"/{one,two,three,four,else}
dist() { bash "$1/pkgconfig/dist.sh" "$2"; } # TREE DIRECTORY
same() { cmp "$W/one/$archive" "$1/$archive"; }
check "the source archive is made" dist "$ROOT" "$W/one"
check "made again" dist "$ROOT" "$W/two"
check "it is the same" same "$W/two"
(umask 077 && tar -xf "$W/one/$archive" -C "$W/else")
tree=$W/else/hyper-$version
mkdir "$tree/build" && echo 'int x;' >"$tree/build/made.c"
check "made of what it was unpacked to" dist "$tree" "$W/three"
check "it is still the same" same "$W/three"
echo >>"$tree/README.md"
check "made of another source" dist "$tree" "$W/four"
check "it is another one" not same "$W/four"

# --- the packages -----------------------------------------------------------

deb=$W/deb
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
mkdir "$deb"
check "the packages are built" env \
	DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$jobs" \
	bash "$ROOT/pkgconfig/deb.sh" "$deb"
check "of that archive" cmp "$W/one/$archive" "$deb/hyper_$version.orig.tar.gz"
[ $failed -eq 0 ] || finish
rm -rf "$deb/hyper-$version"
clean() { lintian --allow-root --fail-on error,warning "$@"; }
clean "$deb"/*.changes >"$W/lintian" 2>&1 &
lintian=$!
started $lintian

packages=()
for name in hyper-driver-docker hyper-driver-libvirt hyperctl hyperd \
	libhyper-dev libhyper0 python3-hyper; do
	packages+=("$name")
	check "there is a package $name" sh -c 'test -e "$1"_*.deb' - "$deb/$name"
done

# The next minor version need not run what was linked with this one.
minor=${version%.*}
next="libhyper0 (<< ${minor%.*}.$((${minor#*.} + 1))~)"
check "hyperctl wants a libhyper0 of $minor" sh -c \
	'dpkg-deb -f "$1"/hyperctl_*.deb Depends | grep -F "$2"' - "$deb" "$next"

flawed() {
	dpkg-deb -R "$deb"/hyperctl_*.deb "$W/flawed" &&
		rm -r "$W/flawed/usr/share/man" &&
		dpkg-deb -b "$W/flawed" "$W/flawed.deb" &&
		! clean "$W/flawed.deb" >"$W/flaws" 2>&1 &&
		grep -F 'no-manual-page' "$W/flaws"
}

# --- a system with nothing but them -----------------------------------------

on_clean_system() {
	# shellcheck disable=SC1090 # ID, VERSION_CODENAME
	. /etc/os-release
	local sources=() file options=()
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
		[ ! -e "$file" ] || sources+=("$file")
	done
	for file in /etc/apt/apt.conf.d/*; do
		! grep -q '^Acquire::http' "$file" || options+=(--aptopt="$file")
	done
	# What it mounts is never seen by the rm at our end.
	unshare --mount mmdebstrap --quiet --mode=root --variant=apt --include=gcc,libc6-dev,pkgconf \
		"${options[@]}" --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		--customize-hook="copy-in $deb /" \
		--customize-hook='chroot "$1" sh -c "apt-get -y install /deb/*.deb"' \
		"$VERSION_CODENAME" "$system" "${sources[@]}"
}

# in_system CMD...: with processes and a /run of its own, and no network
in_system() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --net --pid --fork --kill-child sh -ec '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount -t tmpfs run "$root/run"
		exec chroot "$root" env -i LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' - "$system" "$@"
}

# Files of ours that are there
traces() {
	find "$system" -xdev \( -path "$system/deb" -o -path "$system/tmp" \
		-o -path "$system/test" -o -path "$system/usr/include/linux" \
		\) -prune -o -name '*hyper*' -printf '/%P\n'
}

system=$W/system
if [ "$(id -u)" -ne 0 ]; then
	skip "package: a clean system needs root"
else
	check "a clean system takes them" on_clean_system
	mkdir -p "$system/test/tests"
	cp -r "$here" "$ROOT/tests/support" "$system/test/tests"
	traces >"$W/installed"
	in_system bash /test/tests/package/inside.sh "$version" || failed=1
	hidden() { # in no ELF file of ours
		grep "/usr/.*\(bin/\|\.so\)" "$W/installed" | sed "s|^|$system|" |
			xargs readelf -d | grep -E 'R(UN)?PATH'
	}
	check "no path of the build is in them" not hidden
	dpkg_() { in_system dpkg "$@"; }
	check "they are removed" dpkg_ --remove "${packages[@]}"
	check "what they did is gone" not grep -E '^/(usr|lib)/' <(traces)
	check "the state is kept" test -e "$system/var/lib/hyper/hyper.db"
	check "and the settings" test -e "$system/etc/hyper/hyperd.conf"
	disk=$system/var/lib/hyper/libvirt/machines/one.qcow2
	mkdir -p "${disk%/*}" && : >"$disk"
	check "what purges them" in_system sh \
		/var/lib/dpkg/info/hyperd.postrm purge
	check "keeps the disks of machines" test -e "$disk"
	rm "$disk"
	check "they are purged" dpkg_ --purge "${packages[@]}"
	check "there is no trace left" not grep . <(traces)
fi

wait $lintian
check "lintian finds no error or warning" sh -c 'cat "$1"; exit "$2"' - \
	"$W/lintian" $?
check "but would" flawed
finish
