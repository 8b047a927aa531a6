/* SPDX-License-Identifier: MIT */
/* Copying and converting large files, with progress and an end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/fs.h>

#include "lv.h"
#include "util/proc.h"

/* A call looks up after so many bytes: well below a second. */
#define STEP (8u << 20)

/* The older way, where the file systems differ or know no other. */
static ssize_t read_write(int from, int to, off_t offset, size_t want)
{
	char block[65536];
	ssize_t n, done = 0, w;

	if (want > sizeof(block))
		want = sizeof(block);
	n = pread(from, block, want, offset);
	if (n <= 0)
		return n;
	for (; done < n; done += w) {
		w = pwrite(to, block + done, (size_t)(n - done), offset + done);
		if (w < 0 && errno == EINTR)
			w = 0;
		else if (w < 0)
			return -1;
	}
	return n;
}

static ssize_t copy_some(int from, int to, off_t offset, size_t want,
			 bool *in_kernel)
{
	off64_t in = offset, out = offset;
	ssize_t n;

	if (*in_kernel) {
		n = copy_file_range(from, &in, to, &out, want, 0);
		if (n > 0)
			return n;
		*in_kernel = false;
	}
	return read_write(from, to, offset, want);
}

/* Where the next data are; the size when there are no more, or when the file
 * system cannot tell: all of it is data. */
static off_t next_data(int fd, off_t offset, off_t size, off_t *ret_end)
{
	off_t data = lseek(fd, offset, SEEK_DATA);

	*ret_end = size;
	if (data < 0)
		return errno == ENXIO ? size : offset;
	*ret_end = lseek(fd, data, SEEK_HOLE);
	if (*ret_end < 0)
		*ret_end = size;
	return data;
}

static int copy_data(hyper_call *call, const char *step, int from, int to,
		     const char *path, off_t size, hyper_error **err)
{
	off_t offset = 0, end;
	bool in_kernel = true;

	while ((offset = next_data(from, offset, size, &end)) < size) {
		while (offset < end) {
			size_t want = (size_t)(end - offset);
			ssize_t n;
			int r = hyper_call_check(call, err);

			if (r)
				return r;
			n = copy_some(from, to, offset,
				      want > STEP ? STEP : want, &in_kernel);
			if (n < 0)
				return hyp_lv_errno(err, "%s to %s", step,
						    path);
			if (n == 0) /* somebody makes it shorter */
				return hyper_error_set(
					err, HYPER_ERR_IO, NULL,
					"%s: the file changes meanwhile", step);
			offset += n;
			hyper_call_progress(call, (uint64_t)offset,
					    (uint64_t)size, step);
		}
	}
	return 0;
}

int hyp_lv_copy(hyper_call *call, const char *step, int from, int to,
		const char *path, hyper_error **err)
{
	struct stat st;
	int r;

	if (fstat(from, &st) < 0)
		return hyp_lv_errno(err, "%s", step);
	/* File systems that share blocks are done at once. */
	if (ioctl(to, FICLONE, from) < 0) {
		if (ftruncate(to, st.st_size) < 0)
			return hyp_lv_errno(err, "%s to %s", step, path);
		r = copy_data(call, step, from, to, path, st.st_size, err);
		if (r)
			return r;
	}
	return fsync(to) < 0 ? hyp_lv_errno(err, "%s to %s", step, path) : 0;
}

struct watch {
	hyper_call *call;
	const char *grows;
	uint64_t total;
	const char *step;
};

static bool keep_going(void *data)
{
	const struct watch *watch = data;
	struct stat st;

	if (watch->grows && stat(watch->grows, &st) == 0)
		hyper_call_progress(watch->call, (uint64_t)st.st_blocks * 512,
				    watch->total, watch->step);
	return !hyper_call_cancelled(watch->call) &&
	       hyper_call_remaining(watch->call) > 0;
}

int hyp_lv_qemu_img(hyper_call *call, const char *const *argv, int pass,
		    const char *grows, uint64_t total, const char *step,
		    hyper_error **err)
{
	struct watch watch = { call, grows, total, step };
	HYP_AUTOFREE char *output = NULL;
	int r;

	hyper_call_progress(call, 0, total, step);
	r = hyp_run(argv, pass, keep_going, &watch, &output);
	if (r == 0)
		return 0;
	if (r < 0) {
		int saved = errno;

		r = hyper_call_check(call, err);
		if (r)
			return r;
		errno = saved;
		if (saved == ENOENT)
			return hyper_error_set(err, HYPER_ERR_DRIVER, NULL,
					       "%s: %s is not installed", step,
					       argv[0]);
		return hyp_lv_errno(err, "%s: cannot run %s", step, argv[0]);
	}
	for (char *p = output; p && *p; p++)
		if (*p == '\n')
			*p = p[1] ? ' ' : '\0';
	return hyper_error_set(err, HYPER_ERR_DRIVER, NULL, "%s: %s", step,
			       output ? output : "qemu-img failed");
}
