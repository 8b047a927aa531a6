/* SPDX-License-Identifier: MIT */
#include "args.h"

Terms::Terms(const Napi::Object &parts)
    : actor(parts.Get("actor")), key(parts.Get("key")),
      has_generation(!parts.Get("generation").IsNull()),
      generation(has_generation ? u64(parts.Get("generation")) : 0)
{
}

using Query = std::shared_ptr<hyper_query>;

std::shared_ptr<const hyper_query> query_of(const Napi::Object &parts)
{
	Query query(hyper_query_new(), hyper_query_free);
	hyper_query *q = query.get();

	auto text = [&](const char *key) { return Text(parts.Get(key)); };
	if (!q || hyper_query_set_filter(q, text("filter").c_str()) ||
	    hyper_query_set_sort(q, text("sort").c_str()) ||
	    hyper_query_set_cursor(q, text("cursor").c_str()) ||
	    hyper_query_set_fields(q, text("fields").c_str()) ||
	    hyper_query_set_limit(q, u32(parts.Get("limit"))) ||
	    hyper_query_set_count(q, parts.Get("count").ToBoolean()))
		throw Napi::Error::New(parts.Env(), "out of memory");
	return query;
}
