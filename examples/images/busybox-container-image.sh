#!/bin/sh
# SPDX-License-Identifier: MIT
#
# busybox-container-image.sh [NAME[:TAG]]     imports into the engine
# busybox-container-image.sh --tar OUT.tar    writes the root file system only
#
# Makes a container image of about 2 MB from Debian's busybox-static, for hosts
# without a registry. The default name is busybox:latest, the default command
# "/bin/sleep 100000". Speaks the Docker Engine API with curl, so it needs no
# docker command and serves Podman's compatible socket as well.
#
# DOCKER_HOST        unix:///PATH (default unix:///var/run/docker.sock) or
#                    tcp://HOST:PORT
# DOCKER_TLS_VERIFY  not empty: TLS, with ca.pem, cert.pem and key.pem from
#                    DOCKER_CERT_PATH (default ~/.docker)
set -eu

die() { echo "$0: $*" >&2; exit 1; }
usage() { echo "usage: $0 [NAME[:TAG]] | --tar OUT.tar" >&2; exit 2; }

out=
name=busybox:latest
case ${1:-} in
--tar) [ $# -eq 2 ] || usage; out=$2 ;;
-*) usage ;;
*) [ $# -le 1 ] || usage; name=${1:-$name} ;;
esac

busybox=$(command -v busybox) || die "no busybox (package busybox-static)"
# A dynamic one (package busybox) would find no libc in the image.
! ldd "$busybox" >/dev/null 2>&1 ||
	die "$busybox is not static (package busybox-static)"

w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
trap 'exit 1' HUP INT TERM

r=$w/root
mkdir -p "$r/bin" "$r/etc" "$r/proc" "$r/sys" "$r/dev" "$r/root" "$r/tmp"
chmod 1777 "$r/tmp"
cp "$busybox" "$r/bin/busybox"
chmod 755 "$r/bin/busybox"
for applet in $("$busybox" --list); do
	[ "$applet" = busybox ] || ln -s busybox "$r/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$r/etc/passwd"
echo 'root:x:0:' >"$r/etc/group"
# The same input always gives the same tar, hence the same image id.
tar -C "$r" --owner=0 --group=0 --numeric-owner --sort=name --mtime=@0 \
	-cf "$w/root.tar" .

if [ -n "$out" ]; then
	cp "$w/root.tar" "$out.$$" && mv "$out.$$" "$out"
	exit
fi

# NAME:TAG, where a port in the registry's name is not a tag
case ${name##*/} in
*:*) repo=${name%:*} tag=${name##*:} ;;
*) repo=$name tag=latest ;;
esac

set -- --noproxy '*' --silent --show-error
host=${DOCKER_HOST:-unix:///var/run/docker.sock}
scheme=http
if [ -n "${DOCKER_TLS_VERIFY:-}" ]; then
	certs=${DOCKER_CERT_PATH:-$HOME/.docker}
	scheme=https
	set -- "$@" --cacert "$certs/ca.pem" --cert "$certs/cert.pem" \
		--key "$certs/key.pem"
fi
case $host in
unix://*) set -- "$@" --unix-socket "${host#unix://}"; url=http://localhost ;;
tcp://*) url=$scheme://${host#tcp://} ;;
*) die "DOCKER_HOST=$host is neither unix:// nor tcp://" ;;
esac

# CMD ["/bin/sleep","100000"], as a part of an URL
cmd='CMD%20%5B%22%2Fbin%2Fsleep%22%2C%22100000%22%5D'
status=$(curl "$@" --request POST --header 'Content-Type: application/x-tar' \
	--upload-file "$w/root.tar" --output "$w/reply" --write-out '%{http_code}' \
	"$url/images/create?fromSrc=-&repo=$repo&tag=$tag&changes=$cmd") ||
	die "cannot reach $host"
# The engine may also find an error after it has sent status 200.
if [ "$status" != 200 ] || grep -q '"error"' "$w/reply"; then
	cat "$w/reply" >&2
	die "$host: import failed (status $status)"
fi
echo "$repo:$tag"
