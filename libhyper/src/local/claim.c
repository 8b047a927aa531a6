/* SPDX-License-Identifier: MIT */
#include "local/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "util/text.h"

struct hyp_claim {
	struct hyp_claim *next;
	char *path;
	int fd;
	int refs;
};

/* Locks of flock(2) belong to an open file, not to a process; this list makes
 * them belong to the process. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hyp_claim *claims;

static int64_t read_pid(int fd)
{
	char text[32] = "";
	uint64_t pid;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0 ||
	    hyp_parse_uint(text, INT32_MAX, &pid))
		return 0;
	return (int64_t)pid;
}

static int take_new(const char *path, struct hyp_claim **ret_claim,
		    int64_t *ret_pid, hyper_error **err)
{
	HYP_AUTOCLOSE int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct hyp_claim *claim;

	if (fd < 0)
		return hyp_errno(err, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return hyp_errno(err, "cannot lock %s", path);
		*ret_pid = read_pid(fd);
		return HYPER_ERR_BUSY;
	}
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d", (int)getpid()) < 0)
		return hyp_errno(err, "cannot write %s", path);
	claim = calloc(1, sizeof(*claim));
	if (claim)
		claim->path = strdup(path);
	if (!claim || !claim->path) {
		free(claim);
		return hyp_nomem(err);
	}
	claim->fd = fd;
	fd = -1;
	claim->next = claims;
	claims = claim;
	*ret_claim = claim;
	return 0;
}

int hyp_claim_take(const char *path, struct hyp_claim **ret_claim,
		   int64_t *ret_pid, hyper_error **err)
{
	struct hyp_claim *claim;
	int rc = 0;

	pthread_mutex_lock(&lock);
	for (claim = claims; claim; claim = claim->next)
		if (strcmp(claim->path, path) == 0)
			break;
	if (!claim)
		rc = take_new(path, &claim, ret_pid, err);
	if (rc == 0) {
		claim->refs++;
		*ret_claim = claim;
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

void hyp_claim_touch(const struct hyp_claim *claim)
{
	futimens(claim->fd, NULL);
}

int64_t hyp_claim_touched(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0
			       : (int64_t)st.st_mtim.tv_sec * 1000 +
					 st.st_mtim.tv_nsec / 1000000;
}

void hyp_claim_release(struct hyp_claim *claim)
{
	struct hyp_claim **link = &claims;

	if (!claim)
		return;
	pthread_mutex_lock(&lock);
	if (--claim->refs == 0) {
		while (*link != claim)
			link = &(*link)->next;
		*link = claim->next;
		close(claim->fd);
		free(claim->path);
		free(claim);
	}
	pthread_mutex_unlock(&lock);
}
