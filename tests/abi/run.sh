#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [--update]: the binary interface is that of baseline/, which abidw
# (abigail-tools) wrote. A change that is meant goes in with --update and the
# rules of libhyper/docs/ABI.md.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
here=$ROOT/tests/abi
lib=$BUILD/libhyper/libhyper.so.0

# describe FILE.so HEADERS: what users may rely on, as XML
describe() {
	abidw --headers-dir "$2" --drop-private-types --drop-undefined-syms \
		--exported-interfaces-only --suppressions "$here/private.suppr" \
		--no-show-locs --no-corpus-path --no-comp-dir-path \
		--no-elf-needed --no-parameter-names "$1" |
		sed "s| path='$ROOT/| path='|"
}

# types DIR OUT: the types as the headers in DIR/hyper say
types() {
	gcc -g -shared -fPIC -Wall -Wextra -Werror -I"$1" \
		-o "$2.so" "$here/types.c" &&
		describe "$2.so" "$1/hyper" >"$2.abi"
}

# same NAME: no difference at all
same() {
	abidiff --harmless --suppressions "$here/private.suppr" \
		"$here/baseline/$1.abi" "$W/$1.abi"
}

check "ABI: the library is described" sh -c "$(declare -f describe)"'
	here=$1 ROOT=$5 describe "$2" "$3" >"$4"; test -s "$4"' - \
	"$here" "$lib" \
	"$ROOT/libhyper/include/hyper" "$W/libhyper.abi" "$ROOT"
check "ABI: the types are described" types "$ROOT/libhyper/include" "$W/types"
[ $failed -eq 0 ] || finish
if [ "${1:-}" = --update ]; then
	cp "$W/libhyper.abi" "$W/types.abi" "$here/baseline"
	git -C "$ROOT" diff --stat "$here/baseline"
	finish
fi
check "ABI: functions and what they name are the same" same libhyper
check "ABI: enums and the driver's descriptor are the same" same types
check "ABI: each public enum is looked at" sh -c '
	sed -n "s/^enum \(hyper_[a-z_]*\) {.*/\1/p" "$1"/hyper/*.h |
	while read -r name; do
		grep -q "^ENUM($name)" "$2" || { echo "$name"; exit 1; }
	done' - "$ROOT/libhyper/include" "$here/types.c"

# A change is noticed.
# changed TEXT SED-EXPRESSION
changed() {
	rm -rf "$W/other"
	cp -r "$ROOT/libhyper/include" "$W/other"
	sed -i "$2" "$W"/other/hyper/*.h
	diff -r "$ROOT/libhyper/include" "$W/other" && return 1
	types "$W/other" "$W/types" || return 1
	not same types
}
check "ABI: another number of a code is noticed" changed code \
	's/HYPER_ERR_BUSY = -5/HYPER_ERR_BUSY = -50/'
check "ABI: a driver's op in another place is noticed" changed op \
	's/	void (\*close)(void \*self);/	void (*shut)(void *self, int how);/'
check "ABI: a new enumerator is noticed" changed enumerator \
	's/	HYPER_ERR_INTERNAL = -18/	HYPER_ERR_INTERNAL = -18, HYPER_ERR_NEW = -19/'
finish
