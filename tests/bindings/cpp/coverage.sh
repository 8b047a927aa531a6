#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh: is every function that libhyper exports used in hyper.hpp? What
# is left out on purpose stands below, with the reason; anything else that is
# missing is a failure, and so is a line below that leaves nothing out.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../../.."

# PATTERN of sed, and why
left_out='
hyper_rest_.* serving HTTP is the business of <hyper/rest.h>
hyper_call_.* for drivers: <hyper/driver.h>
hyper_driver_(instance|dir|setting|claim) for drivers: <hyper/driver.h>
hyper_machine_saw_.* for drivers: <hyper/driver.h>
hyper_error_wrap for drivers; in C++ std::throw_with_nested does that
'

w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT

sed -n 's/^[[:space:]]*\(hyper_[a-z0-9_]*\);$/\1/p' \
	libhyper/libhyper.map | sort >"$w/exported"
[ -s "$w/exported" ]
# The preprocessor takes the comments out: to be named there is no use.
${CXX:-c++} -x c++ -fpreprocessed -dD -E -P bindings/cpp/hyper.hpp |
	grep -oE '\bhyper_[a-z0-9_]+\b' | sort -u >"$w/used"
comm -23 "$w/exported" "$w/used" >"$w/missing"

bad=0
echo "$left_out" | while read -r pattern reason; do
	[ -n "$pattern" ] || continue
	grep -xE "$pattern" "$w/missing" >>"$w/reasoned" || {
		echo "$pattern: leaves nothing out"
		exit 1
	}
	[ -n "$reason" ]
done || bad=1
sort "$w/reasoned" | comm -23 "$w/missing" - >"$w/forgotten"
while read -r name; do
	echo "$name is not in hyper.hpp"
	bad=1
done <"$w/forgotten"
echo "$(wc -l <"$w/exported") functions," \
	"$(wc -l <"$w/reasoned") left out for a reason"
exit $bad
