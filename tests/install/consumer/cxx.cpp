// SPDX-License-Identifier: MIT
// The headers and the library from C++.
#include <hyper/driver.h>
#include <hyper/hyper.h>
#include <hyper/rest.h>
#include <iostream>

int main(int argc, char **argv)
{
	hyper_conn *conn = nullptr;
	hyper_error *err = nullptr;

	if (hyper_open(argc > 1 ? argv[1] : nullptr, 0, &conn, &err)) {
		std::cerr << hyper_error_message(err) << "\n";
		hyper_error_free(err);
		return 1;
	}
	std::cout << hyper_version() << " " << hyper_conn_uri(conn) << "\n";
	hyper_close(conn);
}
