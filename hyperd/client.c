/* SPDX-License-Identifier: MIT */
/*
 * Those who are connected: how many there may be, and how long they may take.
 * libmicrohttpd looks whether anything happens on a connection; here is what
 * it does not see, namely who sends or reads a byte now and then.
 */
#include "hyperd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ulfius.h>

/* How often to look at the deadlines. */
#define LOOK_MS 250
/* How long one may take that is only to be told that there is no room. */
#define REFUSAL_MS 5000

enum phase {
	WAITING, /* for a request */
	READING, /* its header and body */
	ANSWERING,
	SENDING, /* the answer */
	CUT	 /* and about to be closed */
};

struct client {
	struct client *next;
	const void *listener;
	int fd; /* open as long as this is in the list */
	struct sockaddr_storage address;
	enum phase phase;
	int64_t since;	  /* when the phase began, in ms */
	int64_t deadline; /* 0: none */
	const char *refusal;
	/* What ulfius made for its request; libmicrohttpd tells us of the end
	 * of those alone whose header it liked. */
	void *request;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct client *first;
	const struct config *config;
	pthread_t watcher;
	bool watched;
	bool ending;
} clients = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Those of this thread's request. */
static _Thread_local struct MHD_Connection *connection;
static _Thread_local struct client *current;

static int64_t now_ms(void)
{
	struct timespec now = time_after(0);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void cut(struct client *client)
{
	client->phase = CUT;
	client->deadline = 0;
	shutdown(client->fd, SHUT_RDWR);
}

/* --- deadlines --- */

static void tell_late(const struct client *client)
{
	char peer[PEER_SIZE];

	peer_of(client->fd, peer);
	hyper_log(HYPER_LOG_INFO, "%s was cut off: it took too long to %s",
		  peer,
		  client->phase == SENDING ? "read its answer"
					   : "send its request");
}

static void cut_late(void)
{
	int64_t now = now_ms();

	for (struct client *client = clients.first; client;
	     client = client->next) {
		if (client->deadline == 0 || now < client->deadline)
			continue;
		if (client->phase != WAITING)
			tell_late(client);
		cut(client);
	}
}

static void *watch(void *data)
{
	(void)data;
	pthread_mutex_lock(&clients.lock);
	while (!clients.ending) {
		struct timespec until = time_after(LOOK_MS);

		if (clients.first)
			pthread_cond_timedwait(&clients.changed, &clients.lock,
					       &until);
		else
			pthread_cond_wait(&clients.changed, &clients.lock);
		cut_late();
	}
	pthread_mutex_unlock(&clients.lock);
	return NULL;
}

int clients_watch(const struct config *config)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&clients.changed, &attr);
	pthread_condattr_destroy(&attr);
	clients.config = config;
	clients.watched =
		pthread_create(&clients.watcher, NULL, watch, NULL) == 0;
	return clients.watched ? 0 : -1;
}

void clients_unwatch(void)
{
	if (!clients.watched)
		return;
	pthread_mutex_lock(&clients.lock);
	clients.ending = true;
	pthread_cond_signal(&clients.changed);
	pthread_mutex_unlock(&clients.lock);
	pthread_join(clients.watcher, NULL);
	clients.watched = false;
}

/* --- how many --- */

static bool same_host(const struct client *a, const struct client *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->address;
	const struct sockaddr_in *b4 = (const void *)&b->address;
	const struct sockaddr_in6 *a6 = (const void *)&a->address;
	const struct sockaddr_in6 *b6 = (const void *)&b->address;

	if (a->address.ss_family != b->address.ss_family)
		return false;
	if (a->address.ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	/* Whoever has one address of IPv6 has as many as there are in its
	 * network. */
	return a->address.ss_family == AF_INET6 &&
	       memcmp(&a6->sin6_addr, &b6->sin6_addr, 8) == 0;
}

/* Is there room for one more? Else that is made by closing who waits longest
 * without a request: of its listener, or of its own host there. */
static bool find_room(const struct client *fresh, bool of_host, size_t max)
{
	struct client *oldest = NULL;
	size_t n = 0;

	for (struct client *client = clients.first; client;
	     client = client->next) {
		if (client == fresh || client->phase == CUT ||
		    client->listener != fresh->listener ||
		    (of_host && !same_host(client, fresh)))
			continue;
		n++;
		if (client->phase == WAITING &&
		    (!oldest || client->since < oldest->since))
			oldest = client;
	}
	if (n < max)
		return true;
	if (oldest)
		cut(oldest);
	return oldest != NULL;
}

void client_begins(struct MHD_Connection *its_connection, const void *listener,
		   void **context)
{
	struct client *client = calloc(1, sizeof(*client));
	socklen_t len = sizeof(client->address);
	int64_t now = now_ms();

	*context = client;
	if (!client)
		return;
	client->fd = fd_of(its_connection);
	client->listener = listener;
	client->since = now;
	client->deadline = now + clients.config->request_timeout * 1000;
	if (getpeername(client->fd, (struct sockaddr *)&client->address,
			&len) != 0)
		client->address.ss_family = AF_UNSPEC;
	pthread_mutex_lock(&clients.lock);
	if (!find_room(client, true, clients.config->max_connections_per_ip))
		client->refusal = "too-many-connections";
	else if (!find_room(client, false, clients.config->max_connections))
		client->refusal = "overloaded";
	if (client->refusal)
		client->deadline = now + REFUSAL_MS;
	client->next = clients.first;
	clients.first = client;
	pthread_cond_signal(&clients.changed);
	pthread_mutex_unlock(&clients.lock);
}

static void forget(struct client *client)
{
	if (client->request)
		mhd_request_completed(NULL, NULL, &client->request,
				      MHD_REQUEST_TERMINATED_WITH_ERROR);
	client->request = NULL;
}

void client_ends(void *context)
{
	struct client *client = context, **link = &clients.first;

	if (!client)
		return;
	forget(client);
	pthread_mutex_lock(&clients.lock);
	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	pthread_mutex_unlock(&clients.lock);
	free(client);
}

size_t clients_count(void)
{
	size_t n = 0;

	pthread_mutex_lock(&clients.lock);
	for (struct client *client = clients.first; client;
	     client = client->next)
		n++;
	pthread_mutex_unlock(&clients.lock);
	return n;
}

/* --- the phases of a request, on its thread --- */

/* timeout in ms; 0: none. A deadline that is sooner holds if it is for the
 * same thing. */
static void enter(enum phase phase, int64_t timeout)
{
	int64_t now = now_ms();

	if (!current)
		return;
	pthread_mutex_lock(&clients.lock);
	if (current->phase != CUT) {
		int64_t deadline = timeout ? now + timeout : 0;

		if (phase != READING || deadline < current->deadline)
			current->deadline = deadline;
		current->phase = phase;
		current->since = now;
	}
	pthread_mutex_unlock(&clients.lock);
}

void client_asks(struct MHD_Connection *its_connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		its_connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	connection = its_connection;
	current = info ? info->socket_context : NULL;
	if (current)
		forget(current);
	enter(READING, clients.config->request_timeout * 1000);
}

void *client_keep(void *request)
{
	if (current)
		current->request = request;
	return request;
}

const char *client_refusal(void)
{
	return current ? current->refusal : NULL;
}

void client_is_answered(void)
{
	enter(ANSWERING, 0);
}

void client_is_sent(bool stream)
{
	enter(SENDING, stream ? 0 : clients.config->answer_timeout * 1000);
}

/* Of a line that comes byte by byte, nothing is seen until it is whole. */
void client_waits(void)
{
	enter(WAITING,
	      (clients.config->idle_timeout + clients.config->request_timeout) *
		      1000);
	current = NULL;
}

/* --- who is that? --- */

int fd_of(struct MHD_Connection *its_connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		its_connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

struct MHD_Connection *client_connection(void)
{
	return connection;
}

int client_fd(void)
{
	return fd_of(connection);
}

void peer_of(int fd, char text[PEER_SIZE])
{
	struct sockaddr_storage address;
	const struct sockaddr_in *in = (const void *)&address;
	const struct sockaddr_in6 *in6 = (const void *)&address;
	socklen_t len = sizeof(address), cred_len;
	char host[INET6_ADDRSTRLEN];
	struct ucred cred;

	snprintf(text, PEER_SIZE, "unknown");
	if (getpeername(fd, (struct sockaddr *)&address, &len) != 0)
		return;
	cred_len = sizeof(cred);
	if (address.ss_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)))
		snprintf(text, PEER_SIZE, "%s:%u", host, ntohs(in->sin_port));
	else if (address.ss_family == AF_INET6 &&
		 inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host)))
		snprintf(text, PEER_SIZE, "[%s]:%u", host,
			 ntohs(in6->sin6_port));
	else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &cred_len) == 0)
		snprintf(text, PEER_SIZE, "pid:%d/uid:%u", (int)cred.pid,
			 (unsigned int)cred.uid);
}
