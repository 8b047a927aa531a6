/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include "threads.h"

#include <chrono>

Census &Census::of_process()
{
	/* Never destroyed: threads count while the process exits. */
	static Census *census = new Census(nullptr);

	return *census;
}

void Census::add()
{
	std::lock_guard<std::mutex> lock(mutex_);

	count_++;
	if (all_)
		all_->add();
}

void Census::remove()
{
	std::lock_guard<std::mutex> lock(mutex_);

	if (all_)
		all_->remove();
	if (--count_ == 0)
		none_.notify_all();
}

bool Census::wait_none(uint32_t timeout_ms)
{
	std::unique_lock<std::mutex> lock(mutex_);

	return none_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
			      [this] { return count_ == 0; });
}

static void close_conn(Conn *conn, Census *census)
{
	hyper_close(conn->c);
	census->remove();
	if (conn->closed)
		conn->closed();
	delete conn;
}

ConnRef share_conn(hyper_conn *c, std::shared_ptr<Census> census)
{
	Conn *conn = new Conn;

	conn->c = c;
	census->add();
	return ConnRef(conn, [census](Conn *last) {
		auto work = [last, census] { close_conn(last, census.get()); };

		/* Without a thread, better late here than never. */
		if (!run_on_thread(work))
			work();
	});
}
