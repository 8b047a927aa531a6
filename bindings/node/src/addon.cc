/* SPDX-License-Identifier: MIT */
/* The addon: `open(uri, flags)`, `version()`, C's flags, and remote.h. */
#include "connection.h"
#include "remote.h"

static Napi::Value open(const Napi::CallbackInfo &info)
{
	Loop &loop = Loop::of(info.Env());
	Text uri(info[0]);
	uint32_t flags = u32(info[1]);

	return loop.call(info.Env(), Napi::Object::New(info.Env()),
			 [uri, flags, census = loop.census](Answer &answer) {
				 hyper_conn *c = nullptr;

				 if (hyper_open(uri.c_str(), flags, &c,
						answer.err()) == 0)
					 answer.give(share_conn(c, census));
			 });
}

static Napi::Object start(Napi::Env env, Napi::Object exports)
{
	Loop::start(env);
	Connection::define(env);
	define_remotes(env, exports);
	exports["open"] = Napi::Function::New<open>(env, "open");
	exports["version"] = hyper_version();
	exports["flags"] = [env] {
		Napi::Object flags = Napi::Object::New(env);
		auto set = [&](const char *name, uint32_t flag) {
			flags[name] = Napi::Number::New(env, flag);
		};

		set("readOnly", HYPER_OPEN_READONLY);
		set("localOnly", HYPER_OPEN_LOCAL_ONLY);
		set("async", HYPER_ASYNC);
		set("force", HYPER_FORCE);
		set("refresh", HYPER_REFRESH);
		set("repair", HYPER_REPAIR);
		set("keep", HYPER_KEEP);
		set("dryRun", HYPER_DRY_RUN);
		return flags;
	}();
	return exports;
}

NODE_API_MODULE(hyper, start)
