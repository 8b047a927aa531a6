/* SPDX-License-Identifier: MIT */
#include "api/check.h"

#include <string.h>

#include "conn/remotes.h"
#include "util/text.h"

/* One line, for that is what its file has of it. */
static int check_line(const char *value, const char *name, hyper_error **err)
{
	if (!value || (*value && strlen(value) <= HYP_TEXT_MAX &&
		       hyp_text_valid(value, strlen(value), false)))
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, name,
			       "%s is empty, longer than %d bytes or no line "
			       "of UTF-8",
			       name, HYP_TEXT_MAX);
}

/* What could not be opened is not kept. */
static int check_usable(const hyper_remote *remote, hyper_error **err)
{
	hyper_conn *conn = NULL;
	int rc;

	if (!hyp_starts_with(remote->uri, "http://") &&
	    !hyp_starts_with(remote->uri, "https://") &&
	    !hyp_starts_with(remote->uri, "unix:/"))
		return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				       "the uri of a remote must be "
				       "http://host[:port], "
				       "https://host[:port] or unix:/path");
	rc = hyp_remote_open(remote, 0, &conn, err);
	hyper_close(conn);
	return rc;
}

int hyper_remote_add(const char *name, const char *uri, const char *token,
		     const char *client_cert, uint32_t flags, hyper_error **err)
{
	hyper_remote remote = {
		.name = (char *)(uintptr_t)name,
		.uri = (char *)(uintptr_t)uri,
		.token = (char *)(uintptr_t)token,
		.client_cert = (char *)(uintptr_t)client_cert,
	};
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(name, "name", err);
	if (rc == 0)
		rc = hyp_check_given(uri, "uri", err);
	if (rc == 0)
		rc = check_line(uri, "uri", err);
	if (rc == 0)
		rc = check_line(token, "token", err);
	if (rc == 0)
		rc = check_line(client_cert, "client_cert", err);
	if (rc == 0 && client_cert && client_cert[0] != '/')
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "client_cert",
				     "client_cert is '%.200s': must be an "
				     "absolute path",
				     client_cert);
	if (rc == 0)
		rc = check_usable(&remote, err);
	return rc ? rc : hyp_remotes_add(&remote, err);
}

int hyper_remote_use(const char *name, uint32_t flags, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(name, "name", err);
	return rc ? rc : hyp_remotes_use(name, err);
}

int hyper_remote_remove(const char *name, uint32_t flags, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(name, "name", err);
	return rc ? rc : hyp_remotes_remove(name, err);
}

int hyper_remote_list(uint32_t flags, hyper_remotes **ret_remotes,
		      hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_remotes, "ret_remotes", err);
	return rc ? rc : hyp_remotes_list(ret_remotes, err);
}

int hyper_remote_fingerprint(const char *uri, uint32_t flags,
			     char **ret_fingerprint, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(uri, "uri", err);
	if (rc == 0)
		rc = hyp_check_given(ret_fingerprint, "ret_fingerprint", err);
	if (rc == 0 && !hyp_starts_with(uri, "https://"))
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				     "only https:// has a fingerprint");
	return rc ? rc : hyp_remote_fingerprint(uri, ret_fingerprint, err);
}

int hyper_certificate_fingerprint(const char *pem, uint32_t flags,
				  char **ret_fingerprint, hyper_error **err)
{
	int rc = hyp_check_flags(flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(pem, "pem", err);
	if (rc == 0)
		rc = hyp_check_given(ret_fingerprint, "ret_fingerprint", err);
	return rc ? rc : hyp_certificate_fingerprint(pem, ret_fingerprint, err);
}
