/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Arguments, which lib/args.js has checked, as C wants them. Node's thread.
 */
#ifndef HYPER_NODE_ARGS_H
#define HYPER_NODE_ARGS_H

#include <hyper/hyper.h>
#include <napi.h>

#include <memory>
#include <string>

/** A text, or none: null in JavaScript, NULL in C. */
class Text {
public:
	explicit Text(const Napi::Value &value)
		: given_(!value.IsNull())
	{
		if (given_)
			text_ = value.ToString();
	}
	const char *c_str() const { return given_ ? text_.c_str() : nullptr; }
	size_t size() const { return text_.size(); }

private:
	bool given_;
	std::string text_;
};

inline uint32_t u32(const Napi::Value &value)
{
	return value.ToNumber().Uint32Value();
}

/** A whole number up to 2^53 - 1. */
inline uint64_t u64(const Napi::Value &value)
{
	return static_cast<uint64_t>(value.ToNumber().Int64Value());
}

/**
 * On which terms a call is made: who asks, with which key, of which generation
 * of a machine.
 */
struct Terms {
	/** @param parts  `{ actor, key, generation }`; null: none */
	explicit Terms(const Napi::Object &parts);
	bool none() const
	{
		return !actor.c_str() && !key.c_str() && !has_generation;
	}

	Text actor, key;
	bool has_generation;
	uint64_t generation;
};

/**
 * A query.
 *
 * @param parts  `{ filter, sort, limit, cursor, fields, count }`
 * @return it, which nobody changes any more
 */
std::shared_ptr<const hyper_query> query_of(const Napi::Object &parts);

#endif
