/* SPDX-License-Identifier: MIT */
/*
 * The header of a qcow2 file (qemu, docs/interop/qcow2.txt). An image that
 * refers to another file would let its maker read any file of the host.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "lv.h"

#define MAGIC		    0x514649fbu /* "QFI", 0xfb */
#define FEATURE_DATA_FILE   (1u << 2)
#define OFFSET_VERSION	    4
#define OFFSET_BACKING	    8
#define OFFSET_INCOMPATIBLE 72
#define HEADER_SIZE	    80

static uint64_t get64(const unsigned char *header, size_t offset)
{
	uint64_t value;

	memcpy(&value, header + offset, sizeof(value));
	return be64toh(value);
}

static uint32_t get32(const unsigned char *header, size_t offset)
{
	uint32_t value;

	memcpy(&value, header + offset, sizeof(value));
	return be32toh(value);
}

int hyp_lv_qcow2_check(int fd, const char *path, hyper_error **err)
{
	unsigned char header[HEADER_SIZE] = { 0 };
	const char *other = NULL;

	if (pread(fd, header, sizeof(header), 0) < 0)
		return hyp_lv_errno(err, "cannot read %s", path);
	if (get32(header, 0) != MAGIC)
		return 0;
	if (get64(header, OFFSET_BACKING))
		other = "backing file";
	else if (get32(header, OFFSET_VERSION) >= 3 &&
		 get64(header, OFFSET_INCOMPATIBLE) & FEATURE_DATA_FILE)
		other = "data file";
	if (!other)
		return 1;
	return hyper_error_set(
		err, HYPER_ERR_INVALID, "image",
		"%s refers to a %s, but an image must stand "
		"alone: make it so with qemu-img convert -O qcow2",
		path, other);
}
