/* SPDX-License-Identifier: MIT */
/* A server gets a name, is opened by it, and is forgotten. */
#include <hyper/hyper.h>
#include <stdio.h>

/* What the server's owner has sent: hyperd tells its fingerprint, too.
 */
static const char pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBgzCCASmgAwIBAgIUZU/"
	"7DMuSbEdhJb77PLHsWjklfBYwCgYIKoZIzj0EAwIw\n"
	"FjEUMBIGA1UEAwwLbGFiLmV4YW1wbGUwIBcNMjYxMTMwMDQwNTI4WhgPMjEyNj"
	"Ex\n"
	"MDYwNDA1MjhaMBYxFDASBgNVBAMMC2xhYi5leGFtcGxlMFkwEwYHKoZIzj0CAQ"
	"YI\n"
	"KoZIzj0DAQcDQgAE/1b5m11jgY0Z33ErnNZWihaIT9vV/"
	"kzV9D3bWdIX4SNxgvWW\n"
	"lxlRzpR0fGaHUED4MRF4ZYS5NrBS1HhA+"
	"k1mcqNTMFEwHQYDVR0OBBYEFIaY0qr8\n"
	"1Z1D7UKwiIV5LbITXZD6MB8GA1UdIwQYMBaAFIaY0qr81Z1D7UKwiIV5LbITXZ"
	"D6\n"
	"MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAMjKaUTtq/"
	"4ed978\n"
	"mF+ISeRnjopD6fFKJX6K2/"
	"tPvQOSAiBKbmVp38xqWUYqzZxU5aeSZxgrkwXWDEVL\n"
	"r7xKixce6Q==\n"
	"-----END CERTIFICATE-----\n";

static int show(hyper_error **err)
{
	hyper_remotes *remotes = NULL;
	char *json = NULL;
	int failed = hyper_remote_list(0, &remotes, err) ||
		     hyper_remotes_to_json(remotes, 0, &json, err);

	for (size_t i = 0; i < hyper_remotes_count(remotes) && !failed;
	     i++) {
		const hyper_remote *remote =
			hyper_remotes_at(remotes, i);
		const char *cert = hyper_remote_client_cert(remote);

		printf("%s%s: %s, %s token, %s\n",
		       hyper_remote_name(remote),
		       hyper_remote_in_use(remote) ? " (in use)" : "",
		       hyper_remote_uri(remote),
		       hyper_remote_has_token(remote) ? "a" : "no",
		       cert ? cert : "no certificate of our own");
	}
	if (!failed)
		fprintf(stderr, "%s\n", json);
	hyper_free(json);
	hyper_remotes_free(remotes);
	return failed;
}

/* Nothing is sent before the first call, and then only to who has that
 * key. */
static int connect_to(const char *name, hyper_error **err)
{
	char uri[80];
	hyper_conn *conn = NULL;
	int failed;

	snprintf(uri, sizeof(uri), "remote:%s", name);
	failed = hyper_open(uri, 0, &conn, err);
	if (!failed)
		printf("remote:%s is %s\n", name, hyper_conn_uri(conn));
	hyper_close(conn);
	return failed;
}

static int demonstrate(hyper_error **err)
{
	char uri[200], *fingerprint = NULL;
	int failed = hyper_certificate_fingerprint(pem, 0, &fingerprint,
						   err);

	if (failed)
		return failed;
	snprintf(uri, sizeof(uri), "https://lab.example:7070#%s",
		 fingerprint);
	hyper_free(fingerprint);
	failed = hyper_remote_add("lab", uri, "0123456789abcdef", NULL,
				  0, err) ||
		 hyper_remote_use("lab", 0, err) || show(err) ||
		 connect_to("", err) ||
		 hyper_remote_use("local", 0, err) ||
		 connect_to("lab", err);
	/* Whatever happened, it is not kept. */
	return hyper_remote_remove("lab", 0, failed ? NULL : err) ||
	       failed;
}

int main(void)
{
	hyper_error *err = NULL;
	char *fingerprint = NULL;
	int failed;

	/* Where nobody has sent one, ask the server, and have the user
	 * compare it. Here there is none. */
	if (hyper_remote_fingerprint("https://127.0.0.1:1", 0,
				     &fingerprint,
				     &err) == HYPER_ERR_CONNECT)
		printf("no server\n");
	hyper_free(fingerprint);
	hyper_error_free(err);
	err = NULL;

	failed = demonstrate(&err);
	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	return failed;
}
