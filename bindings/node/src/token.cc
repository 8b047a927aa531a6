/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

static void give_token(Answer &answer, hyper_token *token)
{
	answer.give(token, hyper_token_to_json, hyper_token_free);
}

Napi::Value Connection::token_add(const CallbackInfo &info)
{
	Text name(info[1]), role(info[2]);
	int64_t expires_at = info[3].ToNumber().Int64Value();

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_token *token = nullptr;

		if (hyper_token_add(c, name.c_str(),
				    hyper_role_parse(role.c_str()), expires_at,
				    0, &token, answer.err()) == 0)
			give_token(answer, token);
	});
}

Napi::Value Connection::token_list(const CallbackInfo &info)
{
	return call(info, [](hyper_conn *c, Answer &answer) {
		hyper_tokens *tokens = nullptr;

		if (hyper_token_list(c, 0, &tokens, answer.err()) == 0)
			answer.give(tokens, hyper_tokens_to_json,
				    hyper_tokens_free);
	});
}

Napi::Value Connection::token_remove(const CallbackInfo &info)
{
	Text name(info[1]);

	return change(info, [name](hyper_conn *c, Answer &answer) {
		hyper_token_remove(c, name.c_str(), 0, answer.err());
	});
}

Napi::Value Connection::token_check(const CallbackInfo &info)
{
	Text secret(info[0]);

	return call(info, [secret](hyper_conn *c, Answer &answer) {
		hyper_token *token = nullptr;

		if (hyper_token_check(c, secret.c_str(), 0, &token,
				      answer.err()) == 0)
			give_token(answer, token);
	});
}
