/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Threads of our own. A call of hyper may take minutes, and libuv has four
 * threads, which files and name lookups need: none of them shall wait for us.
 */
#ifndef HYPER_NODE_THREADS_H
#define HYPER_NODE_THREADS_H

#include <functional>

/**
 * Run a function on a thread that does nothing else: on an idle one, or on a
 * new one. So no call waits for another, however many of them hang.
 *
 * @param work  the function; it must not throw, nor touch JavaScript
 * @return false if no thread can be had; then it is not run
 *
 * Any thread.
 */
bool run_on_thread(std::function<void()> work);

#endif
