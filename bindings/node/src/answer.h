/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a call gave: made on its thread by C alone, and turned into JavaScript
 * on Node's.
 */
#ifndef HYPER_NODE_ANSWER_H
#define HYPER_NODE_ANSWER_H

#include "conn.h"

#include <napi.h>

#include <string>

/** What a list tells beside its items. */
struct Page {
	int64_t total = -1;	 /* -1: not counted */
	std::string next_cursor; /* empty: it is the last page */
	uint64_t seq = 0;
};

/** An answer: an error, a JSON text, a connection, or nothing. */
class Answer {
public:
	Answer() = default;
	Answer(Answer &&from) noexcept;
	Answer &operator=(Answer &&) = delete;
	~Answer() { hyper_error_free(error_); }

	/** Where the C function that is asked puts its error. */
	hyper_error **err() { return &error_; }
	bool failed() const { return error_; }
	/** Make it an error. @return code */
	int fail(int code, const char *field, const char *text);
	/** Forget the error, to try again. */
	void clear();

	/**
	 * A text that is not JSON.
	 *
	 * @param text  [takes] or NULL: null
	 */
	void give_text(char *text)
	{
		is_text_ = true;
		text_.reset(text);
	}
	/** What a list has beside its items. */
	void give(Page page) { page_.reset(new Page(std::move(page))); }
	void give(ConnRef conn) { conn_ = std::move(conn); }
	/**
	 * A record, or a list of them.
	 *
	 * @param record   [takes] what the C function gave
	 * @param to_json  the hyper_…_to_json() of its type
	 * @param free     the hyper_…_free() of its type
	 */
	template <class T>
	void give(T *record,
		  int (*to_json)(const T *, uint32_t, char **, hyper_error **),
		  void (*free)(T *))
	{
		char *text = nullptr;

		if (to_json(record, 0, &text, err()) == 0)
			text_.reset(text);
		free(record);
	}
	/** The machine that would come of what was given. @param machine
	 * [takes] */
	void give_would_be(hyper_machine *machine)
	{
		char *text = nullptr;

		if (hyper_machine_to_json(machine, 0, &text, err()) == 0)
			would_be_.reset(text);
		hyper_machine_free(machine);
	}

	/** The connection, if it is one. */
	const ConnRef &conn() const { return conn_; }
	/**
	 * For JavaScript: the JSON text, with what the list has beside it
	 * `{ json, total, nextCursor, seq }`, with a machine that would come
	 * of it `{ json, record }`; any other as it is; undefined.
	 */
	Napi::Value value(Napi::Env env) const;
	/**
	 * The error for JavaScript, `{ code, message, field, driver,
	 * requestId, cause }`: lib/error.js makes a HyperError of it.
	 */
	Napi::Value reason(Napi::Env env) const;

private:
	struct Free {
		void operator()(char *text) const { hyper_free(text); }
	};

	hyper_error *error_ = nullptr;
	std::unique_ptr<char, Free> text_; /* JSON, or what give_text() got */
	std::unique_ptr<char, Free> would_be_;
	bool is_text_ = false;
	std::unique_ptr<Page> page_;
	ConnRef conn_;
};

#endif
