#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [LANGUAGE...]: each language on hyper as it is installed. It plays
# tests/contract/scenarios.json on a state directory and on a hyperd, and is
# told the same as C is; then come tests of its own. Default: all.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
here=$ROOT/tests/bindings
data=$ROOT/tests/contract/scenarios.json
[ $# -gt 0 ] || set -- c cpp node python

prefix=$W/prefix
check "hyper is installed" cmake --install "$BUILD" --prefix "$prefix"
libdir=$(dirname "$(find "$prefix" -name libhyper.so)")
[ $failed -eq 0 ] || finish
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir
export HYPER_DRIVER_DIR=$W/drivers HYPER_TEST_KEEP=yes
export XDG_CONFIG_HOME=$W/config # servers that have names
export PYTHONDONTWRITEBYTECODE=1
mkdir "$W/drivers"
cp "$BUILD/drivers/drv_test.so" "$W/drivers" || exit 1

# serve NAME: a hyperd with $W/NAME as its state, on $W/NAME.sock
serve() {
	"$BUILD/bin/hyperd" --state "$W/$1" --socket "$W/$1.sock" \
		>"$W/$1.out" 2>&1 </dev/null &
	served=$!
	started $served
	wait_for 20 grep -q '^hyperd: ready' "$W/$1.out"
}

transcripts=()
own=0

# play LANGUAGE CMD...: all scenarios, on both
play() {
	local name=$1
	shift
	check "$name: plays on a state directory" \
		sh -c 'out=$1; shift; "$@" >"$out"' - "$W/$name-local" \
		"$@" "$W/state-$name" "$data"
	check "$name: a hyperd" serve "hyperd-$name"
	check "$name: plays over HTTP" \
		sh -c 'out=$1; shift; "$@" >"$out"' - "$W/$name-http" \
		"$@" "unix:$W/hyperd-$name.sock" "$data"
	stop_pid "$served"
	transcripts+=("$name=$W/$name-local" "$name-http=$W/$name-http")
}

c() {
	# shellcheck disable=SC2046 # words are meant
	check "C: the player is built" gcc -std=gnu11 -Wall -Wextra -Werror \
		"$here"/scenarios*.c -o "$W/scenarios" \
		$(pkg-config --cflags --libs libhyper json-c)
	play c "$W/scenarios"
}

cpp() {
	local name
	check "C++: every function is reached" sh "$here/cpp/coverage.sh"
	sh "$here/cpp/compilers.sh" >"$W/compilers" 2>&1 || failed=1
	sed -E 's/^(ok  |FAIL|skip) /\1 C++: /' "$W/compilers"
	check "C++: the programs are built" sh -ec '
		cmake -S "$1" -B "$2" -DCMAKE_PREFIX_PATH="$3"
		cmake --build "$2"' - "$here/cpp" "$W/cpp" "$prefix"
	play cpp "$W/cpp/hyper_cpp_scenarios"
	for name in example test test_sanitized; do
		on_both "C++ $name" "$W/cpp/hyper_cpp_$name"
	done
}

# on_both NAME CMD...: the lines of a program's own tests
on_both() {
	local name=$1
	shift
	own=$((own + 1))
	check "$name: on a state directory" "$@" "$W/own-$own"
	check "$name: a hyperd" serve "own-hyperd-$own"
	check "$name: over HTTP" "$@" "unix:$W/own-hyperd-$own.sock"
	stop_pid "$served"
}

node() {
	local modules=$W/node_modules
	check "Node: every function is reached" sh "$here/node/coverage.sh"
	check "Node: npm has what it takes" npm install --prefix "$W" \
		--no-save --no-audit --no-fund node-addon-api@5 typescript@5
	cp -r "$ROOT/bindings/node" "$modules/hyper"
	export TSC=$modules/.bin/tsc
	check "Node: the addon is built" npm --prefix "$modules/hyper" run build
	check "Node: its version is the library's" sh -c '
		test "$(jq -r .version "$1/package.json")" = "$2"' - \
		"$modules/hyper" "$(pkg-config --modversion libhyper)"
	export NODE_PATH=$modules
	play node node "$here/scenarios.js"
	HYPER_BUILD=$BUILD npm --prefix "$modules/hyper" test \
		>"$W/node.tap" 2>&1 </dev/null || failed=1
	tap Node "$W/node.tap"
}

# tap NAME FILE: what node --test says (TAP 13 or its own form), as ours
tap() {
	sed -n -E \
		-e "s/^ *ok [0-9]+ - (.*) # SKIP.*/skip $1: \1/p;t" \
		-e "s/^ *ok [0-9]+ - (.*)/ok   $1: \1/p;t" \
		-e "s/^ *not ok [0-9]+ - (.*)/FAIL $1: \1/p;t" "$2"
	grep -q '^ *ok ' "$2" || {
		echo "FAIL $1: no test was run"
		tail -n 30 "$2" | sed 's/^/     | /'
	}
	! grep -q '^ *not ok' "$2" || sed 's/^/     | /' "$2"
}

python() {
	local py=$W/env/bin/python3
	check "Python: every function is reached" \
		sh "$here/python/coverage.sh"
	cp -r "$ROOT/bindings/python" "$W/python"
	check "Python: an environment" \
		/usr/bin/python3 -m venv --system-site-packages "$W/env"
	check "Python: pip builds a wheel" "$py" -m pip wheel \
		--disable-pip-version-check --no-build-isolation --no-deps \
		-w "$W/wheel" "$W/python"
	check "Python: its version is the library's" \
		test -e "$W/wheel/hyper-$(pkg-config --modversion libhyper)"-*.whl
	check "Python: pip installs the sources" "$py" -m pip install \
		--disable-pip-version-check --no-build-isolation --no-index \
		"$W/python"
	check "Python: pip installs the wheel" "$py" -m pip install \
		--disable-pip-version-check --no-index --force-reinstall \
		--no-deps "$W"/wheel/hyper-*.whl
	play python "$py" "$here/scenarios.py"
	on_both "Python tests" "$py" "$here/test_python.py"
	on_both "Python terms" "$py" "$here/test_python_terms.py"
	on_both "Python bulk" "$py" "$here/test_python_bulk.py"
	check "Python: types are right" "$py" -m mypy --strict \
		--cache-dir "$W/mypy" "$W"/env/lib/python3*/site-packages/hyper
	lab
}

# The lab's own service on the lab's own names
lab() {
	local port url
	port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	HYPER_URI=$W/lab "$W/env/bin/python3" "$here/hyper_rest.py" "$port" \
		>"$W/lab.out" 2>&1 </dev/null &
	started $!
	url=http://127.0.0.1:$port/hyper
	check "lab: its service starts" wait_for 20 curl -fsS "$url/drivers"
	check "lab: drivers" sh -c \
		'curl -fsS "$1/drivers" | jq -e ".[0].name == \"test\""' - "$url"
	check "lab: add" sh -c 'curl -fsS "$1/machines" -d "$2" \
		-H "Content-Type: application/json" |
		jq -e ".id == \"lab\" and .state == \"stopped\""' - "$url" \
		'{"id": "lab", "type": "test", "image": "demo", "mem": 64}'
	check "lab: start" sh -c 'curl -fsS -X PUT "$1/machines/lab" \
		-H "Content-Type: application/json" \
		-d "{\"state\": \"running\"}" |
		jq -e ".state == \"running\""' - "$url"
	check "lab: list" sh -c 'curl -fsS "$1/machines?query=state=running" |
		jq -e "map(.id) == [\"lab\"]"' - "$url"
	check "lab: stop" sh -c 'curl -fsS -X PUT "$1/machines/lab" \
		-H "Content-Type: application/json" \
		-d "{\"state\": \"stopped\"}" |
		jq -e ".state == \"stopped\""' - "$url"
	check "lab: remove" curl -fsS -X DELETE "$url/machines/lab"
	check "lab: it is gone" not curl -fsS "$url/machines/lab"
}

for language; do
	"$language"
done
/usr/bin/python3 "$ROOT/tests/contract/same.py" "$data" "${transcripts[@]}" ||
	failed=1
finish
