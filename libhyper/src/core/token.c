/* SPDX-License-Identifier: MIT */
#include "core/record.h"

#include <string.h>

const char *hyper_token_name(const hyper_token *token)
{
	return token->name;
}

int hyper_token_role(const hyper_token *token)
{
	return token->role;
}

int64_t hyper_token_created_at(const hyper_token *token)
{
	return token->created_at;
}

int64_t hyper_token_expires_at(const hyper_token *token)
{
	return token->expires_at;
}

const char *hyper_token_secret(const hyper_token *token)
{
	return token->secret;
}

void hyper_token_free(hyper_token *token)
{
	if (!token)
		return;
	if (token->secret)
		explicit_bzero(token->secret, strlen(token->secret));
	free(token->secret);
	free(token->name);
	free(token);
}
