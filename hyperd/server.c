/* SPDX-License-Identifier: MIT */
/*
 * The HTTP servers: an ulfius instance for each listener, one connection to
 * the library for all. A thread serves each client, for calls block.
 */
#include "hyperd.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <ulfius.h>
#include <unistd.h>

/* What libmicrohttpd needs for a connection beside what it reads. */
#define CONNECTION_MEMORY 4096
#define DEFAULT_SOCKET	  "hyperd.sock"

struct endpoint {
	struct listener listener;
	struct service service;
	struct _u_instance instance;
	bool initialized;
	bool running;
};

struct server {
	struct endpoint endpoints[LISTEN_MAX + 1 + LISTEN_MAX];
	size_t n;
	char *token;
	struct tls tls;
};

/* Requests that are being answered, of all servers in the process. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	unsigned int running;
	bool stopping;
} requests = { .lock = PTHREAD_MUTEX_INITIALIZER };
/* Whether this thread's request is among them. */
static _Thread_local bool counted;

bool server_request_begins(void)
{
	pthread_mutex_lock(&requests.lock);
	counted = !requests.stopping;
	if (counted)
		requests.running++;
	pthread_mutex_unlock(&requests.lock);
	return counted;
}

bool server_is_stopping(void)
{
	bool stopping;

	pthread_mutex_lock(&requests.lock);
	stopping = requests.stopping;
	pthread_mutex_unlock(&requests.lock);
	return stopping;
}

/* A request line has come; the answer will be sent by this thread, too. */
static void *on_request(void *data, const char *uri,
			struct MHD_Connection *connection)
{
	client_asks(connection);
	whole_begins(uri);
	return client_keep(ulfius_uri_logger(data, uri));
}

/* The answer is sent, or the client has gone. */
static void on_completed(void *data, struct MHD_Connection *connection,
			 void **request, enum MHD_RequestTerminationCode why)
{
	mhd_request_completed(data, connection, request, why);
	client_keep(NULL);
	stream_request_ended((int)why);
	client_waits();
	if (!counted)
		return;
	counted = false;
	pthread_mutex_lock(&requests.lock);
	if (--requests.running == 0)
		pthread_cond_broadcast(&requests.idle);
	pthread_mutex_unlock(&requests.lock);
}

static void on_connection(void *listener, struct MHD_Connection *connection,
			  void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		client_begins(connection, listener, context);
	else
		client_ends(*context);
}

/* What clients get wrong in HTTP itself. */
static void on_log(void *data, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
static void on_log(void *data, const char *format, va_list args)
{
	char text[512];

	(void)data;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\r\n")] = '\0';
	hyper_log(HYPER_LOG_DEBUG, "http: %s", text);
}

/* Twice what a request may have, so that we see it and tell what is wrong;
 * what is larger still, libmicrohttpd refuses. It halves its buffer. */
static size_t memory_of(const struct config *config)
{
	return 2 * (config->max_url + config->max_header) + CONNECTION_MEMORY;
}

static int start_instance(const struct tls *tls, struct endpoint *endpoint,
			  const struct config *config)
{
	/* RFC 8996: GnuTLS still speaks what came before 1.2. */
	static char priorities[] = "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1";
	struct _u_instance *instance = &endpoint->instance;
	unsigned int flags = MHD_USE_THREAD_PER_CONNECTION |
			     MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			     MHD_USE_ITC | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, endpoint->listener.fd, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection,
		  endpoint },
		{ MHD_OPTION_CONNECTION_LIMIT,
		  (intptr_t)(config->max_connections + CLIENTS_SPARE), NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		  (intptr_t)memory_of(config), NULL },
		/* A call that takes longer is not idle. */
		{ MHD_OPTION_CONNECTION_TIMEOUT, config->idle_timeout, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ endpoint->listener.tls ? MHD_OPTION_HTTPS_MEM_KEY
					 : MHD_OPTION_END,
		  0, tls->key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, tls->cert },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities },
		{ tls->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END,
		  0, tls->client_ca },
		{ MHD_OPTION_END, 0, NULL },
	};

	/* The port is asked for, and not used: there is a socket. */
	if (ulfius_init_instance(instance, 1, NULL, NULL) != U_OK)
		return -1;
	endpoint->initialized = true;
	instance->max_post_body_size = endpoint->service.max_body + 1;
	instance->allowed_post_processor = U_POST_PROCESS_NONE;
	instance->check_utf8 = 0; /* it drops what is not; we refuse it */
	if (ulfius_set_default_endpoint(instance, adapt, &endpoint->service) !=
	    U_OK)
		return -1;
	if (endpoint->listener.tls)
		flags |= MHD_USE_TLS;
	if (ulfius_start_framework_with_mhd_options(instance, flags, options) !=
	    U_OK)
		return -1;
	endpoint->running = true;
	return 0;
}

static char *default_socket(const char *state)
{
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
	char *path = NULL;
	int rc;

	if (geteuid() == 0)
		return strdup("/run/hyper/" DEFAULT_SOCKET);
	if (runtime && runtime[0] == '/')
		rc = asprintf(&path, "%s/hyper/" DEFAULT_SOCKET, runtime);
	else
		rc = asprintf(&path, "%s/" DEFAULT_SOCKET, state);
	return rc < 0 ? NULL : path;
}

/* Is there one on TCP, or one that is not? */
static bool has_listener(const struct server *server, bool tcp)
{
	for (size_t i = 0; i < server->n; i++)
		if (server->endpoints[i].listener.tcp == tcp)
			return true;
	return false;
}

static bool has_tls(const struct server *server)
{
	for (size_t i = 0; i < server->n; i++)
		if (server->endpoints[i].listener.tls)
			return true;
	return false;
}

static int open_passed(struct server *server, const struct config *config,
		       bool tls)
{
	for (int i = 0; i < config->n_passed; i++, server->n++)
		if (listen_passed(SD_LISTEN_FDS_START + i, config->passed[i],
				  tls,
				  &server->endpoints[server->n].listener) != 0)
			return -1;
	return 0;
}

static int open_unix(struct server *server, const struct config *config,
		     const char *state)
{
	const char *wanted = config->text[SET_SOCKET];
	char *path;
	int rc;

	if (has_listener(server, false) ||
	    (wanted && strcmp(wanted, "none") == 0))
		return 0;
	path = wanted ? strdup(wanted) : default_socket(state);
	rc = path ? listen_unix(config, path,
				&server->endpoints[server->n].listener)
		  : -1;
	free(path);
	server->n += rc == 0;
	return rc;
}

/* The token, and what TLS needs. */
static int load_secrets(struct server *server, const struct config *config,
			const char *state)
{
	const char *wanted = config->text[SET_TOKEN_FILE];
	char *path;

	if (!has_listener(server, true))
		return 0;
	if (has_tls(server) && tls_load(&server->tls, config, state) != 0)
		return -1;
	if (config->insecure_no_auth) {
		hyper_log(HYPER_LOG_WARNING,
			  "insecure-no-auth: whoever reaches a TCP address "
			  "below is master of all machines");
		return 0;
	}
	if (asprintf(&path, "%s/token", state) < 0)
		return -1;
	server->token = token_load(wanted ? wanted : path);
	free(path);
	return server->token ? 0 : -1;
}

static int open_all(struct server *server, const struct config *config,
		    hyper_conn *conn)
{
	static const char scheme[] = "file:";
	const char *state = hyper_conn_uri(conn) + sizeof(scheme) - 1;
	/* Who asks for a certificate wants TLS. */
	bool tls = config->tls || config->text[SET_TLS_CERT] ||
		   config->text[SET_TLS_CLIENT_CA];

	if (open_passed(server, config, tls) != 0 ||
	    open_unix(server, config, state) != 0)
		return -1;
	for (size_t i = 0; i < config->n_listen; i++, server->n++)
		if (listen_tcp(&config->listen[i], tls,
			       &server->endpoints[server->n].listener) != 0)
			return -1;
	if (load_secrets(server, config, state) != 0)
		return -1;
	for (size_t i = 0; i < server->n; i++) {
		struct endpoint *endpoint = &server->endpoints[i];
		bool tcp = endpoint->listener.tcp;

		endpoint->service = (struct service){
			.conn = conn,
			.token = server->token,
			.tcp = tcp,
			.tls = endpoint->listener.tls,
			.open = tcp && config->insecure_no_auth,
			.certificate_role = tcp && server->tls.client_ca
						    ? config->client_role
						    : HYPER_ROLE_NONE,
			.certificate_optional = config->client_optional,
			.hosts = config->text[SET_HOSTS],
			.origins = config->text[SET_ORIGINS],
			.max_body = config->max_body,
			.max_header = config->max_header,
			.max_url = config->max_url,
		};
		if (start_instance(&server->tls, endpoint, config) != 0) {
			hyper_log(HYPER_LOG_ERROR, "cannot serve %s%s",
				  endpoint->listener.url,
				  endpoint->listener.tls
					  ? ": are tls-cert and tls-key a pair "
					    "in PEM, and tls-client-ca "
					    "certificates?"
					  : "");
			return -1;
		}
	}
	return 0;
}

struct server *server_start(const struct config *config, hyper_conn *conn)
{
	struct server *server = calloc(1, sizeof(*server));
	pthread_condattr_t attr;

	if (!server)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&requests.idle, &attr);
	pthread_condattr_destroy(&attr);
	if (clients_watch(config) != 0 || open_all(server, config, conn) != 0) {
		server_free(server);
		return NULL;
	}
	return server;
}

const char *server_url(const struct server *server, size_t index)
{
	return index < server->n ? server->endpoints[index].listener.url : NULL;
}

void server_quiesce(struct server *server)
{
	pthread_mutex_lock(&requests.lock);
	requests.stopping = true;
	pthread_mutex_unlock(&requests.lock);
	for (size_t i = 0; i < server->n; i++)
		MHD_quiesce_daemon(server->endpoints[i].instance.mhd_daemon);
}

bool server_drain(unsigned int timeout_ms)
{
	struct timespec until = time_after(timeout_ms);
	int rc = 0;

	pthread_mutex_lock(&requests.lock);
	while (requests.running > 0 && rc == 0)
		rc = pthread_cond_timedwait(&requests.idle, &requests.lock,
					    &until);
	pthread_mutex_unlock(&requests.lock);
	return rc == 0;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < server->n; i++) {
		struct endpoint *endpoint = &server->endpoints[i];

		if (endpoint->running)
			MHD_quiesce_daemon(endpoint->instance.mhd_daemon);
		if (endpoint->running)
			ulfius_stop_framework(&endpoint->instance);
		if (endpoint->initialized)
			ulfius_clean_instance(&endpoint->instance);
		listener_close(&endpoint->listener);
	}
	clients_unwatch();
	free(server->token);
	tls_free(&server->tls);
	free(server);
}
