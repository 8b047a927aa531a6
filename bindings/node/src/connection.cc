/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

void Connection::define(Napi::Env env)
{
	using C = Connection;

	Loop::of(env).connection_class = Napi::Persistent(DefineClass(
		env, "Connection",
		{
			InstanceAccessor<&C::uri>("uri"),
			InstanceAccessor<&C::is_local>("isLocal"),
			InstanceMethod<&C::close>("close"),
			InstanceMethod<&C::cancel>("cancel"),
			InstanceMethod<&C::info>("info"),
			InstanceMethod<&C::driver_list>("driverList"),
			InstanceMethod<&C::doctor>("doctor"),
			InstanceMethod<&C::metrics>("metrics"),
			InstanceMethod<&C::ready>("ready"),
			InstanceMethod<&C::announce>("announce"),
			InstanceMethod<&C::try_terms>("tryTerms"),
			InstanceMethod<&C::machine_add>("machineAdd"),
			InstanceMethod<&C::machine_start>("machineStart"),
			InstanceMethod<&C::machine_stop>("machineStop"),
			InstanceMethod<&C::machine_remove>("machineRemove"),
			InstanceMethod<&C::machine_change>("machineChange"),
			InstanceMethod<&C::machine_adopt>("machineAdopt"),
			InstanceMethod<&C::machine_start_all>("machineStartAll"),
			InstanceMethod<&C::machine_stop_all>("machineStopAll"),
			InstanceMethod<&C::machine_change_all>(
				"machineChangeAll"),
			InstanceMethod<&C::machine_remove_all>(
				"machineRemoveAll"),
			InstanceMethod<&C::machine_get>("machineGet"),
			InstanceMethod<&C::machine_list>("machineList"),
			InstanceMethod<&C::image_list>("imageList"),
			InstanceMethod<&C::image_get>("imageGet"),
			InstanceMethod<&C::image_pull>("imagePull"),
			InstanceMethod<&C::image_import>("imageImport"),
			InstanceMethod<&C::image_remove>("imageRemove"),
			InstanceMethod<&C::operation_get>("operationGet"),
			InstanceMethod<&C::operation_list>("operationList"),
			InstanceMethod<&C::operation_wait>("operationWait"),
			InstanceMethod<&C::operation_cancel>("operationCancel"),
			InstanceMethod<&C::event_list>("eventList"),
			InstanceMethod<&C::token_add>("tokenAdd"),
			InstanceMethod<&C::token_list>("tokenList"),
			InstanceMethod<&C::token_remove>("tokenRemove"),
			InstanceMethod<&C::token_check>("tokenCheck"),
		}));
}

Napi::Object Connection::make(Napi::Env env, ConnRef conn)
{
	return Loop::of(env).connection_class.New(
		{ Napi::External<ConnRef>::New(env, &conn) });
}

Connection::Connection(const CallbackInfo &info)
    : Napi::ObjectWrap<Connection>(info),
      loop_(Loop::of(info.Env()).shared_from_this()),
      conn_(*info[0].As<Napi::External<ConnRef>>().Data()),
      uri_(hyper_conn_uri(conn_->c)), is_local_(hyper_conn_is_local(conn_->c))
{
	loop_->connections.insert(this);
}

Connection::~Connection()
{
	loop_->connections.erase(this);
}

void Connection::abandon()
{
	if (conn_)
		conn_->closing = true;
	conn_.reset();
}

static Napi::Value refuse_closed(Napi::Env env)
{
	Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
	Answer answer;

	answer.fail(HYPER_ERR_INVALID, "conn", "the connection is closed");
	deferred.Reject(answer.reason(env));
	return deferred.Promise();
}

Napi::Value Connection::call(const CallbackInfo &info, Work work)
{
	if (!conn_)
		return refuse_closed(info.Env());
	return loop_->call(info.Env(), info.This().As<Napi::Object>(),
			   [conn = conn_, work = std::move(work)](
				   Answer &answer) { work(conn->c, answer); });
}

/* A view of a connection that has these terms; nullptr: the answer is why. */
static hyper_conn *view_of(hyper_conn *c, const Terms &terms, Answer &answer)
{
	hyper_conn *view = nullptr;

	if (hyper_conn_view(c, 0, &view, answer.err()))
		return nullptr;
	if ((terms.actor.c_str() &&
	     hyper_conn_set_actor(view, terms.actor.c_str(), answer.err())) ||
	    (terms.key.c_str() &&
	     hyper_conn_set_key(view, terms.key.c_str(), answer.err())) ||
	    (terms.has_generation &&
	     hyper_conn_set_generation(view, terms.generation, answer.err()))) {
		hyper_close(view);
		return nullptr;
	}
	return view;
}

Napi::Value Connection::change(const CallbackInfo &info, Work work)
{
	Terms terms(info[0].As<Napi::Object>());

	if (terms.none())
		return call(info, std::move(work));
	return call(info, [terms, work = std::move(work)](hyper_conn *c,
							  Answer &answer) {
		hyper_conn *view = view_of(c, terms, answer);

		if (view)
			work(view, answer);
		hyper_close(view);
	});
}

Napi::Value Connection::try_terms(const CallbackInfo &info)
{
	return change(info, [](hyper_conn *, Answer &) {});
}

Napi::Value Connection::wait(const CallbackInfo &info, uint32_t timeout_ms,
			     WaitWork work)
{
	Napi::Env env = info.Env();
	Napi::Object both = Napi::Object::New(env);
	auto nothing = [](const CallbackInfo &) {};

	if (!conn_) {
		both["done"] = refuse_closed(env);
		both["stop"] = Napi::Function::New(env, nothing);
		return both;
	}

	auto given_up = std::make_shared<std::atomic<bool>>(false);
	auto wait = std::make_shared<Wait>(conn_, given_up, timeout_ms);

	both["done"] =
		loop_->call(env, info.This().As<Napi::Object>(),
			    [wait, work = std::move(work)](Answer &answer) {
				    work(*wait, answer);
			    });
	/* It lives until it is collected, and must not hold the connection. */
	both["stop"] = Napi::Function::New(
		env, [given_up](const CallbackInfo &) { *given_up = true; });
	return both;
}

Napi::Value Connection::uri(const CallbackInfo &info)
{
	return Napi::String::New(info.Env(), uri_);
}

Napi::Value Connection::is_local(const CallbackInfo &info)
{
	return Napi::Boolean::New(info.Env(), is_local_);
}

Napi::Value Connection::close(const CallbackInfo &info)
{
	if (!conn_)
		return refuse_closed(info.Env());

	Loop::Begun begun =
		loop_->begin(info.Env(), info.This().As<Napi::Object>());

	conn_->closed = [loop = loop_, call = begun.call] {
		loop->done(call, Answer());
	};
	abandon();
	return begun.promise;
}

Napi::Value Connection::cancel(const CallbackInfo &info)
{
	/* Before C is called: a wait may be between two pieces. */
	if (conn_)
		conn_->cancels++;
	return call(info, [](hyper_conn *c, Answer &answer) {
		hyper_conn_cancel(c, 0, answer.err());
	});
}

Napi::Value Connection::info(const CallbackInfo &info)
{
	return call(info, [](hyper_conn *c, Answer &answer) {
		hyper_info *about = nullptr;

		if (hyper_conn_info(c, 0, &about, answer.err()) == 0)
			answer.give(about, hyper_info_to_json, hyper_info_free);
	});
}

Napi::Value Connection::driver_list(const CallbackInfo &info)
{
	return call(info, [](hyper_conn *c, Answer &answer) {
		hyper_drivers *drivers = nullptr;

		if (hyper_driver_list(c, 0, &drivers, answer.err()) == 0)
			answer.give(drivers, hyper_drivers_to_json,
				    hyper_drivers_free);
	});
}

Napi::Value Connection::doctor(const CallbackInfo &info)
{
	uint32_t flags = u32(info[0]);

	return call(info, [flags](hyper_conn *c, Answer &answer) {
		hyper_findings *findings = nullptr;

		if (hyper_doctor(c, flags, &findings, answer.err()) == 0)
			answer.give(findings, hyper_findings_to_json,
				    hyper_findings_free);
	});
}

Napi::Value Connection::metrics(const CallbackInfo &info)
{
	return call(info, [](hyper_conn *c, Answer &answer) {
		char *text = nullptr;

		if (hyper_conn_metrics(c, 0, &text, answer.err()) == 0)
			answer.give_text(text);
	});
}

Napi::Value Connection::ready(const CallbackInfo &info)
{
	return call(info, [](hyper_conn *c, Answer &answer) {
		hyper_conn_ready(c, 0, answer.err());
	});
}

Napi::Value Connection::announce(const CallbackInfo &info)
{
	Text url(info[0]);

	return call(info, [url](hyper_conn *c, Answer &answer) {
		hyper_conn_announce(c, url.c_str(), 0, answer.err());
	});
}
