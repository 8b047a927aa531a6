#!/bin/bash
# SPDX-License-Identifier: MIT
#
# inside.sh VERSION: the packages where nothing else is; see run.sh.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
uri=unix:/run/hyper/hyperd.sock
as() { setpriv --reuid "$1" --regid "$1" --init-groups "${@:2}"; }

check "hyperctl tells its version" grep -qF "$1" <(hyperctl --version)
check "hyperctl has a state of its own" hyperctl --uri "$W/state" list
drivers() { hyperctl --uri "$W/state" drivers -f csv | cut -d, -f1 | xargs; }
check "the drivers are found: docker libvirt test" \
	grep -qx 'name docker libvirt test' <(drivers)
check "Python runs a machine" python3 -c '
import hyper, sys
with hyper.open(sys.argv[1]) as h:
    machine = h.machines.add(image="demo", type="test", mem=64)
    h.machines.start(machine.id)
    assert h.machines.get(machine.id).state == "running"
    h.machines.remove(machine.id, force=True)
    assert not list(h.machines.list())' "$W/python"
# shellcheck disable=SC2046 # words are meant
check "an example compiles" gcc -Wall -Werror -o "$W/list" \
	/usr/share/doc/libhyper-dev/examples/list.c \
	$(pkg-config --cflags --libs libhyper)
check "and runs" env HYPER_URI="$W/state" "$W/list"

check "there is a user hyper" grep -Eqx \
	'hyper:[^:]*:[0-9]{1,3}:[^:]*:[^:]*:/var/lib/hyper:/usr/sbin/nologin' \
	<(getent passwd hyper)
check "and a group" getent group hyper
check "the units are right" systemd-analyze verify --man=no \
	/lib/systemd/system/hyperd.{service,socket}
for unit in hyperd.service hyperd.socket; do
	check "$unit is enabled" systemctl is-enabled $unit
done
check "the settings are the administrator's" grep -q ' /etc/hyper/hyperd.conf ' \
	<(dpkg-query -W -f '${Conffiles}\n' hyperd)

# serve CMD...: hyperd on its socket
serve() {
	"$@" >"$W/out" 2>&1 &
	served=$!
	started $served
	wait_for 20 grep -qx "hyperd: ready" "$W/out"
}
check "hyperd starts" serve hyperd
check "its settings are taken" hyperd --check-config --config /etc/hyper/hyperd.conf
check "root asks it" hyperctl --uri $uri add demo -i one -t test
check "so does who is in the group" grep -qx one \
	<(as hyper hyperctl --uri $uri list -f csv | sed -n 's/,.*//;2p')
check "and nobody else" not as nobody hyperctl --uri $uri list
stop_pid $served
rm -r /run/hyper
install -d -o hyper /run/hyper "$W/hyper"
check "it starts as the user hyper" serve as hyper \
	hyperd --state "$W/hyper" --socket "${uri#unix:}"
check "and answers" hyperctl --uri $uri list
stop_pid $served
finish
