/* SPDX-License-Identifier: MIT */
/* The token with which all begins: made once, kept in a file, an admin's. */
#include "hyperd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN_BYTES 32
#define TOKEN_MIN   16
#define TOKEN_MAX   512

static char *failed(const char *path, const char *what)
{
	hyper_log(HYPER_LOG_ERROR, "token file %s: %s", path, what);
	return NULL;
}

/* RFC 6750 §2.1: b64token. */
static bool valid(const char *token)
{
	size_t len = strlen(token);

	return len >= TOKEN_MIN && len <= TOKEN_MAX &&
	       strspn(token, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789-._~+/=") == len;
}

static char *read_token(const char *path, int fd)
{
	char text[TOKEN_MAX + 2];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return failed(path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return failed(path, "not a regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return failed(path, "belongs to somebody else");
	if (st.st_mode & (S_IRWXO | S_IWGRP))
		return failed(path, "others may read or change it: chmod 600");
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return failed(path, strerror(errno));
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (!valid(text))
		return failed(path, "must hold one line of 16 to 512 letters, "
				    "digits and -._~+/=; remove it to have a "
				    "new one made");
	return strdup(text);
}

/* A whole file appears at once, or none: of two makers, one wins. */
static int make_token(const char *path)
{
	unsigned char bytes[TOKEN_BYTES];
	char text[2 * TOKEN_BYTES + 2];
	char *temporary = NULL;
	int fd = -1, rc = -1, saved;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[2 * TOKEN_BYTES] = '\n';
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -1;
	fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		goto out;
	if (write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1 &&
	    fsync(fd) == 0 && (link(temporary, path) == 0 || errno == EEXIST))
		rc = 0;
	saved = errno;
	close(fd);
	unlink(temporary);
	errno = saved;
out:
	free(temporary);
	return rc;
}

char *token_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *token;

	if (fd < 0 && errno == ENOENT) {
		if (make_token(path) != 0)
			return failed(path, strerror(errno));
		hyper_log(HYPER_LOG_INFO, "token file %s: made", path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return failed(path, strerror(errno));
	token = read_token(path, fd);
	close(fd);
	return token;
}

bool token_matches(const char *token, const char *shown)
{
	size_t len = strlen(token);
	volatile unsigned char differ = 0;

	/* The time it takes tells the length at most, which is no secret. */
	if (strlen(shown) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(token[i] ^ shown[i]);
	return differ == 0;
}
