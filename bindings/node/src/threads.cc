/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace
{

/* A thread that has had nothing to do for so long ends. */
constexpr std::chrono::seconds idle_time(5);
/* As the library's own threads have. */
constexpr size_t stack_size = 1 << 20;

struct Threads {
	std::mutex mutex;
	std::condition_variable wake;
	std::deque<std::function<void()>> queue;
	size_t idle = 0;
};

/* Never destroyed: threads still look at it while the process exits. */
Threads &threads()
{
	static Threads *all = new Threads;

	return *all;
}

/* Wait for more to do. Returns nothing when it is time to end. */
std::function<void()> next_work()
{
	Threads &all = threads();
	std::unique_lock<std::mutex> lock(all.mutex);
	std::function<void()> work;

	all.idle++;
	all.wake.wait_for(lock, idle_time, [&] { return !all.queue.empty(); });
	all.idle--;
	if (!all.queue.empty()) {
		work = std::move(all.queue.front());
		all.queue.pop_front();
	}
	return work;
}

void *thread_main(void *data)
{
	std::function<void()> *first =
		static_cast<std::function<void()> *>(data);
	std::function<void()> work = std::move(*first);

	delete first;
	while (work) {
		work();
		work = nullptr; /* what it holds on to goes before the wait */
		work = next_work();
	}
	return nullptr;
}

/* Signals are for the threads of Node: all are blocked here. */
bool start_thread(std::function<void()> *first)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack_size);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, thread_main, first);
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	pthread_attr_destroy(&attr);
	return rc == 0;
}

} // namespace

bool run_on_thread(std::function<void()> work)
{
	Threads &all = threads();

	{
		std::lock_guard<std::mutex> lock(all.mutex);

		/* Each that is queued has an idle thread to itself. */
		if (all.queue.size() < all.idle) {
			all.queue.push_back(std::move(work));
			all.wake.notify_one();
			return true;
		}
	}
	auto *first = new std::function<void()>(std::move(work));

	if (start_thread(first))
		return true;
	delete first;
	return false;
}
