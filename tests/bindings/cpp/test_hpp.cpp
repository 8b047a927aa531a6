// SPDX-License-Identifier: MIT
/*
 * test_hpp URI: hyper.hpp on the real library with its test driver, on a state
 * directory or a hyperd. HYPER_DRIVER_DIR must be a directory with drv_test.so
 * only.
 */
#include "test.hpp"

#include <atomic>
#include <cstdio>

std::string test_uri;

static std::atomic<int> failures{ 0 };

void check(bool good, const char *what, int line)
{
	if (good)
		return;
	std::printf("     | line %d: %s\n", line, what);
	failures++;
}

static bool passes(const Test &test)
{
	failures = 0;
	try {
		test.run();
	} catch (const std::exception &error) {
		std::printf("     | throws: %s\n", error.what());
		failures++;
	}
	std::printf("%s %s\n", failures ? "FAIL" : "ok  ", test.name);
	std::fflush(stdout);
	return failures == 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc != 2) {
		std::fprintf(stderr, "usage: %s URI\n", argv[0]);
		return 2;
	}
	test_uri = argv[1];
	for (const auto *tests : { &record_tests, &conn_tests, &bulk_tests })
		for (const Test &test : *tests)
			failed += !passes(test);
	return failed ? 1 : 0;
}
