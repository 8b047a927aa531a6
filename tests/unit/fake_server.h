/* SPDX-License-Identifier: MIT */
/*
 * The smallest HTTP/1.1 server that a client can be tried on: it listens on a
 * unix socket and on a loopback port, keeps connections, and answers by
 * dispatch or with what it is told to say, right or wrong.
 */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include <arpa/inet.h>
#include <check.h>
#include <hyper/rest.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* One request at a time: what they ask need not be locked. */
static pthread_mutex_t server_lock = PTHREAD_MUTEX_INITIALIZER;

struct server {
	hyper_conn *conn;
	const char *_Atomic says; /* instead of an answer; "" hangs up */
	atomic_int hang_up_after; /* answers on one connection; 0: never */
	char unix_uri[128];
	char http_uri[64];
	atomic_int requests;
	atomic_int connections;
	char token[128]; /* the last Authorization, or "" */
};

struct client {
	struct server *server;
	int fd;
};

/* Read up to the end of a header, then the body. False: hung up. */
static bool server_read(int fd, char *data, size_t size, char **ret_body)
{
	size_t len = 0, want = 0;
	char *end = NULL;

	while (!end || len < want) {
		ssize_t n = read(fd, data + len, size - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		data[len] = '\0';
		if (!end && (end = strstr(data, "\r\n\r\n"))) {
			char *length = strcasestr(data, "\r\nContent-Length:");

			*ret_body = end + 4;
			want = (size_t)(end + 4 - data) +
			       (length && length < end
					? (size_t)strtoul(length + 17, NULL, 10)
					: 0);
		}
	}
	return true;
}

static hyper_rest_request *server_parse(struct server *server, char *data,
					const char *body)
{
	char *line = strsep(&data, "\r"), *method = strsep(&line, " ");
	hyper_rest_request *request =
		hyper_rest_request_new(method, strsep(&line, " "));

	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	server->token[0] = '\0';
	for (; *++data != '\r';) {
		char *value = strsep(&data, "\r"), *name = strsep(&value, ":");

		value += strspn(value, " ");
		hyper_rest_request_header(request, name, value);
		if (strcmp(name, "Authorization") == 0)
			snprintf(server->token, sizeof(server->token), "%s",
				 value);
	}
	hyper_rest_request_body(request, body, strlen(body));
	return request;
}

/* In its threads: Check's own assertions look into the environment, which tests
 * change meanwhile. */
static void server_must(bool good)
{
	if (!good)
		abort();
}

static void server_write(int fd, const hyper_rest_response *response)
{
	const char *name, *value, *body;
	char *text = NULL;
	size_t len, size = 0;
	FILE *out = open_memstream(&text, &size);

	body = hyper_rest_response_body(response, &len);
	fprintf(out, "HTTP/1.1 %d X\r\n", hyper_rest_response_status(response));
	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &name, &value); i++)
		fprintf(out, "%s: %s\r\n", name, value);
	if (hyper_rest_response_status(response) != 204)
		fprintf(out, "Content-Length: %zu\r\n", len);
	fprintf(out, "\r\n%s", body);
	fclose(out);
	server_must(send(fd, text, size, MSG_NOSIGNAL) == (ssize_t)size);
	free(text);
}

static void *server_talk(void *data)
{
	struct client *client = data;
	struct server *server = client->server;
	hyper_rest_response *response;
	hyper_rest_request *request;
	static const size_t size = 1 << 16;
	char *text = malloc(size), *body;
	const char *says;

	for (int n = 0; server_read(client->fd, text, size, &body);) {
		server->requests++;
		says = server->says;
		if (says) {
			send(client->fd, says, strlen(says), MSG_NOSIGNAL);
			break;
		}
		if (server->hang_up_after && n++ == server->hang_up_after)
			break;
		pthread_mutex_lock(&server_lock);
		request = server_parse(server, text, body);
		server_must(hyper_rest_dispatch(server->conn, request, 0,
						&response) == 0);
		pthread_mutex_unlock(&server_lock);
		server_write(client->fd, response);
		hyper_rest_request_free(request);
		hyper_rest_response_free(response);
	}
	close(client->fd);
	free(text);
	free(client);
	return NULL;
}

struct listener {
	struct server *server;
	int fd;
};

static void *server_listen(void *data)
{
	struct listener *listener = data;

	for (;;) {
		struct client *client = malloc(sizeof(*client));
		pthread_t thread;

		client->server = listener->server;
		client->fd = accept(listener->fd, NULL, NULL);
		if (client->fd < 0)
			return NULL;
		listener->server->connections++;
		pthread_create(&thread, NULL, server_talk, client);
		pthread_detach(thread);
	}
}

static void server_listen_on(struct server *server, int fd)
{
	struct listener *listener = malloc(sizeof(*listener));
	pthread_t thread;

	*listener = (struct listener){ server, fd };
	ck_assert_int_eq(listen(fd, 1), 0);
	pthread_create(&thread, NULL, server_listen, listener);
	pthread_detach(thread);
}

/* Its threads end with the process: each test is one. */
static void server_start(struct server *server, hyper_conn *conn,
			 const char *dir)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_in tcp = { .sin_family = AF_INET };
	socklen_t len = sizeof(tcp);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	server->conn = conn;
	snprintf(local.sun_path, sizeof(local.sun_path), "%s/s", dir);
	snprintf(server->unix_uri, sizeof(server->unix_uri), "unix:%s",
		 local.sun_path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof(local)), 0);
	server_listen_on(server, fd);

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&tcp, sizeof(tcp)), 0);
	getsockname(fd, (struct sockaddr *)&tcp, &len);
	snprintf(server->http_uri, sizeof(server->http_uri),
		 "http://127.0.0.1:%d", ntohs(tcp.sin_port));
	server_listen_on(server, fd);
}

#endif
