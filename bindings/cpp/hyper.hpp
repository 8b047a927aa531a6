// SPDX-License-Identifier: MIT
/**
 * @file
 * hyper in C++17: one header over <hyper/hyper.h>, which says in full what
 * each call does. Here are owners, views, and errors.
 *
 * **Failure.** Every call that can fail takes flags last. Without any it
 * throws hyper::Error; with `hyper::nothrow` among them it returns a Result:
 *
 *     conn.start("web1");
 *     if (auto machine = conn.start("web1", hyper::nothrow); !machine)
 *             std::cerr << machine.error().what();
 *
 * It is one function either way. When C++ itself has no memory for a text or
 * a list, that is std::bad_alloc, also with nothrow. With -fno-exceptions a
 * failure without nothrow aborts.
 *
 * **Waiting.** A change returns when it is made, with the record; with
 * `hyper::async` as soon as it is written down, with the Operation; with
 * `hyper::tracked` it gives both: see Tracked. With `hyper::dry_run` nothing is
 * changed, and it gives the Operation that tells what would be: its plan().
 *
 * **Lifetimes.** An owner (Connection, Machine, Machines, …) frees what it
 * holds, is moved and never copied. One that was moved from is empty: it can
 * be destroyed, assigned, and asked with `if`, nothing else. A view
 * (MachineView, EventView, …) is a pointer to a record of somebody else; so
 * is each std::string_view that a record gives to a text in it. As with any
 * std::string_view, it is yours to keep the owner alive, and unchanged, for
 * as long. Every owner of a record is a view, too, and can be passed as one.
 *
 * **Threads.** As in C. The calls of a Connection are const, and may be made
 * by several threads at once. Records and lists that the library gave are
 * never changed, so any thread may read them. A Machine or Query that one
 * fills in, an EventStream, and moving anything want one thread at a time.
 * There is no state beside the objects.
 */
#ifndef HYPER_HYPER_HPP
#define HYPER_HYPER_HPP

#include <hyper/hyper.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hyper
{

/** What went wrong: enum hyper_code. */
enum class Code : int {
	ok = HYPER_OK,
	invalid = HYPER_ERR_INVALID,
	not_found = HYPER_ERR_NOT_FOUND,
	exists = HYPER_ERR_EXISTS,
	state = HYPER_ERR_STATE,
	busy = HYPER_ERR_BUSY,
	not_supported = HYPER_ERR_NOT_SUPPORTED,
	denied = HYPER_ERR_DENIED,
	auth = HYPER_ERR_AUTH,
	timeout = HYPER_ERR_TIMEOUT,
	cancelled = HYPER_ERR_CANCELLED,
	connect = HYPER_ERR_CONNECT,
	driver = HYPER_ERR_DRIVER,
	no_driver = HYPER_ERR_NO_DRIVER,
	protocol = HYPER_ERR_PROTOCOL,
	limit = HYPER_ERR_LIMIT,
	io = HYPER_ERR_IO,
	no_memory = HYPER_ERR_NOMEM,
	internal = HYPER_ERR_INTERNAL
};

/** What somebody may do over HTTP: enum hyper_role. */
enum class Role : int {
	none = HYPER_ROLE_NONE,
	viewer = HYPER_ROLE_VIEWER,
	operator_ = HYPER_ROLE_OPERATOR,
	admin = HYPER_ROLE_ADMIN
};

/** States of a machine: enum hyper_state. */
enum class State : int {
	none = 0, /**< of a record that was not added yet */
	creating = HYPER_STATE_CREATING,
	stopped = HYPER_STATE_STOPPED,
	starting = HYPER_STATE_STARTING,
	running = HYPER_STATE_RUNNING,
	paused = HYPER_STATE_PAUSED,
	stopping = HYPER_STATE_STOPPING,
	removing = HYPER_STATE_REMOVING,
	error = HYPER_STATE_ERROR,
	missing = HYPER_STATE_MISSING
};

/** States of an operation: enum hyper_op_state. */
enum class OpState : int {
	queued = HYPER_OP_QUEUED,
	running = HYPER_OP_RUNNING,
	done = HYPER_OP_DONE,
	failed = HYPER_OP_FAILED,
	cancelled = HYPER_OP_CANCELLED,
	planned = HYPER_OP_PLANNED /**< of a dry run */
};

/** How much a line of the log matters: enum hyper_log_level. */
enum class LogLevel : int {
	error = HYPER_LOG_ERROR,
	warning = HYPER_LOG_WARNING,
	info = HYPER_LOG_INFO,
	debug = HYPER_LOG_DEBUG
};

/** How a connection is opened: enum hyper_open_flags. They join with `|`. */
enum class Open : std::uint32_t {
	plain = 0,
	readonly = HYPER_OPEN_READONLY,
	local_only = HYPER_OPEN_LOCAL_ONLY
};

/** Both. */
constexpr Open operator|(Open a, Open b) noexcept
{
	return static_cast<Open>(static_cast<std::uint32_t>(a) |
				 static_cast<std::uint32_t>(b));
}

/** A moment, to the millisecond, in UTC. */
using Time = std::chrono::time_point<std::chrono::system_clock,
				     std::chrono::milliseconds>;

/**
 * How long to wait, in ms; seconds and the like convert. Less than 0 is 0.
 * Without a value: as long as it takes, or what the call names as its default.
 */
using Timeout = std::optional<std::chrono::milliseconds>;

/** Texts of a record, borrowed from it. */
using Texts = std::vector<std::string_view>;

/** Keys and values of a record, in the order of keys, borrowed from it. */
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

/** @name Flags
 * @{ */

/** What flags change of the type that a call gives. */
enum class Mode : unsigned {
	plain = 0,
	nothrow = 1,
	async = 2,
	tracked = 4,
	planned = 8
};

/** Both. */
constexpr Mode operator|(Mode a, Mode b) noexcept
{
	return static_cast<Mode>(static_cast<unsigned>(a) |
				 static_cast<unsigned>(b));
}

/** Is one among them? */
constexpr bool has(Mode all, Mode one) noexcept
{
	return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

/**
 * The last argument of calls: enum hyper_flags, and in the type what the call
 * is to give. They join with `|`. What a call does not know it refuses with
 * Code::invalid.
 */
template <Mode M = Mode::plain> class Flags
{
public:
	/** None. */
	constexpr Flags() noexcept = default;
	/** @param bits  of enum hyper_flags */
	constexpr explicit Flags(std::uint32_t bits) noexcept : bits_(bits) {}
	/** @return those of enum hyper_flags */
	constexpr std::uint32_t bits() const noexcept { return bits_; }

private:
	std::uint32_t bits_ = 0;
};

/** Both. */
template <Mode A, Mode B>
constexpr Flags<A | B> operator|(Flags<A> a, Flags<B> b) noexcept
{
	return Flags<A | B>(a.bits() | b.bits());
}

/** Return a Result; throw nothing. */
inline constexpr Flags<Mode::nothrow> nothrow{};
/** Changes: return the Operation as soon as it is recorded. */
inline constexpr Flags<Mode::async> async{ HYPER_ASYNC };
/** Changes: return the record and the Operation. */
inline constexpr Flags<Mode::tracked> tracked{};
/** Changes: change nothing, and return the Operation that tells what would be
 * done; with tracked also the machine that would come of it. */
inline constexpr Flags<Mode::planned> dry_run{ HYPER_DRY_RUN };
/** stop: kill what does not stop in time. remove: stop it first. adopt: also
 * what bears the mark of another hyper. */
inline constexpr Flags<> force{ HYPER_FORCE };
/** machine, machines: ask the drivers first, for at most 2 s. */
inline constexpr Flags<> refresh{ HYPER_REFRESH };
/** doctor: mend what can be mended. */
inline constexpr Flags<> repair{ HYPER_REPAIR };
/** remove: only forget it, and leave it with its engine. */
inline constexpr Flags<> keep{ HYPER_KEEP };

/** @} */

/** @name Names
 * Texts of the library; valid for ever. Any thread.
 * @{ */

/** @return such as "NOT_FOUND"; "UNKNOWN" for a number that is none */
inline std::string_view name(Code code) noexcept
{
	return hyper_code_name(static_cast<int>(code));
}

/** @return such as "running"; empty for State::none and what is no state */
inline std::string_view name(State state) noexcept
{
	const char *text = hyper_state_name(static_cast<int>(state));

	return text ? text : "";
}

/** @return such as "queued"; empty for what is no state */
inline std::string_view name(OpState state) noexcept
{
	const char *text = hyper_op_state_name(static_cast<int>(state));

	return text ? text : "";
}

/** @return such as "viewer"; empty for Role::none and what is no role */
inline std::string_view name(Role role) noexcept
{
	const char *text = hyper_role_name(static_cast<int>(role));

	return text ? text : "";
}

/** @return the role of a name, or Role::none */
inline Role role_of(const char *name) noexcept
{
	return static_cast<Role>(hyper_role_parse(name));
}

/** @return the HTTP status that the REST service answers for a code */
inline int http_status(Code code) noexcept
{
	return hyper_code_http_status(static_cast<int>(code));
}

/** @return the end of `type` in problem+json, such as "not-found" */
inline std::string_view slug(Code code) noexcept
{
	return hyper_code_slug(static_cast<int>(code));
}

/** @return the version of the library that is running, such as "0.1.0" */
inline std::string_view version() noexcept
{
	return hyper_version();
}

/** @return the same, comparable with HYPER_VERSION_NUMBER: 0xMMmmpp */
inline std::uint32_t version_number() noexcept
{
	return hyper_version_number();
}

/** @} */

class Error;

namespace detail
{

/* So that a function of C can be the deleter of a std::unique_ptr. */
template <auto release> struct Free {
	template <class C> void operator()(C *p) const noexcept { release(p); }
};

template <class C, auto release>
using Handle = std::unique_ptr<C, Free<release>>;

using Chars = Handle<char, hyper_free>;

inline std::optional<std::string_view> maybe(const char *text) noexcept
{
	return text ? std::optional<std::string_view>(text) : std::nullopt;
}

inline std::string_view or_empty(const char *text) noexcept
{
	return text ? text : "";
}

/* 0 stands for never. */
inline std::optional<Time> moment(std::int64_t ms) noexcept
{
	if (ms == 0)
		return std::nullopt;
	return Time(std::chrono::milliseconds(ms));
}

/* UINT32_MAX stands for no value, so that nothing finite may become it. */
inline std::uint32_t ms(Timeout timeout) noexcept
{
	using Rep = std::chrono::milliseconds::rep;
	static_assert(HYPER_TIMEOUT_DEFAULT == UINT32_MAX);

	if (!timeout)
		return UINT32_MAX;
	return static_cast<std::uint32_t>(std::clamp<Rep>(
		timeout->count(), 0, static_cast<Rep>(UINT32_MAX) - 1));
}

[[noreturn]] inline void raise(const Error &error);

} // namespace detail

/**
 * An error, as an exception and in a Result. what() is one line that says
 * what happened. Copies share what they tell of; any thread may read one.
 */
class Error : public std::runtime_error
{
public:
	/**
	 * @param code   its number, for where there is no error
	 * @param error  [takes] of the library, or NULL
	 */
	Error(int code, hyper_error *error)
		: Error(code, Shared(error, hyper_error_free))
	{
	}

	/** A copy. @param error  [borrowed] of the library, not NULL */
	explicit Error(const hyper_error *error)
		: Error(hyper_error_code(error), hyper_error_copy(error))
	{
	}

	/** @return what a program decides by */
	Code code() const noexcept { return static_cast<Code>(code_); }

	/** @return such as "NOT_FOUND"; valid for ever */
	std::string_view code_name() const noexcept { return name(code()); }

	/** @return the argument or field that is wrong, if it is about one;
	 * valid as long as this or a copy */
	std::optional<std::string_view> field() const noexcept
	{
		return detail::maybe(hyper_error_field(error_.get()));
	}

	/** @return the driver that reported it, if one did; as field() */
	std::optional<std::string_view> driver() const noexcept
	{
		return detail::maybe(hyper_error_driver(error_.get()));
	}

	/** @return what the log of the server calls the request that was
	 * answered with it, if it came over one; as field() */
	std::optional<std::string_view> request_id() const noexcept
	{
		return detail::maybe(hyper_error_request_id(error_.get()));
	}

	/** @return the error that caused this one, if there is one; it stays
	 * also when this one goes */
	std::optional<Error> cause() const
	{
		const hyper_error *cause = hyper_error_cause(error_.get());

		if (!cause)
			return std::nullopt;
		return Error(hyper_error_code(cause), Shared(error_, cause));
	}

	/** @return a problem+json document (RFC 9457), one line; throws
	 * Code::no_memory */
	std::string to_json() const
	{
		char *json = nullptr;
		int code = hyper_error_to_json(error_.get(), 0, &json);

		if (code != 0)
			detail::raise(Error(code, nullptr));
		return detail::Chars(json).get();
	}

	/** @return [borrowed from this] the error of C; NULL: there was no
	 * memory for it */
	const hyper_error *c_ptr() const noexcept { return error_.get(); }

private:
	using Shared = std::shared_ptr<const hyper_error>;

	Error(int code, Shared error)
		: std::runtime_error(error ? hyper_error_message(error.get())
					   : hyper_code_name(code)),
		  code_(code), error_(std::move(error))
	{
	}

	int code_;
	Shared error_;
};

[[noreturn]] inline void detail::raise(const Error &error)
{
#if defined(__cpp_exceptions)
	throw error;
#else
	static_cast<void>(error);
	std::abort();
#endif
}

/** What a call with nothrow gives: a value, or why there is none. */
template <class T> class [[nodiscard]] Result
{
public:
	/** Success. */
	Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
	/** Failure. */
	Result(Error error) : state_(std::in_place_index<1>, std::move(error))
	{
	}

	/** @return whether there is a value */
	explicit operator bool() const noexcept { return state_.index() == 0; }
	/** @return whether there is a value */
	bool has_value() const noexcept { return state_.index() == 0; }

	/** @return the value; throws the error if there is none */
	T &value() &
	{
		check();
		return std::get<0>(state_);
	}
	/** The same. */
	const T &value() const &
	{
		check();
		return std::get<0>(state_);
	}
	/** The same, moved out: by value, so that `for (auto m :
	 * conn.machines(hyper::nothrow).value())` keeps it. */
	T value() &&
	{
		check();
		return std::get<0>(std::move(state_));
	}

	/** @return as value() */
	T &operator*() & { return value(); }
	/** @return as value() */
	const T &operator*() const & { return value(); }
	/** @return as value() */
	T operator*() && { return std::move(*this).value(); }
	/** @return as value() */
	T *operator->() { return &value(); }
	/** @return as value() */
	const T *operator->() const { return &value(); }

	/** @return the error; std::bad_variant_access if there is none */
	const Error &error() const { return std::get<1>(state_); }

private:
	void check() const
	{
		if (!has_value())
			detail::raise(error());
	}

	std::variant<T, Error> state_;
};

/** The same for a call that gives nothing. */
template <> class [[nodiscard]] Result<void>
{
public:
	/** Success. */
	Result() noexcept = default;
	/** Failure. */
	Result(Error error) : error_(std::move(error)) {}

	/** @return whether it succeeded */
	explicit operator bool() const noexcept { return !error_; }
	/** @return whether it succeeded */
	bool has_value() const noexcept { return !error_; }

	/** Throws the error if there is one. */
	void value() const
	{
		if (error_)
			detail::raise(*error_);
	}

	/** @return the error; std::bad_optional_access if there is none */
	const Error &error() const { return error_.value(); }

private:
	std::optional<Error> error_;
};

/** What a call gives: T, or with nothrow a Result of it. */
template <class T, Mode M>
using Gives = std::conditional_t<has(M, Mode::nothrow), Result<T>, T>;

/** What a setter gives: the object, to go on with, or with nothrow a Result. */
template <class Self, Mode M>
using Chained =
	std::conditional_t<has(M, Mode::nothrow), Result<void>, Self &>;

/**
 * A text for a call: made from whatever is one. Without a value it is the NULL
 * of C. A NUL within is refused with Code::invalid, for C would not see the
 * rest.
 */
class Text
{
public:
	/** None. */
	Text(std::nullopt_t = std::nullopt) noexcept {}
	/** @param text  NULL: none */
	Text(const char *text)
	{
		if (text)
			text_.emplace(text);
	}
	/** @param text  UTF-8 */
	Text(std::string text) noexcept : text_(std::move(text)) {}
	/** @param text  UTF-8 */
	Text(std::string_view text) : text_(std::in_place, text) {}
	/** @param text  UTF-8, or none */
	template <class S> Text(const std::optional<S> &text)
	{
		if (text)
			text_.emplace(*text);
	}

	/** @return [borrowed from this] or NULL */
	const char *c_str() const noexcept
	{
		return text_ ? text_->c_str() : nullptr;
	}
	/** @return whether it is the same in C */
	bool is_whole() const noexcept
	{
		return !text_ || text_->find('\0') == std::string::npos;
	}

private:
	std::optional<std::string> text_;
};

/*
 * How C is called. Each public call below is one line that names its function
 * and what goes in; the rest is the same for all, and is here.
 */
namespace detail
{

inline const char *raw(const Text &text) noexcept
{
	return text.c_str();
}

template <class T> const T &raw(const T &arg) noexcept
{
	return arg;
}

inline bool is_whole(const Text &text) noexcept
{
	return text.is_whole();
}

inline bool is_whole(const std::vector<std::string> &texts) noexcept
{
	return std::all_of(texts.begin(), texts.end(), [](const auto &text) {
		return text.find('\0') == std::string::npos;
	});
}

template <class T> bool is_whole(const T &) noexcept
{
	return true;
}

template <class... A> int check_texts(hyper_error **err, const A &...args)
{
	if ((is_whole(args) && ...))
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, nullptr,
			       "a text has a NUL byte in it");
}

/* For what has no flags in C. */
inline int check_flags(hyper_error **err, std::uint32_t bits)
{
	if (bits == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "flags",
			       "flags 0x%x: this call knows none",
			       static_cast<unsigned>(bits));
}

/* err: [takes] or NULL */
template <class T, Mode M> Gives<T, M> failed(int code, hyper_error *err)
{
	if constexpr (has(M, Mode::nothrow))
		return Error(code, err);
	else
		raise(Error(code, err));
}

/* What is NULL only when out of memory. */
template <class T, Mode M> Gives<T, M> made(typename T::c_type *fresh)
{
	if (!fresh)
		return failed<T, M>(HYPER_ERR_NOMEM, nullptr);
	return T(fresh);
}

/* fn(args..., flags, [ret,] err) */
template <class T, Mode M, class F, class... A>
Gives<T, M> give(Flags<M> flags, F fn, const A &...args)
{
	static_assert(!has(M, Mode::async | Mode::tracked | Mode::planned),
		      "not a change: it can be neither async nor tracked nor "
		      "a dry run");
	hyper_error *err = nullptr;
	int code = check_texts(&err, args...);

	if constexpr (std::is_void_v<T>) {
		if (code == 0)
			code = fn(raw(args)..., flags.bits(), &err);
		if (code != 0)
			return failed<T, M>(code, err);
		return Gives<T, M>();
	} else {
		typename T::c_type *ret = nullptr;

		if (code == 0)
			code = fn(raw(args)..., flags.bits(), &ret, &err);
		if (code != 0)
			return failed<T, M>(code, err);
		return T(ret);
	}
}

/* fn(args..., flags, &text, err). T is a std::string, or an optional one that
 * NULL is none of. */
template <class T, Mode M, class F, class... A>
Gives<T, M> give_text(Flags<M> flags, F fn, const A &...args)
{
	char *text = nullptr;
	hyper_error *err = nullptr;
	int code = check_texts(&err, args...);

	if (code == 0)
		code = fn(raw(args)..., flags.bits(), &text, &err);
	if (code != 0)
		return failed<T, M>(code, err);
	Chars owner(text);
	return text ? T(text) : T();
}

/* fn(self, args..., [err]) */
template <class Self, Mode M, class F, class... A>
Chained<Self, M> set(Self &self, Flags<M> flags, F fn, const A &...args)
{
	auto *object = self.c_ptr();
	hyper_error *err = nullptr;
	int code = check_flags(&err, flags.bits());

	if (code == 0)
		code = check_texts(&err, args...);
	if (code == 0) {
		if constexpr (std::is_invocable_v<F, decltype(object),
						  decltype(raw(args))...,
						  hyper_error **>)
			code = fn(object, raw(args)..., &err);
		else
			code = fn(object, raw(args)...);
	}
	if constexpr (has(M, Mode::nothrow)) {
		if (code != 0)
			return Error(code, err);
		return Result<void>();
	} else {
		if (code != 0)
			raise(Error(code, err));
		return self;
	}
}

/* All that at(index) has. */
template <class F> Texts texts(F at)
{
	Texts all;

	for (std::size_t i = 0; const char *text = at(i); i++)
		all.emplace_back(text);
	return all;
}

/* The keys that key(index) has, each with its value. */
template <class C, class K, class V>
Pairs pairs(const C *record, K key, V value)
{
	Pairs all;

	for (std::size_t i = 0; const char *text = key(record, i); i++)
		all.emplace_back(text, or_empty(value(record, text)));
	return all;
}

/* A record of somebody else. */
template <class C> class View
{
public:
	using c_type = C;

	/** @param record  [borrowed] or NULL: empty */
	explicit View(const C *record) noexcept : p_(record) {}

	/** @return whether it is not empty */
	explicit operator bool() const noexcept { return p_ != nullptr; }
	/** @return [borrowed from the owner] the record of C, or NULL */
	const C *c_ptr() const noexcept { return p_; }

protected:
	const C *p_;
};

/* One that is also JSON. */
template <class C, auto json> class Record : public View<C>
{
public:
	using View<C>::View;

	/** @param flags  nothrow; @return the record as REST shows it, one
	 * line; Code::no_memory. Any thread. */
	template <Mode M = Mode::plain>
	Gives<std::string, M> to_json(Flags<M> flags = {}) const
	{
		return detail::give_text<std::string>(flags, json, this->p_);
	}
};

/* A record of one's own. */
template <class V, auto release> class Owner : public V
{
public:
	using typename V::c_type;

	/** Empty. */
	Owner() noexcept : V(nullptr) {}
	/** @param record  [takes] or NULL: empty */
	explicit Owner(c_type *record) noexcept : V(record) {}
	/** `from` is empty then. */
	Owner(Owner &&from) noexcept : V(std::exchange(from.p_, nullptr)) {}
	/** `from` is empty then; what was here is freed. */
	Owner &operator=(Owner &&from) noexcept
	{
		Owner moved(std::move(from));

		std::swap(this->p_, moved.p_);
		return *this;
	}
	~Owner() { release(c_ptr()); }

	using V::c_ptr;
	/** @return [borrowed from this] the record of C, or NULL. It came as
	 * one that may be changed, so the cast takes nothing away. */
	c_type *c_ptr() noexcept { return const_cast<c_type *>(this->p_); }
};

/*
 * A list of records, which it owns: what it gives is borrowed from it. Any
 * thread.
 */
template <class V, class C, auto count, auto get, auto json, auto release>
class List
{
public:
	using c_type = C;
	using value_type = V;

	/** Over views; forward, by what C++20 calls so. */
	class iterator
	{
		struct Arrow {
			V view;
			const V *operator->() const noexcept { return &view; }
		};

	public:
		using iterator_category = std::input_iterator_tag;
		using iterator_concept = std::forward_iterator_tag;
		using value_type = V;
		using difference_type = std::ptrdiff_t;
		using pointer = Arrow;
		using reference = V;

		/** Of no list. */
		iterator() noexcept = default;
		/** The record at `index` of a list. */
		iterator(const C *list, std::size_t index) noexcept
			: list_(list), index_(index)
		{
		}
		/** @return [borrowed from the list] */
		V operator*() const noexcept { return V(get(list_, index_)); }
		/** @return [borrowed from the list] */
		Arrow operator->() const noexcept { return { **this }; }
		/** On to the next. */
		iterator &operator++() noexcept
		{
			++index_;
			return *this;
		}
		/** On to the next. @return where it was */
		iterator operator++(int) noexcept
		{
			iterator old = *this;

			++index_;
			return old;
		}
		/** Both of one list: the same place? */
		friend bool operator==(iterator a, iterator b) noexcept
		{
			return a.index_ == b.index_;
		}
		/** The opposite. */
		friend bool operator!=(iterator a, iterator b) noexcept
		{
			return a.index_ != b.index_;
		}

	private:
		const C *list_ = nullptr;
		std::size_t index_ = 0;
	};
	using const_iterator = iterator;

	/** @param list  [takes] or NULL: empty */
	explicit List(C *list = nullptr) noexcept : list_(list) {}

	/** @return how many there are */
	std::size_t size() const noexcept
	{
		return list_ ? count(list_.get()) : 0;
	}
	/** @return whether there are none */
	bool empty() const noexcept { return size() == 0; }
	/** @return [borrowed from this] from 0; empty past the last */
	V operator[](std::size_t index) const & noexcept
	{
		return V(index < size() ? get(list_.get(), index) : nullptr);
	}
	/** Of a list that goes at once, so would what it gives. */
	V operator[](std::size_t index) const && = delete;
	/** @return the first */
	iterator begin() const noexcept { return { list_.get(), 0 }; }
	/** @return behind the last */
	iterator end() const noexcept { return { list_.get(), size() }; }

	/** @param flags  nothrow; @return the list as a JSON array; of what
	 * a query asked for only these fields; Code::no_memory */
	template <Mode M = Mode::plain>
	Gives<std::string, M> to_json(Flags<M> flags = {}) const
	{
		return detail::give_text<std::string>(flags, json,
						      list_.get());
	}

	/** @return whether it holds a list, and was not moved from */
	explicit operator bool() const noexcept { return bool(list_); }
	/** @return [borrowed from this] the list of C, or NULL */
	const C *c_ptr() const noexcept { return list_.get(); }

private:
	Handle<C, release> list_;
};

} // namespace detail

/** @name Machines
 * @{ */

/** A published port; its texts are borrowed from the machine. */
struct Port {
	/** Without a value: every address of the host. */
	std::optional<std::string_view> host_ip;
	/** 0: chosen by the engine. */
	std::uint16_t host_port;
	/** 1 to 65535. */
	std::uint16_t guest_port;
	/** "tcp" or "udp". */
	std::string_view protocol;
};

class Machine;

/**
 * A machine, to read. What the getters give is borrowed from it; it is empty,
 * 0, false or without a value where nothing is known or set.
 */
class MachineView : public detail::Record<hyper_machine, hyper_machine_to_json>
{
public:
	using Record::Record;

	/** @return its name; empty: to be generated */
	std::string_view id() const noexcept
	{
		return detail::or_empty(hyper_machine_id(p_));
	}
	/** @return what is never used twice; empty before it is added */
	std::string_view uuid() const noexcept
	{
		return detail::or_empty(hyper_machine_uuid(p_));
	}
	/** @return the driver; empty: the one that has the image */
	std::string_view type() const noexcept
	{
		return detail::or_empty(hyper_machine_type(p_));
	}
	/** @return what it is made from */
	std::string_view image() const noexcept
	{
		return detail::or_empty(hyper_machine_image(p_));
	}
	/** @return MiB; 0: no limit of its own */
	std::uint64_t mem() const noexcept { return hyper_machine_mem(p_); }
	/** @return how many; 0: no limit of its own */
	std::uint32_t vcpus() const noexcept { return hyper_machine_vcpus(p_); }
	/** @return whether it starts with its engine */
	bool autostart() const noexcept { return hyper_machine_autostart(p_); }
	/** @return the state that it was seen in */
	State state() const noexcept
	{
		return static_cast<State>(hyper_machine_state(p_));
	}
	/** @return what the engine calls that */
	std::optional<std::string_view> driver_state() const noexcept
	{
		return detail::maybe(hyper_machine_driver_state(p_));
	}
	/** @return why it is so, where there is something to say */
	std::optional<std::string_view> state_reason() const noexcept
	{
		return detail::maybe(hyper_machine_state_reason(p_));
	}
	/** @return the engine's own name: container id, domain uuid */
	std::optional<std::string_view> handle() const noexcept
	{
		return detail::maybe(hyper_machine_handle(p_));
	}
	/** @return whether hyper did not make it */
	bool adopted() const noexcept { return hyper_machine_adopted(p_); }
	/** @return when its engine was last asked, if ever */
	std::optional<Time> observed_at() const noexcept
	{
		return detail::moment(hyper_machine_observed_at(p_));
	}
	/** @return whether the engine could not be asked of late */
	bool stale() const noexcept { return hyper_machine_stale(p_); }
	/** @return when it was added */
	std::optional<Time> created_at() const noexcept
	{
		return detail::moment(hyper_machine_created_at(p_));
	}
	/** @return when anything of it changed last */
	std::optional<Time> updated_at() const noexcept
	{
		return detail::moment(hyper_machine_updated_at(p_));
	}
	/** @return what grows with each change: the ETag */
	std::uint64_t generation() const noexcept
	{
		return hyper_machine_generation(p_);
	}
	/** @return the addresses seen */
	Texts addresses() const
	{
		return detail::texts([this](std::size_t i) {
			return hyper_machine_address(p_, i);
		});
	}
	/** @return the published ports */
	std::vector<Port> ports() const
	{
		std::vector<Port> all;

		for (std::size_t i = 0;
		     const hyper_port *port = hyper_machine_port(p_, i); i++)
			all.push_back({ detail::maybe(port->host_ip),
					port->host_port, port->guest_port,
					port->protocol });
		return all;
	}
	/** @return what it runs, if not what its image says */
	std::optional<Texts> command() const
	{
		const char *const *argv = hyper_machine_command(p_);

		if (!argv)
			return std::nullopt;
		return detail::texts([argv](std::size_t i) { return argv[i]; });
	}
	/** @return the value of a label, if there is one of that key */
	std::optional<std::string_view> label(const Text &key) const noexcept
	{
		return detail::maybe(value(hyper_machine_label, key));
	}
	/** @return the value of a variable, if there is one of that name */
	std::optional<std::string_view> env(const Text &key) const noexcept
	{
		return detail::maybe(value(hyper_machine_env, key));
	}
	/** @return the value of an option, if there is one of that key */
	std::optional<std::string_view> option(const Text &key) const noexcept
	{
		return detail::maybe(value(hyper_machine_option, key));
	}
	/** @return all labels */
	Pairs labels() const
	{
		return detail::pairs(p_, hyper_machine_label_key,
				     hyper_machine_label);
	}
	/** @return all variables */
	Pairs env() const
	{
		return detail::pairs(p_, hyper_machine_env_key,
				     hyper_machine_env);
	}
	/** @return all options */
	Pairs options() const
	{
		return detail::pairs(p_, hyper_machine_option_key,
				     hyper_machine_option);
	}

	/** @param flags  nothrow; @return a record of one's own, which stays
	 * and may be changed; Code::no_memory */
	template <Mode M = Mode::plain>
	Gives<Machine, M> clone(Flags<M> flags = {}) const;

private:
	template <class F> const char *value(F get, const Text &key) const
	{
		return key.c_str() && key.is_whole() ? get(p_, key.c_str())
						     : nullptr;
	}
};

/**
 * A machine of one's own: a snapshot that a call gave, or one to fill in.
 *
 * The setters check their value and copy it. They give the machine, to go on
 * with, or with nothrow a Result<void>. On failure, Code::invalid with the
 * field or Code::limit, the record is unchanged. One thread at a time.
 */
class Machine : public detail::Owner<MachineView, hyper_machine_free>
{
public:
	using Owner::Owner;

	/** A new, empty record; throws Code::no_memory. */
	Machine() : Machine(make()) {}

	/** @param flags  nothrow; @return the same; Code::no_memory */
	template <Mode M = Mode::plain>
	static Gives<Machine, M> make(Flags<M> = {})
	{
		return detail::made<Machine, M>(hyper_machine_new());
	}

	/**
	 * A record from JSON: the body of `POST /hyper/machines`.
	 *
	 * @param text   an object with fields that a user may set
	 * @param flags  nothrow
	 * @return the record; Code::invalid with the field, Code::limit
	 */
	template <Mode M = Mode::plain>
	static Gives<Machine, M> from_json(std::string_view text,
					   Flags<M> flags = {})
	{
		return detail::give<Machine>(flags, hyper_machine_from_json,
					     text.data(), text.size());
	}

	/** @param id  a DNS label; none: generated. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_id(const Text &id, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_id, id);
	}
	/** @param type  a driver; none: the one that has the image.
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_type(const Text &type, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_type, type);
	}
	/** @param image  as images() shows it. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_image(const Text &image, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_image,
				   image);
	}
	/** @param mib  MiB; 0: the driver's default. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_mem(std::uint64_t mib, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_mem, mib);
	}
	/** @param count  0: the driver's default. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_vcpus(std::uint32_t count, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_vcpus,
				   count);
	}
	/** @param on  start it with its engine. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_autostart(bool on, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_autostart,
				   on);
	}
	/** @param key    letters, digits, `.`, `_`, `-`, `/`; 128 at most
	 * @param value  none: take it out. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_label(const Text &key, const Text &value,
				      Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_label, key,
				   value);
	}
	/** @param key    of a variable (containers)
	 * @param value  none: take it out. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_env(const Text &key, const Text &value,
				    Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_env, key,
				   value);
	}
	/** @param key    of an option of the driver's
	 * @param value  none: take it out. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_option(const Text &key, const Text &value,
				       Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_option, key,
				   value);
	}
	/** @param argv  what a container runs. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_command(const std::vector<std::string> &argv,
					Flags<M> flags = {})
	{
		return detail::set(*this, flags, command_of, argv);
	}
	/** What its image says. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> set_command(std::nullopt_t, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_set_command,
				   static_cast<const char *const *>(nullptr));
	}
	/** @param port  one more, as
	 * `[[HOST_IP:]HOST_PORT:]GUEST_PORT[/tcp|/udp]`, an IPv6 address in
	 * brackets. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Machine, M> add_port(const Text &port, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_machine_add_port, port);
	}

private:
	static int command_of(hyper_machine *machine,
			      const std::vector<std::string> &words,
			      hyper_error **err)
	{
		std::vector<const char *> argv;

		for (const std::string &word : words)
			argv.push_back(word.c_str());
		argv.push_back(nullptr);
		return hyper_machine_set_command(machine, argv.data(), err);
	}
};

template <Mode M>
Gives<Machine, M> MachineView::clone(Flags<M>) const
{
	return detail::made<Machine, M>(hyper_machine_copy(p_));
}

/**
 * What is to change of a machine; the rest stays. The last word on a thing
 * counts:
 *
 *     conn.change(id, Changes().set_mem(1024).set_label("old", nullptr))
 *
 * The setters give the changes, to go on with, or with nothrow a Result<void>.
 * They fail with Code::invalid and the field. One thread changes it, many may
 * use it.
 */
class Changes
{
public:
	using c_type = hyper_changes;

	/** None; throws Code::no_memory. */
	Changes() : Changes(make()) {}
	/** @param changes  [takes] or NULL: empty */
	explicit Changes(hyper_changes *changes) noexcept : changes_(changes) {}

	/** @param flags  nothrow; @return none; Code::no_memory */
	template <Mode M = Mode::plain>
	static Gives<Changes, M> make(Flags<M> = {})
	{
		return detail::made<Changes, M>(hyper_changes_new());
	}

	/**
	 * Changes from JSON: a merge patch (RFC 7396), the body of
	 * `PATCH /hyper/machines/{id}`.
	 *
	 * @param text   an object with some of mem, vcpus, autostart and
	 *               labels, in which null takes one out
	 * @param flags  nothrow
	 * @return the changes; Code::invalid with the field, Code::limit
	 */
	template <Mode M = Mode::plain>
	static Gives<Changes, M> from_json(std::string_view text,
					   Flags<M> flags = {})
	{
		return detail::give<Changes>(flags, hyper_changes_from_json,
					     text.data(), text.size());
	}

	/** @param mib  MiB, from 1. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Changes, M> set_mem(std::uint64_t mib, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_changes_set_mem, mib);
	}
	/** @param count  from 1. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Changes, M> set_vcpus(std::uint32_t count, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_changes_set_vcpus,
				   count);
	}
	/** @param on  start it with its engine. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Changes, M> set_autostart(bool on, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_changes_set_autostart,
				   on);
	}
	/** @param key    as of Machine::set_label()
	 * @param value  none: take it out. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Changes, M> set_label(const Text &key, const Text &value,
				      Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_changes_set_label, key,
				   value);
	}

	/** @return whether it was not moved from */
	explicit operator bool() const noexcept { return bool(changes_); }
	/** @return [borrowed from this] the changes of C */
	hyper_changes *c_ptr() noexcept { return changes_.get(); }
	/** @return [borrowed from this] the changes of C */
	const hyper_changes *c_ptr() const noexcept { return changes_.get(); }

private:
	detail::Handle<hyper_changes, hyper_changes_free> changes_;
};

/** Machines, in the order asked for. */
class Machines
	: public detail::List<MachineView, hyper_machines, hyper_machines_count,
			      hyper_machines_at, hyper_machines_to_json,
			      hyper_machines_free>
{
public:
	using List::List;

	/** @return how many match in all, if Query::count() asked for it */
	std::optional<std::uint64_t> total() const noexcept
	{
		std::int64_t n = hyper_machines_total(c_ptr());

		return n < 0 ? std::nullopt
			     : std::optional<std::uint64_t>(n);
	}
	/** @return where the next page begins, for Query::cursor(); borrowed
	 * from this; none: this page is the last */
	std::optional<std::string_view> next_cursor() const noexcept
	{
		return detail::maybe(hyper_machines_next_cursor(c_ptr()));
	}
	/** @return the event up to which the list is true; 0: before any.
	 * What comes after it is all that has changed since. */
	std::uint64_t seq() const noexcept
	{
		return hyper_machines_seq(c_ptr());
	}
};

/** @} */

/** @name Operations
 * @{ */

/** An operation, as it was when it was asked for. Getters: as MachineView. */
class OperationView
	: public detail::Record<hyper_operation, hyper_operation_to_json>
{
public:
	using Record::Record;

	/** @return its number */
	std::uint64_t id() const noexcept { return hyper_operation_id(p_); }
	/** @return "add", "start", "stop", "remove", "change", "adopt",
	 * "release", "pull", "import", "image-remove"; more may come */
	std::string_view kind() const noexcept
	{
		return detail::or_empty(hyper_operation_kind(p_));
	}
	/** @return its state */
	OpState state() const noexcept
	{
		return static_cast<OpState>(hyper_operation_state(p_));
	}
	/** @return whether it is done, failed, cancelled or planned */
	bool ended() const noexcept { return hyper_operation_ended(p_); }
	/** @return the driver */
	std::string_view type() const noexcept
	{
		return detail::or_empty(hyper_operation_type(p_));
	}
	/** @return the id of the machine, if it is on one */
	std::optional<std::string_view> machine() const noexcept
	{
		return detail::maybe(hyper_operation_machine(p_));
	}
	/** @return the name of the image, if it is on one or an add */
	std::optional<std::string_view> image() const noexcept
	{
		return detail::maybe(hyper_operation_image(p_));
	}
	/** @return how far it is, of total(), in a unit of the driver's */
	std::uint64_t done() const noexcept { return hyper_operation_done(p_); }
	/** @return 0: unknown */
	std::uint64_t total() const noexcept
	{
		return hyper_operation_total(p_);
	}
	/** @return what it is doing */
	std::optional<std::string_view> step() const noexcept
	{
		return detail::maybe(hyper_operation_step(p_));
	}
	/** @return why it failed or was cancelled, if so; a copy, which stays
	 */
	std::optional<Error> error() const
	{
		const hyper_error *error = hyper_operation_error(p_);

		return error ? std::optional<Error>(error) : std::nullopt;
	}
	/** @return when it was recorded */
	std::optional<Time> created_at() const noexcept
	{
		return detail::moment(hyper_operation_created_at(p_));
	}
	/** @return when it was begun, if it was */
	std::optional<Time> started_at() const noexcept
	{
		return detail::moment(hyper_operation_started_at(p_));
	}
	/** @return when it ended, if it did */
	std::optional<Time> ended_at() const noexcept
	{
		return detail::moment(hyper_operation_ended_at(p_));
	}
	/** @return who asked for it, "user:alice", if that is known */
	std::optional<std::string_view> actor() const noexcept
	{
		return detail::maybe(hyper_operation_actor(p_));
	}
	/** @return the program that was asked, if that is known */
	std::optional<std::string_view> program() const noexcept
	{
		return detail::maybe(hyper_operation_program(p_));
	}
	/** @return its process, if that is known */
	std::optional<std::int64_t> pid() const noexcept
	{
		std::int64_t pid = hyper_operation_pid(p_);

		return pid ? std::optional<std::int64_t>(pid) : std::nullopt;
	}
	/** @return the real user id of that process, if that is known */
	std::optional<std::int64_t> uid() const noexcept
	{
		std::int64_t uid = hyper_operation_uid(p_);

		return uid < 0 ? std::nullopt
			       : std::optional<std::int64_t>(uid);
	}
	/** @return of a dry run what would be done, a line for people for each
	 * step; empty of all others */
	Texts plan() const
	{
		return detail::texts([this](std::size_t i) {
			return hyper_operation_plan(p_, i);
		});
	}
};

/** An operation of one's own. */
using Operation = detail::Owner<OperationView, hyper_operation_free>;

/** Operations, the newest first unless the query sorts. */
class Operations
	: public detail::List<OperationView, hyper_operations,
			      hyper_operations_count, hyper_operations_at,
			      hyper_operations_to_json, hyper_operations_free>
{
public:
	using List::List;

	/** @return as Machines::total() */
	std::optional<std::uint64_t> total() const noexcept
	{
		std::int64_t n = hyper_operations_total(c_ptr());

		return n < 0 ? std::nullopt
			     : std::optional<std::uint64_t>(n);
	}
	/** @return as Machines::next_cursor() */
	std::optional<std::string_view> next_cursor() const noexcept
	{
		return detail::maybe(hyper_operations_next_cursor(c_ptr()));
	}
};

/** What a change with `tracked` gives; with `async` too, the record is as it
 * was accepted, with `dry_run` as it would be, and of an image empty. */
template <class T> struct Tracked {
	T record;
	Operation operation;
};

/** What a change gives that has a record T, or void: with `tracked` both,
 * with `async` or `dry_run`, or where there is no record, the Operation alone.
 */
template <class T, Mode M>
using Changed = Gives<
	std::conditional_t<has(M, Mode::tracked) && !std::is_void_v<T>,
			   Tracked<T>,
			   std::conditional_t<has(M, Mode::async |
							     Mode::tracked |
							     Mode::planned),
					      Operation, T>>,
	M>;

namespace detail
{

/* fn(args..., flags, [record,] operation, err) */
template <class T, Mode M, class F, class... A>
Changed<T, M> change(Flags<M> flags, F fn, const A &...args)
{
	constexpr bool both = has(M, Mode::tracked);
	constexpr bool op_only = has(M, Mode::async | Mode::planned) && !both;
	using Given = std::conditional_t<
		both && !std::is_void_v<T>, Tracked<T>,
		std::conditional_t<both || op_only, Operation, T>>;
	hyper_operation *op = nullptr;
	hyper_operation **ret_op = both || op_only ? &op : nullptr;
	hyper_error *err = nullptr;
	int code = check_texts(&err, args...);

	if constexpr (std::is_void_v<T>) {
		if (code == 0)
			code = fn(raw(args)..., flags.bits(), ret_op, &err);
		if (code != 0)
			return failed<Given, M>(code, err);
		if constexpr (std::is_void_v<Given>)
			return Gives<void, M>();
		else
			return Given(op);
	} else {
		typename T::c_type *ret = nullptr;

		if (code == 0)
			code = fn(raw(args)..., flags.bits(),
				  op_only ? nullptr : &ret, ret_op, &err);
		if (code != 0)
			return failed<Given, M>(code, err);
		if constexpr (both)
			return Given{ T(ret), Operation(op) };
		else if constexpr (op_only)
			return Given(op);
		else
			return Given(ret);
	}
}

} // namespace detail

/** What came of one change of many, for one machine; borrowed from its list,
 * as is what it gives. */
class Outcome : public detail::View<hyper_outcome>
{
public:
	using View::View;

	/** @return the machine's id */
	std::string_view id() const noexcept
	{
		return detail::or_empty(hyper_outcome_id(p_));
	}
	/** @return the machine as it is then; empty: it failed, or there is
	 * none any more */
	MachineView machine() const noexcept
	{
		return MachineView(hyper_outcome_machine(p_));
	}
	/** @return its operation; empty: none was recorded */
	OperationView operation() const noexcept
	{
		return OperationView(hyper_outcome_operation(p_));
	}
	/** @return why it failed, if so; a copy, which stays */
	std::optional<Error> error() const
	{
		const hyper_error *error = hyper_outcome_error(p_);

		return error ? std::optional<Error>(error) : std::nullopt;
	}
};

/** What came of it for each machine, in the order of the query. */
class Outcomes
	: public detail::List<Outcome, hyper_outcomes, hyper_outcomes_count,
			      hyper_outcomes_at, hyper_outcomes_to_json,
			      hyper_outcomes_free>
{
public:
	using List::List;

	/** @return how many have an error; 0: it was done for all */
	std::size_t failed() const noexcept
	{
		return hyper_outcomes_failed(c_ptr());
	}
};

namespace detail
{

/* fn(args..., flags, outcomes, err): an Outcome has the record and the
 * operation, whatever the flags. */
template <Mode M, class F, class... A>
Gives<Outcomes, M> change_all(Flags<M> flags, F fn, const A &...args)
{
	static_assert(!has(M, Mode::tracked),
		      "of many: each outcome has both anyway");
	constexpr Mode how = has(M, Mode::nothrow) ? Mode::nothrow
						   : Mode::plain;

	return give<Outcomes>(Flags<how>(flags.bits()), fn, args...);
}

} // namespace detail

/** @} */

/** @name Images, drivers, findings, info
 * Getters: as MachineView.
 * @{ */

/** An image. */
class ImageView : public detail::Record<hyper_image, hyper_image_to_json>
{
public:
	using Record::Record;

	/** @return what `image` of a machine says */
	std::string_view name() const noexcept
	{
		return detail::or_empty(hyper_image_name(p_));
	}
	/** @return the driver */
	std::string_view type() const noexcept
	{
		return detail::or_empty(hyper_image_type(p_));
	}
	/** @return the engine's own id: a digest */
	std::optional<std::string_view> handle() const noexcept
	{
		return detail::maybe(hyper_image_handle(p_));
	}
	/** @return "qcow2", "raw", "oci", … */
	std::optional<std::string_view> format() const noexcept
	{
		return detail::maybe(hyper_image_format(p_));
	}
	/** @return bytes that it takes on disk; 0: unknown */
	std::uint64_t size() const noexcept { return hyper_image_size(p_); }
	/** @return when it was made or copied in */
	std::optional<Time> created_at() const noexcept
	{
		return detail::moment(hyper_image_created_at(p_));
	}
};

/** An image of one's own. */
using Image = detail::Owner<ImageView, hyper_image_free>;

/** Images, by type and name. */
using Images = detail::List<ImageView, hyper_images, hyper_images_count,
			    hyper_images_at, hyper_images_to_json,
			    hyper_images_free>;

/** What is known of a driver; borrowed from its list. */
class DriverInfo : public detail::View<hyper_driver_info>
{
public:
	using View::View;

	/** @return what `type` of a machine says */
	std::string_view name() const noexcept
	{
		return detail::or_empty(hyper_driver_info_name(p_));
	}
	/** @return the driver's own version */
	std::optional<std::string_view> version() const noexcept
	{
		return detail::maybe(hyper_driver_info_version(p_));
	}
	/** @return the file that it was loaded from */
	std::optional<std::string_view> file() const noexcept
	{
		return detail::maybe(hyper_driver_info_file(p_));
	}
	/** @return of "vm", "container" */
	Texts kinds() const
	{
		return detail::texts([this](std::size_t i) {
			return hyper_driver_info_kind(p_, i);
		});
	}
	/** @return what it can do */
	Texts features() const
	{
		return detail::texts([this](std::size_t i) {
			return hyper_driver_info_feature(p_, i);
		});
	}
	/** @return whether it can be used now */
	bool available() const noexcept
	{
		return hyper_driver_info_available(p_);
	}
	/** @return why not */
	std::optional<std::string_view> reason() const noexcept
	{
		return detail::maybe(hyper_driver_info_reason(p_));
	}
	/** @return the engine and its version: "Docker 20.10.24" */
	std::optional<std::string_view> engine() const noexcept
	{
		return detail::maybe(hyper_driver_info_engine(p_));
	}
};

/** Drivers, by name. */
using Drivers = detail::List<DriverInfo, hyper_drivers, hyper_drivers_count,
			     hyper_drivers_at, hyper_drivers_to_json,
			     hyper_drivers_free>;

/** One thing that the doctor found; borrowed from its list. */
class Finding : public detail::View<hyper_finding>
{
public:
	using View::View;

	/** @return what kind of thing is wrong, as hyper_finding_kind() lists;
	 * more may come */
	std::string_view kind() const noexcept
	{
		return detail::or_empty(hyper_finding_kind(p_));
	}
	/** @return the driver, if it is about one */
	std::optional<std::string_view> type() const noexcept
	{
		return detail::maybe(hyper_finding_type(p_));
	}
	/** @return the id of the machine, if it is about one */
	std::optional<std::string_view> machine() const noexcept
	{
		return detail::maybe(hyper_finding_machine(p_));
	}
	/** @return what is wrong, in a line */
	std::optional<std::string_view> detail() const noexcept
	{
		return detail::maybe(hyper_finding_detail(p_));
	}
	/** @return what was done about it, in a line */
	std::optional<std::string_view> action() const noexcept
	{
		return detail::maybe(hyper_finding_action(p_));
	}
	/** @return whether it is right again */
	bool repaired() const noexcept { return hyper_finding_repaired(p_); }
};

/** All that were found. */
using Findings = detail::List<Finding, hyper_findings, hyper_findings_count,
			      hyper_findings_at, hyper_findings_to_json,
			      hyper_findings_free>;

/** A token, or what is known of one. */
class TokenView : public detail::Record<hyper_token, hyper_token_to_json>
{
public:
	using Record::Record;

	/** @return its name, which stands on what is done with it */
	std::string_view name() const noexcept
	{
		return detail::or_empty(hyper_token_name(p_));
	}
	/** @return what it may do */
	Role role() const noexcept
	{
		return static_cast<Role>(hyper_token_role(p_));
	}
	/** @return when it was made */
	std::optional<Time> created_at() const noexcept
	{
		return detail::moment(hyper_token_created_at(p_));
	}
	/** @return when it ends to be good, if ever */
	std::optional<Time> expires_at() const noexcept
	{
		return detail::moment(hyper_token_expires_at(p_));
	}
	/** @return the secret, only of what add_token() gives */
	std::optional<std::string_view> secret() const noexcept
	{
		return detail::maybe(hyper_token_secret(p_));
	}
};

/** A token of one's own. */
using Token = detail::Owner<TokenView, hyper_token_free>;

/** Tokens, by their names. */
using Tokens =
	detail::List<TokenView, hyper_tokens, hyper_tokens_count,
		     hyper_tokens_at, hyper_tokens_to_json, hyper_tokens_free>;

/** What a connection says of itself. */
class InfoView : public detail::Record<hyper_info, hyper_info_to_json>
{
public:
	using Record::Record;

	/** @return the version of the library that serves */
	std::string_view version() const noexcept
	{
		return detail::or_empty(hyper_info_version(p_));
	}
	/** @return the uuid of the state directory */
	std::string_view instance() const noexcept
	{
		return detail::or_empty(hyper_info_instance(p_));
	}
	/** @return what it can do beyond the basics */
	Texts features() const
	{
		return detail::texts([this](std::size_t i) {
			return hyper_info_feature(p_, i);
		});
	}
};

/** The same, of one's own. */
using Info = detail::Owner<InfoView, hyper_info_free>;

/** @} */

/**
 * Which machines or operations, in which order, how many:
 *
 *     conn.machines(Query("state=running mem>=64").sort("-mem").limit(10))
 *
 * Its texts are checked when it is used: the error then names the part in
 * field(). The setters give the query, or with nothrow a Result<void>; they
 * fail with Code::no_memory, or Code::invalid for a NUL in a text. One thread
 * changes it, many may use it.
 */
class Query
{
public:
	using c_type = hyper_query;

	/** For everything; throws Code::no_memory. */
	Query() : Query(make()) {}
	/** With a filter; throws as that does. */
	explicit Query(const Text &text) : Query() { filter(text); }
	/** @param query  [takes] or NULL: empty */
	explicit Query(hyper_query *query) noexcept : query_(query) {}

	/** @param flags  nothrow; @return one for everything */
	template <Mode M = Mode::plain>
	static Gives<Query, M> make(Flags<M> = {})
	{
		return detail::made<Query, M>(hyper_query_new());
	}

	/** @param text  as query.h says; none: all. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> filter(const Text &text, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_filter, text);
	}
	/** @param text  fields by commas, `-` for falling: "-mem,id"
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> sort(const Text &text, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_sort, text);
	}
	/** @param rows  at most so many, up to HYPER_LIMIT_MAX; 0: all
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> limit(std::uint32_t rows, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_limit, rows);
	}
	/** @param text  next_cursor() of the page before; same filter and sort
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> cursor(const Text &text, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_cursor, text);
	}
	/** @param text  only these in JSON, by commas (machines only)
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> fields(const Text &text, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_fields, text);
	}
	/** @param on  also count all that match. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<Query, M> count(bool on = true, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_query_set_count, on);
	}

	/** @return whether it was not moved from */
	explicit operator bool() const noexcept { return bool(query_); }
	/** @return [borrowed from this] the query of C */
	hyper_query *c_ptr() noexcept { return query_.get(); }
	/** @return [borrowed from this] the query of C */
	const hyper_query *c_ptr() const noexcept { return query_.get(); }

private:
	detail::Handle<hyper_query, hyper_query_free> query_;
};

/** @name Events
 * @{ */

class EventView;

/** An event of one's own. */
using Event = detail::Owner<EventView, hyper_event_free>;

/** What happened. Getters: as MachineView. */
class EventView : public detail::Record<hyper_event, hyper_event_to_json>
{
public:
	using Record::Record;

	/** @return its number, from 1 */
	std::uint64_t seq() const noexcept { return hyper_event_seq(p_); }
	/** @return when it happened; only seq() tells the order */
	Time at() const noexcept
	{
		return Time(std::chrono::milliseconds(hyper_event_at(p_)));
	}
	/** @return "machine-adding", "machine-adopted", "machine-state",
	 * "machine-changed", "machine-removed", "operation-ended",
	 * "driver-lost", "driver-back"; more may come */
	std::string_view kind() const noexcept
	{
		return detail::or_empty(hyper_event_kind(p_));
	}
	/** @return the id of the machine, if it is about one */
	std::optional<std::string_view> machine() const noexcept
	{
		return detail::maybe(hyper_event_machine(p_));
	}
	/** @return the driver, with "driver-lost" and "driver-back" */
	std::optional<std::string_view> driver() const noexcept
	{
		return detail::maybe(hyper_event_driver(p_));
	}
	/** @return the operation that did it; 0: it happened by itself */
	std::uint64_t operation() const noexcept
	{
		return hyper_event_operation(p_);
	}
	/** @return who asked for that operation */
	std::optional<std::string_view> actor() const noexcept
	{
		return detail::maybe(hyper_event_actor(p_));
	}
	/** @return the name of the state from then on, of the machine, or with
	 * "operation-ended" of the operation */
	std::optional<std::string_view> state() const noexcept
	{
		return detail::maybe(hyper_event_state(p_));
	}

	/** @param flags  nothrow; @return a copy, which stays;
	 * Code::no_memory */
	template <Mode M = Mode::plain>
	Gives<Event, M> clone(Flags<M> flags = {}) const;
};

template <Mode M> Gives<Event, M> EventView::clone(Flags<M>) const
{
	return detail::made<Event, M>(hyper_event_copy(p_));
}

/** Events, the oldest first. */
using Events = detail::List<EventView, hyper_events, hyper_events_count,
			    hyper_events_at, hyper_events_to_json,
			    hyper_events_free>;

/**
 * Events one by one. It goes on where it was also after a failure. Its
 * connection must stay open for longer. One thread at a time.
 *
 *     for (auto event : conn.stream(conn.machines().seq()))
 *             std::cout << event.kind() << '\n';
 */
class EventStream
{
public:
	using c_type = hyper_event_stream;

	/** @param stream  [takes] or NULL: empty */
	explicit EventStream(hyper_event_stream *stream = nullptr) noexcept
		: stream_(stream)
	{
	}

	/**
	 * The next event; if there is none yet, wait for it.
	 *
	 * @param timeout  none: until there is one
	 * @param flags    nothrow
	 * @return the event, borrowed from this until the next call (clone()
	 *         it to keep it), or none: it did not come in time;
	 *         Code::limit (the reader was so slow that what comes next is
	 *         forgotten), Code::cancelled, Code::connect, …
	 */
	template <Mode M = Mode::plain>
	Gives<std::optional<EventView>, M> next(Timeout timeout = std::nullopt,
						Flags<M> flags = {})
	{
		const hyper_event *event = nullptr;
		hyper_error *err = nullptr;
		int code = detail::check_flags(&err, flags.bits());

		if (code == 0)
			code = hyper_event_stream_next(
				stream_.get(), detail::ms(timeout), &event,
				&err);
		if (code != 0)
			return detail::failed<std::optional<EventView>, M>(
				code, err);
		return event ? std::optional<EventView>(event) : std::nullopt;
	}

	/** An input iterator: each step is a next(), which may throw. */
	class iterator
	{
		struct Kept {
			Event event;
			EventView operator*() const { return event; }
		};

	public:
		using iterator_category = std::input_iterator_tag;
		using value_type = EventView;
		using difference_type = std::ptrdiff_t;
		using pointer = const EventView *;
		using reference = EventView;

		/** The end. */
		iterator() noexcept = default;
		/** At the next event of a stream, or at the end if there is
		 * none in time. */
		iterator(EventStream &stream, Timeout timeout)
			: stream_(&stream), timeout_(timeout)
		{
			++*this;
		}
		/** @return the event, borrowed until the next step */
		EventView operator*() const noexcept { return event_; }
		/** @return as operator* */
		pointer operator->() const noexcept { return &event_; }
		/** On to the next event. */
		iterator &operator++()
		{
			auto event = stream_->next(timeout_);

			event_ = event.value_or(EventView(nullptr));
			return *this;
		}
		/** On to the next event. @return a copy of the last */
		Kept operator++(int)
		{
			Kept kept{ event_.clone() };

			++*this;
			return kept;
		}
		/** Are both at the end? */
		friend bool operator==(const iterator &a,
				       const iterator &b) noexcept
		{
			return a.event_.c_ptr() == b.event_.c_ptr();
		}
		/** The opposite. */
		friend bool operator!=(const iterator &a,
				       const iterator &b) noexcept
		{
			return !(a == b);
		}

	private:
		EventStream *stream_ = nullptr;
		Timeout timeout_;
		EventView event_{ nullptr };
	};

	/** The events up to where none comes in time. */
	struct Range {
		EventStream &stream;
		Timeout timeout;

		/** @return at the next event; waits for it */
		iterator begin() const { return { stream, timeout }; }
		/** @return none */
		iterator end() const noexcept { return {}; }
	};

	/** @param timeout  how long to wait for each; @return a range that
	 * ends when none came; this must stay, where it is, for longer */
	Range within(Timeout timeout) & noexcept { return { *this, timeout }; }

	/** @return at the next event; waits as long as it takes */
	iterator begin() { return { *this, std::nullopt }; }
	/** @return what is never reached: it ends with an exception, such as
	 * Code::cancelled after Connection::cancel_all() */
	iterator end() const noexcept { return {}; }

	/**
	 * A descriptor for a loop of one's own: readable (POLLIN) when there
	 * is an event, or none can be had. Then call next(0ms) until it gives
	 * none or fails; do nothing else with it.
	 *
	 * @param flags  nothrow
	 * @return it, borrowed from this; Code::no_memory, Code::io
	 */
	template <Mode M = Mode::plain> Gives<int, M> fd(Flags<M> flags = {})
	{
		int fd = -1;
		hyper_error *err = nullptr;
		int code = hyper_event_stream_fd(stream_.get(), flags.bits(),
						 &fd, &err);

		if (code != 0)
			return detail::failed<int, M>(code, err);
		return fd;
	}

	/** @return whether it is open */
	explicit operator bool() const noexcept { return bool(stream_); }
	/** @return [borrowed from this] the stream of C, or NULL */
	hyper_event_stream *c_ptr() noexcept { return stream_.get(); }

private:
	detail::Handle<hyper_event_stream, hyper_event_stream_close> stream_;
};

/**
 * Functions that are called for each event, in order, on a thread of the
 * library's, from Connection::subscribe() to end(). Its connection must stay
 * open for longer. The functions must not throw, which is std::terminate(),
 * nor end their subscription.
 */
class Subscription
{
public:
	/** @param event  borrowed during the call */
	using OnEvent = std::function<void(EventView event)>;
	/** @param error  why there will be no more */
	using OnEnd = std::function<void(const Error &error)>;

	/** Empty. */
	Subscription() noexcept = default;

	/**
	 * End it: when this returns, nothing is called any more. That takes as
	 * long as a call that is under way, and half a second at most beside.
	 * The destructor does the same. Any thread but that of the functions.
	 */
	void end() noexcept { state_.reset(); }

	/** @return whether it was not ended with end(), nor moved from */
	explicit operator bool() const noexcept { return bool(state_); }

private:
	friend class Connection;

	/* At one place, whatever is moved, for C has a pointer to it. */
	struct State {
		OnEvent on_event;
		OnEnd on_end;
		/* The last, so that it ends before they go. */
		detail::Handle<hyper_event_subscription,
			       hyper_event_unsubscribe>
			handle;

		static void call(const hyper_event *event,
				 const hyper_error *err, void *data) noexcept
		{
			auto *self = static_cast<State *>(data);

			if (event)
				self->on_event(EventView(event));
			else if (self->on_end)
				self->on_end(Error(err));
		}
	};

	explicit Subscription(std::unique_ptr<State> state) noexcept
		: state_(std::move(state))
	{
	}

	std::unique_ptr<State> state_;
};

/** @} */

class ConnectionView;

/**
 * A connection: to a state directory in this process, or to a hyperd. The same
 * calls, the same answers. Its end waits for the operations that it began;
 * cancel_all() first is quick. Streams and subscriptions must end before it.
 *
 * All calls may be made by any thread, several at once; only moving it and its
 * end want to be alone. All may fail with Code::invalid, denied (read-only),
 * connect, auth, io, no_memory; changes also with timeout, cancelled, busy,
 * driver, no_driver and not_supported. What else there is stands with each.
 */
class Connection
{
public:
	using c_type = hyper_conn;

	/** @param conn  [takes] or NULL: empty */
	explicit Connection(hyper_conn *conn = nullptr) noexcept : conn_(conn)
	{
	}

	/**
	 * Open a connection.
	 *
	 * @param uri    a state directory: "/path", "./path", "file:/path"; a
	 *               hyperd: "unix:/path", "http://host:port", "https://…";
	 *               none: $HYPER_URI, else the default state directory
	 * @param how    readonly, local_only
	 * @param flags  nothrow
	 * @return the connection; Code::invalid, denied, io, not_found
	 *         (read-only and not there), not_supported (the database is of
	 *         a newer hyper)
	 */
	template <Mode M = Mode::plain>
	static Gives<Connection, M> open(const Text &uri = std::nullopt,
					 Open how = Open::plain,
					 Flags<M> flags = {})
	{
		hyper_error *err = nullptr;
		int code = detail::check_flags(&err, flags.bits());

		if (code != 0)
			return detail::failed<Connection, M>(code, err);
		return detail::give<Connection>(
			Flags<M>(static_cast<std::uint32_t>(how)), hyper_open,
			uri);
	}

	/** Close it, as its end does. */
	void close() noexcept { conn_.reset(); }

	/** @return whether it is open */
	explicit operator bool() const noexcept { return bool(conn_); }
	/** @return [borrowed from this] the connection of C, or NULL */
	hyper_conn *c_ptr() const noexcept { return conn_.get(); }

	/** @return its URI in full, borrowed from this */
	std::string_view uri() const noexcept
	{
		return detail::or_empty(hyper_conn_uri(c_ptr()));
	}
	/** @return whether the machines are managed in this process */
	bool is_local() const noexcept
	{
		return hyper_conn_is_local(c_ptr());
	}

	/**
	 * Tell the other processes of the state directory where this one can
	 * be reached.
	 *
	 * @param url    such as "unix:/run/hyper/hyperd.sock"
	 * @param flags  nothrow
	 * @return nothing; Code::not_supported (remote)
	 */
	template <Mode M = Mode::plain>
	Gives<void, M> announce(const Text &url, Flags<M> flags = {}) const
	{
		return detail::give<void>(flags, hyper_conn_announce, c_ptr(),
					  url);
	}

	/**
	 * Ask all open operations that this connection began to stop, and end
	 * its calls that wait for an operation or an event with
	 * Code::cancelled.
	 *
	 * @param flags  nothrow
	 * @return nothing; Code::not_supported (remote)
	 */
	template <Mode M = Mode::plain>
	Gives<void, M> cancel_all(Flags<M> flags = {}) const
	{
		return detail::give<void>(flags, hyper_conn_cancel, c_ptr());
	}

	/** @param flags  nothrow; @return version, instance and features;
	 * Code::protocol */
	template <Mode M = Mode::plain>
	Gives<Info, M> info(Flags<M> flags = {}) const
	{
		return detail::give<Info>(flags, hyper_conn_info, c_ptr());
	}

	/** @param flags  nothrow; @return every driver file that was found,
	 * also those that cannot be used. Asks the engines, at most 10 s. */
	template <Mode M = Mode::plain>
	Gives<Drivers, M> drivers(Flags<M> flags = {}) const
	{
		return detail::give<Drivers>(flags, hyper_driver_list,
					     c_ptr());
	}

	/**
	 * Do database, engines and files agree?
	 *
	 * @param flags  repair, nothrow
	 * @return what is wrong; empty: all is well. Asks the engines, at most
	 *         10 s; with repair it may take longer.
	 */
	template <Mode M = Mode::plain>
	Gives<Findings, M> doctor(Flags<M> flags = {}) const
	{
		return detail::give<Findings>(flags, hyper_doctor, c_ptr());
	}

	/** @param flags  nothrow; @return what there is, in numbers, as
	 * Prometheus reads it (text format 0.0.4). No engine is asked. */
	template <Mode M = Mode::plain>
	Gives<std::string, M> metrics(Flags<M> flags = {}) const
	{
		return detail::give_text<std::string>(
			flags, hyper_conn_metrics, c_ptr());
	}

	/** Can it serve: can its database be read and, unless it is read-only,
	 * be written? Engines are not asked. @param flags  nothrow
	 * @return nothing: it can; else the error says why not */
	template <Mode M = Mode::plain>
	Gives<void, M> check_ready(Flags<M> flags = {}) const
	{
		return detail::give<void>(flags, hyper_conn_ready, c_ptr());
	}

	/**
	 * The same connection on terms of its own: see ConnectionView. Costs
	 * next to nothing.
	 *
	 * @param flags  nothrow
	 * @return the view, without the terms that this may have; it must end
	 *         before the connection does
	 */
	template <Mode M = Mode::plain>
	Gives<ConnectionView, M> view(Flags<M> flags = {}) const;

	/** @name Tokens
	 * @{ */

	/**
	 * Make a token.
	 *
	 * @param name        a new one, of the form that ids have
	 * @param role        viewer, operator_ or admin
	 * @param expires_at  when it ends to be good; none: never
	 * @param flags       nothrow
	 * @return the token with its secret; Code::exists
	 */
	template <Mode M = Mode::plain>
	Gives<Token, M> add_token(const Text &name, Role role,
				  std::optional<Time> expires_at = std::nullopt,
				  Flags<M> flags = {}) const
	{
		std::int64_t at = 0;

		if (expires_at)
			at = std::chrono::duration_cast<
				     std::chrono::milliseconds>(
				     expires_at->time_since_epoch())
				     .count();
		/* 1970 is long ago, and not never: C refuses what is before. */
		if (expires_at && at == 0)
			at = -1;
		return detail::give<Token>(flags, hyper_token_add, c_ptr(),
					   name, static_cast<int>(role), at);
	}
	/** @param flags  nothrow; @return all tokens, without secrets */
	template <Mode M = Mode::plain>
	Gives<Tokens, M> tokens(Flags<M> flags = {}) const
	{
		return detail::give<Tokens>(flags, hyper_token_list, c_ptr());
	}
	/** Take a token back. @param name  the token's; @param flags  nothrow;
	 * @return nothing; Code::not_found */
	template <Mode M = Mode::plain>
	Gives<void, M> remove_token(const Text &name, Flags<M> flags = {}) const
	{
		return detail::give<void>(flags, hyper_token_remove, c_ptr(),
					  name);
	}
	/** Whose secret is it? @param secret  what a client has sent;
	 * @param flags  nothrow; @return its token; Code::auth, not_supported
	 * (remote) */
	template <Mode M = Mode::plain>
	Gives<Token, M> check_token(const Text &secret,
				    Flags<M> flags = {}) const
	{
		return detail::give<Token>(flags, hyper_token_check, c_ptr(),
					   secret);
	}

	/** @} */

	/** @name Machines
	 * @{ */

	/**
	 * Add a machine: make it in its engine, stopped.
	 *
	 * @param spec   the record; its image is needed
	 * @param flags  async, dry_run, tracked, nothrow
	 * @return the machine; Code::exists (the id is taken), not_found (no
	 *         such image)
	 */
	template <Mode M = Mode::plain>
	Changed<Machine, M> add(MachineView spec, Flags<M> flags = {}) const
	{
		return detail::change<Machine>(flags, hyper_machine_add,
					       c_ptr(), spec.c_ptr());
	}

	/**
	 * Start a machine. A running one is left as it is; a paused one goes
	 * on.
	 *
	 * @param id     its id
	 * @param flags  async, dry_run, tracked, nothrow
	 * @return the machine; Code::not_found, state
	 */
	template <Mode M = Mode::plain>
	Changed<Machine, M> start(const Text &id, Flags<M> flags = {}) const
	{
		return detail::change<Machine>(flags, hyper_machine_start,
					       c_ptr(), id);
	}

	/**
	 * Stop a machine: ask the guest, wait, then fail with Code::timeout
	 * or, with force, kill it. A stopped one is left as it is. With force
	 * it overtakes a start, or a stop without force.
	 *
	 * @param id       its id
	 * @param timeout  how long the guest may take; with force, 0 kills at
	 *                 once; none: 30 s
	 * @param flags    force, async, dry_run, tracked, nothrow
	 * @return the machine; Code::not_found, state
	 */
	template <Mode M = Mode::plain>
	Changed<Machine, M> stop(const Text &id,
				 Timeout timeout = std::nullopt,
				 Flags<M> flags = {}) const
	{
		return detail::change<Machine>(flags, hyper_machine_stop,
					       c_ptr(), id,
					       detail::ms(timeout));
	}

	/**
	 * Remove a machine and its disk; of an adopted one the container or
	 * domain, but no volume, disk or other file.
	 *
	 * @param id     its id
	 * @param flags  force (from every state), keep (only forget an adopted
	 *               one), async, dry_run, tracked, nothrow
	 * @return nothing; Code::not_found, state (it runs; with keep: hyper
	 *         made it)
	 */
	template <Mode M = Mode::plain>
	Changed<void, M> remove(const Text &id, Flags<M> flags = {}) const
	{
		return detail::change<void>(flags, hyper_machine_remove,
					    c_ptr(), id);
	}

	/**
	 * Change a machine that is there: memory, CPUs, autostart, labels; all
	 * of it or nothing. Labels change at any time; the rest is done by the
	 * engine: of domains only while they are stopped.
	 *
	 * @param id       its id
	 * @param changes  what is to change
	 * @param flags    async, dry_run, tracked, nothrow
	 * @return the machine; Code::not_found, state, limit (too many labels)
	 */
	template <Mode M = Mode::plain>
	Changed<Machine, M> change(const Text &id, const Changes &changes,
				   Flags<M> flags = {}) const
	{
		return detail::change<Machine>(flags, hyper_machine_change,
					       c_ptr(), id, changes.c_ptr());
	}

	/**
	 * Take in a container or domain that hyper did not make, as it is.
	 * Takes as long as the engine takes to tell of it, at most 10 s.
	 *
	 * @param engine_name  what its engine calls it, by name or by handle
	 * @param type         the driver; none: the one whose engine has it
	 * @param id           the id that it gets; none: the engine's name
	 * @param flags        force (also what another hyper has marked),
	 *                     dry_run, tracked, nothrow
	 * @return the machine; Code::not_found, exists
	 */
	template <Mode M = Mode::plain>
	Changed<Machine, M> adopt(const Text &engine_name,
				  const Text &type = std::nullopt,
				  const Text &id = std::nullopt,
				  Flags<M> flags = {}) const
	{
		static_assert(!has(M, Mode::async), "adopt is never async");
		return detail::change<Machine>(flags, hyper_machine_adopt,
					       c_ptr(), type, engine_name, id);
	}

	/** @param id     its id
	 * @param flags  refresh, nothrow
	 * @return the machine; Code::not_found */
	template <Mode M = Mode::plain>
	Gives<Machine, M> machine(const Text &id, Flags<M> flags = {}) const
	{
		return detail::give<Machine>(flags, hyper_machine_get, c_ptr(),
					     id);
	}

	/** @param flags  refresh, nothrow; @return all machines, as the
	 * database has them: each tells how old that is */
	template <Mode M = Mode::plain>
	Gives<Machines, M> machines(Flags<M> flags = {}) const
	{
		return detail::give<Machines>(flags, hyper_machine_list,
					      c_ptr(), no_query());
	}

	/** @param query  which. @param flags  refresh, nothrow
	 * @return those that match; Code::invalid with the part of the query
	 */
	template <Mode M = Mode::plain>
	Gives<Machines, M> machines(const Query &query,
				    Flags<M> flags = {}) const
	{
		return detail::give<Machines>(flags, hyper_machine_list,
					      c_ptr(), query.c_ptr());
	}

	/** @} */
	/** @name Many machines at once
	 * All that match a query, each by an operation of its own. They succeed
	 * once the machines are known, whatever comes of each. A view with a
	 * generation or a key is refused with Code::not_supported.
	 * @{ */

	/**
	 * start() for each.
	 *
	 * @param query  which ones: filter, sort and limit count; it must have
	 *               a filter, "id=*" means all
	 * @param flags  async (their operations are recorded), dry_run, nothrow
	 * @return what came of each; Code::invalid with the field "query"
	 */
	template <Mode M = Mode::plain>
	Gives<Outcomes, M> start_all(const Query &query,
				     Flags<M> flags = {}) const
	{
		return detail::change_all(flags, hyper_machine_start_all,
					  c_ptr(), query.c_ptr());
	}

	/**
	 * stop() for each.
	 *
	 * @param query    as of start_all()
	 * @param timeout  how long each may take; none: 30 s
	 * @param flags    force, async, dry_run, nothrow
	 * @return as start_all()
	 */
	template <Mode M = Mode::plain>
	Gives<Outcomes, M> stop_all(const Query &query,
				    Timeout timeout = std::nullopt,
				    Flags<M> flags = {}) const
	{
		return detail::change_all(flags, hyper_machine_stop_all,
					  c_ptr(), query.c_ptr(),
					  detail::ms(timeout));
	}

	/**
	 * change() for each.
	 *
	 * @param query    as of start_all()
	 * @param changes  what is to change
	 * @param flags    async, dry_run, nothrow
	 * @return as start_all()
	 */
	template <Mode M = Mode::plain>
	Gives<Outcomes, M> change_all(const Query &query,
				      const Changes &changes,
				      Flags<M> flags = {}) const
	{
		return detail::change_all(flags, hyper_machine_change_all,
					  c_ptr(), query.c_ptr(),
					  changes.c_ptr());
	}

	/**
	 * remove() for each.
	 *
	 * @param query  as of start_all()
	 * @param flags  force, keep, async, dry_run, nothrow
	 * @return as start_all()
	 */
	template <Mode M = Mode::plain>
	Gives<Outcomes, M> remove_all(const Query &query,
				      Flags<M> flags = {}) const
	{
		return detail::change_all(flags, hyper_machine_remove_all,
					  c_ptr(), query.c_ptr());
	}

	/** @} */
	/** @name Operations
	 * @{ */

	/** @param id     its number
	 * @param flags  nothrow
	 * @return the operation as it is now; Code::not_found */
	template <Mode M = Mode::plain>
	Gives<Operation, M> operation(std::uint64_t id,
				      Flags<M> flags = {}) const
	{
		return detail::give<Operation>(flags, hyper_operation_get,
					       c_ptr(), id);
	}

	/** @param flags  nothrow; @return all operations, the newest first */
	template <Mode M = Mode::plain>
	Gives<Operations, M> operations(Flags<M> flags = {}) const
	{
		return detail::give<Operations>(flags, hyper_operation_list,
						c_ptr(), no_query());
	}

	/** @param query  which. @param flags  nothrow
	 * @return those that match; Code::invalid with the part of the query
	 */
	template <Mode M = Mode::plain>
	Gives<Operations, M> operations(const Query &query,
					Flags<M> flags = {}) const
	{
		return detail::give<Operations>(flags, hyper_operation_list,
						c_ptr(), query.c_ptr());
	}

	/**
	 * Wait until an operation has ended. That it failed is not a failure
	 * of the wait: see its state() and error().
	 *
	 * @param id       its number
	 * @param timeout  none: as long as it takes
	 * @param flags    nothrow
	 * @return the operation, ended; Code::timeout (it goes on), not_found,
	 *         cancelled (by cancel_all())
	 */
	template <Mode M = Mode::plain>
	Gives<Operation, M> wait(std::uint64_t id,
				 Timeout timeout = std::nullopt,
				 Flags<M> flags = {}) const
	{
		return detail::give<Operation>(flags, hyper_operation_wait,
					       c_ptr(), id,
					       detail::ms(timeout));
	}

	/** Ask an operation to stop. @param id  its number
	 * @param flags  nothrow
	 * @return the operation as it is now; Code::not_found, state (it has
	 *         ended) */
	template <Mode M = Mode::plain>
	Gives<Operation, M> cancel(std::uint64_t id, Flags<M> flags = {}) const
	{
		return detail::give<Operation>(flags, hyper_operation_cancel,
					       c_ptr(), id);
	}

	/** @} */
	/** @name Events
	 * @{ */

	/**
	 * The events behind one that is known; if there is none yet, wait for
	 * one.
	 *
	 * @param after    the seq of the last that is known; 0: from the
	 *                 oldest that is kept
	 * @param limit    at most so many, up to HYPER_LIMIT_MAX; 0: 100
	 * @param timeout  0: do not wait; none: until there is one
	 * @param flags    nothrow
	 * @return the events; empty: none came in time; Code::limit with the
	 *         field "after" (some are forgotten), invalid (there is no
	 *         such event yet), cancelled (by cancel_all())
	 */
	template <Mode M = Mode::plain>
	Gives<Events, M>
	events(std::uint64_t after, std::uint32_t limit = 0,
	       Timeout timeout = std::chrono::milliseconds(0),
	       Flags<M> flags = {}) const
	{
		return detail::give<Events>(flags, hyper_event_list, c_ptr(),
					    after, limit, detail::ms(timeout));
	}

	/** @param after  as for events(). @param flags  nothrow
	 * @return events one by one; errors as events() */
	template <Mode M = Mode::plain>
	Gives<EventStream, M> stream(std::uint64_t after = 0,
				     Flags<M> flags = {}) const
	{
		return detail::give<EventStream>(
			flags, hyper_event_stream_open, c_ptr(), after);
	}

	/**
	 * Have functions called for each event. They may be called before this
	 * returns.
	 *
	 * @param after     as for events()
	 * @param on_event  for each, in order; must not be empty
	 * @param on_end    once, if it ends by itself; may be empty
	 * @param flags     nothrow
	 * @return what ends it; errors as events()
	 */
	template <Mode M = Mode::plain>
	Gives<Subscription, M> subscribe(std::uint64_t after,
					 Subscription::OnEvent on_event,
					 Subscription::OnEnd on_end = nullptr,
					 Flags<M> flags = {}) const
	{
		auto state = std::make_unique<Subscription::State>();
		hyper_event_subscription *sub = nullptr;
		hyper_error *err = nullptr;

		state->on_event = std::move(on_event);
		state->on_end = std::move(on_end);
		int code = hyper_event_subscribe(
			c_ptr(), after, flags.bits(),
			state->on_event ? Subscription::State::call : nullptr,
			state.get(), &sub, &err);
		if (code != 0)
			return detail::failed<Subscription, M>(code, err);
		state->handle.reset(sub);
		return Subscription(std::move(state));
	}

	/** @} */
	/** @name Images
	 * @{ */

	/** @param type   a driver; none: all that are available
	 * @param flags  nothrow
	 * @return its images; Code::no_driver. Asks the engines, at most 10 s.
	 */
	template <Mode M = Mode::plain>
	Gives<Images, M> images(const Text &type = std::nullopt,
				Flags<M> flags = {}) const
	{
		return detail::give<Images>(flags, hyper_image_list, c_ptr(),
					    type);
	}

	/** @param type   the driver
	 * @param name   its name
	 * @param flags  nothrow
	 * @return the image; Code::not_found, no_driver */
	template <Mode M = Mode::plain>
	Gives<Image, M> image(const Text &type, const Text &name,
			      Flags<M> flags = {}) const
	{
		return detail::give<Image>(flags, hyper_image_get, c_ptr(),
					   type, name);
	}

	/** Fetch an image from the driver's registry.
	 * @param type   the driver
	 * @param name   as the registry calls it, "debian:12"
	 * @param flags  async, dry_run, tracked, nothrow
	 * @return the image; Code::not_found */
	template <Mode M = Mode::plain>
	Changed<Image, M> pull_image(const Text &type, const Text &name,
				     Flags<M> flags = {}) const
	{
		return detail::change<Image>(flags, hyper_image_pull, c_ptr(),
					     type, name);
	}

	/** Copy an image in from a file.
	 * @param type   the driver
	 * @param name   what it shall be called
	 * @param path   an absolute path on the host of the driver
	 * @param flags  async, dry_run, tracked, nothrow
	 * @return the image; Code::exists, not_found */
	template <Mode M = Mode::plain>
	Changed<Image, M> import_image(const Text &type, const Text &name,
				       const Text &path,
				       Flags<M> flags = {}) const
	{
		return detail::change<Image>(flags, hyper_image_import,
					     c_ptr(), type, name, path);
	}

	/** Remove an image.
	 * @param type   the driver
	 * @param name   its name
	 * @param flags  async, dry_run, tracked, nothrow
	 * @return nothing; Code::not_found, busy (machines use it) */
	template <Mode M = Mode::plain>
	Changed<void, M> remove_image(const Text &type, const Text &name,
				      Flags<M> flags = {}) const
	{
		return detail::change<void>(flags, hyper_image_remove, c_ptr(),
					    type, name);
	}

	/** @} */

private:
	static const hyper_query *no_query() noexcept { return nullptr; }

	detail::Handle<hyper_conn, hyper_close> conn_;
};

/**
 * A connection on terms: who asks, of which generation of a machine, and with
 * which key a request is known again.
 *
 *     conn.view().set_generation(m.generation()).remove(m.id());
 *
 *     auto safe = conn.view(); // to be tried again until it answers
 *     safe.set_key("8e03978e-40d5-43dd").add(spec);
 *
 * The setters give the view, to go on with, or with nothrow a Result<void>;
 * they fail with Code::invalid and the field. They come before the view is
 * used, which any thread may do then.
 */
class ConnectionView : public Connection
{
public:
	using Connection::Connection;

	/** Who asks for what is done through it: it stands on operations and
	 * events. @param actor  a line, such as "user:alice"
	 * @param flags  nothrow. Code::not_supported (remote: the server
	 * knows) */
	template <Mode M = Mode::plain>
	Chained<ConnectionView, M> set_actor(const Text &actor,
					     Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_conn_set_actor, actor);
	}

	/** Changes of a machine are made only while it is of that generation,
	 * and nothing else is under way with it; else they are Code::state of
	 * the field "generation". What is no change of one machine is
	 * refused. @param generation  as MachineView::generation()
	 * @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<ConnectionView, M> set_generation(std::uint64_t generation,
						  Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_conn_set_generation,
				   generation);
	}

	/** The same request with the same key is the same operation: made
	 * again it gives how that came out. Another request with it is
	 * Code::invalid of the field "key". For one request; not for adopt().
	 * @param key  up to 255 printable characters of ASCII, such as a
	 * random uuid. @param flags  nothrow */
	template <Mode M = Mode::plain>
	Chained<ConnectionView, M> set_key(const Text &key, Flags<M> flags = {})
	{
		return detail::set(*this, flags, hyper_conn_set_key, key);
	}
};

template <Mode M>
Gives<ConnectionView, M> Connection::view(Flags<M> flags) const
{
	return detail::give<ConnectionView>(flags, hyper_conn_view, c_ptr());
}

/** @name Servers that have names
 * Which hyperds this user knows: Connection::open("remote:NAME") opens one.
 * All may fail with Code::denied (others may read the files), io, no_memory.
 * Any thread.
 * @{ */

/** A server that has a name; borrowed from its list. */
class Remote : public detail::View<hyper_remote>
{
public:
	using View::View;

	/** @return its name */
	std::string_view name() const noexcept
	{
		return detail::or_empty(hyper_remote_name(p_));
	}
	/** @return its URI, with the fingerprint if it is pinned */
	std::string_view uri() const noexcept
	{
		return detail::or_empty(hyper_remote_uri(p_));
	}
	/** @return the PEM file of the certificate that we show */
	std::optional<std::string_view> client_cert() const noexcept
	{
		return detail::maybe(hyper_remote_client_cert(p_));
	}
	/** @return whether there is a token for it */
	bool has_token() const noexcept { return hyper_remote_has_token(p_); }
	/** @return whether "remote:" without a name means it */
	bool in_use() const noexcept { return hyper_remote_in_use(p_); }
};

/** Servers, by name. */
using Remotes = detail::List<Remote, hyper_remotes, hyper_remotes_count,
			     hyper_remotes_at, hyper_remotes_to_json,
			     hyper_remotes_free>;

/** @param flags  nothrow; @return all servers that have a name */
template <Mode M = Mode::plain> Gives<Remotes, M> remotes(Flags<M> flags = {})
{
	return detail::give<Remotes>(flags, hyper_remote_list);
}

/**
 * Give a server a name. The server is not asked.
 *
 * @param name         letters, digits and "-"; not "local"
 * @param uri          of a hyperd, as for Connection::open(); with its
 *                     fingerprint behind a "#", if that is to be pinned
 * @param token        what it wants to have; sent to that server only
 * @param client_cert  the absolute path of a PEM file with the certificate
 *                     that we show, and its key
 * @param flags        nothrow
 * @return nothing; Code::exists, denied (the token would travel in the clear)
 */
template <Mode M = Mode::plain>
Gives<void, M> add_remote(const Text &name, const Text &uri,
			  const Text &token = std::nullopt,
			  const Text &client_cert = std::nullopt,
			  Flags<M> flags = {})
{
	return detail::give<void>(flags, hyper_remote_add, name, uri, token,
				  client_cert);
}

/** Choose what "remote:" without a name means. @param name  of a server, or
 * "local": this machine. @param flags  nothrow. @return nothing;
 * Code::not_found */
template <Mode M = Mode::plain>
Gives<void, M> use_remote(const Text &name, Flags<M> flags = {})
{
	return detail::give<void>(flags, hyper_remote_use, name);
}

/** Forget a server, with its token. @param name  its name
 * @param flags  nothrow. @return nothing; Code::not_found, state (it is in
 * use) */
template <Mode M = Mode::plain>
Gives<void, M> remove_remote(const Text &name, Flags<M> flags = {})
{
	return detail::give<void>(flags, hyper_remote_remove, name);
}

/**
 * Ask a server for the fingerprint of its certificate, for its user to compare.
 * Nothing but the TLS handshake is done.
 *
 * @param uri    `https://host[:port]`
 * @param flags  nothrow
 * @return such as "sha256//…", for behind the "#" of a URI; none: an authority
 *         that is trusted anyway vouches for the server; Code::connect
 */
template <Mode M = Mode::plain>
Gives<std::optional<std::string>, M> remote_fingerprint(const Text &uri,
							Flags<M> flags = {})
{
	return detail::give_text<std::optional<std::string>>(
		flags, hyper_remote_fingerprint, uri);
}

/** @param pem    a certificate; of several, the first one counts
 * @param flags  nothrow
 * @return the fingerprint of its key: as remote_fingerprint(), curl's
 * --pinnedpubkey; Code::invalid */
template <Mode M = Mode::plain>
Gives<std::string, M> certificate_fingerprint(const Text &pem,
					      Flags<M> flags = {})
{
	return detail::give_text<std::string>(
		flags, hyper_certificate_fingerprint, pem);
}

/** @} */

/** @name The log
 * There is one hook in a process, and none at first. Any thread.
 * @{ */

/**
 * Have a function object called for each line of the log: fn(LogLevel,
 * std::string_view text), from any thread, at times from several at once. It
 * must not call the library, nor throw.
 *
 * @param fn     must stay for as long as anything of the library may still
 *               run, also after log_off(): best a static one
 * @param level  the least important level that is wanted
 */
template <class Fn> void log_to(Fn &fn, LogLevel level) noexcept
{
	hyper_log_set(
		[](int line_level, const char *text, void *data) noexcept {
			(*static_cast<Fn *>(data))(
				static_cast<LogLevel>(line_level),
				std::string_view(text));
		},
		static_cast<int>(level), std::addressof(fn));
}

/** Be quiet again. A line that is under way may still come. */
inline void log_off() noexcept
{
	hyper_log_set(nullptr, HYPER_LOG_ERROR, nullptr);
}

/** Write a line to the log of the library.
 * @param level  how much it matters. @param text  at most 1023 bytes */
inline void log(LogLevel level, const std::string &text) noexcept
{
	hyper_log(static_cast<int>(level), "%s", text.c_str());
}

/** @} */

} // namespace hyper

#endif
