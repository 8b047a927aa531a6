# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
# A file system that goes read-only, as ext4 does when it finds an error; one
# that fails altogether; and a state directory that somebody deletes.

error_in() { # NAME
	local device
	device=$(findmnt -no SOURCE "$W/$1/state")
	echo 1 >"/sys/fs/ext4/${device##*/}/trigger_fs_error"
	not touch "$W/$1/state/x"
}
# EXT4_IOC_SHUTDOWN: from now on every access is an I/O error
shut_down() { # NAME
	python3 -c 'import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(fd, 0x8004587D, struct.pack("I", 2))' "$W/$1/state"
	not cat "$W/$1/state/hyper.db"
}
# again NAME: mounted anew, with a hyperd
again() {
	umount "$W/$1/state" && mount -o loop "$W/$1.ext4" "$W/$1/state" &&
		start_hyperd "$1" && served=$pid
}

if loop broken 8m 2>"$W/loop.err"; then
	on="read-only"
	served broken
	check "$on: ext4 goes read-only under a hyperd" error_in broken
	refuses 5 403 denied 'hyper\.db: .*(Read-only file system|a readonly database)'
	end_hyperd "$served"
	ok_if "$on: it stops in order" "$rc" = 0
	HYPER_URI=$W/broken/state
	shows "hyperctl still lists" 'two .* running .*' list
	fails "and changes nothing" 5 'a readonly database' stop two
	check "$on: mounted anew" again broken
	HYPER_URI=unix:$(sock broken)
	prints "it works again" one start one
	prints "and again" one stop one
	whole broken

	on="I/O errors"
	ctl start two
	check "$on: the file system fails under a hyperd" shut_down broken
	fails "a change says so" 1 \
		'hyper.db: (disk I/O error|database disk image is malformed)' start one
	on=broken
	problem "I/O errors: over HTTP too" 500 io - \
		PUT /hyper/machines/one '{"state":"running"}'
	on="I/O errors"
	check "$on: hyperd goes on" not gone "$served"
	end_hyperd "$served"
	ok_if "$on: it stops in order" "$rc" = 0
	check "$on: mounted anew" again broken
	shows "all that was acknowledged is there" 'two .* running .*' list
	prints "it works again" one start one
	whole broken
	end_hyperd "$served"
	umount "$W/broken/state"
else
	skip "broken: no loop device"
fi

on=deleted
served deleted
rm -rf "$W/deleted/state"
gone_text='hyper\.db was removed or replaced while it was open'
fails "a change says so" 1 "$gone_text" add demo -t test -i new
fails "so does a list" 1 "$gone_text" list
on=deleted
problem "deleted: over HTTP too" 500 io - GET /hyper/machines
is "deleted: what is no machine goes on" 200 .version GET /hyper
HYPER_URI=$W/deleted/state
prints "a new state is made" fresh add demo -t test -i fresh
HYPER_URI=unix:$(sock deleted)
fails "which is not its own" 1 "$gone_text" list
end_hyperd "$served"
ok_if "$on: it stops in order" "$rc" = 0
HYPER_URI=$W/deleted/state
prints "and leaves the new one alone" fresh list -q
