#!/bin/bash
# SPDX-License-Identifier: MIT
#
# deb.sh DIRECTORY [OPTION...]: makes the source archive in DIRECTORY and builds
# the Debian packages of it there, source and binary. The options are for
# dpkg-buildpackage.
set -euo pipefail
umask 022 # modes are part of a package
top=$(realpath "$1")
shift
archive=$(bash "$(dirname "$0")/dist.sh" "$top")
name=$(basename "$archive" .tar.gz)
version=${name#hyper-}
mv "$archive" "$top/hyper_$version.orig.tar.gz"
rm -rf "${top:?}/$name"
tar -xf "$top/hyper_$version.orig.tar.gz" -C "$top"
cd "$top/$name"
cp -r pkgconfig/debian .
# Its date is the archive's, so that the same sources make the same packages.
# Revision 0: Debian's own packages, if there are any, take precedence.
cat >debian/changelog <<-E
	hyper ($version-0hyper1) unstable; urgency=medium

	  * hyper $version; changelog.gz beside this file tells what is new.

	 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date -uR \
		-r libhyper/include/hyper/version.h)
E
dpkg-buildpackage --unsigned-source --unsigned-changes "$@"
