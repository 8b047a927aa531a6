/* SPDX-License-Identifier: MIT */
/* Each setting: its name, and what its value may be. */
#include "hyperd.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decimal or octal digits only, at most max. 0 or -1. */
static int parse_number(const char *text, int base, unsigned long max,
			unsigned long *ret_value)
{
	const char *digits = base == 8 ? "01234567" : "0123456789";
	unsigned long value;

	if (!*text || text[strspn(text, digits)])
		return -1;
	errno = 0;
	value = strtoul(text, NULL, base);
	if (errno != 0 || value > max)
		return -1;
	*ret_value = value;
	return 0;
}

static const char *parse_path(struct config *config, const char *value)
{
	(void)config;
	return value[0] == '/' ? NULL : "must be an absolute path";
}

static const char *parse_socket(struct config *config, const char *value)
{
	(void)config;
	return value[0] == '/' || strcmp(value, "none") == 0
		       ? NULL
		       : "must be an absolute path, or none";
}

static const char *parse_mode(struct config *config, const char *value)
{
	unsigned long mode;

	if (parse_number(value, 8, 0777, &mode) != 0)
		return "must be an octal mode such as 0660";
	config->socket_mode = (unsigned int)mode;
	return NULL;
}

static const char *parse_group(struct config *config, const char *value)
{
	(void)config;
	return *value ? NULL : "must be the name of a group";
}

/* ADDRESS:PORT into address. Hand-made, for names are not to be resolved. */
static int parse_address(const char *value, struct address *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->addr;
	const char *colon = strrchr(value, ':');
	char host[INET6_ADDRSTRLEN];
	size_t len;
	unsigned long port;

	if (!colon || parse_number(colon + 1, 10, 65535, &port) != 0)
		return -1;
	len = (size_t)(colon - value);
	memset(&address->addr, 0, sizeof(address->addr));
	if (len > 2 && value[0] == '[' && value[len - 1] == ']') {
		if (len - 2 >= sizeof(host))
			return -1;
		memcpy(host, value + 1, len - 2);
		host[len - 2] = '\0';
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		address->len = sizeof(*in6);
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1 ? 0 : -1;
	}
	if (len >= sizeof(host))
		return -1;
	memcpy(host, value, len);
	host[len] = '\0';
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	address->len = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? 0 : -1;
}

static const char *parse_listen(struct config *config, const char *value)
{
	struct address address;

	if (config->n_listen == LISTEN_MAX)
		return "there may be at most 16 addresses";
	if (parse_address(value, &address) != 0)
		return "must be ADDRESS:PORT with a numeric address, such as "
		       "127.0.0.1:7070 or [::1]:7070";
	address.text = strdup(value);
	if (!address.text)
		return "out of memory";
	config->listen[config->n_listen++] = address;
	return NULL;
}

static const char *parse_switch(const char *value, bool *ret_on)
{
	*ret_on = strcmp(value, "yes") == 0;
	return *ret_on || strcmp(value, "no") == 0 ? NULL : "must be yes or no";
}

static const char *parse_no_auth(struct config *config, const char *value)
{
	return parse_switch(value, &config->insecure_no_auth);
}

static const char *parse_tls(struct config *config, const char *value)
{
	return parse_switch(value, &config->tls);
}

static const char *parse_tls_client(struct config *config, const char *value)
{
	config->client_optional = strcmp(value, "optional") == 0;
	return config->client_optional || strcmp(value, "required") == 0
		       ? NULL
		       : "must be required or optional";
}

static const char *parse_tls_client_role(struct config *config,
					 const char *value)
{
	config->client_role = hyper_role_parse(value);
	return config->client_role != HYPER_ROLE_NONE
		       ? NULL
		       : "must be viewer, operator or admin";
}

/* Numbers that have a least and a most. */
#define DEFINE_LIMIT(member, min, max, unit)                                   \
	static const char *parse_##member(struct config *config,               \
					  const char *value)                   \
	{                                                                      \
		unsigned long number;                                          \
                                                                               \
		if (parse_number(value, 10, max, &number) != 0 ||              \
		    number < (min))                                            \
			return "must be a number of " unit " from " #min       \
			       " to " #max;                                    \
		config->member = (__typeof__(config->member))number;           \
		return NULL;                                                   \
	}
DEFINE_LIMIT(max_body, 1, 1048576, "bytes")
DEFINE_LIMIT(max_header, 1024, 1048576, "bytes")
DEFINE_LIMIT(max_url, 256, 1048576, "bytes")
DEFINE_LIMIT(max_connections, 1, 100000, "connections")
DEFINE_LIMIT(max_connections_per_ip, 1, 100000, "connections")
DEFINE_LIMIT(request_timeout, 1, 3600, "seconds")
DEFINE_LIMIT(answer_timeout, 1, 3600, "seconds")
DEFINE_LIMIT(idle_timeout, 1, 3600, "seconds")
static_assert(HYPER_REST_BODY_MAX == 1048576, "what max_body says");

/* A list with commas of words of these characters. */
static bool is_list(const char *value, const char *characters)
{
	size_t len = strlen(value);

	return len > 0 && value[0] != ',' && value[len - 1] != ',' &&
	       !strstr(value, ",,") && strspn(value, characters) == len;
}

#define NAME_CHARACTERS                                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:,"

static const char *parse_hosts(struct config *config, const char *value)
{
	(void)config;
	return is_list(value, NAME_CHARACTERS)
		       ? NULL
		       : "must be names or addresses, with commas between them";
}

static const char *parse_origins(struct config *config, const char *value)
{
	(void)config;
	if (!is_list(value, NAME_CHARACTERS "/[]"))
		value = "";
	while (strncmp(value, "http://", 7) == 0 ||
	       strncmp(value, "https://", 8) == 0) {
		size_t host = strcspn(value, "/") + 2;
		size_t len = strcspn(value, ",");

		if (host == len || strcspn(value + host, "/,") != len - host)
			break;
		value += len;
		if (!*value++)
			return NULL;
	}
	return "must be origins such as https://example.org:8443, with commas "
	       "between them";
}

static const char *parse_log_format(struct config *config, const char *value)
{
	config->logfmt = strcmp(value, "logfmt") == 0;
	return config->logfmt || strcmp(value, "text") == 0
		       ? NULL
		       : "must be text or logfmt";
}

static const char *parse_log_level(struct config *config, const char *value)
{
	static const char *const names[] = {
		[HYPER_LOG_ERROR] = "error",
		[HYPER_LOG_WARNING] = "warning",
		[HYPER_LOG_INFO] = "info",
		[HYPER_LOG_DEBUG] = "debug",
	};

	for (int i = HYPER_LOG_ERROR; i <= HYPER_LOG_DEBUG; i++) {
		if (strcmp(value, names[i]) == 0) {
			config->log_level = i;
			return NULL;
		}
	}
	return "must be error, warning, info or debug";
}

const struct setting_info setting_info[SET_COUNT] = {
	[SET_STATE] = { "state", "DIR",
			"the state directory (the library's default)",
			parse_path, NULL },
	[SET_SOCKET] = { "socket", "PATH",
			 "the unix socket, or none; as root\n"
			 "(/run/hyper/hyperd.sock), else\n"
			 "($XDG_RUNTIME_DIR/hyper/hyperd.sock)",
			 parse_socket, NULL },
	[SET_SOCKET_MODE] = { "socket-mode", "MODE", "its mode (0660)",
			      parse_mode, "0660" },
	[SET_SOCKET_GROUP] = { "socket-group", "GROUP",
			       "its group (hyper, if there is such a group)",
			       parse_group, NULL },
	[SET_LISTEN] = { "listen", "ADDRESS:PORT",
			 "serve TCP too; may be given several times",
			 parse_listen, NULL },
	[SET_TOKEN_FILE] = { "token-file", "FILE",
			     "the token that TCP clients need, made if\n"
			     "it is not there (STATE/token)",
			     parse_path, NULL },
	[SET_INSECURE_NO_AUTH] = { "insecure-no-auth", NULL,
				   "ask TCP clients for no token",
				   parse_no_auth, "no" },
	[SET_TLS] = { "tls", NULL, "TLS on loopback as well as elsewhere",
		      parse_tls, "no" },
	[SET_TLS_CERT] = { "tls-cert", "FILE",
			   "certificate chain (PEM): all TCP is TLS (one\n"
			   "is made: STATE/tls.pem)",
			   parse_path, NULL },
	[SET_TLS_KEY] = { "tls-key", "FILE", "its private key (PEM)",
			  parse_path, NULL },
	[SET_TLS_CLIENT_CA] = { "tls-client-ca", "FILE",
				"TCP clients show a certificate of it (PEM)",
				parse_path, NULL },
	[SET_TLS_CLIENT] = { "tls-client", "MODE",
			     "required, or optional: else a token (required)",
			     parse_tls_client, NULL },
	[SET_TLS_CLIENT_ROLE] = { "tls-client-role", "ROLE",
				  "what they may do: viewer, operator, admin\n"
				  "(admin)",
				  parse_tls_client_role, "admin" },
	[SET_MAX_BODY] = { "max-body", "BYTES",
			   "largest body of a request (1048576)",
			   parse_max_body, "1048576" },
	[SET_MAX_HEADER] = { "max-header", "BYTES",
			     "largest header of a request (16384)",
			     parse_max_header, "16384" },
	[SET_MAX_URL] = { "max-url", "BYTES",
			  "longest target of a request (32768)", parse_max_url,
			  "32768" },
	[SET_MAX_CONNECTIONS] = { "max-connections", "N",
				  "so many at each address (512)",
				  parse_max_connections, "512" },
	[SET_MAX_CONNECTIONS_PER_IP] = { "max-connections-per-ip", "N",
					 "of them, from one host (128)",
					 parse_max_connections_per_ip, "128" },
	[SET_REQUEST_TIMEOUT] = { "request-timeout", "SECONDS",
				  "a request must be there in time (30)",
				  parse_request_timeout, "30" },
	[SET_ANSWER_TIMEOUT] = { "answer-timeout", "SECONDS",
				 "and its answer be read in time (60)",
				 parse_answer_timeout, "60" },
	[SET_IDLE_TIMEOUT] = { "idle-timeout", "SECONDS",
			       "close connections that are idle (60)",
			       parse_idle_timeout, "60" },
	[SET_HOSTS] = { "hosts", "NAME,...",
			"further names of this server, for Host", parse_hosts,
			NULL },
	[SET_ORIGINS] = { "origins", "ORIGIN,...",
			  "web sites whose pages may ask this server",
			  parse_origins, NULL },
	[SET_LOG_FORMAT] = { "log-format", "FORMAT",
			     "text or, with times, logfmt (text)",
			     parse_log_format, "text" },
	[SET_LOG_LEVEL] = { "log-level", "LEVEL",
			    "error, warning, info or debug (info)",
			    parse_log_level, "info" },
};

enum setting setting_find(const char *name)
{
	for (enum setting i = 0; i < SET_COUNT; i++) {
		const char *a = name, *b = setting_info[i].name;

		while (*a && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (!*a && !*b)
			return i;
	}
	return SET_COUNT;
}

static void forget_addresses(struct config *config)
{
	while (config->n_listen > 0)
		free(config->listen[--config->n_listen].text);
}

int config_set(struct config *config, enum setting setting, const char *value,
	       enum level level, const char *origin)
{
	char *text = strdup(value), *where = strdup(origin);
	const char *problem = NULL;

	if (setting == SET_LISTEN && level > config->level[setting])
		forget_addresses(config);
	if (!text || !where)
		problem = "out of memory";
	else if (level == LEVEL_FILE && setting != SET_LISTEN &&
		 config->level[setting] == LEVEL_FILE)
		problem = "it is set twice";
	else
		problem = setting_info[setting].parse(config, value);
	if (problem) {
		hyper_log(HYPER_LOG_ERROR, "%s: %s is \"%s\": %s", origin,
			  setting_info[setting].name, value, problem);
		free(text);
		free(where);
		return -1;
	}
	free(config->text[setting]);
	free(config->origin[setting]);
	config->text[setting] = text;
	config->origin[setting] = where;
	config->level[setting] = level;
	return 0;
}

void config_free(struct config *config)
{
	forget_addresses(config);
	for (char **name = config->passed; name && *name; name++)
		free(*name);
	free(config->passed);
	for (enum setting i = 0; i < SET_COUNT; i++) {
		free(config->text[i]);
		free(config->origin[i]);
	}
}
