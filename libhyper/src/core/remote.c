/* SPDX-License-Identifier: MIT */
/* A server that has a name. */
#include <string.h>

#include "core/record.h"

const char *hyper_remote_name(const hyper_remote *remote)
{
	return remote->name;
}

const char *hyper_remote_uri(const hyper_remote *remote)
{
	return remote->uri;
}

const char *hyper_remote_client_cert(const hyper_remote *remote)
{
	return remote->client_cert;
}

bool hyper_remote_has_token(const hyper_remote *remote)
{
	return remote->has_token;
}

bool hyper_remote_in_use(const hyper_remote *remote)
{
	return remote->in_use;
}

void hyp_remote_free(hyper_remote *remote)
{
	if (!remote)
		return;
	if (remote->token)
		explicit_bzero(remote->token, strlen(remote->token));
	free(remote->name);
	free(remote->uri);
	free(remote->token);
	free(remote->client_cert);
	free(remote);
}
