/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <hyper/version.h>

#include "util/time.h"

#define BODY_MAX    (64u << 20)
#define ITEM_MAX    (1u << 20) /* a line */
#define IDLE_MAX    8
#define CONNECT_MS  10000L
#define KEEPALIVE_S 10L
/* How often a waiting request looks at its call. */
#define POLL_MS 100

/* A handle, and the loop that drives it and keeps its connection. */
struct line {
	CURL *easy;
	CURLM *multi;
	char error[CURL_ERROR_SIZE];
};

struct hyp_http {
	struct hyp_target target;
	pthread_mutex_t lock;
	struct line *idle[IDLE_MAX];
	size_t n_idle;
};

struct transfer {
	struct line *line;
	const struct hyp_http_request *request;
	struct hyp_buf *body;
};

static void line_free(struct line *line)
{
	if (!line)
		return;
	curl_easy_cleanup(line->easy);
	curl_multi_cleanup(line->multi);
	free(line);
}
HYP_DEFINE_CLEANUP(struct line, line_free)

int hyp_http_new(struct hyp_target *target, struct hyp_http **ret_http,
		 hyper_error **err)
{
	struct hyp_http *http = calloc(1, sizeof(*http));

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(http);
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	}
	pthread_mutex_init(&http->lock, NULL);
	http->target = *target;
	*target = (struct hyp_target){ 0 };
	*ret_http = http;
	return 0;
}

void hyp_http_free(struct hyp_http *http)
{
	if (!http)
		return;
	while (http->n_idle > 0)
		line_free(http->idle[--http->n_idle]);
	pthread_mutex_destroy(&http->lock);
	hyp_target_clear(&http->target);
	free(http);
	curl_global_cleanup();
}

const struct hyp_target *hyp_http_target(const struct hyp_http *http)
{
	return &http->target;
}

/* An idle line, or a new one. NULL: out of memory. */
static struct line *line_get(struct hyp_http *http)
{
	HYP_CLEANUP(line_free_p) struct line *line = NULL;

	pthread_mutex_lock(&http->lock);
	if (http->n_idle > 0)
		line = http->idle[--http->n_idle];
	pthread_mutex_unlock(&http->lock);
	if (line)
		return hyp_steal(&line);
	line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->easy = curl_easy_init();
	line->multi = curl_multi_init();
	return line->easy && line->multi ? hyp_steal(&line) : NULL;
}

static void line_put(struct hyp_http *http, struct line *line)
{
	curl_easy_reset(line->easy);
	pthread_mutex_lock(&http->lock);
	if (http->n_idle < IDLE_MAX)
		http->idle[http->n_idle++] = hyp_steal(&line);
	pthread_mutex_unlock(&http->lock);
	line_free(line);
}

/* Pass on the whole lines of what has come, keep the rest. */
static void pass_lines(struct transfer *transfer)
{
	struct hyp_buf *body = transfer->body;
	const struct hyp_http_request *request = transfer->request;
	char *start = body->data, *end;

	while ((end = memchr(start, '\n', body->len))) {
		size_t len = (size_t)(end - start) + 1;

		request->line(request->data, start, len);
		start += len;
		body->len -= len;
	}
	memmove(body->data, start, body->len);
}

static size_t on_data(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *transfer = data;
	long status = 0;

	hyp_buf_add(transfer->body, bytes, size * n);
	if (transfer->body->failed)
		return 0;
	curl_easy_getinfo(transfer->line->easy, CURLINFO_RESPONSE_CODE,
			  &status);
	if (transfer->request->line && status / 100 == 2 && size * n > 0)
		pass_lines(transfer);
	return size * n;
}

/* The empty line ends the header; those of 1xx may come before. */
static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *transfer = data;
	long status = 0;

	curl_easy_getinfo(transfer->line->easy, CURLINFO_RESPONSE_CODE,
			  &status);
	if (transfer->request->header)
		transfer->request->header(transfer->request->data, bytes,
					  size * n);
	if (transfer->request->begun && status / 100 == 2 &&
	    (*bytes == '\r' || *bytes == '\n'))
		transfer->request->begun(transfer->request->data);
	return size * n;
}

/* libcurl does not ask for close-on-exec: a child of the program would keep
 * the connection. */
static curl_socket_t open_socket(void *data, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	(void)data;
	(void)purpose;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

/* Everything of a request; the headers must live as long as it does. */
static CURLcode set_up(const struct hyp_target *target,
		       struct transfer *transfer, const char *url,
		       struct curl_slist *headers)
{
	const struct hyp_http_request *request = transfer->request;
	CURL *easy = transfer->line->easy;
	CURLcode code = CURLE_OK;

#define SET(option, value)                                                     \
	do {                                                                   \
		if (!code)                                                     \
			code = curl_easy_setopt(easy, option, value);          \
	} while (0)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	/* Proxies of the environment are not for engines. */
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_UNIX_SOCKET_PATH, target->socket);
	SET(CURLOPT_CAINFO, target->ca);
	SET(CURLOPT_SSLCERT, target->cert);
	SET(CURLOPT_SSLKEY, target->key);
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(CURLOPT_USERAGENT, "hyper/" HYPER_VERSION_STRING);
	SET(CURLOPT_CUSTOMREQUEST, request->method);
	SET(CURLOPT_HTTPHEADER, headers);
	/* Engines want a body with each POST, be it empty. */
	if (strcmp(request->method, "POST") == 0)
		SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
	SET(CURLOPT_ERRORBUFFER, transfer->line->error);
	SET(CURLOPT_WRITEFUNCTION, on_data);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, transfer);
	/* Answers may take long: a host that went down is found out. */
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	SET(CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S);
#undef SET
	transfer->line->error[0] = '\0';
	return code;
}

/* Drive a transfer to its end, or to the limit (status 0); *ret_code is how it
 * went. */
static int drive(struct line *line, const hyper_call *call, int64_t limit,
		 long *ret_status, CURLcode *ret_code, hyper_error **err)
{
	CURLMcode code = curl_multi_add_handle(line->multi, line->easy);
	CURLMsg *message;
	int running = 1, left, rc = 0;

	*ret_status = 0;
	*ret_code = CURLE_FAILED_INIT;
	while (!code && !rc && running) {
		code = curl_multi_perform(line->multi, &running);
		if (code || !running)
			break;
		rc = hyper_call_check(call, err);
		if (!rc && limit && hyp_mono_ms() >= limit) {
			*ret_code = CURLE_OK;
			break;
		}
		if (!rc)
			code = curl_multi_poll(line->multi, NULL, 0, POLL_MS,
					       NULL);
	}
	message = curl_multi_info_read(line->multi, &left);
	if (message)
		*ret_code = message->data.result;
	if (message && !*ret_code)
		curl_easy_getinfo(line->easy, CURLINFO_RESPONSE_CODE,
				  ret_status);
	/* This closes the connection of a transfer that was under way. */
	curl_multi_remove_handle(line->multi, line->easy);
	return rc;
}

static int no_connection(const struct hyp_http *http, CURL *easy,
			 const char *why, hyper_error **err)
{
	const struct hyp_target *target = &http->target;
	long os_error = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
	if (target->socket && (os_error == EACCES || os_error == EPERM))
		return hyper_error_set(
			err, HYPER_ERR_DENIED, "host",
			"no permission to use %s: join the group of that "
			"socket, or run as a user who may",
			target->name);
	return hyper_error_set(
		err, HYPER_ERR_CONNECT, "host",
		"no engine answers at %s (%s): start it, or set 'host' to "
		"where it is",
		target->name, os_error ? strerror((int)os_error) : why);
}

/* The connection broke. If a change was on its way by then, nobody knows
 * whether it was made. */
static int lost(const struct hyp_http *http, const struct transfer *transfer,
		const char *why, hyper_error **err)
{
	bool change = strcmp(transfer->request->method, "GET") != 0;

	return hyper_error_set(
		err, change ? HYPER_ERR_PROTOCOL : HYPER_ERR_CONNECT, NULL,
		"the engine closed the connection in the middle of a call: "
		"%s: %s",
		http->target.name, why);
}

static int failed(const struct hyp_http *http, const struct transfer *transfer,
		  CURLcode code, hyper_error **err)
{
	CURL *easy = transfer->line->easy;
	const char *name = http->target.name;
	const char *why = transfer->line->error;
	long sent = 0;

	if (!*why)
		why = curl_easy_strerror(code);
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	case CURLE_WRITE_ERROR:
		return hyper_error_set(err, HYPER_ERR_LIMIT, NULL,
				       "the answer of %s is too large", name);
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_OPERATION_TIMEDOUT:
		/* curl tries once more when a kept connection breaks: the
		 * first try may have got through. */
		curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
		return sent ? lost(http, transfer, why, err)
			    : no_connection(http, easy, why, err);
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		return lost(http, transfer, why, err);
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "%s does not speak HTTP: %s", name, why);
	default:
		curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
		return sent ? lost(http, transfer, why, err)
			    : hyper_error_set(err, HYPER_ERR_CONNECT, "host",
					      "%s: %s", name, why);
	}
}

static void headers_free(struct curl_slist **headers)
{
	curl_slist_free_all(*headers);
}

int hyp_http_do(struct hyp_http *http, const hyper_call *call,
		const struct hyp_http_request *request, long *ret_status,
		struct hyp_buf *ret_body, hyper_error **err)
{
	struct transfer transfer = { line_get(http), request, ret_body };
	HYP_CLEANUP(headers_free)
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/json");
	HYP_AUTOBUF url = HYP_BUF_INIT;
	int64_t limit = 0;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	int rc = 0;

	if (request->limit_ms != HYP_HTTP_NO_LIMIT)
		limit = hyp_mono_ms() + request->limit_ms;
	ret_body->max = request->line ? ITEM_MAX : BODY_MAX;
	hyp_buf_adds(&url, http->target.url);
	hyp_buf_adds(&url, request->path);
	if (!transfer.line || !headers || url.failed)
		rc = hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				     "out of memory");
	if (!rc)
		code = set_up(&http->target, &transfer, url.data, headers);
	if (!rc && !code)
		rc = drive(transfer.line, call, limit, ret_status, &code, err);
	if (!rc && !code && request->line && *ret_status / 100 == 2) {
		request->line(request->data, ret_body->data, ret_body->len);
		ret_body->len = 0;
	}
	if (!rc && code)
		rc = failed(http, &transfer, code, err);
	if (transfer.line)
		line_put(http, transfer.line);
	return rc;
}
