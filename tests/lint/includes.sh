#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Who may include whom. A room (a folder) may include what its row names, its
# own headers, and the system's. The longest room that fits a file counts.
set -eu
cd "$(dirname "$0")/../.."
set -f # the patterns below are for `case`, not for file names

rows='
libhyper/include          hyper/*
libhyper/src/util         util/*
libhyper/src/core         core/* util/* hyper/*
libhyper/src/json         json/* core/* util/* hyper/* json-c/*
libhyper/src/store        store/* core/* json/json.h util/* hyper/* sqlite3.h sha2.h
libhyper/src/conn         conn/* core/* util/* hyper/*
libhyper/src/api          api/* conn/* core/* json/json.h rest/rest.h util/* hyper/*
libhyper/src/local        local/* conn/* core/* store/* json/* util/* hyper/* ini.h dlfcn.h
libhyper/src/remote       remote/* conn/* core/* json/json.h rest/route.h rest/rest.h util/* hyper/* curl/* gnutls/*
libhyper/src/rest         rest/* core/* json/json.h json/openapi.h util/* hyper/*
libhyper/drivers/test     hyper/driver.h hyper/version.h util/*
libhyper/drivers/docker   hyper/driver.h hyper/version.h util/* curl/* json-c/*
libhyper/drivers/libvirt  hyper/driver.h hyper/version.h util/* libvirt/* libxml/* dlfcn.h
hyperd                    hyper/* ulfius.h microhttpd.h gnutls/* ini.h systemd/*
hyperctl                  hyper/hyper.h hyper/rest.h libsmartcols/* histedit.h
bindings                  hyper/hyper.h
examples                  hyper/hyper.h
libhyper/man/examples     hyper/hyper.h hyper/driver.h hyper/rest.h
examples/driver           hyper/driver.h
'
# What is not the system's: only rows that name it may use it.
theirs='hyper/* json-c/* json.h jansson.h sqlite3.h curl/* gnutls/* ini.h
	dlfcn.h ulfius.h orcania.h yder.h microhttpd.h systemd/* libvirt/* libxml/*
	libsmartcols/* histedit.h editline/* readline/*'

# matches TEXT PATTERN...
matches() {
	text=$1
	shift
	for pattern; do
		# shellcheck disable=SC2254 # it is a pattern
		case $text in $pattern) return 0 ;; esac
	done
	return 1
}

# allowed FILE HEADER QUOTED
allowed() {
	best=
	row=
	while read -r room patterns; do
		case $1 in
		"$room"/*)
			[ ${#room} -le ${#best} ] || { best=$room; row=$patterns; }
			;;
		esac
	done <<-E
	$rows
	E
	[ -n "$best" ] || return 0 # tests
	# shellcheck disable=SC2086 # words are meant
	if [ "$3" = '"' ]; then
		matches "$2" $row || [ -f "$best/$2" ] || [ -f "${1%/*}/$2" ]
	else
		matches "$2" $row || ! matches "$2" $theirs
	fi
}

bad=0
n=0
list=$(find libhyper hyperd hyperctl bindings examples -name '*.[ch]' \
	-exec grep -H -E '^[[:space:]]*#[[:space:]]*include' {} + |
	sed -E 's/^([^:]*):[^<"]*([<"])([^>"]*).*/\1 \2 \3/')
while read -r file quote header; do
	n=$((n + 1))
	if ! allowed "$file" "$header" "$quote"; then
		echo "$file may not include $header"
		bad=1
	fi
done <<E
$list
E
echo "$n includes"
exit $bad
