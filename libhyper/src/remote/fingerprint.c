/* SPDX-License-Identifier: MIT */
/* The fingerprint of a certificate, and of the one that a server has. */
#include "remote/remote.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

#define SHA256_SIZE 32

int hyp_certificate_fingerprint(const char *pem, char **ret_fingerprint,
				hyper_error **err)
{
	gnutls_datum_t data = { .data = (unsigned char *)(uintptr_t)pem,
				.size = (unsigned int)strlen(pem) };
	unsigned char id[SHA256_SIZE];
	gnutls_datum_t hash = { .data = id, .size = sizeof(id) }, text = { 0 };
	gnutls_x509_crt_t crt = NULL;
	size_t len = sizeof(id);
	int rc;

	/* The key id is the hash of the SubjectPublicKeyInfo in DER. */
	if ((rc = gnutls_x509_crt_init(&crt)) ||
	    (rc = gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_PEM)) ||
	    (rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id,
					     &len)) ||
	    (rc = gnutls_base64_encode2(&hash, &text)))
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "pem",
				     "this is no certificate in PEM: %s",
				     gnutls_strerror(rc));
	else if (asprintf(ret_fingerprint, HYP_PIN "%.*s", (int)text.size,
			  text.data) < 0)
		rc = hyp_nomem(err);
	gnutls_free(text.data);
	gnutls_x509_crt_deinit(crt);
	return rc;
}

/* The server's own stands first. */
int hyp_remote_peer_fingerprint(CURL *curl, char **ret_fingerprint,
				hyper_error **err)
{
	static const char key[] = "Cert:";
	const struct curl_certinfo *info = NULL;

	curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info);
	for (const struct curl_slist *line =
		     info && info->num_of_certs ? info->certinfo[0] : NULL;
	     line; line = line->next)
		if (hyp_starts_with(line->data, key))
			return hyp_certificate_fingerprint(
				line->data + strlen(key), ret_fingerprint, err);
	return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
			       "the server has shown no certificate");
}
