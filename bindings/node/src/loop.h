/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Between Node's event loop and our threads: a call begins here with a promise
 * and a thread, and its answer comes back here to settle the promise. One for
 * each environment, that is the main thread and each Worker.
 */
#ifndef HYPER_NODE_LOOP_H
#define HYPER_NODE_LOOP_H

#include "answer.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

class Connection;

class Loop : public std::enable_shared_from_this<Loop> {
public:
	/** What runs on the thread of a call; it must not touch JavaScript. */
	using Work = std::function<void(Answer &)>;

	/** Make the one of an environment. Node's thread, as all but done(). */
	static void start(Napi::Env env);
	/** The one of an environment. */
	static Loop &of(Napi::Env env);

	/**
	 * Make a call on a thread of its own. Node goes on for as long as it
	 * is under way, as it does for a timer.
	 *
	 * @param keep  what the garbage collector leaves alone meanwhile
	 * @param work  the call
	 * @return the promise of its answer
	 */
	Napi::Promise call(Napi::Env env, Napi::Object keep, Work work);
	/** A call that was begun: its number, and the promise of its answer. */
	struct Begun {
		uint64_t call;
		Napi::Promise promise;
	};
	/** The first half of call(), for what ends by itself with done(). */
	Begun begin(Napi::Env env, Napi::Object keep);
	/** The second half: its answer is there. Any thread. */
	void done(uint64_t call, Answer answer);

	/** The class of connections. */
	Napi::FunctionReference connection_class;
	/** Connections that JavaScript has. */
	std::unordered_set<Connection *> connections;
	const std::shared_ptr<Census> census =
		std::make_shared<Census>(&Census::of_process());

private:
	struct Pending {
		Napi::Promise::Deferred deferred;
		Napi::ObjectReference keep;
	};
	static void wake(Napi::Env env, Napi::Function, Loop *loop, void *);

	void settle(Napi::Env env);
	void settle_one(Napi::Env env, uint64_t call, const Answer &answer);
	void let_go();
	void end();
	static void at_exit(int status, void *);

	using Wake = Napi::TypedThreadSafeFunction<Loop, void, Loop::wake>;

	Wake wake_;
	std::unordered_map<uint64_t, Pending> pending_;
	uint64_t last_call_ = 0;

	/* What the threads share with us. */
	std::mutex mutex_;
	bool ended_ = false;
	std::vector<std::pair<uint64_t, Answer>> finished_;
};

#endif
