/* SPDX-License-Identifier: MIT */
/* Who a client is by its certificate. */
#include "hyperd.h"

#include <ctype.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <ulfius.h>

/* Of that CA, within its time, and made for clients. */
static bool is_valid(gnutls_session_t session)
{
	char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
	gnutls_typed_vdata_st data = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)purpose,
	};
	unsigned int status = 0;

	return gnutls_certificate_verify_peers(session, &data, 1, &status) ==
		       0 &&
	       status == 0;
}

/* Its common name, else its first name for DNS. */
static bool name_of(const gnutls_datum_t *der, char *name, size_t size)
{
	gnutls_x509_crt_t crt;
	size_t len = size;
	bool found;

	if (gnutls_x509_crt_init(&crt) != 0)
		return false;
	found = gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) == 0;
	if (found &&
	    gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
					  0, name, &len) != 0) {
		len = size;
		found = gnutls_x509_crt_get_subject_alt_name(
				crt, 0, name, &len, NULL) == GNUTLS_SAN_DNSNAME;
	}
	gnutls_x509_crt_deinit(crt);
	return found;
}

/* It stands in logs and in the database. */
static bool is_clean(const char *name)
{
	const char *p = name;

	while (isalnum((unsigned char)*p) || (*p && strchr("-._@", *p)))
		p++;
	return *name && !*p;
}

const char *client_name(void)
{
	static _Thread_local char name[CLIENT_NAME_MAX + 1];
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		client_connection(), MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const gnutls_datum_t *chain;
	gnutls_session_t session;
	unsigned int n = 0;

	session = info ? info->tls_session : NULL;
	chain = session ? gnutls_certificate_get_peers(session, &n) : NULL;
	if (!chain || n == 0 || !is_valid(session) ||
	    !name_of(chain, name, sizeof(name)) || !is_clean(name))
		return NULL;
	return name;
}
