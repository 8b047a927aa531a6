/* SPDX-License-Identifier: MIT */
/* Where the engine is: the driver's settings, else the docker command's. */
#include <curl/curl.h>
#include <string.h>
#include <sys/un.h>

#include "http.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/text.h"

#define DEFAULT_HOST "unix:///var/run/docker.sock"

static void url_free(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void text_free(char **text)
{
	curl_free(*text);
}
#define AUTOCURLTEXT HYP_CLEANUP(text_free) char *

void hyp_target_clear(struct hyp_target *target)
{
	free(target->name);
	free(target->url);
	free(target->socket);
	free(target->ca);
	free(target->cert);
	free(target->key);
	*target = (struct hyp_target){ 0 };
}

static int no_memory(hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOMEM, NULL, "out of memory");
}

static int bad_host(const char *where, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, "host",
			       "host is '%s': must be unix:///PATH, "
			       "tcp://HOST[:PORT], http://… or https://…",
			       where);
}

static int read_unix(const char *path, struct hyp_target *target,
		     hyper_error **err)
{
	size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (path[0] != '/' || strlen(path) > max)
		return hyper_error_set(err, HYPER_ERR_INVALID, "host",
				       "host is 'unix://%s': the path must be "
				       "absolute and of at most %zu bytes",
				       path, max);
	target->url = strdup("http://localhost");
	target->socket = strdup(path);
	return target->url && target->socket ? 0 : no_memory(err);
}

/* Names without slashes would be searched for elsewhere. */
static int read_certs(const char *dir, struct hyp_target *target,
		      hyper_error **err)
{
	target->ca = hyp_path_join(dir, "ca.pem");
	target->cert = hyp_path_join(dir, "cert.pem");
	target->key = hyp_path_join(dir, "key.pem");
	if (!target->ca || !target->cert || !target->key)
		return no_memory(err);
	if (access(target->ca, R_OK) || access(target->cert, R_OK) ||
	    access(target->key, R_OK))
		return hyper_error_set(err, HYPER_ERR_INVALID, "tls_cert_path",
				       "tls_cert_path is '%s': cannot read "
				       "ca.pem, cert.pem and key.pem there",
				       dir);
	return 0;
}

/* The URL that paths are put behind, from tcp://, http:// or https://. */
static int read_tcp(const char *where, bool tls, struct hyp_target *target,
		    hyper_error **err)
{
	HYP_CLEANUP(url_free) CURLU *url = curl_url();
	AUTOCURLTEXT scheme = NULL;
	AUTOCURLTEXT part = NULL;
	AUTOCURLTEXT whole = NULL;
	bool is_tcp;
	size_t len;

	if (!url)
		return no_memory(err);
	if (curl_url_set(url, CURLUPART_URL, where, CURLU_NON_SUPPORT_SCHEME) ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0))
		return bad_host(where, err);
	is_tcp = strcmp(scheme, "tcp") == 0;
	if (!is_tcp && strcmp(scheme, "http") != 0 &&
	    strcmp(scheme, "https") != 0)
		return bad_host(where, err);
	if (!curl_url_get(url, CURLUPART_USER, &part, 0) ||
	    !curl_url_get(url, CURLUPART_QUERY, &part, 0) ||
	    !curl_url_get(url, CURLUPART_FRAGMENT, &part, 0))
		return bad_host(where, err);
	if (tls || is_tcp)
		curl_url_set(url, CURLUPART_SCHEME, tls ? "https" : "http", 0);
	if (is_tcp && curl_url_get(url, CURLUPART_PORT, &part, 0))
		curl_url_set(url, CURLUPART_PORT, tls ? "2376" : "2375", 0);
	if (curl_url_get(url, CURLUPART_URL, &whole, 0))
		return bad_host(where, err);
	target->url = strdup(whole);
	if (!target->url)
		return no_memory(err);
	for (len = strlen(target->url); target->url[len - 1] == '/'; len--)
		target->url[len - 1] = '\0';
	return 0;
}

/* [new] the directory of certificates that the docker command would use, or
 * NULL for none. */
static char *docker_certs(void)
{
	const char *dir = hyp_getenv("DOCKER_CERT_PATH");
	const char *home = hyp_getenv("HOME");

	if (dir)
		return strdup(dir);
	return home && hyp_getenv("DOCKER_TLS_VERIFY")
		       ? hyp_path_join(home, ".docker")
		       : NULL;
}

int hyp_target_read(const hyper_driver_host *host,
		    struct hyp_target *ret_target, hyper_error **err)
{
	HYP_AUTOTARGET target = { 0 };
	HYP_AUTOFREE char *certs = NULL;
	const char *where = hyper_driver_setting(host, "host", NULL);
	const char *setting = hyper_driver_setting(host, "tls_cert_path", NULL);
	int rc;

	/* The variables of the docker command belong together: they count
	 * only where `host` does not say something else. */
	certs = setting ? strdup(setting) : where ? NULL : docker_certs();
	if (!where)
		where = hyp_getenv("DOCKER_HOST");
	if (!where)
		where = DEFAULT_HOST;
	target.name = strdup(where);
	if (!target.name)
		return no_memory(err);
	if (hyp_starts_with(where, "unix://"))
		rc = read_unix(where + strlen("unix://"), &target, err);
	else
		rc = read_tcp(where, certs != NULL, &target, err);
	if (!rc && certs && !target.socket)
		rc = read_certs(certs, &target, err);
	if (rc)
		return rc;
	*ret_target = target;
	target = (struct hyp_target){ 0 };
	return 0;
}
