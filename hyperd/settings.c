/* SPDX-License-Identifier: MIT */
/* Each setting: its name, and what its value may be. */
#include "hyperd.h"

#include <arpa/inet.h>
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

static const char *parse_max_body(struct config *config, const char *value)
{
	unsigned long bytes;

	if (parse_number(value, 10, HYPER_REST_BODY_MAX, &bytes) != 0 ||
	    bytes == 0)
		return "must be a number of bytes from 1 to 1048576";
	config->max_body = bytes;
	return NULL;
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
