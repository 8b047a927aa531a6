#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The installed library as others see it: DESTDIR and prefix, pkg-config, CMake,
# the examples, a driver of one's own, and drivers that are no good. The build
# tree must be configured with a prefix that may be filled: run.sh does that.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
here=$ROOT/tests/install

cached() { sed -n "s/^$1:[A-Z]*=//p" "$BUILD/CMakeCache.txt"; }
prefix=$(cached CMAKE_INSTALL_PREFIX)
case $prefix in
/usr | /usr/local | /opt | '')
	skip "install: configure with -DCMAKE_INSTALL_PREFIX=/a/scratch/directory"
	finish
	;;
esac

installed() { # ROOT
	(cd "$1$prefix" && find . -type f -o -type l) | sort >"$W/files"
	cat "$W/files"
	for f in bin/hyperctl sbin/hyperd include/hyper/hyper.h \
		libhyper.so drivers/drv_test.so drivers/drv_docker.so \
		drivers/drv_libvirt.so pkgconfig/libhyper.pc \
		cmake/hyper/hyper-config.cmake man/man1/hyperctl.1 \
		man/man3/libhyper.3 man/man5/hyperd.conf.5 man/man8/hyperd.8; do
		grep -q "/$f\$" "$W/files" || { echo "no $f"; return 1; }
	done
}

rm -rf "$prefix"
check "install with DESTDIR" env DESTDIR="$W/dest" cmake --install "$BUILD"
check "all of it is below DESTDIR" test ! -e "$prefix"
check "it is complete" installed "$W/dest"
check "install to the prefix" cmake --install "$BUILD"
check "it is the same" installed ''
check "install to another prefix" cmake --install "$BUILD" --prefix "$W/moved"
moved=$(dirname "$(find "$W/moved" -name drv_test.so)")
check "its drivers are found there" sh -c '
	cd / && LD_LIBRARY_PATH=$1/../.. "$2/bin/hyperctl" --uri "$2/state" \
		-f csv drivers | grep "$1/drv_test.so"' - "$moved" "$W/moved"
check "libhyper.pc names it" grep -qx "driverdir=$moved" \
	"$moved/../../pkgconfig/libhyper.pc"
if command -v man >/dev/null; then
	check "man finds what it is asked for" sh -c '
		man -M "$1" -P cat hyper_machine_mem | grep hyper_machine_uuid' \
		- "$prefix/share/man"
fi
check "the public headers only" sh -c 'diff "$1" "$2"' - \
	<(cd "$ROOT" && printf '%s\n' libhyper/include/hyper/* \
		bindings/cpp/*.hpp | sed 's|.*/||' | LC_ALL=C sort) \
	<(LC_ALL=C ls "$prefix/include/hyper")

pc=$(dirname "$(find "$prefix" -name libhyper.pc)")
libdir=$(dirname "$pc")
export PKG_CONFIG_PATH=$pc LD_LIBRARY_PATH=$libdir
PATH=$prefix/bin:$PATH
driverdir=$(pkg-config --variable=driverdir libhyper)
version=$(sed -n 's/.*HYPER_VERSION_STRING "\(.*\)"/\1/p' \
	"$ROOT/libhyper/include/hyper/version.h")
check "pkg-config: version" test \
	"$(pkg-config --modversion libhyper)" = "$version"
check "pkg-config: driverdir" test "$driverdir" = "$libdir/hyper/drivers"
check "libhyper needs neither libvirt nor ulfius" not sh -c \
	'ldd "$1" | grep -E "libvirt|ulfius|microhttpd"' - "$libdir/libhyper.so"
if command -v systemd-analyze >/dev/null; then
	check "the units are what systemd takes" systemd-analyze verify \
		--man=no "$prefix"/lib/systemd/system/hyperd.s*
else
	skip "the units: no systemd-analyze"
fi
check "drivers need libhyper" sh -c '
	for f in "$1"/drv_*.so; do
		readelf -d "$f" | grep -q "NEEDED.*libhyper.so" || exit 1
	done' - "$driverdir"

for cc in gcc clang; do
	cp -r "$ROOT/examples" "$W/examples-$cc"
	check "examples by pkg-config, $cc" make -C "$W/examples-$cc" \
		CC="$cc" CFLAGS='-std=gnu11 -O2 -Wall -Wextra -Werror'
done
examples=$W/examples-gcc

consume() { # VERSION
	rm -rf "$W/consumer"
	cmake -S "$here/consumer" -B "$W/consumer" -DVERSION="$1" \
		-DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$ROOT/examples" \
		-DCMAKE_BUILD_TYPE=Release
}
check "CMake: another version is not found" not consume 99.0
consume_ours() {
	consume "${version%.*}" >"$W/cmake.out" 2>&1
	cat "$W/cmake.out"
	grep -q "driverdir $driverdir\$" "$W/cmake.out"
}
check "CMake: find_package(hyper) and hyper_DRIVERDIR" consume_ours
check "CMake: examples, C++ and a driver" cmake --build "$W/consumer"
check "C++ runs" "$W/consumer/cxx" "$W/state"

# The installed library knows where its drivers are. Only these here: libvirt
# has tests of its own.
rm "$driverdir/drv_libvirt.so"
export HYPER_URI=$W/state HYPER_DOCKER_HOST=unix:///nowhere/docker.sock
check "hyperctl finds the installed drivers" sh -c \
	'hyperctl drivers -f json | jq -e "map(.name) == [\"docker\", \"test\"]"'

# Copies that may be broken
drivers=$W/drivers
cp -r "$driverdir" "$drivers"
cp "$examples/driver/drv_process.so" "$drivers"
export HYPER_DRIVER_DIR=$drivers
check "example: list" sh -c '"$1" | tee /dev/stderr | grep -q "^image host (process)"' \
	- "$examples/list"
check "driver of one's own: add" hyperctl add host -i mine -- sleep 1234
check "driver of one's own: start" hyperctl start mine
check "driver of one's own: a process runs" pgrep -fx 'sleep 1234'
check "driver of one's own: known again" sh -c \
	'hyperctl get mine -f json | jq -e ".state == \"running\""'
check "example: query" sh -c '"$1" "state=running" -mem,id | grep mine' - \
	"$examples/query"
check "driver of one's own: stop" hyperctl stop mine
check "driver of one's own: no process runs" not pgrep -fx 'sleep 1234'
check "driver of one's own: rm" hyperctl rm mine
# shellcheck source=tests/install/examples.bash
. "$here/examples.bash"

# As its writer does, with what is installed
env -u HYPER_DRIVER_DIR hyper-driver-check "$examples/driver/drv_process.so" \
	>"$W/conf" 2>&1
sed -E 's/^(ok  |FAIL) /\1 process driver: /' "$W/conf"
! grep -q '^FAIL' "$W/conf" || failed=1
check "process driver: all of it" grep -q '^ok ' "$W/conf"

# --- drivers that are no good
broken() { # NAME CASE
	gcc -shared -fPIC -DCASE="$2" "-I$prefix/include" \
		-o "$drivers/drv_$1.so" "$here/broken_driver.c" \
		"-L$libdir" -lhyper
}
check "broken drivers are built" sh -c "$(declare -f broken)
	drivers='$drivers' prefix='$prefix' here='$here' libdir='$libdir'
	broken abi 1 && broken unwilling 2 && broken broken 3 && broken entry 4"
echo "not a library" >"$drivers/drv_text.so"
cp "$drivers/drv_test.so" "$drivers/drv_alias.so"
cp "$drivers/drv_test.so" "$drivers/drv_writable.so"
chmod o+w "$drivers/drv_writable.so"
cp "$drivers/drv_test.so" "$drivers/drv_owner.so"
chown nobody "$drivers/drv_owner.so"
mkdir "$drivers/drv_folder.so"
ln -s /nowhere "$drivers/drv_dangling.so"
cp "$drivers/drv_test.so" "$drivers/README.so"
hyperctl drivers -f json >"$W/drivers.json"

reason() { # NAME TEXT
	jq -e --arg name "$1" --arg text "$2" '.[] | select(.name == $name) |
		., (.available == false and (.reason | test($text)))' \
		"$W/drivers.json"
}
check "another ABI" reason abi 'ABI 99'
check "a driver that does not want us" reason unwilling 'ABI'
check "a driver that is not complete" reason broken 'complete'
check "no entry" reason entry 'hyper_driver_entry'
check "no library" reason text 'ELF|header|short'
check "a name that is not its file's" reason alias "'test'"
check "a file that all may write" reason writable 'everybody'
check "a file of somebody else's" reason owner 'user'
check "a directory" reason folder 'not a file'
check "a link to nowhere" reason dangling 'No such file'
check "an engine that is down" reason docker '/nowhere/docker.sock'
check "no file that is no driver" not reason README '.'
check "the others work" jq -e \
	'[.[] | select(.available)] | map(.name) == ["process", "test"]' \
	"$W/drivers.json"
check "a machine of a good one" hyperctl add demo -i fine -t test
check "a machine of a bad one" sh -c \
	'hyperctl add demo -t alias; test $? -eq 5'
check "is removed" hyperctl rm fine
finish
