/* SPDX-License-Identifier: MIT */
/*
 * The disk of a machine, <machines>/ID.qcow2.
 *
 * A second name, <machines>/.ID.UUID, says whose it is while no domain does:
 * the disk is made under that name, linked to its own when it is complete
 * (which never replaces a file), and loses the second name once the domain is
 * defined. Removal goes the same way back. So at each moment a crash leaves
 * something that says to whom it belongs, and nobody else's file is touched.
 *
 * Where the file system has extended attributes the uuid is also in one, so
 * that the disk of a domain that somebody undefined by hand is known as ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "lv.h"
#include "util/fs.h"
#include "util/text.h"

#define XATTR "user.hyper.uuid"

/* [new] the second name of a disk, or NULL. */
static char *second_name(const char *disk, const char *uuid)
{
	const char *base = strrchr(disk, '/') + 1;
	char *path;

	if (asprintf(&path, "%.*s.%s.%s", (int)(base - disk), disk, base,
		     uuid) < 0)
		return NULL;
	return path;
}

int hyp_lv_disk_path(const struct hyp_lv *lv, const hyper_machine *machine,
		     char **ret_path, hyper_error **err)
{
	if (asprintf(ret_path, "%s/%s.qcow2", lv->machines,
		     hyper_machine_id(machine)) >= 0)
		return 0;
	*ret_path = NULL;
	return hyp_lv_nomem(err);
}

static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return lstat(a, &sa) == 0 && lstat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static bool has_uuid(const char *disk, const char *uuid)
{
	char text[HYP_UUID_SIZE];
	ssize_t len = lgetxattr(disk, XATTR, text, sizeof(text));

	return len == (ssize_t)strlen(uuid) &&
	       memcmp(text, uuid, (size_t)len) == 0;
}

int hyp_lv_disk_delete(const char *disk, const char *uuid, hyper_error **err)
{
	HYP_AUTOFREE char *second = second_name(disk, uuid);

	if (!second)
		return hyp_lv_nomem(err);
	if ((same_file(disk, second) || has_uuid(disk, uuid)) &&
	    unlink(disk) < 0)
		return hyp_lv_errno(err, "cannot delete %s", disk);
	if (unlink(second) < 0 && errno != ENOENT)
		return hyp_lv_errno(err, "cannot delete %s", second);
	return 0;
}

void hyp_lv_disk_settle(const char *disk, const char *uuid)
{
	HYP_AUTOFREE char *second = second_name(disk, uuid);

	if (!second)
		return;
	/* A removal that was not finished may have left only that one. */
	if (link(second, disk) == 0 ||
	    (errno == EEXIST && same_file(disk, second)))
		unlink(second);
	else if (errno == EPERM) /* see below */
		rename(second, disk);
}

int hyp_lv_disk_unsettle(const char *disk, const char *uuid, hyper_error **err)
{
	HYP_AUTOFREE char *second = second_name(disk, uuid);

	if (!second)
		return hyp_lv_nomem(err);
	if (link(disk, second) == 0 || errno == EEXIST || errno == ENOENT)
		return 0;
	/* libvirtd gave the file to QEMU's user (see protected_hardlinks in
	 * proc(5)), but the directory is ours. */
	if (errno == EPERM && rename(disk, second) == 0)
		return 0;
	return hyp_lv_errno(err, "cannot mark %s", disk);
}

/* A qemu-img that outlives us makes no file again that was deleted meanwhile:
 * it gets the file, not its name. */
static int make_overlay(hyper_call *call, const char *base, int to,
			const char *path, hyper_error **err)
{
	const char *argv[] = {
		"qemu-img", "create", "-q", "-f", "qcow2",
		"-F",	    "qcow2",  "-b", base, "/proc/self/fd/3",
		NULL
	};
	int r = hyp_lv_qemu_img(call, argv, to, NULL, 0, "making the disk",
				err);

	if (!r && fsync(to) < 0)
		r = hyp_lv_errno(err, "cannot write %s", path);
	return r;
}

static int exists(const struct hyp_lv_mark *mark, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_EXISTS, "id",
			       "%s is there already and not a disk of machine "
			       "%s",
			       mark->disk, mark->id);
}

int hyp_lv_disk_check(const struct hyp_lv_mark *mark, hyper_error **err)
{
	HYP_AUTOFREE char *second = second_name(mark->disk, mark->uuid);
	struct stat st;

	if (!second)
		return hyp_lv_nomem(err);
	if (lstat(mark->disk, &st) < 0 || same_file(mark->disk, second) ||
	    has_uuid(mark->disk, mark->uuid))
		return 0;
	return exists(mark, err);
}

static int make_copy(hyper_call *call, const char *base, int to,
		     const char *path, hyper_error **err)
{
	HYP_AUTOCLOSE int from = open(base, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return hyp_lv_errno(err, "cannot open %s", base);
	return hyp_lv_copy(call, "copying the image", from, to, path, err);
}

int hyp_lv_disk_make(const struct hyp_lv *lv, hyper_call *call,
		     const struct hyp_lv_mark *mark, hyper_error **err)
{
	HYP_AUTOFREE char *second = second_name(mark->disk, mark->uuid);
	const char *base = mark->image.file;
	HYP_AUTOCLOSE int to = -1;
	int r;

	if (!second)
		return hyp_lv_nomem(err);
	if (hyp_mkdir_p(lv->machines, 0711) < 0)
		return hyp_lv_errno(err, "cannot make %s", lv->machines);
	/* What a crash left. */
	r = hyp_lv_disk_delete(mark->disk, mark->uuid, err);
	if (r)
		return r;
	to = open(second, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return hyp_lv_errno(err, "cannot make %s", second);
	r = mark->overlay ? make_overlay(call, base, to, second, err)
			  : make_copy(call, base, to, second, err);
	if (!r)
		setxattr(second, XATTR, mark->uuid, strlen(mark->uuid), 0);
	if (!r && link(second, mark->disk) < 0)
		r = errno == EEXIST
			    ? exists(mark, err)
			    : hyp_lv_errno(err, "cannot make %s", mark->disk);
	if (r)
		unlink(second);
	return r;
}
