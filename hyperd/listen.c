/* SPDX-License-Identifier: MIT */
/* Sockets to listen on, made here so that all kinds are the same to serve. */
#include "hyperd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define BACKLOG	      128
#define DEFAULT_GROUP "hyper"
#define GROUP_BUFFER  65536

static int failed(const char *what, const char *why)
{
	hyper_log(HYPER_LOG_ERROR, "cannot listen on %s: %s", what, why);
	return -1;
}

/* The parents of path. What is made here has mode 0755 whatever the umask:
 * the socket's own mode is what keeps people out. */
static int make_parents(const char *path)
{
	char *dir = strdup(path);
	int rc = dir ? 0 : -1;

	for (char *p = dir; rc == 0 && (p = strchr(p + 1, '/')) != NULL;) {
		*p = '\0';
		if (mkdir(dir, 0755) == 0)
			rc = chmod(dir, 0755);
		else if (errno != EEXIST)
			rc = -1;
		*p = '/';
	}
	free(dir);
	return rc;
}

/* Of all who would serve this path, the holder of the lock does: else two
 * could find the same dead socket and remove each other's new one. */
static int lock_path(const char *path)
{
	char *lock;
	int fd;

	if (asprintf(&lock, "%s.lock", path) < 0)
		return -1;
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(lock);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		fd = -1;
	}
	return fd;
}

/* Somebody without a lock may serve it too. */
static bool is_served(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served;

	if (fd < 0)
		return false;
	served = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ==
			 0 ||
		 errno == EAGAIN;
	close(fd);
	return served;
}

static int remove_stale(const struct sockaddr_un *addr)
{
	const char *path = addr->sun_path;
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : failed(path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return failed(path, "there is a file, and it is no socket");
	if (is_served(addr))
		return failed(path, "another program serves it");
	hyper_log(HYPER_LOG_INFO, "%s: replacing a dead server's socket", path);
	return unlink(path) == 0 ? 0 : failed(path, strerror(errno));
}

/* Give the socket to its group. The default group is only a wish: it need
 * not exist, and who is not root may not be in it. */
static int set_group(const struct config *config, const char *path)
{
	const char *name = config->text[SET_SOCKET_GROUP];
	struct group entry, *found = NULL;
	char *buffer = malloc(GROUP_BUFFER);
	int rc = buffer ? getgrnam_r(name ? name : DEFAULT_GROUP, &entry,
				     buffer, GROUP_BUFFER, &found)
			: ENOMEM;

	if (rc == 0 && !found)
		rc = ENOENT;
	if (rc == 0 && chown(path, (uid_t)-1, found->gr_gid) != 0)
		rc = errno;
	free(buffer);
	if (rc == 0 || !name)
		return 0;
	hyper_log(HYPER_LOG_ERROR, "%s: socket-group is \"%s\": %s",
		  config->origin[SET_SOCKET_GROUP], name,
		  rc == ENOENT ? "there is no such group" : strerror(rc));
	return -1;
}

static int bind_unix(const struct config *config,
		     const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* The file gets the mode that the socket has (unix(7) of Linux), so
	 * it is never open to more people than in the end. */
	if (fd < 0 || fchmod(fd, 0600) != 0 ||
	    bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) != 0) {
		failed(addr->sun_path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (set_group(config, addr->sun_path) == 0) {
		if (chmod(addr->sun_path, config->socket_mode) == 0 &&
		    listen(fd, BACKLOG) == 0)
			return fd;
		failed(addr->sun_path, strerror(errno));
	}
	unlink(addr->sun_path);
	close(fd);
	return -1;
}

int listen_unix(const struct config *config, const char *path,
		struct listener *ret_listener)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct listener listener = { .fd = -1, .lock_fd = -1 };

	if (strlen(path) >= sizeof(addr.sun_path))
		return failed(path, "the path is longer than 107 bytes");
	memcpy(addr.sun_path, path, strlen(path));
	if (make_parents(path) != 0)
		return failed(path, strerror(errno));
	listener.lock_fd = lock_path(path);
	if (listener.lock_fd < 0)
		return failed(path, errno == EWOULDBLOCK
					    ? "another hyperd serves it"
					    : strerror(errno));
	if (remove_stale(&addr) == 0)
		listener.fd = bind_unix(config, &addr);
	if (listener.fd >= 0)
		listener.path = strdup(path);
	if (listener.path && asprintf(&listener.url, "unix:%s", path) < 0)
		listener.url = NULL;
	if (!listener.url) {
		listener_close(&listener);
		return -1;
	}
	*ret_listener = listener;
	return 0;
}

static char *tcp_url(int fd, bool tls)
{
	struct sockaddr_storage addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;
	socklen_t len = sizeof(addr);
	char host[INET6_ADDRSTRLEN], *url;
	bool v6;

	if (getsockname(fd, (struct sockaddr *)&addr, &len) != 0)
		return NULL;
	v6 = addr.ss_family == AF_INET6;
	inet_ntop(addr.ss_family,
		  v6 ? (void *)&in6->sin6_addr : (void *)&in->sin_addr, host,
		  sizeof(host));
	if (asprintf(&url, "%s://%s%s%s:%u", tls ? "https" : "http",
		     v6 ? "[" : "", host, v6 ? "]" : "",
		     ntohs(v6 ? in6->sin6_port : in->sin_port)) < 0)
		return NULL;
	return url;
}

bool is_loopback(const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	if (addr->ss_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

int listen_tcp(const struct address *address, bool tls,
	       struct listener *ret_listener)
{
	struct listener listener = {
		.lock_fd = -1,
		.tcp = true,
		.tls = tls || !is_loopback(&address->addr),
	};
	int one = 1;

	listener.fd = socket(address->addr.ss_family,
			     SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener.fd >= 0)
		setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &one,
			   sizeof(one));
	if (listener.fd >= 0 && address->addr.ss_family == AF_INET6)
		setsockopt(listener.fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
			   sizeof(one));
	if (listener.fd >= 0 &&
	    bind(listener.fd, (const struct sockaddr *)&address->addr,
		 address->len) == 0 &&
	    listen(listener.fd, BACKLOG) == 0)
		listener.url = tcp_url(listener.fd, listener.tls);
	if (!listener.url) {
		failed(address->text, strerror(errno));
		listener_close(&listener);
		return -1;
	}
	*ret_listener = listener;
	return 0;
}

/* The rules of `socket` and `listen` hold for others' sockets, too. */
static const char *refuse_passed(int fd, const struct sockaddr_storage *addr)
{
	const struct sockaddr_un *un = (const void *)addr;

	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
		return "it is no stream socket that listens";
	if (addr->ss_family == AF_UNIX)
		return un->sun_path[0] == '/' ? NULL
					      : "its path is not absolute";
	if (addr->ss_family != AF_INET && addr->ss_family != AF_INET6)
		return "it is neither a unix socket nor TCP";
	return NULL;
}

int listen_passed(int fd, const char *name, bool tls,
		  struct listener *ret_listener)
{
	struct sockaddr_storage addr = { 0 };
	const struct sockaddr_un *un = (const void *)&addr;
	struct listener listener = { .fd = fd, .lock_fd = -1 };
	socklen_t len = sizeof(addr) - 1; /* a path may have no end */
	const char *problem;

	getsockname(fd, (struct sockaddr *)&addr, &len);
	problem = refuse_passed(fd, &addr);
	if (!problem && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		problem = strerror(errno);
	if (problem) {
		hyper_log(HYPER_LOG_ERROR,
			  "cannot serve descriptor %d (%s) of systemd: %s", fd,
			  name, problem);
		return -1;
	}
	listener.tcp = addr.ss_family != AF_UNIX;
	listener.tls = listener.tcp && (tls || !is_loopback(&addr));
	if (listener.tcp)
		listener.url = tcp_url(fd, listener.tls);
	else if (asprintf(&listener.url, "unix:%s", un->sun_path) < 0)
		listener.url = NULL;
	if (!listener.url)
		return failed(name, strerror(errno));
	*ret_listener = listener;
	return 0;
}

void listener_close(struct listener *listener)
{
	if (listener->path)
		unlink(listener->path);
	if (listener->fd >= 0)
		close(listener->fd);
	if (listener->lock_fd >= 0)
		close(listener->lock_fd);
	free(listener->path);
	free(listener->url);
	*listener = (struct listener){ .fd = -1, .lock_fd = -1 };
}
