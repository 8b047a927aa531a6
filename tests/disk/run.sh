#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh [PART...]: disks in trouble as a user meets them, on small file systems
# of their own, in a mount namespace of their own: full, read-only, failing.
# Parts: full broken migrate libvirt
set -u
if [ "$(id -u)" -ne 0 ]; then
	echo "skip disk: needs root"
	exit 0
fi
# What is mounted here goes with us, however we end.
if [ "${HYPER_TEST_MOUNTS:-}" != "$PPID" ]; then
	HYPER_TEST_MOUNTS=$$ unshare --mount bash "$0" "$@"
	exit
fi
HERE=$(dirname "$(realpath "$0")")
# shellcheck source=tests/support/lib.sh
. "$HERE/../support/lib.sh"
# shellcheck source=tests/rest/rest.bash
. "$HERE/../rest/rest.bash"
# shellcheck source=tests/cli/cli.bash
. "$HERE/../cli/cli.bash"
# shellcheck source=tests/disk/disk.bash
. "$HERE/disk.bash"
[ $# -gt 0 ] || set -- full broken migrate libvirt
for part; do
	on=$part
	# shellcheck disable=SC1090 # the parts are next to us
	. "$HERE/$part.bash"
done
finish
