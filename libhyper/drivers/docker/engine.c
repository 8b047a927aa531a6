/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

/* The version of the API that we are written for; Docker 20.10 brought it. An
 * engine that is older, or dropped it, gets the nearest that it has. */
#define API_MINOR 41

/* Bytes of what an engine says that are passed on. */
#define MESSAGE_MAX 1000

struct hyp_engine {
	struct hyp_http *http;
	pthread_mutex_t lock;
	unsigned int minor; /* agreed version 1.minor; 0: not yet */
	bool podman;
};

int hyp_docker_nomem(hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOMEM, NULL, "out of memory");
}

int hyp_engine_new(struct hyp_target *target, struct hyp_engine **ret_engine,
		   hyper_error **err)
{
	struct hyp_engine *engine = calloc(1, sizeof(*engine));
	int rc;

	if (!engine)
		return hyp_docker_nomem(err);
	rc = hyp_http_new(target, &engine->http, err);
	if (rc) {
		free(engine);
		return rc;
	}
	pthread_mutex_init(&engine->lock, NULL);
	*ret_engine = engine;
	return 0;
}

void hyp_engine_free(struct hyp_engine *engine)
{
	if (!engine)
		return;
	hyp_http_free(engine->http);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

void hyp_reply_clear(struct hyp_reply *reply)
{
	json_object_put(reply->json);
	*reply = (struct hyp_reply){ 0 };
}

static int nonsense(const struct hyp_engine *engine, const char *path,
		    hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
			       "%s does not speak the Docker Engine API: its "
			       "answer to %.*s makes no sense",
			       hyp_http_target(engine->http)->name,
			       (int)strcspn(path, "?"), path);
}

/* "1.41": 41; 0 when it is none. */
static unsigned int read_minor(const char *version)
{
	uint64_t minor;

	if (!version || !hyp_starts_with(version, "1.") ||
	    hyp_parse_uint(version + 2, 9999, &minor))
		return 0;
	return (unsigned int)minor;
}

/* One request, to a path as it is. */
static int exchange(struct hyp_engine *engine, const hyper_call *call,
		    const struct hyp_http_request *request,
		    struct hyp_reply *ret_reply, hyper_error **err)
{
	HYP_AUTOBUF body = HYP_BUF_INIT;
	struct hyp_reply reply = { 0 };
	int rc = hyp_http_do(engine->http, call, request, &reply.status, &body,
			     err);

	if (rc == HYPER_ERR_CONNECT || rc == HYPER_ERR_PROTOCOL) {
		/* What answers next may be another version. */
		pthread_mutex_lock(&engine->lock);
		engine->minor = 0;
		pthread_mutex_unlock(&engine->lock);
	}
	if (rc)
		return rc;
	if (body.len > 0)
		reply.json = hyp_json_text(body.data, body.len);
	*ret_reply = reply;
	return 0;
}

static bool says_podman(json_object *version)
{
	json_object *parts = hyp_json_at(version, "Components");
	const char *name = NULL;

	if (json_object_is_type(parts, json_type_array))
		name = hyp_json_str(json_object_array_get_idx(parts, 0),
				    "Name");
	return name && hyp_starts_with(name, "Podman");
}

/* Ask the engine who it is, and agree on a version. */
static int ask_version(struct hyp_engine *engine, const hyper_call *call,
		       json_object **ret_json, hyper_error **err)
{
	const struct hyp_http_request request = {
		.method = "GET",
		.path = "/version",
		.limit_ms = HYP_HTTP_NO_LIMIT,
	};
	HYP_AUTOREPLY reply = { 0 };
	unsigned int least, most, minor = API_MINOR;
	int rc = exchange(engine, call, &request, &reply, err);

	if (rc)
		return rc;
	if (reply.status == 401 || reply.status == 403)
		return hyp_reply_error(&reply, err, "use the engine");
	most = read_minor(hyp_json_str(reply.json, "ApiVersion"));
	least = read_minor(hyp_json_str(reply.json, "MinAPIVersion"));
	if (reply.status != 200 || !most)
		return nonsense(engine, request.path, err);
	if (minor > most)
		minor = most;
	if (minor < least)
		minor = least;
	pthread_mutex_lock(&engine->lock);
	engine->minor = minor;
	engine->podman = says_podman(reply.json);
	pthread_mutex_unlock(&engine->lock);
	*ret_json = hyp_steal(&reply.json);
	return 0;
}

/* What the header of an answer says. */
struct greeting {
	bool podman;
	unsigned int minor; /* the newest that it speaks; 0: nothing */
};

/* [new] the value of a header field, if the line is of that one. */
static char *field_of(const char *line, size_t len, const char *name)
{
	size_t start = strlen(name);

	if (len <= start || strncasecmp(line, name, start) != 0)
		return NULL;
	while (start < len && line[start] == ' ')
		start++;
	while (len > start && strchr("\r\n ", line[len - 1]))
		len--;
	return strndup(line + start, len - start);
}

static void on_greeting(void *data, const char *line, size_t len)
{
	struct greeting *greeting = data;
	HYP_AUTOFREE char *api = field_of(line, len, "Api-Version:");
	HYP_AUTOFREE char *libpod = field_of(line, len, "Libpod-API-Version:");

	if (api)
		greeting->minor = read_minor(api);
	greeting->podman |= libpod != NULL;
}

/* To tell its version Docker asks what it rests on, and Podman runs programs
 * for a second; what they put into the header of any answer costs nothing. */
static int greet(struct hyp_engine *engine, const hyper_call *call,
		 struct greeting *ret_greeting, hyper_error **err)
{
	const struct hyp_http_request request = {
		.method = "GET",
		.path = "/_ping",
		.limit_ms = HYP_HTTP_NO_LIMIT,
		.header = on_greeting,
		.data = ret_greeting,
	};
	HYP_AUTOREPLY reply = { 0 };
	int rc = exchange(engine, call, &request, &reply, err);

	if (rc == 0 && reply.status != 200)
		ret_greeting->minor = 0;
	return rc;
}

static int agree(struct hyp_engine *engine, const hyper_call *call,
		 hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	struct greeting greeting = { 0 };
	int rc = greet(engine, call, &greeting, err);

	if (rc)
		return rc;
	/* A newer Docker may no longer speak ours: only its version tells. */
	if (!greeting.minor || (!greeting.podman && greeting.minor > API_MINOR))
		return ask_version(engine, call, &json, err);
	pthread_mutex_lock(&engine->lock);
	engine->minor = greeting.minor < API_MINOR ? greeting.minor : API_MINOR;
	engine->podman = greeting.podman;
	pthread_mutex_unlock(&engine->lock);
	return 0;
}

/* What was agreed on. */
static int agreed(struct hyp_engine *engine, const hyper_call *call,
		  unsigned int *ret_minor, bool *ret_podman, hyper_error **err)
{
	int rc;

	for (;;) {
		pthread_mutex_lock(&engine->lock);
		*ret_minor = engine->minor;
		*ret_podman = engine->podman;
		pthread_mutex_unlock(&engine->lock);
		if (*ret_minor)
			return 0;
		rc = agree(engine, call, err);
		if (rc)
			return rc;
	}
}

int hyp_engine_probe(struct hyp_engine *engine, const hyper_call *call,
		     char **ret_name, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOBUF name = HYP_BUF_INIT;
	const char *version;
	int rc = ask_version(engine, call, &json, err);

	if (rc)
		return rc;
	version = hyp_json_str(json, "Version");
	hyp_buf_adds(&name, says_podman(json) ? "Podman" : "Docker");
	if (version)
		hyp_buf_addf(&name, " %s", version);
	*ret_name = hyp_buf_take(&name);
	return *ret_name ? 0 : hyp_docker_nomem(err);
}

/* Podman makes up a new ID for each answer, and proxies let not everybody
 * ask. */
int hyp_engine_identify(struct hyp_engine *engine, const hyper_call *call,
			char **ret_identity, hyper_error **err)
{
	HYP_AUTOREPLY reply = { 0 };
	const char *id, *root;
	bool podman;
	int rc = hyp_engine_is_podman(engine, call, &podman, err);

	if (rc == 0)
		rc = hyp_engine_ask(engine, call, "GET", "/info", &reply, err);
	if (rc)
		return rc;
	if (reply.status >= 500 && reply.status != 501)
		return hyp_reply_error(&reply, err, "ask the engine who it is");
	id = hyp_json_str(reply.json, podman ? "Name" : "ID");
	root = hyp_json_str(reply.json, "DockerRootDir");
	if (reply.status != 200 || !id || !root)
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "the engine does not tell who it is");
	if (asprintf(ret_identity, "%s %s", id, root) >= 0)
		return 0;
	*ret_identity = NULL;
	return hyp_docker_nomem(err);
}

int hyp_engine_is_podman(struct hyp_engine *engine, const hyper_call *call,
			 bool *ret_podman, hyper_error **err)
{
	unsigned int minor;

	return agreed(engine, call, &minor, ret_podman, err);
}

int hyp_engine_do(struct hyp_engine *engine, const hyper_call *call,
		  const struct hyp_http_request *request,
		  struct hyp_reply *ret_reply, hyper_error **err)
{
	struct hyp_http_request versioned = *request;
	HYP_AUTOBUF path = HYP_BUF_INIT;
	unsigned int minor;
	bool podman;
	int rc = agreed(engine, call, &minor, &podman, err);

	if (rc)
		return rc;
	hyp_buf_addf(&path, "/v1.%u%s", minor, request->path);
	if (path.failed)
		return hyp_docker_nomem(err);
	versioned.path = path.data;
	return exchange(engine, call, &versioned, ret_reply, err);
}

int hyp_engine_ask(struct hyp_engine *engine, const hyper_call *call,
		   const char *method, const char *path,
		   struct hyp_reply *ret_reply, hyper_error **err)
{
	const struct hyp_http_request request = {
		.method = method,
		.path = path,
		.limit_ms = HYP_HTTP_NO_LIMIT,
	};

	return hyp_engine_do(engine, call, &request, ret_reply, err);
}

int hyp_engine_post(struct hyp_engine *engine, const hyper_call *call,
		    const char *path, json_object *json,
		    struct hyp_reply *ret_reply, hyper_error **err)
{
	const struct hyp_http_request request = {
		.method = "POST",
		.path = path,
		.body = json_object_to_json_string_ext(json,
						       JSON_C_TO_STRING_PLAIN),
		.limit_ms = HYP_HTTP_NO_LIMIT,
	};

	if (!request.body)
		return hyp_docker_nomem(err);
	return hyp_engine_do(engine, call, &request, ret_reply, err);
}

int hyp_engine_get(struct hyp_engine *engine, const hyper_call *call,
		   const char *path, json_object **ret_json, hyper_error **err)
{
	return hyp_engine_get_within(engine, call, path, HYP_HTTP_NO_LIMIT,
				     ret_json, err);
}

int hyp_engine_get_within(struct hyp_engine *engine, const hyper_call *call,
			  const char *path, uint32_t limit_ms,
			  json_object **ret_json, hyper_error **err)
{
	const struct hyp_http_request request = {
		.method = "GET",
		.path = path,
		.limit_ms = limit_ms,
	};
	HYP_AUTOREPLY reply = { 0 };
	int rc = hyp_engine_do(engine, call, &request, &reply, err);

	if (rc)
		return rc;
	if (!reply.status)
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "the engine does not answer within %u "
				       "ms",
				       limit_ms);
	if (reply.status == 404 && hyp_json_str(reply.json, "message"))
		return 0;
	if (reply.status >= 400 && hyp_json_str(reply.json, "message"))
		return hyp_reply_error(&reply, err, "get %s", path);
	if (reply.status != 200 || !reply.json)
		return nonsense(engine, path, err);
	*ret_json = hyp_steal(&reply.json);
	return 0;
}

/* "cannot <what>: <message>", on one line. */
static HYPER_PRINTF(4, 0) int refused(const char *message, int code,
				      hyper_error **err, const char *what,
				      va_list args)
{
	HYP_AUTOBUF text = HYP_BUF_INIT;
	const char *field = NULL;
	char start[256];

	vsnprintf(start, sizeof(start), what, args);
	for (; *message && text.len < MESSAGE_MAX; message++)
		hyp_buf_addc(&text,
			     strchr("\r\n\t", *message) ? ' ' : *message);
	if (text.failed || !text.data)
		return hyp_docker_nomem(err);
	code = hyp_decode_error(text.data, code, &field);
	return hyper_error_set(err, code, field, "cannot %s: %s", start,
			       text.data);
}

int hyp_reply_error(const struct hyp_reply *reply, hyper_error **err,
		    const char *what, ...)
{
	const char *message = hyp_json_str(reply->json, "message");
	char status[32];
	va_list args;
	int rc;

	snprintf(status, sizeof(status), "HTTP status %ld", reply->status);
	switch (reply->status) {
	case 400:
		rc = HYPER_ERR_INVALID;
		break;
	case 401:
	case 403:
		rc = HYPER_ERR_DENIED;
		break;
	case 404:
		rc = HYPER_ERR_NOT_FOUND;
		break;
	case 409:
		rc = HYPER_ERR_BUSY;
		break;
	default:
		rc = reply->status < 400 ? HYPER_ERR_PROTOCOL
					 : HYPER_ERR_DRIVER;
	}
	va_start(args, what);
	rc = refused(message ? message : status, rc, err, what, args);
	va_end(args);
	return rc;
}

int hyp_message_error(const char *message, int code, hyper_error **err,
		      const char *what, ...)
{
	va_list args;
	int rc;

	va_start(args, what);
	rc = refused(message, code, err, what, args);
	va_end(args);
	return rc;
}
