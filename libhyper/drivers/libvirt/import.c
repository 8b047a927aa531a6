/* SPDX-License-Identifier: MIT */
/* Copying an image in, from qcow2 or raw. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "lv.h"
#include "util/fs.h"
#include "util/time.h"

#define TEMPORARY ".import" /* the end of its name */

/* What would be taken for raw, and give a disk of rubbish. */
static const struct {
	const char *name;
	size_t offset;
	const char *magic;
} others[] = {
	{ "VMDK", 0, "KDMV" },
	{ "VMDK", 0, "# Disk DescriptorFile" },
	{ "VHDX", 0, "vhdxfile" },
	{ "VHD", 0, "conectix" },
	{ "VDI", 0x40, "\x7f\x10\xda\xbe" },
	{ "xz", 0,
	  "\xfd"
	  "7zXZ" },
	{ "gzip", 0, "\x1f\x8b" },
	{ "zstd", 0, "\x28\xb5\x2f\xfd" },
};

static int check_raw(int fd, const char *path, hyper_error **err)
{
	char head[512] = { 0 };

	if (pread(fd, head, sizeof(head), 0) < 0)
		return hyp_lv_errno(err, "cannot read %s", path);
	for (size_t i = 0; i < HYP_COUNT(others); i++)
		if (memcmp(head + others[i].offset, others[i].magic,
			   strlen(others[i].magic)) == 0)
			return hyper_error_set(err, HYPER_ERR_INVALID, "path",
					       "%s is %s, not qcow2 or raw",
					       path, others[i].name);
	return 0;
}

/* Is it an image? 1: qcow2, 0: raw, or a negative code. */
static int check_source(int from, const char *path, uint64_t *ret_bytes,
			hyper_error **err)
{
	struct stat st;
	int r = hyp_lv_qcow2_check(from, path, err);

	if (r)
		return r;
	r = check_raw(from, path, err);
	if (r)
		return r;
	if (fstat(from, &st) < 0)
		return hyp_lv_errno(err, "cannot read %s", path);
	*ret_bytes = (uint64_t)st.st_blocks * 512;
	/* A raw image has no mark of its own, but whole sectors. */
	if (st.st_size > 0 && st.st_size % 512 == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "path",
			       "%s is no disk image: neither qcow2, nor raw in "
			       "sectors of 512 bytes",
			       path);
}

static int fill(hyper_call *call, int from, const char *path, int to,
		const char *temporary, hyper_error **err)
{
	const char *argv[] = { "qemu-img", "convert", "-f",	 "raw", "-O",
			       "qcow2",	   path,      temporary, NULL };
	uint64_t bytes;
	int r = check_source(from, path, &bytes, err);

	if (r < 0)
		return r;
	if (r == 1)
		return hyp_lv_copy(call, "copying the image", from, to,
				   temporary, err);
	r = hyp_lv_qemu_img(call, argv, -1, temporary, bytes,
			    "converting the image", err);
	if (!r && fsync(to) < 0)
		r = hyp_lv_errno(err, "cannot write %s", temporary);
	return r;
}

static int exists(const char *name, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_EXISTS, "name",
			       "there is an image \"%s\" already", name);
}

static int open_source(const char *path, int *ret_fd, hyper_error **err)
{
	HYP_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return hyp_lv_errno(err, "cannot open %s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return hyper_error_set(err, HYPER_ERR_INVALID, "path",
				       "%s is not a regular file", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* Is this still the file of that name? */
static bool is_named(const struct stat *st, const char *path)
{
	struct stat named;

	return lstat(path, &named) == 0 && named.st_dev == st->st_dev &&
	       named.st_ino == st->st_ino;
}

/* Whoever tidies up has it for a moment. */
static bool get_lock(int fd)
{
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (tries == 10)
			return false;
		hyp_sleep_ms(10);
	}
	return true;
}

/* The temporary name is always the same; the lock tells one that a crash left
 * from one that is being written. Only an empty one is used: what is in it may
 * be an image by now, by its other name, or a converter may still write to it
 * that outlived its parent. */
static int open_temporary(const char *temporary, const char *name, int *ret_fd,
			  hyper_error **err)
{
	for (;;) {
		HYP_AUTOCLOSE int fd =
			open(temporary,
			     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		struct stat st;
		bool named;

		if (fd < 0)
			return hyp_lv_errno(err, "cannot make %s", temporary);
		if (!get_lock(fd))
			return hyper_error_set(err, HYPER_ERR_BUSY, "name",
					       "image \"%s\" is being imported "
					       "by somebody else",
					       name);
		if (fstat(fd, &st) < 0)
			return hyp_lv_errno(err, "cannot read %s", temporary);
		named = is_named(&st, temporary);
		if (named && st.st_nlink == 1 && st.st_size == 0) {
			*ret_fd = fd;
			fd = -1;
			return 0;
		}
		if (named && unlink(temporary) < 0)
			return hyp_lv_errno(err, "cannot delete %s", temporary);
	}
}

void hyp_lv_import_tidy(int dir, const char *file)
{
	size_t len = strlen(file), tail = strlen(TEMPORARY);
	HYP_AUTOCLOSE int fd = -1;
	struct stat st, named;

	if (*file != '.' || len <= tail ||
	    strcmp(file + len - tail, TEMPORARY) != 0)
		return;
	fd = openat(dir, file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	if (fstatat(dir, file, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    named.st_dev == st.st_dev && named.st_ino == st.st_ino)
		unlinkat(dir, file, 0);
}

int hyp_lv_image_import(void *self, hyper_call *call, const char *name,
			const char *path, hyper_error **err)
{
	struct hyp_lv *lv = self;
	HYP_AUTOFREE char *file = NULL, *temporary = NULL;
	HYP_AUTOCLOSE int from = -1;
	HYP_AUTOCLOSE int to = -1;
	int r;

	r = hyp_lv_image_path(lv, name, &file, err);
	if (!r)
		r = open_source(path, &from, err);
	if (r)
		return r;
	if (asprintf(&temporary, "%s/.%s" TEMPORARY, lv->images, name) < 0) {
		temporary = NULL;
		return hyp_lv_nomem(err);
	}
	if (hyp_mkdir_p(lv->images, 0755) < 0)
		return hyp_lv_errno(err, "cannot make %s", lv->images);
	if (access(file, F_OK) == 0)
		return exists(name, err);
	r = open_temporary(temporary, name, &to, err);
	if (r)
		return r;
	r = fill(call, from, path, to, temporary, err);
	if (!r && link(temporary, file) < 0)
		r = errno == EEXIST ? exists(name, err)
				    : hyp_lv_errno(err, "cannot make %s", file);
	unlink(temporary);
	return r;
}

int hyp_lv_plan_import(struct hyp_lv *lv, hyper_call *call, const char *name,
		       const char *path, hyper_error **err)
{
	HYP_AUTOFREE char *file = NULL;
	HYP_AUTOCLOSE int from = -1;
	uint64_t bytes;
	int r = hyp_lv_image_path(lv, name, &file, err);

	if (!r)
		r = open_source(path, &from, err);
	if (!r && access(file, F_OK) == 0)
		r = exists(name, err);
	if (!r)
		r = check_source(from, path, &bytes, err);
	if (r < 0)
		return r;
	return hyper_call_plan(call, err, "%s %s to %s", r ? "copy" : "convert",
			       path, file);
}
