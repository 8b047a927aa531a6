// SPDX-License-Identifier: MIT
/*
 * example [URI [IMAGE]]: add a machine, start it, follow what happens to it
 * until it is removed again.
 */
#include <hyper/hyper.hpp>

#include <chrono>
#include <iostream>
#include <string>

using namespace std::chrono_literals;

/* One line for each event of the machine, up to its removal. */
static void follow(hyper::EventStream stream, const std::string &id)
{
	for (auto event : stream.within(10s)) {
		if (event.machine() != id)
			continue;
		std::cout << event.seq() << ' ' << event.kind();
		if (auto state = event.state())
			std::cout << ' ' << *state;
		std::cout << '\n';
		if (event.kind() == "machine-removed")
			return;
	}
	std::cout << "nothing more in 10 s\n";
}

static void run(const hyper::Connection &conn, const std::string &image)
{
	auto stream = conn.stream(conn.machines().seq());
	hyper::Machine spec;

	spec.set_image(image).set_mem(64).set_label("tier", "example");
	auto machine = conn.add(spec);
	std::string id(machine.id());

	machine = conn.start(id);
	std::cout << id << " is " << hyper::name(machine.state()) << " on "
		  << machine.type() << '\n';
	for (auto m : conn.machines(hyper::Query("state=running").sort("id")))
		std::cout << "running: " << m.id() << ", " << m.mem()
			  << " MiB\n";

	/* A machine that runs cannot be removed: ask, without a throw. */
	if (auto removed = conn.remove(id, hyper::nothrow); !removed)
		std::cout << removed.error().code_name() << ": "
			  << removed.error().what() << '\n';

	auto stopping = conn.stop(id, 5s, hyper::force | hyper::async);

	conn.wait(stopping.id());
	conn.remove(id);
	follow(std::move(stream), id);
}

int main(int argc, char **argv)
try {
	auto conn = hyper::Connection::open(argc > 1 ? argv[1] : nullptr);

	run(conn, argc > 2 ? argv[2] : "demo");
	return 0;
} catch (const hyper::Error &error) {
	std::cerr << "example: " << error.what() << '\n';
	return 1;
}
