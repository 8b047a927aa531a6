#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compilers.sh: hyper.hpp and its example compile without a warning under each
# compiler that is there, as C++17 and C++20, and hyper.hpp alone also without
# exceptions. Finds <hyper/hyper.h> in the tree.
set -eu
cd "$(dirname "$0")/../../../bindings/cpp"

bad=0
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
mkdir "$w/hyper"
ln -s "$PWD/hyper.hpp" "$w/hyper"

# compiles WHAT CMD...
compiles() {
	what=$1
	shift
	if "$@" -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
		-fsyntax-only -I"$w" -I../../libhyper/include; then
		echo "ok   $what"
	else
		echo "FAIL $what"
		bad=1
	fi
}

for cxx in g++ clang++; do
	command -v $cxx >/dev/null || { echo "skip no $cxx"; continue; }
	for std in c++17 c++20; do
		compiles "$cxx $std example.cpp" $cxx -std=$std example.cpp
		# Alone, and twice.
		compiles "$cxx $std hyper.hpp" $cxx -std=$std \
			-fno-exceptions -include hyper.hpp -x c++ hyper.hpp
	done
done
exit $bad
