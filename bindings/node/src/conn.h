/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A connection as it is shared: by the JavaScript object and by each call that
 * is under way. hyper_close() waits, so the last of them to let go has it done
 * on a thread of its own, whether somebody closes it, the garbage collector
 * finds it or the process ends.
 */
#ifndef HYPER_NODE_CONN_H
#define HYPER_NODE_CONN_H

#include <hyper/hyper.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

/**
 * How much is under way: calls, and connections that are not closed yet. One
 * for each environment, and one for all. Any thread.
 */
class Census {
public:
	/** @param all  what counts the same as well, or nullptr */
	explicit Census(Census *all) : all_(all) {}
	/** That of the process. */
	static Census &of_process();

	void add();
	void remove();
	/**
	 * Wait until nothing is under way.
	 *
	 * @param timeout_ms  how long, in ms
	 * @return false if something is yet
	 */
	bool wait_none(uint32_t timeout_ms);

private:
	Census *const all_;
	std::mutex mutex_;
	std::condition_variable none_;
	size_t count_ = 0;
};

struct Conn {
	hyper_conn *c = nullptr;
	/** It shall be closed: whoever waits with it stops waiting. */
	std::atomic<bool> closing{ false };
	/** How often hyper_conn_cancel() was called: it ends waits, too. */
	std::atomic<unsigned int> cancels{ 0 };
	/** Called when it has been closed, on any thread; may be empty. Set by
	 * one that still holds on to the connection. */
	std::function<void()> closed;
};

using ConnRef = std::shared_ptr<Conn>;

/**
 * Share a connection.
 *
 * @param c       [takes] the connection
 * @param census  where it counts until it is closed
 * @return it, to be closed when nobody holds on to it any more
 *
 * Any thread.
 */
ConnRef share_conn(hyper_conn *c, std::shared_ptr<Census> census);

#endif
