#!/bin/sh
# SPDX-License-Identifier: MIT
#
# symbols.sh headers        the functions that the public headers export
# symbols.sh map            those that libhyper.map lists
# symbols.sh lib FILE.so    those that a library really exports
# symbols.sh check FILE.so  compares all three
#
# Each prints sorted names, one a line.
set -eu
export LC_ALL=C

cd "$(dirname "$0")/../.."

# The preprocessor knows what a declaration is; the attribute marks ours.
headers() {
	for header in libhyper/include/hyper/*.h; do
		echo "#include <hyper/${header##*/}>"
	done | ${CC:-cc} -E -P -Ilibhyper/include - | tr '\n' ' ' |
		tr ';{}' '\n\n\n' |
		sed -n 's/.*visibility("default")))[^(]*\(hyper_[a-z0-9_]*\) *(.*/\1/p' |
		sort
}

map() {
	sed -n 's/^[[:space:]]*\(hyper_[a-z0-9_]*\);$/\1/p' \
		libhyper/libhyper.map | sort
}

# Version nodes are absolute symbols (A).
lib() {
	nm -D --defined-only --format=posix "$1" |
		awk '$2 != "A" { sub("@.*", "", $1); print $1 }' | sort
}

same() {
	diff "$w/$1" "$w/$2" >"$w/diff" || {
		echo "symbols of $1 (<) and $2 (>) differ:"
		grep '^[<>]' "$w/diff"
		return 1
	}
}

case ${1:-} in
headers) headers ;;
map) map ;;
lib) lib "$2" ;;
check)
	w=$(mktemp -d)
	trap 'rm -rf "$w"' EXIT
	headers >"$w/headers"
	map >"$w/map"
	lib "$2" >"$w/lib"
	[ -s "$w/headers" ]
	same headers map
	same map lib
	echo "$(wc -l <"$w/map") symbols"
	;;
*)
	echo "usage: $0 headers|map|lib FILE.so|check FILE.so" >&2
	exit 2
	;;
esac
