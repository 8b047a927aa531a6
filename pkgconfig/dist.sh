#!/bin/bash
# SPDX-License-Identifier: MIT
#
# dist.sh DIRECTORY: makes DIRECTORY/hyper-VERSION.tar.gz, the source archive,
# and prints its name. The same sources give the same bytes, whoever makes it
# and wherever: from a git checkout, where it takes the files that git knows, or
# from what such an archive was unpacked to.
set -euo pipefail
export LC_ALL=C
out=$(realpath "$1")
cd "$(dirname "$0")/.."
header=libhyper/include/hyper/version.h
name=hyper-$(sed -n 's/.*HYPER_VERSION_STRING "\(.*\)"/\1/p' $header)

git_here() { git -c safe.directory='*' "$@"; }
if [ -e .git ]; then
	files() { git_here ls-files -z; }
	epoch=$(git_here log -1 --format=%ct)
else
	# All but what is made in it: by cmake, packages, Python and Node
	files() {
		find . \( -path './build*' -o -path './obj-*' -o -path ./debian \
			-o -name .pc -o -name .pybuild -o -name __pycache__ \
			-o -name node_modules -o -path ./bindings/node/build \
			\) -prune -o -type f -printf '%P\0'
	}
	epoch=$(stat -c %Y $header) # all files of an archive have its time
fi
files | sort -z | tar --create --format=ustar --no-recursion --null \
	--verbatim-files-from --files-from=- --transform="s,^,$name/," \
	--owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
	--mtime="@${SOURCE_DATE_EPOCH:-$epoch}" | gzip -9n >"$out/$name.tar.gz.new"
mv "$out/$name.tar.gz.new" "$out/$name.tar.gz"
echo "$out/$name.tar.gz"
