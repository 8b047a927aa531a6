/* SPDX-License-Identifier: MIT */
#include "answer.h"

Answer::Answer(Answer &&from) noexcept
    : error_(from.error_), text_(std::move(from.text_)),
      would_be_(std::move(from.would_be_)), is_text_(from.is_text_),
      page_(std::move(from.page_)), conn_(std::move(from.conn_))
{
	from.error_ = nullptr;
}

int Answer::fail(int code, const char *field, const char *text)
{
	return hyper_error_set(err(), code, field, "%s", text);
}

void Answer::clear()
{
	hyper_error_free(error_);
	error_ = nullptr;
}

static Napi::Value text_or_null(Napi::Env env, const char *text)
{
	return text ? Napi::Value(Napi::String::New(env, text)) : env.Null();
}

Napi::Value Answer::value(Napi::Env env) const
{
	if (is_text_)
		return text_or_null(env, text_.get());
	if (!text_)
		return env.Undefined();

	Napi::String json = Napi::String::New(env, text_.get());

	if (!page_ && !would_be_)
		return json;

	Napi::Object list = Napi::Object::New(env);

	if (would_be_) {
		list["json"] = json;
		list["record"] = would_be_.get();
		return list;
	}

	double total = static_cast<double>(page_->total);
	const char *next = page_->next_cursor.c_str();

	list["json"] = json;
	list["total"] = total < 0 ? env.Null() : Napi::Number::New(env, total);
	list["nextCursor"] = text_or_null(env, *next ? next : nullptr);
	list["seq"] = Napi::Number::New(env, static_cast<double>(page_->seq));
	return list;
}

static Napi::Value reason_of(Napi::Env env, const hyper_error *error)
{
	if (!error)
		return env.Null();

	Napi::Object reason = Napi::Object::New(env);

	reason["code"] = hyper_code_name(hyper_error_code(error));
	reason["message"] = hyper_error_message(error);
	reason["field"] = text_or_null(env, hyper_error_field(error));
	reason["driver"] = text_or_null(env, hyper_error_driver(error));
	reason["requestId"] = text_or_null(env, hyper_error_request_id(error));
	reason["cause"] = reason_of(env, hyper_error_cause(error));
	return reason;
}

Napi::Value Answer::reason(Napi::Env env) const
{
	return reason_of(env, error_);
}
