// SPDX-License-Identifier: MIT
/* What the files of test_hpp share. */
#ifndef TEST_HPP
#define TEST_HPP

#include <hyper/hyper.hpp>

#include <string>
#include <vector>

/* What the tests open. */
extern std::string test_uri;

/* Tell of a failure, unless it is good; any thread. */
void check(bool good, const char *what, int line);

#define CHECK(condition) \
	check(static_cast<bool>(condition), #condition, __LINE__)

/* The error that a call throws; it must throw one. */
template <class F> hyper::Error thrown(F call, int line)
{
	try {
		call();
	} catch (const hyper::Error &error) {
		return error;
	}
	check(false, "it throws nothing", line);
	return hyper::Error(HYPER_OK, nullptr);
}

#define THROWN(expression) \
	thrown([&] { static_cast<void>(expression); }, __LINE__)

/* A machine of the test driver. */
inline hyper::Machine spec(const std::string &id, const char *script = nullptr)
{
	hyper::Machine m;

	m.set_id(id).set_type("test").set_image("demo");
	m.set_option("script", script);
	return m;
}

struct Test {
	const char *name;
	void (*run)();
};

/* Those that need no connection, and those that do. */
extern const std::vector<Test> record_tests, conn_tests, bulk_tests;

#endif
