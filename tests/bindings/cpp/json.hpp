// SPDX-License-Identifier: MIT
/* json-c, as C++ has values. */
#ifndef JSON_HPP
#define JSON_HPP

#include <json-c/json.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/* A value of json-c, shared by counting. */
class Json
{
      public:
	Json() = default;
	explicit Json(json_object *taken) : p_(taken)
	{
	}
	Json(const Json &from) : p_(json_object_get(from.p_))
	{
	}
	Json(Json &&from) noexcept : p_(std::exchange(from.p_, nullptr))
	{
	}
	Json &operator=(Json from) noexcept
	{
		std::swap(p_, from.p_);
		return *this;
	}
	~Json()
	{
		json_object_put(p_);
	}

	static Json object()
	{
		return Json(json_object_new_object());
	}
	static Json array()
	{
		return Json(json_object_new_array());
	}
	static Json number(std::uint64_t n)
	{
		return Json(json_object_new_uint64(n));
	}
	static Json flag(bool on)
	{
		return Json(json_object_new_boolean(on));
	}
	static Json text(std::string_view text)
	{
		return Json(json_object_new_string_len(
			text.data(), static_cast<int>(text.size())));
	}
	static Json text(std::optional<std::string_view> maybe)
	{
		return maybe ? text(*maybe) : Json();
	}
	static Json parse(const std::string &text)
	{
		json_tokener *tokener = json_tokener_new();
		Json value(json_tokener_parse_ex(
			tokener, text.c_str(),
			static_cast<int>(text.size() + 1)));
		auto error = json_tokener_get_error(tokener);

		json_tokener_free(tokener);
		if (error != json_tokener_success)
			throw std::runtime_error(
				json_tokener_error_desc(error));
		return value;
	}
	static Json load(const char *path)
	{
		Json value(json_object_from_file(path));

		if (!value.p_)
			throw std::runtime_error(json_util_get_last_err());
		return value;
	}

	bool has(const char *key) const
	{
		return json_object_object_get_ex(p_, key, nullptr);
	}
	Json operator[](const char *key) const
	{
		return borrow(json_object_object_get(p_, key));
	}
	Json operator[](std::size_t i) const
	{
		return borrow(json_object_array_get_idx(p_, i));
	}
	/* Of an array; 0 of anything else. */
	std::size_t size() const
	{
		return is(json_type_array) ? json_object_array_length(p_) : 0;
	}
	bool is(json_type type) const
	{
		return json_object_is_type(p_, type);
	}
	bool is_true() const
	{
		return json_object_get_boolean(p_);
	}
	std::uint64_t number() const
	{
		return json_object_get_uint64(p_);
	}
	std::string text() const
	{
		return p_ ? json_object_get_string(p_) : "";
	}
	std::optional<std::string> maybe() const
	{
		return p_ ? std::optional(text()) : std::nullopt;
	}
	std::string line() const
	{
		return json_object_to_json_string_ext(
			p_, JSON_C_TO_STRING_PLAIN |
				    JSON_C_TO_STRING_NOSLASHESCAPE);
	}

	void set(const char *key, Json value)
	{
		json_object_object_add(p_, key,
				       std::exchange(value.p_, nullptr));
	}
	void push(Json value)
	{
		json_object_array_add(p_, std::exchange(value.p_, nullptr));
	}

	template <class F> void for_each(F each) const
	{
		if (!is(json_type_object))
			return;
		json_object_object_foreach(p_, key, value)
			each(std::string(key), borrow(value));
	}

      private:
	static Json borrow(json_object *p)
	{
		return Json(json_object_get(p));
	}

	json_object *p_ = nullptr;
};

#endif
