/* SPDX-License-Identifier: MIT */
/* Files. Everything is opened O_CLOEXEC. -1 means: see errno. */
#ifndef HYP_UTIL_FS_H
#define HYP_UTIL_FS_H

#include <stddef.h>
#include <sys/types.h>

/* [new] "a/b"; NULL when out of memory. */
char *hyp_path_join(const char *dir, const char *name);
/* Make a directory and its parents; one that is there is fine. */
int hyp_mkdir_p(const char *path, mode_t mode);
/* [new] a whole file of at most max bytes (EFBIG), NUL-terminated. NULL: see
 * errno. */
char *hyp_read_file(const char *path, size_t max, size_t *ret_len);
/* Replace a file at once: temporary, fsync, rename, fsync of the directory. */
int hyp_write_file(const char *path, const void *data, size_t len,
		   mode_t mode);
/* The same for one that is not there yet, else EEXIST. */
int hyp_create_file(const char *path, const void *data, size_t len,
		    mode_t mode);

#endif
