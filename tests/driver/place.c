/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(const char *what)
{
	fprintf(stderr, "hyper-driver-check: %s: %s\n", what, strerror(errno));
	return false;
}

/* "drv_TYPE.so" */
static bool read_type(struct place *place, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int end = 0;

	if (sscanf(name, "drv_%63[a-z0-9].so%n", place->type, &end) == 1 &&
	    end > 0 && !name[end])
		return true;
	fprintf(stderr, "hyper-driver-check: %s is not named drv_TYPE.so\n",
		path);
	return false;
}

static bool copy(const char *from, const char *to)
{
	char data[4096];
	FILE *in = fopen(from, "re"), *out = in ? fopen(to, "wxe") : NULL;
	size_t n;
	bool good = in && out;

	while (good && (n = fread(data, 1, sizeof(data), in)) > 0)
		good = fwrite(data, 1, n, out) == n;
	good = good && !ferror(in);
	if (in)
		fclose(in);
	if (out)
		good = fclose(out) == 0 && good;
	return good || failed(from);
}

bool place_make(struct place *place, const char *driver, const char *config)
{
	const char *top = getenv("TMPDIR");
	char path[PATH_MAX], real[PATH_MAX];
	int n;

	if (!realpath(driver, real))
		return failed(driver);
	if (!read_type(place, real))
		return false;
	/* Short: engines have sockets below it. Others must get through. */
	n = snprintf(place->dir, sizeof(place->dir), "%s/hdcXXXXXX",
		     top ? top : "/tmp");
	if (n < 0 || (size_t)n >= sizeof(place->dir) || !mkdtemp(place->dir)) {
		place->dir[0] = '\0';
		return failed("a temporary directory");
	}
	if (chmod(place->dir, 0711) < 0)
		return failed(place->dir);
	snprintf(path, sizeof(path), "%s/drivers", place->dir);
	if (mkdir(path, 0755) < 0 || setenv("HYPER_DRIVER_DIR", path, 1) < 0)
		return failed(path);
	snprintf(path, sizeof(path), "%s/drivers/drv_%s.so", place->dir,
		 place->type);
	if (symlink(real, path) < 0)
		return failed(path);
	snprintf(place->state, sizeof(place->state), "%s/state", place->dir);
	if (mkdir(place->state, 0711) < 0)
		return failed(place->state);
	snprintf(path, sizeof(path), "%s/state/drivers.conf", place->dir);
	return !config || copy(config, path);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void place_remove(struct place *place)
{
	if (place->dir[0] &&
	    nftw(place->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT))
		failed(place->dir);
}
