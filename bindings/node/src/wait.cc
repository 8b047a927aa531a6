/* SPDX-License-Identifier: MIT */
#include "wait.h"

#include <algorithm>

/* The longest piece: as the library has for subscriptions. */
static constexpr int64_t piece_ms = 500;
/* So much longer a server may take to say that the piece is over. */
static constexpr int64_t slack_ms = 30000;

static int64_t ms_since(std::chrono::steady_clock::time_point then)
{
	return std::chrono::duration_cast<std::chrono::milliseconds>(
		       std::chrono::steady_clock::now() - then)
		.count();
}

Wait::Wait(ConnRef conn, GivenUp given_up, uint32_t timeout_ms)
    : conn_(std::move(conn)), given_up_(std::move(given_up)),
      timeout_ms_(timeout_ms), cancels_(conn_->cancels), begin_(Clock::now()),
      piece_(begin_)
{
}

uint32_t Wait::piece()
{
	int64_t left = piece_ms;

	piece_ = Clock::now();
	if (timeout_ms_ != UINT32_MAX)
		left = std::min(left, timeout_ms_ - ms_since(begin_));
	return static_cast<uint32_t>(std::max<int64_t>(left, 0));
}

bool Wait::stuck() const
{
	return ms_since(piece_) > piece_ms + slack_ms;
}

bool Wait::over() const
{
	return timeout_ms_ != UINT32_MAX && ms_since(begin_) >= timeout_ms_;
}

bool Wait::wanted(Answer &answer) const
{
	const char *why = nullptr;

	if (*given_up_)
		why = "the wait was given up";
	else if (conn_->closing)
		why = "the wait ends, for the connection is closed";
	else if (conn_->cancels != cancels_)
		why = "the wait was cancelled";
	if (why)
		answer.fail(HYPER_ERR_CANCELLED, nullptr, why);
	return !why;
}
