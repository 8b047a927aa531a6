/* SPDX-License-Identifier: MIT */
/* One request over HTTP, with a pool of handles that keep connections. */
#include "remote/remote.h"

#include <errno.h>
#include <hyper/version.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "rest/rest.h"
#include "util/text.h"
#include "util/time.h"

#define CONNECT_MS 5000
/* Reading is quick, but for engines that are asked and hang; changes take as
 * long as they take. What the database tells is there when the wait for it is
 * over: if not, it is the server that hangs. */
#define READ_MS	   120000
#define LATE_MS	   10000
#define ANSWER_MAX (64u << 20)

void hyp_request_param(struct hyp_request *request, const char *name,
		       const char *value)
{
	HYP_AUTOFREE char *text = NULL;

	if (!value)
		return;
	text = hyp_percent_encode(value, NULL);
	if (!text)
		request->params.failed = true;
	else
		hyp_buf_addf(&request->params, "%s%s=%s",
			     request->params.len ? "&" : "", name, text);
}

void hyp_request_wait(struct hyp_request *request, uint32_t wait_ms)
{
	char seconds[24];

	request->deadline_ms = (long)wait_ms + LATE_MS;
	snprintf(seconds, sizeof(seconds), "%" PRIu32 ".%03" PRIu32,
		 wait_ms / 1000, wait_ms % 1000);
	hyp_request_param(request, "wait", wait_ms ? seconds : NULL);
}

/* How long the answer may take, in ms. */
static long deadline_of(const struct hyp_request *request)
{
	return request->deadline_ms ? request->deadline_ms : READ_MS;
}

static void clear_request(struct hyp_request *request)
{
	hyp_buf_free(&request->params);
	free(request->body);
	request->body = NULL;
}

void hyp_answer_clear(struct hyp_answer *answer)
{
	hyp_buf_free(&answer->body);
	free(answer->next_cursor);
	answer->next_cursor = NULL;
}

static CURL *take_handle(struct hyp_remote *remote)
{
	CURL *curl = NULL;

	pthread_mutex_lock(&remote->lock);
	if (remote->n_idle)
		curl = remote->idle[--remote->n_idle];
	pthread_mutex_unlock(&remote->lock);
	return curl ? curl : curl_easy_init();
}

static void give_handle(struct hyp_remote *remote, CURL *curl)
{
	/* Keeps the connection, forgets what points to our memory. */
	curl_easy_reset(curl);
	pthread_mutex_lock(&remote->lock);
	if (remote->n_idle < HYP_REMOTE_IDLE) {
		remote->idle[remote->n_idle++] = curl;
		curl = NULL;
	}
	pthread_mutex_unlock(&remote->lock);
	curl_easy_cleanup(curl);
}

void hyp_remote_close_idle(struct hyp_remote *remote)
{
	while (remote->n_idle)
		curl_easy_cleanup(remote->idle[--remote->n_idle]);
}

static void free_slist(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static bool add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer)
		*list = longer;
	return longer != NULL;
}

static bool add_generation(const struct hyp_request *request,
			   struct curl_slist **list)
{
	char line[48];

	if (!request->terms->generation ||
	    !hyp_route_takes_generation(request->route))
		return true;
	snprintf(line, sizeof(line), "If-Match: \"%" PRIu64 "\"",
		 request->terms->generation);
	return add_line(list, line);
}

/* The key as a string of RFC 8941. */
static bool add_key(const struct hyp_request *request, struct curl_slist **list)
{
	const char *key = request->terms->key;
	HYP_AUTOFREE char *line = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (!key || !hyp_route_takes_key(request->route))
		return true;
	hyp_buf_adds(&buf, "Idempotency-Key: \"");
	for (; *key; key++) {
		if (*key == '"' || *key == '\\')
			hyp_buf_addc(&buf, '\\');
		hyp_buf_addc(&buf, *key);
	}
	hyp_buf_addc(&buf, '"');
	line = hyp_buf_take(&buf);
	return line && add_line(list, line);
}

static const char *method_of(const struct hyp_request *request)
{
	return request->raw ? request->raw->method
			    : hyp_route_method(request->route);
}

/* What may be asked again. */
static bool is_read(const struct hyp_request *request)
{
	const char *method = method_of(request);

	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* The fields of a raw request. An empty one has another form in libcurl. */
static bool add_raw(struct curl_slist **list, const hyper_rest_request *raw)
{
	bool good = true;

	for (size_t i = 0; good && i < raw->names.n; i++) {
		const char *value = raw->values.items[i];
		HYP_AUTOFREE char *line = NULL;

		if (asprintf(&line, *value ? "%s: %s" : "%s;%s",
			     raw->names.items[i], value) < 0)
			line = NULL;
		good = line && add_line(list, line);
	}
	return good;
}

static bool make_header(const struct hyp_remote *remote,
			const struct hyp_request *request,
			struct curl_slist **list)
{
	const hyper_rest_request *raw = request->raw;
	HYP_AUTOFREE char *token = NULL;

	if (raw && !(add_line(list, "Expect:") &&
		     /* What libcurl says by itself */
		     (hyp_rest_get_header(raw, "Content-Type", 0) ||
		      add_line(list, "Content-Type:")) &&
		     add_raw(list, raw)))
		return false;
	if (raw && hyp_rest_get_header(raw, "Authorization", 0))
		return true;
	if (remote->token &&
	    asprintf(&token, "Authorization: Bearer %s", remote->token) < 0) {
		token = NULL;
		return false;
	}
	if (raw)
		return !token || add_line(list, token);
	return add_line(list, "Accept: application/json, "
			      "application/problem+json") &&
	       add_line(list, "Expect:") &&
	       (!request->body ||
		add_line(list, "Content-Type: application/json")) &&
	       (!(request->flags & HYPER_ASYNC) ||
		add_line(list, "Prefer: respond-async")) &&
	       add_generation(request, list) && add_key(request, list) &&
	       (!token || add_line(list, token));
}

/* [new] base, path and parameters; NULL: out of memory. */
static char *make_url(const struct hyp_remote *remote,
		      struct hyp_request *request)
{
	const hyper_rest_request *raw = request->raw;
	HYP_AUTOFREE char *path =
		raw ? strdup(raw->path)
		    : hyp_route_path(request->route, request->args);
	HYP_AUTOFREE char *params = raw && raw->query
					    ? strdup(raw->query)
					    : hyp_buf_take(&request->params);
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (!path || !params)
		return NULL;
	hyp_buf_addf(&buf, "%s%s%s%s", remote->base, path, *params ? "?" : "",
		     params);
	return hyp_buf_take(&buf);
}

static size_t take_body(char *data, size_t size, size_t n, void *to)
{
	struct hyp_buf *body = to;

	hyp_buf_add(body, data, size * n);
	return body->failed ? 0 : size * n;
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

void hyp_remote_set_transport(const struct hyp_remote *remote, CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT,
			 "hyper/" HYPER_VERSION_STRING);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 30L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 10L);
	curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
	if (remote->socket)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH,
				 remote->socket);
	hyp_remote_set_trust(remote, curl);
}

static void set_options(CURL *curl, const struct hyp_remote *remote,
			const struct hyp_request *request, bool reads)
{
	hyp_remote_set_transport(remote, curl);
	if (reads)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
				 deadline_of(request));
	else
		/* When a kept connection turns out to be dead, libcurl sends
		 * the request again on a new one, though the server may have
		 * done what the first one said. A new one is never retried. */
		curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	if (request->raw && request->raw->body_len > 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)request->raw->body_len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->raw->body);
	} else if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(request->body));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method_of(request));
	if (strcmp(method_of(request), "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

int hyp_remote_explain(const struct hyp_remote *remote, CURL *curl,
		       CURLcode code, const char *text,
		       const struct hyp_request *request, hyper_error **err)
{
	const bool reads = is_read(request);
	const char *uri = remote->conn.uri;
	curl_off_t connected = 0;
	long number = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
	curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
	if (!*text)
		text = curl_easy_strerror(code);
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return hyp_nomem(err);
	case CURLE_COULDNT_CONNECT:
		if (number == EACCES || number == EPERM)
			return hyper_error_set(err, HYPER_ERR_DENIED, NULL,
					       "%s may not be opened by this "
					       "user: join the group that "
					       "owns the socket",
					       uri);
		/* fall through */
	case CURLE_COULDNT_RESOLVE_HOST:
		return hyper_error_set(
			err, HYPER_ERR_CONNECT, NULL,
			"no hyperd at %s (%s): is it running, "
			"and is the address right?",
			uri, number ? strerrordesc_np((int)number) : text);
	case CURLE_OPERATION_TIMEDOUT:
		if (connected)
			return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
					       "no answer from %s in %ld s",
					       uri,
					       deadline_of(request) / 1000);
		return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
				       "no connection to %s in %d s: is the "
				       "address right?",
				       uri, CONNECT_MS / 1000);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return hyp_remote_explain_tls(remote, curl, code, text, err);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "%s is no hyperd: %s", uri, text);
	case CURLE_WRITE_ERROR:
		return hyper_error_set(err, HYPER_ERR_LIMIT, NULL,
				       "the answer of %s has more than %u MiB",
				       uri, ANSWER_MAX >> 20);
	default:
		return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
				       "the connection to %s was lost: %s%s",
				       uri, text,
				       reads ? ""
					     : "; whether the change was made "
					       "is not known");
	}
}

static const char *header_of(CURL *curl, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header))
		return NULL;
	return header->value;
}

static bool is_type(CURL *curl, const char *type)
{
	const char *value = header_of(curl, "Content-Type");

	return value && hyp_starts_with(value, type) &&
	       strchr("; ", value[strlen(type)]);
}

/* A status other than 2xx. */
static int take_problem(const struct hyp_remote *remote, CURL *curl,
			const struct hyp_answer *answer, hyper_error **err)
{
	HYP_AUTOERROR *problem = NULL;
	bool engines; /* it is an engine that wants more rights, not hyperd */
	int code;

	if (!is_type(curl, "application/problem+json"))
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "%s is no hyperd: it answered HTTP "
				       "status %d without a problem document",
				       remote->conn.uri, answer->status);
	problem = hyp_json_read_problem(answer->body.data, answer->body.len,
					answer->status);
	if (!problem)
		return hyp_nomem(err);
	code = hyper_error_code(problem);
	engines = hyper_error_driver(problem) != NULL;
	hyp_error_move(err, &problem);
	if (code == HYPER_ERR_AUTH && !remote->token && !engines)
		return hyper_error_wrap(err, code, NULL,
					"%s wants a token and there is none: "
					"set HYPER_TOKEN or HYPER_TOKEN_FILE",
					remote->conn.uri);
	return code;
}

static int take_answer(const struct hyp_remote *remote, CURL *curl,
		       enum hyp_route route, struct hyp_answer *answer,
		       hyper_error **err)
{
	bool text = hyp_route_is_text(route);
	const char *operation = header_of(curl, "Hyper-Operation");
	const char *total = header_of(curl, "Hyper-Total-Count");
	const char *seq = header_of(curl, "Hyper-Seq");
	uint64_t number;
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	answer->status = (int)status;
	hyp_buf_add(&answer->body, "", 0); /* it may have none */
	if (answer->body.failed)
		return hyp_nomem(err);
	if (status < 200 || status > 299)
		return take_problem(remote, curl, answer, err);
	if (answer->body.len &&
	    !is_type(curl, text ? "text/plain" : "application/json"))
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "%s is no hyperd: its answer is not %s",
				       remote->conn.uri,
				       text ? "text" : "JSON");
	if (operation && hyp_parse_uint(operation, INT64_MAX, &number) == 0)
		answer->operation = number;
	if (seq && hyp_parse_uint(seq, INT64_MAX, &number) == 0)
		answer->seq = number;
	if (total && hyp_parse_uint(total, INT64_MAX, &number) == 0)
		answer->total = (int64_t)number;
	return hyp_set_text(&answer->next_cursor,
			    header_of(curl, "Hyper-Next-Cursor"), err);
}

/* Where the queue of a unix socket is full, connect(2) does not wait but says
 * EAGAIN, of which libcurl keeps no number. */
static bool is_queue_full(const struct hyp_remote *remote, CURL *curl,
			  CURLcode code)
{
	long number = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
	return remote->socket && code == CURLE_COULDNT_CONNECT &&
	       (number == 0 || number == EAGAIN);
}

static int perform(struct hyp_remote *remote, CURL *curl,
		   struct hyp_request *request, struct hyp_answer *answer,
		   hyper_error **err)
{
	const bool reads = is_read(request);
	__attribute__((cleanup(free_slist))) struct curl_slist *header = NULL;
	HYP_AUTOFREE char *url = make_url(remote, request);
	char text[CURL_ERROR_SIZE] = "";
	const int64_t end = hyp_mono_ms() + CONNECT_MS;
	CURLcode code;

	if (!url || !make_header(remote, request, &header))
		return hyp_nomem(err);
	set_options(curl, remote, request, reads);
	if (curl_easy_setopt(curl, CURLOPT_URL, url) ||
	    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, header) ||
	    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text) ||
	    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) ||
	    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body))
		return hyp_nomem(err);
	code = curl_easy_perform(curl);
	while (is_queue_full(remote, curl, code) && hyp_mono_ms() < end) {
		/* Nothing has been sent, so this is no second request. */
		hyp_sleep_ms(5);
		code = curl_easy_perform(curl);
	}
	if (code)
		return hyp_remote_explain(remote, curl, code, text, request,
					  err);
	return request->raw
		       ? hyp_remote_take_raw(curl, &answer->body,
					     request->raw_answer, err)
		       : take_answer(remote, curl, request->route, answer, err);
}

int hyp_remote_call(hyper_conn *conn, struct hyp_request *request,
		    struct hyp_answer *ret_answer, hyper_error **err)
{
	struct hyp_remote *remote = (struct hyp_remote *)hyp_conn_base(conn);
	CURL *curl = take_handle(remote);
	int rc;

	*ret_answer = (struct hyp_answer){
		.body = { .max = ANSWER_MAX },
		.total = -1,
	};
	request->terms = &conn->terms;
	hyp_request_param(request, "dry_run",
			  request->flags & HYPER_DRY_RUN ? "1" : NULL);
	rc = curl ? perform(remote, curl, request, ret_answer, err)
		  : hyp_nomem(err);
	if (curl)
		give_handle(remote, curl);
	clear_request(request);
	return rc;
}
