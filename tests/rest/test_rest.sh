#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# hyperd as a client sees it: settings, sockets, HTTP, every route, stopping.
#
#   HYPERD            the program; default: that of the build tree
#   HYPER_DRIVER_DIR  where drv_test.so is; default: as well
#   UNDER             what to run hyperd under, such as "valgrind -q"
#
# `test_rest.sh PART...` runs only these parts: config server tls systemd
# access api events streams http service abuse stop hung openapi
#
# HYPER_TEST_RECORD=DIR keeps all requests of curl, and their answers, there.
set -u
HERE=$(dirname "$(realpath "$0")")
# shellcheck source=../support/lib.sh
. "$HERE/../support/lib.sh"
# shellcheck source=rest.bash
. "$HERE/rest.bash"
HYPERD=${HYPERD:-$BUILD/bin/hyperd}
export HYPER_DRIVER_DIR=${HYPER_DRIVER_DIR:-$BUILD/drivers}
check "there is a hyperd: $HYPERD" test -x "$HYPERD"
# Only this driver: others take a while to tell that their engine is not there.
mkdir "$W/drivers"
cp "$HYPER_DRIVER_DIR/drv_test.so" "$W/drivers/" || exit 1
HYPER_DRIVER_DIR=$W/drivers
[ "$failures" -eq 0 ] || finish
for variable in $(compgen -e HYPERD_); do
	unset "$variable"
done
echo '[hyperd]' >"$W/empty.conf"
export HYPERD_CONFIG=$W/empty.conf # not that of this host
whole= # for openapi.bash
# shellcheck disable=SC2034
[ $# -gt 0 ] || whole=yes
[ $# -gt 0 ] || set -- config server tls systemd access api events streams \
	http service abuse stop hung openapi
for part; do
	# shellcheck disable=SC1090 # the parts are next to us
	. "$HERE/$part.bash"
done
finish
