/* SPDX-License-Identifier: MIT */
/*
 * Answers in parts. The thread of the connection asks the library for the next
 * part when the client has taken the last one, so nothing piles up; a client
 * that takes nothing is cut off, and one that has gone is noticed.
 */
#include "hyperd.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ulfius.h>

/* How often to look whether the client is there, while nothing happens. */
#define LOOK_MS	   1000
#define BLOCK_SIZE 16384

struct stream {
	hyper_rest_response *response;
	const char *part; /* what is left of the last one */
	size_t len;
	int fd; /* the client's */
};

/* The connections that stream; their sockets are open while they are here. */
static struct {
	pthread_mutex_t lock;
	struct MHD_Connection *open[STREAMS_MAX];
} streams = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Whether this thread's request does. */
static _Thread_local bool streaming;

/* Put one in the place of another, if there is one. NULL: a free place. */
static bool replace(const struct MHD_Connection *old,
		    struct MHD_Connection *new)
{
	bool found = false;

	pthread_mutex_lock(&streams.lock);
	for (size_t i = 0; i < STREAMS_MAX && !found; i++) {
		found = streams.open[i] == old;
		if (found)
			streams.open[i] = new;
	}
	pthread_mutex_unlock(&streams.lock);
	return found;
}

size_t streams_count(void)
{
	size_t n = 0;

	pthread_mutex_lock(&streams.lock);
	for (size_t i = 0; i < STREAMS_MAX; i++)
		n += streams.open[i] != NULL;
	pthread_mutex_unlock(&streams.lock);
	return n;
}

void stream_cut_all(void)
{
	pthread_mutex_lock(&streams.lock);
	for (size_t i = 0; i < STREAMS_MAX; i++)
		if (streams.open[i])
			shutdown(fd_of(streams.open[i]), SHUT_RDWR);
	pthread_mutex_unlock(&streams.lock);
}

void stream_request_ended(int why)
{
	char peer[PEER_SIZE];

	if (!streaming)
		return;
	streaming = false;
	replace(client_connection(), NULL);
	peer_of(client_fd(), peer);
	if (why == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
		hyper_log(HYPER_LOG_WARNING,
			  "a stream to %s was cut off: it has read nothing for "
			  "%d s",
			  peer, STREAM_STALLED_S);
	else
		hyper_log(HYPER_LOG_DEBUG, "a stream to %s has ended: %s", peer,
			  why == MHD_REQUEST_TERMINATED_COMPLETED_OK
				  ? "all was sent"
				  : "the client has gone");
}

/* Both directions are closed. One that has only stopped to send may still
 * read; over TCP that cannot be told from one that has gone, before it
 * refuses what we send. */
static bool is_gone(int fd)
{
	struct pollfd look = { .fd = fd };

	return poll(&look, 1, 0) == 1 && look.revents & (POLLHUP | POLLERR);
}

/* The next part, however long that takes. 0, or how it ends. */
static ssize_t fetch(struct stream *stream)
{
	while (stream->len == 0) {
		if (!hyper_rest_response_streams(stream->response))
			return U_STREAM_END;
		/* Those that wait are woken by hyper_conn_cancel(); this is
		 * for those to whom there is always something to say. */
		if (server_is_stopping() &&
		    hyper_rest_response_end(stream->response, "cancelled",
					    "the stream was cancelled: the "
					    "server is stopping") != 0)
			return U_STREAM_ERROR;
		if (hyper_rest_response_next(stream->response, LOOK_MS,
					     &stream->part, &stream->len) != 0)
			return U_STREAM_ERROR;
		if (stream->len == 0 && is_gone(stream->fd))
			return U_STREAM_ERROR;
	}
	return 0;
}

static ssize_t read_stream(void *data, uint64_t offset, char *to, size_t max)
{
	struct stream *stream = data;
	ssize_t end = fetch(stream);
	size_t n = stream->len < max ? stream->len : max;

	(void)offset;
	if (end != 0)
		return end;
	memcpy(to, stream->part, n);
	stream->part += n;
	stream->len -= n;
	return (ssize_t)n;
}

static void free_stream(void *data)
{
	struct stream *stream = data;

	hyper_rest_response_free(stream->response);
	free(stream);
}

bool stream_begin(struct _u_response *out, hyper_rest_response *response)
{
	struct stream *stream;

	streaming = replace(NULL, client_connection());
	stream = streaming ? calloc(1, sizeof(*stream)) : NULL;
	if (!stream) /* the place is given back when the request ends */
		return false;
	stream->response = response;
	stream->fd = client_fd();
	MHD_set_connection_option(client_connection(),
				  MHD_CONNECTION_OPTION_TIMEOUT,
				  (unsigned int)STREAM_STALLED_S);
	ulfius_set_stream_response(
		out, (unsigned int)hyper_rest_response_status(response),
		read_stream, free_stream, U_STREAM_SIZE_UNKNOWN, BLOCK_SIZE,
		stream);
	return true;
}
