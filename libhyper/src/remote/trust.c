/* SPDX-License-Identifier: MIT */
/* TLS with a server: how each side knows the other, and what if not. */
#include "remote/remote.h"

#include <gnutls/gnutls.h>

/* Looked at when the connection is opened: libcurl does not tell this failure
 * from others. */
int hyp_remote_check_cert(const char *path, hyper_error **err)
{
	gnutls_certificate_credentials_t credentials;
	int rc = gnutls_certificate_allocate_credentials(&credentials);

	if (rc)
		return hyp_nomem(err);
	rc = gnutls_certificate_set_x509_key_file(credentials, path, path,
						  GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (rc >= 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "client_cert",
			       "%s is no PEM file with a certificate and its "
			       "key: %s",
			       path, gnutls_strerror(rc));
}

void hyp_remote_set_trust(const struct hyp_remote *remote, CURL *curl)
{
	if (remote->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, remote->ca_file);
	if (remote->client_cert)
		curl_easy_setopt(curl, CURLOPT_SSLCERT, remote->client_cert);
	if (!remote->pin)
		return;
	/* That it is this key is all there is to know. */
	curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, remote->pin);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	/* For the error that tells of another one. */
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
}

static int explain_pin(const struct hyp_remote *remote, CURL *curl,
		       hyper_error **err)
{
	HYP_AUTOFREE char *found = NULL;

	hyp_remote_peer_fingerprint(curl, &found, NULL);
	return hyper_error_set(
		err, HYPER_ERR_DENIED, "fingerprint",
		"%s IS NOT THE SERVER IT WAS, or somebody is in between: its "
		"fingerprint is %s, but %s is pinned; only if its owner says "
		"that it has a new key, pin that one (hyperctl remote rm, and "
		"add)",
		remote->base, found ? found : "not known", remote->pin);
}

int hyp_remote_explain_tls(const struct hyp_remote *remote, CURL *curl,
			   CURLcode code, const char *text, hyper_error **err)
{
	if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return explain_pin(remote, curl, err);
	return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
			       "no TLS with %s: %s (HYPER_CA_FILE names the "
			       "certificates to trust, 'hyperctl remote add' "
			       "pins one)",
			       remote->base, text);
}

/* A handle of its own: no request may ever go over this connection. */
static int look(const struct hyp_remote *remote, CURL *curl,
		char **ret_fingerprint, hyper_error **err)
{
	static const struct hyp_request request = { .route = HYP_ROUTE_info };
	char text[CURL_ERROR_SIZE] = "";
	CURLcode code;

	hyp_remote_set_transport(remote, curl);
	if (curl_easy_setopt(curl, CURLOPT_URL, remote->base) ||
	    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text) ||
	    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L))
		return hyp_nomem(err);
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		return 0;
	if (code == CURLE_PEER_FAILED_VERIFICATION && !remote->pin) {
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
		curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
		code = curl_easy_perform(curl);
		if (code == CURLE_OK)
			return hyp_remote_peer_fingerprint(
				curl, ret_fingerprint, err);
	}
	return hyp_remote_explain(remote, curl, code, text, &request, err);
}

int hyp_remote_fingerprint(const char *uri, char **ret_fingerprint,
			   hyper_error **err)
{
	const hyper_remote server = { .uri = (char *)(uintptr_t)uri };
	HYP_AUTOFREE char *fingerprint = NULL;
	hyper_conn *conn = NULL;
	CURL *curl;
	int rc = hyp_remote_open(&server, 0, &conn, err);

	if (rc)
		return rc;
	curl = curl_easy_init();
	rc = curl ? look((struct hyp_remote *)conn, curl, &fingerprint, err)
		  : hyp_nomem(err);
	curl_easy_cleanup(curl);
	conn->ops->close(conn);
	if (rc == 0)
		*ret_fingerprint = hyp_steal(&fingerprint);
	return rc;
}
