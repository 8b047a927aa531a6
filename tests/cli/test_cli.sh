#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# hyperctl as a user sees it: every command, formats, exit codes, errors, the
# shell, terminals. The same things on a state directory and on a hyperd.
#
#   HYPERCTL, HYPERD  the programs; default: those of the build tree
#   HYPER_DRIVER_DIR  where drv_test.so is; default: as well
#   UNDER             what to run hyperctl under, such as "valgrind -q"
#
# `test_cli.sh PART...` runs only these parts: usage remote machines comfort
# api completion adopt follow token shell tty edge crowd
set -u
HERE=$(dirname "$(realpath "$0")")
# shellcheck source=tests/support/lib.sh
. "$HERE/../support/lib.sh"
# shellcheck source=tests/rest/rest.bash
. "$HERE/../rest/rest.bash"
# shellcheck source=tests/cli/cli.bash
. "$HERE/cli.bash"
HYPERCTL=${HYPERCTL:-$BUILD/bin/hyperctl}
HYPERD=${HYPERD:-$BUILD/bin/hyperd}
export HYPER_DRIVER_DIR=${HYPER_DRIVER_DIR:-$BUILD/drivers}
# Its machines outlive each process.
export HYPER_TEST_KEEP=yes
export XDG_STATE_HOME=$W/xdg XDG_CONFIG_HOME=$W/config LC_ALL=C.UTF-8 TERM=xterm
[ $# -gt 0 ] || set -- usage remote machines comfort api completion adopt \
	follow token shell tty edge crowd

# Only these drivers: the test must not touch the machines of the host.
mkdir "$W/drivers"
cp "$HYPER_DRIVER_DIR/drv_test.so" "$W/drivers/" || exit 1
HYPER_DRIVER_DIR=$W/drivers

for part; do
	case $part in
	usage)
		on=
		export HYPER_URI="$W/never"
		# shellcheck source=tests/cli/usage.bash
		. "$HERE/usage.bash"
		;;
	remote)
		on=
		# shellcheck source=tests/cli/remote.bash
		. "$HERE/remote.bash"
		;;
	crowd)
		# shellcheck source=tests/cli/crowd.bash
		. "$HERE/crowd.bash"
		;;
	*)
		for on in local hyperd; do
			place "$on" "$part" || exit 1
			# shellcheck disable=SC1090 # it is next to us
			. "$HERE/$part.bash"
			unplace
		done
		;;
	esac
done
finish
