/* SPDX-License-Identifier: MIT */
#include "remote.h"

#include "args.h"
#include "loop.h"

using Napi::CallbackInfo;

static Napi::Value call(const CallbackInfo &info, Loop::Work work)
{
	return Loop::of(info.Env())
		.call(info.Env(), Napi::Object::New(info.Env()),
		      std::move(work));
}

static Napi::Value add(const CallbackInfo &info)
{
	Text name(info[0]), uri(info[1]), token(info[2]), cert(info[3]);

	return call(info, [=](Answer &answer) {
		hyper_remote_add(name.c_str(), uri.c_str(), token.c_str(),
				 cert.c_str(), 0, answer.err());
	});
}

static Napi::Value list(const CallbackInfo &info)
{
	return call(info, [](Answer &answer) {
		hyper_remotes *remotes = nullptr;

		if (hyper_remote_list(0, &remotes, answer.err()) == 0)
			answer.give(remotes, hyper_remotes_to_json,
				    hyper_remotes_free);
	});
}

static Napi::Value use(const CallbackInfo &info)
{
	Text name(info[0]);

	return call(info, [name](Answer &answer) {
		hyper_remote_use(name.c_str(), 0, answer.err());
	});
}

static Napi::Value remove(const CallbackInfo &info)
{
	Text name(info[0]);

	return call(info, [name](Answer &answer) {
		hyper_remote_remove(name.c_str(), 0, answer.err());
	});
}

/* Ask a server for its fingerprint, or compute that of a certificate. */
template <int (*fingerprint)(const char *, uint32_t, char **, hyper_error **)>
static Napi::Value fingerprint_of(const CallbackInfo &info)
{
	Text of(info[0]);

	return call(info, [of](Answer &answer) {
		char *text = nullptr;

		if (fingerprint(of.c_str(), 0, &text, answer.err()) == 0)
			answer.give_text(text);
	});
}

void define_remotes(Napi::Env env, Napi::Object exports)
{
	using Function = Napi::Function;

	exports["remoteAdd"] = Function::New<add>(env);
	exports["remoteList"] = Function::New<list>(env);
	exports["remoteUse"] = Function::New<use>(env);
	exports["remoteRemove"] = Function::New<remove>(env);
	exports["remoteFingerprint"] =
		Function::New<fingerprint_of<hyper_remote_fingerprint>>(env);
	exports["certificateFingerprint"] =
		Function::New<fingerprint_of<hyper_certificate_fingerprint>>(
			env);
}
