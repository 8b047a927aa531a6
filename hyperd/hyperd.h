/* SPDX-License-Identifier: MIT */
/*
 * hyperd: libhyper over HTTP. It adapts and guards; what a request means is
 * the library's business. Whoever fails tells why with hyper_log().
 */
#ifndef HYPERD_H
#define HYPERD_H

#include <hyper/hyper.h>
#include <hyper/rest.h>
#include <sys/socket.h>
#include <time.h>

/* Exit codes, next to 0. */
enum { EXIT_RUNTIME = 1, EXIT_CONFIG = 2, EXIT_HARD_STOP = 3 };

/* How long a stop may take, in ms: one look, streams, requests, and all of
 * it. */
enum {
	STOP_STEP_MS = 100,
	STOP_STREAMS_MS = 500,
	STOP_REQUESTS_MS = 1500,
	STOP_ALL_MS = 1900
};

/* --- config.c: settings from file, environment and command line --- */

#define LISTEN_MAX 16

enum setting {
	SET_STATE,
	SET_SOCKET,
	SET_SOCKET_MODE,
	SET_SOCKET_GROUP,
	SET_LISTEN,
	SET_TOKEN_FILE,
	SET_INSECURE_NO_AUTH,
	SET_TLS,
	SET_TLS_CERT,
	SET_TLS_KEY,
	SET_TLS_CLIENT_CA,
	SET_TLS_CLIENT,
	SET_TLS_CLIENT_ROLE,
	SET_MAX_BODY,
	SET_MAX_HEADER,
	SET_MAX_URL,
	SET_MAX_CONNECTIONS,
	SET_MAX_CONNECTIONS_PER_IP,
	SET_REQUEST_TIMEOUT,
	SET_ANSWER_TIMEOUT,
	SET_IDLE_TIMEOUT,
	SET_HOSTS,
	SET_ORIGINS,
	SET_LOG_LEVEL,
	SET_LOG_FORMAT,
	SET_COUNT
};

/* Later ones win. */
enum level { LEVEL_DEFAULT, LEVEL_FILE, LEVEL_ENVIRONMENT, LEVEL_FLAG };

struct address {
	struct sockaddr_storage addr;
	socklen_t len;
	char *text;
};

struct config {
	/* Each setting as it was written, NULL for none; where, for errors. */
	char *text[SET_COUNT];
	char *origin[SET_COUNT];
	enum level level[SET_COUNT];
	/* What the texts mean, where they are not their own meaning. */
	unsigned int socket_mode;
	struct address listen[LISTEN_MAX];
	size_t n_listen;
	/* Sockets that systemd has made: their names, from descriptor 3 on. */
	char **passed;
	int n_passed;
	bool insecure_no_auth;
	bool tls;	      /* on loopback, too */
	int client_role;      /* of who shows a certificate */
	bool client_optional; /* a token will do instead of a certificate */
	size_t max_body;
	size_t max_header;
	size_t max_url;
	size_t max_connections; /* of each listener, as the next one */
	size_t max_connections_per_ip;
	unsigned int request_timeout; /* seconds, as the next ones */
	unsigned int answer_timeout;
	unsigned int idle_timeout;
	int log_level;
	bool logfmt;
};

/* What the command line asks for other than to serve. */
enum action { ACTION_SERVE, ACTION_CHECK, ACTION_EXIT };

/* 0, or EXIT_CONFIG. config is to be freed in any case. */
int config_load(struct config *config, int argc, char **argv,
		enum action *ret_action);
void config_print(const struct config *config);
void config_free(struct config *config);

/* --- settings.c: each setting --- */

extern const struct setting_info {
	const char *name;  /* in the file with '_' for '-' */
	const char *value; /* what help calls it; NULL: a switch */
	const char *help;
	/* What is wrong with a value ("must be …"), or NULL. */
	const char *(*parse)(struct config *config, const char *value);
	const char *fallback; /* NULL: not a fixed one */
} setting_info[SET_COUNT];

/* SET_COUNT for none. */
enum setting setting_find(const char *name);
/* level and origin tell where it stood. 0 or -1. */
int config_set(struct config *config, enum setting setting, const char *value,
	       enum level level, const char *origin);

/* --- auth.c: the token of a file, an admin's --- */

/* [new] the token in a file, which is made if it is not there; or NULL. */
char *token_load(const char *path);
/* Is this that token? */
bool token_matches(const char *token, const char *shown);

/* Write a file of mode 0600 that is not there yet: all of it appears at once,
 * or nothing; of two makers, one wins. 0 or -1 with errno. */
int write_once(const char *path, const char *text);

/* --- certificate.c: what TLS needs --- */

struct tls {
	char *cert; /* PEM: the server's, with its chain */
	char *key;
	char *client_ca; /* who vouches for clients, or NULL */
};

/* Those of the settings, or STATE/tls.pem, which is made if it is not there.
 * 0 or -1; tls is to be freed in any case. */
int tls_load(struct tls *tls, const struct config *config, const char *state);
void tls_free(struct tls *tls);

/* --- client_certificate.c: who a client is by its certificate --- */

#define CLIENT_NAME_MAX 64

/* The name in the certificate of the client of this thread's request, if it
 * is of tls-client-ca, valid, and for clients; or NULL. Letters, digits and
 * -._@ only. Good until the thread's next request. */
const char *client_name(void);

/* --- listen.c: sockets --- */

struct listener {
	int fd;
	int lock_fd; /* unix: held as long as the socket is ours */
	char *path;  /* unix: the socket's file, to be removed */
	char *url;
	bool tcp;
	bool tls;
};

/* 0 or -1. TCP is TLS if `tls`, and where it is not loopback. */
int listen_unix(const struct config *config, const char *path,
		struct listener *ret_listener);
int listen_tcp(const struct address *address, bool tls,
	       struct listener *ret_listener);
/* One that listens already and has that name. */
int listen_passed(int fd, const char *name, bool tls,
		  struct listener *ret_listener);
void listener_close(struct listener *listener);
bool is_loopback(const struct sockaddr_storage *addr);

/* --- adapt.c: a request of ulfius to one of the library, and back --- */

struct _u_request;
struct _u_response;

struct service {
	hyper_conn *conn;
	const char *token; /* of the file, or NULL */
	bool tcp;
	bool tls;
	bool open; /* nobody is asked for a token */
	/* Whoever shows a certificate has this role; who shows none may come in
	 * at most with a token, and only if it is optional. NONE: nobody is
	 * asked for one. */
	int certificate_role;
	bool certificate_optional;
	const char *hosts; /* lists with commas, or NULL */
	const char *origins;
	size_t max_body;
	size_t max_header;
	size_t max_url;
};

/* How long the scheme is that a target in absolute form begins with; 0: it is
 * in another form (RFC 9112 §3.2). */
size_t scheme_length(const char *target);
/* An ulfius callback; data is a struct service. */
int adapt(const struct _u_request *in, struct _u_response *out, void *data);

/* --- access.c: who asks --- */

struct caller {
	int role; /* enum hyper_role */
	char actor[257];
};
void access_find(const struct service *service, const struct _u_request *in,
		 struct caller *ret_caller);

/* --- origin.c: whose page, and which name of ours? --- */

#define WHY_SIZE 256

/* The slug of a problem, and in why what is wrong; NULL: nothing. */
const char *origin_check(const struct service *service,
			 const struct _u_request *in, char why[WHY_SIZE]);
/* A browser wants to know what it may ask. It shows no token. */
bool origin_is_preflight(const struct _u_request *in);
/* What lets a browser give an answer to a page that may have it. */
void origin_add_headers(const struct service *service,
			const struct _u_request *in, struct _u_response *out);

/* --- whole.c: is anything left out of a header? --- */

/* The first line of this thread's request is there. */
void whole_begins(const char *uri);
/* Is the header, of which these are the first line's, what was sent? False:
 * there is a byte of zero in it, or a field that is folded. */
bool whole_is(const char *method, const char *version);

/* --- client.c: connections, how many and how long --- */

struct MHD_Connection;

/* libmicrohttpd itself has so much room more: for those that are told that
 * there is none, and those that are about to be closed. */
#define CLIENTS_SPARE 64

/* Begin to look at deadlines, which are those of the config. 0 or -1. */
int clients_watch(const struct config *config);
void clients_unwatch(void);
size_t clients_count(void);
/* One connects (context is [new]), and is gone. */
void client_begins(struct MHD_Connection *connection, const void *listener,
		   void **context);
void client_ends(void *context);

/* Of the request of this thread: its first line is there; it is whole; there
 * is an answer to be sent; which has been sent. */
void client_asks(struct MHD_Connection *connection);
void client_is_answered(void);
void client_is_sent(bool stream);
void client_waits(void);
/* The slug of a problem, if there is no room for this client. */
const char *client_refusal(void);
/* Hold what ulfius made for it until it ends; NULL: it has. */
void *client_keep(void *request);
/* Its connection, and the socket of that. */
struct MHD_Connection *client_connection(void);
int client_fd(void);

int fd_of(struct MHD_Connection *connection);
/* Who is that? One word for the log. */
#define PEER_SIZE 80
void peer_of(int fd, char text[PEER_SIZE]);

/* --- log.c --- */

void log_init(int level, bool logfmt);

struct log_request {
	const char *id;
	const char *method;
	const char *path;
	size_t path_len;   /* without what is behind its `?` */
	const char *route; /* NULL: none */
	int fd; /* whose other end is told */
	char actor[257]; /* empty: nobody knows */
	long status;
	double ms;
	size_t bytes;
};
void log_request(const struct log_request *request);

/* --- stream.c: answers in parts --- */

/* So many at once, that they leave connections to others; and how long one may
 * stand while its client reads nothing, in seconds. */
enum { STREAMS_MAX = 128, STREAM_STALLED_S = 30 };

/* That of this thread has ended: an enum MHD_RequestTerminationCode. */
void stream_request_ended(int why);
/* Answer with [takes, on success] a response that streams. False: there are
 * too many. */
bool stream_begin(struct _u_response *out, hyper_rest_response *response);
size_t streams_count(void);
/* Close the connections that stream. */
void stream_cut_all(void);

/* --- server.c: the HTTP servers, one a listener --- */

struct server;

/* NULL on failure. Serves at once. */
struct server *server_start(const struct config *config, hyper_conn *conn);
/* Where it listens, from 0; NULL past the last. */
const char *server_url(const struct server *server, size_t index);
/* Take no more connections and requests. */
void server_quiesce(struct server *server);
/* Wait until all requests are answered, at most so long; are they? */
bool server_drain(unsigned int timeout_ms);
/* End it, or what there is of it. */
void server_free(struct server *server);

/* For adapt(): a request begins, and ends when its answer is sent. False:
 * the server is stopping. */
bool server_request_begins(void);
bool server_is_stopping(void);

/* --- memory.c --- */

/* Give the system what of our memory is free, if that is worth it. */
void memory_give_back(void);

/* --- signals.c --- */

/* Before any other thread: SIGTERM and SIGINT stop, SIGHUP is ignored. 0 or
 * -1. */
int signals_init(void);
/* True at the first signal, false if there is none for so long (0: forever).
 * From the first one on the process ends hard with EXIT_HARD_STOP: at the
 * second signal, or after STOP_ALL_MS. */
bool signals_wait(unsigned int timeout_ms);
/* CLOCK_MONOTONIC so much later than now. */
struct timespec time_after(unsigned int ms);

/* --- systemd.c --- */

/* How many sockets systemd has made for us, and [new] their names; -1. */
int systemd_sockets(char ***ret_names);
void systemd_ready(void);
void systemd_stopping(void);
/* How often systemd wants to hear that this process is alive; 0: never. */
unsigned int systemd_watchdog_ms(void);
void systemd_alive(void);

#endif
