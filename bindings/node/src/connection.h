/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The class of connections that lib/connection.js wraps. A method begins a
 * call and gives the promise of its answer, as answer.h says; one that waits
 * gives `{ done, stop }`: the promise, and a function that ends the wait with
 * CANCELLED. Flags are C's. All on Node's thread.
 */
#ifndef HYPER_NODE_CONNECTION_H
#define HYPER_NODE_CONNECTION_H

#include "args.h"
#include "loop.h"
#include "wait.h"

class Connection : public Napi::ObjectWrap<Connection> {
public:
	/** Define the class for an environment. */
	static void define(Napi::Env env);
	/** The JavaScript object of a connection. */
	static Napi::Object make(Napi::Env env, ConnRef conn);

	/** @param info  an External of a ConnRef, which is copied */
	explicit Connection(const Napi::CallbackInfo &info);
	~Connection() override;
	/** Let go: it is closed when its calls have ended, and waits end. */
	void abandon();

private:
	using Info = const Napi::CallbackInfo &;

	/* connection.cc: (), the first two getters */
	Napi::Value uri(Info info);
	Napi::Value is_local(Info info);
	Napi::Value close(Info info);
	Napi::Value cancel(Info info);
	Napi::Value info(Info info);
	Napi::Value driver_list(Info info);
	Napi::Value doctor(Info info); /* (flags) */
	Napi::Value metrics(Info info);
	Napi::Value ready(Info info);
	Napi::Value announce(Info info); /* (url) */
	Napi::Value try_terms(Info info); /* (terms) */
	/* machine.cc */
	Napi::Value machine_add(Info info);    /* (terms, json, flags) */
	Napi::Value machine_start(Info info);  /* (terms, id, flags) */
	Napi::Value machine_stop(Info info);   /* (terms, id, ms, flags) */
	Napi::Value machine_remove(Info info); /* (terms, id, flags) */
	Napi::Value machine_change(Info info); /* (terms, id, json, flags) */
	Napi::Value machine_adopt(Info info);  /* (terms, type, name, id,
						  flags) */
	Napi::Value machine_start_all(Info info);  /* (terms, query, flags) */
	Napi::Value machine_stop_all(Info info);   /* (terms, query, ms,
						      flags) */
	Napi::Value machine_change_all(Info info); /* (terms, query, json,
						      flags) */
	Napi::Value machine_remove_all(Info info); /* (terms, query, flags) */
	Napi::Value machine_get(Info info);    /* (id, flags) */
	Napi::Value machine_list(Info info);   /* (query, flags) */
	/* image.cc */
	Napi::Value image_list(Info info);   /* (type) */
	Napi::Value image_get(Info info);    /* (type, name) */
	Napi::Value image_pull(Info info);   /* (terms, type, name, flags) */
	Napi::Value image_import(Info info); /* (terms, type, name, path,
						flags) */
	Napi::Value image_remove(Info info); /* (terms, type, name, flags) */
	/* token.cc */
	Napi::Value token_add(Info info);    /* (terms, name, role, ms) */
	Napi::Value token_list(Info info);   /* () */
	Napi::Value token_remove(Info info); /* (terms, name) */
	Napi::Value token_check(Info info);  /* (secret) */
	/* operation.cc */
	Napi::Value operation_get(Info info);	 /* (id) */
	Napi::Value operation_list(Info info);	 /* (query) */
	Napi::Value operation_wait(Info info);	 /* (id, ms): waits */
	Napi::Value operation_cancel(Info info); /* (id) */
	/* event.cc */
	Napi::Value event_list(Info info); /* (after, limit, ms): waits */

	/* What runs on the thread of a call */
	using Work = std::function<void(hyper_conn *, Answer &)>;
	using WaitWork = std::function<void(Wait &, Answer &)>;

	Napi::Value call(Info info, Work work);
	/* The same on terms, which are the first argument. */
	Napi::Value change(Info info, Work work);
	Napi::Value wait(Info info, uint32_t timeout_ms, WaitWork work);

	std::shared_ptr<Loop> loop_;
	ConnRef conn_; /* none: it was closed */
	std::string uri_;
	bool is_local_;
};

/** Is it the operation that a change with these flags shall give? */
inline bool wants_operation(uint32_t flags)
{
	return flags & (HYPER_ASYNC | HYPER_DRY_RUN);
}

/** The answer of a change: its operation. Takes it. */
inline void give_operation(Answer &answer, hyper_operation *op)
{
	answer.give(op, hyper_operation_to_json, hyper_operation_free);
}

#endif
