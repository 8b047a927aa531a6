/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Long waits in short pieces: between two of them it is seen whether anybody
 * still wants the answer.
 */
#ifndef HYPER_NODE_WAIT_H
#define HYPER_NODE_WAIT_H

#include "answer.h"

#include <chrono>

/** Set, by any thread, when nobody wants the answer any more. */
using GivenUp = std::shared_ptr<std::atomic<bool>>;

/** A wait, of its thread alone. */
class Wait {
public:
	/**
	 * @param conn        the connection that waits
	 * @param given_up    whether to
	 * @param timeout_ms  how long, in ms; UINT32_MAX: as long as it takes
	 */
	Wait(ConnRef conn, GivenUp given_up, uint32_t timeout_ms);

	hyper_conn *c() const { return conn_->c; }
	/** In ms; UINT32_MAX: as long as it takes. */
	uint32_t timeout() const { return timeout_ms_; }
	/** How long the next piece may take, in ms, which begins now. */
	uint32_t piece();
	/** Whether that is longer over than the piece explains: then TIMEOUT
	 * is that of a connection without an answer. */
	bool stuck() const;
	/** Whether the time is over. */
	bool over() const;
	/** Whether to go on. If not, the answer is CANCELLED, and why. */
	bool wanted(Answer &answer) const;

private:
	using Clock = std::chrono::steady_clock;

	ConnRef conn_;
	GivenUp given_up_;
	const uint32_t timeout_ms_;
	const unsigned int cancels_;
	const Clock::time_point begin_;
	Clock::time_point piece_;
};

#endif
