/* SPDX-License-Identifier: MIT */
/* Where a hyperd is, and the token that it wants. */
#include "remote/remote.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "conn/uri.h"
#include "core/record.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/text.h"

#define DEFAULT_PORT "7070"
#define TOKEN_MAX    4096
#define ALPHANUMERIC                                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define BASE64	      ALPHANUMERIC "+/"
#define SHA256_BASE64 43 /* and a '=' */

/* libcurl's strings have a free() of their own. */
static void free_part(char **part)
{
	curl_free(*part);
}
#define AUTOPART __attribute__((cleanup(free_part))) char

static void free_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

/* Does it stay on this machine? */
static bool is_loopback(const char *host)
{
	struct in_addr address;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &address) == 1 &&
	       ntohl(address.s_addr) >> 24 == 127;
}

/* The token in a text: one word, which must fit into a header. */
static int take_token(struct hyp_remote *remote, const char *from, char *text,
		      hyper_error **err)
{
	size_t len = strcspn(text, "\r\n");

	if (text[len + strspn(text + len, "\r\n")] == '\0')
		text[len] = '\0';
	for (const char *p = text; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f)
			return hyper_error_set(err, HYPER_ERR_INVALID, "token",
					       "the token in %s is not one "
					       "word of printable ASCII",
					       from);
	return *text ? hyp_set_text(&remote->token, text, err) : 0;
}

/* What is known of the server itself comes first: the environment's may be
 * meant for another one. */
static int find_token(struct hyp_remote *remote, const hyper_remote *server,
		      const char *host, hyper_error **err)
{
	const char *path = hyp_getenv("HYPER_TOKEN_FILE");
	HYP_AUTOFREE char *text = NULL, *dir = NULL, *file = NULL;

	if (server->token) {
		text = strdup(server->token);
		return text ? take_token(remote, "the remote", text, err)
			    : hyp_nomem(err);
	}
	if (hyp_getenv("HYPER_TOKEN")) {
		text = strdup(hyp_getenv("HYPER_TOKEN"));
		return text ? take_token(remote, "HYPER_TOKEN", text, err)
			    : hyp_nomem(err);
	}
	if (path) {
		text = hyp_read_file(path, TOKEN_MAX, NULL);
		return text ? take_token(remote, path, text, err)
			    : hyp_errno(err, "HYPER_TOKEN_FILE %s", path);
	}
	/* What a hyperd here has made is not for servers elsewhere. And a
	 * server may do without one: what is not there is no error. */
	if (!is_loopback(host))
		return 0;
	hyp_default_state_dir(&dir, NULL);
	file = dir ? hyp_path_join(dir, "token") : NULL;
	text = file ? hyp_read_file(file, TOKEN_MAX, NULL) : NULL;
	return text ? take_token(remote, file, text, err) : 0;
}

static int parse_unix(struct hyp_remote *remote, const char *uri,
		      hyper_error **err)
{
	struct sockaddr_un address;
	const char *path = uri + strlen("unix:");

	while (path[0] == '/' && path[1] == '/')
		path++;
	if (strlen(path) >= sizeof(address.sun_path))
		return hyp_uri_error(uri, "the path of a socket is shorter",
				     err);
	remote->socket = strdup(path);
	remote->base = strdup("http://localhost");
	if (!remote->socket || !remote->base ||
	    asprintf(&remote->conn.uri, "unix:%s", path) < 0)
		return hyp_nomem(err);
	return 0;
}

static bool is_pin(const char *text)
{
	if (!hyp_starts_with(text, HYP_PIN))
		return false;
	text += strlen(HYP_PIN);
	return strspn(text, BASE64) == SHA256_BASE64 &&
	       strcmp(text + SHA256_BASE64, "=") == 0;
}

/* How each side is to be known. */
static int find_trust(struct hyp_remote *remote, const hyper_remote *server,
		      const char *pin, hyper_error **err)
{
	const char *cert = server->client_cert;

	if (!cert && hyp_starts_with(remote->base, "https:"))
		cert = hyp_getenv("HYPER_CLIENT_CERT");
	if (pin && (!is_pin(pin) || !hyp_starts_with(remote->base, "https:")))
		return hyp_uri_error(server->uri,
				     "only " HYP_PIN "FINGERPRINT may follow "
				     "the port, and only that of https://",
				     err);
	if (hyp_set_text(&remote->pin, pin, err) ||
	    hyp_set_text(&remote->ca_file, hyp_getenv("HYPER_CA_FILE"), err) ||
	    hyp_set_text(&remote->client_cert, cert, err))
		return HYPER_ERR_NOMEM;
	return cert ? hyp_remote_check_cert(cert, err) : 0;
}

/* [new] the host of a URI. One in brackets may have an interface (RFC 6874),
 * [fe80::1%25eth0]. */
static char *host_of(CURLU *url)
{
	AUTOPART *host = NULL, *zone = NULL;
	char *whole = NULL;

	if (curl_url_get(url, CURLUPART_HOST, &host, 0))
		return NULL;
	if (curl_url_get(url, CURLUPART_ZONEID, &zone, 0) || host[0] != '[')
		return strdup(host);
	if (!*zone || zone[strspn(zone, ALPHANUMERIC "-._~")] != '\0' ||
	    asprintf(&whole, "%.*s%%25%s]", (int)strcspn(host, "]"), host,
		     zone) < 0)
		return NULL;
	return whole;
}

static int parse_tcp(struct hyp_remote *remote, const hyper_remote *server,
		     hyper_error **err)
{
	const char *uri = server->uri;
	HYP_AUTOFREE char *host = NULL;
	AUTOPART *scheme = NULL, *port = NULL, *path = NULL;
	AUTOPART *query = NULL, *fragment = NULL;
	__attribute__((cleanup(free_url))) CURLU *url = curl_url();
	int rc;

	if (!url)
		return hyp_nomem(err);
	if (curl_url_set(url, CURLUPART_URL, uri, CURLU_DISALLOW_USER) ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) ||
	    !(host = host_of(url)))
		return hyp_uri_error(uri,
				     "must be http:// or https:// and "
				     "HOST[:PORT]",
				     err);
	/* libcurl decodes a host, which may then be read as another one. */
	if (strchr(uri, '%') && (host[0] != '[' || !strchr(host, '%')))
		return hyp_uri_error(uri, "the host is no name", err);
	curl_url_get(url, CURLUPART_PORT, &port, 0);
	curl_url_get(url, CURLUPART_PATH, &path, 0);
	curl_url_get(url, CURLUPART_QUERY, &query, 0);
	curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0);
	if ((path && strcmp(path, "/") != 0) || query)
		return hyp_uri_error(uri,
				     "nothing may follow the port but "
				     "#FINGERPRINT",
				     err);
	if (asprintf(&remote->base, "%s://%s:%s", scheme, host,
		     port ? port : DEFAULT_PORT) < 0) {
		remote->base = NULL;
		return hyp_nomem(err);
	}
	rc = hyp_set_text(&remote->conn.uri, remote->base, err);
	if (rc == 0)
		rc = find_trust(remote, server, fragment, err);
	if (rc == 0)
		rc = find_token(remote, server, host, err);
	if (rc)
		return rc;
	if (remote->token && strcmp(scheme, "https") != 0 && !is_loopback(host))
		return hyper_error_set(err, HYPER_ERR_DENIED, "uri",
				       "the token for %s would travel in the "
				       "clear: use https://, or a tunnel to "
				       "the loopback address",
				       remote->base);
	return 0;
}

int hyp_remote_parse(struct hyp_remote *remote, const hyper_remote *server,
		     hyper_error **err)
{
	return hyp_starts_with(server->uri, "unix:")
		       ? parse_unix(remote, server->uri, err)
		       : parse_tcp(remote, server, err);
}
