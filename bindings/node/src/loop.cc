/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "connection.h"
#include "threads.h"

#include <cstdio>
#include <cstdlib>
#include <new>

#include <unistd.h>

/* How long the end of a process, or of a Worker, waits for what is under way.
 * What takes longer is left to the next opener of the state, as if the process
 * had been killed. */
static constexpr uint32_t end_ms = 1000;

/* The environment owns one share, threads with a call the others. */
using LoopRef = std::shared_ptr<Loop>;

/* Those that have not ended. */
static std::unordered_set<Loop *> &all_loops()
{
	static auto *all = new std::unordered_set<Loop *>;

	return *all;
}

static std::mutex loops_mutex;

void Loop::start(Napi::Env env)
{
	static std::once_flag once;
	LoopRef loop = std::make_shared<Loop>();

	std::call_once(once, [] { on_exit(at_exit, nullptr); });
	env.SetInstanceData(new LoopRef(loop));
	loop->wake_ = Wake::New(env, "hyper", 0, 1, loop.get());
	loop->wake_.Unref(env);
	/* Hooks run in the reverse order: this one while wake_ is still good,
	 * for from then on no thread may use it. */
	env.AddCleanupHook([](Loop *ending) { ending->end(); }, loop.get());
	{
		std::lock_guard<std::mutex> lock(loops_mutex);

		all_loops().insert(loop.get());
	}
}

Loop &Loop::of(Napi::Env env)
{
	return **env.GetInstanceData<LoopRef>();
}

/* No thread uses Node any more from here on; connections are closed. */
void Loop::let_go()
{
	std::vector<std::pair<uint64_t, Answer>> unwanted;
	std::lock_guard<std::mutex> lock(mutex_);

	ended_ = true;
	unwanted.swap(finished_);
	for (Connection *connection : connections)
		connection->abandon();
}

void Loop::end()
{
	{
		std::lock_guard<std::mutex> lock(loops_mutex);

		all_loops().erase(this);
	}
	let_go();
	pending_.clear();
	connection_class.Reset();
	census->wait_none(end_ms);
}

/*
 * process.exit() runs no cleanup hooks. And the exit of a process tears down
 * what our threads use: the libraries below hyper, OpenSSL in Node. Those that
 * are still in a call then cannot be stopped, so what would pull the rug from
 * under their feet is left out.
 */
void Loop::at_exit(int status, void *)
{
	bool left = false;

	{
		std::lock_guard<std::mutex> lock(loops_mutex);

		for (Loop *loop : all_loops()) {
			loop->let_go();
			left = true;
		}
	}
	if (!Census::of_process().wait_none(left ? end_ms : 0)) {
		fflush(nullptr);
		_exit(status);
	}
}

Loop::Begun Loop::begin(Napi::Env env, Napi::Object keep)
{
	Pending pending = { Napi::Promise::Deferred::New(env),
			    Napi::Persistent(keep) };
	Begun begun = { ++last_call_, pending.deferred.Promise() };

	pending_.emplace(begun.call, std::move(pending));
	if (pending_.size() == 1)
		wake_.Ref(env);
	return begun;
}

/* Memory is all that C++ itself may lack. */
static void run(const Loop::Work &work, Answer &answer)
{
	try {
		work(answer);
	} catch (const std::bad_alloc &) {
		answer.fail(HYPER_ERR_NOMEM, nullptr, "out of memory");
	}
}

Napi::Promise Loop::call(Napi::Env env, Napi::Object keep, Work work)
{
	LoopRef self = shared_from_this();
	Begun begun = begin(env, keep);

	census->add();
	if (!run_on_thread([self, call = begun.call,
			    work = std::move(work)]() mutable {
		    {
			    Answer answer;

			    run(work, answer);
			    self->done(call, std::move(answer));
		    }
		    work = nullptr; /* it may be the last with a connection */
		    self->census->remove();
	    })) {
		Answer answer;

		answer.fail(HYPER_ERR_LIMIT, nullptr,
			    "the system gives no more threads");
		done(begun.call, std::move(answer));
		census->remove();
	}
	return begun.promise;
}

void Loop::done(uint64_t call, Answer answer)
{
	std::lock_guard<std::mutex> lock(mutex_);

	if (ended_)
		return;
	finished_.emplace_back(call, std::move(answer));
	if (finished_.size() == 1) /* else it has been woken already */
		wake_.NonBlockingCall();
}

void Loop::wake(Napi::Env env, Napi::Function, Loop *loop, void *)
{
	if (!env) /* it ends */
		return;
	try {
		loop->settle(env);
	} catch (const Napi::Error &) {
		/* A Worker that is being ended runs nothing any more. */
	}
}

void Loop::settle(Napi::Env env)
{
	std::vector<std::pair<uint64_t, Answer>> finished;

	{
		std::lock_guard<std::mutex> lock(mutex_);

		finished.swap(finished_);
	}
	for (const auto &item : finished) {
		Napi::HandleScope scope(env);

		settle_one(env, item.first, item.second);
	}
	if (pending_.empty())
		wake_.Unref(env);
}

void Loop::settle_one(Napi::Env env, uint64_t call, const Answer &answer)
{
	auto found = pending_.find(call);
	Pending pending = std::move(found->second);

	pending_.erase(found);
	try {
		if (answer.failed())
			pending.deferred.Reject(answer.reason(env));
		else if (answer.conn())
			pending.deferred.Resolve(
				Connection::make(env, answer.conn()));
		else
			pending.deferred.Resolve(answer.value(env));
	} catch (const Napi::Error &error) {
		/* A text that JavaScript cannot hold. */
		pending.deferred.Reject(error.Value());
	}
}
