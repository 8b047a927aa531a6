#!/bin/bash
# SPDX-License-Identifier: MIT
#
# engines.sh docker|libvirt [EVERY]: the crash campaign on a real engine, a
# private one; see engines.py. EVERY 2 leaves out each second step. When
# something is lost or left, its directory is kept in $HYPER_TEST_KEEP_LOGS,
# else in /tmp.
set -u
# shellcheck source=tests/driver/driver.bash
. "$(dirname "$(realpath "$0")")/../driver/driver.bash"
TYPE=$1
every=${2:-1}
only "$TYPE"
export PYTHONDONTWRITEBYTECODE=1
command -v strace >/dev/null || { skip "crash $TYPE: no strace"; finish; }
mkdir -m 755 "$W/c"

case $TYPE in
docker)
	ENGINE=dockerd
	# Containers go on when it is killed, and it is back soon.
	check "crash $TYPE: $ENGINE starts" use_engine $ENGINE --live-restore
	check "crash $TYPE: a registry" use_engine registry "$W/$ENGINE"
	# shellcheck disable=SC2153 # the engine says it
	export HYPER_DOCKER_HOST=$DOCKER_HOST REGISTRY
	source=$W/root.tar
	check "crash $TYPE: an image" \
		"$ROOT/examples/images/busybox-container-image.sh" \
		--tar "$source"
	;;
libvirt)
	ENGINE=libvirtd
	check "crash $TYPE: $ENGINE starts" use_engine $ENGINE
	# shellcheck disable=SC2153 # the engine says it
	export HYPER_LIBVIRT_URI=$LIBVIRT_URI
	source=$W/empty.qcow2
	# Nothing to boot: starting and killing it is all that counts here.
	check "crash $TYPE: an image" qemu-img create -q -f qcow2 "$source" 1M
	;;
esac
[ $failed -eq 0 ] || finish

campaign() {
	python3 "$ROOT/tests/crash/engines.py" "$TYPE" \
		"$BUILD/tests/crash_worker" "$BUILD/bin/hyperd" "$W/c" \
		"$W/$ENGINE" "$source" "$every"
}
check "crash $TYPE: kills lose nothing and leave nothing" campaign
if [ $failed -eq 0 ]; then
	sed 's/^/     /' "$W/check.out"
else
	kept=$(mktemp -d "${HYPER_TEST_KEEP_LOGS:-/tmp}/hyper-crash.XXXXXX")
	cp -a "$W/c" "$kept"
	echo "     | kept: $kept"
fi
finish
