/* SPDX-License-Identifier: MIT */
#include "util/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/mem.h"

char *hyp_path_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);
	const char *slash = len && dir[len - 1] == '/' ? "" : "/";
	char *path;

	return asprintf(&path, "%s%s%s", dir, slash, name) < 0 ? NULL : path;
}

int hyp_mkdir_p(const char *path, mode_t mode)
{
	HYP_AUTOFREE char *copy = strdup(path);
	struct stat st;
	char *slash;

	if (!copy)
		return -1;
	for (slash = copy + (*copy == '/'); (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	if (mkdir(copy, mode) == 0)
		return 0;
	if (errno != EEXIST || stat(copy, &st) < 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

/* Files of /proc have no size: read until there is no more. */
char *hyp_read_file(const char *path, size_t max, size_t *ret_len)
{
	HYP_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	HYP_AUTOFREE char *data = NULL;
	size_t len = 0, cap = 0;

	if (fd < 0)
		return NULL;
	for (;;) {
		ssize_t n;

		if (len + 1 >= cap) {
			char *more = realloc(data, cap = cap ? cap * 2 : 4096);

			if (!more)
				return NULL;
			data = more;
		}
		n = read(fd, data + len, cap - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max) {
			errno = EFBIG;
			return NULL;
		}
	}
	data[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return hyp_steal(&data);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int sync_parent(const char *path)
{
	HYP_AUTOFREE char *dir = strdup(path);
	HYP_AUTOCLOSE int fd = -1;
	char *slash;

	if (!dir)
		return -1;
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fsync(fd);
}

/* place() gives the whole file its name. */
static int write_whole(const char *path, const void *data, size_t len,
		       mode_t mode, int (*place)(const char *, const char *))
{
	HYP_AUTOFREE char *temporary = NULL;
	HYP_AUTOCLOSE int fd = -1;
	int rc, saved;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		return -1;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = write_all(fd, data, len) == 0 && fchmod(fd, mode) == 0 &&
			     fsync(fd) == 0 && place(temporary, path) == 0
		     ? 0
		     : -1;
	saved = errno;
	unlink(temporary); /* after rename() it is not there */
	errno = saved;
	return rc ? rc : sync_parent(path);
}

int hyp_write_file(const char *path, const void *data, size_t len, mode_t mode)
{
	return write_whole(path, data, len, mode, rename);
}

int hyp_create_file(const char *path, const void *data, size_t len, mode_t mode)
{
	return write_whole(path, data, len, mode, link);
}
