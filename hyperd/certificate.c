/* SPDX-License-Identifier: MIT */
/*
 * What TLS needs: the certificate of the user, or one that signs itself, made
 * once and kept in the state directory.
 */
#include "hyperd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX	     (1u << 20)
#define DAY	     86400
#define VALID_DAYS   3650
#define WARN_DAYS    30
#define SERIAL_BYTES 16

static int failed(const char *path, const char *why)
{
	hyper_log(HYPER_LOG_ERROR, "%s: %s", path, why);
	return -1;
}

static char *read_pem(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, PEM_MAX + 1);
	size_t len = 0;
	bool ok = false;

	if (file && text) {
		len = fread(text, 1, PEM_MAX + 1, file);
		ok = len <= PEM_MAX && !ferror(file);
	}
	if (!ok) {
		failed(path,
		       len > PEM_MAX ? "larger than 1 MiB" : strerror(errno));
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* --- one of our own --- */

static int add_ip(gnutls_x509_crt_t crt, const struct sockaddr *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	if (addr && addr->sa_family == AF_INET)
		return gnutls_x509_crt_set_subject_alt_name(
			crt, GNUTLS_SAN_IPADDRESS, &in->sin_addr,
			sizeof(in->sin_addr), GNUTLS_FSAN_APPEND);
	if (addr && addr->sa_family == AF_INET6 &&
	    !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
		return gnutls_x509_crt_set_subject_alt_name(
			crt, GNUTLS_SAN_IPADDRESS, &in6->sin6_addr,
			sizeof(in6->sin6_addr), GNUTLS_FSAN_APPEND);
	return 0;
}

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	return gnutls_x509_crt_set_subject_alt_name(
		crt, GNUTLS_SAN_DNSNAME, name, (unsigned int)strlen(name),
		GNUTLS_FSAN_APPEND);
}

/* All names and addresses that this host has now, loopback among them. */
static int add_names(gnutls_x509_crt_t crt)
{
	char host[65] = "";
	struct ifaddrs *all = NULL;
	int rc;

	if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
		snprintf(host, sizeof(host), "hyperd");
	rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
					   host, (unsigned int)strlen(host));
	if (rc == 0)
		rc = add_name(crt, host);
	if (rc == 0)
		rc = add_name(crt, "localhost");
	if (getifaddrs(&all) != 0)
		return rc;
	for (struct ifaddrs *a = all; a && rc == 0; a = a->ifa_next)
		rc = add_ip(crt, a->ifa_addr);
	freeifaddrs(all);
	return rc;
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
	unsigned char serial[SERIAL_BYTES];
	time_t now = time(NULL);
	int rc;

	if (getrandom(serial, sizeof(serial), 0) != (ssize_t)sizeof(serial))
		return GNUTLS_E_RANDOM_FAILED;
	serial[0] = (serial[0] & 0x3f) | 0x40; /* positive, of one length */
	/* A clock that is slow shall not see it as one of tomorrow. */
	if ((rc = gnutls_x509_crt_set_version(crt, 3)) ||
	    (rc = gnutls_x509_crt_set_key(crt, key)) ||
	    (rc = gnutls_x509_crt_set_serial(crt, serial, sizeof(serial))) ||
	    (rc = gnutls_x509_crt_set_activation_time(crt, now - DAY)) ||
	    (rc = gnutls_x509_crt_set_expiration_time(
		     crt, now + (time_t)VALID_DAYS * DAY)) ||
	    (rc = add_names(crt)) ||
	    (rc = gnutls_x509_crt_set_basic_constraints(crt, 0, -1)) ||
	    (rc = gnutls_x509_crt_set_key_usage(
		     crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) ||
	    (rc = gnutls_x509_crt_set_key_purpose_oid(
		     crt, GNUTLS_KP_TLS_WWW_SERVER, 0)))
		return rc;
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

/* [new] a certificate and its key, both in PEM; or NULL. */
static char *make_pem(void)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_x509_privkey_t key = NULL;
	gnutls_datum_t crt_pem = { 0 }, key_pem = { 0 };
	char *text = NULL;
	int rc;

	if ((rc = gnutls_x509_crt_init(&crt)) ||
	    (rc = gnutls_x509_privkey_init(&key)) ||
	    (rc = gnutls_x509_privkey_generate(
		     key, GNUTLS_PK_ECDSA,
		     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) ||
	    (rc = fill(crt, key)) ||
	    (rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM,
					  &crt_pem)) ||
	    (rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM,
						    NULL, GNUTLS_PKCS_PLAIN,
						    &key_pem)))
		hyper_log(HYPER_LOG_ERROR, "cannot make a certificate: %s",
			  gnutls_strerror(rc));
	else if (asprintf(&text, "%s%s", crt_pem.data, key_pem.data) < 0)
		text = NULL;
	gnutls_free(crt_pem.data);
	if (key_pem.data)
		gnutls_memset(key_pem.data, 0, key_pem.size);
	gnutls_free(key_pem.data);
	gnutls_x509_privkey_deinit(key);
	gnutls_x509_crt_deinit(crt);
	return text;
}

/* [new] what the file has, which is made if it is not there. */
static char *load_own(const char *path)
{
	struct stat st = { 0 }; /* read_pem() tells why it cannot be read */
	char *text;
	int rc;

	if (lstat(path, &st) != 0 && errno == ENOENT) {
		text = make_pem();
		rc = text ? write_once(path, text) : -1;
		if (text && rc != 0)
			failed(path, strerror(errno));
		free(text);
		if (rc != 0)
			return NULL;
		hyper_log(HYPER_LOG_INFO,
			  "%s: made, a certificate that signs itself, valid "
			  "for %d days",
			  path, VALID_DAYS);
	} else if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		failed(path, "others may read or change it: chmod 600");
		return NULL;
	}
	return read_pem(path);
}

/* --- all together --- */

/* [new] or NULL: it is no certificate. */
static char *fingerprint_of(const char *path, const char *pem)
{
	hyper_error *err = NULL;
	char *fingerprint = NULL;

	if (hyper_certificate_fingerprint(pem, 0, &fingerprint, &err) != 0)
		failed(path, hyper_error_message(err));
	hyper_error_free(err);
	return fingerprint;
}

static void warn_of_end(const char *path, const char *pem)
{
	gnutls_datum_t data = { .data = (unsigned char *)(uintptr_t)pem,
				.size = (unsigned int)strlen(pem) };
	gnutls_x509_crt_t crt = NULL;
	long days;

	if (gnutls_x509_crt_init(&crt) == 0 &&
	    gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_PEM) == 0) {
		days = (gnutls_x509_crt_get_expiration_time(crt) - time(NULL)) /
		       DAY;
		if (days < WARN_DAYS)
			hyper_log(HYPER_LOG_WARNING,
				  days < 0 ? "%s: the certificate expired %ld "
					     "days ago"
					   : "%s: the certificate expires in "
					     "%ld days",
				  path, labs(days));
	}
	gnutls_x509_crt_deinit(crt);
}

/* Those who never saw this server compare the fingerprint. */
static int tell(const char *path, const char *pem)
{
	char *fingerprint = fingerprint_of(path, pem);

	if (!fingerprint)
		return -1;
	hyper_log(HYPER_LOG_INFO, "%s: fingerprint %s", path, fingerprint);
	hyper_free(fingerprint);
	warn_of_end(path, pem);
	return 0;
}

static int load_client_ca(struct tls *tls, const char *path)
{
	char *fingerprint = NULL;

	tls->client_ca = read_pem(path);
	if (tls->client_ca)
		fingerprint = fingerprint_of(path, tls->client_ca);
	hyper_free(fingerprint);
	return fingerprint ? 0 : -1;
}

static int load_own_pair(struct tls *tls, const char *state)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/tls.pem", state) < 0)
		return -1;
	tls->cert = load_own(path);
	/* One file has both, so that they are always a pair. */
	tls->key = tls->cert ? strdup(tls->cert) : NULL;
	rc = tls->key ? tell(path, tls->cert) : -1;
	free(path);
	return rc;
}

int tls_load(struct tls *tls, const struct config *config, const char *state)
{
	const char *cert = config->text[SET_TLS_CERT];
	const char *client_ca = config->text[SET_TLS_CLIENT_CA];

	if (client_ca && load_client_ca(tls, client_ca) != 0)
		return -1;
	if (!cert)
		return load_own_pair(tls, state);
	tls->cert = read_pem(cert);
	tls->key = read_pem(config->text[SET_TLS_KEY]);
	return tls->cert && tls->key ? tell(cert, tls->cert) : -1;
}

void tls_free(struct tls *tls)
{
	if (tls->key)
		explicit_bzero(tls->key, strlen(tls->key));
	free(tls->key);
	free(tls->cert);
	free(tls->client_ca);
}
